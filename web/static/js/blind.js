// Goods that come back without a receipt: what, how many, for how much, why; and a second person allows it.
import { get } from "./api.js";
import { want } from "./catch.js";
import { close, define, isOpen, problem, raise } from "./dialog.js";
import { $, attr, el, icon, keyed, show, text } from "./dom.js";
import { decimals, money, quantity, typed } from "./money.js";
import { Entry } from "./numpad.js";
import { bindKeyboards } from "./osk.js";
import { picks } from "./picks.js";
import { path, send } from "./store.js";
import { t } from "./words.js";

const REASONS = ["defective", "receipt_lost", "changed_mind", "wrong_item"];
const SHOWN = 4;
let product = null; // {product, name, price, unit}
let found = [];
let qty = 1000;
let asked = 0;
let timer;
let pending = false;
const entry = new Entry({ max: 10, changed: () => isOpen("blind") && render() });

export function defineBlind() {
  define("blind", {
    mount(dialog) {
      entry.bind($("blind-pad"));
      bindKeyboards(dialog);
      $("blind-q").addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(search, 150);
      });
      $("blind-less").addEventListener("click", () => step(-1000));
      $("blind-more").addEventListener("click", () => step(1000));
      $("blind-other").addEventListener("click", () => choose(null));
    },
    enter: () => (product ? $("blind-reasons").firstChild.focus({ focusVisible: true }) : found.length === 1 && choose(told(found[0]))),
    keydown: (event) => product && entry.keydown(event),
    closed: () => want(""),
  });
}

export function openBlind() {
  found = [];
  pending = false;
  raise("blind");
  problem("blind-problem", "");
  entry.decimals = decimals();
  choose(null);
  want("product", (caught) => caught.kind === "product" && choose(caught));
}

const told = ({ id, name, price, unit }) => ({ product: id, name, price, unit });

function choose(given) {
  product = given;
  qty = 1000;
  problem("blind-problem", "");
  entry.set("");
  if (!product) $("blind-q").focus();
}

function step(by) {
  qty = Math.min(9_999_000, Math.max(1000, qty + by));
  render();
}

async function search() {
  const q = $("blind-q").value.trim();
  const mine = ++asked;
  try {
    const { products } = q ? await get(`${path("search")}?q=${encodeURIComponent(q)}`) : { products: [] };
    if (mine !== asked || !isOpen("blind")) return;
    found = products.filter((each) => each.unit === "pc").slice(0, SHOWN);
    render();
  } catch (error) {
    if (isOpen("blind")) problem("blind-problem", error.message);
  }
}

function render() {
  show($("blind-search"), !product);
  show($("blind-product"), Boolean(product));
  keyed($("blind-found"), product ? [] : found, (each) => each.id, make, update);
  attr($("blind-entry"), "data-empty", entry.value || !product ? null : money(product.price));
  text($("blind-entry"), entry.value && money(typed(entry.value)));
  picks($("blind-reasons"), REASONS.map((id) => ({ id, words: t(`till.reason_${id}`) })), undefined, (id) => go(t(`till.reason_${id}`)));
  for (const each of $("blind-reasons").children) each.disabled = !product || pending;
  if (!product) return;
  text($("blind-name"), product.name);
  text($("blind-price"), t("till.blind_most", { price: money(product.price) }));
  text($("blind-qty"), quantity(qty));
  $("blind-less").disabled = qty <= 1000;
}

function make() {
  const node = el("button", { type: "button", class: "entry-row" }, icon("tag"), el("span", {}, el("b")), el("b", { class: "num" }));
  node.addEventListener("click", () => choose(told(node.item)));
  return node;
}

function update(node, item) {
  node.item = item;
  text(node.children[1].firstChild, item.name);
  text(node.lastChild, money(item.price));
}

async function go(reason) {
  if (pending) return;
  pending = true;
  problem("blind-problem", "");
  render();
  try {
    const price = entry.value ? { price: typed(entry.value) } : {};
    await send("return/blind", { product: product.product, qty, reason, ...price });
    close("blind");
  } catch (error) {
    pending = false;
    if (!isOpen("blind")) return;
    problem("blind-problem", error.message);
    render();
  }
}
