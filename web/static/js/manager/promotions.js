// Promotions: what runs, what each gives, who changed it; their coupons; and what points buy.
import { $, el } from "../dom.js";
import { t, tn } from "../words.js";
import { couponsOf, issue } from "./coupons.js";
import { attempt, badge, button, card, facts, fill, get, moment, send, sheet, table, toast } from "./parts.js";
import { edit } from "./promotion-form.js";
import { rewardsCard } from "./rewards.js";

const say = (name, params) => t(`manager_promotions.${name}`, params);
const LEVEL = { active: "ok", paused: "warn", ended: "info" };
const state = (row) => badge(LEVEL[row.state], say(`state_${row.state}`));
const used = (row) => (row.coupon ? say("coupons_count", row.coupons) : tn("manager_promotions.uses", row.uses));

let known = null;
let again = () => {};
const COLUMNS = [
  [say("name"), (row) => el("button", { class: "btn link", type: "button", onclick: () => look(row.uid) }, el("span", { text: row.name }))],
  [say("says"), (row) => row.says],
  [say("state"), state],
  [say("used"), (row) => el("span", { class: "num", text: used(row) })],
];

async function look(uid) {
  const found = await attempt(() => get(`/promotions/${uid}`));
  if (found) show(found);
}

function show(found) {
  const go = (words, symbol, next, kind = "") => button(words, symbol, () => {
    dialog.close();
    next();
  }, kind);
  const history = found.history.map((each) => el("li", {},
    el("span", { class: "num", text: `${moment(each.at_us)} · ${each.by ?? "–"} · ${say(`state_${each.state}`)}` }), el("span", { text: each.says })));
  const acts = found.state === "ended" ? [] : [
    go(say("edit"), "pencil", () => edit(known, found, changed), "primary"),
    found.state === "active" ? go(say("pause"), "pause", () => turn(found, "paused")) : go(say("go_on"), "check", () => turn(found, "active")),
    go(say("end"), "x", () => end(found)),
  ];
  const coupons = found.coupon ? [go(say("coupons"), "ticket", () => couponsOf(found))] : [];
  if (found.coupon && found.state !== "ended") coupons.push(go(say("issue"), "plus", () => issue(found, () => look(found.uid))));
  const { dialog } = sheet(found.name, [
    el("p", { class: "says", text: found.says }),
    facts([say("state"), state(found)], [say("kind"), say(`kind_${found.kind}`)], [say("used"), tn("manager_promotions.uses", found.uses)],
      found.coupon ? [say("coupons"), say("coupons_count", found.coupons)] : null),
    el("div", { class: "deeds" }, ...acts), coupons.length ? el("div", { class: "deeds" }, ...coupons) : null,
    el("div", { class: "others versions" }, el("h3", { text: say("history") }), el("ul", {}, ...history))].filter(Boolean));
}

function changed(after) {
  again();
  setTimeout(() => show(after));
}

async function turn(found, to) {
  const after = await attempt(() => send("POST", `/promotions/${found.uid}/state`, { state: to }));
  if (!after) return;
  toast(say("turned", { name: after.name, state: say(`state_${after.state}`) }));
  changed(after);
}

function end(found) {
  sheet(found.name, [el("p", { text: say("end_sure") })], say("end_yes"), async (key) => {
    const after = await send("POST", `/promotions/${found.uid}/state`, { state: "ended" }, key);
    toast(say("turned", { name: after.name, state: say(`state_${after.state}`) }));
    changed(after);
  });
}

export function start(body) {
  const list = el("div", {});
  const rewards = rewardsCard(() => known.rows.filter((row) => row.coupon && row.state !== "ended"));
  again = async () => {
    const found = await attempt(() => get("/promotions"));
    if (!found) return;
    known = found;
    list.replaceChildren(table(t("manager.nav_promotions"), COLUMNS, found.rows, say("none")));
    await rewards.read();
  };
  again().then(() => fill(body, el("div", { class: "stack" }, card(t("manager.nav_promotions"), list), rewards.node)));
  $("acts").append(button(say("add"), "plus", () => known && edit(known, null, changed), "primary"));
}
