// A promotion's coupons: issued, listed, printed, withdrawn, and as a table for whoever prints them.
import { el, icon } from "../dom.js";
import { page, t, tn } from "../words.js";
import { address, attempt, badge, button, field, get, lane, pager, send, sheet, table, toast } from "./parts.js";

const say = (name, params) => t(`manager_promotions.${name}`, params);
const state = (row) => badge(row.state === "open" ? (row.past ? "warn" : "ok") : "info", say(`coupon_${row.past && row.state === "open" ? "past" : row.state}`));
const sheetOf = (found, batch) => el("a", { class: "btn", href: `${address(`/promotions/${found.uid}/coupons.csv`)}${batch ? `?batch=${encodeURIComponent(batch)}` : ""}`, download: "" },
  icon("download"), el("span", { text: say("csv") }));

export function issue(found, done) {
  const count = field(say("count"), { inputmode: "numeric", maxlength: 4, value: "1", required: true });
  const until = field(say("until"), { type: "date" }, null, say("until_hint"));
  const whose = field(say("whose"), { maxlength: 64 }, null, say("whose_hint"));
  sheet(say("issue_title", { name: found.name }), [count, until, whose], say("issue"), async (key) => {
    if (!/^\d{1,4}$/.test(count.input.value.trim())) throw new Error(say("wrong", { field: say("count") }));
    const body = { count: Number(count.input.value), ...(until.input.value && { expires: until.input.value }), ...(whose.input.value.trim() && { member: whose.input.value.trim() }) };
    const made = await send("POST", `/promotions/${found.uid}/coupons`, body, key);
    toast(tn("manager_promotions.issued", made.codes.length));
    setTimeout(() => couponsOf(found, made.batch, done));
  });
}

export function couponsOf(found, batch = "", done = () => {}) {
  const list = el("div", {});
  const read = async (at) => {
    const rows = await attempt(() => get(`/promotions/${found.uid}/coupons`, { page: at }));
    if (!rows) return;
    const columns = [
      [say("serial"), (row) => el("span", { class: "num", text: String(row.serial) })],
      [say("code"), (row) => el("span", { class: "num", text: row.words })],
      [say("holder"), (row) => row.member ?? "–"],
      [say("until"), (row) => el("span", { class: "num", text: row.expires_on ?? "–" })],
      [say("state"), (row) => el("span", {}, state(row), row.receipt ? el("small", { class: "num", text: row.receipt }) : null)],
      ["", (row) => (row.state === "open" ? acts(row, () => read(at)) : el("span"))],
    ];
    list.replaceChildren(...[table(say("coupons"), columns, rows.rows, say("coupons_none")), pager(rows, read)].filter(Boolean));
  };
  const { dialog } = sheet(found.name, [el("div", { class: "deeds" }, sheetOf(found, batch)), list]);
  dialog.classList.add("wide");
  dialog.addEventListener("close", done);
  read(0);
}

const acts = (row, again) => el("span", { class: "deeds" }, printers().length ? button(say("print"), "printer", () => print(row)) : null, button(say("void"), "x", () => withdraw(row, again)));
const printers = () => page.lanes.filter((each) => each.printer);

function print(row) {
  const at = field(say("lane"), { value: printers()[0].id }, printers().map((each) => [each.id, lane(each.id)]));
  sheet(row.words, [at], say("print"), async (key) => {
    await send("POST", `/coupons/${row.code}/print`, { lane: at.input.value }, key);
    toast(say("printing"));
  });
}

function withdraw(row, again) {
  const why = field(say("reason"), { maxlength: 80, required: true });
  sheet(say("void_title", { code: row.words }), [el("p", { text: say("void_hint") }), why], say("void"), async (key) => {
    await send("POST", `/coupons/${row.code}/void`, { reason: why.input.value.trim() }, key);
    toast(say("voided"));
    again();
  });
}
