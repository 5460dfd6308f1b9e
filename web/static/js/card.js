// A card on the store's own terminal: the amount to key there, and the cashier's word that it was approved.
import { close, define, problem, raise } from "./dialog.js";
import { $, text } from "./dom.js";
import { money } from "./money.js";
import { Entry } from "./numpad.js";
import { send, store } from "./store.js";
import { t } from "./words.js";

let pending = false;
let basket = null;
let amount = 0; // what the terminal was told; a cart that changed meanwhile closes the dialog
const entry = new Entry({ max: 11, changed: (value) => text($("card-reference"), value) });

export function defineCard() {
  entry.bind($("card-pad"));
  define("card", { enter: approved, keydown: (event) => entry.keydown(event) });
  $("card-ok").addEventListener("click", approved);
  $("card-back").addEventListener("click", () => close("card"));
}

export function openCard() {
  const view = store.view;
  if (!view?.basket.lines.length || $("pay-card").disabled) return;
  basket = view.basket.uid;
  amount = view.basket.total;
  pending = false;
  entry.set("");
  problem("card-problem", "");
  text($("card-amount"), money(amount));
  render();
  raise("card");
}

export function syncCard(view) {
  if ($("card").open && (view.basket.uid !== basket || view.basket.total !== amount)) close("card");
}

function render() {
  $("card-ok").disabled = pending;
  text($("card-ok-text"), t(pending ? "till.finishing" : "till.card_approved"));
}

async function approved() {
  if (pending) return;
  pending = true;
  problem("card-problem", "");
  render();
  try {
    const tender = { kind: "card", received: amount, ...(entry.value && { reference: entry.value }) };
    await send("pay", { tenders: [tender] }, { basket });
    close("card");
  } catch (error) {
    problem("card-problem", error.message);
  } finally {
    pending = false;
    render();
  }
}
