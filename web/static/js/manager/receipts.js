// Receipts: found by number, amount, day, reference or what was bought; looked at; printed again as a copy.
import { $, el, icon } from "../dom.js";
import { quantity } from "../money.js";
import { number, page, t } from "../words.js";
import { amount, attempt, badge, button, facts, field, fill, get, lane, moment, pager, percent, send, sheet, table, tender, toast } from "./parts.js";
import { printAt } from "./print.js";

const kind = (row) => (row.kind === "sale" ? (row.voided ? badge("warn", t("manager_receipts.voided")) : el("span", { text: t("manager_receipts.kind_sale") }))
  : badge("info", t(`manager_receipts.kind_${row.kind}`)));
const link = (words, act) => el("button", { class: "btn link num", type: "button", onclick: act }, el("span", { text: words }));

const COLUMNS = [
  [t("manager_receipts.receipt"), (row) => link(row.receipt, () => look(row.uid))],
  [t("manager_receipts.at"), (row) => el("span", { class: "num", text: moment(row.at_us) })],
  [t("manager_receipts.kind"), kind],
  [t("manager_receipts.by"), (row) => `${row.by} · ${lane(row.lane)}`],
  [t("manager_receipts.tenders"), (row) => row.tenders.map(tender).join(" + ") || "–"],
  [t("manager_receipts.lines"), (row) => el("span", { class: "num", text: number(row.lines) }), "r"],
  [t("manager_receipts.total"), (row) => amount(row.total, "strong"), "r"],
];

// One document, with the way to those it belongs to.
async function look(uid) {
  const found = await attempt(() => get(`/receipts/${uid}`));
  if (!found) return;
  const others = [...found.earlier, ...found.later].map((other) =>
    el("li", {}, link(`${t(`manager_receipts.kind_${other.kind}`)} ${other.receipt}`, () => {
      dialog.close();
      look(other.uid);
    }), amount(other.total)));
  const picture = el("div", { class: "paper" }, el("img", { src: `/api/manager/receipts/${uid}/picture`, alt: t("manager_receipts.picture") }));
  const bad = found.proofs.find((proof) => proof.state !== "ok");
  const { dialog } = sheet(t("manager_receipts.title", { receipt: found.receipt }), [el("div", { class: "split" },
    el("div", { class: "col" },
      bad ? badge("fail", t(`manager_receipts.proof_${bad.state}`)) : badge("ok", t("manager_receipts.proof_ok")),
      facts([t("manager_receipts.kind"), t(`manager_receipts.kind_${found.kind}`)], [t("manager_receipts.at"), moment(found.at_us)],
        [t("manager_receipts.by"), `${found.by} · ${lane(found.lane)}`], found.approver && [t("manager_receipts.approver"), found.approver],
        found.reason && [t("manager_receipts.reason"), found.reason], found.member && [t("manager_receipts.member"), found.member]),
      el("ul", { class: "lines" }, ...found.lines.map(line)),
      facts([t("manager_receipts.total"), amount(found.total)], found.saving && [t("manager_receipts.saving"), amount(found.saving)],
        found.rounding && [t("manager_receipts.rounding"), amount(found.rounding)],
        ...found.tenders.map((each) => [tender(each.kind) + (each.reference ? ` · ${each.reference}` : ""), amount(each.amount)]),
        ...found.taxes.map((tax) => [t("manager_receipts.tax", { group: tax.group, rate: percent(tax.rate) }), amount(tax.tax)]),
        found.points && [t("manager_receipts.points"), number(found.points)]),
      others.length ? el("div", { class: "others" }, el("h3", { text: t("manager_receipts.others") }), el("ul", {}, ...others)) : null,
      papers(found)), picture),
    printAt(t("manager_receipts.print"), async (at, key) => {
      const done = await send("POST", `/receipts/${uid}/print`, { lane: at }, key);
      toast(t("manager_receipts.printed", { n: done.copy, lane: at }));
    })]);
  dialog.classList.add("wide");
}

function line(each) {
  const more = [each.lot, each.serial, each.expiry, each.note].filter(Boolean).join(" · ");
  return el("li", {}, el("p", {}, el("b", { text: each.name }), each.back ? badge("info", t("manager_receipts.back", { qty: quantity(each.back) })) : null),
    el("p", { class: "sub num" }, el("span", { text: `${each.sku} · ${quantity(each.qty)} × ` }), amount(each.unit_price),
      each.discount ? el("span", { text: ` · ${t("manager_receipts.off")} ` }) : null, each.discount ? amount(each.discount) : null),
    more ? el("p", { class: "sub", text: more }) : null, amount(each.total, "strong"));
}

function papers(found) {
  if (!found.papers.length) return null;
  const said = (each) => t(each.copy ? "manager_receipts.paper_copy" : "manager_receipts.paper", { n: each.copy, state: t(`manager_receipts.state_${each.state}`) });
  return el("div", { class: "others" }, el("h3", { text: t("manager_receipts.papers") }),
    el("ul", {}, ...found.papers.map((each) => el("li", {}, icon("printer"), el("span", { text: `${said(each)} · ${moment(each.queued_us)}` })))));
}

export function start(body) {
  const wanted = field(t("manager_receipts.search"), { type: "search", maxlength: 64, placeholder: t("manager_receipts.search_hint") });
  wanted.classList.add("wide");
  const form = el("form", { class: "filter", role: "search" }, wanted, el("button", { class: "btn primary", type: "submit" }, icon("search"), el("span", { text: t("manager.find") })));
  const found = el("div", {});
  const list = async (at) => {
    const rows = await attempt(() => get("/receipts", { q: wanted.input.value.trim(), page: at }));
    if (rows) found.replaceChildren(...[table(t("manager.nav_receipts"), COLUMNS, rows.rows, t(wanted.input.value ? "manager_receipts.none" : "manager_receipts.empty")), pager(rows, list)].filter(Boolean));
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    list(0);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.matches("input, select") || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    wanted.input.focus();
  });
  list(0).then(() => fill(body, form, found));
  const again = button(t("manager.again"), "refresh-cw", () => list(0));
  $("acts").append(again);
}
