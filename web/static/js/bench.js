// The device bench: taps become scans and faults of simulated devices; the tills beside show what follows.
// It holds no stream (a browser has only six): it asks once a second while it is seen.
import { get, post } from "./api.js";
import { $, attr, el, icon, keyed, setIcon, show, text } from "./dom.js";
import { bindLanguage } from "./language.js";
import { money, plain, quantity, setCurrency } from "./money.js";
import { has, page, t, tn } from "./words.js";

const KIND_ICON = { scanner: "scan-barcode", cardreader: "credit-card", printer: "printer" };
let aim = page.lanes[0];
let devices = [];
let seen = {};

const scannerOf = (lane, kind = "scanner") => devices.find((each) => each.lane === lane && each.kind === kind);

function say(words) {
  text($("said"), words);
}

async function scan(lane, code, kind = "scanner") {
  const device = scannerOf(lane, kind) ?? scannerOf(lane);
  if (!device) return say(t("bench.no_scanner"));
  try {
    await post("/api/bench/scan", { device: device.name, code });
    const shown = code.length > 40 ? `${code.slice(0, 40)}… (${code.length})` : code;
    say(t("bench.scanned", { code: shown.replace(/[\u0000-\u001f]/g, "␛") }));
  } catch (error) {
    say(error.message);
  }
  return refresh();
}

async function fault(device, name, on) {
  try {
    await post("/api/bench/fault", { device, name, on });
  } catch (error) {
    say(error.message);
  }
  return refresh();
}

// ---- the codes

function drawAim() {
  keyed($("aim"), [...page.lanes, ...page.kiosks], (lane) => lane, (lane) => el("button", { type: "button", onclick: () => take(lane) }), (node, lane) => {
    attr(node, "class", lane === aim ? "btn on" : "btn");
    attr(node, "aria-pressed", lane === aim);
    text(node, page.kiosks.includes(lane) ? t("till.kiosk", { lane }) : t("bench.aim", { lane }));
  });
}

function take(lane) {
  aim = lane;
  drawAim();
}

function drawSamples() {
  const { products, members, staff, bad } = page.samples;
  const group = (title, list, kind) => [
    el("h3", { text: title }),
    el("div", { class: "taps" }, ...list.map((sample) => tap(sample, kind))),
  ];
  $("samples").append(
    ...group(t("bench.products"), products, "scanner"),
    ...group(t("bench.members"), members, "cardreader"),
    ...group(t("bench.staff"), staff, "scanner"),
    ...group(t("bench.bad"), bad, "bad"),
  );
  if (page.lanes.length < 2 || products.length < 2) return;
  const both = () => page.lanes.slice(0, 2).forEach((lane, i) => scan(lane, products[i].code));
  $("samples").append(
    el("h3", { text: t("bench.twice_hint") }),
    el("button", { type: "button", class: "btn", onclick: both }, icon("scan-barcode"), el("span", { text: t("bench.twice") })),
  );
}

function tap(sample, kind) {
  const code = sample.code.length > 24 ? `${sample.code.slice(0, 24)}…` : sample.code;
  return el(
    "button",
    { type: "button", class: kind, onclick: () => scan(aim, sample.code, kind === "cardreader" ? kind : "scanner") },
    el("b", { text: sample.name }),
    el("small", { class: "num", text: code.replace(/[\u0000-\u001f]/g, "␛") }),
  );
}

// ---- what the tills do

function drawLanes(views) {
  keyed($("lanes"), page.lanes.map((lane) => ({ lane, view: views[lane] })), ({ lane }) => lane, makeLane, updateLane);
}

function makeLane({ lane }) {
  return el(
    "article",
    { class: "lane", "aria-label": t("bench.till", { lane }) },
    el("div", { class: "lane-head" }, el("div", {}, el("h2", { text: t("bench.till", { lane }) }), el("span")), open(lane)),
    el("p", { class: "facts" }),
    el("ol", { tabindex: "0", "aria-label": t("bench.till", { lane }) }),
    el("p", { class: "said-here", role: "status" }),
    el("p", { class: "lane-due num" }, el("span", { text: t("bench.due") }), el("b")),
  );
}

function open(lane) {
  const props = { class: "btn", href: `/till/${encodeURIComponent(lane)}`, target: `tillbox-till-${lane}` };
  return el("a", props, el("span", { text: t("bench.open_till") }), icon("external-link"));
}

function updateLane(node, { lane, view }) {
  const [head, facts, lines, said, due] = node.children;
  setCurrency(view.shop.currency);
  text(head.firstChild.lastChild, view.staff ? t("bench.works", { name: view.staff.name }) : t("bench.nobody"));
  const { member } = view;
  text(facts, member ? `${member.name} · ${member.tier_name} · ${member.points} ${t("till.points_label")}` : "");
  const list = view.basket.lines.length ? view.basket.lines : [{ n: "empty", name: t("bench.empty") }];
  keyed(lines, list, (line) => line.n, () => el("li", {}, el("span"), el("b", { class: "num" })), (row, line) => {
    text(row.firstChild, line.qty ? `${line.name} × ${quantity(line.qty)}` : line.name);
    text(row.lastChild, line.qty ? plain(line.total) : "");
  });
  const [level, words] = remark(view);
  show(said, words !== "");
  attr(said, "class", `said-here ${level}`);
  text(said, words);
  text(due.lastChild, money(view.basket.total));
  flash(node, lane, view.scan);
}

function remark({ notice, done }) {
  if (notice) return [notice.level, `${noticeWords(notice)} ${notice.code}`.trim()];
  if (done) return ["ok", t("bench.done", { receipt: done.receipt, change: money(done.change) })];
  return ["", ""];
}

function noticeWords(notice) {
  for (const key of [`till.notice_${notice.slug}`, `errors.${notice.slug}`]) if (has(key)) return t(key, notice.params);
  return t("till.notice_other");
}

function flash(node, lane, beep) {
  const before = seen[lane];
  seen[lane] = beep?.seq;
  if (before === undefined || beep?.seq === before) return;
  node.className = `lane flash ${beep.sound}`;
  setTimeout(() => (node.className = "lane"), 700);
}

// ---- the devices and their papers

function drawDevices() {
  keyed($("devices"), devices, (each) => each.name, makeDevice, (node, device) => {
    const [head, faults] = node.children;
    const good = ["ready", "starting"].includes(device.state);
    attr(node, "class", good ? "device" : "device lost");
    setIcon(head.firstChild, KIND_ICON[device.kind] ?? "plug");
    const where = device.lane ? ` · ${t("bench.till", { lane: device.lane })}` : "";
    text(head.children[1], `${device.name}${where}`);
    text(head.lastChild, t(`bench.state_${device.state}`));
    keyed(faults, Object.entries(device.faults), ([name]) => name, (entry) => makeFault(device.name, entry), (button, [name, on]) => {
      attr(button, "aria-pressed", on);
      text(button, has(`bench.fault_${name}`) ? t(`bench.fault_${name}`) : name);
    });
  });
}

function makeDevice(device) {
  const kind = t(`bench.kind_${device.kind}`);
  return el(
    "li",
    { class: "device" },
    el("p", {}, icon("plug"), el("span"), el("span")),
    el("div", { class: "faults", role: "group", "aria-label": `${kind} ${device.name}` }),
  );
}

function makeFault(device, [name]) {
  const flip = (event) => fault(device, name, event.currentTarget.getAttribute("aria-pressed") !== "true");
  return el("button", { type: "button", class: "btn", onclick: flip });
}

function drawPapers(papers) {
  const all = Object.entries(papers).flatMap(([printer, list]) => list.map((paper) => ({ printer, ...paper })));
  const list = all.slice(0, 6);
  show($("papers-none"), list.length === 0);
  keyed($("papers"), list, (paper) => paper.png, makePaper, () => {});
}

function makePaper(paper) {
  const picture = el("img", { src: paper.png, alt: t("bench.paper_alt", { id: paper.id }), loading: "lazy" });
  const kicks = paper.kicks ? el("small", { text: tn("bench.kicks", paper.kicks) }) : null;
  return el("li", {}, picture, kicks);
}

let timer;
async function refresh() {
  clearTimeout(timer);
  if (document.hidden) return;
  try {
    const state = await get("/api/bench/state");
    devices = state.devices;
    drawLanes(state.lanes);
    drawDevices();
    drawPapers(state.papers);
  } catch (error) {
    say(error.message);
  }
  clearTimeout(timer);
  timer = setTimeout(refresh, 1000);
}

$("own").addEventListener("submit", (event) => {
  event.preventDefault();
  if ($("own-code").value) scan(aim, $("own-code").value);
});
document.addEventListener("visibilitychange", refresh);
bindLanguage($("language"));
drawAim();
drawSamples();
refresh();
