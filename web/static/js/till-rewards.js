// What the cart's member may take for points: goods go into the cart, a coupon is theirs at once.
import { get } from "./api.js";
import { close, define, isOpen, problem, raise } from "./dialog.js";
import { $, el, icon, keyed, setIcon, show, text } from "./dom.js";
import { path, send } from "./store.js";
import { number, t } from "./words.js";

let found = null;
let pending = false;

export function defineRewards() {
  define("rewards", {});
}

export async function openRewards() {
  found = null;
  pending = false;
  raise("rewards");
  problem("rewards-problem", "");
  render();
  try {
    found = await get(path("rewards"));
  } catch (error) {
    if (isOpen("rewards")) problem("rewards-problem", error.message);
  }
  if (isOpen("rewards")) render();
}

// Without a member there is nobody who could take anything.
export function syncRewards(view) {
  if (isOpen("rewards") && !view.member) close("rewards");
}

function render() {
  text($("rewards-left"), found ? t("till.rewards_left", { n: number(found.left), time: found.as_of }) : "");
  text($("rewards-empty"), t(found ? "till.rewards_none" : "till.loading"));
  show($("rewards-empty"), !found?.rewards.length);
  keyed($("rewards-list"), found?.rewards ?? [], (each) => each.uid, make, update);
}

function make() {
  const node = el("button", { type: "button", class: "entry-row" }, icon("gift"), el("span", {}, el("b"), el("small")), el("b", { class: "num" }));
  node.addEventListener("click", () => take(node.reward));
  return node;
}

function update(node, reward) {
  node.reward = reward;
  const [sign, words, points] = node.children;
  setIcon(sign, reward.kind === "goods" ? "gift" : "ticket");
  text(words.firstChild, reward.name);
  text(words.lastChild, reward.short ? t("till.rewards_short", { n: number(reward.short) }) : t(`till.rewards_${reward.kind}`));
  text(points, t("till.rewards_points", { n: number(reward.points) }));
  node.disabled = pending || reward.short > 0;
}

async function take(reward) {
  if (pending) return;
  pending = true;
  render();
  try {
    await send("reward", { reward: reward.uid });
    close("rewards");
  } catch (error) {
    if (isOpen("rewards")) problem("rewards-problem", error.message);
  } finally {
    pending = false;
    if (isOpen("rewards")) render();
  }
}
