// Enrolling somebody: a phone number or a fresh card, and a word on each purpose; name and birthday if they like.
import { get } from "./api.js";
import { want } from "./catch.js";
import { ask, close, define, isOpen, problem, raise, toast } from "./dialog.js";
import { $, attr, el, icon, keyed, setIcon, text } from "./dom.js";
import { Entry } from "./numpad.js";
import { bindKeyboards } from "./osk.js";
import { path, send } from "./store.js";
import { t } from "./words.js";

let texts = null; // of the purposes, in the words of today
let given = {};
let yes = new Set();
let field = ""; // what the pad writes; "": digits answer the purposes
let pending = false;
const entry = new Entry({
  changed(value) {
    given[field] = value;
    render();
  },
});

export function defineEnrol() {
  define("enrol", {
    mount(dialog) {
      bindKeyboards(dialog);
      entry.bind($("enrol-pad"));
      $("enrol-pad").addEventListener("click", () => field || type("phone"), { capture: true });
      $("enrol-ok").addEventListener("click", go);
      for (const button of $("enrol-given").children) button.addEventListener("click", () => type(button.dataset.field));
    },
    enter: go,
    keydown,
    closed: () => isOpen("person") || want(""),
  });
}

export const dropEnrol = () => close("enrol");

export async function openEnrol({ card = "", phone = "" }) {
  given = { card, phone, birthday: "" };
  yes = new Set();
  pending = false;
  raise("enrol");
  $("enrol-name").value = "";
  problem("enrol-problem", "");
  type(card || phone ? "" : "phone");
  want("member", ({ code }) => {
    given.card = code;
    render();
  });
  try {
    texts ??= (await get(path("consents"))).consents;
  } catch (error) {
    if (isOpen("enrol")) problem("enrol-problem", error.message);
  }
  render();
}

function keydown(event) {
  if (event.target.matches("input")) return false;
  if (field) return entry.keydown(event);
  const purpose = texts?.[Number(event.key) - 1];
  if (!purpose || event.ctrlKey || event.altKey || event.metaKey) return false;
  event.preventDefault();
  answer(purpose.purpose);
  return true;
}

function type(what) {
  field = what;
  Object.assign(entry, { max: what === "birthday" ? 4 : 15 });
  entry.value = given[what] ?? "";
  render();
}

function answer(purpose) {
  if (!yes.delete(purpose)) yes.add(purpose);
  if (purpose === "birthday") {
    given.birthday = "";
    type(yes.has("birthday") ? "birthday" : "");
  }
  render();
}

function render() {
  if (!isOpen("enrol")) return;
  keyed($("enrol-asked"), texts ?? [], (each) => each.purpose, make, update);
  text($("enrol-phone"), given.phone);
  text($("enrol-birthday"), yes.has("birthday") ? given.birthday : t("member.new_birthday_tip"));
  text($("enrol-card"), given.card ? `••••${given.card.slice(-4)}` : t("member.new_card_none"));
  for (const button of $("enrol-given").children) {
    attr(button, "class", button.dataset.field === field ? "btn on" : "btn");
    attr(button, "aria-pressed", button.dataset.field === field);
    button.disabled = button.dataset.field === "birthday" && !yes.has("birthday");
  }
  $("enrol-ok").disabled = pending || !texts || !(given.card || given.phone.length >= 7);
}

function make() {
  const node = el("button", { type: "button" }, el("kbd"), el("span", {}, el("b"), el("small")), el("span", { class: "state" }, icon("x"), el("span")));
  node.addEventListener("click", () => answer(node.asked.purpose));
  return node;
}

function update(node, asked) {
  node.asked = asked;
  const [key, words, state] = node.children;
  const agreed = yes.has(asked.purpose);
  attr(node, "aria-pressed", agreed);
  text(key, texts.indexOf(asked) + 1);
  text(words.firstChild, asked.title);
  text(words.lastChild, asked.text);
  setIcon(state.firstChild, agreed ? "check" : "x");
  text(state.lastChild, t(agreed ? "member.yes" : "member.no"));
}

async function go() {
  if (!isOpen("enrol") || $("enrol-ok").disabled) return;
  pending = true;
  problem("enrol-problem", "");
  render();
  const { phone, card, birthday } = given;
  const name = $("enrol-name").value.trim();
  const said = { ...(phone && { phone }), ...(card && { card }), ...(name && { name }), ...(birthday && { birthday }) };
  try {
    await send("member/enrol", { ...said, consents: texts.map((each) => each.purpose).filter((each) => yes.has(each)) });
    close("enrol");
  } catch (error) {
    if (error.slug === "member_known") known(error.params);
    else if (isOpen("enrol")) problem("enrol-problem", error.message);
  } finally {
    pending = false;
    render();
  }
}

function known({ member, by, name, phone }) {
  const who = [name, phone].filter(Boolean).join(" ") || t("member.nameless");
  ask(t("member.known_title"), t(`member.known_${by}`, { name: who }), t("member.known_ok"), () =>
    send("member", { uid: member }).catch((error) => toast(error.message)),
  );
}
