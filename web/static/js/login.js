// Log-in: a tile, then the PIN; or a badge under the lane's scanner. After a manager's code, and for a new PIN, the same
// pad takes the new one, twice.
import { post } from "./api.js";
import { $, attr, show, text } from "./dom.js";
import { bindLanguage } from "./language.js";
import { dots, Entry } from "./numpad.js";
import { play, unlock } from "./sound.js";
import { Stream } from "./stream.js";
import { page, t } from "./words.js";

const LANE = encodeURIComponent(page.lane);
const REMEMBERED = `tillbox-staff-${page.lane}`;
const LEAST = { pin: 4, first: 6, again: 6 };
let chosen = null;
let pending = false;
let step = "pin"; // then, for a new PIN: "first" and "again"
let ticket = null;
let first = "";

const entry = new Entry({
  changed(value) {
    dots($("dots"), value);
    attr($("dots"), "aria-label", t("till.pin_digits", { n: value.length }));
    refresh();
  },
}).bind($("pad"));

function refresh() {
  $("go").disabled = pending || !chosen || entry.value.length < LEAST[step];
  if ($("renew")) $("renew").disabled = $("go").disabled;
}

function choose(tile) {
  chosen = tile;
  for (const each of document.querySelectorAll(".person")) attr(each, "aria-pressed", each === tile);
  turn("pin");
  problem("");
}

// What the pad asks for now.
function turn(to) {
  step = to;
  const title = { pin: "till.pin_for", first: "till.pin_new", again: "till.pin_again" }[to];
  text($("pin-title"), t(title, { name: chosen.dataset.name }));
  text($("go-text"), t({ pin: "till.login", first: "till.pin_next", again: "till.pin_keep" }[to]));
  if ($("pin-hint")) text($("pin-hint"), t(to === "pin" ? "till.pin_forgotten" : "till.pin_rules"));
  if ($("renew")) show($("renew"), to === "pin");
  entry.set("");
}

function problem(words) {
  text($("problem"), words);
  $("problem").className = words ? "problem" : "";
}

async function send(path, body) {
  pending = true;
  refresh();
  problem("");
  try {
    return await post(path, { lane: page.lane, ...body });
  } catch (error) {
    entry.set("");
    problem(error.message);
    if (error.slug.startsWith("pin_weak")) turn("first");
    if (error.slug === "choice_gone") turn("pin");
    return null;
  } finally {
    pending = false;
    refresh();
  }
}

// To where the log-in was asked for, if that is a screen of this lane.
function enter(staff) {
  localStorage.setItem(REMEMBERED, staff);
  const wanted = new URLSearchParams(location.search).get("then");
  location.assign(page.next || (wanted === `/stock/${LANE}` ? wanted : `/till/${LANE}`));
}

async function proved(renew) {
  const answer = await send("/api/login", { staff: chosen.dataset.uid, pin: entry.value, ...(renew && { renew }) });
  if (answer?.ok) return enter(chosen.dataset.uid);
  if (!answer) return;
  ticket = answer.choose;
  turn("first");
}

async function keep() {
  if (entry.value !== first) {
    problem(t("till.pin_differs"));
    return turn("first");
  }
  if ((await send("/api/login/pin", { ticket, pin: first }))?.ok) enter(chosen.dataset.uid);
}

function go() {
  if ($("go").disabled) return;
  if (step === "pin") return proved(false);
  if (step === "again") return keep();
  first = entry.value;
  problem("");
  turn("again");
}

const tiles = [...document.querySelectorAll(".person")];
const tileOf = (uid) => tiles.find((tile) => tile.dataset.uid === uid);

// Badges reach this page only if it is the lane's own screen.
let told = null;
async function badge(seen, fresh) {
  if (seen.refused && seen.refused.seq !== told) {
    if (!fresh) {
      problem(t(`errors.${seen.refused.slug}`, seen.refused.params));
      play("error");
    }
    told = seen.refused.seq;
  }
  const held = seen.badge;
  if (!held || pending) return;
  if (held.ticket) {
    if ((await send("/api/login", { ticket: held.ticket }))?.ok) enter(held.staff);
  } else if (step === "pin" && chosen !== tileOf(held.staff) && tileOf(held.staff)) choose(tileOf(held.staff));
}

function listen() {
  const nothing = () => {};
  new Stream(`/api/login/${LANE}/stream`, {
    onView: badge, onLost: nothing, onBack: nothing, onTaken: nothing, onLocked: nothing,
  }).start();
}

async function lock() {
  await post("/api/logout", { lane: page.lane }).catch(() => {});
  location.reload();
}

$("people").addEventListener("click", (event) => {
  const tile = event.target.closest(".person");
  if (tile) choose(tile);
});
$("go").addEventListener("click", go);
$("renew")?.addEventListener("click", () => proved(true));
$("lock")?.addEventListener("click", lock);
document.addEventListener("keydown", (event) => {
  if (entry.keydown(event)) return;
  if (event.key !== "Enter" || (!entry.value && event.target.closest("button, a"))) return;
  if (event.target.closest("#renew, #lock, #language, a")) return;
  event.preventDefault(); // after a PIN, Enter logs in, wherever the finger was last
  go();
});
for (const event of ["pointerdown", "keydown"]) addEventListener(event, unlock, { capture: true });
bindLanguage($("language"));
const last = tileOf(location.hash.slice(1)) ?? tileOf(localStorage.getItem(REMEMBERED));
entry.set("");
if (last) choose(last);
if (page.badges) listen();
