// On-screen keyboard, only on demand: for the search, and for each text field of a dialog that has a button for it.
import { $, attr, el, icon, show } from "./dom.js";
import { t } from "./words.js";

const ROWS = ["1234567890", "QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM"];

export function bindOsk() {
  const panel = $("osk-panel");
  const toggle = (on) => {
    if (on && !panel.firstChild) fill(panel, $("q"), () => toggle(false));
    show(panel, on);
    $("app").classList.toggle("typing", on);
    attr($("osk"), "aria-expanded", on);
    if (on) $("q").focus();
  };
  $("osk").addEventListener("click", () => toggle(panel.hidden));
}

// Buttons with data-keys="<id of a field>" bring the keyboard to the foot of their dialog.
export function bindKeyboards(dialog) {
  for (const button of dialog.querySelectorAll("[data-keys]")) {
    button.addEventListener("click", () => {
      const field = $(button.dataset.keys);
      let panel = dialog.querySelector(".osk");
      if (panel) panel.remove();
      else {
        panel = keyboard(field, () => button.click());
        dialog.append(panel);
        panel.scrollIntoView({ block: "end" });
      }
      attr(button, "aria-expanded", String(panel.isConnected));
      field.focus();
    });
  }
}

// A keyboard for a field. area: whose words name its keys.
export function keyboard(field, leave, area = "till") {
  const panel = el("section", { class: "osk", "aria-label": t(`${area}.keyboard`) });
  fill(panel, field, leave, area);
  return panel;
}

function fill(panel, field, leave, area = "till") {
  const key = (label, value, props = {}) => el("button", { type: "button", "data-osk": value, ...props }, label);
  const rows = ROWS.map((row) => el("div", {}, ...[...row].map((char) => key(char, char.toLowerCase()))));
  rows.at(-1).append(key(icon("delete"), "back", { "aria-label": t(`${area}.backspace`) }));
  rows[2].append(key(icon("x"), "hide", { "aria-label": t(`${area}.hide_keyboard`) }));
  rows.at(-1).append(key(t(`${area}.space`), " ", { class: "wide" }));
  panel.append(...rows);
  panel.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  panel.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-osk]")?.dataset.osk;
    if (pressed === "hide") leave();
    else if (pressed) type(field, pressed);
  });
}

function type(field, value) {
  const longest = field.maxLength > 0 ? field.maxLength : 64;
  field.value = value === "back" ? field.value.slice(0, -1) : (field.value + value).slice(0, longest);
  field.dispatchEvent(new Event("input"));
}
