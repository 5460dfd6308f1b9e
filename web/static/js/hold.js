// Carts that are put aside: at once and without a question; named or handed to another till afterwards; taken up again.
import { get } from "./api.js";
import { close, define, isOpen, problem, raise, toast } from "./dialog.js";
import { $, attr, el, icon, keyed, show, text } from "./dom.js";
import { money } from "./money.js";
import { askText } from "./say.js";
import { path, send, store } from "./store.js";
import { page, t, tn } from "./words.js";

let last = null; // what was put aside here last: {uid, total, count}
let list = null; // null: not loaded yet
let pending = false;

export function defineHold() {
  $("do-hold").addEventListener("click", hold);
  $("do-recall").addEventListener("click", openRecall);
  $("held-name").addEventListener("click", rename);
  $("held-back").addEventListener("click", () => last && recall(last.uid));
  define("recall", { enter: () => list?.length === 1 && recall(list[0].uid) });
}

export async function hold() {
  const { basket, can } = store.view;
  if (!basket.lines.length || can["sale.hold"] === "deny") return;
  const aside = { uid: basket.uid, total: basket.total, count: basket.count };
  try {
    await send("hold", {}, { basket: basket.uid });
    if (store.view.basket.uid === aside.uid) return; // it waits for a second person
    last = aside;
    renderHeld(store.view);
  } catch (error) {
    toast(error.message);
  }
}

function rename() {
  const { uid } = last;
  const choices = page.lanes.map((lane) => ({ id: lane, words: t("till.hand_to", { lane }) }));
  const words = {
    icon: "pause",
    title: t("till.held_title"),
    tip: t(choices.length ? "till.held_tip_lanes" : "till.held_tip"),
    label: t("till.held_label"),
    ok: t("till.held_ok"),
    max: 40,
    empty: true,
    choices,
  };
  askText(words, async (title, lane) => {
    await send("held/change", { held: uid, title, ...(lane && { lane }) });
    last = null;
    return () => renderHeld(store.view);
  });
}

export function renderHeld(view) {
  const denied = view.can["sale.hold"] === "deny";
  show($("do-hold"), !denied);
  show($("do-recall"), !denied);
  show($("hold-lock"), view.can["sale.hold"] === "approve");
  $("do-hold").disabled = !view.basket.lines.length || view.basket.paid.length > 0;
  show($("held-count"), view.held > 0);
  text($("held-count"), view.held);
  attr($("do-recall"), "aria-label", view.held ? tn("till.recall_n", view.held) : null);
  if (view.basket.lines.length || view.done || !view.held) last = null;
  show($("held-note"), Boolean(last));
  if (last) text($("held-text"), tn("till.held_now", last.count, { amount: money(last.total) }));
}

export async function openRecall() {
  if (store.view.can["sale.hold"] === "deny") return;
  list = null;
  pending = false;
  raise("recall");
  problem("recall-problem", "");
  render();
  await load();
}

async function load() {
  try {
    ({ held: list } = await get(path("held")));
  } catch (error) {
    if (isOpen("recall")) problem("recall-problem", error.message);
  }
  if (isOpen("recall")) render();
}

function render() {
  text($("recall-empty"), t(list ? "till.recall_none" : "till.loading"));
  show($("recall-empty"), !list?.length);
  show($("recall-swap"), Boolean(list?.length) && store.view.basket.lines.length > 0);
  keyed($("recall-list"), list ?? [], (each) => each.uid, make, update);
}

function make() {
  const node = el("button", { type: "button", class: "entry-row" }, icon("shopping-basket"), el("span", {}, el("b"), el("small", { class: "num" })), el("b", { class: "num" }));
  node.addEventListener("click", () => recall(node.cart.uid));
  return node;
}

function update(node, cart) {
  node.cart = cart;
  const [, words, total] = node.children;
  text(words.firstChild, cart.title || t("till.held_by", { name: cart.by, when: cart.when }));
  const whose = cart.title ? [cart.by, cart.when] : [];
  const parts = [t("till.title", { lane: cart.lane }), ...whose, tn("till.lines", cart.lines)];
  if (cart.mine) parts.push(t("till.held_mine"));
  text(words.lastChild, parts.join(" · "));
  text(total, money(cart.total));
  node.disabled = pending;
}

// A cart that is open here is put aside first.
async function recall(uid) {
  if (pending) return;
  pending = true;
  try {
    if (store.view.basket.lines.length) await send("hold");
    await send("recall", { held: uid });
    last = null;
    close("recall");
  } catch (error) {
    if (isOpen("recall")) problem("recall-problem", error.message);
    else toast(error.message);
    await load();
  } finally {
    pending = false;
    if (isOpen("recall")) render();
  }
}
