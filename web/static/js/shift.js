// The shift: opened with a counted float, looked at (X), closed with a counted drawer (Z). What it should hold is shown
// only afterwards.
import { openCount } from "./count.js";
import { categoryName } from "./catalog.js";
import { anyOpen, close, define, isOpen, raise, toast } from "./dialog.js";
import { $, attr, el, keyed, show, text } from "./dom.js";
import { money } from "./money.js";
import { askAmount } from "./number.js";
import { send, store } from "./store.js";
import { has, number, t } from "./words.js";

let asked = false;

export function defineShift() {
  define("closed", {
    mount() {
      $("closed-again").addEventListener("click", again);
    },
    enter: () => close("closed"),
    closed: () => store.view?.closed && dismiss(),
  });
  define("report", {
    mount() {
      $("report-print").addEventListener("click", () => report({ print: true }));
    },
    enter: () => close("report"),
    closed: () => store.view?.report && dismiss(),
  });
  $("do-shift").addEventListener("click", openShift);
}

const tell = (name, args) => send(name, args).catch((error) => toast(error.message));
const dismiss = () => tell("notice/dismiss");
export const report = (args = {}) => tell("shift/report", args);
const again = () => tell("shift/reprint", { z: store.view.closed.z });

export function openShift() {
  const view = store.view;
  if (!view) return;
  if (!view.shift) {
    const words = { title: t("till.shift_open_title"), tip: t("till.shift_open_tip"), ok: t("till.shift_open_ok") };
    askAmount(words, (amount) => send("shift/open", { float: amount }));
  } else if (view.basket.lines.length) {
    toast(t("errors.basket_open"));
  } else openCount();
}

export function renderShift(view) {
  const may = view.can[view.shift ? "shift.close" : "shift.open"] !== "deny";
  $("do-shift").disabled = !may;
  text($("shift-does"), may ? t("till.shift_does") : "");
  if (view.shift_needed && may && !asked && !anyOpen()) {
    asked = true; // once; after that the cashier decides, and paying says what is missing
    openShift();
  }
  renderClosed(view.closed, view);
  renderReport(view.report, view);
}

function rows(host, list) {
  keyed(host, list, (each) => each.id, () => el("div", {}, el("span"), el("b")), (node, each) => {
    text(node.firstChild, each.words);
    text(node.lastChild, each.value);
    attr(node, "class", each.strong ? "strong" : null);
  });
}

const tenders = (given) => Object.entries(given).map(([kind, amount]) => ({ id: kind, words: t(`till.${kind}`), value: money(amount) }));

function renderClosed(closed, view) {
  if (!closed) return close("closed");
  asked = true;
  if (isOpen("closed")) return undefined;
  raise("closed");
  text($("closed-number"), t("till.closed_number", { n: closed.z }));
  rows($("closed-rows"), [
    { id: "sales", words: t("till.x_sales"), value: number(closed.sales) },
    { id: "voids", words: t("till.x_voids"), value: number(closed.voids) },
    ...tenders(closed.tenders),
    { id: "expected", words: t("till.closed_expected"), value: money(closed.expected), strong: true },
    { id: "counted", words: t("till.closed_counted"), value: money(closed.counted), strong: true },
  ]);
  text($("closed-difference"), money(closed.difference));
  attr($("closed-row"), "class", closed.difference < 0 ? "change short" : "change");
  const word = closed.difference ? (closed.difference < 0 ? "till.closed_short" : "till.closed_over") : "till.closed_even";
  text($("closed-word"), t(word));
  $("closed-again").disabled = view.chips.printer.state === "none";
  return undefined;
}

function renderReport(x, view) {
  if (!x) return close("report");
  if (!isOpen("report")) raise("report");
  text($("report-when"), t("till.shift_since", { since: view.shift?.since ?? "", date: x.business_date }));
  const count = (id, n) => ({ id, words: t(`till.x_${id}`), value: number(n) });
  const sum = (id, amount) => ({ id, words: t(`till.x_${id}`), value: money(amount) });
  rows($("report-sums"), [
    count("sales", x.sales), count("returns", x.returns), count("voids", x.voids), count("no_sales", x.no_sales),
    sum("gross", x.gross), sum("refunds", -x.refunds), sum("voided", -x.voided),
    { ...sum("net", x.net), strong: true },
  ]);
  rows($("report-tenders"), [...tenders(x.tenders), sum("float", x.float), sum("cash_in", x.cash_in), sum("cash_out", -x.cash_out)]);
  rows($("report-taxes"), x.taxes.map((tax) => ({
    id: `${tax.group}${tax.rate}`, value: money(tax.tax),
    words: tax.group === "#" ? t("till.x_untaxed") : t("till.x_tax", { group: tax.group, rate: tax.rate / 100 }),
  })));
  rows($("report-off"), Object.entries(x.discounts).map(([kind, amount]) => ({
    id: kind, words: has(`till.off_kind_${kind}`) ? t(`till.off_kind_${kind}`) : kind, value: money(-amount),
  })));
  rows($("report-categories"), x.categories.map(({ id, total }) => ({ id: id || "none", words: categoryName(id), value: money(total) })));
  show($("report-off-box"), Object.keys(x.discounts).length > 0);
  $("report-print").disabled = view.chips.printer.state === "none";
  return undefined;
}
