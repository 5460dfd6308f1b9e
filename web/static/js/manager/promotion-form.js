// The form of a promotion: each kind has its own fields; what is left empty does not matter.
import { el } from "../dom.js";
import { decimals, plain, symbol, typed } from "../money.js";
import { t } from "../words.js";
import { field, send, sheet, toast } from "./parts.js";

const say = (name, params) => t(`manager_promotions.${name}`, params);
const wrong = (words) => new Error(say("wrong", { field: words.replace(/ \(.*\)$/, "") }));
const money = (amount) => (amount == null ? "" : plain(amount).replaceAll(",", ""));
const MONEY = new RegExp(decimals() ? `^\\d{1,7}([.]\\d{0,${decimals()}})?$` : "^\\d{1,9}$");

// A control is a field with take(): what it says, or null where it is empty; throws where it can't be read.
function control(words, value, read, props = {}, hint = "") {
  const node = field(words, { value: value ?? "", ...props }, null, hint);
  return Object.assign(node, {
    take() {
      const said = node.input.value.trim();
      if (!said) return null;
      const found = read(said);
      if (found == null) throw wrong(words);
      return found;
    },
  });
}

const readMoney = (said) => (MONEY.test(said) ? typed(said) : null);
const readWhole = (said) => (/^\d{1,7}$/.test(said) ? Number(said) : null);
const readPercent = (said) => {
  const [whole, part = ""] = said.split(".");
  return /^\d{1,3}([.]\d{0,2})?$/.test(said) ? Number(whole + part.padEnd(2, "0")) : null;
};
const priced = (name, value) => control(say(name, { symbol: symbol() }), money(value), readMoney, { inputmode: "decimal", maxlength: 11 });
const whole = (name, value, hint = "") => control(say(name), value, readWhole, { inputmode: "numeric", maxlength: 7 }, hint);
const percent = (value) => control(say("value_percent"), value == null ? "" : String(value / 100), readPercent, { inputmode: "decimal", maxlength: 6 });
const words = (name, value, hint = "", parts = /[\s,，、]+/) =>
  control(say(name), value?.join(", "), (said) => said.split(parts).map((each) => each.trim()).filter(Boolean), { maxlength: 2000 }, hint);
const day = (name, value) => control(say(name), value, (said) => said, { type: "date" });

function lines(name, value, hint, read) {
  const node = field(say(name), {}, null, hint);
  const area = el("textarea", { rows: 3, id: node.input.id, "aria-describedby": `${node.input.id}h` });
  area.value = value;
  node.input.replaceWith(area);
  return Object.assign(node, {
    input: area,
    take() {
      const rows = area.value.split("\n").map((each) => each.trim()).filter(Boolean).map(read);
      if (rows.includes(null)) throw wrong(say(name));
      return rows.length ? rows : null;
    },
  });
}

function checks(title, choices, chosen) {
  const boxes = choices.map(([value, said]) => el("label", { class: "check" },
    el("input", { type: "checkbox", value, checked: chosen.includes(value) }), el("span", { text: said })));
  const node = el("fieldset", { class: "field checks across" }, el("legend", { text: title }), ...boxes);
  return Object.assign(node, { take: () => [...node.querySelectorAll("input:checked")].map((each) => each.value) });
}

function tick(title, on) {
  const input = el("input", { type: "checkbox", checked: Boolean(on) });
  const node = el("div", { class: "field" }, el("label", { class: "check" }, input, el("span", { text: title })));
  return Object.assign(node, { input, take: () => input.checked });
}

const step = (percentOff) => (said) => {
  const [, reach, off] = said.match(/^([\d.]+)\s*[=:：＝]\s*([\d.]+)\s*%?$/) ?? [];
  const found = reach ? [readMoney(reach), percentOff ? readPercent(off) : readMoney(off)] : [null];
  return found.includes(null) ? null : found;
};
const part = (said) => {
  const [, sku, count = "1"] = said.match(/^(\S+?)(?:\s*[×xX*]\s*(\d{1,3}))?$/) ?? [];
  return sku ? { scope: { skus: [sku] }, count: Number(count) } : null;
};

// kind -> its controls by the name of the value they give; parts and steps are lists.
const FIELDS = {
  percent: (v) => ({ bp: percent(v.bp), most: priced("value_most", v.most) }),
  amount: (v) => ({ off: priced("value_off", v.off) }),
  price: (v) => ({ price: priced("value_price", v.price) }),
  n_for_m: (v) => ({ buy: whole("value_buy", v.buy), pay: whole("value_pay", v.pay), same: tick(say("value_same"), v.same) }),
  nth: (v) => ({ nth: whole("value_nth", v.nth), bp: percent(v.bp), same: tick(say("value_same"), v.same) }),
  bundle: (v, parts) => ({
    parts: lines("parts", (parts ?? []).map((each) => `${each.scope.skus?.[0] ?? ""} × ${each.count ?? 1}`).join("\n"), say("parts_hint"), part),
    price: priced("value_together", v.price), bp: percent(v.bp),
  }),
  gift: (v) => ({
    spend: priced("value_spend", v.spend), count: whole("value_buy", v.count),
    gift: control(say("value_gift"), v.gift, (said) => said, { maxlength: 64 }), pieces: whole("value_pieces", v.pieces),
  }),
  spend_get: (v) => ({ every: priced("value_every", v.every), off: priced("value_off", v.off), most: whole("value_times", v.most) }),
  threshold: (v) => ({
    steps: lines("value_steps", (v.steps ?? []).map(([reach, off]) => `${money(reach)} = ${v.percent ? `${off / 100}` : money(off)}`).join("\n"), say("value_steps_hint"), (said) => step(v.percent)(said)),
  }),
};

const clock = (minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
const hours = (said) => {
  const found = said.split(/[\s,，、]+/).filter(Boolean).map((each) => each.match(/^(\d\d?):(\d\d)[-–~](\d\d?):(\d\d)$/));
  return found.every(Boolean) ? found.map(([, a, b, c, d]) => [a * 60 + Number(b), c * 60 + Number(d)]) : null;
};
const days = (said) => {
  const found = said.split(/[\s,，、]+/).filter(Boolean).map(readWhole);
  return found.includes(null) ? null : found;
};

// What is empty is left out, so that the form that is kept is as short as what it says.
const kept = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null && value !== false && !(Array.isArray(value) && value.length === 0)));
const group = (title, open, ...kids) => el("details", { class: "group", open }, el("summary", { text: title }), el("div", { class: "pair" }, ...kids));

// The form's node and read(): the promotion's own form as the API takes it.
function build(known, before, preview) {
  const body = before ?? { names: {}, kind: "percent", value: {} };
  const { scope = {}, when = {}, limits = {} } = body;
  const kind = field(say("kind"), { value: body.kind }, known.kinds.map((each) => [each, say(`kind_${each}`)]));
  const names = { "zh-CN": control(say("name_zh"), body.names["zh-CN"], (said) => said, { maxlength: 60, required: true }), en: control(say("name_en"), body.names.en, (said) => said, { maxlength: 60, required: true }) };
  const place = el("div", { class: "pair" });
  let values = {};
  const draw = () => {
    const same = kind.input.value === body.kind;
    values = FIELDS[kind.input.value](same ? body.value : {}, same ? body.parts : null);
    place.replaceChildren(...Object.values(values));
    goods.hidden = kind.input.value === "bundle";
  };
  const categories = checks(say("categories"), known.categories.map(({ id, name }) => [id, name]), scope.categories ?? []);
  const skus = words("products", scope.skus, say("products_hint"));
  const brands = words("brands", scope.brands, say("brands_hint"), /[,，、]+/);
  const some = Boolean(scope.skus?.length || scope.categories?.length || scope.brands?.length);
  const which = field(say("goods"), { value: some ? "some" : "all" }, [["all", say("goods_all")], ["some", say("goods_some")]]);
  const chosen = el("div", { class: "stack" }, categories, skus, brands);
  const goods = el("div", { class: "stack" }, which, chosen);
  const choose = () => (chosen.hidden = which.input.value === "all");
  which.input.addEventListener("change", choose);
  kind.input.addEventListener("change", draw);
  const time = {
    begins: day("begins", when.begins), ends: day("ends", when.ends),
    weekdays: checks(say("weekdays"), [0, 1, 2, 3, 4, 5, 6].map((each) => [String(each), t(`promo.day_${each}`)]), (when.weekdays ?? []).map(String)),
    hours: control(say("hours"), (when.hours ?? []).map(([a, b]) => `${clock(a)}-${clock(b)}`).join(", "), hours, { maxlength: 100 }, say("hours_hint")),
    month_days: control(say("month_days"), when.month_days?.join(", "), days, { maxlength: 100 }, say("month_days_hint")),
  };
  const who = {
    member: tick(say("member"), when.member), first: tick(say("first"), when.first),
    tiers: checks(say("tiers"), known.tiers.map((each) => [each.id, each.name]), when.tiers ?? []),
    birthday: whole("birthday", when.birthday, say("birthday_hint")), segments: words("segments", when.segments),
  };
  const often = Object.fromEntries(["basket", "member", "day", "total"].map((name) => [name, whole(`limit_${name}`, limits[name])]));
  const stack = field(say("stack"), { value: body.stack ?? "one" }, known.stacks.map((each) => [each, say(`stack_${each}`)]));
  const priority = whole("priority", body.priority || "", say("priority_hint"));
  const coupon = tick(say("coupon"), body.coupon);
  draw();
  choose();
  const read = () => {
    const take = (fields) => Object.fromEntries(Object.entries(fields).map(([name, node]) => [name, node.take()]));
    const { parts, ...value } = take(values);
    const picked = { ...take(time), ...take(who) };
    picked.weekdays = picked.weekdays.map(Number);
    const aim = which.input.value === "some" && !goods.hidden ? kept({ ...scope, categories: categories.take(), skus: skus.take(), brands: brands.take() }) : kept({ except_skus: scope.except_skus, except_categories: scope.except_categories });
    if (kind.input.value === "threshold" && body.kind === "threshold" && body.value.percent) value.percent = true;
    return kept({
      names: take(names), kind: kind.input.value, value: kept(value), ...(parts && { parts }), scope: filled(aim),
      when: filled(kept({ ...(when.stores && { stores: when.stores }), ...picked, birthday: picked.birthday })), limits: filled(kept(take(often))),
      stack: stack.input.value === "one" ? null : stack.input.value, priority: priority.take() || null, coupon: coupon.take(),
    });
  };
  const node = el("div", { class: "stack" }, el("div", { class: "pair" }, names["zh-CN"], names.en), kind, place, goods, coupon, preview,
    group(say("when"), Object.keys(when).some((name) => name in time), ...Object.values(time)),
    group(say("who"), Object.keys(when).some((name) => name in who), ...Object.values(who)),
    group(say("limits"), Object.keys(limits).length > 0, ...Object.values(often)),
    group(say("together"), Boolean(body.stack || body.priority), stack, priority));
  return { node, read };
}
const filled = (fields) => (Object.keys(fields).length ? fields : null);

// The dialog: the form, and under it the sentence that customers read, as it would be now.
export function edit(known, found, done) {
  const sentence = el("p", { class: "says", "aria-live": "polite" });
  const { node, read } = build(known, found?.body, el("div", { class: "preview" }, el("h3", { text: say("preview") }), sentence));
  let timer = 0;
  const look = async () => {
    try {
      const { says } = await send("POST", "/promotions/preview", { promotion: read() });
      sentence.textContent = says[document.documentElement.lang] ?? says.en;
    } catch {
      sentence.textContent = ""; // not a whole form yet: what is wrong is said when it is kept
    }
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(look, 400);
  };
  const title = found ? say("edit_title", { name: found.name }) : say("add");
  const { dialog } = sheet(title, [node], say(found ? "save" : "save_new"), async (key) => {
    const after = await send("POST", "/promotions", { promotion: read(), ...(found && { uid: found.uid }) }, key);
    toast(say("saved", { name: after.name }));
    done(after);
  });
  dialog.classList.add("wide");
  for (const event of ["input", "change"]) node.addEventListener(event, soon);
  dialog.addEventListener("close", () => clearTimeout(timer));
  look();
}
