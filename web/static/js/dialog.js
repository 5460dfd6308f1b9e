// Dialogs: native, so that focus is kept inside and Esc goes back. One at a time.
import { $, show, text } from "./dom.js";

const handlers = new Map();
let lastKey = 0;
let burst = 0;
let burstAt = -Infinity;

export const open = (id) => $(id).open;
export const anyOpen = () => document.querySelector("dialog[open]");

// enter: what Enter does; keydown: returns whether it took the key; closed: after it has closed; sticky: Esc does nothing
export function define(id, { enter, keydown, closed, sticky } = {}) {
  const dialog = $(id);
  handlers.set(dialog, { enter, keydown });
  dialog.addEventListener("cancel", (event) => sticky && event.preventDefault());
  dialog.addEventListener("close", () => closed?.());
  for (const button of dialog.querySelectorAll("[data-close]")) button.addEventListener("click", () => close(id));
  return dialog;
}

export function raise(id) {
  const dialog = $(id);
  if (dialog.open) return;
  for (const other of document.querySelectorAll("dialog[open]")) other.close();
  dialog.showModal();
  dialog.focus();
}

export function close(id) {
  if ($(id).open) $(id).close();
}

// Enter confirms only when no burst of keys came in the last 100 ms: a scanner that types must never pay.
export function noteKey(now) {
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
    const handler = dialog && handlers.get(dialog);
    if (!handler) return;
    if (handler.keydown?.(event)) return;
    const onButton = event.target.closest("button, a") && event.target.matches(":focus-visible");
    if (enter && handler.enter && !onButton) {
      event.preventDefault();
      handler.enter();
    }
  },
  true,
);

export function problem(id, words) {
  text($(id), words);
  show($(id), Boolean(words));
}

// A short sentence at the foot of the screen, for a refusal that belongs to no dialog.
let hide;
export function toast(words) {
  const dialog = anyOpen();
  const host = $("toast");
  if (dialog && host.parentNode !== dialog) dialog.append(host);
  if (!dialog && host.parentNode !== document.body) document.body.append(host);
  text(host, words);
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
