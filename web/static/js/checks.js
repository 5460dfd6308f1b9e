// What must be asked before a cart is paid: the number of a piece that is traced, the age of who buys. Asked when the item
// comes, and again when somebody wants to pay.
import { anyOpen, ask, close, define, isOpen, problem, raise, toast } from "./dialog.js";
import { $, text } from "./dom.js";
import { askText } from "./say.js";
import { send, store } from "./store.js";
import { t } from "./words.js";

let then = null;
let pending = false;

export function defineAge() {
  define("age", {
    mount() {
      $("age-yes").addEventListener("click", () => answer(true));
      $("age-no").addEventListener("click", () => answer(false));
    },
    keydown: (event) => {
      const key = event.key.toLowerCase();
      if (key !== "y" && key !== "n") return false;
      answer(key === "y");
      return true;
    },
  });
}

// Do it once everything is said that must be.
export function checked(action) {
  const { basket } = store.view;
  const line = basket.lines.find((each) => each.missing);
  if (line) return trace(line, () => checked(action));
  if (basket.age) return askAge(() => checked(action));
  return action();
}

// A scan that brought something to ask about.
export function askWhatCame(view, before) {
  const n = view.scan && before && view.scan.seq !== before.scan?.seq ? view.scan.line : null;
  if (n == null || anyOpen()) return;
  const line = view.basket.lines.find((each) => each.n === n);
  if (line?.missing) trace(line, () => view.basket.age && askAge());
  else if (view.basket.age && line?.flags.includes("age18")) askAge();
}

export function syncAge(view) {
  if (!view.basket.age && !pending) close("age");
}

function askAge(action = null) {
  then = action;
  pending = false;
  raise("age");
  problem("age-problem", "");
  text($("age-born"), t("till.age_born", { date: store.view.basket.age }));
}

async function answer(ok) {
  if (pending) return;
  pending = true;
  try {
    await send("age", { ok });
    pending = false;
    close("age");
    if (ok) then?.();
  } catch (error) {
    pending = false;
    if (isOpen("age")) problem("age-problem", error.message);
    else toast(error.message);
  }
}

function trace(line, action) {
  const what = line.missing;
  const words = {
    icon: "scan-barcode",
    title: line.name,
    tip: t(`till.trace_${what}`),
    label: t(`till.trace_${what}_label`),
    ok: t("till.trace_ok"),
    max: 40,
    scan: true,
  };
  askText(words, async (value) => {
    const said = { line: line.n, [what]: value };
    try {
      await send("line/trace", said);
    } catch (error) {
      if (error.slug !== "expired_code" || store.view.can["sale.expired"] === "deny") throw error;
      const sell = () => send("line/trace", { ...said, expired: true }).catch((refused) => toast(refused.message));
      return () => ask(line.name, error.message, t("till.expired_action"), sell);
    }
    return action;
  });
}
