// What is done with a whole member: told on paper, erased, merged with a second one, put into a family.
import { get } from "./api.js";
import { want } from "./catch.js";
import { ask, close, define, isOpen, problem, raise, toast } from "./dialog.js";
import { $, attr, el, icon, keyed, show, text } from "./dom.js";
import { Entry } from "./numpad.js";
import { path, send, store } from "./store.js";
import { number, page, t } from "./words.js";

const CARD_DIGITS = 12; // a phone number has another length
const END_DIGITS = 4;

let member = null; // whose page the dialog was opened from
let purpose = "merge"; // or "family"
let hits = [];
let seen = null; // what a merge would give
let home = null; // the family as it is
let pending = false;
const entry = new Entry({
  max: 20,
  changed() {
    hits = [];
    problem("second-problem", "");
    render();
  },
});

export function defineRights() {
  define("second", {
    mount() {
      entry.bind($("second-pad"));
      $("second-ok").addEventListener("click", go);
      $("second-do").addEventListener("click", finish);
      $("second-leave").addEventListener("click", leave);
    },
    enter: () => (seen || home?.other ? finish() : go()),
    keydown: (event) => entry.keydown(event),
    closed: () => want(""),
  });
}

// The buttons below a member's page: one tap to the page, one here, one to confirm.
export function rights(host, one) {
  const button = (id, symbol, act) => el("button", { type: "button", class: "btn", id, onclick: act }, icon(symbol), el("span", { text: t(`privacy.${id.replace("-", "_")}`) }));
  host.replaceChildren(
    button("act-print", "printer", () => print(one)),
    button("act-family", "users", () => open("family", one)),
    button("act-merge", "layers", () => open("merge", one)),
    button("act-erase", "trash-2", () => erase(one)),
  );
}

function print(one) {
  send("member/print", { member: one.uid }).then(
    () => store.view.approval || toast(t("privacy.printing"), "ok"),
    (error) => toast(error.message),
  );
}

function erase(one) {
  const name = one.masked || t("member.nameless");
  ask(t("privacy.erase_title", { name }), t("privacy.erase_text", { points: number(one.points) }), t("privacy.act_erase"), () =>
    send("member/erase", { member: one.uid }).catch((error) => toast(error.message)),
  );
}

function open(what, one) {
  purpose = what;
  member = one;
  hits = [];
  seen = home = null;
  pending = false;
  raise("second");
  entry.set("");
  want("whoever", ({ code }) => attempt(() => find(code)));
  if (what === "family") attempt(look);
  else if (one.same_phone) attempt(() => chosen({ uid: one.same_phone }));
}

async function look() {
  home = await get(path(`member/${encodeURIComponent(member.uid)}/family`));
}

async function attempt(act) {
  if (pending) return;
  pending = true;
  problem("second-problem", "");
  render();
  try {
    await act();
  } catch (error) {
    if (isOpen("second")) problem("second-problem", error.message);
  } finally {
    pending = false;
    render();
  }
}

function go() {
  if ($("second-ok").disabled) return;
  const typed = entry.value;
  attempt(() => find(typed.length === CARD_DIGITS ? page.card_prefix + typed : typed));
}

async function find(code) {
  const { members } = await get(path(`members?q=${encodeURIComponent(code)}`));
  hits = members.filter((each) => each.uid !== member.uid);
  if (hits.length === 1 && code.length > END_DIGITS) return chosen(hits[0]);
  if (!hits.length) problem("second-problem", t(members.length ? "errors.member_same" : "errors.member_unknown"));
}

async function chosen(hit) {
  hits = [];
  if (purpose === "family") home = { ...home, other: hit };
  else seen = await get(path(`member/${encodeURIComponent(member.uid)}/merge/${encodeURIComponent(hit.uid)}`));
}

function finish() {
  const what = purpose === "merge" ? ["member/merge", { gone: seen.gone.uid }] : ["family/join", { other: home.other.uid, agreed: true }];
  attempt(async () => {
    await send(what[0], { member: member.uid, ...what[1] });
    done(purpose === "merge" ? "privacy.merged" : "privacy.joined");
  });
}

function leave() {
  attempt(async () => {
    await send("family/leave", { member: member.uid });
    done("privacy.left");
  });
}

// A second person is asked in a dialog of its own; otherwise the result is told.
function done(words) {
  if (store.view.approval) return;
  close("second");
  toast(t(words), "ok");
}

function render() {
  if (!isOpen("second")) return;
  const ready = purpose === "merge" ? seen : home?.other;
  text($("second-title"), t(`privacy.${purpose}_title`, { name: member.masked || t("member.nameless") }));
  text($("second-tip"), t(ready ? `privacy.${purpose}_check` : `privacy.${purpose}_tip`));
  text($("second-entry"), entry.value);
  show($("second-entry"), !ready);
  show($("second-hits"), hits.length > 0 && !ready);
  keyed($("second-hits"), ready ? [] : hits, (each) => each.uid, make, update);
  $("second-facts").replaceChildren(...facts());
  show($("second-facts"), $("second-facts").childElementCount > 0);
  show($("second-text"), purpose === "family");
  text($("second-text"), purpose === "family" ? (home?.text ?? "") : "");
  show($("second-leave"), purpose === "family" && Boolean(home?.family) && !ready);
  attr($("second"), "class", ready ? "duo one" : "duo");
  show($("second-pad"), !ready);
  show($("second-do"), Boolean(ready));
  text($("second-do-text"), t(`privacy.${purpose}_do`));
  show($("second-ok"), !ready);
  $("second-ok").disabled = pending || entry.value.length < END_DIGITS;
  $("second-do").disabled = $("second-leave").disabled = pending;
}

const fact = (name, value, strong = false) => el("div", strong ? { class: "strong" } : {}, el("span", { text: name }), el("b", { class: "num", text: value }));

function facts() {
  if (purpose === "merge") return seen ? ofMerge() : [];
  const listed = (home?.family?.members ?? []).map((each) => fact(`${each.masked || t("member.nameless")} ${each.phone}`, number(each.points)));
  const purse = home?.family ? [fact(t("privacy.purse"), number(home.family.purse), true)] : [];
  const other = home?.other ? [fact(t("privacy.joins"), `${home.other.masked || t("member.nameless")} ${home.other.phone}`, true)] : [];
  return [...listed, ...purse, ...other];
}

function ofMerge() {
  const { kept, gone, then } = seen;
  const side = (one) => `${one.masked || t("member.nameless")} ${one.phone}`;
  const agreed = then.consents.map((purpose) => t(`member.purpose_${purpose}`)).join(", ");
  return [
    fact(t("privacy.merge_kept"), side(kept)),
    fact(t("privacy.merge_gone"), side(gone)),
    fact(t("privacy.i_points"), `${number(kept.points)} + ${number(gone.points)} = ${number(then.points)}`, true),
    fact(t("privacy.i_tier"), then.tier_name),
    fact(t("privacy.s_cards"), number(then.cards)),
    fact(t("privacy.i_phone"), then.phone || t("member.none")),
    fact(t("privacy.s_consents"), agreed || t("member.none")),
  ];
}

function make() {
  const node = el("button", { type: "button", class: "entry-row" }, icon("user-round"), el("span", {}, el("b"), el("small", { class: "num" })), el("b"));
  node.addEventListener("click", () => attempt(() => chosen(node.hit)));
  return node;
}

function update(node, hit) {
  node.hit = hit;
  const [, words, tier] = node.children;
  text(words.firstChild, hit.masked || t("member.nameless"));
  text(words.lastChild, hit.phone);
  text(tier, hit.tier_name);
}
