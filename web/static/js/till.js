// The cashier's screen: wires the parts together. The server holds the state; this shows it and sends commands.
import { post } from "./api.js";
import { defineCard, openCard, syncCard } from "./card.js";
import { defineCash, openCash, syncCash } from "./cash.js";
import { bindCart, renderCart, renderLines } from "./cart.js";
import { bindSearch, find, loadCatalog, renderGrid } from "./catalog.js";
import { close, define, defineAsk, raise, toast } from "./dialog.js";
import { defineDone, renderDone, renderPaperBar, reprint } from "./done.js";
import { $, attr, show } from "./dom.js";
import { bindKeys } from "./keys.js";
import { bindLanguage } from "./language.js";
import { setCurrency } from "./money.js";
import { defineNumber } from "./number.js";
import { bindOffer, renderOffer } from "./offer.js";
import { bindOsk } from "./osk.js";
import { changePerson, locked, syncBadge } from "./person.js";
import { defineShift, renderShift } from "./shift.js";
import { play, setVolume, unlock, volume } from "./sound.js";
import { apply, onView, path, send, store } from "./store.js";
import { Stream } from "./stream.js";
import { renderTop } from "./topbar.js";
import { defineVoid, openVoid } from "./void.js";
import { page } from "./words.js";

let lost = false;

// The line first, all else right after it and in the same frame.
function render(view, before, fresh) {
  setCurrency(view.currency);
  renderLines(view);
  queueMicrotask(() => renderRest(view, before, fresh));
}

function renderRest(view, before, fresh) {
  renderCart(view, before);
  renderTop(view, lost);
  gridSoon();
  syncCard(view);
  syncCash(view);
  renderDone(view, before);
  renderShift(view);
  renderPaperBar(view);
  renderActions(view);
  renderOffer(view);
  syncBadge(view);
  $("app").dataset.seq = view.scan?.seq ?? 0;
  if (before && !fresh && view.scan && view.scan.seq !== before.scan?.seq) play(view.scan.sound);
  if (before?.done && !view.done) loadCatalog();
}

// The tiles' marks follow once the line is painted.
let waiting = false;
function gridSoon() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() =>
    setTimeout(() => {
      waiting = false;
      renderGrid();
    }),
  );
}

function renderActions(view) {
  const last = view.last_sale;
  $("do-reprint").disabled = !last || view.chips.printer.state === "none";
  $("do-void").disabled = !last?.void_allowed || view.can.void === "deny";
  $("do-clear").disabled = !view.basket.lines.length;
}

function setLost(now) {
  lost = now;
  show($("link-bar"), now);
  attr($("app"), "aria-busy", now ? "true" : null);
  if (store.view) renderTop(store.view, now);
}

async function lock() {
  await post("/api/logout", { lane: page.lane }).catch(() => {});
  changePerson();
}

function bindActions() {
  $("pay-card").addEventListener("click", openCard);
  $("pay-cash").addEventListener("click", openCash);
  $("do-reprint").addEventListener("click", () => reprint(store.view.last_sale?.uid));
  $("do-void").addEventListener("click", openVoid);
  $("do-clear").addEventListener("click", () => send("clear").catch((error) => toast(error.message)));
  $("do-more").addEventListener("click", () => raise("more"));
  $("do-lock").addEventListener("click", lock);
  $("me").addEventListener("click", () => changePerson());
  bindLanguage($("do-language"));
}

function bindMore() {
  define("more");
  $("more-help").addEventListener("click", () => raise("help"));
  const mark = () => {
    for (const each of $("volume").children) {
      const on = Number(each.dataset.level) === volume();
      attr(each, "aria-pressed", on);
      each.classList.toggle("on", on);
    }
  };
  $("volume").addEventListener("click", (event) => {
    const level = event.target.closest("[data-level]")?.dataset.level;
    if (level === undefined) return;
    setVolume(Number(level));
    mark();
    play("ok");
  });
  mark();
}

function start() {
  const stream = new Stream(path("stream"), {
    onView: (view, fresh) => apply(view, fresh),
    onLost: () => setLost(true),
    onBack() {
      if (!lost) return;
      setLost(false);
      loadCatalog();
    },
    onTaken: () => raise("taken"),
    onLocked: locked,
  });
  define("taken", { sticky: true, enter: () => $("take-over").click() });
  $("take-over").addEventListener("click", () => {
    close("taken");
    stream.takeOver();
  });
  for (const event of ["pointerdown", "keydown"]) addEventListener(event, unlock, { capture: true });
  stream.start();
}

defineAsk();
defineCard();
defineCash();
defineDone(openVoid);
defineNumber();
defineShift();
defineVoid();
bindActions();
bindCart(find);
bindKeys();
bindMore();
bindOffer();
bindOsk();
bindSearch();
onView(render);
loadCatalog();
start();
