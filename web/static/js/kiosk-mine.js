// What the shop knows of whoever stands there: shown in figures; on paper or erased with the phone's last four digits.
import { el, icon } from "./dom.js";
import { button } from "./kiosk-parts.js";
import { t } from "./words.js";

const DIGITS = 4;
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "delete", "0", "ok"];
let step = ""; // "", "print" or "erase": what the digits are typed for
let typed = "";
let shown = null;
let tell = null;
let host = null;

export function drawMine(facts, send) {
  shown = facts;
  tell = send;
  step = typed = "";
  host = el("div", { class: "mine" });
  host.addEventListener("keydown", key);
  redraw();
  return [host];
}

function redraw() {
  const focused = host.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  host.replaceChildren(...(step ? asking() : listing()));
  if (focused) (host.querySelector(`[data-key="${CSS.escape(focused)}"]`) ?? host.querySelector("button"))?.focus();
}

const act = (name, kind, sign, words, onclick) => button(name, { class: kind, onclick }, sign && icon(sign), el("span", { text: words }));

function listing() {
  const row = ({ name, value }) => el("div", {}, el("dt", { text: name }), el("dd", { class: "num", text: value }));
  const agreed = { name: t("privacy.s_consents"), value: shown.agreed.join(" · ") || t("kiosk_mine.nothing") };
  const acts = [
    shown.phone && shown.print && act("mine-print", "big", "printer", t("kiosk_mine.print"), () => go("print")),
    shown.phone && act("mine-erase", "big danger", "trash-2", t("kiosk_mine.erase"), () => go("erase")),
  ];
  return [
    el("dl", {}, ...[...shown.facts, agreed].map(row)),
    el("p", { text: t(shown.phone ? "kiosk_mine.more" : "kiosk_mine.staff") }),
    el("div", { class: "acts" }, ...acts.filter(Boolean)),
  ];
}

function asking() {
  const digits = "●".repeat(typed.length) + "○".repeat(DIGITS - typed.length);
  return [
    el("h3", { text: t(`kiosk_mine.${step}`) }),
    el("p", { text: t(`kiosk_mine.${step}_text`) }),
    el("p", { text: t("kiosk_mine.digits") }),
    el("p", { class: "digits num", role: "status", "aria-label": t("kiosk_mine.typed", { n: typed.length }), text: digits }),
    el("div", { class: "pad" }, ...KEYS.map(padKey)),
  ];
}

function padKey(name) {
  if (name === "ok") {
    const node = act("mine-ok", step === "erase" ? "big danger" : "big", "check", t(`kiosk_mine.${step}_ok`), finish);
    node.disabled = typed.length < DIGITS;
    return node;
  }
  if (name === "delete") {
    const node = act("mine-delete", "key", "delete", "", () => type(typed.slice(0, -1)));
    node.setAttribute("aria-label", t("kiosk_mine.delete"));
    return node;
  }
  return act(`mine-${name}`, "key num", null, name, () => type(typed + name));
}

function type(next) {
  typed = next.slice(0, DIGITS);
  redraw();
}

function key(event) {
  if (!step) return;
  if (/^\d$/.test(event.key)) type(typed + event.key);
  else if (event.key === "Backspace") type(typed.slice(0, -1));
  else return;
  event.preventDefault();
}

function go(next) {
  step = next;
  typed = "";
  redraw();
  host.querySelector("button")?.focus();
}

// A refusal is told at the foot of the screen; the digits are asked for again.
async function finish() {
  const digits = typed;
  typed = "";
  await tell(`mine/${step}`, { digits });
  if (host.isConnected && step) redraw();
}
