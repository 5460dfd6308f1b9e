// Documents of this box, found again: their picture, a copy on paper, or goods that come back.
import { get } from "./api.js";
import { openBlind } from "./blind.js";
import { define, isOpen, problem, raise, toast } from "./dialog.js";
import { $, attr, el, icon, keyed, setIcon, show, text } from "./dom.js";
import { money } from "./money.js";
import { bindKeyboards } from "./osk.js";
import { path, send, store } from "./store.js";
import { t, tn } from "./words.js";

const KIND_ICON = { sale: "receipt-text", return: "rotate-ccw", void: "x" };
let list = null; // null: not loaded yet
let chosen = null;
let asked = 0;
let timer;
let forReturn = false;

export function defineReceipts() {
  define("receipts", {
    mount(dialog) {
      bindKeyboards(dialog);
      $("receipts-q").addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(load, 150);
      });
      $("receipts-return").addEventListener("click", bringBack);
      $("receipts-copy").addEventListener("click", copy);
      $("receipts-blind").addEventListener("click", openBlind);
    },
    enter: () => (forReturn ? bringBack() : undefined),
    keydown: (event) => (event.key === "ArrowDown" || event.key === "ArrowUp") && move(event),
    closed: () => clearTimeout(timer),
  });
}

export const openReceipts = () => open(false);
export const openReturn = () => store.view.can["sale.return"] !== "deny" && open(true);

function open(back) {
  forReturn = back;
  list = chosen = null;
  raise("receipts");
  text($("receipts-title"), t(back ? "till.return_title" : "till.receipts_title"));
  setIcon($("receipts-icon").firstChild, back ? "rotate-ccw" : "search");
  problem("receipts-problem", "");
  $("receipts-q").focus();
  load();
}

async function load() {
  const mine = ++asked;
  try {
    const q = $("receipts-q").value.trim();
    const { receipts } = await get(`${path("receipts")}?q=${encodeURIComponent(q)}`);
    if (mine !== asked || !isOpen("receipts")) return;
    list = receipts;
    pick(list.find((each) => each.uid === chosen?.uid) ?? list[0] ?? null);
  } catch (error) {
    if (isOpen("receipts")) problem("receipts-problem", error.message);
  }
}

function move(event) {
  if (!list?.length) return false;
  const at = list.findIndex((each) => each.uid === chosen?.uid);
  const to = Math.min(list.length - 1, Math.max(0, at + (event.key === "ArrowDown" ? 1 : -1)));
  pick(list[to]);
  $("receipts-list").children[to].scrollIntoView({ block: "nearest" });
  return true;
}

function pick(receipt) {
  if (receipt?.uid !== chosen?.uid) preview(receipt);
  chosen = receipt;
  render();
}

function preview(receipt) {
  const host = $("receipts-picture");
  if (!receipt) return host.replaceChildren();
  const picture = el("img", {
    src: `${path("receipt")}/${encodeURIComponent(receipt.uid)}.png`,
    alt: t("till.receipt_alt", { receipt: receipt.receipt }),
  });
  picture.addEventListener("error", () => host.replaceChildren(t("till.receipt_missing")));
  return host.replaceChildren(picture);
}

function render() {
  const { can, chips } = store.view;
  show($("receipts-empty"), !list?.length);
  text($("receipts-empty"), t(list ? "till.receipts_none" : "till.loading"));
  keyed($("receipts-list"), list ?? [], (each) => each.uid, make, update);
  const returnable = chosen?.kind === "sale" && !chosen.voided && can["sale.return"] !== "deny";
  $("receipts-return").disabled = !returnable;
  show($("receipts-return-lock"), can["sale.return"] === "approve");
  $("receipts-copy").disabled = !chosen || chips.printer.state === "none";
  show($("receipts-blind"), forReturn && can["sale.return_blind"] !== "deny");
  show($("receipts-blind-lock"), can["sale.return_blind"] === "approve");
}

function make() {
  const node = el("button", { type: "button", class: "entry-row" }, icon("receipt-text"), el("span", {}, el("b", { class: "num" }), el("small", { class: "num" })), el("b", { class: "num" }));
  node.addEventListener("click", () => pick(node.receipt));
  return node;
}

function update(node, receipt) {
  node.receipt = receipt;
  const on = receipt.uid === chosen?.uid;
  attr(node, "aria-pressed", on);
  const [, words, total] = node.children;
  setIcon(node.firstChild, KIND_ICON[receipt.kind] ?? "receipt-text");
  text(words.firstChild, receipt.receipt);
  const kind = receipt.kind === "sale" ? (receipt.voided ? t("till.kind_voided") : null) : t(`till.kind_${receipt.kind}`);
  text(words.lastChild, [kind, receipt.when, receipt.by, tn("till.lines", receipt.lines)].filter(Boolean).join(" · "));
  text(total, money(receipt.total));
}

async function copy() {
  if ($("receipts-copy").disabled) return;
  $("receipts-copy").disabled = true;
  try {
    await send("reprint", { sale: chosen.uid });
    problem("receipts-problem", "");
    toast(t("till.copy_queued", { receipt: chosen.receipt }), "ok");
  } catch (error) {
    problem("receipts-problem", error.message);
  }
  if (isOpen("receipts")) render();
}

// The dialog with its lines comes by itself once the till has it open.
async function bringBack() {
  if ($("receipts-return").disabled) return;
  try {
    await send("return/open", { sale: chosen.uid });
  } catch (error) {
    if (isOpen("receipts")) problem("receipts-problem", error.message);
  }
}
