// The shop's rules: what is changed is marked, and saved at once, all or nothing.
import { $, attr, el, icon } from "../dom.js";
import { decimals, plain, symbol, typed } from "../money.js";
import { t, tn } from "../words.js";
import { attempt, button, card, field, fill, get, send, toast, word } from "./parts.js";

const label = (name) => {
  const tax = name.match(/^tax\.(.+)$/);
  if (tax) return t("manager_settings.r_tax", { group: tax[1] });
  const tier = name.match(/^loyalty\.tiers\.(.+)\.(\w+)$/);
  if (tier) return t(`manager_settings.r_tier_${tier[2]}`, { tier: word(`manager_settings.tier_${tier[1]}`, tier[1]) });
  const lang = name.match(/^(.+)\.(zh-CN|en)$/);
  if (lang) {
    const told = t(`manager_settings.r_${lang[1].replaceAll(".", "_")}`);
    const tongue = t(`manager_settings.lang_${lang[2].slice(0, 2)}`);
    return t("manager_settings.r_in", { name: told, tongue });
  }
  return word(`manager_settings.r_${name.replaceAll(".", "_")}`, name);
};
const choice = (rule, value) => rule.labels ? (rule.labels[value] ?? word(`manager_settings.category_${value}`, value)) : t(rule.name === "tenders" ? `manager.tender_${value}` : `manager_settings.choice_${value}`);

// How a value is written, and read again; null when it can't be.
const WRITE = { money: (value) => plain(value).replaceAll(",", ""), percent: (value) => String(value / 100), whole: String };
const READ = {
  money: (said) => (new RegExp(decimals() ? `^\\d{1,9}([.]\\d{0,${decimals()}})?$` : "^\\d{1,9}$").test(said) ? typed(said) : null),
  percent: (said) => {
    const [whole, part = ""] = said.split(".");
    return /^\d{1,4}([.]\d{0,2})?$/.test(said) ? Number(whole + part.padEnd(2, "0")) : null;
  },
  whole: (said) => (/^\d{1,9}$/.test(said) ? Number(said) : null),
};
const UNIT = { money: () => symbol(), percent: () => "%", whole: () => "" };

function bounds(rule) {
  const write = WRITE[rule.kind];
  return t("manager_settings.between", { least: write(rule.least), most: write(rule.most), unit: UNIT[rule.kind]() });
}

// A rule's control; value() gives what it says now, null for what can't be.
function control(rule) {
  const words = label(rule.name);
  if (rule.kind === "flag") {
    const node = field(words, { value: String(rule.value) }, [["true", t("manager_settings.on")], ["false", t("manager_settings.off")]]);
    return Object.assign(node, { value: () => node.input.value === "true" });
  }
  if (rule.kind === "choice") {
    const node = field(words, { value: rule.value }, rule.choices.map((value) => [value, choice(rule, value)]));
    return Object.assign(node, { value: () => node.input.value });
  }
  if (rule.kind === "some") {
    const boxes = rule.choices.map((value) => el("label", { class: "check" },
      el("input", { type: "checkbox", value, checked: rule.value.includes(value) }), el("span", { text: choice(rule, value) })));
    const node = el("fieldset", { class: "field checks" }, el("legend", { text: words }), ...boxes);
    return Object.assign(node, { value: () => [...node.querySelectorAll("input:checked")].map((each) => each.value) });
  }
  if (rule.kind === "text") {
    const node = field(words, { value: rule.value, maxlength: rule.most });
    return Object.assign(node, { value: () => node.input.value.trim() });
  }
  const node = field(UNIT[rule.kind]() ? `${words} (${UNIT[rule.kind]()})` : words, { value: WRITE[rule.kind](rule.value), inputmode: "decimal", maxlength: 12 }, null, bounds(rule));
  return Object.assign(node, {
    value: () => {
      const value = READ[rule.kind](node.input.value.trim());
      return value == null || value < rule.least || value > rule.most ? null : value;
    },
  });
}

export function start(body) {
  let controls = [];
  const save = button(t("manager_settings.save"), "check", () => keep(), "primary");
  const state = el("p", { role: "status" });
  const bar = el("div", { class: "savebar" }, state, save);

  const changed = () => controls.filter(({ rule, node }) => JSON.stringify(node.value()) !== JSON.stringify(rule.value));
  const mark = () => {
    const all = changed();
    for (const { rule, node } of controls) {
      const wrong = node.value() === null;
      node.classList.toggle("changed", all.some((each) => each.rule === rule));
      node.classList.toggle("wrong", wrong);
      if (node.input) attr(node.input, "aria-invalid", wrong ? "true" : null);
    }
    const bad = all.some(({ node }) => node.value() === null);
    save.disabled = bad || all.length === 0;
    state.textContent = bad ? t("manager_settings.bad") : all.length ? tn("manager_settings.unsaved", all.length) : t("manager_settings.saved");
  };
  const draw = (found) => {
    controls = [];
    const cards = found.groups.map((group) => card(t(`manager_settings.group_${group.group}`), el("div", { class: "rules" }, ...group.rules.map((rule) => {
      const node = control(rule);
      controls.push({ rule, node });
      return node;
    }))));
    fill(body, el("div", { class: "grid" }, ...cards), bar);
    mark();
  };
  const keep = async () => {
    save.disabled = true;
    const changes = Object.fromEntries(changed().map(({ rule, node }) => [rule.name, node.value()]));
    const found = await attempt(() => send("PATCH", "/rules", { changes }));
    if (found) {
      draw(found);
      toast(t("manager_settings.done"));
    } else {
      mark();
      $("stale").scrollIntoView({ block: "center" });
    }
  };
  body.addEventListener("input", mark);
  addEventListener("beforeunload", (event) => changed().length && event.preventDefault());
  attempt(() => get("/rules")).then((found) => found && draw(found));
}
