// Category rail, grid of tiles, and the search whose results replace the grid.
import { get } from "./api.js";
import { ask, toast } from "./dialog.js";
import { $, attr, el, icon, keyed, setIcon, show, text } from "./dom.js";
import { money, plain } from "./money.js";
import { path, send, store } from "./store.js";
import { askOpenPrice, askWeight } from "./number.js";
import { has, t, tn } from "./words.js";

const PAGE = 48;
const FREQUENT = { id: "", icon: "star" };
let catalog = { categories: [], products: [] };
let category = FREQUENT.id;
let results = null;
let shown = PAGE;
let asked = 0;

export async function loadCatalog() {
  try {
    catalog = await get(path("catalog"));
    show($("loading"), false);
    renderRail();
    renderGrid();
  } catch (error) {
    toast(error.message);
  }
}

function renderRail() {
  const list = [{ ...FREQUENT, name: t("till.frequent") }, ...catalog.categories];
  keyed($("rail"), list, (each) => each.id || "frequent", makeCategory, (node, each) => {
    attr(node, "aria-pressed", results === null && each.id === category);
    setIcon(node.firstChild, each.icon);
    text(node.lastChild, each.name);
  });
}

function makeCategory(each) {
  const pick = () => {
    category = each.id;
    clearSearch();
    $("shelf").scrollTop = 0;
  };
  return el("button", { type: "button", onclick: pick }, icon(each.icon), el("span"));
}

export function renderGrid() {
  const list = results ?? inCategory();
  const visible = list.slice(0, shown);
  const rest = list.length - visible.length;
  const tiles = rest > 0 ? [...visible, { id: "more", rest }] : visible;
  keyed($("grid"), tiles, (each) => each.id, make, update);
  show($("nothing"), list.length === 0 && (results !== null || catalog.products.length > 0));
  text($("nothing-title"), results ? t("till.find_none", { q: $("q").value }) : t("till.category_empty"));
  text($("nothing-hint"), results ? t("till.find_none_hint") : "");
}

// Products of the whole catalogue that have a flag.
export const productsWith = (flag) => catalog.products.filter((each) => each.flags.includes(flag));

// A category's name in a report; what is none has its own words.
export function categoryName(id) {
  const known = catalog.categories.find((each) => each.id === id);
  if (known) return known.name;
  const special = `till.category_${id.replace("#", "") || "none"}`;
  return has(special) ? t(special) : id;
}

function inCategory() {
  return catalog.products.filter((each) => (category === FREQUENT.id ? each.frequent : each.category === category));
}

function make(product) {
  if (product.id === "more") {
    const more = () => {
      shown += PAGE;
      renderGrid();
    };
    return el("button", { type: "button", class: "more-tile", onclick: more });
  }
  const node = el(
    "button",
    { type: "button" },
    el("span", { class: "pic" }, icon(product.icon)),
    el("span", { class: "tag", text: t("till.tag_member") }),
    el("span", { class: "cnt num" }),
    el("span", { class: "nm" }),
    el("span", { class: "pr num" }, el("b"), el("s"), el("em")),
  );
  node.addEventListener("click", () => tap(node.product));
  return node;
}

function update(node, product) {
  if (product.id === "more") return text(node, t("till.more_products", { n: product.rest }));
  node.product = product;
  const out = soldOut(product);
  const n = inCart(product);
  const member = product.member_price != null && store.view?.member;
  const price = member ? product.member_price : product.price;
  const tint = catalog.categories.find((each) => each.id === product.category)?.tint ?? "home";
  attr(node, "class", `tile ${tint}${n ? " in" : ""}${out ? " out" : ""}`);
  const [pic, tag, count, name, line] = node.children;
  setIcon(pic.firstChild, product.icon);
  show(tag, product.member_price != null);
  show(count, n > 0);
  text(count, n);
  text(name, product.name);
  text(line.children[0], money(price));
  text(line.children[1], member ? plain(product.price) : "");
  const [words, kind] = remark(product, out, member);
  text(line.children[2], words);
  attr(line.children[2], "class", kind);
}

function remark(product, out, member) {
  if (out) return [t("till.sold_out"), null];
  if (product.unit === "kg") return [t("till.per_kg"), null];
  if (product.stock != null && product.stock <= 5) return [t("till.left", { n: product.stock }), "low"];
  if (product.member_price != null && !member) return [plain(product.member_price), "card-price"];
  return ["", null];
}

const soldOut = (product) => product.stock != null && product.stock <= 0;

function inCart(product) {
  const lines = store.view?.basket.lines ?? [];
  const mine = lines.filter((line) => line.product === product.id && line.qty > 0);
  return mine.reduce((sum, line) => sum + (line.unit === "kg" || line.label ? 1 : Math.trunc(line.qty / 1000)), 0);
}

function tap(product) {
  if (soldOut(product)) {
    ask(product.name, t("till.sold_out_ask"), t("till.sell_anyway"), () => add(product));
  } else add(product);
}

function add(product) {
  if (product.unit === "kg") return askWeight(product);
  if (product.flags.includes("open_price")) return askOpenPrice(product);
  return send("add", { product: product.id }).catch((error) => toast(error.message));
}

// ---- search
let timer;

export function bindSearch() {
  $("q").addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, 120);
  });
  $("q").addEventListener("keydown", (event) => {
    if (event.key === "Enter") enter();
    if (event.key === "Escape") clearSearch(true);
    if (event.key === "ArrowDown") $("grid").querySelector("button")?.focus();
  });
  $("q-clear").addEventListener("click", () => clearSearch(true));
}

export function find(words) {
  $("q").value = words;
  $("q").focus();
  $("q").select();
  return search();
}

export function clearSearch(leave = false) {
  clearTimeout(timer);
  asked += 1;
  $("q").value = "";
  if (leave) $("q").blur();
  showResults(null);
}

async function search() {
  const q = $("q").value.trim();
  if (!q) return clearSearch();
  const mine = ++asked;
  try {
    const { products } = await get(`${path("search")}?q=${encodeURIComponent(q)}`);
    if (mine === asked) showResults(products);
  } catch (error) {
    if (mine === asked) toast(error.message);
  }
}

function showResults(list) {
  results = list;
  shown = PAGE;
  show($("q-clear"), $("q").value !== "");
  show($("slash"), $("q").value === "");
  text($("found"), list ? tn("till.find_results", list.length) : "");
  renderRail();
  renderGrid();
}

// Enter: a number long enough is a code; else the only match goes into the cart.
async function enter() {
  clearTimeout(timer);
  const q = $("q").value.trim();
  if (/^[0-9]{8,}$/.test(q)) {
    await send("scan", { code: q }).catch((error) => toast(error.message));
    return clearSearch(true);
  }
  await search();
  if (results?.length === 1) {
    tap(results[0]);
    clearSearch(true);
  } else $("grid").querySelector("button")?.focus();
}
