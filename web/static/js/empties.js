// Empty bottles come back: how many of which kind; their deposits go out with this cart.
import { productsWith } from "./catalog.js";
import { close, define, isOpen, problem, raise } from "./dialog.js";
import { $, attr, el, icon, keyed, show, text } from "./dom.js";
import { money } from "./money.js";
import { Entry } from "./numpad.js";
import { send } from "./store.js";
import { number } from "./words.js";

const counts = new Map();
let chosen = null;
let fresh = true;
let pending = false;
const entry = new Entry({
  max: 3,
  changed(value) {
    if (chosen !== null) counts.set(chosen, Number(value || 0));
    if (isOpen("empties")) render();
  },
});

export function defineEmpties() {
  define("empties", {
    mount() {
      entry.bind($("empties-pad"));
      $("empties-pad").addEventListener("click", begun, true);
      $("empties-ok").addEventListener("click", take);
    },
    enter: take,
    keydown(event) {
      if (/^[0-9]$/.test(event.key)) begun();
      return entry.keydown(event);
    },
  });
}

export const hasEmpties = () => productsWith("deposit").length > 0;

export function openEmpties() {
  counts.clear();
  pending = false;
  raise("empties");
  problem("empties-problem", "");
  choose(productsWith("deposit")[0]?.id ?? null);
}

function begun() {
  if (fresh) entry.value = "";
  fresh = false;
}

function choose(id) {
  chosen = id;
  fresh = true;
  entry.value = String(counts.get(id) || "");
  render();
}

function step(id, by) {
  counts.set(id, Math.max(0, (counts.get(id) || 0) + by));
  choose(id);
}

function render() {
  const list = productsWith("deposit");
  keyed($("empties-list"), list, (each) => each.id, make, update);
  show($("empties-none"), list.length === 0);
  $("empties-ok").disabled = pending || ![...counts.values()].some(Boolean);
}

function make({ id, name }) {
  const pick = el("button", { type: "button", class: "entry-row" }, icon("bottle-wine"), el("span", {}, el("b"), el("small", { class: "num" })), el("b", { class: "num" }));
  const less = el("button", { type: "button", class: "btn step", "aria-label": `− ${name}` }, icon("minus"));
  const more = el("button", { type: "button", class: "btn step", "aria-label": `+ ${name}` }, icon("plus"));
  pick.addEventListener("click", () => (chosen === id ? step(id, 1) : choose(id)));
  less.addEventListener("click", () => step(id, -1));
  more.addEventListener("click", () => step(id, 1));
  return el("li", {}, pick, less, more);
}

function update(node, each) {
  const [pick, less] = node.children;
  const n = counts.get(each.id) || 0;
  attr(pick, "aria-pressed", each.id === chosen);
  text(pick.children[1].firstChild, each.name);
  text(pick.children[1].lastChild, money(each.price));
  text(pick.lastChild, number(n));
  less.disabled = n === 0;
}

async function take() {
  if ($("empties-ok").disabled) return;
  pending = true;
  problem("empties-problem", "");
  try {
    for (const [product, n] of counts) {
      if (n) await send("empties", { product, qty: n * 1000 });
      counts.delete(product);
    }
    close("empties");
  } catch (error) {
    if (isOpen("empties")) problem("empties-problem", error.message);
  } finally {
    pending = false;
    if (isOpen("empties")) render();
  }
}
