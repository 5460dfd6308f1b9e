// What a count found, before it is booked: differences, disagreements to settle, and what nobody counted.
import { get } from "./api.js";
import { close, define, problem, raise, toast } from "./dialog.js";
import { $, attr, el, text } from "./dom.js";
import { path, send, stock } from "./stock-store.js";
import { number, t } from "./words.js";

let found = null;
let choices = {};
let pending = false;

export function bindReview() {
  define("review", { enter: confirm });
  $("review-ok").addEventListener("click", confirm);
}

export async function openReview() {
  try {
    found = await get(path("review"));
  } catch (error) {
    toast(error.message);
    return;
  }
  choices = {};
  pending = false;
  $("review-ok").disabled = false;
  problem("review-problem", "");
  text($("review-same"), t("stockroom.review_same", { n: number(found.same) }));
  fill();
  raise("review");
}

function fill() {
  const parts = [];
  const group = (title, items) => parts.push(...(title ? [el("h3", { text: title })] : []), el("ul", {}, ...items));
  if (found.unsettled.length) group(t("stockroom.review_unsettled"), found.unsettled.map(unsettled));
  if (found.differing.length) group("", found.differing.map(difference));
  const hidden = found.differing_count - found.differing.length;
  if (hidden > 0) parts.push(el("p", { text: t("stockroom.review_more", { n: number(hidden) }) }));
  if (!found.differing.length && !found.unsettled.length) parts.push(el("p", { text: t("stockroom.review_none") }));
  if (found.missing_count) {
    group(t("stockroom.review_missing", { n: number(found.missing_count) }), found.missing.map((each) =>
      el("li", {}, el("b", { text: each.name }), el("small", { text: t("stockroom.on_books", { qty: stock.quantity(each.book) }) }))));
  }
  $("review-lists").replaceChildren(...parts);
}

function difference(each) {
  const words = [t("stockroom.review_numbers", { counted: stock.quantity(each.counted), book: stock.quantity(each.book) })];
  if (each.begun) words.push(t("stockroom.review_begun"));
  if (each.moved) words.push(t("stockroom.review_moved"));
  const sign = each.difference > 0 ? "+" : "";
  return el("li", {}, el("b", { text: each.name }), el("small", { class: "num", text: words.join(" · ") }),
    el("span", { class: `diff num${each.difference < 0 ? " neg" : ""}`, text: sign + stock.quantity(each.difference) }));
}

function unsettled(each) {
  const sum = each.people.reduce((all, person) => all + person.counted, 0);
  const options = [
    ...each.people.map((person) => [person.id, t("stockroom.review_person", { name: person.name, n: stock.quantity(person.counted) })]),
    ["sum", t("stockroom.review_sum", { n: stock.quantity(sum) })],
  ];
  const buttons = options.map(([who, words]) => {
    const button = el("button", { class: "btn", type: "button", "aria-pressed": "false", text: words });
    button.addEventListener("click", () => {
      choices[each.product] = choices[each.product] === who ? undefined : who;
      buttons.forEach((other, n) => {
        const on = options[n][0] === choices[each.product];
        attr(other, "aria-pressed", String(on));
        other.classList.toggle("on", on);
      });
    });
    return button;
  });
  return el("li", {}, el("b", { text: each.name }), el("div", { class: "chips-row num", role: "group", "aria-label": each.name }, ...buttons));
}

async function confirm() {
  if (pending || !found) return;
  pending = true;
  $("review-ok").disabled = true;
  try {
    await send("count/book", { count: found.uid, choices });
    close("review");
  } catch (error) {
    problem("review-problem", error.message);
  } finally {
    pending = false;
    $("review-ok").disabled = false;
  }
}
