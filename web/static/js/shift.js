// The shift: opened with a counted float, closed with a counted drawer; what it should hold is shown only afterwards.
import { close, define, raise, toast } from "./dialog.js";
import { $, attr, text } from "./dom.js";
import { money } from "./money.js";
import { askAmount } from "./number.js";
import { send, store } from "./store.js";
import { t } from "./words.js";

let asked = false;

export function defineShift() {
  define("closed", { enter: () => close("closed"), closed: () => store.view?.closed && dismiss() });
  $("do-shift").addEventListener("click", openShift);
}

const dismiss = () => send("notice/dismiss").catch((error) => toast(error.message));

export function openShift() {
  const view = store.view;
  if (!view) return;
  if (!view.shift) {
    const words = { title: t("till.shift_open_title"), tip: t("till.shift_open_tip"), ok: t("till.shift_open_ok") };
    askAmount(words, (amount) => send("shift/open", { float: amount }));
  } else if (view.basket.lines.length) {
    toast(t("errors.basket_open"));
  } else {
    const words = { title: t("till.shift_close_title"), tip: t("till.shift_close_tip"), ok: t("till.shift_close_ok") };
    askAmount(words, (amount) => send("shift/close", { counted: amount }));
  }
}

export function renderShift(view) {
  text($("do-shift-text"), t(view.shift ? "till.shift_close" : "till.shift_open"));
  if (view.shift_needed && !asked && !document.querySelector("dialog[open]")) {
    asked = true; // once; after that the cashier decides, and paying says what is missing
    openShift();
  }
  const closed = view.closed;
  if (!closed) return close("closed");
  text($("closed-expected"), money(closed.expected));
  text($("closed-counted"), money(closed.counted));
  text($("closed-difference"), money(closed.difference));
  attr($("closed-row"), "class", closed.difference < 0 ? "change short" : "change");
  const word = closed.difference ? (closed.difference < 0 ? "till.closed_short" : "till.closed_over") : "till.closed_even";
  text($("closed-word"), t(word));
  asked = true;
  raise("closed");
}
