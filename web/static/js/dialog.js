// Dialogs: native, so that focus is kept inside and Esc goes back. One at a time. A dialog that is seldom needed waits in
// a template (its id and "-dialog") and is on the page only while it is open.
import { $, show, text } from "./dom.js";

const plans = new Map();
let lastKey = 0;
let burst = 0;
let burstAt = -Infinity;

export const anyOpen = () => document.querySelector("dialog[open]");

// mount: once its parts are on the page; enter: what Enter does; keydown: returns whether it took the key; closed: after
// it has closed; sticky: Esc does nothing
export function define(id, plan = {}) {
  plans.set(id, plan);
  if ($(id)) bind($(id), plan);
}

function bind(dialog, plan) {
  const made = !dialog.isConnected;
  dialog.addEventListener("cancel", (event) => plan.sticky && event.preventDefault());
  dialog.addEventListener("close", () => {
    if (dialog.open || (made && !dialog.isConnected)) return; // it was opened again at once
    plan.closed?.();
    if (!made) return;
    if (dialog.contains($("toast"))) document.body.append($("toast"));
    dialog.remove();
  });
  for (const button of dialog.querySelectorAll("[data-close]")) button.addEventListener("click", () => dialog.close());
}

function unfold(id) {
  const dialog = $(`${id}-dialog`).content.firstElementChild.cloneNode(true);
  bind(dialog, plans.get(id));
  document.body.append(dialog);
  plans.get(id).mount?.(dialog);
  return dialog;
}

export function raise(id) {
  const dialog = $(id) ?? unfold(id);
  if (dialog.open) return;
  for (const other of document.querySelectorAll("dialog[open]")) other.close();
  dialog.showModal();
  dialog.focus();
}

export const isOpen = (id) => Boolean($(id)?.open);

export function close(id) {
  if (isOpen(id)) $(id).close();
}

// Enter confirms only when no burst of keys came in the last 100 ms: a scanner that types must never pay.
function noteKey(now) {
  burst = now - lastKey < 50 ? burst + 1 : 0;
  lastKey = now;
  if (burst >= 3) burstAt = now;
}

export function scannerTyped(now) {
  return now - burstAt < 100;
}

addEventListener(
  "keydown",
  (event) => {
    const enter = event.key === "Enter";
    const typing = event.target.matches?.("input");
    if (enter && !typing && (event.repeat || scannerTyped(event.timeStamp))) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    noteKey(event.timeStamp);
    const dialog = anyOpen();
    const handler = dialog && plans.get(dialog.id);
    if (!handler) return;
    if (handler.keydown?.(event)) return;
    const onButton = event.target.closest("button, a") && event.target.matches(":focus-visible");
    if (enter && handler.enter && !onButton) {
      event.preventDefault();
      handler.enter(event);
    }
  },
  true,
);

export function problem(id, words) {
  text($(id), words);
  show($(id), Boolean(words));
}

// A short sentence at the foot of the screen, for a refusal that belongs to no dialog; level "ok": for what was done.
let hide;
export function toast(words, level = "bad") {
  const dialog = anyOpen();
  const host = $("toast");
  if (dialog && host.parentNode !== dialog) dialog.append(host);
  if (!dialog && host.parentNode !== document.body) document.body.append(host);
  text(host, words);
  host.className = `toast ${level}`;
  show(host, true);
  clearTimeout(hide);
  hide = setTimeout(() => show(host, false), 5000);
}

// One confirm: a title, a sentence, and what happens on yes.
let yes = null;
export function ask(title, sentence, action, then) {
  text($("ask-title"), title);
  text($("ask-text"), sentence);
  text($("ask-ok"), action);
  yes = then;
  raise("ask");
}
export function defineAsk() {
  const confirm = () => {
    close("ask");
    yes?.();
    yes = null;
  };
  define("ask", { enter: confirm });
  $("ask-ok").addEventListener("click", confirm);
}
