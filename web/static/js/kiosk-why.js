// The panel "why these": how suggestions come about, and the rules that make a price depend on who buys.
import { el, icon } from "./dom.js";
import { button } from "./kiosk-parts.js";
import { t } from "./words.js";

export function draw({ said, rules }, send) {
  const list = el("ul", { class: "said-why" }, ...said.map((words) => el("li", {}, icon("check"), el("span", { text: words }))));
  const named = rules.length ? el("ul", { class: "rules-why" }, ...rules.map((name) => el("li", { text: name }))) : el("p", { text: t("kiosk_why.no_rules") });
  const off = button("off", { class: "plain", onclick: () => send("offers/off") }, el("span", { text: t("kiosk.offers_turn_off") }));
  return [list, el("h3", { text: t("kiosk_why.rules") }), named, off];
}
