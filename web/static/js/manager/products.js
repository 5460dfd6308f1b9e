// Prices: looked up, changed at once or from a day on, with what is planned and what was.
import { $, el, icon } from "../dom.js";
import { decimals, plain, symbol, typed } from "../money.js";
import { t } from "../words.js";
import { amount, attempt, badge, button, facts, field, fill, get, moment, pager, percent, send, sheet, table, toast, word } from "./parts.js";

const per = (row) => (row.open_price ? el("span", { text: t("manager_products.open_price") })
  : el("span", {}, amount(row.price, "strong"), row.unit === "kg" ? el("small", { text: ` / ${t("manager_products.kg")}` }) : null));
const list = (name) => word(`manager_products.list_${name}`, name);
const price = (each) => (each.amount == null ? el("span", { text: t("manager_products.no_price") }) : amount(each.amount));

let again = () => {};
const COLUMNS = [
  [t("manager_products.product"), (row) => el("button", { class: "btn link", type: "button", onclick: () => look(row.id) }, el("span", { text: row.name }))],
  [t("manager_products.sku"), (row) => el("span", { class: "num", text: row.sku })],
  [t("manager_products.code"), (row) => el("span", { class: "num", text: row.gtin ?? "–" })],
  [t("manager_products.category"), (row) => row.category],
  [t("manager_products.price"), per, "r"],
  [t("manager_products.list_member"), (row) => amount(row.member_price), "r"],
];

async function look(id) {
  const found = await attempt(() => get(`/products/${id}`));
  if (found) show(found);
}

function show(found) {
  const planned = found.planned.map((each) => el("li", {},
    el("span", { class: "num", text: `${each.date} · ${list(each.list)} · ${each.by}` }), price(each),
    button(t("manager_products.drop"), "x", () => drop(found, each))));
  const history = found.history.map((each) => el("li", {},
    el("span", { class: "num", text: `${moment(each.at_us)} · ${list(each.list)} · ${each.by ?? "–"}` }), price(each)));
  const listed = (title, rows) => (rows.length ? el("div", { class: "others" }, el("h3", { text: title }), el("ul", {}, ...rows)) : null);
  const { dialog } = sheet(found.name, [
    facts([t("manager_products.sku"), found.sku], [t("manager_products.code"), found.gtin ?? "–"], [t("manager_products.category"), found.category],
      [t("manager_products.tax"), `${found.tax_group} · ${percent(found.rate)}`], [t("manager_products.price"), per(found)],
      [t("manager_products.list_member"), amount(found.member_price)],
      ...found.tiers.map((tier) => [t("manager_products.list_tier", { tier: tier.name }), amount(tier.price)])),
    el("div", { class: "row" }, button(t("manager_products.change"), "pencil", () => {
      dialog.close();
      edit(found, "base");
    }, "primary"), button(t("manager_products.change_member"), "pencil", () => {
      dialog.close();
      edit(found, "member");
    }), ...found.tiers.map((tier) => button(t("manager_products.change_tier", { tier: tier.name }), "pencil", () => {
      dialog.close();
      edit(found, tier.list, tier);
    }))),
    listed(t("manager_products.planned"), planned), listed(t("manager_products.history"), history)].filter(Boolean));
}

async function drop(found, each) {
  if (!(await attempt(() => send("DELETE", `/price-plans/${each.uid}`)))) return;
  document.querySelector("dialog[open]")?.close();
  look(found.id);
}

function edit(found, name, tier = null) {
  const now = tier ? tier.price : name === "base" ? found.price : found.member_price;
  const value = field(`${tier ? t("manager_products.list_tier", { tier: tier.name }) : list(name)} (${symbol()})`, { inputmode: "decimal", maxlength: 11, value: now == null ? "" : plain(now).replaceAll(",", ""), required: name === "base" },
    null, name !== "base" ? t("manager_products.member_hint") : "");
  const from = field(t("manager_products.from"), { type: "date", min: found.tomorrow, max: found.last }, null, t("manager_products.from_hint"));
  const form = new RegExp(decimals() ? `^\\d{1,7}([.]\\d{0,${decimals()}})?$` : "^\\d{1,9}$");
  sheet(t("manager_products.title", { name: found.name }), [value, from], t("manager_products.save"), async (key) => {
    const said = value.input.value.trim();
    if (said ? !form.test(said) : name === "base") throw new Error(t("errors.price_bounds"));
    const body = { list: name, amount: said ? typed(said) : null, ...(from.input.value && { from: from.input.value }) };
    const after = await send("POST", `/products/${found.id}/price`, body, key);
    toast(from.input.value ? t("manager_products.will", { name: found.name, date: from.input.value }) : t("manager_products.done", { name: found.name }));
    again();
    setTimeout(() => show(after));
  });
}

export function start(body) {
  const wanted = field(t("manager_products.search"), { type: "search", maxlength: 64, placeholder: t("manager_products.search_hint") });
  wanted.classList.add("wide");
  const form = el("form", { class: "filter", role: "search" }, wanted, el("button", { class: "btn primary", type: "submit" }, icon("search"), el("span", { text: t("manager.find") })));
  const found = el("div", {});
  let at = 0;
  const read = async (which) => {
    at = which;
    const rows = await attempt(() => get("/products", { q: wanted.input.value.trim(), page: at }));
    if (rows) found.replaceChildren(...[table(t("manager.nav_products"), COLUMNS, rows.rows, t(wanted.input.value ? "manager_products.none" : "manager_products.empty")), pager(rows, read)].filter(Boolean));
  };
  again = () => read(at);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    read(0);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.matches("input, select") || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    wanted.input.focus();
  });
  read(0).then(() => fill(body, form, found));
  $("acts").append(button(t("manager.again"), "refresh-cw", () => read(at)));
}
