// Paying with points: what the customer may use and as of when; an amount is chosen or typed, then confirmed.
import { get } from "./api.js";
import { close, define, isOpen, problem, raise } from "./dialog.js";
import { $, attr, el, keyed, show, text } from "./dom.js";
import { decimals, money, typed } from "./money.js";
import { Entry } from "./numpad.js";
import { path, send, store } from "./store.js";
import { number, t, tn } from "./words.js";

let found = null; // what the till says of this member and cart
let asked = null; // {amount, points} that is chosen
let turn = 0; // the newest question: an older answer is late
let pending = false;
const entry = new Entry({ max: 10, changed: typedAmount });
const points = (n) => tn("till_points.n", n);

export function definePoints() {
  define("points", {
    mount() {
      entry.bind($("points-pad"));
      $("points-pay").addEventListener("click", pay);
    },
    enter: pay,
    keydown: (event) => entry.keydown(event),
  });
}

export function payPoints() {
  found = asked = null;
  pending = false;
  raise("points");
  problem("points-problem", "");
  entry.decimals = decimals();
  entry.value = "";
  render();
  look();
}

// Another cart, or nothing left to pay: the dialog has had its time. A scan may have changed what is due.
export function syncPoints(view, before) {
  if (!isOpen("points") || pending) return;
  if (view.basket.uid !== before?.basket.uid || view.basket.left <= 0 || !view.member) close("points");
  else if (view.basket.left !== before.basket.left || view.member.points !== before.member?.points) look();
}

async function look(amount = null) {
  const mine = ++turn;
  try {
    const answer = await get(`${path("points")}${amount === null ? "" : `?amount=${amount}`}`);
    if (mine !== turn || !isOpen("points")) return;
    found = answer;
    if (amount !== null) asked = answer.asked;
    problem("points-problem", answer.refused ?? "");
  } catch (error) {
    if (mine !== turn || !isOpen("points")) return;
    asked = null;
    problem("points-problem", error.message);
  }
  render();
}

function typedAmount() {
  asked = null;
  problem("points-problem", "");
  render();
  if (typed(entry.value) > 0) look(typed(entry.value));
}

function choose(choice) {
  ++turn;
  asked = choice;
  entry.value = "";
  problem("points-problem", "");
  render();
  $("points-pay").focus(); // Enter confirms what was chosen
}

function render() {
  text($("points-due"), money(store.view.basket.left));
  text($("points-able"), found ? number(found.spendable) : "");
  text($("points-as-of"), found ? t("till_points.as_of", { at: found.as_of }) + (found.waiting ? ` · ${tn("till_points.waiting", found.waiting)}` : "") : "");
  text($("points-most"), found ? money(found.most.amount) : "");
  show($("points-most-row"), !found?.refused);
  const bound = found && found.most.amount > 0 && { member_day: 1, box_day: 1, lease: 1 }[found.why];
  text($("points-bound"), bound ? t(`till_points.bound_${found.why}`, { points: points(found.limit) }) : "");
  show($("points-tip"), Boolean(found && !found.refused));
  keyed($("points-choices"), found?.choices ?? [], (each) => each.amount, makeChoice, updateChoice);
  attr($("points-entry"), "data-empty", entry.value ? null : t("till_points.typed"));
  text($("points-entry"), entry.value && money(typed(entry.value)));
  show($("points-entry"), Boolean(found && !found.refused));
  text($("points-pay-text"), asked ? t("till_points.pay", { amount: money(asked.amount), points: points(asked.points) }) : t("till_points.pay_choose"));
  $("points-pay").disabled = pending || !asked;
}

function makeChoice() {
  const node = el("button", { type: "button", onclick: () => choose(node.choice) }, el("span"), el("small"));
  return node;
}

function updateChoice(node, choice) {
  node.choice = choice;
  attr(node, "class", asked?.amount === choice.amount ? "exact" : null);
  attr(node, "aria-pressed", String(asked?.amount === choice.amount));
  text(node.firstChild, money(choice.amount));
  const all = choice.amount === found.most.amount;
  text(node.lastChild, all ? `${t("till_points.all")} · ${points(choice.points)}` : points(choice.points));
}

async function pay() {
  if (pending || !asked) return;
  pending = true;
  problem("points-problem", "");
  render();
  const { uid, left } = store.view.basket;
  const tender = { kind: "points", received: asked.amount };
  try {
    if (asked.amount < left) await send("tender/take", { tender }, { basket: uid });
    else await send("pay", { tenders: [tender] }, { basket: uid });
    close("points");
  } catch (error) {
    if (isOpen("points")) problem("points-problem", error.message);
  } finally {
    pending = false;
    if (isOpen("points")) render();
  }
}
