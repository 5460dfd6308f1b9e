// Void of the last sale: reason, a second person, their PIN, in one dialog.
import { close, define, problem, raise } from "./dialog.js";
import { $, attr, el, keyed, text } from "./dom.js";
import { money } from "./money.js";
import { dots, Entry } from "./numpad.js";
import { send, store } from "./store.js";
import { page, t } from "./words.js";

const REASONS = ["wrong_item", "wrong_payment", "changed_mind", "wrong_member"];
const chosen = { reason: null, staff: null, sale: null };
let pending = false;
const entry = new Entry({
  changed(value) {
    dots($("void-dots"), value);
    attr($("void-dots"), "aria-label", t("till.pin_digits", { n: value.length }));
    render();
  },
});

export function defineVoid() {
  entry.bind($("void-pad"));
  define("void", { enter: go, keydown: (event) => entry.keydown(event), closed: () => entry.set("") });
  $("void-ok").addEventListener("click", go);
  $("void-back").addEventListener("click", () => close("void"));
}

export function openVoid() {
  const sale = store.view?.last_sale;
  if (!sale?.void_allowed) return;
  pending = false;
  Object.assign(chosen, { reason: null, sale: sale.uid, staff: page.approvers.length === 1 ? page.approvers[0].uid : null });
  const back = Object.entries(sale.tenders).map(([kind, amount]) => t(`till.void_back_${kind}`, { amount: money(amount) }));
  text($("void-what"), [t("till.void_what", { receipt: sale.receipt, amount: money(sale.total) }), ...back].join(" · "));
  problem("void-problem", "");
  entry.set("");
  raise("void");
}

function render() {
  const reasons = REASONS.map((id) => ({ id, words: t(`till.reason_${id}`) }));
  const people = page.approvers.map((each) => ({ id: each.uid, words: each.name, role: t(`till.role_${each.role}`) }));
  picks($("void-reasons"), reasons, "reason");
  picks($("void-people"), people, "staff");
  $("void-ok").disabled = pending || !chosen.reason || !chosen.staff || entry.value.length < 4;
}

function picks(host, list, what) {
  const pick = (id) => () => {
    chosen[what] = id;
    render();
  };
  const make = (each) =>
    el("button", { type: "button", onclick: pick(each.id) }, el("span", { text: each.words }), each.role && el("small", { text: each.role }));
  keyed(host, list, (each) => each.id, make, (node, each) => {
    attr(node, "class", chosen[what] === each.id ? "btn on" : "btn");
    attr(node, "aria-pressed", chosen[what] === each.id);
  });
}

async function go() {
  if ($("void-ok").disabled) return;
  pending = true;
  render();
  problem("void-problem", "");
  try {
    const { reason, staff, sale } = chosen;
    await send("void", { sale, staff, pin: entry.value, reason: t(`till.reason_${reason}`) });
    close("void");
  } catch (error) {
    problem("void-problem", error.message);
    entry.set("");
  } finally {
    pending = false;
    render();
  }
}
