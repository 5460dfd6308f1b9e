// Members: found by phone, card or name; one member's page with purchases, consents, cards, notes and corrections.
import { $, el, icon } from "../dom.js";
import { quantity } from "../money.js";
import { number, t } from "../words.js";
import { rights } from "./member-rights.js";
import { amount, attempt, badge, button, facts, field, fill, get, moment, proved, send, sheet, table, toast } from "./parts.js";

let again = () => {};
const link = (words, act) => el("button", { class: "btn link", type: "button", onclick: act }, el("span", { text: words }));
const day = (us) => el("span", { class: "num", text: moment(us).slice(0, 10) });

const COLUMNS = [
  [t("member.name"), (row) => link(row.name || t("member.nameless"), () => look(row.uid))],
  [t("member.phone"), (row) => el("span", { class: "num", text: row.phone || "–" })],
  [t("manager_members.tier"), (row) => row.tier_name],
  [t("member.points"), (row) => el("span", { class: "num", text: number(row.points) }), "r"],
  [t("member.joined"), (row) => day(row.joined_us)],
];

async function look(uid) {
  const found = await attempt(() => get(`/members/${uid}`));
  if (found) show(found);
}

function show(member) {
  const path = (what) => `/members/${member.uid}/${what}`;
  let dialog = null;
  const swap = (next) => {
    dialog.close();
    next();
  };
  // Do it, say so, and show the member as they are now.
  const keep = async (act) => {
    const now = await proved(act);
    if (!now) return false;
    toast(t("member.saved"));
    await again();
    setTimeout(() => show(now));
    return true;
  };
  const at_once = (act) => attempt(async () => (await keep(act)) && dialog.close());
  const title = member.name || t("member.nameless");
  const correct = (name, value, hint, props = {}) => button(t("member.correct"), "pencil", () => swap(() => {
    const wanted = field(t(`member.${name}`), { value, maxlength: 40, ...props }, null, hint);
    sheet(title, [wanted], t("member.save"), (key) => keep(() => send("POST", path("correct"), { [name]: wanted.input.value }, key)));
  }));
  const digits = { inputmode: "numeric", maxlength: 24 };
  const rows = (...kids) => el("ul", { class: "lines" }, ...kids);
  const row = (head, small, ...right) => el("li", { class: "member-row" }, el("p", {}, el("b", { text: head }), el("span", { class: "sub num", text: small })), ...right.filter(Boolean));
  const part = (words, ...kids) => el("section", {}, el("h3", { text: words }), ...kids);
  const whole = member.whole_phone && button(t("member.call"), "key-round", () => attempt(async () => {
    const told = await proved(() => send("POST", path("phone")));
    if (told) swap(() => sheet(title, [el("p", { class: "once num", text: told.phone ?? t("member.call_no") })]));
  }));
  ({ dialog } = sheet(title, [
    facts([t("member.phone"), member.phone || t("member.none")], [t("manager_members.tier"), member.tier_name], [t("member.points"), number(member.points)],
      [t("member.score"), number(member.score)], [t("member.joined"), moment(member.joined_us)],
      member.same_phone && [t("manager_members.same"), link(t("member.same_phone_look"), () => swap(() => look(member.same_phone)))]),
    el("div", { class: "split" },
      el("div", { class: "col" },
        part(t("member.tab_data"), rows(
          row(t("member.name"), member.name || t("member.none"), correct("name", member.name, "")),
          row(t("member.phone"), member.phone || t("member.none"), correct("phone", "", t("member.correct_phone_tip"), digits), whole),
          row(t("member.birthday"), member.birthday || t("member.none"), correct("birthday", member.birthday ?? "", t("member.correct_birthday_tip"), digits)))),
        part(t("member.tab_cards"), rows(...member.cards.map((card) => row(`${t(`member.card_kind_${card.kind}`)} ${card.shown}`, t(`member.card_state_${card.state}`),
          card.state === "active" && button(t("member.card_block"), "x", () => swap(() => sheet(title, [el("p", { text: t("member.card_block_text", { card: card.shown }) })],
            t("member.card_block"), (key) => keep(() => send("POST", path(`cards/${card.ref}/block`), {}, key)), "danger"))))))),
        part(t("member.tab_notes"), rows(...member.notes.map((note) => row(note.text, [note.by, moment(note.at_us)].filter(Boolean).join(" · "),
          button(t("member.note_drop"), "trash-2", () => at_once(() => send("DELETE", path(`notes/${note.id}`))))))),
          button(t("member.note_new"), "notebook-pen", () => swap(() => {
            const wanted = field(t("member.note_new"), { maxlength: 200 }, null, t("member.note_hint"));
            sheet(title, [wanted], t("member.note_save"), (key) => keep(() => send("POST", path("notes"), { text: wanted.input.value }, key)));
          })))),
      el("div", { class: "col" },
        part(t("member.tab_consents"), rows(...member.consents.map((asked) => consent(asked, () => at_once(() =>
          send("POST", path("consent"), { purpose: asked.purpose, granted: !asked.granted })))))),
        part(t("member.tab_sales"), ...sales(member)))),
    el("div", { class: "picks", id: "member-acts" }, ...rights(member, swap, again)),
  ]));
  dialog.classList.add("wide");
}

function consent(asked, flip) {
  const version = asked.agreed_version;
  const channel = version && t(`member.channel_${asked.channel}`);
  const said = version ? t("member.agreed", { when: moment(asked.at_us), channel, version }) : t("member.never_asked");
  return el("li", { class: "member-row" }, el("p", {}, el("b", { text: asked.title }), asked.granted ? badge("ok", t("member.yes")) : badge("info", t("member.no")),
    el("span", { class: "sub", text: asked.agreed_text ?? asked.text }), el("span", { class: "sub num", text: said })),
  button(t(asked.granted ? "manager_members.withdraw" : "manager_members.agree"), null, flip));
}

function sales(member) {
  const coupons = member.coupons.map(({ name, until }) => el("p", {}, badge("info", until ? t("member.coupon_until", { date: until }) : t("member.coupon")), el("span", { text: name })));
  if (!member.sales.length) return [...coupons, el("p", { class: "empty", text: t("member.sales_none") })];
  const unfold = async (node, uid) => {
    const open = node.querySelector(".facts");
    if (open) return open.remove();
    const found = await attempt(() => get(`/members/${member.uid}/sales/${uid}`));
    if (found) node.append(facts(...found.lines.map((line) => [`${line.name} × ${quantity(line.qty)}`, amount(line.total)])));
  };
  const each = (sale) => {
    const node = el("li", {}, el("p", {}, link(sale.receipt, () => unfold(node, sale.uid)), el("span", { class: "sub num", text: `${t(`member.kind_${sale.kind}`)} · ${moment(sale.at_us)}` })), amount(sale.total, "strong"));
    return node;
  };
  return [...coupons, el("ul", { class: "lines" }, ...member.sales.map(each))];
}

export function start(body) {
  const wanted = field(t("manager_members.search"), { type: "search", maxlength: 64, placeholder: t("manager_members.search_hint") });
  wanted.classList.add("wide");
  const form = el("form", { class: "filter", role: "search" }, wanted, el("button", { class: "btn primary", type: "submit" }, icon("search"), el("span", { text: t("manager.find") })));
  const found = el("div", {}, el("p", { class: "empty", text: t("manager_members.start") }));
  again = async () => {
    const q = wanted.input.value.trim();
    if (!q) return;
    const rows = await attempt(() => get("/members", { q }));
    if (rows) found.replaceChildren(table(t("manager.nav_members"), COLUMNS, rows.rows, t("manager_members.none")));
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    again();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.matches("input, select") || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    wanted.input.focus();
  });
  fill(body, form, found);
  wanted.input.focus();
  $("acts").replaceChildren();
}
