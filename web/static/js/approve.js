// A second person allows what the first may not do alone: by PIN, or by a badge under the scanner. The server keeps what
// was asked; this shows it, in the frame of the dialog that asked.
import { close, define, isOpen, problem, raise, toast } from "./dialog.js";
import { $, attr, el, keyed, text } from "./dom.js";
import { money, quantity } from "./money.js";
import { dots, Entry } from "./numpad.js";
import { picks } from "./picks.js";
import { send, store } from "./store.js";
import { noticeWords, number, page, t } from "./words.js";

const REMEMBERED = `tillbox-approver-${page.lane}`;
let chosen = null;
let pending = false;
let leaving = false; // it was cancelled here, and the server does not know yet
let told = null; // the newest notice when the question came
let picked = null; // whose badge was held under the scanner
const entry = new Entry({
  changed(value) {
    if (!$("approve")) return;
    dots($("approve-dots"), value);
    attr($("approve-dots"), "aria-label", t("till.pin_digits", { n: value.length }));
    render();
  },
});

export function defineApproval() {
  define("approve", {
    mount() {
      entry.bind($("approve-pad"));
      $("approve-ok").addEventListener("click", allow);
    },
    enter: allow,
    keydown: (event) => entry.keydown(event),
    closed: cancel,
  });
}

export function syncApproval(view) {
  const asked = view.approval;
  if (!asked) {
    leaving = false;
    close("approve");
    return;
  }
  if (leaving) return;
  if (!isOpen("approve")) begin(view);
  else if (view.notice && view.notice.seq !== told) refused(view.notice);
  if (asked.picked && asked.picked !== picked) chosen = asked.picked; // a badge, where the shop wants the PIN, too
  picked = asked.picked;
  render();
}

function begin(view) {
  const people = view.approval.people;
  const last = localStorage.getItem(REMEMBERED);
  chosen = people.length === 1 ? people[0].uid : (people.find((each) => each.uid === last)?.uid ?? null);
  pending = false;
  told = view.notice?.seq ?? null;
  raise("approve");
  problem("approve-problem", "");
  entry.set("");
}

// A badge that may not allow it is told where the eyes are.
function refused(notice) {
  told = notice.seq;
  problem("approve-problem", noticeWords(notice));
}

function render() {
  const asked = store.view?.approval;
  if (!asked || !isOpen("approve")) return;
  const key = asked.action.replace(".", "_");
  text($("approve-title"), t(`till.allow_${key}`));
  keyed($("approve-facts"), facts(asked), (each) => each.id, () => el("div", {}, el("span"), el("b", { class: "num" })), (node, each) => {
    text(node.firstChild, each.words);
    text(node.lastChild, each.value);
  });
  const people = asked.people.map((each) => ({ id: each.uid, words: each.name, note: t(`till.role_${each.role}`) }));
  picks($("approve-people"), people, chosen, (id) => {
    chosen = id;
    render();
  });
  const who = asked.people.find((each) => each.uid === chosen);
  text($("approve-whose"), who ? t("till.pin_for", { name: who.name }) : t("till.pin"));
  $("approve-ok").disabled = pending || !chosen || entry.value.length < 4;
}

const signed = (n) => (n < 0 ? `−${number(-n)}` : `+${number(n)}`);

// What is asked, in the order in which one reads it.
const FACTS = {
  receipt: (value) => value,
  expiry: (value) => value,
  name: (value) => value,
  qty: (value) => quantity(value),
  listed: (value) => money(value),
  price: (value) => money(value),
  amount: (value) => money(value),
  member: (value) => value,
  points: (value) => signed(value),
  reason: (value) => value,
};

function facts({ facts: given }) {
  const known = Object.keys(FACTS).filter((name) => given[name]);
  const name = (id) => (id === "price" && given.listed === undefined ? "till.blind_each" : `till.fact_${id}`);
  return known.map((id) => ({ id, words: t(name(id)), value: FACTS[id](given[id]) }));
}

async function allow() {
  if ($("approve-ok").disabled) return;
  pending = true;
  render();
  problem("approve-problem", "");
  try {
    await send("approve", { staff: chosen, pin: entry.value });
    localStorage.setItem(REMEMBERED, chosen);
  } catch (error) {
    if (isOpen("approve")) problem("approve-problem", error.message);
    else toast(error.message);
  } finally {
    pending = false;
    entry.set("");
  }
}

function cancel() {
  entry.set("");
  if (!store.view?.approval) return;
  leaving = true;
  send("approve", { cancel: true }).catch((error) => toast(error.message));
}
