// Becoming a member at the kiosk: a phone number, a word on each purpose, and a code to take along. What is typed lives
// here only, and goes with the page.
import { $, attr, el, icon } from "./dom.js";
import { page, t } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const QUIET = 4; // squares of white around a code, as its standard wants
const LONGEST = 15;
const SHORTEST = 7;
let step = ""; // phone, ask, done, or "": closed
let phone = "";
let yes = new Set();
let problem = "";
let pending = false;
let shown = null; // the code that was shown already
let to = null; // {tell, send, leave}
let lang = "";

export const joining = () => step !== "";

export function openJoin() {
  step = "phone";
  phone = problem = "";
  yes = new Set();
  pending = false;
  render();
  if (!$("join").open) $("join").showModal();
}

export function drawJoin(view, ways) {
  to = ways;
  if (view.joined && view.joined.code !== shown) {
    shown = view.joined.code;
    step = "done";
    render(view.joined);
    if (!$("join").open) $("join").showModal();
  } else if (!view.joined && (view.member ? step : step === "done")) shut(); // another's card came, or the visit is over
  else if (step && step !== "done" && lang !== page.lang) render();
}

function shut() {
  step = "";
  phone = "";
  yes = new Set();
  $("join").close();
  $("join").replaceChildren();
}

function button(key, kind, kids, onclick, props = {}) {
  const node = el("button", { type: "button", class: kind, "data-key": key, onclick, ...props }, ...kids);
  return node;
}

const words = (key) => el("span", { text: t(key) });

function render(joined) {
  lang = page.lang;
  const host = $("join");
  const focused = host.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const parts = { phone: askPhone, ask: askConsents, done: () => welcome(joined) }[step]();
  host.replaceChildren(el("h2", { id: "join-title", text: t(step === "done" ? "member.join_done" : "member.join_title") }), ...parts);
  host.querySelector(focused ? `[data-key="${CSS.escape(focused)}"]` : "h2")?.focus?.();
  if (problem) host.querySelector(".problem")?.scrollIntoView({ block: "nearest" });
}

const told = () => (problem ? el("p", { class: "problem", role: "alert", text: problem }) : null);

function foot(...buttons) {
  const other = Object.keys(page.catalogues).find((each) => each !== page.lang);
  const language = other && button("join-lang", "second", [icon("languages"), words("kiosk.lang_other")], () => to.send("language", { lang: other }), { lang: other });
  return el("div", { class: "foot" }, language || null, ...buttons);
}

function askPhone() {
  const press = (key) => () => {
    if (key === "clear") phone = "";
    else if (key === "back") phone = phone.slice(0, -1);
    else phone = (phone + key).slice(0, LONGEST);
    problem = "";
    render();
  };
  const digits = [..."123456789"].map((each) => button(`d${each}`, "key", [el("span", { text: each })], press(each)));
  const clear = button("clear", "key", [icon("x")], press("clear"), { "aria-label": t("member.join_clear") });
  const back = button("back", "key", [icon("delete")], press("back"), { "aria-label": t("member.join_delete") });
  const zero = button("d0", "key", [el("span", { text: "0" })], press("0"));
  const next = button("next", "first", [words("member.join_next")], () => {
    step = "ask";
    render();
  });
  next.disabled = phone.length < SHORTEST;
  return [
    el("p", { class: "label", text: t("member.join_phone") }),
    el("div", { class: "entry num", role: "status", text: phone }),
    told(),
    el("div", { class: "pad num", role: "group", "aria-label": t("member.join_phone") }, ...digits, clear, zero, back),
    el("p", { class: "small", text: t("member.join_child") }),
    foot(button("join-back", "second", [words("member.join_back")], shut), next),
  ].filter(Boolean);
}

function askConsents() {
  const flip = (purpose) => () => {
    if (!yes.delete(purpose)) yes.add(purpose);
    render();
  };
  const each = (purpose) => {
    const agreed = yes.has(purpose);
    const node = button(purpose, "asked", [
      el("span", {}, el("b", { text: t(`member.purpose_${purpose}`) }), el("small", { text: t(`member.consent_${purpose}_v${page.text_version}`) })),
      el("span", { class: "state" }, icon(agreed ? "check" : "x"), words(agreed ? "member.yes" : "member.no")),
    ], flip(purpose));
    attr(node, "aria-pressed", String(agreed));
    return node;
  };
  const back = button("join-back", "second", [words("member.join_back")], () => {
    step = "phone";
    problem = "";
    render();
  });
  const ok = button("ok", "first", [icon("check"), words("member.join_ok")], join);
  ok.disabled = pending;
  return [
    el("p", { class: "label", text: t("member.join_ask") }),
    told(),
    el("div", { class: "list" }, ...page.purposes.map(each)),
    foot(back, ok),
  ].filter(Boolean);
}

async function join() {
  if (pending) return;
  pending = true;
  problem = "";
  render();
  try {
    await to.tell("join", { phone, consents: page.purposes.filter((each) => yes.has(each)) });
  } catch (error) {
    problem = error.message;
    if (error.slug === "phone_wrong") step = "phone";
  } finally {
    pending = false;
    if (step && step !== "done") render();
  }
}

function drawn({ side, path }) {
  const node = (tag, props, ...kids) => {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(props)) made.setAttribute(name, value);
    made.append(...kids);
    return made;
  };
  const all = side + 2 * QUIET;
  const box = `${-QUIET} ${-QUIET} ${all} ${all}`;
  const paper = node("rect", { x: -QUIET, y: -QUIET, width: all, height: all, class: "light" });
  return node("svg", { class: "code", role: "img", "aria-label": t("member.join_qr"), viewBox: box, "shape-rendering": "crispEdges" }, paper, node("path", { d: path, class: "dark" }));
}

function welcome(joined) {
  const { number } = joined;
  return [
    drawn(joined),
    el("p", { class: "label", text: t("member.join_number") }),
    el("p", { class: "number num", text: number }),
    el("p", { class: "keep", text: t("member.join_keep") }),
    el("div", { class: "foot" }, button("done", "first", [words("member.join_leave")], shut)),
  ];
}
