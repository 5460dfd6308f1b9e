// The keyboard: function keys, `12*`, and the list under `?`.
import { anyOpen, close, define, raise, toast } from "./dialog.js";
import { $ } from "./dom.js";
import { dismiss, remove, step, undo } from "./cart.js";
import { clearSearch } from "./catalog.js";
import { hold, openRecall } from "./hold.js";
import { openMember } from "./member-door.js";
import { askQuantity } from "./number.js";
import { pay } from "./pays.js";
import { openPrice } from "./price.js";
import { openReturn } from "./receipts.js";
import { current, select, send, store } from "./store.js";

let digits = "";
let forget;

const KEYS = {
  "/": () => $("q").focus(),
  F2: askQuantity,
  F3: openPrice,
  F4: () => openMember(),
  F6: hold,
  F7: openRecall,
  F8: openReturn,
  F9: () => pay("cash"),
  F11: () => pay("card"),
  Delete: remove,
  "?": () => raise("help"),
  "+": () => step(1000),
  "-": () => step(-1000),
  ArrowUp: () => move(-1),
  ArrowDown: () => move(1),
  Escape: escape,
};

export function bindKeys() {
  define("help", { enter: () => close("help") });
  document.addEventListener("keydown", (event) => {
    if (anyOpen() || event.defaultPrevented) return;
    const typing = event.target.matches("input");
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !typing) return take(event, undo);
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const always = /^F[0-9]+$/.test(event.key);
    if (typing && !always) return;
    if (multiply(event)) return;
    const inGrid = event.target.closest(".grid, .rail") && event.key.startsWith("Arrow");
    if (KEYS[event.key] && !inGrid) take(event, KEYS[event.key]);
  });
}

function take(event, action) {
  event.preventDefault();
  if (!event.repeat || event.key.startsWith("Arrow")) action();
}

function escape() {
  if (store.view?.notice) dismiss();
  clearSearch(true);
}

function move(by) {
  const lines = store.view?.basket.lines ?? [];
  const at = lines.findIndex((line) => line.n === current()?.n);
  const to = lines[Math.min(lines.length - 1, Math.max(0, at + by))];
  if (to) select(to.n);
}

// "12" then "*": the next item counts twelve times. Digits alone mean nothing and are forgotten.
function multiply(event) {
  clearTimeout(forget);
  if (/^[0-9]$/.test(event.key)) {
    digits = (digits + event.key).slice(-4);
    forget = setTimeout(() => (digits = ""), 3000);
    return true;
  }
  const n = Number(digits);
  digits = "";
  if (event.key !== "*" || !n) return false;
  event.preventDefault();
  send("multiply", { n }).catch((error) => toast(error.message));
  return true;
}
