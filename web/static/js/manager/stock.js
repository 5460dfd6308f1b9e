// Stock, to look at: what there is, what runs low, expires or is below zero. A lane's stock screen changes it.
import { $, el, icon } from "../dom.js";
import { quantity } from "../money.js";
import { number, page, t } from "../words.js";
import { attempt, badge, button, facts, field, fill, get, pager, percent, sheet, table, word } from "./parts.js";

const LISTS = ["all", "low", "expiring", "negative"];
const amount = (qty, unit) => {
  if (qty == null) return el("span", { class: "sub", text: t("manager_stock.not_counted") });
  const said = `${qty < 0 ? "−" : ""}${quantity(Math.abs(qty))}`;
  const node = el("span", { class: "num strong", text: unit === "kg" ? t("manager_stock.kg", { qty: said }) : said });
  return qty < 0 ? el("span", { class: "off" }, icon("triangle-alert"), node) : node;
};
const num = (value) => el("span", { class: "num", text: value == null || value === "" ? "–" : String(value) });

const NAME = [t("manager_stock.product"), (row) => el("button", { class: "btn link", type: "button", onclick: () => look(row) }, el("span", { text: row.name }))];
const SKU = [t("manager_stock.sku"), (row) => num(row.sku)];
const COLUMNS = {
  all: [NAME, SKU, [t("manager_stock.category"), (row) => row.category], [t("manager_stock.stock"), (row) => amount(row.stock, row.unit), "r"]],
  low: [NAME, SKU, [t("manager_stock.stock"), (row) => amount(row.qty, row.unit), "r"], [t("manager_stock.low"), (row) => amount(row.low, row.unit), "r"],
    [t("manager_stock.days"), (row) => num(row.days), "r"]],
  expiring: [NAME, [t("manager_stock.lot"), (row) => num(row.lot)], [t("manager_stock.expiry"), (row) => num(row.expiry)],
    [t("manager_stock.left"), (row) => (row.left < 0 ? badge("fail", t("manager_stock.past")) : num(row.left)), "r"],
    [t("manager_stock.stock"), (row) => amount(row.qty, row.unit), "r"], [t("manager_stock.off"), (row) => num(row.off ? percent(row.off) : ""), "r"]],
  negative: [NAME, SKU, [t("manager_stock.stock"), (row) => amount(row.qty, row.unit), "r"], [t("manager_stock.since"), (row) => num(row.since)]],
};

async function look(row) {
  const found = await attempt(() => get(`/stock/products/${row.product}`));
  if (!found) return;
  const listed = (title, rows) => (rows.length ? el("div", { class: "others" }, el("h3", { text: title }), el("ul", {}, ...rows)) : null);
  const lots = found.lots.map((lot) => el("li", {}, el("span", { class: "num", text: [lot.lot, lot.expiry].filter(Boolean).join(" · ") }),
    lot.left != null && lot.left < 0 ? badge("fail", t("manager_stock.past")) : null, amount(lot.qty, found.unit)));
  const moves = found.moves.map((move) => el("li", {},
    el("span", { class: "num", text: [move.when, word(`manager_stock.move_${move.reason}`, move.reason), move.lot, move.expiry].filter(Boolean).join(" · ") }),
    el("span", { class: "num strong", text: `${move.qty > 0 ? "+" : "−"}${quantity(Math.abs(move.qty))}` })));
  sheet(found.name, [facts([t("manager_stock.sku"), found.sku], [t("manager_stock.stock"), amount(found.stock, found.unit)]),
    listed(t("manager_stock.lots"), lots), listed(t("manager_stock.moves"), moves)].filter(Boolean));
}

export function start(body) {
  const asked = new URLSearchParams(location.search).get("list");
  const which = field(t("manager_stock.show"), { value: LISTS.includes(asked) ? asked : "all" }, LISTS.map((name) => [name, t(`manager_stock.list_${name}`)]));
  const wanted = field(t("manager_stock.search"), { type: "search", maxlength: 64, placeholder: t("manager_stock.search_hint") });
  wanted.classList.add("wide");
  const find = el("button", { class: "btn primary", type: "submit" }, icon("search"), el("span", { text: t("manager.find") }));
  const form = el("form", { class: "filter", role: "search" }, which, wanted, find);
  const found = el("div", {});
  const read = async (at) => {
    const list = which.input.value;
    for (const part of [wanted, find]) part.hidden = list !== "all";
    const rows = await attempt(() => (list === "all" ? get("/stock", { q: wanted.input.value.trim(), page: at }) : get(`/stock/lists/${list}`)));
    if (!rows) return;
    const late = list === "expiring" && !rows.day_known;
    const more = list !== "all" && rows.total > rows.rows.length;
    found.replaceChildren(...[table(t("manager.nav_stock"), COLUMNS[list], rows.rows, t(late ? "manager_stock.no_day" : `manager_stock.none_${list}`)),
      more ? el("p", { class: "sub num", text: t("manager_stock.of_all", { total: number(rows.total), n: number(rows.rows.length) }) }) : null,
      list === "all" ? pager(rows, read) : null].filter(Boolean));
  };
  which.input.addEventListener("change", () => read(0));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    read(0);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || wanted.hidden || event.target.matches("input, select") || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    wanted.input.focus();
  });
  const work = page.lanes.map((lane) => el("a", { class: "btn", href: `/stock/${encodeURIComponent(lane.id)}` }, icon("package"), el("span", { text: t("manager_stock.work", { lane: lane.id }) })));
  read(0).then(() => fill(body, el("div", { class: "work" }, ...work), form, found));
  $("acts").append(button(t("manager.again"), "refresh-cw", () => read(0)));
}
