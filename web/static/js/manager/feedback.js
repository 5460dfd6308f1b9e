// Feedback: faces, themes with their trend, hours and comments, and the issues that the shop makes of them.
import { $, attr, el, icon, text } from "../dom.js";
import { number, page, t, tn } from "../words.js";
import { attempt, badge, button, card, facts, field, fill, get, moment, send, sheet, toast } from "./parts.js";

const SVG = "http://www.w3.org/2000/svg";
const SPANS = [7, 30, 90];
const STATES = ["open", "working", "closed"];
const LEVEL = { open: "warn", working: "info", closed: "ok" };
let span = 30;
let owners = [];
let again = () => {};

const chinese = document.documentElement.lang.startsWith("zh");
const person = (row, key) => (chinese ? row[`${key}_zh`] : row[`${key}_en`]) || row[`${key}_zh`] || row[`${key}_en`];
const named = (theme) => (theme.startsWith("~") ? t("manager_feedback.new_theme", { words: theme.slice(1) }) : t(`feedback.theme_${theme}`));

function svg(tag, props, ...kids) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(props)) attr(node, name, value);
  node.append(...kids);
  return node;
}

// Small bars, one a value; each says its own number.
function bars(title, values, said, mark) {
  const most = Math.max(1, ...values);
  const wide = 240 / values.length;
  const drawn = values.map((value, n) => {
    const high = value ? Math.max(3, (44 * value) / most) : 1;
    const tip = svg("title", {});
    tip.textContent = said(n, value);
    return svg("g", {}, tip, svg("rect", { class: value ? "now" : "then", x: (n * wide + 1).toFixed(1), y: (46 - high).toFixed(1), width: (wide - 2).toFixed(1), height: high.toFixed(1), rx: 1.5 }));
  });
  return el("figure", { class: "trend" }, svg("svg", { viewBox: "0 0 240 46", role: "img", "aria-label": `${title}: ${values.join(", ")}` }, ...drawn),
    el("figcaption", { class: "sub num", text: mark ? `${title} · ${mark}` : title }));
}

function faces(found) {
  const all = found.faces.reduce((sum, n) => sum + n, 0);
  const most = Math.max(1, ...found.faces);
  const line = (count, n) => {
    const bar = el("i", { class: `share face-${n + 1}` });
    bar.style.inlineSize = `${(100 * count) / most}%`;
    return el("li", {}, el("span", { text: t(`manager_feedback.face_${n + 1}`) }), el("span", { class: "bar" }, bar), el("b", { class: "num", text: number(count) }));
  };
  const unread = found.unread ? el("p", { class: "sub", text: tn("manager_feedback.unread", found.unread) }) : null;
  return card(t("manager_feedback.faces"), all ? el("ul", { class: "faces" }, ...found.faces.map(line).reverse()) : el("p", { class: "sub", text: t("manager_feedback.faces_none") }), ...[unread].filter(Boolean));
}

function comment(row) {
  const mood = { "-": badge("warn", t("manager_feedback.mood_bad")), "+": badge("ok", t("manager_feedback.mood_good")) }[row.mood] ?? badge("info", t("manager_feedback.mood_other"));
  const facts = [moment(row.at_us), t(`manager_feedback.face_${row.score}`), row.words.length ? t("manager_feedback.because", { words: row.words.join(", ") }) : "",
    row.sold ? t("manager_feedback.sold_by", { name: person(row, "staff") }) : ""].filter(Boolean);
  return el("li", {}, mood, el("p", { class: "said", dir: "auto", text: row.text }), el("p", { class: "sub num", text: facts.join(" · ") }));
}

function change(theme, issue) {
  const state = field(t("manager_feedback.state"), { value: issue.state }, STATES.map((each) => [each, t(`manager_feedback.state_${each}`)]));
  const owner = field(t("manager_feedback.owner"), { value: issue.owner ?? "" }, [["", t("manager_feedback.nobody")], ...owners.map((each) => [each.uid, each.name])]);
  const note = field(t("manager_feedback.note"), { maxlength: 300, value: issue.note }, null, t("manager_feedback.note_hint"));
  sheet(named(theme), [state, owner, note], t("manager_feedback.save"), async (key) => {
    await send("POST", `/feedback/issues/${issue.issue}`, { state: state.input.value, owner: owner.input.value || null, note: note.input.value }, key);
    toast(t("manager_feedback.saved", { theme: named(theme) }));
    await again();
  });
}

function issueOf({ theme, issue }) {
  if (theme.startsWith("~")) return null;
  const begin = (words) => button(t(words), "plus", () => attempt(async () => {
    await send("POST", "/feedback/issues", { theme });
    await again();
  }));
  if (!issue) return el("div", { class: "issue" }, el("p", { class: "sub", text: t("manager_feedback.no_issue") }), begin("manager_feedback.open"));
  const said = issue.better + issue.same ? t("manager_feedback.asked_said", issue) : t("manager_feedback.asked_none");
  return el("div", { class: "issue" },
    el("div", { class: "line" }, el("h3", { text: t("manager_feedback.issue") }), badge(LEVEL[issue.state], t(`manager_feedback.state_${issue.state}`))),
    facts([t("manager_feedback.owner"), person(issue, "owner") ?? t("manager_feedback.nobody")],
      [t(issue.closed_us ? "manager_feedback.closed" : "manager_feedback.opened"), moment(issue.closed_us ?? issue.opened_us)],
      issue.state === "open" ? null : [t("manager_feedback.asked"), said]),
    issue.note ? el("p", { class: "said", dir: "auto", text: issue.note }) : null,
    button(t("manager_feedback.change"), "pencil", () => change(theme, issue)),
    issue.state === "closed" ? begin("manager_feedback.reopen") : null);
}

function trend(row) {
  const by = row.bad - row.before;
  const words = by > 0 ? "more" : by < 0 ? "less" : "equal";
  return t(`manager_feedback.${words}`, { n: span, by: Math.abs(by) });
}

function theme(row) {
  const busiest = row.hours.some(Boolean) ? t("manager_feedback.busiest", { hour: row.hours.indexOf(Math.max(...row.hours)) }) : "";
  const last = row.weeks.length - 1;
  const counts = [row.bad || !row.good ? tn("manager_feedback.bad", row.bad) : "", row.good ? tn("manager_feedback.good", row.good) : "", row.theme.startsWith("~") || !(row.bad + row.before) ? "" : trend(row)].filter(Boolean);
  const said = row.examples.length ? el("ul", { class: "comments" }, ...row.examples.map(comment)) : el("p", { class: "sub", text: t("manager_feedback.no_comments") });
  const charts = row.weeks.some(Boolean) && el("div", { class: "trends" },
    bars(t("manager_feedback.weeks"), row.weeks, (n, value) => t("manager_feedback.week", { ago: last - n, n: value })),
    bars(t("manager_feedback.hours"), row.hours, (hour, value) => t("manager_feedback.hour", { hour, n: value }), busiest));
  const left = el("div", {}, el("h2", { text: named(row.theme) }), el("p", { class: "sub num", text: counts.join(" · ") }), ...[charts].filter(Boolean), said);
  return el("section", { class: "card theme", "data-theme": row.theme }, left, ...[issueOf(row)].filter(Boolean));
}

export function start(body) {
  again = async () => {
    const found = await attempt(() => get("/feedback", { span }));
    if (!found) return;
    owners = found.owners;
    text($("fresh"), t("manager_feedback.since", { date: found.since }));
    const themes = found.themes.length ? found.themes.map(theme) : [el("p", { class: "empty", text: t("manager_feedback.none") })];
    fill(body, el("div", { class: "feedback" }, faces(found), ...themes));
  };
  const choose = SPANS.map((days) => button(t("manager_feedback.span", { n: days }), null, () => {
    span = days;
    mark();
    again();
  }));
  const mark = () => choose.forEach((node, n) => attr(node, "aria-pressed", String(SPANS[n] === span)));
  mark();
  $("acts").append(...choose);
  again();
}
