// Cash: a note finishes at once; an odd amount is typed. The button rests while the till works, and the basket's uid
// makes a second press find the same sale.
import { close, define, problem, raise } from "./dialog.js";
import { $, attr, el, keyed, show, text } from "./dom.js";
import { decimals, money, note, typed } from "./money.js";
import { Entry } from "./numpad.js";
import { send, store } from "./store.js";
import { t } from "./words.js";

let pending = false;
let basket = null; // the basket this dialog was opened for: never another one
const entry = new Entry({ max: 10, changed: renderCash });

export function defineCash() {
  entry.bind($("cash-pad"));
  define("cash", { enter: finish, keydown: (event) => entry.keydown(event) });
  $("cash-finish").addEventListener("click", finish);
  $("cash-back").addEventListener("click", () => close("cash"));
}

export function openCash() {
  const view = store.view;
  basket = view.basket.uid;
  pending = false;
  entry.decimals = decimals();
  entry.value = "";
  problem("cash-problem", "");
  renderCash();
  raise("cash");
}

// A scan while the dialog is open changes the amount; a sale that is done closes it.
export function syncCash(view) {
  if (!$("cash").open) return;
  if (view.basket.uid !== basket || view.basket.left <= 0) close("cash");
  else renderCash();
}

// Nothing typed means the exact amount.
const received = () => (entry.value ? typed(entry.value) : store.view.basket.cash_due);

function renderCash() {
  const { cash_due: due, rounding, notes } = store.view.basket;
  const got = received();
  text($("cash-due"), money(due));
  show($("cash-rounding-row"), rounding !== 0);
  text($("cash-rounding"), money(rounding));
  text($("cash-received"), money(got));
  attr($("cash-received"), "class", entry.value ? null : "unset");
  attr($("cash-change-row"), "class", got < due ? "change short" : "change");
  text($("cash-change-label"), t(got < due ? "till.short" : "till.change"));
  text($("cash-change"), money(Math.abs(got - due)));
  keyed($("cash-notes"), notes.slice(0, 6), (each) => each.amount, makeNote, updateNote);
  $("cash-finish").disabled = pending || got < due;
  text($("cash-finish-text"), t(pending ? "till.finishing" : "till.finish"));
}

function makeNote(given) {
  return el("button", { type: "button", onclick: () => pay(given.amount) }, el("span"), el("small"));
}

function updateNote(node, given) {
  attr(node, "class", given.exact ? "exact" : null);
  node.disabled = pending;
  text(node.firstChild, given.exact ? money(given.amount) : note(given.amount));
  text(node.lastChild, given.exact ? t("till.exact") : t("till.note_change", { amount: money(given.change) }));
}

function finish() {
  if (!$("cash-finish").disabled) pay(received());
}

async function pay(amount) {
  if (pending) return;
  pending = true;
  problem("cash-problem", "");
  renderCash();
  try {
    await send("pay", { tenders: [{ kind: "cash", received: amount }] }, { basket });
    close("cash");
  } catch (error) {
    problem("cash-problem", error.message);
  } finally {
    pending = false;
    if ($("cash").open) renderCash();
  }
}
