// A dialog that is open may want what is scanned: it says so to the till, and hears of each scan once.
import { anyOpen } from "./dialog.js";
import { send, store } from "./store.js";

let hear = null;
let seen = null;

// what: "text", "product", "return" (an item of the open receipt), or "" for no longer
export function want(what, heard = null) {
  hear = heard;
  // Asked when its turn comes: the till lets go by itself once the cart is paid.
  return send("catch", () => ((store.view?.catch ?? "") === what ? null : { what })).catch(() => {});
}

// stray: what to do with what no dialog waits for
export function syncCatch(view, before, stray) {
  if (!before && view.catch && !anyOpen()) want("");
  const caught = view.caught;
  if (!caught || caught.seq === seen) return;
  const old = seen === null && !before;
  seen = caught.seq;
  if (old) return; // from before the page was loaded
  if (hear) hear(caught);
  else stray(caught);
}
