// Shifts: the X report of an open one, the Z report of a closed one, on the screen and on paper.
import { $, el, icon } from "../dom.js";
import { number, page, t } from "../words.js";
import { amount, attempt, badge, button, facts, field, fill, get, lane, moment, pager, percent, send, sheet, table, tender, toast, word } from "./parts.js";
import { printAt } from "./print.js";

const off = (minor) => (minor == null ? el("span", { text: "–" })
  : minor ? el("span", { class: "off" }, icon("triangle-alert"), amount(minor)) : badge("ok", t("manager_shifts.right")));
const told = (row) => (row.closed_us ? (row.z ? t("manager_shifts.z_of", { n: row.z }) : t("manager_shifts.closed")) : t("manager_shifts.x"));

const COLUMNS = [
  [t("manager_shifts.report"), (row) => el("button", { class: "btn link num", type: "button", onclick: () => look(row) }, el("span", { text: told(row) }))],
  [t("manager_shifts.lane"), (row) => lane(row.lane)],
  [t("manager_shifts.date"), (row) => el("span", { class: "num", text: row.date })],
  [t("manager_shifts.opened"), (row) => el("span", { class: "num", text: `${moment(row.opened_us)} · ${row.opened_by}` })],
  [t("manager_shifts.closed_at"), (row) => (row.closed_us ? el("span", { class: "num", text: `${moment(row.closed_us)} · ${row.closed_by}` }) : badge("ok", t("manager_shifts.open")))],
  [t("manager_shifts.net"), (row) => amount(row.net), "r"],
  [t("manager_shifts.difference"), (row) => off(row.difference), "r"],
];

async function look(row) {
  const found = await attempt(() => get(`/shifts/${row.uid}`));
  if (!found) return;
  const z = found.z != null;
  const part = (title, ...pairs) => (pairs.filter(Boolean).length ? el("section", {}, el("h3", { text: title }), facts(...pairs)) : null);
  const named = (values, name) => Object.entries(values).map(([key, value]) => [name(key), amount(value)]);
  const { dialog } = sheet(t(z ? "manager_shifts.title_z" : "manager_shifts.title_x", { n: found.z ?? "", lane: found.lane, date: found.business_date }), [
    el("div", { class: "split even" }, el("div", { class: "col" },
      part(t("manager_shifts.sold"), [t("manager_shifts.sales"), number(found.sales)], [t("manager_shifts.gross"), amount(found.gross)],
        [t("manager_shifts.refunds", { n: found.returns }), amount(-found.refunds)], [t("manager_shifts.voids", { n: found.voids }), amount(-found.voided)],
        [t("manager_shifts.net"), amount(found.net, "strong")], [t("manager_shifts.rounding"), amount(found.rounding)]),
      part(t("manager_shifts.tenders"), ...named(found.tenders, tender)),
      part(t("manager_shifts.taxes"), ...found.taxes.map((tax) => [t("manager_shifts.tax", { group: tax.group, rate: percent(tax.rate) }), amount(tax.tax)])),
      part(t("manager_shifts.discounts"), ...named(found.discounts, (name) => word(`manager_shifts.cut_${name}`, name)))),
    el("div", { class: "col" },
      part(t("manager_shifts.drawer"), [t("manager_shifts.float"), amount(found.float)], [t("manager_shifts.cash_in"), amount(found.cash_in)],
        [t("manager_shifts.cash_out"), amount(-found.cash_out)], [t("manager_shifts.no_sales"), number(found.no_sales)],
        [t("manager_shifts.expected"), amount(found.expected, "strong")], z && [t("manager_shifts.counted"), amount(found.counted)],
        z && [t("manager_shifts.difference"), off(found.difference)]),
      part(t("manager_shifts.numbers"), [t("manager_shifts.first"), found.first ?? "–"], [t("manager_shifts.last"), found.last ?? "–"],
        z && [t("manager_shifts.perpetual"), amount(found.perpetual)],
        z && [t("manager_shifts.head"), `${found.head.epoch} · ${number(found.head.seq)} · ${found.head.hash.slice(0, 12)}`],
        z && [t("manager_shifts.copies"), number(found.copies)]),
      part(t("manager_shifts.categories"), ...found.categories.map((each) => [each.name ?? word(`manager_shifts.category_${each.id.replace("#", "")}`, each.id), amount(each.total)])))),
    row.closed_us && !z ? null : printAt(t(z ? "manager_shifts.print_z" : "manager_shifts.print_x"), async (at, key) => {
      const done = await send("POST", `/shifts/${row.uid}/print`, { lane: at }, key);
      toast(done.copy ? t("manager_shifts.printed_z", { n: done.copy, lane: at }) : t("manager_shifts.printed_x", { lane: at }));
    })].filter(Boolean));
  dialog.classList.add("wide");
}

export function start(body) {
  const at = field(t("manager_shifts.lane"), { value: "" }, [["", t("manager_shifts.all")], ...page.lanes.map((each) => [each.id, lane(each.id)])]);
  const day = field(t("manager_shifts.date"), { type: "date" });
  const found = el("div", {});
  const list = async (which) => {
    const rows = await attempt(() => get("/shifts", { lane: at.input.value, day: day.input.value, page: which }));
    if (rows) found.replaceChildren(...[table(t("manager.nav_shifts"), COLUMNS, rows.rows, t("manager_shifts.none")), pager(rows, list)].filter(Boolean));
  };
  for (const each of [at, day]) each.input.addEventListener("change", () => list(0));
  list(0).then(() => fill(body, el("div", { class: "filter" }, at, day), found));
  $("acts").append(button(t("manager.again"), "refresh-cw", () => list(0)));
}
