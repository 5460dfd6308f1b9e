// One dialog for every number that is typed: quantity, weight, member card.
import { close, define, problem, raise } from "./dialog.js";
import { $, attr, show, text } from "./dom.js";
import { decimals, quantity, typed } from "./money.js";
import { Entry } from "./numpad.js";
import { current, send } from "./store.js";
import { page, t } from "./words.js";

const CARD_DIGITS = 12; // a phone number has another length

let then = null;
let pending = false;
const entry = new Entry({
  changed(value) {
    text($("number-entry"), value);
    $("number-ok").disabled = pending || !value;
  },
});

export function defineNumber() {
  entry.bind($("number-pad"));
  define("number", { enter: confirm, keydown: (event) => entry.keydown(event) });
  $("number-ok").addEventListener("click", confirm);
  $("number-back").addEventListener("click", () => close("number"));
}

function prompt({ title, tip = "", ok, max, decimals: places = 0 }, action) {
  Object.assign(entry, { max, decimals: places });
  then = action;
  pending = false;
  text($("number-title"), title);
  text($("number-tip"), tip);
  show($("number-tip"), tip !== "");
  text($("number-ok"), ok);
  const point = $("number-pad").querySelector('[data-key="."]');
  attr(point, "disabled", places ? null : "");
  problem("number-problem", "");
  entry.set("");
  raise("number");
}

async function confirm() {
  if (pending || !entry.value) return;
  pending = true;
  $("number-ok").disabled = true;
  try {
    await then(entry.value);
    close("number");
  } catch (error) {
    problem("number-problem", error.message);
  } finally {
    pending = false;
    $("number-ok").disabled = !entry.value;
  }
}

// "1.25" -> 1250 thousandths
function thousandths(value) {
  const [whole, part = ""] = value.split(".");
  return Number((whole || "0") + part.padEnd(3, "0").slice(0, 3));
}

export function askQuantity() {
  const line = current();
  if (!line || line.label) return;
  const kilos = line.unit === "kg";
  const title = `${t(kilos ? "till.qty_kg_title" : "till.qty_title")} · ${line.name}`;
  prompt({ title, tip: quantity(line.qty), ok: t("till.qty_set"), max: kilos ? 7 : 4, decimals: kilos ? 3 : 0 }, (value) =>
    send("qty", { line: line.n, qty: thousandths(value) }),
  );
}

export function askWeight(product) {
  const given = { title: t("till.qty_kg_title"), tip: product.name, ok: t("till.qty_set"), max: 7, decimals: 3 };
  prompt(given, (value) => send("add", { product: product.id, qty: thousandths(value) }));
}

// An amount of money, in minor units.
export function askAmount(words, action) {
  prompt({ ...words, max: 10, decimals: decimals() }, (value) => action(typed(value)));
}

export function askMember() {
  prompt({ title: t("till.member_title"), tip: t("till.member_tip"), ok: t("till.member_set"), max: 20 }, (value) =>
    send("member", { code: value.length === CARD_DIGITS ? page.card_prefix + value : value }),
  );
}
