// The drawer is counted before anybody says what it should hold: pieces by denomination, or one sum.
import { close, define, isOpen, problem, raise } from "./dialog.js";
import { $, attr, el, icon, keyed, show, text } from "./dom.js";
import { decimals, money, note, typed } from "./money.js";
import { Entry } from "./numpad.js";
import { picks } from "./picks.js";
import { send, store } from "./store.js";
import { number, t, tn } from "./words.js";

const MOST = 4; // digits of a number of pieces
const pieces = new Map(); // kept while the till is open: a scan or a question may cut in
let chosen = null; // the denomination that digits are typed for
let one = false;
let sum = "";
let fresh = true; // the next digit begins the number anew
let pending = false;

const entry = new Entry({
  changed(value) {
    if (!isOpen("count")) return;
    if (one) sum = value;
    else if (chosen !== null) pieces.set(chosen, Number(value || 0));
    render();
  },
});

export function defineCount() {
  define("count", {
    mount() {
      entry.bind($("count-pad"));
      $("count-pad").addEventListener("click", begun, true);
      $("count-ok").addEventListener("click", finish);
    },
    enter: finish,
    keydown: (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") return move(event.key === "ArrowDown" ? 1 : -1);
      if (/^[0-9]$/.test(event.key)) begun();
      return entry.keydown(event);
    },
  });
}

export function openCount() {
  pending = false;
  raise("count");
  problem("count-problem", "");
  choose(store.view.denominations[0]);
}

// A number that stands there already is typed over, not continued.
function begun() {
  if (!one && fresh) entry.value = "";
  fresh = false;
}

function choose(value) {
  chosen = value;
  fresh = true;
  if (one) Object.assign(entry, { max: 10, decimals: decimals(), value: sum });
  else Object.assign(entry, { max: MOST, decimals: 0, value: String(pieces.get(value) || "") });
  render();
}

function move(by) {
  const list = store.view.denominations;
  if (one) return false;
  choose(list[Math.min(list.length - 1, Math.max(0, list.indexOf(chosen) + by))]);
  return true;
}

function step(value, by) {
  pieces.set(value, Math.max(0, (pieces.get(value) || 0) + by));
  choose(value);
}

const total = () => (one ? typed(sum) : [...pieces].reduce((all, [value, n]) => all + value * n, 0));

function render() {
  const { held, denominations } = store.view;
  const ways = [{ id: "pieces", words: t("till.count_pieces") }, { id: "sum", words: t("till.count_sum") }];
  picks($("count-ways"), ways, one ? "sum" : "pieces", (id) => {
    one = id === "sum";
    choose(chosen);
  });
  show($("count-rows"), !one);
  keyed($("count-rows"), one ? [] : denominations, (value) => value, make, update);
  text($("count-total"), money(total()));
  show($("count-held"), held > 0);
  text($("count-held-text"), tn("till.count_held", held));
  $("count-ok").disabled = pending || (one ? !sum : pieces.size === 0);
}

function make(value) {
  const pick = el("button", { type: "button", class: "btn num" }, el("span"), el("b"));
  const less = el("button", { type: "button", class: "btn step" }, icon("minus"));
  const more = el("button", { type: "button", class: "btn step" }, icon("plus"));
  pick.addEventListener("click", () => choose(value));
  less.addEventListener("click", () => step(value, -1));
  more.addEventListener("click", () => step(value, 1));
  attr(less, "aria-label", t("till.count_less", { value: note(value) }));
  attr(more, "aria-label", t("till.count_more", { value: note(value) }));
  return el("li", {}, pick, less, more);
}

function update(node, value) {
  const [pick, less] = node.children;
  const n = pieces.get(value) || 0;
  text(pick.firstChild, note(value));
  text(pick.lastChild, `× ${number(n)}`);
  attr(pick, "aria-pressed", value === chosen);
  attr(pick, "class", value === chosen ? "btn num on" : "btn num");
  less.disabled = n === 0;
}

async function finish() {
  if ($("count-ok").disabled) return;
  pending = true;
  problem("count-problem", "");
  render();
  const counts = Object.fromEntries([...pieces].filter(([, n]) => n));
  try {
    const counted = one ? { counted: typed(sum) } : { counts };
    await send("shift/close", { ...counted, ...(store.view.held > 0 && { held: true }) });
    pieces.clear();
    sum = "";
    close("count");
  } catch (error) {
    if (isOpen("count")) problem("count-problem", error.message);
  } finally {
    pending = false;
    if (isOpen("count")) render();
  }
}
