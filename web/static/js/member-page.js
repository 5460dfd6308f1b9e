// One member: what was bought, consents, cards, notes, details. Everything is the server's; each change asks it anew.
import { get } from "./api.js";
import { want } from "./catch.js";
import { ask, close, define, isOpen, problem, raise, toast } from "./dialog.js";
import { $, el, icon, show, text } from "./dom.js";
import { money, quantity } from "./money.js";
import { askDigits } from "./number.js";
import { picks } from "./picks.js";
import { askText } from "./say.js";
import { path, send, store } from "./store.js";
import { number, page, t, tn } from "./words.js";

const TABS = ["sales", "consents", "cards", "notes", "data"];
let uid = null;
let member = null;
let tab = "sales";
let sale = null; // whose lines are shown
let lines = [];
let whole = null; // the buttons about the whole member: their script is loaded with the first page
let fresh = ""; // a card that was scanned for the member

const stamp = new Intl.DateTimeFormat("sv-SE", { timeZone: page.zone, dateStyle: "short", timeStyle: "short" });
const when = (us) => (us ? stamp.format(new Date(us / 1000)) : "–");

export function definePerson() {
  define("person", {
    mount() {
      $("person-detach").addEventListener("click", () => act(() => send("member/detach").then(() => close("person"))));
      $("person-other").addEventListener("click", () => openPerson(member.same_phone));
    },
    closed: () => isOpen("second") || want(""),
  });
}

export async function openPerson(who, on = "sales") {
  uid = who;
  tab = on;
  member = sale = null;
  fresh = "";
  raise("person");
  render();
  want("member", ({ code }) => {
    fresh = code;
    tab = "cards";
    render();
  });
  if (!whole) {
    whole = await import("./member-rights.js");
    whole.defineRights();
  }
  await look();
}

// Another member is the cart's now, or nobody: this page is about somebody else.
export function syncPerson(view, before) {
  if (isOpen("person") && before?.member && view.member?.uid !== before.member.uid && uid === before.member.uid) close("person");
}

async function look() {
  const asked = uid;
  await act(async () => {
    const found = await get(path(`member/${encodeURIComponent(asked)}`));
    if (uid === asked) member = found;
  });
}

async function act(run) {
  problem("person-problem", "");
  try {
    await run();
  } catch (error) {
    if (isOpen("person")) problem("person-problem", error.message);
  }
  if (isOpen("person")) render();
}

const change = (command, args) => act(() => send(command, { member: uid, ...args }).then(look));

function render() {
  show($("person-same"), Boolean(member?.same_phone));
  show($("person-detach"), store.view.member?.uid === uid);
  picks($("person-tabs"), TABS.map((id) => ({ id, words: t(`member.tab_${id}`) })), tab, (id) => {
    tab = id;
    render();
  });
  if (!member) return $("person-panel").replaceChildren(el("p", { class: "hollow", text: t("till.loading") }));
  text($("person-initial"), member.initial);
  text($("person-name"), member.name || t("member.nameless"));
  text($("person-tier"), member.tier_name);
  $("person-tier").className = `tier ${member.tier}`;
  text($("person-sub"), [member.phone, `${t("member.joined")} ${when(member.joined_us).slice(0, 10)}`].filter(Boolean).join(" · "));
  text($("person-points"), number(member.points));
  text($("person-score"), number(member.score));
  whole?.rights($("person-whole"), member);
  $("person-panel").replaceChildren(...{ sales, consents, cards, notes, data }[tab]());
}

const hollow = (words) => el("p", { class: "hollow", text: words });
const row = (symbol, title, small, right, onclick, extra = {}) =>
  el("button", { type: "button", class: "entry-row", onclick, ...extra }, icon(symbol), el("span", {}, el("b", { text: title }), el("small", { class: "num", text: small })), right && el("b", { class: "num", text: right }));
const noted = (title, small, ...buttons) =>
  el("div", { class: "noted" }, el("div", {}, el("b", { text: title }), el("small", { class: "num", text: small })), ...buttons);
const button = (words, onclick, kind = "") => el("button", { type: "button", class: `btn ${kind}`, onclick }, el("span", { text: words }));

function sales() {
  const coupons = member.coupons.map(({ name, until }) => noted(name, until ? t("member.coupon_until", { date: until }) : t("member.coupon")));
  if (!member.sales.length) return [...coupons, hollow(t("member.sales_none"))];
  const bought = member.sales.flatMap((each) => {
    const open = sale === each.uid;
    const small = [t(`member.kind_${each.kind}`), when(each.at_us), tn("till.lines", each.lines)].join(" · ");
    const node = row("receipt-text", each.receipt, small, money(each.total), () => unfold(each.uid), { "aria-expanded": String(open) });
    return open ? [node, linesOf()] : [node];
  });
  return [...coupons, ...bought];
}

function linesOf() {
  const each = (line) => el("div", {}, el("span", { text: `${line.name} × ${quantity(line.qty)}` }), el("b", { text: money(line.total) }));
  return el("div", { class: "facts num lines-of" }, ...lines.map(each));
}

function unfold(which) {
  if (sale === which) {
    sale = null;
    return render();
  }
  act(async () => {
    ({ lines } = await get(path(`member/${encodeURIComponent(uid)}/sale/${encodeURIComponent(which)}`)));
    sale = which;
  });
}

function consents() {
  const each = (asked) => {
    const version = asked.agreed_version;
    const channel = version && t(`member.channel_${asked.channel}`);
    const said = version ? t("member.agreed", { when: when(asked.at_us), channel, version }) : t("member.never_asked");
    const state = el("span", { class: "state" }, icon(asked.granted ? "check" : "x"), el("span", { text: t(asked.granted ? "member.yes" : "member.no") }));
    return el("button", { type: "button", "aria-pressed": String(asked.granted), onclick: () => change("member/consent", { purpose: asked.purpose, granted: !asked.granted }) },
      icon("shield-check"), el("span", {}, el("b", { text: asked.title }), el("small", { text: asked.text }), el("small", { class: "num", text: said })), state);
  };
  return [el("div", { class: "asked" }, ...member.consents.map(each))];
}

function cards() {
  const each = (card) => {
    const small = `${t(`member.card_state_${card.state}`)} · ${when(card.since_us)}`;
    const node = noted(`${t(`member.card_kind_${card.kind}`)} ${card.shown}`, small,
      card.state === "active" ? button(t("member.card_block"), () => block(card)) : "");
    if (card.state !== "active") node.classList.add("blocked");
    return node;
  };
  const give = (replace) => {
    const card = fresh;
    fresh = "";
    change("member/card", { card, replace });
  };
  const offer = fresh && noted(t("member.card_title", { card: fresh.slice(-4) }), t("member.card_tip"),
    button(t("member.card_replace"), () => give(true), "primary"), button(t("member.card_beside"), () => give(false)));
  return [offer || el("p", { text: t("member.card_scan") }), ...member.cards.map(each)];
}

function block(card) {
  ask(t("member.card_block"), t("member.card_block_text", { card: card.shown }), t("member.card_block"), () =>
    again("member/card-block", { card: card.ref }, "cards").then((next) => next(), (error) => toast(error.message)),
  );
}

function notes() {
  const add = button(t("member.note_new"), () => {
    const words = { icon: "notebook-pen", title: t("member.note_new"), tip: t("member.note_hint"), label: t("member.note_new"), ok: t("member.note_save"), max: 200 };
    askText(words, (note) => again("member/note", { text: note }, "notes"));
  });
  const each = (note) => {
    const drop = el("button", { type: "button", class: "btn", "aria-label": t("member.note_drop"), onclick: () => change("member/note-drop", { note: note.id }) }, icon("trash-2"));
    return noted(note.text, [note.by, when(note.at_us)].filter(Boolean).join(" · "), drop);
  };
  return [add, ...(member.notes.length ? member.notes.map(each) : [hollow(t("member.notes_none"))])];
}

// What a dialog of its own asked for; the page is there again afterwards, unless a second person is waited for.
async function again(command, args, on) {
  const who = uid;
  await send(command, { member: who, ...args });
  return () => store.view.approval || openPerson(who, on);
}

function data() {
  const correct = button(t("member.correct"), () => {
    const words = { icon: "user-round", title: t("member.name"), tip: "", label: t("member.name"), ok: t("member.save"), max: 40, value: member.name, empty: true };
    askText(words, (name) => again("member/correct", { name }, "data"));
  });
  const digits = (key, max) => button(t("member.correct"), () => {
    const words = { title: t(`member.${key}`), tip: t(`member.correct_${key}_tip`), ok: t("member.save"), max, empty: true };
    askDigits(words, async (value) => {
      const next = await again("member/correct", { [key]: value }, "data");
      queueMicrotask(next);
    });
  });
  return [
    noted(t("member.name"), member.name || t("member.none"), correct),
    noted(t("member.phone"), member.phone || t("member.none"), digits("phone", 15)),
    noted(t("member.birthday"), member.birthday || t("member.none"), digits("birthday", 4)),
  ];
}
