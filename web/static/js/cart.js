// The cart: member card, lines, notice, undo bar, totals. What is paid of it and how is in pays.js.
import { anyOpen, toast } from "./dialog.js";
import { $, attr, el, icon, keyed, setIcon, show, text } from "./dom.js";
import { money, plain, quantity } from "./money.js";
import { openMember } from "./member-door.js";
import { askOpenPrice, askQuantity, askWeight, fixed } from "./number.js";
import { goods, openPrice } from "./price.js";
import { current, select, send, store } from "./store.js";
import { noticeWords, number, t, tn } from "./words.js";

let findCode;
const command = (name, args) => send(name, args).catch((error) => toast(error.message));

export function bindCart(find) {
  $("member-add").addEventListener("click", () => openMember());
  $("m-open").addEventListener("click", () => openMember());
  $("m-detach").addEventListener("click", () => command("member/detach"));
  $("do-undo").addEventListener("click", undo);
  $("times-off").addEventListener("click", () => command("multiply", { n: 1 }));
  $("notice-dismiss").addEventListener("click", dismiss);
  $("restored-ok").addEventListener("click", dismiss);
  $("lines").addEventListener("click", (event) => {
    const line = event.target.closest(".ln")?.parentNode.line;
    if (line) select(line.n);
  });
  $("notice-find").addEventListener("click", answerNotice);
  findCode = find;
}

export const undo = () => command("undo");
export const dismiss = () => command("notice/dismiss");

export function step(by) {
  const chosen = current();
  if (!chosen || fixed(chosen)) return undefined;
  const sign = chosen.qty < 0 ? -1 : 1; // more of what comes back is less
  return command("qty", () => {
    const line = store.view.basket.lines.find((each) => each.n === chosen.n);
    const qty = line ? line.qty + sign * by : 0;
    return sign * qty > 0 ? { line: line.n, qty } : null;
  });
}

export function remove() {
  const line = current();
  return line && line.tied == null && command("remove", { line: line.n });
}

export function renderCart(view, before) {
  for (const node of $("lines").children) updateLine(node, node.line);
  show($("empty"), view.basket.lines.length === 0);
  renderSelection();
  renderControls();
  followScan(view, before);
  renderMember(view);
  renderNotice(view.notice);
  renderBars(view, before);
  renderTotals(view);
}

function toNext(member) {
  if (!member.next) return t("till.tier_top");
  const { to_next: score, visits_to_next: visits, next_name: tier } = member;
  if (!visits) return t("till.tier_to", { n: number(score), tier });
  return score ? t("till.tier_to_both", { n: number(score), visits, tier }) : t("till.tier_to_visits", { visits, tier });
}

function renderMember(view) {
  const member = view.member;
  show($("member"), Boolean(member));
  show($("member-add"), !member);
  // Nobody's name stays on the page, seen or not.
  if (!member) for (const id of ["m-initial", "m-name", "m-phone"]) text($(id), "");
  if (!member) return;
  text($("m-initial"), member.initial);
  text($("m-name"), member.name || t("member.nameless"));
  text($("m-tier"), member.tier_name);
  attr($("m-tier"), "class", `tier ${member.tier}`);
  text($("m-phone"), member.phone);
  text($("m-points"), number(member.points));
  attr($("m-track"), "aria-valuenow", member.progress);
  $("m-progress").style.width = `${member.progress}%`;
  text($("m-next"), toNext(member));
  const kept = member.until ? [t("till.tier_kept", { date: member.until })] : [];
  text($("m-perks"), [...kept, ...member.perks].join(" · "));
  text($("m-earn"), view.basket.points ? t("till.earn", { n: number(view.basket.points) }) : "");
}

// First the line that a scan made or counted up; the others are looked through with the rest (renderCart).
export function renderLines(view) {
  const key = (line) => `${view.basket.uid}-${line.n}`;
  keyed($("lines"), view.basket.lines, key, makeLine, (node, line) => {
    if (node.said === undefined || line.selected) updateLine(node, line);
    node.line = line;
  });
}

// Shows the line that was just scanned; one that only counts up pulses.
function followScan(view, before) {
  const beep = view.scan && before && view.scan.seq !== before.scan?.seq ? view.scan.line : null;
  if (beep == null && before) return;
  const node = nodeOf(beep ?? current()?.n);
  if (!node) return;
  // With the next frame: asked here, the browser would lay out the whole page before the line is even there.
  requestAnimationFrame(() => node.scrollIntoView({ block: "nearest" }));
  if (before?.basket.lines.some((line) => line.n === beep)) pulse(node);
}

const nodeOf = (n) => [...$("lines").children].find((node) => node.line.n === n);

function pulse(node) {
  node.classList.remove("pulse");
  node.getBoundingClientRect();
  node.classList.add("pulse");
}

// Every line is a copy of one that was made by hand; a tap is heard by the list.
let pattern = null;
function makeLine() {
  pattern ??= el("li", { class: "line" }, el("button", { type: "button", class: "ln" },
    el("span", {}, el("span", { class: "a" }), el("br"), el("span", { class: "b num" }, el("span"), el("em"))),
    el("span", { class: "p num" })));
  return pattern.cloneNode(true);
}

// A scan changes one line: the others are left alone. A line that is shown is the very same unless something of it changed.
function updateLine(node, line) {
  const said = JSON.stringify([line, Boolean(store.view.member)]);
  node.line = line;
  if (node.said === said) return;
  node.said = said;
  const pick = node.firstChild;
  const [name, , detail] = pick.firstChild.children;
  text(name, line.name);
  text(detail.firstChild, each(line));
  text(detail.lastChild, remarks(line));
  node.classList.toggle("tied", line.tied != null);
  node.classList.toggle("back", Boolean(line.returned));
  text(pick.lastChild, plain(line.total));
}

function renderSelection() {
  const chosen = current();
  for (const node of $("lines").children) {
    const selected = node.line.n === chosen?.n;
    node.classList.toggle("sel", selected);
    attr(node.firstChild, "aria-pressed", String(selected));
  }
}

// One set of buttons that moves to the selected line: icons are dear to make and to move, and every scan selects another.
let box = null;
function renderControls() {
  const line = current();
  const node = line && nodeOf(line.n);
  if (!node) return box?.remove();
  box ??= controls();
  if (box.parentNode !== node) node.append(box);
  updateControls(box, line);
  return undefined;
}

function each(line) {
  const params = { qty: quantity(line.qty), price: money(line.unit_price) };
  return t(line.unit === "kg" ? "till.line_kg" : "till.line_each", params);
}

// What is unusual of a line, the most important first.
function remarks(line) {
  const said = [];
  if (line.returned) said.push(t("till.line_returned", { receipt: line.returned }));
  else if (line.qty < 0 && goods({ ...line, qty: 1 })) said.push(t("till.line_back"));
  if (line.missing) said.push(t(`till.line_missing_${line.missing}`));
  if (line.asked !== undefined && line.shelf) said.push(t("till.line_asked", { price: money(line.shelf) }));
  const cuts = line.returned ? {} : (line.cuts ?? {}); // what comes back does so at what was paid for it
  for (const [kind, amount] of Object.entries(cuts)) said.push(t(`till.line_cut_${kind}`, { amount: plain(amount) }));
  const promos = line.promos ?? [];
  for (const { name, amount } of promos) said.push(t("till.line_promo", { name, amount: plain(amount) }));
  const rest = [...Object.values(cuts), ...promos.map((promo) => promo.amount)].reduce((left, amount) => left - amount, line.saving);
  if (rest > 0) said.push(t(store.view.member ? "till.line_member" : "till.line_saving", { amount: plain(rest) }));
  for (const name of ["serial", "lot", "expiry"]) if (line[name]) said.push(t(`till.line_${name}`, { it: line[name] }));
  if (line.note) said.push(line.note);
  if (line.flags.includes("age18")) said.push(t("till.flag_age"));
  return said.join(" · ");
}

function controls() {
  return el(
    "div",
    { class: "ctl" },
    el("button", { type: "button", class: "num", "aria-label": t("till.less"), onclick: () => step(-1000) }, icon("minus")),
    el("button", { type: "button", class: "q num", title: t("till.qty_of"), onclick: askQuantity }),
    el("button", { type: "button", class: "num", "aria-label": t("till.more_one"), onclick: () => step(1000) }, icon("plus")),
    el("button", { type: "button", class: "price", "aria-haspopup": "dialog", onclick: openPrice }, el("span", { text: t("till.price") }), el("span", { class: "lock" }, icon("lock-keyhole"))),
    el("button", { type: "button", class: "del", onclick: remove }, icon("trash-2"), el("span", { text: t("till.remove") })),
  );
}

function updateControls(node, line) {
  const [less, count, more, price, del] = node.children;
  for (const part of [less, count, more]) show(part, !fixed(line));
  less.disabled = Math.abs(line.qty) <= 1000;
  text(count, quantity(line.qty));
  attr(count, "aria-label", `${t("till.qty_of")}: ${quantity(line.qty)}`);
  const { can } = store.view;
  show(price, goods(line));
  show(price.lastChild, can["sale.price"] === "approve");
  attr(price, "aria-label", can["sale.price"] === "approve" ? `${t("till.price")}, ${t("till.approval")}` : null);
  del.disabled = line.tied != null;
}

// What the button of a notice does: find the code, weigh the goods, type their price.
const HELP = {
  unknown_code: { words: "till.find_action", sign: "search" },
  bad_check: { words: "till.find_action", sign: "search" },
  needs_weight: { words: "till.weigh_action", sign: "scale" },
  unknown_card: { words: "member.find_new", sign: "user-round-plus" },
  expired_code: { words: "till.expired_action", sign: "lock-keyhole" },
  needs_price: { words: "till.price", sign: "tag" },
};

function renderNotice(notice) {
  show($("notice"), Boolean(notice));
  if (!notice) return;
  const help = HELP[notice.slug];
  if (!$("notice-icon").firstChild) $("notice-icon").append(icon("circle-alert"));
  setIcon($("notice-icon").firstChild, { warn: "triangle-alert", info: "info" }[notice.level] ?? "circle-alert");
  attr($("notice"), "class", `notice ${notice.level}`);
  text($("notice-text"), noticeWords(notice));
  text($("notice-code"), notice.code);
  const denied = notice.slug === "expired_code" && store.view.can["sale.expired"] === "deny";
  show($("notice-find"), Boolean(help) && Boolean(notice.code) && !denied);
  if (help) {
    setIcon($("notice-find").firstElementChild, help.sign);
    text($("notice-find").lastElementChild, t(help.words));
  }
}

// It was scanned, and its price is all that lacks. Asked once no other dialog lies there.
export function askPriceOf({ notice }, before) {
  const fresh = before && notice && notice.seq !== before.notice?.seq;
  if (fresh && notice.slug === "needs_price" && notice.code && !anyOpen()) answerNotice();
}

function answerNotice() {
  const { slug, code, params } = store.view.notice;
  if (slug === "unknown_card") return openMember(code);
  dismiss();
  const product = { id: params.product, name: params.name };
  if (slug === "needs_weight") askWeight(product);
  else if (slug === "needs_price") askOpenPrice(product);
  else if (slug === "expired_code") command("expired/sell", { code });
  else findCode(code);
}

function renderBars(view, before) {
  const { undo: undoable, restored, multiplier } = view.basket;
  show($("restored"), restored);
  show($("times"), multiplier > 1);
  text($("times-text"), t("till.multiplier", { n: multiplier }));
  show($("undo"), Boolean(undoable));
  if (!undoable) return;
  text($("undo-text"), undoable.text);
  const fresh = before?.basket.undo?.text !== undoable.text || before.basket.undo.left_ms < undoable.left_ms;
  if (fresh) runDown(undoable.left_ms);
}

let hideUndo;
function runDown(left) {
  const bar = $("undo");
  bar.classList.remove("run");
  bar.getBoundingClientRect();
  $("undo-left").style.animationDuration = `${left}ms`;
  bar.classList.add("run");
  clearTimeout(hideUndo);
  hideUndo = setTimeout(() => show(bar, false), left);
}

function renderTotals(view) {
  const basket = view.basket;
  text($("sub-label"), basket.count > 0 ? tn("till.subtotal", basket.count) : t("till.subtotal_bare"));
  text($("subtotal"), money(basket.subtotal));
  show($("save-row"), basket.saving > 0);
  const members = view.member && !basket.lines.some((line) => line.cuts || line.promos);
  text($("save-label"), t(members ? "till.saving_member" : "till.saving"));
  text($("saving"), money(-basket.saving));
}
