// The stock screen: wires its parts together. The server holds the state; this shows it and sends commands.
import { post } from "./api.js";
import { anyOpen, ask, close, define, defineAsk, raise, toast } from "./dialog.js";
import { $, attr, el, icon, keyed, show, text } from "./dom.js";
import { bindLanguage } from "./language.js";
import { bindOsk } from "./osk.js";
import { play, unlock } from "./sound.js";
import { bindReview, openReview } from "./stock-count.js";
import { bindFind, clearFound } from "./stock-find.js";
import { bindInfo, openInfo, renderInfo } from "./stock-info.js";
import { bindLines, renderLines } from "./stock-lines.js";
import { bindPad, defineDetails, defineWeight, askWeight, renderPad } from "./stock-pad.js";
import { defineSupplier, renderSide } from "./stock-side.js";
import { apply, onView, path, send, stock } from "./stock-store.js";
import { Stream } from "./stream.js";
import { has, page, t, tn } from "./words.js";

const LEVEL_ICON = { error: "circle-x", warn: "triangle-alert", info: "info", done: "circle-check" };
const SHEETS = ["delivery", "write_off"];
const LISTS = ["low", "expiring", "negative"];
let seen = null; // the newest notice that was acted on

function render(view, before, fresh) {
  renderTop(view);
  renderNotice(view);
  renderSide(view);
  renderLines(view);
  renderPad(view);
  renderInfo(view, before);
  renderBook(view);
  renderUndo(view, before);
  show($("loading"), false);
  $("app").dataset.seq = view.scan?.seq ?? 0;
  $("app").dataset.rev = view.rev;
  if (before && !fresh && view.scan && view.scan.seq !== before.scan?.seq) play(view.scan.sound);
  act(view, before);
}

function renderTop(view) {
  text($("where"), view.store);
  text($("initial"), view.staff.initial);
  attr($("me"), "aria-label", view.staff.name);
  text($("tab-title"), t(`stockroom.tab_${view.tab}`));
  for (const button of $("rail").children) {
    const { tab } = button.dataset;
    attr(button, "aria-pressed", String(tab === view.tab));
    const action = SHEETS.includes(tab) ? "stock.change" : tab === "count" ? "stock.count" : "stock.see";
    show(button, view.can[action] === "allow");
  }
  const mode = `till.mode_${view.lane.mode}`;
  const chips = has(mode) ? [{ id: "mode", words: t(mode) }] : [];
  const make = (chip) => el("li", { class: "chip" }, icon("sparkles"), el("span", { text: chip.words }));
  keyed($("chips"), chips, (chip) => chip.id, make, () => {});
}

function renderNotice(view) {
  const { notice } = view;
  show($("notice"), Boolean(notice) && notice.slug !== "there" && notice.slug !== "weight");
  if (!notice) return;
  $("notice").className = `notice ${notice.level}`;
  $("notice-icon").replaceChildren(icon(LEVEL_ICON[notice.level] ?? "info"));
  text($("notice-text"), noticeWords(notice));
  text($("notice-code"), notice.code);
}

function noticeWords({ slug, params }) {
  const keys = [`stockroom.notice_${slug}`, `till.notice_${slug}`, `errors.${slug}`];
  const key = keys.find(has) ?? "till.notice_other";
  return "n" in params ? tn(key, params.n) : t(key, params);
}

// What a scan asks of the page: the facts of a product, or the weight of it.
function act(view, before) {
  const { notice } = view;
  if (!notice || notice.seq === seen) return;
  seen = notice.seq;
  if (!before) return; // from before the page was loaded
  if (notice.slug === "there") openInfo(notice.params.product);
  if (notice.slug === "weight") askWeight(notice.params);
}

function renderBook(view) {
  const sheet = view.sheet;
  const counting = Boolean(view.count?.uid);
  const start = view.tab === "count" && !counting;
  const allowed = view.can["stock.change"] === "allow";
  show($("pays"), allowed && (Boolean(sheet) || view.tab === "count"));
  show($("due-row"), Boolean(sheet) || counting);
  show($("do-clear"), Boolean(sheet));
  show($("do-drop"), counting && allowed);
  show($("do-refresh"), LISTS.includes(view.tab));
  if (sheet) {
    $("do-clear").disabled = !sheet.count || sheet.booking;
    $("do-book").disabled = !sheet.count || (view.tab === "write_off" && !sheet.reason);
    text($("do-book-text"), t(`stockroom.book_${view.tab}`));
    text($("due-label"), tn("stockroom.sum_lines", sheet.count));
    text($("due"), amounts(sheet));
  } else if (counting) {
    $("do-book").disabled = false;
    text($("do-book-text"), t("stockroom.review"));
    text($("due-label"), t("stockroom.tab_count"));
    text($("due"), tn("stockroom.sum_lines", view.count.count));
  } else if (start) {
    $("do-book").disabled = false;
    text($("do-book-text"), t("stockroom.start_count"));
  }
}

let hideUndo;
function renderUndo(view, before) {
  show($("undo"), Boolean(view.undo));
  if (!view.undo) return;
  text($("undo-text"), t(`stockroom.undo_${view.undo.what}`));
  if (before?.undo && before.undo.left_ms >= view.undo.left_ms) return; // it runs down already
  $("undo").classList.remove("run");
  $("undo-left").style.animationDuration = `${view.undo.left_ms}ms`;
  $("undo").getBoundingClientRect(); // the animation begins anew
  $("undo").classList.add("run");
  clearTimeout(hideUndo);
  hideUndo = setTimeout(() => show($("undo"), false), view.undo.left_ms);
}

const undo = () => send("undo").catch((error) => toast(error.message));

function amounts({ pieces, kilos }) {
  const parts = pieces || !kilos ? [stock.quantity(pieces)] : [];
  if (kilos) parts.push(t("stockroom.kilos", { qty: stock.quantity(kilos) }));
  return parts.join(" + ");
}

function book() {
  const view = stock.view;
  if ($("do-book").disabled || !view || $("pays").hidden) return;
  const refuse = (error) => toast(error.message);
  if (view.tab === "count") {
    if (view.count.uid) openReview();
    else send("count/start", { scope: stock.scope }).catch(refuse);
    return;
  }
  const run = () => send("book", { list: view.sheet.uid }).catch(refuse);
  if (view.tab === "delivery") return run();
  const facts = { reason: t(`stockroom.reason_${view.sheet.reason}`), lines: tn("stockroom.sum_lines", view.sheet.count), n: amounts(view.sheet) };
  ask(t("stockroom.tab_write_off"), t("stockroom.ask_write_off", facts), t("stockroom.book_write_off"), run);
}

const toLogin = () => location.assign(`/login/${encodeURIComponent(page.lane)}?then=${encodeURIComponent(location.pathname)}`);

function bindActions() {
  $("rail").addEventListener("click", (event) => {
    const tab = event.target.closest("[data-tab]")?.dataset.tab;
    if (!tab || tab === stock.view?.tab) return;
    clearFound();
    $("sheet").focus({ preventScroll: true }); // the next Enter is about the list
    send("tab", { tab }).catch((error) => toast(error.message));
  });
  $("do-book").addEventListener("click", book);
  $("notice-dismiss").addEventListener("click", () => send("dismiss").catch((error) => toast(error.message)));
  $("do-clear").addEventListener("click", () =>
    ask(t("stockroom.clear"), t("stockroom.ask_clear", { n: stock.view.sheet.count }), t("stockroom.clear"), () =>
      send("clear").catch((error) => toast(error.message))));
  $("do-drop").addEventListener("click", () => {
    const { uid } = stock.view.count;
    ask(t("stockroom.drop_count"), t("stockroom.ask_drop"), t("stockroom.drop_count"), () =>
      send("count/drop", { count: uid }).catch((error) => toast(error.message)));
  });
  $("do-lock").addEventListener("click", async () => {
    await post("/api/logout", { lane: page.lane }).catch(() => {});
    toLogin();
  });
  bindLanguage($("do-language"));
  $("do-undo").addEventListener("click", undo);
  document.addEventListener("keydown", (event) => {
    const back = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.target.matches("input");
    if (back && !anyOpen()) {
      event.preventDefault();
      undo();
    }
    if (anyOpen() || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "F9") {
      event.preventDefault();
      if (!event.repeat) book();
    }
  });
}

function start() {
  const stream = new Stream(path("stream"), {
    onView: (view, fresh) => apply(view, fresh),
    onLost: () => show($("link-bar"), true),
    onBack: () => show($("link-bar"), false),
    onTaken: () => raise("taken"),
    onLocked: toLogin,
  });
  define("taken", { sticky: true, enter: () => $("take-over").click() });
  $("take-over").addEventListener("click", () => {
    close("taken");
    stream.takeOver();
  });
  for (const event of ["pointerdown", "keydown"]) addEventListener(event, unlock, { capture: true });
  // The scanner goes back to the till at once, not when the silence is noticed.
  addEventListener("pagehide", () => {
    const headers = { "Content-Type": "application/json", "X-Tillbox": "1" };
    fetch(path("leave"), { method: "POST", headers, body: JSON.stringify({ visit: stock.visit }), keepalive: true }).catch(() => {});
  });
  stream.start();
}

defineAsk();
defineDetails();
defineSupplier();
defineWeight();
bindActions();
bindFind();
bindInfo();
bindLines();
bindOsk();
bindPad();
bindReview();
onView(render);
start();
