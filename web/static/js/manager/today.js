// Today: what was sold so far beside a week before, the drawers, and what waits for a person.
import { $, attr, el, icon, text } from "../dom.js";
import { money } from "../money.js";
import { number, page, t, tn } from "../words.js";
import { amount, badge, card, clock, every, facts, fill, get, lane, moment, percent, tender } from "./parts.js";

const SVG = "http://www.w3.org/2000/svg";
const svg = (tag, props, ...kids) => {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(props)) attr(node, name, value);
  node.append(...kids);
  return node;
};
// Where a thing to do is done, if that page is there.
const PLACE = { held: null, stock_low: "stock?list=low", stock_below: "stock?list=negative", paper_unclear: "receipts", paper_failed: "receipts", paper_waits: "receipts" };

function figures(day) {
  const stat = (name, value, sub, kind = "") =>
    el("div", { class: `stat ${kind}` }, el("h2", { text: name }), el("p", { class: "big num", text: value }), el("p", { class: "sub num", text: sub }));
  return el("section", { class: "card stats" },
    stat(t("manager_today.net"), money(day.net), t("manager_today.before", { amount: money(day.before_net), time: day.time }), "main"),
    stat(t("manager_today.sales"), number(day.sales), t("manager_today.whole", { amount: money(day.before_whole) })),
    stat(t("manager_today.average"), money(day.average), t("manager_today.average_hint")));
}

function hours(day) {
  const most = Math.max(1, ...day.hours.flatMap((hour) => [hour.today ?? 0, hour.before]));
  const step = 28;
  const high = (value) => Math.max(0, (84 * value) / most).toFixed(1);
  const bars = day.hours.map((hour, n) => {
    const said = t("manager_today.hour", { hour: hour.hour, today: hour.today == null ? "–" : money(hour.today), before: money(hour.before) });
    const bar = (kind, value, x) => svg("rect", { class: kind, x, y: 88 - high(value), width: 11, height: high(value), rx: 2 });
    const title = svg("title", {});
    title.textContent = said;
    const label = svg("text", { x: n * step + 14, y: 104 });
    label.textContent = hour.hour;
    return svg("g", {}, title, bar("then", hour.before, n * step + 2), bar("now", hour.today ?? 0, n * step + 15), label);
  });
  const chart = svg("svg", { viewBox: `0 0 ${day.hours.length * step} 110`, preserveAspectRatio: "xMinYMid", role: "img", "aria-label": t("manager_today.hours") }, ...bars);
  const key = el("p", { class: "key" }, el("i", { class: "now" }), el("span", { text: t("manager_today.key_now") }), el("i", { class: "then" }),
    el("span", { class: "num", text: t("manager_today.key_then", { date: day.before_date }) }));
  return card(t("manager_today.hours"), el("div", { class: "chart" }, chart), key);
}

function todo(day) {
  const line = (level, words, place) => {
    const kids = [icon(level === "warn" ? "triangle-alert" : "info"), el("span", { text: words })];
    const link = place && page.sections.includes(place.split("?")[0]);
    return el("li", { class: level }, link ? el("a", { href: `/manager/${place}` }, ...kids, icon("chevron-right")) : el("p", {}, ...kids));
  };
  const waits = day.todo.map((each) => line(each.level, tn(`manager_today.todo_${each.slug}`, each.count, {
    lanes: (each.lanes ?? []).join(", "), amount: money(each.amount ?? 0), since: each.since_us ? moment(each.since_us) : "",
  }), PLACE[each.slug]));
  const flags = day.flags.map((each) => line("warn", tn(`manager_today.flag_${each.slug}`, each.count, { who: each.who, member: each.member ?? "" })));
  const late = day.sync.state === "offline" ? [line("info", tn("manager_today.offline", day.sync.queued))] : [];
  const all = [...flags, ...waits, ...late];
  return card(t("manager_today.todo"), all.length ? el("ul", { class: "todo" }, ...all) : el("p", { class: "calm" }, icon("circle-check"), el("span", { text: t("manager_today.todo_none") })));
}

function lanes(day) {
  const one = (each) => {
    const open = each.shift;
    const state = open ? (open.old ? badge("warn", t("manager_today.shift_old", { date: open.date })) : badge("ok", t("manager_today.shift_open"))) : badge("info", t("manager_today.shift_none"));
    return el("li", { class: "lane" },
      el("div", { class: "line" }, el("h3", { text: lane(each.lane) }), state),
      el("p", { class: "sub", text: each.operator ? t("manager_today.operator", { name: each.operator }) : t("manager_today.nobody") }),
      open && facts([t("manager_today.since"), open.old ? moment(open.since_us) : clock(open.since_us)], [t("manager_today.sales"), number(open.sales)],
        [t("manager_today.taken"), amount(open.net)], [t("manager_today.expected"), amount(open.expected)],
        [t("manager_today.last"), open.last_us ? clock(open.last_us) : "–"]));
  };
  return card(t("manager_today.lanes"), el("ul", { class: "lanes" }, ...day.lanes.map(one)));
}

function tenders(day) {
  const rows = day.tenders.map((each) => [tender(each.kind), amount(each.amount)]);
  return card(t("manager_today.tenders"), rows.length ? facts(...rows) : el("p", { class: "sub", text: t("manager_today.no_sales") }));
}

function watched(day) {
  const one = (each) => el("li", { class: "watch" },
    el("div", { class: "line" }, el("h3", { text: t(`manager_today.watch_${each.name}`) }), amount(each.amount, "strong")),
    el("p", { class: "sub num", text: [
      each.count == null ? "" : tn("manager_today.times", each.count), t("manager_today.share", { share: percent(each.share_bp) }),
      each.usual_bp == null ? "" : t("manager_today.usual", { share: percent(each.usual_bp) }),
    ].filter(Boolean).join(" · ") }),
    each.unusual ? badge("warn", t("manager_today.unusual")) : null);
  return card(t("manager_today.watched"), el("ul", { class: "watches" }, ...day.watched.map(one)));
}

export function start(body) {
  every(10_000, async () => {
    const day = await get("/today");
    const said = JSON.stringify({ ...day, time: "", sync: { ...day.sync, age_s: 0 } });
    text($("fresh"), t("manager_today.as_of", { date: day.date, time: day.time }));
    if (body.dataset.same === said) return;
    body.dataset.same = said;
    const side = el("div", { class: "col" }, todo(day), tenders(day), watched(day));
    fill(body, el("div", { class: "grid" }, figures(day), side, el("div", { class: "col" }, hours(day), lanes(day))));
  });
}
