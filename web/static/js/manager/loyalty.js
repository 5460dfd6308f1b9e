// Tiers and points: the ladder, how it is climbed, and the rules for more points. Each form is kept at once.
import { el } from "../dom.js";
import { decimals, plain, symbol, typed } from "../money.js";
import { t } from "../words.js";
import { attempt, button, card, field, fill, get, send, sheet, table, toast } from "./parts.js";

const say = (name, params) => t(`manager_loyalty.${name}`, params);
const MONEY = new RegExp(decimals() ? `^\\d{1,6}([.]\\d{0,${decimals()}})?$` : "^\\d{1,8}$");
const NUMBER = { inputmode: "numeric", maxlength: 8 };
let known = null;
let host = null;

// A control has take(): what it says; throws where it can't be read.
function control(words, value, read, props = {}, hint = "") {
  const node = field(words, { value: value ?? "", ...props }, null, hint);
  return Object.assign(node, {
    take() {
      const found = read(node.input.value.trim());
      if (found === undefined) throw new Error(say("wrong", { field: words.replace(/[ （(].*$/, "") }));
      return found;
    },
  });
}

const readWhole = (said) => (/^\d{1,8}$/.test(said) ? Number(said) : undefined);
const readPercent = (said) => {
  const [whole, part = ""] = said.split(".");
  return /^\d{1,4}([.]\d{0,2})?$/.test(said) ? Number(whole + part.padEnd(2, "0")) : undefined;
};
const parts = (said) => said.split(/[\s,，、]+/).filter(Boolean);
const readDays = (said) => (parts(said).every((each) => /^\d{1,2}$/.test(each)) ? parts(said).map(Number) : undefined);
const readMoney = (said) => (MONEY.test(said) ? typed(said) ?? undefined : undefined);
const text = (name, value, props = {}) => control(say(name), value, (said) => said, { maxlength: 40, ...props });
const whole = (name, value) => control(say(name), value, readWhole, NUMBER);
const percent = (name, value) => control(say(name), value / 100, readPercent, { inputmode: "decimal", maxlength: 7 });
const words = (name, value) => control(say(name), value.join(", "), parts, { maxlength: 2000 }, say("listed"));

function pick(name, value, choices) {
  const node = field(say(name), { value }, choices);
  return Object.assign(node, { take: () => node.input.value });
}

function checks(name, chosen, choices) {
  const boxes = choices.map(([value, said]) => el("label", { class: "check" },
    el("input", { type: "checkbox", value, checked: chosen.includes(value) }), el("span", { text: said })));
  const node = el("fieldset", { class: "field checks across" }, el("legend", { text: say(name) }), ...boxes);
  return Object.assign(node, { take: () => choices.map(([value]) => value).filter((value, n) => boxes[n].firstChild.checked) });
}

function tick(name, on) {
  const input = el("input", { type: "checkbox", checked: on });
  const node = el("div", { class: "field" }, el("label", { class: "check" }, input, el("span", { text: say(name) })));
  return Object.assign(node, { take: () => input.checked });
}

const take = (controls) => Object.fromEntries(Object.entries(controls).map(([name, node]) => [name, node.take()]));
const pair = (controls) => el("div", { class: "pair" }, ...Object.values(controls));

async function keep(value, key) {
  draw(await send("PATCH", "/loyalty", { value }, key));
  toast(say("saved"));
}

// An id that no other has, from the English name where it can be.
function idOf(name, others, other) {
  const plainName = name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^[^a-z]+|-+$/g, "").slice(0, 14) || other;
  let id = plainName;
  for (let n = 2; others.includes(id); n += 1) id = `${plainName.slice(0, 13)}${n}`;
  return id;
}

function removal(list, n, act) {
  return button(say("remove"), "x", async (event) => {
    const dialog = event.currentTarget.closest("dialog");
    dialog.close();
    await attempt(() => act(list.filter((_, at) => at !== n)));
  });
}

const bare = ({ name_zh: zh, name_en: en, ...rest }) => ({ ...rest, name: { "zh-CN": zh, en } });

// ---- tiers

const NEW_TIER = { id: "", name: {}, score: 0, visits: 0, multiplier: 10000, prices: "", gift: "", birthday: "", delivery: false };

function editTier(n) {
  const list = known.value.tiers;
  const tier = list[n] ?? { ...NEW_TIER, score: list.at(-1).score + 1000, visits: list.at(-1).visits, multiplier: list.at(-1).multiplier };
  const gifts = [["", say("no_gift")], ...known.promotions.map((each) => [each.uid, each.name])];
  for (const uid of [tier.gift, tier.birthday]) if (uid && !gifts.some(([each]) => each === uid)) gifts.push([uid, uid]);
  const controls = {
    name_zh: text("name_zh", tier.name["zh-CN"], { maxlength: 16 }), name_en: text("name_en", tier.name.en, { maxlength: 16 }),
    score: whole("score", tier.score), visits: whole("visits", tier.visits), multiplier: percent("times", tier.multiplier),
    prices: text("prices", tier.prices, { maxlength: 16 }), gift: pick("gift", tier.gift, gifts),
    birthday: pick("birthday_gift", tier.birthday, gifts), delivery: tick("delivery", tier.delivery),
  };
  const kids = [pair(controls)];
  if (n > 0 && n < list.length) kids.push(removal(list, n, (tiers) => keep({ tiers })));
  sheet(say("edit_tier"), kids, say("save"), (key) => {
    const said = bare(take(controls));
    const id = tier.id || idOf(said.name.en, list.map((each) => each.id), "tier");
    return keep({ tiers: [...list.slice(0, n), { ...tier, ...said, id }, ...list.slice(n + 1)] }, key);
  });
}

const link = (words, act) => el("button", { class: "btn link", type: "button", onclick: act }, el("span", { text: words }));

function tiersCard() {
  const rows = known.tiers.map((said, n) => ({ ...said, n }));
  const columns = [[say("name"), (row) => link(row.name, () => editTier(row.n))], [say("needs"), (row) => row.needs], [say("gives"), (row) => row.gives]];
  return card(say("title_tiers"), table(say("title_tiers"), columns, rows, ""),
    el("div", { class: "acts" }, button(say("add_tier"), "plus", () => editTier(rows.length))));
}

// ---- how they are reached and left

function ladderCard() {
  const { value } = known;
  const choices = (name, list) => list.map((each) => [each, say(`${name}_${each}`)]);
  const rule = value.ladder;
  const ladder = {
    by: pick("by", rule.by, choices("by", known.by)), window: pick("window", rule.window, choices("window", known.windows)),
    days: whole("days", rule.days), visit_score: whole("visit_score", rule.visit_score),
    grace_days: whole("grace_days", rule.grace_days), fall: pick("fall", rule.fall, choices("fall", known.falls)),
  };
  const money = {
    minor_per_point: control(say("minor_per_point", { symbol: symbol() }), plain(value.minor_per_point).replaceAll(",", ""), readMoney, { inputmode: "decimal", maxlength: 9 }),
    lot_days: control(say("lot_days"), value.lot_days, (said) => (said ? readWhole(said) : null), NUMBER),
  };
  const wrong = el("p", { class: "problem", role: "alert", hidden: true });
  const save = button(say("save"), "check", async () => {
    wrong.hidden = true;
    try {
      await keep({ ladder: take(ladder), ...take(money) });
    } catch (error) {
      wrong.textContent = error.message;
      wrong.hidden = false;
    }
  }, "primary");
  return card(say("title_ladder"), el("p", { class: "sub", text: say("ladder_hint") }), el("div", { class: "pair" }, ...Object.values(ladder), ...Object.values(money)),
    wrong, el("div", { class: "acts" }, save));
}

// ---- rules for points

const NEW_RULE = {
  id: "", name: {}, give: "times", value: 20000, skus: [], categories: [], brands: [], tiers: [], weekdays: [], month_days: [],
  birthday: null, begins: "", ends: "",
};

function editRule(n) {
  const list = known.value.earn;
  const rule = list[n] ?? NEW_RULE;
  const amount = () => (give.input.value === "plus"
    ? control(say("value_plus"), rule.give === "plus" ? rule.value : 10, readWhole, NUMBER)
    : percent("value_times", rule.give === "times" ? rule.value : 20000));
  const give = pick("give", rule.give, known.gives.map((each) => [each, say(`give_${each}`)]));
  let value = amount();
  give.input.addEventListener("change", () => {
    const next = amount();
    value.replaceWith(next);
    value = next;
    value.hidden = give.input.value === "none";
  });
  value.hidden = rule.give === "none";
  const controls = {
    name_zh: text("name_zh", rule.name["zh-CN"]), name_en: text("name_en", rule.name.en), give,
    value: Object.assign(value, {}), skus: words("skus", rule.skus), brands: words("brands", rule.brands),
    categories: checks("categories", rule.categories, known.categories.map((each) => [each.id, each.name])),
    tiers: checks("tiers", rule.tiers, known.value.tiers.map((each, at) => [each.id, known.tiers[at].name])),
    weekdays: checks("weekdays", rule.weekdays.map(String), [0, 1, 2, 3, 4, 5, 6].map((day) => [String(day), t(`loyalty.weekday_${day}`)])),
    month_days: control(say("month_days"), rule.month_days.join(", "), readDays, { maxlength: 100 }),
    birthday: control(say("birthday"), rule.birthday, (said) => (said ? readWhole(said) : null), NUMBER, say("birthday_hint")),
    begins: text("begins", rule.begins, { type: "date" }), ends: text("ends", rule.ends, { type: "date" }),
  };
  const kids = [pair(controls)];
  if (n < list.length) kids.push(removal(list, n, (earn) => keep({ earn })));
  sheet(say("edit_rule"), kids, say("save"), (key) => {
    const said = bare(take({ ...controls, value }));
    said.weekdays = said.weekdays.map(Number);
    if (said.give === "none") said.value = 0;
    const id = rule.id || idOf(said.name.en, list.map((each) => each.id), "rule");
    return keep({ earn: [...list.slice(0, n), { ...rule, ...said, id }, ...list.slice(n + 1)] }, key);
  });
}

function earnCard() {
  const rows = known.earn.map((said, n) => ({ ...said, n }));
  const columns = [[say("name"), (row) => link(row.name, () => editRule(row.n))], ...["gives", "goods", "when", "whom"].map((name) => [say(name), (row) => row[name]])];
  return card(say("title_earn"), el("p", { class: "sub", text: say("earn_hint") }), table(say("title_earn"), columns, rows, say("none_yet")),
    el("div", { class: "acts" }, button(say("add_rule"), "plus", () => editRule(rows.length))));
}

function draw(found) {
  known = found;
  fill(host, el("div", { class: "stack" }, tiersCard(), earnCard(), ladderCard()));
}

export function start(body) {
  host = body;
  attempt(() => get("/loyalty")).then((found) => found && draw(found));
}
