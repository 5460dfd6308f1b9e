// Staff: who works here, in which role, with which ways to log in.
import { $, el } from "../dom.js";
import { page, t } from "../words.js";
import { attempt, badge, button, facts, field, fill, get, proved, send, sheet, table, toast } from "./parts.js";

let rules = { roles: [], pin: { least: 6, most: 12 } };
let again = () => {};
const role = (name) => t(`manager.role_${name}`);
const roles = (value) => field(t("manager_staff.role"), { value }, rules.roles.map((each) => [each, role(each)]));
const tongue = (value) => field(t("manager_staff.lang"), { value: value ?? "" }, [["", t("manager_staff.lang_screen")],
  ...page.languages.map((each) => [each, t(`manager_staff.lang_${each.slice(0, 2)}`)])]);
const yes = (has) => (has ? t("manager_staff.has") : t("manager_staff.has_not"));
const state = (row) => (row.active ? badge("ok", t("manager_staff.works")) : badge("fail", t("manager_staff.shut")));

const COLUMNS = [
  [t("manager_staff.name"), (row) => el("button", { class: "btn link", type: "button", onclick: () => look(row) }, el("span", { text: row.name + (row.me ? t("manager_staff.me") : "") }))],
  [t("manager_staff.role"), (row) => role(row.role)],
  [t("manager_staff.pin"), (row) => yes(row.pin)],
  [t("manager_staff.badge"), (row) => yes(row.badge)],
  [t("manager_staff.state"), state],
];

// Do it (with the PIN once more, if that is asked for), say so, and show the person as they are now.
async function keep(act) {
  const person = await proved(act);
  if (!person) return false;
  toast(t("manager_staff.done", { name: person.name }));
  await again();
  return person;
}

function look(row) {
  const path = (what) => `/staff/${row.uid}/${what}`;
  const go = (words, symbol, next, kind = "") => button(words, symbol, () => {
    dialog.close();
    next();
  }, kind);
  const once = (title, kids, words, what, body, kind) =>
    sheet(title, kids, words, (key) => keep(() => send("POST", path(what), body(), key)), kind);
  const acts = row.active ? [
    go(t("manager_staff.rename"), "pencil", () => {
      const [zh, en] = names(row);
      once(row.name, [zh, en], t("manager_staff.save"), "name", () => ({ name_zh: zh.input.value, name_en: en.input.value }));
    }),
    go(t("manager_staff.change_role"), "users", () => {
      const wanted = roles(row.role);
      once(row.name, [el("p", { text: t("manager_staff.role_hint") }), wanted], t("manager_staff.save"), "role", () => ({ role: wanted.input.value }));
    }),
    go(t("manager_staff.lang"), "languages", () => {
      const wanted = tongue(row.lang);
      once(row.name, [wanted], t("manager_staff.save"), "language", () => ({ lang: wanted.input.value || null }));
    }),
    row.me ? null : go(t("manager_staff.new_pin"), "key-round", () => {
      const pin = secret("manager_staff.pin_new_hint");
      once(row.name, [pin], t("manager_staff.save"), "pin", () => ({ pin: pin.input.value }));
    }),
    row.me ? null : go(t("manager_staff.code"), "ticket", () => shown(() => send("POST", path("code")), (made) =>
      [t("manager_staff.code_title", { name: row.name }), made.code, t("manager_staff.code_text", { minutes: made.minutes })])),
    go(t("manager_staff.give_badge"), "id-card", () => {
      const code = field(t("manager_staff.badge"), { maxlength: 64 }, null, t("manager_staff.badge_hint"));
      sheet(t("manager_staff.badge_title", { name: row.name }), [code], t("manager_staff.give_badge"), (key) =>
        shown(() => send("POST", path("badge"), code.input.value ? { code: code.input.value } : {}, key), (made) =>
          [t("manager_staff.badge_title", { name: row.name }), made.badge, t("manager_staff.badge_text")]));
    }),
    row.badge ? go(t("manager_staff.take_badge"), "circle-x", () => attempt(() => keep(() => send("DELETE", path("badge"))))) : null,
    go(t("manager_staff.shut_out"), "user-round-x", () => once(row.name, [el("p", { text: t("manager_staff.shut_out_text", { name: row.name }) })],
      t("manager_staff.shut_out"), "active", () => ({ active: false }), "danger"), "danger"),
  ] : [go(t("manager_staff.let_in"), "user-round-plus", () => attempt(() => keep(() => send("POST", path("active"), { active: true }))), "primary")];
  const { dialog } = sheet(row.name, [
    facts([t("manager_staff.name_zh"), row.name_zh], [t("manager_staff.name_en"), row.name_en], [t("manager_staff.role"), role(row.role)],
      [t("manager_staff.pin"), yes(row.pin)], [t("manager_staff.badge"), yes(row.badge)], [t("manager_staff.state"), state(row)]),
    el("div", { class: "picks" }, ...acts.filter(Boolean))]);
}

// Something that is shown once: a code, a badge's number.
async function shown(act, said) {
  const made = await attempt(() => proved(act));
  if (!made) return false;
  const [title, code, words] = said(made);
  await again();
  setTimeout(() => sheet(title, [el("p", { class: "once num", text: code ?? "–" }), el("p", { text: words })]));
  return made;
}

function names(row) {
  return [field(t("manager_staff.name_zh"), { maxlength: 32, value: row.name_zh ?? "" }),
    field(t("manager_staff.name_en"), { maxlength: 32, value: row.name_en ?? "" }, null, t("manager_staff.name_hint"))];
}

function secret(hint) {
  const bounds = { least: rules.pin.least, most: rules.pin.most };
  return field(t("manager_staff.pin"), { type: "password", inputmode: "numeric", maxlength: rules.pin.most, autocomplete: "new-password" }, null, t(hint, bounds));
}

function add() {
  const [zh, en] = names({});
  const wanted = roles("cashier");
  const lang = tongue(null);
  const pin = secret("manager_staff.pin_hint");
  sheet(t("manager_staff.add_title"), [zh, en, wanted, lang, pin], t("manager_staff.save"), (key) => keep(() => send("POST", "/staff", {
    name_zh: zh.input.value, name_en: en.input.value, role: wanted.input.value, lang: lang.input.value || null,
    ...(pin.input.value && { pin: pin.input.value }),
  }, key)));
}

export function start(body) {
  const found = el("div", {});
  again = async () => {
    const staff = await attempt(() => get("/staff"));
    if (!staff) return;
    rules = staff;
    found.replaceChildren(table(t("manager.nav_staff"), COLUMNS, staff.people, t("manager_staff.none")));
  };
  again().then(() => fill(body, found));
  $("acts").append(button(t("manager_staff.add"), "user-round-plus", add, "primary"));
}
