// What is said of a line: another price, something taken off, a note. And what is taken off the whole cart.
import { close, define, isOpen, problem, raise } from "./dialog.js";
import { $, attr, show, text } from "./dom.js";
import { decimals, money, typed } from "./money.js";
import { Entry } from "./numpad.js";
import { bindKeyboards } from "./osk.js";
import { picks } from "./picks.js";
import { current, send, store } from "./store.js";
import { t } from "./words.js";

const WAYS = ["price", "off", "note"];
const REASONS = {
  price: ["damaged", "expiring", "price_match", "shelf_label", "loyal", "staff_mistake"],
  off: ["damaged", "expiring", "price_match", "loyal", "staff_mistake", "staff_buys"],
};
const ACTIONS = { price: "sale.price", off: "sale.discount", note: "sale.sell" };

let line = null; // number of the line; null: the whole cart
let way = "price";
let percent = true;
let pending = false;
const entry = new Entry({ max: 10, changed: () => isOpen("price") && render() });

export function definePrice() {
  define("price", {
    mount(dialog) {
      entry.bind($("price-pad"));
      bindKeyboards(dialog);
      $("price-note").addEventListener("input", render);
      $("price-save").addEventListener("click", saveNote);
      $("price-undo").addEventListener("click", back);
    },
    enter: () => (way === "note" ? saveNote() : $("price-reasons").firstChild.focus({ focusVisible: true })),
    keydown: (event) => way !== "note" && entry.keydown(event),
  });
}

// Goods of which something may be said: neither what came back nor money that passes through.
export const goods = (each) =>
  each.qty > 0 && !each.returned && each.cuts?.reward === undefined && !each.flags.some((flag) => ["deposit", "stored", "account"].includes(flag));

export function openPrice() {
  const chosen = current();
  if (!chosen || !goods(chosen)) return;
  begin(chosen.n, chosen.label && chosen.unit !== "kg" ? "off" : "price");
  $("price-note").value = chosen.note ?? "";
}

export function openDiscount() {
  if (store.view?.basket.lines.length) begin(null, "off");
}

function begin(of, first) {
  line = of;
  pending = false;
  raise("price");
  pick(may(first) ? first : may("off") ? "off" : "note");
}

const may = (which) => store.view.can[ACTIONS[which]] !== "deny";

function pick(which) {
  way = which;
  problem("price-problem", "");
  measure();
  if (way === "note") $("price-note").focus();
}

function measure() {
  const off = way === "off" && percent;
  entry.max = off ? 5 : 10;
  entry.decimals = off ? 2 : decimals();
  entry.set("");
}

const subject = () => (line === null ? null : store.view.basket.lines.find((each) => each.n === line));

function render() {
  const of = subject();
  if (line !== null && !of) return close("price");
  text($("price-title"), of ? of.name : t("till.discount_cart"));
  const ways = of ? WAYS.filter(may).map((id) => ({ id, words: t(`till.way_${id}`) })) : [];
  picks($("price-ways"), ways, way, pick);
  show($("price-ways"), ways.length > 1);
  const number = way !== "note";
  attr($("price"), "class", number ? "duo" : "duo one");
  show($("price-entry"), number);
  show($("price-tip"), number);
  show($("price-pad"), number);
  show($("price-chips"), number);
  show($("price-saying"), !number);
  show($("price-kind"), way === "off");
  if (way === "off") kinds();
  if (number) renderNumber(of);
  $("price-save").disabled = pending;
  renderBack(of);
  return undefined;
}

function kinds() {
  const list = [{ id: "percent", words: t("till.off_percent") }, { id: "amount", words: t("till.off_amount") }];
  picks($("price-kind"), list, percent ? "percent" : "amount", (id) => {
    percent = id === "percent";
    measure();
  });
}

function renderNumber(of) {
  const empty = way === "price" ? t("till.price_new") : t(percent ? "till.off_percent" : "till.off_amount");
  attr($("price-entry"), "data-empty", entry.value ? null : empty);
  text($("price-entry"), entry.value && (way === "off" && percent ? `${entry.value} %` : money(typed(entry.value))));
  text($("price-tip"), tip(of));
  const reasons = REASONS[way].map((id) => ({ id, words: t(`till.reason_${id}`) }));
  picks($("price-reasons"), reasons, undefined, (id) => go(t(`till.reason_${id}`)));
  const zero = way === "off" && !points() && !typed(entry.value);
  for (const each of $("price-reasons").children) each.disabled = pending || !entry.value || zero;
}

function tip(of) {
  const { can, discount_bp: alone } = store.view;
  if (way === "price") return t("till.price_shelf", { price: money(of.shelf ?? of.unit_price) });
  if (can["sale.discount_over"] !== "approve") return "";
  const n = alone[line === null ? "basket" : "line"] / 100;
  return t("till.discount_alone", { n });
}

// What was said before can be taken back: the shelf's price, nothing taken off.
function renderBack(of) {
  const asked = of && way === "price" && of.asked !== undefined;
  const cut = way === "off" && (of ? of.cuts?.line : store.view.basket.cut);
  show($("price-undo"), Boolean(asked || cut));
  text($("price-undo-text"), t(asked ? "till.price_back" : "till.off_back"));
}

// "12.5" % -> 1250 basis points
function points() {
  const [whole, part = ""] = entry.value.split(".");
  return Number((whole || "0") + part.padEnd(2, "0"));
}

const value = () => (way === "price" ? { price: typed(entry.value) } : percent ? { percent: points() } : { amount: typed(entry.value) });

function command(args) {
  if (line === null) return send("discount", args);
  return send(way === "price" ? "line/price" : way === "off" ? "line/discount" : "line/note", { line, ...args });
}

const go = (reason) => run({ ...value(), reason });
const saveNote = () => run({ note: $("price-note").value.trim() });
const back = () => run(way === "price" ? { price: null } : {});

async function run(args) {
  if (pending) return;
  pending = true;
  problem("price-problem", "");
  render();
  try {
    await command(args);
    close("price");
  } catch (error) {
    pending = false;
    if (!isOpen("price")) return;
    problem("price-problem", error.message);
    render();
  }
}
