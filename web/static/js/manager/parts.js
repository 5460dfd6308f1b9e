// What the manager's sections share: talking to the API, dates, tables, pages of a table, dialogs.
import { commandId, get as ask, send as tell, sendBytes } from "../api.js";
import { $, el, icon, show, text } from "../dom.js";
import { money } from "../money.js";
import { has, number, page, t } from "../words.js";

const ROOT = "/api/manager";
export const get = (path, query = {}) => {
  const asked = Object.entries(query).filter(([, value]) => value !== "" && value != null);
  return ask(`${ROOT}${path}${asked.length ? `?${new URLSearchParams(asked)}` : ""}`);
};
export const send = (method, path, body, key) => tell(method, `${ROOT}${path}`, body, key);
export const put = (path, bytes, key) => sendBytes(`${ROOT}${path}`, bytes, key);
export const address = (path) => `${ROOT}${path}`;

const zone = { timeZone: page.zone };
const stamp = new Intl.DateTimeFormat("sv-SE", { ...zone, dateStyle: "short", timeStyle: "short" });
export const moment = (us) => stamp.format(new Date(us / 1000)); // 2026-11-21 14:05
export const clock = (us) => moment(us).slice(11);
export const percent = (bp) => `${(bp / 100).toFixed(bp % 100 ? 1 : 0)}%`;
export const amount = (minor, kind = "") => el("span", { class: `num ${kind}`, text: minor == null ? "–" : money(minor) });
export const lane = (id) => t("manager.lane", { lane: id });
// Words for what the data names, or its name when it is newer than the words.
export const word = (key, name) => (has(key) ? t(key) : name);
export const tender = (kind) => word(`manager.tender_${kind}`, kind);

// What went wrong, at the head of the page; null when all is well again.
function trouble(error) {
  text($("stale"), error ? error.message : "");
  show($("stale"), Boolean(error));
}

// Look again every so often, while somebody sees the page.
export function every(ms, look) {
  let timer = 0;
  const run = async () => {
    clearTimeout(timer);
    await attempt(look);
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(run, ms);
  };
  document.addEventListener("visibilitychange", run);
  run();
}

export async function attempt(act) {
  try {
    const found = await act();
    trouble(null);
    return found;
  } catch (error) {
    trouble(error);
    return null;
  }
}

export function fill(host, ...kids) {
  host.replaceChildren(...kids.filter((kid) => kid != null));
  host.removeAttribute("aria-busy");
}

export const button = (words, symbol, onclick, kind = "") =>
  el("button", { class: `btn ${kind}`, type: "button", onclick }, symbol ? icon(symbol) : null, el("span", { text: words }));

export const badge = (level, words) =>
  el("span", { class: `badge ${level}` }, icon({ ok: "circle-check", fail: "circle-x", info: "info" }[level] || "triangle-alert"),
    el("span", { text: words }));

export const card = (title, ...kids) => el("section", { class: "card" }, el("h2", { text: title }), ...kids);

// Pairs of a name and a value.
export const facts = (...pairs) =>
  el("dl", { class: "facts" }, ...pairs.filter(Boolean).map(([name, value]) =>
    el("div", {}, el("dt", { text: name }), el("dd", { class: "num" }, value instanceof Node ? value : String(value)))));

// columns: [words, row => node or text, class]. On a phone each row is a card that names its cells.
export function table(caption, columns, rows, empty) {
  if (rows.length === 0) return el("p", { class: "empty", text: empty });
  const cell = ([words, of, kind = ""], row) => {
    const value = of(row);
    return el("td", { class: kind, "data-label": words }, value instanceof Node ? value : el("span", { text: value ?? "–" }));
  };
  return el("table", { class: "rows" }, el("caption", { class: "sr", text: caption }),
    el("thead", {}, el("tr", {}, ...columns.map(([words, , kind = ""]) => el("th", { scope: "col", class: kind, text: words })))),
    el("tbody", {}, ...rows.map((row) => el("tr", {}, ...columns.map((column) => cell(column, row))))));
}

// Which page of a long table this is, and the ways to the others.
export function pager(found, go) {
  if (found.pages < 2) return null;
  const step = (by, words, symbol) => {
    const node = button(words, symbol, () => go(found.page + by));
    node.disabled = found.page + by < 0 || found.page + by >= found.pages;
    return node;
  };
  const place = t("manager.page_of", { page: found.page + 1, pages: found.pages, total: number(found.total) });
  return el("div", { class: "pager" }, step(-1, t("manager.newer"), "chevron-left"), el("p", { class: "num", role: "status", text: place }),
    step(1, t("manager.older"), "chevron-right"));
}

// A labelled field; props go to the input (or select, with choices [[value, words]]).
let fields = 0;
export function field(words, props = {}, choices = null, hint = "") {
  const id = `f${(fields += 1)}`;
  const told = hint ? { "aria-describedby": `${id}h` } : {};
  const input = choices
    ? el("select", { id, ...told, ...props }, ...choices.map(([value, said]) => el("option", { value, text: said, selected: value === props.value })))
    : el("input", { id, autocomplete: "off", ...told, ...props });
  const node = el("div", { class: "field" }, el("label", { for: id, text: words }), input,
    hint ? el("small", { id: `${id}h`, text: hint }) : null);
  return Object.assign(node, { input });
}

export function toast(words) {
  text($("toast"), words);
  show($("toast"), true);
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => show($("toast"), false), 5000);
}

// A dialog: what it holds, and what its button does. Stays open, with the words of the refusal, when that fails.
export function sheet(title, kids, action, act, kind = "primary") {
  const wrong = el("p", { class: "problem", role: "alert", hidden: true });
  const done = action ? el("button", { class: `btn ${kind}`, type: "submit" }, el("span", { text: action })) : null;
  const back = button(t(action ? "manager.back" : "manager.close"), null, () => dialog.close());
  const id = `sheet${(fields += 1)}`;
  const form = el("form", { class: "box", method: "dialog" }, el("h2", { id, text: title }), ...kids, wrong,
    el("div", { class: "row" }, back, done));
  const dialog = el("dialog", { class: "sheet", "aria-labelledby": id, tabindex: "-1" }, form);
  const say = (words) => {
    text(wrong, words);
    show(wrong, Boolean(words));
  };
  let key = commandId();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!done || done.disabled) return;
    done.disabled = true;
    say("");
    try {
      if ((await act(key)) !== false) dialog.close();
    } catch (error) {
      if (error.status) key = commandId(); // it was answered: another press is another request
      say(error.message);
    } finally {
      done.disabled = false;
    }
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  ((action && form.querySelector("input, select")) || dialog).focus();
  return { dialog, say };
}

// The PIN once more, then again what asked for it.
export async function proved(act) {
  try {
    return await act();
  } catch (error) {
    if (error.slug !== "pin_again") throw error;
  }
  return new Promise((resolve, reject) => {
    const pin = field(t("manager.pin"), { type: "password", inputmode: "numeric", maxlength: 12, required: true });
    let over = false;
    const { dialog } = sheet(t("manager.pin_title"), [el("p", { text: t("manager.pin_hint") }), pin], t("manager.confirm"), async () => {
      await send("POST", "/pin", { pin: pin.input.value });
      over = true;
      act().then(resolve, reject);
    });
    dialog.addEventListener("close", () => over || resolve(false));
  });
}
