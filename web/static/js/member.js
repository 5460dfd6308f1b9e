// Members at the till: found by what is typed or scanned; a card that nobody has is given to somebody.
import { get } from "./api.js";
import { want } from "./catch.js";
import { anyOpen, close, define, isOpen, problem, raise, toast } from "./dialog.js";
import { $, attr, el, icon, keyed, show, text } from "./dom.js";
import { defineEnrol, dropEnrol, openEnrol } from "./member-new.js";
import { definePerson, openPerson, syncPerson } from "./member-page.js";
import { Entry } from "./numpad.js";
import { path, send, store } from "./store.js";
import { page, t } from "./words.js";

const CARD_DIGITS = 12; // a phone number has another length
const END_DIGITS = 4;

let card = ""; // one that nobody has, for whoever is found
let hits = [];
let whose = null; // who gets the card
let none = false; // nobody has what was typed: Enter enrols them
let pending = false;
const entry = new Entry({
  max: 20,
  changed() {
    none = false;
    hits = [];
    problem("find-problem", "");
    render();
  },
});

export function defineMember() {
  define("find", {
    mount() {
      entry.bind($("find-pad"));
      $("find-ok").addEventListener("click", go);
      $("find-new").addEventListener("click", enrol);
      $("find-replace").addEventListener("click", () => give(true));
      $("find-beside").addEventListener("click", () => give(false));
    },
    enter: go,
    keydown: (event) => entry.keydown(event),
    closed: () => isOpen("enrol") || isOpen("person") || want(""),
  });
  defineEnrol();
  definePerson();
}

// The cart's member, or who it may be; fresh: a card that nobody has.
export function openMember(fresh = "") {
  if (!fresh && store.view.member) return openPerson(store.view.member.uid);
  card = fresh;
  hits = [];
  whose = null;
  none = pending = false;
  raise("find");
  entry.set("");
  want("member", ({ code }) => openMember(code));
}

// A scan has said whose the cart is: nothing is left to ask.
export function syncMember(view, before) {
  const changed = view.member?.uid !== before?.member?.uid;
  if (before && changed && view.member) {
    close("find");
    dropEnrol();
  }
  syncPerson(view, before);
}

function render() {
  if (!isOpen("find")) return;
  text($("find-title"), card ? t("member.card_title", { card: card.slice(-4) }) : t("member.find_title"));
  text($("find-tip"), card ? `${t("member.card_tip")} ${t("member.find_tip")}` : t("member.find_tip"));
  text($("find-entry"), entry.value);
  show($("find-give"), Boolean(whose));
  text($("find-whose"), whose ? t("member.card_whose", { name: whose.masked, phone: whose.phone }) : "");
  show($("find-hits"), hits.length > 0 && !whose);
  keyed($("find-hits"), whose ? [] : hits, (each) => each.uid, make, update);
  show($("find-new"), !whose && !none);
  attr($("find-new"), "class", card && !entry.value ? "btn primary finish" : "btn finish");
  text($("find-new-text"), t(card ? "member.card_new" : "member.find_new"));
  text($("find-ok"), t(none ? "member.find_new" : "member.find_ok"));
  $("find-ok").disabled = pending || Boolean(whose) || entry.value.length < END_DIGITS;
}

function make() {
  const node = el("button", { type: "button", class: "entry-row" }, icon("user-round"), el("span", {}, el("b"), el("small", { class: "num" })), el("b"));
  node.addEventListener("click", () => attempt(() => chosen(node.hit)));
  return node;
}

function update(node, hit) {
  node.hit = hit;
  const [, words, tier] = node.children;
  const day = new Intl.DateTimeFormat("sv-SE", { timeZone: page.zone, dateStyle: "short" }).format(new Date(hit.joined_us / 1000));
  text(words.firstChild, hit.masked || t("member.nameless"));
  text(words.lastChild, `${hit.phone} · ${t("member.since", { date: day })}`);
  text(tier, hit.tier_name);
}

async function attempt(act) {
  if (pending) return;
  pending = true;
  render();
  try {
    await act();
  } catch (error) {
    if (error.slug === "member_unknown") nobody();
    else if (isOpen("find")) problem("find-problem", error.message);
  } finally {
    pending = false;
    render();
  }
}

function go() {
  if (none) return enrol();
  if (!isOpen("find") || $("find-ok").disabled) return;
  attempt(async () => {
    const typed = entry.value;
    const code = typed.length === CARD_DIGITS ? page.card_prefix + typed : typed;
    if (typed.length > END_DIGITS && !card) return attach({ code });
    const { members } = await get(path(`members?q=${encodeURIComponent(code)}`));
    if (entry.value !== typed) return;
    if (members.length === 1 && (card || typed.length > END_DIGITS)) return chosen(members[0]);
    hits = members;
    if (!hits.length && typed.length > END_DIGITS) nobody();
    else if (!hits.length) problem("find-problem", t("member.find_no_hits", { end: typed }));
  });
}

function nobody() {
  none = entry.value.length !== CARD_DIGITS;
  problem("find-problem", t(none ? "member.find_none" : "errors.member_unknown"));
}

async function chosen(hit) {
  if (!card) return attach({ uid: hit.uid });
  whose = hit;
}

async function attach(who) {
  await send("member", who);
  close("find");
}

function enrol() {
  const typed = entry.value;
  openEnrol({ card, phone: typed.length >= 7 && typed.length !== CARD_DIGITS ? typed : "" });
}

function give(replace) {
  attempt(async () => {
    await send("member/card", { member: whose.uid, card, replace });
    close("find");
    if (!store.view.approval && !anyOpen()) toast(t("member.saved"), "ok");
  });
}
