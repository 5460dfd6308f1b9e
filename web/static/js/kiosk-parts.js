// The parts of the kiosk's screen. Each is made anew only when what it shows has changed; focus stays where it was.
import { $, attr, el, icon, text } from "./dom.js";
import { number, page, t } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const shown = new WeakMap();
const MOUTHS = ["M24 56 Q37 42 50 56", "M25 53 Q37 46 49 53", "M25 51 H49", "M25 48 Q37 57 49 48", "M23 45 Q37 64 51 45"];

export function part(id, facts, build) {
  const node = $(id);
  const mark = JSON.stringify([page.lang, facts]);
  if (shown.get(node) === mark && node.firstChild) return void (node.hidden = false);
  shown.set(node, mark);
  const focused = node.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const made = build();
  node.hidden = !made;
  node.replaceChildren(...(made ?? []));
  if (focused) node.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

function draw(tag, props, ...kids) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(props)) node.setAttribute(name, value);
  node.append(...kids);
  return node;
}

export function button(key, props, ...kids) {
  const node = el("button", { type: "button", "data-key": key, ...props }, ...kids);
  if ("aria-pressed" in props) attr(node, "aria-pressed", props["aria-pressed"] === undefined ? null : String(props["aria-pressed"]));
  return node;
}

export function drawWords(view) {
  document.title = `${t("kiosk.title")} · tillbox`;
  text($("store"), view.store);
  text($("date"), view.date);
}

// ---- the slip: an invitation, or the member

export function drawSlip(view, join) {
  if (!view.member && $("ladder").firstChild) closeLadder();
  part("slip", view.member, () => [rings(), ...(view.member ? memberSlip(view.member) : invitation(join))]);
}

function rings() {
  const circles = [20, 36, 52, 68, 84, 99].map((r) => draw("circle", { cx: 100, cy: 100, r }));
  return draw("svg", { class: "rings", viewBox: "0 0 200 200", "aria-hidden": "true" }, ...circles);
}

function invitation(join) {
  return [
    el("h1", { id: "slip-title", text: t("kiosk.attract_title") }),
    el("p", { class: "sub", text: t("kiosk.attract_hint") }),
    el(
      "ul",
      { class: "ways" },
      el("li", {}, icon("id-card"), el("span", { text: t("kiosk.attract_card") })),
      el("li", {}, icon("qr-code"), el("span", { text: t("kiosk.attract_code") })),
    ),
    button("join", { class: "join", onclick: join }, icon("user-round-plus"), el("span", { text: t("member.join") })),
    el("p", { class: "togo" }, icon("shield-check"), el("span", { text: t("kiosk.attract_private") })),
  ];
}

function memberSlip(member) {
  return [
    el("h1", { id: "slip-title", text: member.greeting }),
    el("p", { class: "sub num", text: [member.phone, member.since].filter(Boolean).join(" · ") }),
    el("p", { class: "points num" }, el("b", { text: number(member.points) }), el("span", {}, el("span", { text: t("kiosk.points") }), member.notes.length ? el("small", { text: member.notes.join(" · ") }) : null)),
    el("div", { class: "tiers" }, track(member), marks(member)),
    el("p", { class: "togo num" }, icon("star"), el("span", { text: member.kept ?? toGo(member) })),
  ];
}

// What each tier needs and gives, for whoever wants to read it: a sheet over the page, gone with the member.
function ladderButton(rules) {
  return button("ladder", { class: "plain ladder", onclick: () => openLadder(rules) }, icon("info"), el("span", { text: rules.title }));
}

function openLadder({ title, tiers, more, earning, close }) {
  const row = (tier) => el("li", { class: tier.mine ? "mine" : "" }, el("b", {}, tier.mine ? icon("circle-check") : null, el("span", { text: tier.name })),
    el("span", { class: "num", text: tier.needs }), el("span", { text: tier.perks.join(" · ") }));
  const extra = earning.length ? el("p", {}, el("b", { text: more }), el("span", { text: earning.join(" · ") })) : null;
  const sheet = $("ladder");
  const back = el("button", { class: "stay", type: "button", onclick: () => sheet.close(), text: close });
  sheet.replaceChildren(el("h2", { id: "ladder-title", text: title }), el("ul", {}, ...tiers.map(row)), ...[extra, back].filter(Boolean));
  sheet.showModal();
  sheet.focus();
}

function closeLadder() {
  $("ladder").close();
  $("ladder").replaceChildren();
}

function track(member) {
  const fill = el("i");
  fill.style.width = `${member.progress}%`;
  const steps = member.steps.map((step) => {
    const dot = el("u", { class: step.reached ? "" : "next" }, icon(step.reached ? "check" : "lock-keyhole"));
    dot.style.insetInlineStart = `${step.at}%`;
    return dot;
  });
  const words = { role: "progressbar", "aria-label": t("kiosk.progress"), "aria-valuemin": 0, "aria-valuemax": 100 };
  return el("div", { class: "track", ...words, "aria-valuenow": member.progress }, fill, ...steps);
}

function marks(member) {
  const list = member.steps.map((step) => {
    const tier = step.name;
    const words = step.now ? t("kiosk.tier_now", { tier }) : tier;
    const mark = el("li", { class: step.at === 0 ? "first" : step.at === 100 ? "last" : "" }, el("b", { text: words }), el("small", { text: number(step.score) }));
    mark.style.insetInlineStart = `${step.at}%`;
    return mark;
  });
  return el("ul", { class: "marks num" }, ...list);
}

function toGo({ score, next_name: tier, to_next: n, visits_to_next: visits, next_times: times }) {
  if (!tier) return t("kiosk.to_go_top", { score: number(score) });
  if (visits) return t(n ? "kiosk.to_go_both" : "kiosk.to_go_visits", { score: number(score), n: number(n), visits, tier });
  const params = { score: number(score), n: number(n), tier, times };
  return times ? t("kiosk.to_go_times", params) : t("kiosk.to_go", params);
}

// ---- offers

export function drawOffers(view, send) {
  part("offers", view.member && [view.offers, view.offers_on, view.member.rules], () => {
    if (!view.member) return null;
    if (!view.offers_on) return offersOff(send, view.member.rules);
    const title = el("h2", { id: "offers-title" }, el("span", { text: t("kiosk.offers") }), el("small", { text: t("kiosk.offers_hint") }));
    const list = view.offers.length ? el("ul", { class: "cards" }, ...view.offers.map((offer) => card(offer, send))) : noOffers();
    const off = button("off", { class: "plain", onclick: () => send("offers/off") }, el("span", { text: t("kiosk.offers_turn_off") }));
    const why = button("why", { class: "plain", onclick: () => send("panel", { name: "why" }) }, el("span", { text: t("kiosk.why") }));
    return [title, list, el("div", { class: "why" }, icon("shield-check"), el("p", { text: t("kiosk.offers_why") }), ladderButton(view.member.rules), why, off)];
  });
}

function offersOff(send, rules) {
  const on = button("on", { class: "plain", onclick: () => send("offers/on") }, el("span", { text: t("kiosk.offers_turn_on") }));
  return [
    el("h2", { id: "offers-title", text: t("kiosk.offers_off") }),
    el("div", { class: "why off" }, icon("shield-check"), el("p", { text: t("kiosk.offers_off_hint") }), ladderButton(rules), on),
  ];
}

function noOffers() {
  return el("div", { class: "none" }, icon("shopping-basket"), el("b", { text: t("kiosk.offers_none") }), el("span", { text: t("kiosk.offers_none_hint") }));
}

function card(offer, send) {
  const { product, name } = offer;
  if (offer.declined) {
    const undo = button(`undo-${product}`, { class: "no", "aria-label": t("kiosk.undo_of", { name }), onclick: () => send("offer/undo", { product }) }, icon("undo-2"), el("span", { text: t("kiosk.undo") }));
    return el("li", { class: "card gone" }, el("div", { class: "tx" }, el("b", { text: name }), el("p", { text: t("kiosk.declined") })), undo);
  }
  const price = el("p", { class: "price num" }, el("b", { text: offer.price }), offer.unit === "kg" ? el("span", { text: t("kiosk.per_kg") }) : null, offer.was ? el("s", { text: t("kiosk.was", { price: offer.was }) }) : null);
  const no = button(`no-${product}`, { class: "no", "aria-label": t("kiosk.not_for_me_of", { name }), onclick: () => send("offer/decline", { product }) }, icon("thumbs-down"), el("span", { text: t("kiosk.not_for_me") }));
  return el(
    "li",
    { class: `card ${offer.tint}` },
    el("div", { class: "pic" }, icon(offer.icon), price),
    el("div", { class: "tx" }, el("b", { text: name }), el("p", { text: offer.reason })),
    no,
  );
}

// ---- five faces

export function drawRate(view, send, write) {
  part("rate", view.feedback, () => {
    const { score, topics, choices, linked, ask } = view.feedback;
    if (ask) return better(ask, send);
    const title = el("h2", { id: "rate-title", text: heading(view.feedback, linked) });
    const faces = el("div", { class: "faces", role: "group", "aria-labelledby": "rate-title" }, ...MOUTHS.map((mouth, i) => face(i + 1, mouth, score, () => send("rate", { score: i + 1, topics }))));
    if (!score) return [title, faces];
    const flip = (topic) => (topics.includes(topic) ? topics.filter((each) => each !== topic) : [...topics, topic]);
    const chips = choices.map((topic) =>
      button(`topic-${topic}`, { class: "chip", "aria-pressed": topics.includes(topic), onclick: () => send("rate", { score, topics: flip(topic) }) }, topics.includes(topic) ? icon("check") : null, el("span", { text: t(`kiosk.topic_${topic}`) })),
    );
    // A row of its own would leave the offers no room on a small screen.
    const said = Boolean(view.feedback.text);
    const words = button("write", { class: "chip words", "aria-label": t(said ? "feedback.written" : "feedback.write"), "aria-pressed": said, onclick: write }, icon(said ? "check" : "pencil"));
    return [title, faces, el("div", { class: "topics", role: "group", "aria-labelledby": "rate-title" }, ...chips, words)];
  });
}

function heading({ score, answered }, linked) {
  if (!score) return t(answered ? "feedback.better_noted" : "kiosk.rate");
  return t(linked ? "feedback.rated_linked" : "kiosk.rated");
}

// Asked once, of who complained: whether it is better now.
function better(theme, send) {
  const says = (answer, words, symbol, kind = "") => button(`better-${answer}`, { class: `chip ${kind}`, onclick: () => send("better", { answer }) }, symbol && icon(symbol), el("span", { text: t(words) }));
  return [
    el("h2", { id: "rate-title", text: t("feedback.better", { theme: t(`feedback.theme_${theme}`) }) }),
    el("div", { class: "topics ask", role: "group", "aria-labelledby": "rate-title" }, says("better", "feedback.better_yes", "circle-check"),
      says("same", "feedback.better_no", "circle-x"), says("skip", "feedback.better_skip", null, "quiet")),
  ];
}

function face(value, mouth, score, onclick) {
  const picture = draw(
    "svg",
    { viewBox: "0 0 74 74", class: `face face-${value}`, "aria-hidden": "true" },
    draw("circle", { cx: 37, cy: 37, r: 33 }),
    draw("circle", { class: "eye", cx: 26, cy: 30, r: 4.2 }),
    draw("circle", { class: "eye", cx: 48, cy: 30, r: 4.2 }),
    draw("path", { d: mouth }),
  );
  return button(`face-${value}`, { "aria-pressed": value === score, onclick }, picture, el("span", { text: t(`kiosk.face_${value}`) }));
}

// ---- the dock

export function drawDock(view, send, leave) {
  part("dock", [view.modes, view.call, Boolean(view.member)], () => {
    const other = Object.keys(page.catalogues).find((lang) => lang !== page.lang);
    const mode = (name, sign) => tool(name, sign, t(`kiosk.${name}`), () => send("mode", { mode: name }), view.modes[name]);
    const bell = { calling: t("kiosk.call_calling"), coming: t("kiosk.call_coming") }[view.call] ?? t("kiosk.call");
    const language = other && tool("language", "languages", t("kiosk.lang_other"), () => send("language", { lang: other }));
    if (language) attr(language, "lang", other);
    const tools = [
      language,
      mode("large", "a-large-small"),
      mode("contrast", "contrast"),
      mode("reach", "accessibility"),
      mode("patient", "timer"),
      view.member && tool("mine", "id-card", t("kiosk_mine.open"), () => send("panel", { name: "mine" })),
      tool("call", "bell-ring", bell, () => send("call"), Boolean(view.call)),
    ];
    const nav = el("div", { class: "tools", role: "group", "aria-label": t("kiosk.tools") }, ...tools.filter(Boolean));
    return view.member ? [nav, end(leave)] : [nav];
  });
}

function tool(key, sign, words, onclick, pressed) {
  return button(key, { "aria-pressed": pressed, onclick }, icon(sign), el("span", { text: words }));
}

function end(leave) {
  const circle = (props) => draw("circle", { cx: 34, cy: 34, r: 30, ...props });
  const clock = draw("svg", { viewBox: "0 0 68 68" }, circle({}), circle({ class: "left", id: "ring", pathLength: 100, transform: "rotate(-90 34 34)" }));
  return button("leave", { class: "end", onclick: leave }, el("span", { class: "ring num", "aria-hidden": "true" }, clock, el("b", { id: "ring-left" })), el("span", { text: t("kiosk.leave") }));
}

export function ring(left, of) {
  if (!$("ring")) return;
  text($("ring-left"), left > 99 ? `${Math.ceil(left / 60)}′` : Math.max(0, left));
  $("ring").style.strokeDasharray = `${(100 * Math.max(0, left)) / of} 100`;
}

export function drawIdle(left) {
  text($("idle-title"), t("kiosk.idle_title"));
  text($("idle-hint"), t("kiosk.idle_hint", { n: left }));
  text($("idle-stay"), t("kiosk.idle_stay"));
  if (!$("idle").open) {
    $("idle").showModal();
    $("idle-stay").focus();
  }
}
