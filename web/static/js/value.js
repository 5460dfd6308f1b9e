// Stored value: a card of the shop's own, scanned or typed. What is on it, paying with it, putting money on it.
import { get } from "./api.js";
import { want } from "./catch.js";
import { close, define, isOpen, problem, raise, toast } from "./dialog.js";
import { $, attr, show, text } from "./dom.js";
import { decimals, money, typed } from "./money.js";
import { Entry } from "./numpad.js";
import { path, send, store } from "./store.js";
import { page, t } from "./words.js";

const DIGITS = 12;
let card = null; // {card, balance}: balance null where nobody has paid anything in yet
let purpose = "look"; // "pay": it was opened to pay; "top_up": to put money on it
let pending = false;
const entry = new Entry({ changed: () => isOpen("value") && render() });

export function defineValue() {
  define("value", {
    mount() {
      entry.bind($("value-pad"));
      $("value-ok").addEventListener("click", find);
      $("value-pay").addEventListener("click", pay);
      $("value-top-up").addEventListener("click", topUp);
    },
    enter: () => (card ? (purpose === "top_up" ? topUp() : pay()) : find()),
    keydown: (event) => entry.keydown(event),
    closed: () => want(""),
  });
}

export const payStored = () => open("pay");
export const openValue = () => open("look");

function open(why) {
  purpose = why;
  card = null;
  pending = false;
  raise("value");
  problem("value-problem", "");
  Object.assign(entry, { max: DIGITS, decimals: 0 });
  entry.set("");
  want("", ({ kind, code }) => kind === "value" && look(code));
}

// A card of ours that was scanned while nobody waited for it.
export function showValue(code) {
  open("look");
  look(code);
}

const find = () => entry.value.length === DIGITS && look(page.value_prefix + entry.value);

async function look(code) {
  problem("value-problem", "");
  try {
    const found = await get(`${path("value")}/${encodeURIComponent(code)}`);
    if (!isOpen("value")) return;
    card = found;
    Object.assign(entry, { max: 10, decimals: decimals() });
    entry.set("");
  } catch (error) {
    if (isOpen("value")) problem("value-problem", error.message);
    else toast(error.message);
  }
}

const payable = () => store.view.tenders.includes("stored") && store.view.basket.left > 0 && card.balance > 0;
// Nothing typed: as much of the cart as there is on the card.
const part = () => (entry.value ? typed(entry.value) : Math.min(store.view.basket.left, card.balance));

function render() {
  show($("value-find"), !card);
  show($("value-card"), Boolean(card));
  show($("value-ok"), !card);
  $("value-ok").disabled = entry.value.length !== DIGITS;
  attr($("value-entry"), "data-empty", entry.value ? null : t(card ? "till.amount" : "till.value_number"));
  text($("value-entry"), entry.value && (card ? money(typed(entry.value)) : entry.value));
  const pays = Boolean(card) && purpose !== "top_up" && payable();
  const tops = Boolean(card) && store.view.can["value.top_up"] !== "deny" && purpose !== "pay";
  show($("value-pay"), pays);
  show($("value-top-up"), tops);
  if (!card) return;
  text($("value-number"), card.card);
  text($("value-words"), t(card.balance === null ? "till.value_new" : "till.value_balance"));
  text($("value-balance"), money(card.balance ?? 0));
  show($("value-due-row"), pays);
  text($("value-due"), money(store.view.basket.left));
  text($("value-pay-text"), pays ? t("till.value_pay", { amount: money(part()) }) : "");
  $("value-pay").disabled = pending || !pays || part() <= 0;
  $("value-top-up").disabled = pending || typed(entry.value) <= 0;
  show($("value-lock"), store.view.can["value.top_up"] === "approve");
}

async function run(command) {
  if (pending) return;
  pending = true;
  problem("value-problem", "");
  render();
  try {
    await command();
    close("value");
  } catch (error) {
    if (isOpen("value")) problem("value-problem", error.message);
  } finally {
    pending = false;
    if (isOpen("value")) render();
  }
}

function pay() {
  if ($("value-pay").hidden || $("value-pay").disabled) return;
  const { uid, left } = store.view.basket;
  const tender = { kind: "stored", received: part(), reference: card.card };
  run(() =>
    tender.received < left
      ? send("tender/take", { tender }, { basket: uid })
      : send("pay", { tenders: [tender] }, { basket: uid }),
  );
}

function topUp() {
  if ($("value-top-up").hidden || $("value-top-up").disabled) return;
  run(() => send("value/top-up", { card: card.card, amount: typed(entry.value) }));
}
