// Rewards: what members get for their points besides money off.
import { el } from "../dom.js";
import { number, t } from "../words.js";
import { attempt, badge, button, card, field, get, send, sheet, table, toast } from "./parts.js";

const say = (name, params) => t(`manager_promotions.${name}`, params);
const state = (row) => badge(row.state === "active" ? "ok" : "info", say(`state_${row.state}`));

// The card with its list; promotions(): those of which a coupon may be given.
export function rewardsCard(promotions) {
  const list = el("div", {});
  const columns = [
    [say("name"), (row) => (row.state === "active" ? el("button", { class: "btn link", type: "button", onclick: () => edit(row) }, el("span", { text: row.name })) : row.name)],
    [say("points"), (row) => el("span", { class: "num", text: number(row.points) }), "r"],
    [say("gives"), (row) => `${say(`reward_kind_${row.kind}`)}: ${row.gives_name}`],
    [say("state"), state],
  ];
  const read = async () => {
    const found = await attempt(() => get("/rewards"));
    if (found) list.replaceChildren(table(say("rewards"), columns, found.rows, say("rewards_none")));
  };

  function edit(row) {
    const zh = field(say("name_zh"), { maxlength: 60, required: true, value: row?.names["zh-CN"] ?? "" });
    const en = field(say("name_en"), { maxlength: 60, required: true, value: row?.names.en ?? "" });
    const points = field(say("points"), { inputmode: "numeric", maxlength: 7, required: true, value: row?.points ?? "" });
    const kind = field(say("kind"), { value: row?.kind ?? "goods" }, ["goods", "coupon"].map((each) => [each, say(`reward_kind_${each}`)]));
    const sku = field(say("gives_goods"), { maxlength: 64, value: row?.kind === "goods" ? row.gives : "" }, null, say("products_hint"));
    const offered = promotions();
    const of = field(say("gives_coupon"), { value: row?.gives ?? offered[0]?.uid ?? "" }, offered.length ? offered.map((each) => [each.uid, each.name]) : [["", say("gives_none")]]);
    const days = field(say("days"), { inputmode: "numeric", maxlength: 4, value: row?.days ?? "" }, null, say("days_hint"));
    const draw = () => {
      const goods = kind.input.value === "goods";
      sku.hidden = !goods;
      of.hidden = days.hidden = goods;
    };
    kind.input.addEventListener("change", draw);
    draw();
    const over = row ? button(say("end"), "x", async () => {
      if (!(await attempt(() => send("POST", `/rewards/${row.uid}/end`, {})))) return;
      dialog.close();
      read();
    }) : null;
    const { dialog } = sheet(row ? say("reward_title", { name: row.name }) : say("reward_add"), [zh, en, points, kind, sku, of, days, over].filter(Boolean), say("save"), async (key) => {
      const goods = kind.input.value === "goods";
      for (const [node, words] of [[points, "points"], ...(days.input.value && !goods ? [[days, "days"]] : [])]) {
        if (!/^\d{1,7}$/.test(node.input.value.trim())) throw new Error(say("wrong", { field: say(words) }));
      }
      const body = {
        names: { "zh-CN": zh.input.value.trim(), en: en.input.value.trim() }, points: Number(points.input.value), kind: kind.input.value,
        gives: (goods ? sku : of).input.value.trim(), ...(days.input.value && !goods && { days: Number(days.input.value) }), ...(row && { uid: row.uid }),
      };
      const after = await send("POST", "/rewards", body, key);
      toast(say("reward_saved", { name: after.name }));
      read();
    });
  }

  const node = card(say("rewards"), el("p", { class: "sub", text: say("rewards_hint") }), list, el("div", { class: "deeds" }, button(say("reward_add"), "plus", () => edit(null))));
  return { node, read };
}
