// The cart: member card, lines, notice, undo bar, totals, amount due, the payment button.
import { toast } from "./dialog.js";
import { $, attr, el, icon, keyed, setIcon, show, text } from "./dom.js";
import { money, plain, quantity, symbol } from "./money.js";
import { askMember, askQuantity } from "./number.js";
import { current, select, send, store } from "./store.js";
import { has, number, t, tn } from "./words.js";

const command = (name, args) => send(name, args).catch((error) => toast(error.message));

export function bindCart(find) {
  $("member-add").addEventListener("click", askMember);
  $("m-detach").addEventListener("click", () => command("member/detach"));
  $("do-undo").addEventListener("click", undo);
  $("times-off").addEventListener("click", () => command("multiply", { n: 1 }));
  $("notice-dismiss").addEventListener("click", dismiss);
  $("restored-ok").addEventListener("click", dismiss);
  $("lines").addEventListener("click", (event) => {
    const line = event.target.closest(".ln")?.parentNode.line;
    if (line) select(line.n);
  });
  $("notice-find").addEventListener("click", () => {
    const code = store.view.notice?.code ?? "";
    dismiss();
    find(code);
  });
}

export const undo = () => command("undo");
export const dismiss = () => command("notice/dismiss");

export function step(by) {
  const chosen = current();
  if (!chosen || chosen.label) return undefined;
  return command("qty", () => {
    const line = store.view.basket.lines.find((each) => each.n === chosen.n);
    const qty = line ? line.qty + by : 0;
    return qty > 0 ? { line: line.n, qty } : null;
  });
}

export function remove() {
  const line = current();
  return line && command("remove", { line: line.n });
}

export function renderCart(view, before) {
  show($("empty"), view.basket.lines.length === 0);
  renderSelection();
  renderControls();
  followScan(view, before);
  renderMember(view);
  renderNotice(view.notice);
  renderBars(view, before);
  renderTotals(view);
}

function renderMember(view) {
  const member = view.member;
  show($("member"), Boolean(member));
  show($("member-add"), !member);
  if (!member) return;
  text($("m-initial"), member.initial);
  text($("m-name"), member.name);
  text($("m-tier"), t(`till.tier_${member.tier}`));
  attr($("m-tier"), "class", `tier ${member.tier}`);
  text($("m-phone"), member.phone);
  text($("m-points"), number(member.points));
  attr($("m-track"), "aria-valuenow", member.progress);
  $("m-progress").style.width = `${member.progress}%`;
  const next = member.next && { n: number(member.to_next), tier: t(`till.tier_${member.next}`) };
  text($("m-next"), next ? t("till.tier_to", next) : t("till.tier_top"));
  text($("m-earn"), view.basket.points ? t("till.earn", { n: number(view.basket.points) }) : "");
}

export function renderLines(view) {
  const key = (line) => `${view.basket.uid}-${line.n}`;
  keyed($("lines"), view.basket.lines, key, makeLine, updateLine);
}

// Shows the line that was just scanned; one that only counts up pulses.
function followScan(view, before) {
  const beep = view.scan && before && view.scan.seq !== before.scan?.seq ? view.scan.line : null;
  if (beep == null && before) return;
  const node = nodeOf(beep ?? current()?.n);
  if (!node) return;
  // With the next frame: asked here, the browser would lay out the whole page before the line is even there.
  requestAnimationFrame(() => node.scrollIntoView({ block: "nearest" }));
  if (before?.basket.lines.some((line) => line.n === beep)) pulse(node);
}

const nodeOf = (n) => [...$("lines").children].find((node) => node.line.n === n);

function pulse(node) {
  node.classList.remove("pulse");
  node.getBoundingClientRect();
  node.classList.add("pulse");
}

// Every line is a copy of one that was made by hand; a tap is heard by the list.
let pattern = null;
function makeLine() {
  pattern ??= el("li", { class: "line" }, el("button", { type: "button", class: "ln" },
    el("span", {}, el("span", { class: "a" }), el("br"), el("span", { class: "b num" }, el("span"), el("em"))),
    el("span", { class: "p num" })));
  return pattern.cloneNode(true);
}

// A scan changes one line: the others are left alone.
function updateLine(node, line) {
  const said = `${line.qty} ${line.total} ${line.saving} ${line.unit_price} ${Boolean(store.view.member)} ${line.name}`;
  node.line = line;
  if (node.said === said) return;
  node.said = said;
  const pick = node.firstChild;
  const [name, , detail] = pick.firstChild.children;
  text(name, line.name);
  text(detail.firstChild, each(line));
  text(detail.lastChild, remarks(line));
  text(pick.lastChild, plain(line.total));
}

function renderSelection() {
  const chosen = current();
  for (const node of $("lines").children) {
    const selected = node.line.n === chosen?.n;
    node.classList.toggle("sel", selected);
    attr(node.firstChild, "aria-pressed", String(selected));
  }
}

// One set of buttons that moves to the selected line: icons are dear to make and to move, and every scan selects another.
let box = null;
function renderControls() {
  const line = current();
  const node = line && nodeOf(line.n);
  if (!node) return box?.remove();
  box ??= controls();
  if (box.parentNode !== node) node.append(box);
  updateControls(box, line);
  return undefined;
}

function each(line) {
  const params = { qty: quantity(line.qty), price: money(line.unit_price) };
  return t(line.unit === "kg" ? "till.line_kg" : "till.line_each", params);
}

function remarks(line) {
  const said = [];
  if (line.saving) said.push(t(store.view.member ? "till.line_member" : "till.line_saving", { amount: plain(line.saving) }));
  if (line.flags.includes("age18")) said.push(t("till.flag_age"));
  return said.join(" · ");
}

function controls() {
  return el(
    "div",
    { class: "ctl" },
    el("button", { type: "button", "aria-label": t("till.less"), onclick: () => step(-1000) }, icon("minus")),
    el("button", { type: "button", class: "q num", title: t("till.qty_of"), onclick: askQuantity }),
    el("button", { type: "button", "aria-label": t("till.more_one"), onclick: () => step(1000) }, icon("plus")),
    el("button", { type: "button", class: "del", onclick: remove }, icon("trash-2"), el("span", { text: t("till.remove") })),
  );
}

function updateControls(node, line) {
  const [less, count, more] = node.children;
  for (const part of [less, count, more]) show(part, !line.label);
  less.disabled = line.qty <= 1000;
  text(count, quantity(line.qty));
  attr(count, "aria-label", `${t("till.qty_of")}: ${quantity(line.qty)}`);
}

function renderNotice(notice) {
  show($("notice"), Boolean(notice));
  if (!notice) return;
  const findable = ["unknown_code", "bad_check", "needs_weight"].includes(notice.slug);
  if (!$("notice-icon").firstChild) $("notice-icon").append(icon("circle-alert"));
  setIcon($("notice-icon").firstChild, { warn: "triangle-alert", info: "info" }[notice.level] ?? "circle-alert");
  attr($("notice"), "class", `notice ${notice.level}`);
  text($("notice-text"), noticeWords(notice));
  text($("notice-code"), notice.code);
  show($("notice-find"), findable);
}

export function noticeWords(notice) {
  const params = Object.fromEntries(Object.entries(notice.params).map(([key, value]) => [key, amount(key, value)]));
  for (const key of [`till.notice_${notice.slug}`, `errors.${notice.slug}`]) if (has(key)) return t(key, params);
  return t("till.notice_other");
}

const amount = (key, value) => (key === "missing" || key === "amount" ? money(value) : value);

function renderBars(view, before) {
  const { undo: undoable, restored, multiplier } = view.basket;
  show($("restored"), restored);
  show($("times"), multiplier > 1);
  text($("times-text"), t("till.multiplier", { n: multiplier }));
  show($("undo"), Boolean(undoable));
  if (!undoable) return;
  text($("undo-text"), undoable.text);
  const fresh = before?.basket.undo?.text !== undoable.text || before.basket.undo.left_ms < undoable.left_ms;
  if (fresh) runDown(undoable.left_ms);
}

let hideUndo;
function runDown(left) {
  const bar = $("undo");
  bar.classList.remove("run");
  bar.getBoundingClientRect();
  $("undo-left").style.animationDuration = `${left}ms`;
  bar.classList.add("run");
  clearTimeout(hideUndo);
  hideUndo = setTimeout(() => show(bar, false), left);
}

function renderTotals(view) {
  const basket = view.basket;
  text($("sub-label"), tn("till.subtotal", basket.count));
  text($("subtotal"), money(basket.subtotal));
  show($("save-row"), basket.saving > 0);
  text($("save-label"), t(view.member ? "till.saving_member" : "till.saving"));
  text($("saving"), money(-basket.saving));
  text($("due-symbol"), symbol());
  text($("due"), plain(basket.total));
  if (basket.lines.length) text($("due-live"), `${t("till.due")} ${money(basket.total)}`);
  for (const kind of ["cash", "card"]) {
    const button = $(`pay-${kind}`);
    show(button, view.tenders.includes(kind));
    button.disabled = basket.lines.length === 0 || view.can.sell === "deny";
  }
}
