// Data: import from a file (checked first, then loaded or given up), and export as one.
import { commandId } from "../api.js";
import { attr, el, icon, show, text } from "../dom.js";
import { number, t, tn } from "../words.js";
import { address, attempt, badge, button, card, every, field, fill, get, proved, put, send, table, toast, word } from "./parts.js";

const LOOK_MS = 1500;
const TRIES = 3;
const LEVEL = { done: "ok", failed: "fail", cancelled: "info", interrupted: "warn", checked: "warn" };
const kind = (name) => t(`manager_data.kind_${name}`);
const state = (job) => badge(LEVEL[job.state] || "info", t(`manager_data.state_${job.state}`));
const sub = (words) => el("p", { class: "sub", text: words });
let rules = { limit: 0, piece: 1, kinds: [] };
let again = () => {};

// What was refused stays to be read until the next press; the head of the page is for looks that fail.
const wrong = el("p", { class: "stale", role: "alert", hidden: true });
async function tried(act) {
  try {
    show(wrong, false);
    await act();
  } catch (error) {
    text(wrong, error.message);
    show(wrong, true);
  }
}

// ---- the file on its way

async function sendPiece(path, bytes) {
  const key = commandId();
  for (let n = 1; ; n += 1) {
    try {
      return await put(path, bytes, key);
    } catch (error) {
      if (error.status || n === TRIES) throw error;
    }
  }
}

async function upload(file, told) {
  const { file: name } = await send("POST", "/imports/files", { size: file.size });
  for (let at = 0; at < file.size; at += rules.piece) {
    await sendPiece(`/imports/files/${name}?at=${at}`, file.slice(at, at + rules.piece));
    told(Math.min(at + rules.piece, file.size), file.size);
  }
  return name;
}

function chooser() {
  const what = field(t("manager_data.kind"), {}, rules.kinds.map((name) => [name, kind(name)]));
  const hint = t("manager_data.file_hint", { mb: Math.floor(rules.limit / 1e6) });
  const chosen = field(t("manager_data.file"), { type: "file", accept: ".csv,.txt,.xlsx" }, null, hint);
  chosen.classList.add("wide");
  const check = el("button", { class: "btn primary", type: "submit" }, icon("upload"), el("span", { text: t("manager_data.check") }));
  const bar = el("progress", { "aria-label": t("manager_data.sending"), max: 1, value: 0 });
  const sending = el("div", { class: "sending", hidden: true }, sub(t("manager_data.sending")), bar);
  const form = el("form", { class: "filter" }, what, chosen, check, sending);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    check.disabled = true;
    await tried(() => begin(chosen.input.files[0], what.input.value, (done, total) => {
      show(sending, true);
      attr(bar, "value", done / total);
    }));
    show(sending, false);
    check.disabled = false;
    chosen.input.value = "";
    again();
  });
  return form;
}

async function begin(file, what, told) {
  if (!file) throw new Error(t("manager_data.file_none"));
  if (file.size > rules.limit) throw new Error(t("errors.upload_large", { mb: Math.floor(rules.limit / 1e6) }));
  const name = await upload(file, told);
  await send("POST", "/imports", { file: name, size: file.size, kind: what, name: file.name.slice(-200) });
}

// ---- the newest import

function said(job) {
  const n = { rows: number(job.rows), good: number(job.good), refused: number(job.refused) };
  if (job.state === "failed") return job.error;
  if (job.state !== "running") return t(`manager_data.told_${job.state}`, n);
  if (job.step === "check") return t("manager_data.told_checking", n);
  return t("manager_data.told_loading", { step: word(`importer.step_${job.step}`, job.step) });
}

function refusals(found) {
  if (found.refusals.length === 0) return null;
  const cell = (name) => [t(`manager_data.${name}`), (row) => el("span", { class: "num", text: row[name] === "" ? "–" : String(row[name]) })];
  const more = found.cells > found.refusals.length;
  return el("div", {}, el("h3", { text: t("manager_data.refused") }),
    table(t("manager_data.refused"), [cell("line"), cell("column"), cell("value"), [t("manager_data.why"), (row) => row.why]], found.refusals, ""),
    more ? sub(t("manager_data.refused_first", { total: number(found.cells), n: found.refusals.length })) : null);
}

const refused = (job, form) =>
  el("a", { class: "btn", href: address(`/imports/${job.uid}/refused?form=${form}`), download: "" }, icon("download"),
    el("span", { text: t("manager_data.refused_file", { form: form.toUpperCase() }) }));

const act = (job, what, words, symbol, level) => {
  const node = button(words, symbol, async () => {
    node.disabled = true;
    await tried(() => send("POST", `/imports/${job.uid}/${what}`));
    node.disabled = false;
    again();
  }, level);
  return node;
};

// Drawn anew when the state changes; in between only the words and the bar move.
function panel() {
  const words = el("p", { role: "status" });
  const bar = el("progress", { "aria-label": t("manager_data.import") });
  const node = el("div", { class: "now", hidden: true });
  let drawn = "";
  const draw = async (job) => {
    const found = job.refused ? await get(`/imports/${job.uid}`) : { refusals: [], cells: 0 };
    const acts = [
      job.state === "checked" && job.good ? act(job, "load", tn("manager_data.load", job.good), "check", "primary") : null,
      job.open ? act(job, "cancel", t("manager_data.cancel"), "x") : null,
      ...(found.cells ? [refused(job, "csv"), refused(job, "xlsx")] : []),
    ].filter(Boolean);
    node.replaceChildren(...[el("div", { class: "line" }, el("h3", { text: `${kind(job.kind)} · ${job.file}` }), state(job)), words, bar,
      acts.length ? el("div", { class: "work" }, ...acts) : null, refusals(found)].filter(Boolean));
  };
  const update = async (job) => {
    show(node, Boolean(job));
    if (!job) return;
    text(words, said(job));
    show(bar, job.open && job.state !== "checked");
    attr(bar, "value", job.total ? job.done / job.total : null);
    const now = `${job.uid} ${job.state}`;
    if (now !== drawn) {
      await draw(job);
      drawn = now;
    }
  };
  return { node, update };
}

function earlier(jobs) {
  const columns = [[t("manager_data.file"), (job) => job.file], [t("manager_data.kind"), (job) => kind(job.kind)],
    [t("manager_data.state"), state], [t("manager_data.rows"), (job) => number(job.good), "r"],
    [t("manager_data.left_out"), (job) => number(job.refused), "r"]];
  return jobs.length ? card(t("manager_data.before"), table(t("manager_data.before"), columns, jobs, "")) : null;
}

// ---- out

async function take(what, form) {
  const made = await proved(() => send("POST", "/exports", { kind: what, form }));
  if (!made) return;
  el("a", { href: address(`/exports/${made.ticket}`), download: made.name }).click();
  toast(t("manager_data.taken", { name: made.name }));
}

function takes(found) {
  const name = (row) => t(`export.${row.kind}`);
  const forms = (row) => el("div", { class: "forms" }, ...found.forms.map((form) => {
    const shown = form.toUpperCase();
    const node = button(shown, "download", () => tried(() => take(row.kind, form)));
    attr(node, "aria-label", t("manager_data.as_form", { table: name(row), form: shown }));
    return node;
  }));
  const named = (row) => el("span", { class: "named" }, el("span", { text: name(row) }), row.personal ? badge("info", t("manager_data.personal")) : null);
  const columns = [[t("manager_data.table"), named], [t("manager_data.form"), forms, "r"]];
  return card(t("manager_data.export"), sub(t("manager_data.export_hint")), table(t("manager_data.export"), columns, found.kinds, ""));
}

export async function start(body) {
  const found = await attempt(() => Promise.all([get("/imports"), get("/exports")]));
  if (!found) {
    fill(body, button(t("manager.again"), "refresh-cw", () => location.reload()));
    return;
  }
  [rules] = found;
  const form = chooser();
  const busy = el("p", { class: "sub", hidden: true, text: t("manager_data.another") });
  const now = panel();
  const before = el("div", {});
  const look = async () => {
    const { imports } = await get("/imports");
    const open = Boolean(imports[0]?.open);
    show(form, !open);
    show(busy, open);
    await now.update(imports[0]);
    const told = JSON.stringify(imports.slice(1));
    if (before.dataset.told !== told) {
      before.dataset.told = told;
      before.replaceChildren(...[earlier(imports.slice(1))].filter(Boolean));
    }
  };
  again = () => attempt(look);
  fill(body, wrong, el("div", { class: "data" }, el("div", { class: "col" },
    card(t("manager_data.import"), sub(t("manager_data.import_hint")), busy, form, now.node), before), takes(found[1])));
  every(LOOK_MS, look);
}
