// The action bar and what lies behind More: each is there only if this person may do it, with a lock where a second one
// must allow it.
import { post } from "./api.js";
import { close, define, isOpen, raise, toast } from "./dialog.js";
import { reprint } from "./done.js";
import { $, attr, show, text } from "./dom.js";
import { hasEmpties, openEmpties } from "./empties.js";
import { bindLanguage } from "./language.js";
import { money } from "./money.js";
import { askAmount } from "./number.js";
import { changePerson } from "./person.js";
import { openDiscount } from "./price.js";
import { askReason } from "./reason.js";
import { openReceipts, openReturn } from "./receipts.js";
import { openShift, report } from "./shift.js";
import { play, setVolume, volume } from "./sound.js";
import { send, store } from "./store.js";
import { openRewards } from "./till-rewards.js";
import { openValue } from "./value.js";
import { number, page, t } from "./words.js";

const VOID = ["wrong_item", "wrong_payment", "changed_mind", "wrong_member"];
const DRAWER = ["give_change", "check_count", "change_forgotten"];
const IN = ["change_fetched", "correction"];
const GIVE = ["card_forgotten", "goodwill", "correction"];
const TAKE = ["wrong_member", "correction"];
const OUT = ["to_bank", "supplier", "expense"];

const tell = (name, args) => send(name, args).catch((error) => toast(error.message));
const done = (words) => toast(words, "ok");

// What lies behind More: when it may be tapped, which right it needs, what it does.
const MENU = {
  void: { can: "sale.void", on: (view) => view.last_sale?.void_allowed, run: openVoid },
  clear: { can: "sale.sell", on: (view) => view.basket.lines.length > 0, run: () => tell("clear") },
  receipts: { can: "sale.sell", run: openReceipts },
  open: { can: "shift.open", there: (view) => !view.shift, run: openShift },
  close: { can: "shift.close", there: (view) => view.shift, run: openShift },
  report: { can: "shift.report", on: (view) => view.shift, run: () => report() },
  in: { can: "cash.in", run: () => move("in", IN) },
  out: { can: "cash.out", run: () => move("out", OUT) },
  value: { can: "value.top_up", run: openValue },
  empties: { can: "sale.sell", there: hasEmpties, run: openEmpties },
  give: { can: "points.adjust", there: (view) => view.member, run: () => adjust(1, GIVE) },
  take: { can: "points.adjust", there: (view) => view.member, run: () => adjust(-1, TAKE) },
  rewards: { can: "sale.sell", there: (view) => view.member, run: openRewards },
  account: { can: "sale.sell", there: (view) => view.tenders.includes("account") && view.member, run: payAccount },
  lock: { can: null, run: lock },
  help: { can: null, run: () => raise("help") },
};

export function bindMenu() {
  $("do-return").addEventListener("click", openReturn);
  $("do-discount").addEventListener("click", openDiscount);
  $("do-drawer").addEventListener("click", openDrawer);
  $("do-reprint").addEventListener("click", () => reprint(store.view.last_sale?.uid));
  $("do-more").addEventListener("click", () => raise("more"));
  $("me").addEventListener("click", () => changePerson());
  define("more", { mount: mountMore });
}

function mountMore() {
  for (const [id, item] of Object.entries(MENU)) {
    $(`more-${id}`).addEventListener("click", () => {
      close("more");
      item.run();
    });
  }
  bindLanguage($("do-language"));
  bindVolume();
  renderMore(store.view);
}

function bindVolume() {
  const mark = () => {
    for (const each of $("volume").children) {
      const on = Number(each.dataset.level) === volume();
      attr(each, "aria-pressed", on);
      each.classList.toggle("on", on);
    }
  };
  $("volume").addEventListener("click", (event) => {
    const level = event.target.closest("[data-level]")?.dataset.level;
    if (level === undefined) return;
    setVolume(Number(level));
    mark();
    play("ok");
  });
  mark();
}

export function renderActions(view) {
  const { can, basket, chips } = view;
  const printer = chips.printer.state !== "none";
  lockable("return", can["sale.return"], true);
  const over = can["sale.discount_over"] === "approve" ? "approve" : "allow";
  lockable("discount", can["sale.discount"] === "allow" ? over : can["sale.discount"], basket.lines.some((line) => line.total > 0));
  lockable("drawer", can["drawer.open"], printer);
  $("do-reprint").disabled = !view.last_sale || !printer;
  if (isOpen("more")) renderMore(view);
}

function lockable(id, verdict, on) {
  show($(`do-${id}`), verdict !== "deny");
  show($(`${id}-lock`), verdict === "approve");
  $(`do-${id}`).disabled = !on;
}

function renderMore(view) {
  for (const [id, item] of Object.entries(MENU)) {
    const verdict = item.can ? view.can[item.can] : "allow";
    const node = $(`more-${id}`);
    show(node, verdict !== "deny" && Boolean(!item.there || item.there(view)));
    node.disabled = Boolean(item.on) && !item.on(view);
    const mark = node.querySelector(".lock-mark");
    if (mark) show(mark, verdict === "approve");
  }
}

export async function lock() {
  await post("/api/logout", { lane: page.lane }).catch(() => {});
  location.assign(`/login/${encodeURIComponent(page.lane)}`);
}

export function openVoid() {
  const sale = store.view?.last_sale;
  if (!sale?.void_allowed || store.view.can["sale.void"] === "deny") return;
  const facts = [
    { id: "receipt", words: t("till.fact_receipt"), value: sale.receipt },
    ...Object.entries(sale.tenders).map(([kind, amount]) => ({ id: kind, words: t(`till.back_${kind}`), value: money(amount) })),
  ];
  const asked = { icon: "rotate-ccw", title: t("till.void_title"), facts, reasons: VOID };
  askReason(asked, (reason) => send("void", { sale: sale.uid, reason }));
}

function openDrawer() {
  if ($("do-drawer").hidden || $("do-drawer").disabled) return;
  const asked = { icon: "inbox", title: t("till.drawer_title"), reasons: DRAWER };
  askReason(asked, (reason) => send("drawer/open", { reason }));
}

function move(way, reasons) {
  const asked = { icon: way === "in" ? "plus" : "minus", title: t(`till.cash_${way}_title`), amount: true, reasons };
  askReason(asked, async (reason, amount) => {
    await send(`cash/${way}`, { amount, reason });
    if (!store.view.approval) done(t(`till.cash_${way}_done`, { amount: money(amount) }));
  });
}

// Points given or taken by hand: the member's figure follows by itself.
function adjust(sign, reasons) {
  const { member } = store.view;
  const facts = [{ id: "member", words: t("till.fact_member"), value: member.name }, { id: "now", words: t("till_points.adjust_now"), value: number(member.points) }];
  const asked = { icon: "star", title: t(sign > 0 ? "till_points.adjust_add" : "till_points.adjust_take"), facts, amount: true, whole: true, entry: t("till_points.adjust_entry"), reasons };
  askReason(asked, async (reason, n) => {
    await send("points/adjust", { points: sign * n, reason });
    if (!store.view.approval) done(t("till_points.adjust_done", { name: member.name, points: number(store.view.member.points) }));
  });
}

function payAccount() {
  const words = { title: t("till.account_pay_title"), tip: store.view.member?.name ?? "", ok: t("till.account_pay_ok") };
  askAmount(words, (amount) => send("account/pay", { amount }));
}
