// The screen's only state: the newest view, and the one way to change it (a command to the server, one at a time).
import { commandId, post, turns } from "./api.js";
import { page } from "./words.js";

const base = `/api/till/${encodeURIComponent(page.lane)}`;
const listeners = [];
const inTurn = turns();

export const store = { view: null, selected: null };

export const path = (rest) => `${base}/${rest}`;

export function onView(listener) {
  listeners.push(listener);
}

// What the stream says counts unless it is older than what is shown; a fresh stream always does (the server restarted).
export function apply(given, fresh = false) {
  const before = store.view;
  const view = whole(given);
  if (before && !fresh && view.rev < before.rev) return;
  store.view = view;
  if (selectedLine(before) !== selectedLine(view)) store.selected = null;
  for (const listener of listeners) listener(view, before, fresh);
}

// What the shop's rules say is told once, and by its name from then on.
const shops = new Map();
function whole(view) {
  if (view.shop) shops.set(view.fixed, view.shop);
  return Object.assign(view, shops.get(view.fixed));
}

function selectedLine(view) {
  const line = view?.basket.lines.find((each) => each.selected);
  return line && `${view.basket.uid} ${line.n}`;
}

// The selected line: the one tapped here, else the one that the server touched last.
export function current() {
  const lines = store.view?.basket.lines ?? [];
  return lines.find((line) => line.n === store.selected) ?? lines.find((line) => line.selected) ?? lines.at(-1);
}

export function select(n) {
  store.selected = n;
  for (const listener of listeners) listener(store.view, store.view, false);
}

// args may be a function: it is asked when the command's turn comes, so that two quick taps on + add up.
export function send(name, args = {}, options = {}) {
  return inTurn(async () => {
    const given = typeof args === "function" ? args() : args;
    if (given === null) return;
    const basket = options.basket ?? store.view?.basket.uid;
    const ours = { basket, id: options.id ?? commandId(), fixed: store.view?.fixed };
    const answer = await post(path(name), { ...ours, ...given });
    // The stream may have been faster, and then knows more (the printer's state): only a newer answer counts.
    if (!store.view || answer.rev > store.view.rev) apply(answer);
  });
}
