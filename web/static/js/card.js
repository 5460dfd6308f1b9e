// A card on the store's own terminal: the amount to key there, and the cashier's word that it was approved. It may be a
// part, and the rest is paid otherwise; where goods come back, it is what the terminal gives back.
import { close, define, problem, raise } from "./dialog.js";
import { $, attr, show, text } from "./dom.js";
import { decimals, money, typed } from "./money.js";
import { Entry } from "./numpad.js";
import { send, store } from "./store.js";
import { t } from "./words.js";

let pending = false;
let basket = null;
let left = 0; // what the terminal may take at most; a cart that changed meanwhile closes the dialog
let back = null; // the tenders of a refund
let field = "reference";
let amount = "";
let reference = "";
const entry = new Entry({
  changed(value) {
    if (field === "amount") amount = value;
    else reference = value;
    render();
  },
});

export function defineCard() {
  entry.bind($("card-pad"));
  define("card", { enter: approved, keydown: (event) => entry.keydown(event) });
  $("card-ok").addEventListener("click", approved);
  $("card-back").addEventListener("click", () => close("card"));
  $("card-part").addEventListener("click", () => type(field === "amount" ? "reference" : "amount"));
}

// refund: {amount, tenders} where the terminal gives back
export function openCard(refund = null) {
  const view = store.view;
  basket = view.basket.uid;
  back = refund?.tenders ?? null;
  left = refund ? -view.basket.left : view.basket.left;
  pending = false;
  amount = refund ? String(refund.amount) : "";
  reference = "";
  problem("card-problem", "");
  type("reference");
  raise("card");
}

export function syncCard(view) {
  if ($("card").open && (view.basket.uid !== basket || Math.abs(view.basket.left) !== left)) close("card");
}

function type(what) {
  field = what;
  Object.assign(entry, what === "amount" ? { max: 10, decimals: decimals() } : { max: 11, decimals: 0 });
  entry.value = what === "amount" ? amount : reference;
  render();
}

const charged = () => (back ? Number(amount) : amount ? typed(amount) : left);

function render() {
  const part = charged();
  const wrong = part <= 0 || part > left;
  text($("card-title-text"), t(back ? "till.card_refund_title" : "till.card_title"));
  text($("card-label"), t(back ? "till.card_refund" : "till.card_amount"));
  text($("card-amount"), money(part));
  text($("card-reference"), reference);
  text($("card-tip"), t(back ? "till.card_refund_tip" : "till.card_tip"));
  show($("card-ref-row"), !back);
  show($("card-rest-row"), !back && part < left);
  text($("card-rest"), money(Math.max(0, left - part)));
  show($("card-part"), !back);
  attr($("card-part"), "aria-pressed", field === "amount");
  attr($("card-part"), "class", field === "amount" ? "btn on" : "btn");
  $("card-ok").disabled = pending || wrong;
  const done = back ? "till.card_refunded" : part < left ? "till.card_part_approved" : "till.card_approved";
  text($("card-ok-text"), t(pending ? "till.finishing" : done));
}

async function approved() {
  if ($("card-ok").disabled) return;
  pending = true;
  problem("card-problem", "");
  render();
  const tender = { kind: "card", received: charged(), ...(reference && { reference }) };
  try {
    if (back) await send("pay", { tenders: back }, { basket });
    else if (tender.received < left) await send("tender/take", { tender }, { basket });
    else await send("pay", { tenders: [tender] }, { basket });
    close("card");
  } catch (error) {
    problem("card-problem", error.message);
  } finally {
    pending = false;
    render();
  }
}
