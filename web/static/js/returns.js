// Goods that come back with their receipt: its lines, what is left of each, and the money at once or with an exchange.
import { want } from "./catch.js";
import { close, define, isOpen, problem, raise, toast } from "./dialog.js";
import { $, attr, el, icon, keyed, setIcon, show, text } from "./dom.js";
import { money, quantity } from "./money.js";
import { settle } from "./pays.js";
import { send, store } from "./store.js";
import { noticeWords, t } from "./words.js";

const parts = new Map(); // number of a line -> how much of it comes back, until it is taken
const spoilt = new Set(); // lines that do not go back on the shelf
let of = null; // the receipt that was shown last
let told = null;
let pending = false;

export function defineReturns() {
  define("return", {
    mount() {
      $("return-refund").addEventListener("click", refund);
      $("return-all").addEventListener("click", takeAll);
    },
    enter: refund,
    closed: () => {
      want("");
      if (store.view?.returning) tell("return/close");
    },
  });
}

const tell = (name, args) => send(name, args).catch((error) => (isOpen("return") ? problem("return-problem", error.message) : toast(error.message)));

export function syncReturn(view) {
  const open = view.returning;
  if (!open) {
    of = null;
    close("return");
    return;
  }
  if (open.sale !== of) begin(view);
  if (!isOpen("return")) return; // something lies over it
  if (view.notice && view.notice.seq !== told) {
    told = view.notice.seq;
    problem("return-problem", noticeWords(view.notice));
  }
  render(view);
}

function begin(view) {
  of = view.returning.sale;
  parts.clear();
  spoilt.clear();
  told = view.notice?.seq ?? null;
  pending = false;
  raise("return");
  problem("return-problem", "");
  want("return", () => {});
}

function render(view) {
  const { receipt, date, total, lines } = view.returning;
  text($("return-title"), t("till.return_of", { receipt }));
  text($("return-when"), `${date} · ${money(total)}`);
  keyed($("return-lines"), lines, (line) => line.n, make, update);
  const back = view.basket.left < 0;
  text($("return-sum"), t(back ? "till.give_back" : "till.due"));
  text($("return-amount"), money(Math.abs(view.basket.left)));
  show($("return-foot"), view.basket.lines.length > 0);
  show($("return-all"), lines.some((line) => line.left && !line.taken));
  $("return-all").disabled = pending;
  $("return-refund").disabled = pending || !view.basket.lines.length || view.basket.left > 0;
}

function make() {
  const pick = el("button", { type: "button", class: "entry-row" }, icon("plus"), el("span", {}, el("b"), el("small", { class: "num" })), el("b", { class: "num" }));
  const step = (by, name, sign) => el("button", { type: "button", class: "btn step", "aria-label": t(name) }, icon(sign));
  const count = el("span", { class: "num" });
  const stepper = el("div", { class: "stepper" }, step(-1, "till.less", "minus"), count, step(1, "till.more_one", "plus"));
  const bad = el("button", { type: "button", class: "btn" }, icon("trash-2"), el("span", { text: t("till.not_fit") }));
  const node = el("li", {}, pick, stepper, bad);
  pick.addEventListener("click", () => toggle(node.line));
  stepper.firstChild.addEventListener("click", () => step_(node.line, -1000));
  stepper.lastChild.addEventListener("click", () => step_(node.line, 1000));
  bad.addEventListener("click", () => spoil(node.line));
  return node;
}

const amount = (line) => line.taken || parts.get(line.n) || line.left;

function update(node, line) {
  node.line = line;
  const [pick, stepper, bad] = node.children;
  const gone = line.left === 0;
  const pieces = line.unit === "pc" && line.left > 1000;
  attr(node, "class", line.taken ? "taken" : null);
  setIcon(pick.firstChild, line.taken ? "check" : gone ? "x" : "plus");
  pick.disabled = gone || pending;
  attr(pick, "aria-pressed", Boolean(line.taken));
  const [, words, total] = pick.children;
  text(words.firstChild, line.name);
  const left = gone ? t("till.return_gone") : t("till.return_left", { left: quantity(line.left), qty: quantity(line.qty) });
  text(words.lastChild, line.taken ? `${left} · ${t("till.return_taken", { n: quantity(line.taken) })}` : left);
  text(total, money(gone ? line.total : line.back));
  show(stepper, pieces);
  text(stepper.children[1], quantity(amount(line)));
  stepper.firstChild.disabled = pending || amount(line) <= 1000;
  stepper.lastChild.disabled = pending || amount(line) >= line.left;
  show(bad, !gone);
  bad.disabled = pending;
  const on = spoilt.has(line.n);
  attr(bad, "aria-pressed", on);
  attr(bad, "class", on ? "btn on" : "btn");
}

async function run(work) {
  if (pending) return;
  pending = true;
  problem("return-problem", "");
  render(store.view);
  try {
    await work();
  } catch (error) {
    if (isOpen("return")) problem("return-problem", error.message);
    else toast(error.message);
  } finally {
    pending = false;
    if (isOpen("return") && store.view.returning) render(store.view);
  }
}

const take = (line) => send("return/take", { line: line.n, qty: amount(line), fit: !spoilt.has(line.n) });
const toggle = (line) => run(() => (line.taken ? send("remove", { line: line.line }) : take(line)));

function step_(line, by) {
  const qty = amount(line) + by;
  if (line.taken) return run(() => send("qty", { line: line.line, qty: -qty }));
  parts.set(line.n, qty);
  return render(store.view);
}

// What lies in the cart already is taken out and in again, as what it is now.
function spoil(line) {
  if (!spoilt.delete(line.n)) spoilt.add(line.n);
  if (!line.taken) return render(store.view);
  parts.set(line.n, line.taken);
  return run(async () => {
    await send("remove", { line: line.line });
    await take({ ...line, taken: 0 });
  });
}

const takeAll = () =>
  run(async () => {
    for (const line of store.view.returning.lines) if (line.left && !line.taken) await take(line);
  });

function refund() {
  if ($("return-refund").disabled) return;
  close("return");
  settle();
}
