// The stock screen's only state: the newest view, the line that is picked, and the one way to change anything.
import { commandId, post, turns } from "./api.js";
import { number, page } from "./words.js";

const base = `/api/stock/${encodeURIComponent(page.lane)}`;
const listeners = [];
const inTurn = turns();

// scope: what a new count is to cover; visit: the number of this page's stream
export const stock = { view: null, picked: null, scope: "", visit: 0, quantity };

export const path = (rest) => `${base}/${rest}`;

export function onView(listener) {
  listeners.push(listener);
}

export function apply(view, fresh = false) {
  const before = stock.view;
  if (before && !fresh && view.rev < before.rev) return;
  stock.view = view;
  stock.visit = view.visit ?? stock.visit;
  if (!before || before.tab !== view.tab || before.touched !== view.touched) stock.picked = null;
  for (const listener of listeners) listener(view, before, fresh);
}

export const lines = () => (stock.view?.sheet ?? stock.view?.count)?.lines ?? [];

// The line that the pad is about: the one tapped here, else the one that was scanned last.
export function current() {
  const wanted = stock.picked ?? stock.view?.touched;
  return lines().find((each) => each.line === wanted) ?? null;
}

export function pick(line) {
  stock.picked = line;
  for (const listener of listeners) listener(stock.view, stock.view, false);
}

// args may be a function: it is asked when the command's turn comes, so that two quick taps on + add up.
export function send(name, args = {}) {
  return inTurn(async () => {
    const given = typeof args === "function" ? args() : args;
    if (given === null) return;
    const answer = await post(path(name), { id: commandId(), ...given });
    if (!stock.view || answer.rev >= stock.view.rev) apply(answer);
  });
}

// −1500 thousandths -> "−1.5"
function quantity(qty) {
  const size = Math.abs(qty);
  const part = String(size % 1000).padStart(3, "0").replace(/0+$/, "");
  return `${qty < 0 ? "−" : ""}${number(Math.trunc(size / 1000))}${part && `.${part}`}`;
}
