// Why: what is done for a reason, and perhaps for an amount. A tap on the reason does it, as a tap on a note pays.
import { close, define, problem, raise } from "./dialog.js";
import { $, attr, el, keyed, setIcon, show, text } from "./dom.js";
import { decimals, money, typed } from "./money.js";
import { Entry } from "./numpad.js";
import { bindKeyboards } from "./osk.js";
import { picks } from "./picks.js";
import { number, t } from "./words.js";

let asked = null;
let pending = false;
const entry = new Entry({ max: 10, changed: () => $("why") && render() });

export function defineReason() {
  define("why", {
    mount(dialog) {
      entry.bind($("why-pad"));
      bindKeyboards(dialog);
    },
    enter: (event) => (event.target === $("why-other") ? own() : $("why-reasons").firstChild.focus({ focusVisible: true })),
    keydown: (event) => asked.amount && event.target !== $("why-other") && entry.keydown(event),
  });
}

// asked: {icon, title, facts: [{id, words, value}], amount: whether one is typed, whole: it is no money, reasons: [id]}
// action: (reason, amount) -> a promise; what goes wrong is told here
export function askReason(given, action) {
  asked = { facts: [], amount: false, ...given, action };
  pending = false;
  raise("why");
  setIcon($("why-icon").firstChild, asked.icon);
  text($("why-title"), asked.title);
  attr($("why"), "class", asked.amount ? "duo" : "duo one");
  show($("why-entry"), asked.amount);
  show($("why-pad"), asked.amount);
  $("why-other").value = "";
  problem("why-problem", "");
  entry.decimals = asked.whole ? 0 : decimals();
  entry.max = asked.whole ? 7 : 10;
  entry.set("");
}

const amount = () => (asked.whole ? Number(entry.value) : typed(entry.value));

function render() {
  text($("why-entry"), entry.value ? (asked.whole ? number(amount()) : money(amount())) : "");
  attr($("why-entry"), "data-empty", entry.value ? null : asked.entry ?? t("till.amount"));
  keyed($("why-facts"), asked.facts, (each) => each.id, () => el("div", {}, el("span"), el("b", { class: "num" })), (node, each) => {
    text(node.firstChild, each.words);
    text(node.lastChild, each.value);
  });
  show($("why-facts"), asked.facts.length > 0);
  const reasons = asked.reasons.map((id) => ({ id, words: t(`till.reason_${id}`) }));
  picks($("why-reasons"), reasons, undefined, (id) => go(t(`till.reason_${id}`)));
  const ready = !pending && (!asked.amount || amount() > 0);
  for (const each of $("why-reasons").children) each.disabled = !ready;
  $("why-other").disabled = !ready;
}

function own() {
  const words = $("why-other").value.trim();
  if (words) go(words);
}

async function go(reason) {
  if (pending) return;
  pending = true;
  render();
  problem("why-problem", "");
  try {
    await asked.action(reason, asked.amount ? amount() : null);
    close("why");
  } catch (error) {
    pending = false;
    if (!$("why")) return;
    problem("why-problem", error.message);
    render();
  }
}
