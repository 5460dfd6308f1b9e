// The main actions and the panels that they open over the stage. A panel's own script draws what it shows:
// draw(facts, send) gives a list of nodes, and every button among them has a data-key (see button in kiosk-parts.js).
import { $, el, icon } from "./dom.js";
import { drawMine } from "./kiosk-mine.js";
import { button, part } from "./kiosk-parts.js";
import { drawRewards } from "./kiosk-rewards.js";
import { draw as why } from "./kiosk-why.js";
import { has, t } from "./words.js";

// name -> draw; the server's table is edge/kiosk_panels.py
const PANELS = { mine: drawMine, rewards: drawRewards, why };

export function drawActions(view, send) {
  const there = !view.panel && view.actions.length > 0;
  document.documentElement.classList.toggle("acting", there);
  part("actions", there && view.actions, () => (there ? view.actions.map((action) => act(action, send)) : null));
}

function act({ panel, icon: sign, badge }, send) {
  const hint = has(`kiosk_${panel}.hint`) ? el("span", { text: t(`kiosk_${panel}.hint`) }) : null;
  const words = el("span", { class: "words" }, el("b", { text: t(`kiosk_${panel}.title`) }), hint);
  return button(`open-${panel}`, { class: "act", onclick: () => send("panel", { name: panel }) }, icon(sign), words, badge ? el("em", { class: "num", text: badge }) : null);
}

// While a panel is open, it has the place of the offers and the faces.
export function drawPanel(view, send) {
  const { panel } = view;
  const was = $("panel").hidden;
  part("panel", panel, () => {
    if (!panel) return null;
    const back = button("back", { class: "plain back", onclick: () => send("panel") }, icon("arrow-left"), el("span", { text: t("kiosk.back") }));
    const title = el("h2", { id: "panel-title", tabindex: "-1", text: t(`kiosk_${panel.name}.title`) });
    return [el("div", { class: "panel-head" }, back, title), el("div", { class: "panel-body" }, ...PANELS[panel.name](panel.facts, send))];
  });
  if (panel) for (const id of ["offers", "rate"]) $(id).hidden = true;
  document.documentElement.classList.toggle("panelled", Boolean(panel));
  if (panel && was) $("panel-title").focus();
}
