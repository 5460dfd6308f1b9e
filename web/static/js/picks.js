// A choice of few: buttons of which one is pressed, or which act at once.
import { attr, el, icon, keyed, text } from "./dom.js";

// list: [{id, words, note?, icon?, lock?}]; chosen: the pressed one's id, undefined where a tap acts at once
export function picks(host, list, chosen, pick) {
  keyed(host, list, (each) => each.id, (each) => make(each, host), update);
  host.pick = pick;
  for (const node of host.children) {
    const on = node.item.id === chosen;
    attr(node, "class", on ? "btn on" : "btn");
    attr(node, "aria-pressed", chosen === undefined ? null : on);
  }
}

function make(each, host) {
  const node = el("button", { type: "button" }, each.icon && icon(each.icon), el("span"), each.note !== undefined ? el("small") : null);
  node.addEventListener("click", () => host.pick(node.item.id, node.item));
  return node;
}

function update(node, each) {
  node.item = each;
  text(node.querySelector("span"), each.words);
  if (each.note !== undefined) text(node.querySelector("small"), each.note);
}
