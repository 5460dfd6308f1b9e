// On-screen keyboard for the search, only on demand.
import { $, attr, el, icon, show } from "./dom.js";
import { t } from "./words.js";

const ROWS = ["1234567890", "QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM"];

export function bindOsk() {
  $("osk").addEventListener("click", () => toggle($("osk-panel").hidden));
}

export function toggle(on) {
  const panel = $("osk-panel");
  if (on && !panel.firstChild) build(panel);
  show(panel, on);
  $("app").classList.toggle("typing", on);
  attr($("osk"), "aria-expanded", on);
  if (on) $("q").focus();
}

function build(panel) {
  const key = (label, value, props = {}) => el("button", { type: "button", "data-osk": value, ...props }, label);
  const rows = ROWS.map((row) => el("div", {}, ...[...row].map((char) => key(char, char.toLowerCase()))));
  rows.at(-1).append(key(icon("delete"), "back", { "aria-label": t("till.backspace") }));
  rows[2].append(key(icon("x"), "hide", { "aria-label": t("till.hide_keyboard") }));
  rows.at(-1).append(key(t("till.space"), " ", { class: "wide" }));
  panel.append(...rows);
  panel.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  panel.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-osk]");
    if (pressed) press(pressed.dataset.osk);
  });
}

function press(value) {
  if (value === "hide") return toggle(false);
  const field = $("q");
  field.value = value === "back" ? field.value.slice(0, -1) : (field.value + value).slice(0, 64);
  field.dispatchEvent(new Event("input"));
  return undefined;
}
