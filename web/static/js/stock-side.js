// The head of the panel at the right: who delivered, why it is written off, what is counted.
import { close, define, problem, raise, toast } from "./dialog.js";
import { $, attr, el, icon, text } from "./dom.js";
import { bindKeyboards } from "./osk.js";
import { send, stock } from "./stock-store.js";
import { page, t } from "./words.js";

const say = (name, value) => send("head", { [name]: value }).catch((error) => toast(error.message));

export function renderSide(view) {
  text($("side-title"), t(`stockroom.tab_${view.tab}`));
  const key = JSON.stringify([view.tab, view.can, view.sheet?.suppliers, view.sheet?.booking, stock.scope, facts(view.count)]);
  if ($("side-head").dataset.key !== key) {
    $("side-head").dataset.key = key;
    const parts = { delivery, write_off: writeOff, count };
    $("side-head").replaceChildren(...(parts[view.tab]?.(view) ?? []));
  }
  if (view.tab === "delivery") {
    const name = view.sheet.supplier;
    text($("do-supplier").lastChild, name ? t("stockroom.supplier_is", { name }) : t("stockroom.supplier"));
  }
  for (const button of $("side-head").querySelectorAll("[data-value]")) {
    const chosen = button.dataset.value === (view.tab === "delivery" ? view.sheet.supplier : view.tab === "write_off" ? view.sheet.reason : stock.scope);
    attr(button, "aria-pressed", String(chosen));
    button.classList.toggle("on", chosen);
  }
}

// Of a count all but its lines, which change at every scan.
function facts(count) {
  return count && { ...count, lines: null, count: 0, people: count.people?.map((each) => ({ ...each, lines: each.me ? 0 : each.lines })) };
}

function chip(value, words, tapped) {
  const button = el("button", { class: "btn", type: "button", "data-value": value, "aria-pressed": "false", text: words });
  button.addEventListener("click", () => tapped(value));
  return button;
}

function delivery(view) {
  const other = el("button", { class: "btn quiet", type: "button", id: "do-supplier", "aria-haspopup": "dialog" }, icon("store"), el("span"));
  other.addEventListener("click", () => {
    $("supplier").value = stock.view.sheet.supplier;
    problem("who-problem", "");
    raise("who");
    $("supplier").focus();
  });
  const known = view.sheet.suppliers.map((name) => chip(name, name, (value) => say("supplier", value)));
  return [
    ...half(view),
    other,
    known.length ? el("div", { class: "chips-row", role: "group", "aria-label": t("stockroom.supplier") }, ...known) : null,
  ].filter(Boolean);
}

export function defineSupplier() {
  const save = async () => {
    try {
      await send("head", { supplier: $("supplier").value.trim() });
      close("who");
    } catch (error) {
      problem("who-problem", error.message);
    }
  };
  define("who", { enter: save });
  $("who-ok").addEventListener("click", save);
  // Enter in a text field is the field's own; here it is all there is to say.
  $("supplier").addEventListener("keydown", (event) => event.key === "Enter" && !event.defaultPrevented && save());
  bindKeyboards($("who"));
}

function writeOff(view) {
  const reasons = page.reasons.map((reason) => chip(reason, t(`stockroom.reason_${reason}`), (value) => say("reason", value)));
  return [
    ...half(view),
    el("h3", { id: "reason-title", text: t("stockroom.reason") }),
    el("div", { class: "picks", role: "group", "aria-labelledby": "reason-title" }, ...reasons),
  ];
}

function half(view) {
  return view.sheet.booking ? [el("p", { class: "warn", text: t("stockroom.booking") })] : [];
}

function count(view) {
  const { count: open } = view;
  const named = [["", t("stockroom.scope_spot")], ["*", t("stockroom.scope_all")], ...open.shelves.map((each) => [each.id, each.name])];
  if (!open.uid) {
    if (view.can["stock.change"] !== "allow") return [];
    const choose = (scope) => {
      stock.scope = scope;
      renderSide(stock.view);
    };
    return [
      el("h3", { id: "scope-title", text: t("stockroom.scope") }),
      el("div", { class: "picks", role: "group", "aria-labelledby": "scope-title" }, ...named.map(([id, words]) => chip(id, words, choose))),
    ];
  }
  const scope = named.find(([id]) => id === open.scope)?.[1] ?? open.scope;
  const others = open.people.filter((each) => !each.me).map((each) => el("p", { text: t("stockroom.count_person", { name: each.name, n: each.lines }) }));
  return [
    el("p", {}, el("b", { text: t("stockroom.scope_of", { scope }) })),
    el("p", { text: t("stockroom.count_since", { since: open.since, name: open.by }) }),
    ...others,
  ];
}
