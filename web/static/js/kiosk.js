// The kiosk's screen. The server holds the visit; this shows it, counts silence, and leaves nothing behind.
import { get, post } from "./api.js";
import { $, el, show, text } from "./dom.js";
import { drawJoin, joining, openJoin } from "./kiosk-join.js";
import { drawActions, drawPanel } from "./kiosk-panels.js";
import { drawDock, drawIdle, drawOffers, drawRate, drawSlip, drawWords, ring } from "./kiosk-parts.js";
import { keyboard } from "./osk.js";
import { Stream } from "./stream.js";
import { page, t } from "./words.js";

const base = `/api/kiosk/${encodeURIComponent(page.kiosk)}`;
const TELL_MS = 2000;
const RETRY_MS = 3000;
let view = null;
let touchedAt = performance.now();
let toldAt = -TELL_MS;
let leaving = false;
let lost = false;

// ---- showing

function apply(next, fresh = false) {
  if (leaving || (view && !fresh && next.rev < view.rev)) return;
  if (view && next.idle.touches !== view.idle.touches) touchedAt = performance.now();
  if (next.lang !== page.lang) speak(next.lang);
  const before = view;
  view = next;
  draw(before);
}

function draw(before) {
  const root = document.documentElement;
  for (const mode of ["large", "contrast", "reach"]) root.classList.toggle(mode, view.modes[mode]);
  root.classList.toggle("visit", Boolean(view.member));
  // What the one before had opened is not the next one's. (Joining begins a visit of its own, and sees to itself.)
  if (before && before.visit !== view.visit) for (const id of ["write", "ladder"]) $(id).close();
  drawWords(view);
  drawSlip(view, openJoin);
  drawActions(view, send);
  drawOffers(view, send);
  drawRate(view, send, write);
  drawPanel(view, send);
  drawDock(view, send, leave);
  drawJoin(view, { tell, send, leave });
  arrange(view.modes.reach);
  say(before);
}

function speak(lang) {
  page.lang = lang;
  page.words = page.catalogues[lang];
  document.documentElement.lang = lang;
}

// Low reach changes the order of the document, so that focus follows what the eye sees.
function arrange(reach) {
  const wanted = reach ? ["slip", "rate", "offers", "actions", "panel"] : ["slip", "actions", "offers", "rate", "panel"];
  const now = [...$("stage").children].map((child) => child.id);
  if (now.join() !== wanted.join()) $("stage").append(...wanted.map($));
}

function say(before) {
  const words = lost ? t("kiosk.lost") : view.notice ? t(`kiosk.notice_${view.notice}`) : "";
  text($("said"), words);
  show($("said"), Boolean(words));
  if (before && view.call !== before.call) {
    text($("live"), { calling: t("kiosk.call_said"), coming: t("kiosk.call_coming_said") }[view.call] ?? "");
  }
}

// ---- telling

async function tell(name, args = {}) {
  toldAt = performance.now();
  apply(await post(`${base}/${name}`, args));
}

async function send(name, args = {}) {
  try {
    await tell(name, args);
  } catch (error) {
    if (error.status === 401) return restart();
    text($("said"), error.message);
    show($("said"), true);
  }
  return undefined;
}

// A few words of their own. What is typed is nowhere but in the field until it is sent, and then there no more.
function write() {
  for (const [id, key] of [["write-title", "write"], ["write-hint", "write_hint"], ["write-back", "back"], ["write-send", "send"]]) text($(id), t(`feedback.${key}`));
  const field = el("textarea", { id: "write-text", rows: 4, maxlength: 500, autocomplete: "off", spellcheck: "false", "aria-labelledby": "write-title", "aria-describedby": "write-hint" });
  field.value = view.feedback.text;
  $("write-field").replaceChildren(field);
  $("write-keys").replaceChildren(keyboard(field, () => $("write-keys").replaceChildren(), "feedback"));
  $("write").showModal();
  field.focus();
}

function written() {
  const { score, topics } = view.feedback;
  const words = $("write-text").value;
  $("write").close();
  return send("rate", { score, topics, text: words });
}

function touched(event) {
  if (!event.isTrusted || leaving) return;
  touchedAt = performance.now();
  if (view?.idle.touches && touchedAt - toldAt > TELL_MS) send("stay");
}

// ---- leaving

// The screen is emptied first, whatever the server says; then it forgets; then this very page makes way for a new one.
async function leave() {
  if (leaving) return;
  leaving = true;
  stream.stop();
  empty();
  await forgotten();
  restart();
}

function empty() {
  view = null;
  for (const id of ["slip", "actions", "offers", "rate", "panel", "said", "live", "dock"]) $(id).replaceChildren();
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  $("write-field").replaceChildren();
}

async function forgotten() {
  for (;;) {
    try {
      await post(`${base}/leave`);
      return;
    } catch (error) {
      if (error.status) return; // answered: this page is no longer the kiosk's, so nothing is shown to it
      await new Promise((wake) => setTimeout(wake, RETRY_MS));
    }
  }
}

// A new page, a new token: whoever was shown is forgotten. One that is on its way out already must not compete.
let going = false;
addEventListener("beforeunload", () => (going = true));
function restart() {
  if (!going) location.replace(location.pathname);
  going = true;
}

function seconds() {
  if (!view || leaving) return;
  const silent = (performance.now() - touchedAt) / 1000;
  const { ask_s: ask, leave_s: wait } = view.idle;
  const left = Math.ceil(ask + wait - silent);
  if (view.member) ring(left, ask + wait);
  if (left <= 0 && (view.member || used())) leave();
  else if (view.member && silent >= ask) drawIdle(left);
  else if (silent > 1) $("idle").close();
}

const used = () => view.lang !== page.first || view.feedback.score > 0 || Object.values(view.modes).some(Boolean) || joining();

// ---- a kiosk is no browser: no menus, no dragging, no printing, no shortcuts

function lockDown() {
  for (const name of ["contextmenu", "dragstart", "drop", "selectstart"]) addEventListener(name, (event) => event.preventDefault());
  addEventListener("keydown", (event) => (event.ctrlKey || event.metaKey || event.altKey || /^F\d/.test(event.key)) && event.preventDefault());
}

// Another window has the kiosk now. This one shows nothing, and takes it back only when it is asked to.
function taken() {
  if (going) return;
  leaving = true;
  stream.stop();
  empty();
  text($("taken-title"), t("kiosk.taken_title"));
  text($("taken-here"), t("kiosk.taken_here"));
  if (!$("taken").open) $("taken").showModal();
}

const stream = new Stream(`${base}/stream?seat=${page.seat}`, {
  onView: apply,
  onLost: () => {
    setLost(true);
    // After a restart of the service no token is good any more.
    get(`${base}/state`).catch((error) => error.status === 401 && restart());
  },
  onBack: () => setLost(false),
  onTaken: () => stream.takeOver(), // by a stream of our own that came late; by another window it would be locked
  onLocked: taken,
});

function setLost(now) {
  if (lost === now) return;
  lost = now;
  if (view) say(view);
}

page.first = page.lang;
speak(page.lang);
lockDown();
for (const name of ["pointerdown", "keydown"]) addEventListener(name, touched, { capture: true });
// Closed by the click, not by the press: else the finger would come up on what lies below.
$("idle").addEventListener("click", () => $("idle").close());
$("write-back").addEventListener("click", () => $("write").close());
$("write-send").addEventListener("click", written);
$("write").addEventListener("close", () => $("write-field").replaceChildren());
$("taken").addEventListener("cancel", (event) => event.preventDefault());
$("taken-here").addEventListener("click", restart);
addEventListener("pageshow", (event) => event.persisted && restart());
get(`${base}/state`).then(apply, () => {});
stream.start();
setInterval(seconds, 250);
