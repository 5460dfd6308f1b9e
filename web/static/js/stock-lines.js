// The middle of the stock screen: the lines of the open list or count, the newest first.
import { toast } from "./dialog.js";
import { $, attr, el, icon, keyed, show, text } from "./dom.js";
import { current, lines, pick, send, stock } from "./stock-store.js";
import { number, t } from "./words.js";

const EMPTY_ICON = { delivery: "inbox", write_off: "trash-2", count: "notebook-pen" };

export function bindLines() {
  $("more-lines").addEventListener("click", () => send("more").catch((error) => toast(error.message)));
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.target.matches("input") || document.querySelector("dialog[open]")) return;
    if (event.key === "Delete" && current()) remove(current().line);
    else if (event.key === "ArrowDown") move(event, 1);
    else if (event.key === "ArrowUp") move(event, -1);
  });
}

function move(event, by) {
  const all = lines();
  if (!all.length || event.target.closest(".found, .review")) return;
  event.preventDefault();
  const at = all.findIndex((each) => each.line === current()?.line);
  pick(all[Math.min(all.length - 1, Math.max(0, at + by))].line);
  $("lines").querySelector(".sel")?.scrollIntoView({ block: "nearest" });
}

export function renderLines(view) {
  const shown = view.sheet ?? view.count;
  if (!shown) return;
  keyed($("lines"), shown.lines, (each) => each.line, make, update);
  show($("more-lines"), shown.lines.length < shown.count);
  text($("more-lines"), t("stockroom.more_lines", { n: number(shown.count - shown.lines.length) }));
  const closed = view.tab === "count" && !view.count.uid;
  show($("empty"), !shown.lines.length);
  if ($("empty").dataset.of !== view.tab) {
    $("empty").dataset.of = view.tab;
    $("empty-icon").replaceChildren(icon(EMPTY_ICON[view.tab]));
  }
  text($("empty-title"), t(closed ? "stockroom.empty_closed" : `stockroom.empty_${view.tab}`));
  text($("empty-hint"), t(closed ? "stockroom.empty_closed_hint" : "stockroom.empty_hint"));
}

function make(line) {
  const button = el("button", { class: "ln", type: "button" },
    el("span", {}, el("span", { class: "a" }), el("span", { class: "b num" })), el("span", { class: "p num" }));
  button.addEventListener("click", () => pick(line.line));
  return el("li", { class: "line" }, button);
}

function update(node, line) {
  const chosen = current()?.line === line.line;
  text(node.querySelector(".a"), line.name);
  const facts = [line.sku];
  if (stock.view.sheet) facts.push(line.stock === null ? t("stockroom.not_counted") : t("stockroom.on_books", { qty: stock.quantity(line.stock) }));
  if (line.lot) facts.push(t("stockroom.lot", { lot: line.lot }));
  if (line.expiry) facts.push(t("stockroom.until", { date: line.expiry }));
  text(node.querySelector(".b"), facts.join(" · "));
  const qty = stock.quantity(line.qty);
  text(node.querySelector(".p"), line.unit === "kg" ? t("stockroom.kilos", { qty }) : qty);
  attr(node.firstChild, "aria-pressed", String(chosen));
  node.classList.toggle("sel", chosen);
  controls(node, line, chosen);
}

function controls(node, line, chosen) {
  const there = node.querySelector(".ctl");
  if (!chosen) return there?.remove();
  if (there) return undefined;
  const button = (name, words, step, cls = "") => {
    const made = el("button", { type: "button", class: cls, "aria-label": `${words}: ${line.name}` }, icon(name));
    if (cls) made.append(el("span", { text: words }));
    made.addEventListener("click", step);
    return made;
  };
  node.append(el("div", { class: "ctl" },
    button("minus", t("till.less"), () => step(line.line, -1000)),
    button("plus", t("till.more_one"), () => step(line.line, 1000)),
    button("trash-2", t("till.remove"), () => remove(line.line), "del")));
  return undefined;
}

function step(key, by) {
  send("line", () => {
    const line = lines().find((each) => each.line === key);
    return line && line.qty + by >= 0 ? { line: key, qty: line.qty + by } : null;
  }).catch((error) => toast(error.message));
}

function remove(key) {
  send("remove", { line: key }).catch((error) => toast(error.message));
}
