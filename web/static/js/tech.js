// The technician's page: asks for the state every two seconds while it is seen, and shows one section on a phone.
import { get, post } from "./api.js";
import { $, attr, el, icon, keyed, show, text } from "./dom.js";
import { bindLanguage } from "./language.js";
import { page, t } from "./words.js";

const EVERY_MS = 2000;
const LEVEL_ICON = { ok: "circle-check", warn: "triangle-alert", fail: "circle-x" };
const KIND_ICON = { scanner: "scan-barcode", cardreader: "id-card", printer: "printer", device: "cable" };
const STATE_LEVEL = { ready: "ok", starting: "ok", degraded: "warn", lost: "fail", closed: "fail", refused: "fail" };
const PRINTER_LEVEL = { ok: "ok", unknown: "ok", paper_low: "warn" };
const TEST_LEVEL = { printed: "ok", sent: "ok" };

const clock = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: page.zone,
});
const at = (us) => clock.format(new Date(us / 1000));

function badge(level, words) {
  return el("span", { class: `badge ${level}` }, icon(LEVEL_ICON[level]), el("span", { text: words }));
}

// Checks: one line each; what is not well stands open with why and remedy.
function checks(state) {
  const found = state.checks;
  show($("checks-none"), !found);
  text($("checks-none"), t(state.checking ? "tech.checking" : "tech.not_checked"));
  $("again").disabled = state.checking;
  const when = state.checking ? t("tech.checking") : state.checked_us ? t("tech.checked_at", { time: at(state.checked_us) }) : "";
  text($("summary"), found ? `${t("tech.summary", found.counts)} · ${when}` : "");
  const order = { fail: 0, warn: 1, ok: 2 };
  const sorted = [...(found ? found.checks : [])].sort((a, b) => order[a.level] - order[b.level]);
  keyed($("check-list"), sorted, (check) => check.check, () => el("li", { class: "check" }), fillCheck);
}

function fillCheck(node, check) {
  const same = JSON.stringify(check);
  if (node.dataset.same === same) return;
  node.dataset.same = same;
  const lines = check.findings.map((finding) =>
    el("li", { class: finding.level }, el("p", { text: finding.text }), finding.remedy
      ? el("p", { class: "remedy" }, el("b", { text: t("tech.remedy") }), el("span", { text: finding.remedy }))
      : null));
  node.replaceChildren(
    el("div", { class: "line" }, el("h3", { text: check.name }), badge(check.level, t(`tech.level_${check.level}`))),
    el("ul", { class: "findings" }, ...lines),
    ...(check.level === "ok" ? [] : [el("p", { class: "why" }, el("b", { text: t("tech.why") }), el("span", { text: check.why }))]),
  );
}

// Devices: what they are, how they are, and a test paper for printers.
function devices(state) {
  show($("devices-none"), state.devices.length === 0);
  keyed($("device-list"), state.devices, (device) => device.name, makeDevice, fillDevice);
}

function makeDevice(device) {
  const node = el("li", { class: "device" },
    el("div", { class: "line" }, icon(KIND_ICON[device.kind] || "cable"), el("h3", { text: device.name }), el("span", { class: "state" })),
    el("p", { class: "facts" }), el("p", { class: "detail" }));
  if (device.kind === "printer" && "testing" in device) {
    const button = el("button", { class: "btn test", type: "button" }, icon("printer-check"), el("span", { text: t("tech.test_print") }));
    button.setAttribute("aria-label", `${t("tech.test_print")}: ${device.name}`);
    button.addEventListener("click", () => send("/api/tech/print", { printer: device.name }));
    node.append(button, el("p", { class: "outcome", role: "status" }));
  }
  return node;
}

function fillDevice(node, device) {
  const status = device.state === "ready" && device.printer;
  const level = status ? PRINTER_LEVEL[device.printer] || "fail" : STATE_LEVEL[device.state] || "warn";
  const words = status ? t(`tech.printer_${device.printer}`) : t(`tech.state_${device.state}`);
  const place = node.querySelector(".state");
  if (place.dataset.same !== level + words) {
    place.dataset.same = level + words;
    place.replaceChildren(badge(level, words));
  }
  const lane = device.lane ? ` · ${t("tech.lane", { lane: device.lane })}` : "";
  text(node.querySelector(".facts"), `${t(`tech.kind_${device.kind}`)} · ${device.driver}${lane}`);
  text(node.querySelector(".detail"), device.detail === device.printer ? "" : device.detail);
  const button = node.querySelector(".test");
  if (!button) return;
  button.disabled = device.testing;
  text(node.querySelector(".outcome"), device.testing ? t("tech.test_running") : outcome(device.test));
  attr(node.querySelector(".outcome"), "data-level", device.test && !device.testing ? TEST_LEVEL[device.test.state] || "fail" : "");
}

function outcome(test) {
  if (!test) return "";
  const known = `tech.printer_${test.reason}`;
  return t(`tech.test_${test.state}`, { time: at(test.at_us), reason: known in page.words ? t(known) : test.reason });
}

function scans(state) {
  show($("scans-none"), state.scans.length === 0);
  keyed($("scan-list"), state.scans, (scan) => scan.seq, (scan) => el("li", { class: "scan" },
    el("code", { text: scan.text || "–" }),
    el("span", { class: "what", text: `tech.scan_${scan.kind}` in page.words ? t(`tech.scan_${scan.kind}`) : scan.kind }),
    el("small", { class: "num", text: [at(scan.at_us), scan.device, scan.lane ? t("tech.lane", { lane: scan.lane }) : ""].filter(Boolean).join(" · ") }),
  ), () => {});
}

let timer = 0;
async function look() {
  clearTimeout(timer);
  try {
    const state = await get("/api/tech/state");
    checks(state);
    devices(state);
    scans(state);
    show($("stale"), false);
  } catch {
    show($("stale"), true);
  }
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(look, EVERY_MS);
}

async function send(path, body) {
  try {
    await post(path, body);
  } catch {
    show($("stale"), true);
  }
  look();
}

// One section at a time on a phone, all of them on a laptop: the style sheet decides, this says which one.
function section() {
  const wanted = ["#checks", "#devices", "#scans"].includes(location.hash) ? location.hash : "#checks";
  for (const link of document.querySelectorAll(".tech-nav a")) attr(link, "aria-current", link.hash === wanted ? "true" : null);
  for (const panel of document.querySelectorAll(".panel")) panel.classList.toggle("shown", `#${panel.id}` === wanted);
}

$("again").addEventListener("click", () => send("/api/tech/check", {}));
$("logout").addEventListener("click", async () => {
  await post("/api/logout", { lane: page.lane }).catch(() => {});
  location.assign("/");
});
addEventListener("hashchange", section);
document.addEventListener("visibilitychange", look);
bindLanguage($("language"));
section();
look();
