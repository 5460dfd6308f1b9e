// A member's coupons and what points buy: the list, the question before points go, and the coupon that came of it.
import { el, icon } from "./dom.js";
import { button } from "./kiosk-parts.js";
import { Entry } from "./numpad.js";
import { number, t } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const say = (name, params) => t(`kiosk_rewards.${name}`, params);

export function drawRewards(facts, send) {
  if (facts.asked) return facts.asked.coupon ? done(facts.asked, send) : ask(facts, send);
  return [...coupons(facts), ...rewards(facts, send)];
}

function code({ words, side, path }, kind = "") {
  const quiet = 4; // modules of white around it, without which readers may not see it
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `${-quiet} ${-quiet} ${side + 2 * quiet} ${side + 2 * quiet}`);
  svg.setAttribute("class", `qr ${kind}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", say("qr", { code: words }));
  const squares = document.createElementNS(SVG, "path");
  squares.setAttribute("d", path);
  svg.append(squares);
  return svg;
}

function coupons({ coupons: found, more }) {
  const list = found.map((each) => el("li", { class: "coupon" }, code(each),
    el("div", {}, el("b", { text: each.name }), el("p", { text: each.says }), each.until ? el("p", { class: "num", text: say("until", { day: each.until }) }) : null)));
  return [
    el("h3", { text: say("coupons") }),
    found.length ? el("ul", { class: "coupons" }, ...list) : el("p", { class: "quiet", text: say("coupons_none") }),
    more ? el("p", { class: "quiet", text: say("coupons_more", { n: more }) }) : null,
    found.length ? el("p", { class: "quiet", text: say("coupons_hint") }) : null,
  ].filter(Boolean);
}

function rewards({ rewards: found, left, as_of: time }, send) {
  const list = found.map((each) => {
    const short = each.short > 0;
    const hint = short ? say("short", { n: number(each.short) }) : each.kind === "goods" ? say("at_till") : "";
    const take = each.kind === "coupon" && !short
      ? button(`take-${each.uid}`, { class: "take", "aria-label": say("take_of", { name: each.name, n: number(each.points) }), onclick: () => send("reward/choose", { reward: each.uid }) }, el("span", { text: say("take") })) : null;
    return el("li", { class: short ? "reward short" : "reward" }, icon(each.kind === "goods" ? "gift" : "ticket"),
      el("div", {}, el("b", { text: each.name }), hint ? el("p", { text: hint }) : null), el("em", { class: "num", text: say("points", { n: number(each.points) }) }), take);
  });
  return [
    el("h3", { text: say("rewards") }), el("p", { class: "quiet num", text: say("left", { n: number(left), time }) }),
    found.length ? el("ul", { class: "rewards" }, ...list) : el("p", { class: "quiet", text: say("rewards_none") }),
  ];
}

function ask({ asked, as_of: time, left }, send) {
  const dots = el("p", { class: "dots", role: "status" });
  const confirm = button("confirm", { class: "primary", disabled: true, onclick: () => send("reward/take", { digits: entry.value }) }, el("span", { text: say("confirm") }));
  const entry = new Entry({
    max: 4,
    changed(value) {
      dots.replaceChildren(...[0, 1, 2, 3].map((n) => el("i", { class: n < value.length ? "on" : "" })), el("span", { class: "sr", text: say("digits_typed", { n: value.length }) }));
      confirm.disabled = value.length < 4;
    },
  });
  entry.set("");
  const key = (name) => button(`key-${name}`, { class: "num", onclick: () => entry.press(name) }, el("span", { text: name }));
  const clear = button("key-clear", { "aria-label": say("clear"), onclick: () => entry.press("clear") }, icon("delete"));
  const pad = el("div", { class: "digits", role: "group", "aria-label": say("ask_digits") }, ...["1", "2", "3", "4", "5", "6", "7", "8", "9"].map(key), el("span"), key("0"), clear);
  const wrong = asked.wrong ? el("p", { class: "wrong", role: "alert", text: asked.wrong === "wait" ? say("wrong_wait", { n: Math.ceil(asked.wait_s / 60) }) : say("wrong_digits") }) : null;
  const told = el("div", { class: "told" }, el("h3", { text: say("ask", { n: number(asked.points), name: asked.name }) }), el("p", { text: asked.says }),
    el("p", { class: "quiet num", text: say("left", { n: number(left), time }) }), el("p", { text: say("ask_digits") }), dots, wrong);
  return [
    el("div", { class: "ask" }, told, pad),
    el("div", { class: "pair" }, button("not-now", { class: "plain", onclick: () => send("reward/back") }, el("span", { text: say("back") })), confirm),
  ];
}

function done({ name, coupon }, send) {
  return [
    el("h3", { class: "yours" }, icon("circle-check"), el("span", { text: `${say("done")} · ${name}` })), code(coupon, "big"),
    el("p", { class: "num", text: coupon.words }), el("p", { text: coupon.says }), coupon.until ? el("p", { class: "num", text: say("until", { day: coupon.until }) }) : null,
    el("p", { class: "quiet", text: say("done_hint") }),
    button("ok", { class: "primary", onclick: () => send("reward/back") }, el("span", { text: say("ok") })),
  ].filter(Boolean);
}
