// Top bar: where, since when, what is not as usual, who.
import { $, attr, el, icon, keyed, setIcon, text } from "./dom.js";
import { has, t, tn } from "./words.js";

const SYNC_ICON = { online: "cloud-check", offline: "cloud-off" };
const PRINTER_ICON = { ok: "printer-check", paper_low: "printer" };

export function renderTop(view, lost) {
  text($("where"), t("till.store_lane", { store: view.store.name, lane: view.lane.id }));
  text($("shift"), view.shift ? tn("till.shift", view.shift.sales, { since: view.shift.since }) : t("till.shift_none"));
  text($("clock"), view.clock);
  text($("initial"), view.staff?.initial ?? "");
  attr($("me"), "aria-label", t("till.signed_in", { name: view.staff?.name ?? "" }));
  keyed($("chips"), chips(view, lost), (chip) => chip.id, make, update);
}

function chips(view, lost) {
  const list = [];
  const mode = `till.mode_${view.lane.mode}`;
  if (has(mode)) list.push({ id: "mode", level: "", icon: "sparkles", words: t(mode) });
  if (lost) list.push({ id: "link", level: "bad", icon: "wifi-off", words: t("till.chip_reconnecting") });
  const { sync, printer, scanner } = view.chips;
  if (sync.state !== "none") {
    const key = `till.chip_${sync.state}${sync.queued ? "_queued" : ""}`;
    const level = sync.state === "online" ? "ok" : "warn";
    list.push({ id: "sync", level, icon: SYNC_ICON[sync.state] ?? "cloud-off", words: tn(key, sync.queued) });
  }
  if (printer.state !== "none") {
    const level = { ok: "ok", paper_low: "warn", unknown: "warn" }[printer.state] ?? "bad";
    const words = t(has(`till.chip_printer_${printer.state}`) ? `till.chip_printer_${printer.state}` : "till.chip_printer_unknown");
    list.push({ id: "printer", level, icon: PRINTER_ICON[printer.state] ?? "printer-x", words });
  }
  if (scanner.state !== "none") {
    const ready = scanner.state === "ready";
    const words = t(ready ? "till.chip_scanner_ready" : "till.chip_scanner_lost");
    list.push({ id: "scanner", level: ready ? "ok" : "bad", icon: ready ? "scan-barcode" : "unplug", words });
  }
  return list;
}

function make() {
  return el("li", {}, icon("info"), el("span", { class: "num" }));
}

function update(node, chip) {
  attr(node, "class", `chip ${chip.level}`);
  attr(node, "title", chip.words);
  node.dataset.chip = chip.id;
  setIcon(node.firstChild, chip.icon);
  text(node.lastChild, chip.words);
}
