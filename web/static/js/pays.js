// The foot of the cart: what of it is paid already, how the rest is paid, and what is given back.
import { openCard } from "./card.js";
import { openCash } from "./cash.js";
import { checked } from "./checks.js";
import { ask, toast } from "./dialog.js";
import { $, attr, el, icon, keyed, setIcon, show, text } from "./dom.js";
import { money, plain, symbol } from "./money.js";
import { send, store } from "./store.js";
import { payPoints } from "./points.js";
import { payStored } from "./value.js";
import { t } from "./words.js";

const KINDS = ["cash", "card", "stored", "account", "points"];
let pending = false;

export function bindPays() {
  $("pay-cash").addEventListener("click", () => pay("cash"));
  $("pay-card").addEventListener("click", () => pay("card"));
  $("pay-stored").addEventListener("click", () => pay("stored"));
  $("pay-account").addEventListener("click", () => pay("account"));
  $("pay-points").addEventListener("click", () => pay("points"));
  $("refund").addEventListener("click", () => settle());
  $("refund-cash").addEventListener("click", () => complete(coins()));
}

// What F9 and F11 do as well: pay, give back, or finish an even exchange.
export function pay(kind) {
  const { basket } = store.view ?? {};
  if (!basket?.lines.length || store.view.can["sale.sell"] === "deny") return;
  if (basket.left <= 0) {
    if (kind === "cash") settle();
    return;
  }
  if ($(`pay-${kind}`).hidden || $(`pay-${kind}`).disabled) return;
  checked({ cash: openCash, card: openCard, stored: payStored, account: askAccount, points: payPoints }[kind]);
}

function askAccount() {
  const { basket, member } = store.view;
  const amount = basket.left;
  const sentence = t("till.account_ask", { name: member.name, amount: money(amount) });
  ask(t("till.account"), sentence, t("till.account_ok"), () => complete([{ kind: "account", received: amount }]));
}

const coins = () => [{ kind: "cash", received: -store.view.basket.cash_due }];

// Below zero by the plan of the server, a card's part once the terminal has given it back; at nought without any money.
export function settle() {
  const { basket } = store.view;
  if (basket.left === 0) return checked(() => complete([]));
  const tenders = basket.refund.map(({ kind, amount, reference }) => ({ kind, received: amount, ...(reference && { reference }) }));
  const card = basket.refund.filter((part) => part.kind === "card").reduce((sum, part) => sum + part.amount, 0);
  return checked(() => (card ? openCard({ amount: card, tenders }) : complete(tenders)));
}

async function complete(tenders) {
  if (pending) return;
  pending = true;
  renderPays(store.view);
  try {
    await send("pay", { tenders }, { basket: store.view.basket.uid });
  } catch (error) {
    toast(error.message);
  } finally {
    pending = false;
    renderPays(store.view);
  }
}

export function renderPays(view) {
  const { basket } = view;
  renderParts(view);
  const back = basket.left < 0;
  text($("due-label"), t(back ? "till.give_back" : "till.due"));
  text($("due-symbol"), symbol());
  text($("due"), plain(Math.abs(basket.left)));
  if (basket.lines.length) text($("due-live"), `${t(back ? "till.give_back" : "till.due")} ${money(Math.abs(basket.left))}`);
  const settled = basket.lines.length > 0 && basket.left <= 0;
  const closed = !basket.lines.length || view.can["sale.sell"] === "deny" || pending;
  for (const kind of KINDS) {
    show($(`pay-${kind}`), !settled && view.tenders.includes(kind) && (kind !== "points" || view.member?.spendable > 0));
    $(`pay-${kind}`).disabled = closed || (kind === "account" && !view.member);
  }
  renderRefund(view, settled, closed);
}

function renderRefund({ basket, can }, settled, closed) {
  show($("refund"), settled);
  const other = settled && basket.refund.some((part) => part.kind !== "cash") && can["sale.refund_other"] !== "deny";
  show($("refund-cash"), other);
  if (!settled) return;
  $("refund").disabled = $("refund-cash").disabled = closed;
  text($("refund-text"), t(basket.left < 0 ? "till.refund" : "till.even"));
  text($("refund-how"), basket.refund.map((part) => `${t(`till.${part.kind}`)} ${money(part.amount)}`).join(" · "));
  show($("refund-lock"), can["sale.refund_other"] === "approve");
}

// What is taken off the cart, and what is paid of it: each can be taken back.
function renderParts({ basket }) {
  const list = basket.paid.map((part, n) => ({ id: `paid-${n}-${part.kind}`, n, ...part }));
  if (basket.cut) list.unshift({ id: "cut", ...basket.cut });
  show($("parts"), list.length > 0);
  keyed($("parts"), list, (each) => each.id, makePart, updatePart);
}

function makePart() {
  const off = el("button", { type: "button", class: "bare" }, icon("x"));
  const node = el("li", {}, icon("tag"), el("span"), el("b", { class: "num" }), off);
  off.addEventListener("click", () => takeBack(node.shown));
  return node;
}

function updatePart(node, part) {
  node.shown = part; // (node.part is the browser's own)
  const cut = part.id === "cut";
  setIcon(node.firstChild, cut ? "percent" : { card: "credit-card", stored: "gift", points: "star" }[part.kind] ?? "user-round");
  const words = cut ? t("till.cart_cut") : t("till.part_paid", { kind: t(`till.${part.kind}`) });
  text(node.children[1], words);
  text(node.children[2], cut && part.kind === "percent" ? `−${part.value / 100} %` : money(-(cut ? part.value : part.amount)));
  attr(node.lastChild, "aria-label", `${t("till.take_back")}: ${words}`);
}

const tell = (name, args) => send(name, args).catch((error) => toast(error.message));

function takeBack(part) {
  if (part.id === "cut") return tell("discount", {});
  const drop = () => tell("tender/drop", { n: part.n });
  if (part.kind !== "card") return drop();
  const sentence = t("till.part_reverse", { amount: money(part.amount) });
  return ask(t("till.part_paid", { kind: t("till.card") }), sentence, t("till.part_reversed"), drop);
}
