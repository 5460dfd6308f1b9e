// Why the prices are what they are: each promotion with its rule and what it takes off which line. And a gift that was earned.
import { close, define, isOpen, raise, toast } from "./dialog.js";
import { $, attr, el, icon, setIcon, show, text } from "./dom.js";
import { money, plain } from "./money.js";
import { send, store } from "./store.js";
import { page, t } from "./words.js";

export function defineDeals() {
  define("deals", {});
  $("deals-open").addEventListener("click", () => {
    raise("deals");
    fill(store.view.basket);
  });
  $("gift-icon").append(icon("gift"));
  $("gift-add").addEventListener("click", () => {
    const gift = store.view.basket.gift;
    if (gift) send("add", { product: gift.product }).catch((error) => toast(error.message));
  });
}

export function renderDeals({ basket, offer }) {
  const { gift, promos } = basket;
  show($("deals-open"), Boolean(promos));
  show($("gift"), Boolean(gift) && !offer?.coupon); // the line is the coupon's
  if (gift) {
    setIcon($("gift-icon").firstChild, gift.icon || "gift");
    const name = gift.pieces > 1 ? `${gift.name} × ${gift.pieces}` : gift.name;
    text($("gift-name"), t("till.gift_name", { name }));
    text($("gift-why"), gift.promo);
    attr($("gift-add"), "aria-label", `${t("till.gift_add")} ${name}`);
  }
  if (!isOpen("deals")) return;
  if (promos) fill(basket);
  else close("deals");
}

function fill({ promos, others, saving }) {
  const off = (amount) => el("b", { class: "num", text: plain(-amount) });
  const parts = promos.map((promo) =>
    el("section", {},
      el("h3", {}, el("span", { text: promo.name }), off(promo.amount)),
      el("p", { text: promo.rule.join(page.lang.startsWith("zh") ? "" : " ") }),
      el("ul", { class: "num" }, ...promo.lines.map((line) => el("li", {}, el("span", { text: line.name }), el("span", { text: plain(-line.amount) }))))));
  const rest = Object.entries(others).map(([kind, amount]) =>
    el("section", {}, el("h3", {}, el("span", { text: t(`till.off_kind_${kind}`) }), off(amount))));
  $("deals-list").replaceChildren(...parts, ...rest);
  text($("deals-sum"), money(-saving));
}
