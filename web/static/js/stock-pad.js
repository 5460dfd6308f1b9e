// The pad at the right sets the quantity of the picked line; two dialogs ask for a weight, and for lot and date.
import { anyOpen, close, define, problem, raise, scannerTyped, toast } from "./dialog.js";
import { $, show, text } from "./dom.js";
import { Entry } from "./numpad.js";
import { bindKeyboards } from "./osk.js";
import { current, send, stock } from "./stock-store.js";
import { t } from "./words.js";

const MAX = 10;
let about = null; // the line whose number is being keyed
const entry = new Entry({ max: MAX, decimals: 3, changed: () => stock.view && renderPad(stock.view) });

// "1.25" -> 1250 thousandths
function thousandths(value) {
  const [whole, part = ""] = value.split(".");
  return Number((whole || "0") + part.padEnd(3, "0").slice(0, 3));
}

export function bindPad() {
  entry.bind($("pad"));
  $("do-set").addEventListener("click", set);
  document.addEventListener("keydown", (event) => {
    if (anyOpen() || event.defaultPrevented || event.target.matches("input") || $("side-pad").hidden) return;
    if (event.key === "Enter" && entry.value) {
      event.preventDefault();
      if (!event.repeat && !scannerTyped(event.timeStamp)) set();
    } else if (event.key === "Escape" && entry.value) entry.set("");
    else if (current()) entry.keydown(event);
  });
}

export function renderPad(view) {
  const line = current();
  const open = Boolean(view.sheet) || Boolean(view.count?.uid);
  show($("side-pad"), open);
  show($("do-details"), Boolean(view.sheet));
  if ((line?.line ?? null) !== about) {
    about = line?.line ?? null;
    entry.value = "";
  }
  text($("pad-name"), line ? t("stockroom.quantity_of", { name: line.name }) : t("stockroom.pick_line"));
  text($("pad-entry"), entry.value || (line ? stock.quantity(line.qty) : ""));
  $("do-set").disabled = !line || !entry.value;
  $("do-details").disabled = !line;
  for (const key of $("pad").children) key.disabled = !line || (key.dataset.key === "." && line.unit !== "kg");
}

async function set() {
  const line = current();
  if (!line || !entry.value) return;
  const qty = thousandths(entry.value);
  entry.set("");
  await send("line", { line: line.line, qty }).catch((error) => toast(error.message));
}

// ---- weighed goods, when no scale has weighed them

let weighing = null;
const weight = new Entry({
  max: MAX,
  decimals: 3,
  changed(value) {
    text($("weight-entry"), value);
    $("weight-ok").disabled = !value;
  },
});

export function defineWeight() {
  weight.bind($("weight-pad"));
  define("weight", { enter: weigh, keydown: (event) => weight.keydown(event), closed: () => (weighing = null) });
  $("weight-ok").addEventListener("click", weigh);
}

export function askWeight({ product, name }) {
  weighing = product;
  text($("weight-title"), t("stockroom.weight_title", { name }));
  problem("weight-problem", "");
  weight.set("");
  raise("weight");
}

async function weigh() {
  if (!weight.value || weighing === null) return;
  try {
    await send("put", { product: weighing, qty: thousandths(weight.value) });
    close("weight");
  } catch (error) {
    problem("weight-problem", error.message);
  }
}

// ---- lot and date, where the code did not carry them

const date = new Entry({ max: 8, changed: (value) => ($("details-expiry").value = value) });

export function defineDetails() {
  date.bind($("details-pad"));
  define("details", {
    enter: save,
    // In the lot's own field, keys are letters of the lot.
    keydown: (event) => event.target.id !== "details-lot" && date.keydown(event),
  });
  $("details-ok").addEventListener("click", save);
  bindKeyboards($("details"));
  $("do-details").addEventListener("click", () => {
    const line = current();
    if (!line) return;
    text($("details-name"), line.name);
    $("details-lot").value = line.lot;
    date.set(line.expiry.replaceAll("-", ""));
    problem("details-problem", "");
    raise("details");
  });
}

async function save() {
  const line = current();
  const digits = $("details-expiry").value.replaceAll("-", "");
  const expiry = digits.replace(/^(\d{4})(\d{2})(\d{2})$/, "$1-$2-$3");
  try {
    if (line) await send("line", { line: line.line, lot: $("details-lot").value.trim(), expiry });
    close("details");
  } catch (error) {
    problem("details-problem", error.message);
  }
}
