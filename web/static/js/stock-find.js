// Finding goods by name, initials or code: what is tapped is as good as scanned.
import { get } from "./api.js";
import { anyOpen, toast } from "./dialog.js";
import { $, el, show, text } from "./dom.js";
import { openInfo } from "./stock-info.js";
import { askWeight } from "./stock-pad.js";
import { send, stock } from "./stock-store.js";
import { page, t, tn } from "./words.js";

const PAUSE_MS = 150;
let timer;
let asked = 0;

export function bindFind() {
  const field = $("q");
  field.addEventListener("input", () => {
    clearTimeout(timer);
    show($("q-clear"), field.value !== "");
    timer = setTimeout(look, PAUSE_MS);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") clearFound(true);
    if (event.key === "Enter" && field.value.trim()) {
      event.preventDefault();
      clearTimeout(timer);
      look(true);
    }
  });
  $("q-clear").addEventListener("click", () => clearFound());
  document.addEventListener("keydown", (event) => {
    if (anyOpen() || event.defaultPrevented || event.target.matches("input") || event.key !== "/") return;
    event.preventDefault();
    field.focus();
  });
}

export function clearFound(blur = false) {
  asked += 1;
  $("q").value = "";
  show($("q-clear"), false);
  show($("found"), false);
  if (blur) $("q").blur();
}

// first: take what was found if it is one thing, or what was typed as a code
async function look(first = false) {
  const query = $("q").value.trim();
  const turn = ++asked;
  if (!query) return clearFound();
  try {
    const { products } = await get(`/api/till/${encodeURIComponent(page.lane)}/search?q=${encodeURIComponent(query)}`);
    if (turn !== asked) return undefined;
    if (first && /^\d{8,14}$/.test(query)) {
      clearFound();
      return await send("scan", { code: query });
    }
    if (first && products.length === 1) return take(products[0]);
    text($("said"), tn("till.find_results", products.length));
    const found = products.map(row);
    if (!found.length) found.push(el("p", { text: t("till.find_none", { q: query }) }));
    $("found").replaceChildren(...found);
    show($("found"), true);
  } catch (error) {
    toast(error.message);
  }
  return undefined;
}

function row(product) {
  const there = product.stock === null ? t("stockroom.not_counted") : t("stockroom.on_books", { qty: product.stock });
  const button = el("button", { type: "button" }, el("span", { text: product.name }), el("small", { class: "num", text: there }));
  button.addEventListener("click", () => take(product));
  return button;
}

async function take(product) {
  clearFound();
  const telling = !stock.view?.sheet && !stock.view?.count;
  if (telling) return openInfo(product.id);
  if (product.unit === "kg") return askWeight({ product: product.id, name: product.name });
  return send("put", { product: product.id }).catch((error) => toast(error.message));
}
