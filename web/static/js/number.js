// One dialog for every number that is typed: quantity, weight, price, member card, money.
import { close, define, problem, raise } from "./dialog.js";
import { $, attr, show, text } from "./dom.js";
import { decimals, quantity, typed } from "./money.js";
import { Entry } from "./numpad.js";
import { picks } from "./picks.js";
import { current, send, store } from "./store.js";
import { t } from "./words.js";

let then = null;
let pending = false;
let choices = [];
let choice = null;
let empty = false;
const entry = new Entry({
  changed(value) {
    text($("number-entry"), value);
    $("number-ok").disabled = pending || (!value && !empty);
  },
});

export function defineNumber() {
  entry.bind($("number-pad"));
  define("number", { enter: confirm, keydown: (event) => entry.keydown(event) });
  $("number-ok").addEventListener("click", confirm);
  $("number-back").addEventListener("click", () => close("number"));
}

// choices: [{id, words}] of which one goes with the number
function prompt({ title, tip = "", ok, max, decimals: places = 0, choices: beside = [], empty: bare = false }, action) {
  Object.assign(entry, { max, decimals: places });
  then = action;
  pending = false;
  empty = bare;
  choices = beside;
  choice = choices[0]?.id ?? null;
  text($("number-title"), title);
  text($("number-tip"), tip);
  show($("number-tip"), tip !== "");
  text($("number-ok"), ok);
  const point = $("number-pad").querySelector('[data-key="."]');
  attr(point, "disabled", places ? null : "");
  problem("number-problem", "");
  entry.set("");
  choose(choice);
  raise("number");
}

function choose(id) {
  choice = id;
  show($("number-choices"), choices.length > 0);
  picks($("number-choices"), choices, choice, choose);
}

async function confirm() {
  if (pending || (!entry.value && !empty)) return;
  pending = true;
  $("number-ok").disabled = true;
  try {
    await then(entry.value, choice);
    close("number");
  } catch (error) {
    problem("number-problem", error.message);
  } finally {
    pending = false;
    $("number-ok").disabled = !entry.value && !empty;
  }
}

// "1.25" -> 1250 thousandths
function thousandths(value) {
  const [whole, part = ""] = value.split(".");
  return Number((whole || "0") + part.padEnd(3, "0").slice(0, 3));
}

// A number that stays what it is: a labelled item's, a traced piece's, a deposit's that follows its bottle, an amount's.
// What comes back without a receipt stays as it was allowed.
const AMOUNTS = ["stored", "account"];
const allowed = (line) => line.qty < 0 && !line.returned && !line.flags.includes("deposit");
export const fixed = (line) =>
  line.label || Boolean(line.serial) || line.cuts?.reward !== undefined || line.tied != null || allowed(line) || line.flags.some((flag) => AMOUNTS.includes(flag));

export function askQuantity() {
  const line = current();
  if (!line || fixed(line)) return;
  const words = { title: `${t("till.qty_title")} · ${line.name}`, tip: quantity(line.qty), ok: t("till.qty_set"), max: 4 };
  const sign = line.qty < 0 ? -1 : 1;
  prompt(words, (value) => send("qty", { line: line.n, qty: sign * thousandths(value) }));
}

// Weighed goods: what the scale shows, and what they lie in. The till takes the container off.
export function askWeight(product) {
  const tares = store.view.tares.map(({ name, grams }, n) => ({ id: String(n), words: t("till.tare", { name, grams }), grams }));
  const given = {
    title: t(tares.length ? "till.qty_gross_title" : "till.qty_kg_title"),
    tip: product.name,
    ok: t("till.weight_set"),
    max: 7,
    decimals: 3,
    choices: tares.length ? [{ id: "none", words: t("till.tare_none"), grams: 0 }, ...tares] : [],
  };
  prompt(given, (value, id) => {
    const tare = tares.find((each) => each.id === id)?.grams ?? 0;
    return send("add", { product: product.id, gross: thousandths(value), tare });
  });
}

// Goods whose price is asked each time.
export function askOpenPrice(product) {
  const words = { title: product.name, tip: t("till.open_price_tip"), ok: t("till.open_price_ok") };
  askAmount(words, (price) => send("add", { product: product.id, price }));
}

// An amount of money, in minor units.
export function askAmount(words, action) {
  prompt({ ...words, max: 10, decimals: decimals() }, (value) => action(typed(value)));
}

// Digits that are no quantity and no money: a phone number, a day. They may be empty where `empty` says so.
export function askDigits(words, action) {
  prompt(words, action);
}
