// Lists that tell what is wrong, and one product's lots and moves beside them.
import { get } from "./api.js";
import { toast } from "./dialog.js";
import { $, attr, el, icon, keyed, show, text } from "./dom.js";
import { path, stock } from "./stock-store.js";
import { has, number, t, tn } from "./words.js";

const LISTS = { low: "package", expiring: "hourglass", negative: "circle-alert" };
let chosen = null;
let asked = 0;

export function bindInfo() {
  $("do-refresh").addEventListener("click", load);
}

export function renderInfo(view, before) {
  const listing = view.tab in LISTS;
  show($("side-info"), listing);
  if (!listing) {
    asked += 1;
    return;
  }
  if (before && before.tab === view.tab) return;
  chosen = null;
  hint();
  keyed($("lines"), [], () => "", () => null, () => {});
  show($("empty"), false);
  show($("more-lines"), false);
  load();
}

async function load() {
  const { tab } = stock.view;
  const turn = ++asked;
  try {
    const list = await get(path(`list/${tab}`));
    if (turn === asked) fill(tab, list);
    if (turn === asked && chosen !== null) await openInfo(chosen);
  } catch (error) {
    toast(error.message);
  }
}

function fill(tab, { rows, total, day_known: known }) {
  const lost = tab === "expiring" && !known;
  keyed($("lines"), rows, (each) => `${tab} ${each.product} ${each.lot ?? ""} ${each.expiry ?? ""}`, make, update);
  show($("empty"), !rows.length);
  $("empty").dataset.of = tab;
  $("empty-icon").replaceChildren(icon(lost ? "triangle-alert" : LISTS[tab]));
  text($("empty-title"), lost ? t("stockroom.day_unknown") : t(`stockroom.none_${tab}`));
  text($("empty-hint"), lost ? "" : t(`stockroom.none_${tab}_hint`));
  show($("more-lines"), false);
  text($("said"), rows.length < total ? t("stockroom.rows_more", { shown: number(rows.length), total: number(total) }) : "");
}

function make(row) {
  const button = el("button", { class: "ln", type: "button" },
    el("span", {}, el("span", { class: "a" }), el("span", { class: "b num" })), el("span", { class: "p num" }));
  button.addEventListener("click", () => openInfo(row.product));
  return el("li", { class: "line" }, button);
}

function update(node, row) {
  text(node.querySelector(".a"), row.name);
  const qty = node.querySelector(".p");
  text(qty, amount(row, row.qty));
  qty.classList.toggle("neg", row.qty < 0);
  node.querySelector(".b").replaceChildren(...facts(row).map(([words, cls]) => el("span", { class: cls, text: words })));
  node.dataset.product = row.product;
  mark(node);
}

function mark(node) {
  const on = Number(node.dataset.product) === chosen;
  node.classList.toggle("sel", on);
  attr(node.firstChild, "aria-pressed", String(on));
}

function amount(row, qty) {
  return row.unit === "kg" ? t("stockroom.kilos", { qty: stock.quantity(qty) }) : stock.quantity(qty);
}

function facts(row) {
  const { tab } = stock.view;
  if (tab === "low") {
    const lasts = row.qty <= 0 ? [t("stockroom.low_out"), "bad"] : row.days === null ? [t("stockroom.low_unsold"), ""] : [tn("stockroom.low_days", row.days), row.days < 3 ? "warn" : ""];
    const aDay = row.a_day ? [[t("stockroom.low_a_day", { n: amount(row, row.a_day) }), ""]] : [];
    return [lasts, [t("stockroom.low_level", { low: amount(row, row.low) }), ""], ...aDay];
  }
  if (tab === "negative") return [[row.sku, ""], ...(row.since ? [[t("stockroom.negative_since", { when: row.since }), ""]] : [])];
  const { left } = row;
  const when = left < 0 ? [t("stockroom.left_past"), "bad"] : left === 0 ? [t("stockroom.left_today"), "warn"] : [tn("stockroom.left_days", left), left < 3 ? "warn" : ""];
  const parts = [when, [t("stockroom.until", { date: row.expiry }), ""]];
  if (row.lot) parts.push([t("stockroom.lot", { lot: row.lot }), ""]);
  if (row.off) parts.push([t("stockroom.off", { percent: row.off / 100 }), "off"]);
  return parts;
}

// ---- one product

function hint() {
  $("side-info").replaceChildren(el("div", { class: "empty" }, icon("scan-barcode"), el("span", { text: t("stockroom.pick_row") })));
}

export async function openInfo(product) {
  chosen = product;
  for (const node of $("lines").children) mark(node);
  try {
    const found = await get(path(`product/${product}`));
    if (chosen === product && stock.view.tab in LISTS) tell(found);
  } catch (error) {
    toast(error.message);
  }
}

function tell(found) {
  const lots = found.lots.map((lot) => fact(
    lot.expiry ? t("stockroom.until", { date: lot.expiry }) : t("stockroom.no_date"), lot.lot ? t("stockroom.lot", { lot: lot.lot }) : "", amount(found, lot.qty)));
  const moves = found.moves.map((move) => fact(
    t(has(`stockroom.move_${move.reason}`) ? `stockroom.move_${move.reason}` : "stockroom.move_other"), move.when,
    `${move.qty > 0 ? "+" : ""}${stock.quantity(move.qty)}`));
  $("side-info").replaceChildren(
    el("h3", { class: "name", text: found.name }),
    el("p", { class: "num", text: `${found.sku} · ${t("stockroom.there")}` }),
    el("p", { class: `big num${found.stock < 0 ? " neg" : ""}`, text: found.stock === null ? t("stockroom.not_counted") : amount(found, found.stock) }),
    el("h3", { text: t("stockroom.lots") }),
    lots.length ? el("dl", { class: "num" }, ...lots) : el("p", { text: t("stockroom.no_lot") }),
    el("h3", { text: t("stockroom.moves") }),
    el("dl", { class: "num" }, ...moves),
  );
}

function fact(what, more, value) {
  return el("div", {}, el("dt", {}, what, more ? el("small", { text: more }) : null), el("dd", { text: value }));
}
