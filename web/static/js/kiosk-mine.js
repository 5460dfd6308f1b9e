// What the shop knows of whoever stands there: shown in figures; on paper or erased with the phone's last four digits.
import { $, el, icon } from "./dom.js";
import { t } from "./words.js";

const DIGITS = 4;
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "erase", "0", "ok"];
let step = ""; // "", "print" or "erase": what the digits are typed for
let typed = "";
let mark = "";
let wrong = "";
let tell = null;

// Whether a refusal is told here, where the eyes are.
export function mineProblem(words) {
  if (!$("mine").open) return false;
  wrong = words;
  typed = "";
  mark = "";
  redraw();
  return true;
}

let shown = null;
export function drawMine(view, send) {
  tell = send;
  if (!view.mine) return forget();
  const now = JSON.stringify([view.lang, view.mine]);
  if (now !== mark) {
    shown = view.mine;
    mark = now;
    redraw();
  }
  if (!$("mine").open) {
    $("mine").showModal();
    $("mine").focus();
  }
}

export function forget() {
  step = typed = mark = wrong = "";
  shown = null;
  $("mine").close();
  $("mine").replaceChildren();
}

function redraw() {
  if (!shown) return;
  const key = $("mine").contains(document.activeElement) ? document.activeElement.dataset.key : null;
  $("mine").replaceChildren(...(step ? asking() : facts()));
  if (key) $("mine").querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
}

const button = (key, kind, symbol, words, onclick) => el("button", { type: "button", class: kind, "data-key": key, onclick }, symbol && icon(symbol), el("span", { text: words }));

function facts() {
  const row = ({ name, value }) => el("div", {}, el("dt", { text: name }), el("dd", { class: "num", text: value }));
  const agreed = { name: t("privacy.s_consents"), value: shown.agreed.join(" · ") || t("privacy.nothing") };
  const acts = [
    shown.phone && shown.print && button("mine-print", "stay", "printer", t("privacy.mine_print"), () => go("print")),
    shown.phone && button("mine-erase", "stay danger", "trash-2", t("privacy.mine_erase"), () => go("erase")),
    button("mine-close", "stay quiet", "x", t("privacy.mine_close"), () => tell("mine/close")),
  ];
  return [
    el("h2", { id: "mine-title", text: t("privacy.mine_title") }),
    el("dl", {}, ...[...shown.facts, agreed].map(row)),
    el("p", { text: t(shown.phone ? "privacy.mine_more" : "privacy.mine_staff") }),
    el("div", { class: "acts" }, ...acts.filter(Boolean)),
  ];
}

function asking() {
  const dots = el("p", { class: "digits num", role: "status", "aria-label": t("privacy.mine_typed", { n: typed.length }), text: "●".repeat(typed.length) + "○".repeat(DIGITS - typed.length) });
  const problem = el("p", { class: "said", id: "mine-problem", role: "alert", text: wrong });
  const ok = t(step === "erase" ? "privacy.mine_erase_ok" : "privacy.mine_print_ok");
  return [
    el("h2", { id: "mine-title", text: t(`privacy.mine_${step}`) }),
    el("p", { text: t(`privacy.mine_${step}_text`) }),
    el("p", { text: t("privacy.mine_digits") }),
    dots,
    problem,
    el("div", { class: "pad" }, ...KEYS.map((key) => padKey(key, ok))),
    el("div", { class: "acts" }, button("mine-back", "stay quiet", "arrow-left", t("privacy.mine_back"), () => go(""))),
  ];
}

function padKey(key, ok) {
  if (key === "ok") {
    const node = button("mine-ok", step === "erase" ? "stay danger" : "stay", "check", ok, send);
    node.disabled = typed.length < DIGITS;
    return node;
  }
  if (key === "erase") {
    const node = button("mine-delete", "stay quiet", "delete", "", () => type(typed.slice(0, -1)));
    node.setAttribute("aria-label", t("privacy.mine_delete"));
    return node;
  }
  return button(`mine-${key}`, "stay quiet num", null, key, () => type((typed + key).slice(0, DIGITS)));
}

function type(next) {
  typed = next;
  wrong = "";
  redraw();
}

function go(next) {
  step = next;
  typed = wrong = "";
  redraw();
}

async function send() {
  const what = step;
  const digits = typed;
  typed = "";
  await tell(`mine/${what}`, { digits });
  if (!wrong && what === "print") go("");
}

export function bindMine() {
  $("mine").addEventListener("cancel", (event) => {
    event.preventDefault();
    if (step) go("");
    else tell("mine/close");
  });
  $("mine").addEventListener("keydown", (event) => {
    if (!step) return;
    if (/^\d$/.test(event.key)) type((typed + event.key).slice(0, DIGITS));
    else if (event.key === "Backspace") type(typed.slice(0, -1));
    else return;
    event.preventDefault();
  });
}
