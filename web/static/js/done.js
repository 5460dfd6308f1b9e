// After the sale: the change, big; how the paper does; the next scan closes it. And the question about the paper.
import { close, define, raise, toast } from "./dialog.js";
import { $, attr, el, icon, setIcon, show, text } from "./dom.js";
import { money } from "./money.js";
import { path, send, store } from "./store.js";
import { has, number, t, tn } from "./words.js";

const PRINT_ICON = { queued: "hourglass", sending: "printer", printed: "printer-check", sent: "printer-check" };
let sale = null;
let closing = false;

export function defineDone(openVoid) {
  define("done", { enter: next, sticky: false, closed: () => !closing && dismiss() });
  define("receipt", { enter: () => close("receipt") });
  $("done-close").addEventListener("click", next);
  $("done-reprint").addEventListener("click", () => reprint(sale));
  $("done-view").addEventListener("click", () => viewReceipt(store.view.done));
  $("done-void").addEventListener("click", openVoid);
  $("done").addEventListener("click", (event) => event.target === $("done") && outside(event) && next());
  $("paper-yes").addEventListener("click", () => resolve(true));
  $("paper-copy").addEventListener("click", () => resolve(false));
  $("done-print-icon").append(icon("printer"));
}

function outside({ clientX: x, clientY: y }) {
  const box = $("done").getBoundingClientRect();
  return x < box.left || x > box.right || y < box.top || y > box.bottom;
}

const next = () => close("done");

function dismiss() {
  if (store.view?.done) send("notice/dismiss").catch((error) => toast(error.message));
}

export function reprint(uid) {
  return uid && send("reprint", { sale: uid }).catch((error) => toast(error.message));
}

function resolve(printed) {
  const job = store.view.print?.job;
  return job && send("print/resolve", { job, printed }).catch((error) => toast(error.message));
}

async function viewReceipt(of) {
  if (!of) return;
  text($("receipt-title"), t("till.receipt_no", { receipt: of.receipt }));
  const picture = el("img", {
    src: `${path("receipt")}/${encodeURIComponent(of.sale ?? of.uid)}.png`,
    alt: t("till.receipt_alt", { receipt: of.receipt }),
  });
  picture.addEventListener("error", () => $("receipt-scroll").replaceChildren(t("till.receipt_missing")));
  $("receipt-scroll").replaceChildren(picture);
  closing = true;
  raise("receipt");
  closing = false;
}

export function renderDone(view, before) {
  const done = view.done;
  const dialog = $("done");
  if (!done) {
    closing = true;
    if (dialog.open) dialog.close();
    closing = false;
    sale = null;
    return;
  }
  if (done.total < 0) renderBack(done, view);
  else renderChange(done);
  renderPaper(done.print ?? "none", view.chips.printer.state);
  show($("done-points-row"), Boolean((done.points || done.moved) && done.member));
  text($("done-points"), points(done));
  $("done-reprint").disabled = view.chips.printer.state === "none";
  $("done-void").disabled = !view.last_sale?.void_allowed;
  show($("done-void"), view.can["sale.void"] !== "deny");
  show($("done-void-lock"), view.can["sale.void"] === "approve");
  if (done.sale !== sale || (before && !before.done)) raise("done");
  sale = done.sale;
}

function renderChange(done) {
  const exact = done.change === 0;
  text($("done-title"), t("till.done_title"));
  text($("done-label"), exact ? "" : t("till.change"));
  text($("done-change"), exact ? t("till.done_exact") : money(done.change));
  $("done-change").classList.toggle("words", exact);
  text($("done-received"), t("till.done_received", { total: money(done.total), received: money(done.received) }));
}

// Goods came back: the coins big, the rest by where it went.
function renderBack(done, view) {
  const parts = view.last_sale?.uid === done.sale ? view.last_sale.tenders : { cash: done.total };
  const { cash = 0, ...other } = parts;
  text($("done-title"), t("till.done_return"));
  text($("done-label"), cash ? t("till.give_back") : "");
  text($("done-change"), cash ? money(-cash) : t("till.done_no_coins"));
  $("done-change").classList.toggle("words", !cash);
  text($("done-received"), Object.entries(other).map(([kind, amount]) => t(`till.done_back_${kind}`, { amount: money(-amount) })).join(" · "));
}

function points(done) {
  if (!done.member) return "";
  const used = done.moved && t(done.moved < 0 ? "till_points.used" : "till_points.back", {
    name: done.member, points: tn("till_points.n", Math.abs(done.moved)), left: number(done.left),
  });
  if (used) return done.points > 0 ? `${used} · ${tn("till.done_points", done.points, { name: done.member })}` : used;
  if (done.points < 0) return tn("till.done_points_back", -done.points, { name: done.member });
  const earned = tn("till.done_points", done.points, { name: done.member });
  const tier = done.next_name;
  return tier && done.to_next > 0 ? `${earned} · ${t("till.done_to_next", { tier, n: number(done.to_next) })}` : earned;
}

// A receipt that waits for a printer that can't print says why; once the printer can, it prints by itself.
function renderPaper(state, printer) {
  const stuck = state === "queued" && has(`till.failed_${printer}`);
  const good = state in PRINT_ICON && !stuck;
  setIcon($("done-print-icon").firstChild, good ? PRINT_ICON[state] : "printer-x");
  text($("done-print-text"), t(stuck ? `till.failed_${printer}` : `till.print_${state}`));
  attr($("done-print"), "class", good || state === "none" ? "fact" : "fact warn");
}

// Uncertain: only a person can say. Failed: what happened, what it means, one thing to do. Waiting: why, and how many.
export function renderPaperBar(view) {
  const job = view.print;
  const printer = view.chips.printer.state;
  const waiting = !job && view.print_queue > 0 && has(`till.failed_${printer}`);
  show($("paper-bar"), Boolean(job) || waiting);
  show($("paper-yes"), Boolean(job));
  show($("paper-copy"), Boolean(job));
  if (waiting) {
    text($("paper-title"), t(`till.failed_${printer}`));
    text($("paper-detail"), t("till.queue_waits", { n: view.print_queue }));
  }
  if (!job) return;
  const uncertain = job.state === "uncertain";
  const failed = has(`till.failed_${job.reason}`) ? `till.failed_${job.reason}` : "till.failed_other";
  text($("paper-title"), t(uncertain ? "till.ask_printed" : failed));
  text($("paper-detail"), uncertain ? t("till.ask_printed_detail") : "");
  text($("paper-yes"), t(uncertain ? "till.ask_yes" : "till.failed_skip"));
  text($("paper-copy"), t(uncertain ? "till.ask_copy" : "till.failed_retry"));
}
