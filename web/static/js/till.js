// The cashier's screen: wires the parts together. The server holds the state; this shows it and sends commands.
import { defineApproval, syncApproval } from "./approve.js";
import { defineBlind } from "./blind.js";
import { defineCard, syncCard } from "./card.js";
import { defineCash, syncCash } from "./cash.js";
import { askPriceOf, bindCart, renderCart, renderLines } from "./cart.js";
import { syncCatch } from "./catch.js";
import { bindSearch, find, loadCatalog, renderGrid } from "./catalog.js";
import { askWhatCame, defineAge, syncAge } from "./checks.js";
import { defineCount } from "./count.js";
import { defineDeals, renderDeals } from "./deals.js";
import { close, define, defineAsk, raise } from "./dialog.js";
import { defineDone, renderDone, renderPaperBar } from "./done.js";
import { $, attr, show } from "./dom.js";
import { defineEmpties } from "./empties.js";
import { defineHold, renderHeld } from "./hold.js";
import { bindKeys } from "./keys.js";
import { syncMember } from "./member-door.js";
import { bindMenu, openVoid, renderActions } from "./menu.js";
import { setCurrency } from "./money.js";
import { defineNumber } from "./number.js";
import { bindOffer, renderOffer } from "./offer.js";
import { bindOsk } from "./osk.js";
import { locked, syncBadge } from "./person.js";
import { bindPays, renderPays } from "./pays.js";
import { definePoints, syncPoints } from "./points.js";
import { definePrice } from "./price.js";
import { defineReason } from "./reason.js";
import { defineReceipts } from "./receipts.js";
import { defineReturns, syncReturn } from "./returns.js";
import { defineSay } from "./say.js";
import { defineShift, renderShift } from "./shift.js";
import { play, unlock } from "./sound.js";
import { apply, onView, path, store } from "./store.js";
import { Stream } from "./stream.js";
import { defineRewards, syncRewards } from "./till-rewards.js";
import { renderTop } from "./topbar.js";
import { defineValue, showValue } from "./value.js";

let lost = false;

// The line first, all else right after it and in the same frame.
function render(view, before, fresh) {
  setCurrency(view.currency);
  renderLines(view);
  queueMicrotask(() => renderRest(view, before, fresh));
}

function renderRest(view, before, fresh) {
  renderCart(view, before);
  renderPays(view);
  renderTop(view, lost);
  gridSoon();
  syncCard(view);
  syncCash(view);
  syncPoints(view, before);
  syncAge(view);
  renderDone(view, before);
  renderShift(view);
  renderPaperBar(view);
  renderActions(view);
  renderHeld(view);
  renderOffer(view);
  renderDeals(view);
  syncBadge(view);
  syncReturn(view);
  syncRewards(view);
  syncMember(view, before);
  syncCatch(view, before, ({ kind, code }) => kind === "value" && showValue(code));
  syncApproval(view); // over whatever asked for it
  askWhatCame(view, before);
  askPriceOf(view, before);
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

function setLost(now) {
  lost = now;
  show($("link-bar"), now);
  attr($("app"), "aria-busy", now ? "true" : null);
  if (store.view) renderTop(store.view, now);
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
defineApproval();
defineAge();
defineBlind();
defineCard();
defineCash();
defineCount();
defineDeals();
defineDone(openVoid);
defineEmpties();
defineHold();
defineNumber();
definePoints();
definePrice();
defineReason();
defineReceipts();
defineReturns();
defineRewards();
defineSay();
defineShift();
defineValue();
bindCart(find);
bindKeys();
bindMenu();
bindOffer();
bindOsk();
bindPays();
bindSearch();
onView(render);
loadCatalog();
start();
