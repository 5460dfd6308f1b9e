// Log-in: a tile, then the PIN.
import { post } from "./api.js";
import { $, attr, text } from "./dom.js";
import { bindLanguage } from "./language.js";
import { dots, Entry } from "./numpad.js";
import { page, t } from "./words.js";

const REMEMBERED = `tillbox-staff-${page.lane}`;
let chosen = null;
let pending = false;

const entry = new Entry({
  changed(value) {
    dots($("dots"), value);
    attr($("dots"), "aria-label", t("till.pin_digits", { n: value.length }));
    refresh();
  },
}).bind($("pad"));

function refresh() {
  $("go").disabled = pending || !chosen || entry.value.length < 4;
}

function choose(tile) {
  chosen = tile;
  for (const each of document.querySelectorAll(".person")) attr(each, "aria-pressed", each === tile);
  text($("pin-title"), t("till.pin_for", { name: tile.dataset.name }));
  problem("");
  entry.set("");
}

function problem(words) {
  text($("problem"), words);
  $("problem").className = words ? "problem" : "";
}

// Where the log-in was asked for, if that is a screen of this lane.
function after() {
  const lane = encodeURIComponent(page.lane);
  const wanted = new URLSearchParams(location.search).get("then");
  return wanted === `/stock/${lane}` ? wanted : `/till/${lane}`;
}

async function go() {
  if ($("go").disabled) return;
  pending = true;
  refresh();
  problem("");
  try {
    await post("/api/login", { lane: page.lane, staff: chosen.dataset.uid, pin: entry.value });
    localStorage.setItem(REMEMBERED, chosen.dataset.uid);
    location.assign(page.next || after());
  } catch (error) {
    pending = false;
    entry.set("");
    problem(error.message);
  }
}

$("people").addEventListener("click", (event) => {
  const tile = event.target.closest(".person");
  if (tile) choose(tile);
});
$("go").addEventListener("click", go);
document.addEventListener("keydown", (event) => {
  if (entry.keydown(event)) return;
  if (event.key !== "Enter" || (!entry.value && event.target.closest(".person"))) return;
  event.preventDefault(); // after a PIN, Enter logs in, wherever the finger was last
  go();
});
bindLanguage($("language"));
const last = [...document.querySelectorAll(".person")].find(
  (tile) => tile.dataset.uid === localStorage.getItem(REMEMBERED),
);
if (last) choose(last);
