// The one line above the cart: a suggestion with its reason and two answers, or a coupon; and kiosks whose customers
// call for a person.
import { toast } from "./dialog.js";
import { $, attr, icon, setIcon, show, text } from "./dom.js";
import { money } from "./money.js";
import { send, store } from "./store.js";
import { t } from "./words.js";

const tell = (name, args) => send(name, args).catch((error) => toast(error.message));

export function bindOffer() {
  $("offer-icon").append(icon("tag"));
  $("offer-add").addEventListener("click", () => answer("offer/add", "coupon"));
  $("offer-no").addEventListener("click", () => answer("offer/decline", store.view.offer?.shown ? "coupon/drop" : "coupon/later"));
  $("call-answer").addEventListener("click", () => tell("call/answer", { lane: store.view.calls[0]?.lane ?? "" }));
}

function answer(name, ofCoupon) {
  const { product, coupon } = store.view.offer ?? {};
  if (coupon) tell(ofCoupon, { code: coupon });
  else if (product) tell(name, { product });
}

export function renderOffer({ offer, calls, basket }) {
  show($("offer"), Boolean(offer) && (Boolean(offer.coupon) || !basket.gift)); // one line of the cart for either
  show($("offer-add"), !offer?.shown);
  if (offer?.coupon) renderCoupon(offer);
  else if (offer) {
    setIcon($("offer-icon").firstChild, offer.icon);
    text($("offer-name"), `${offer.name} · ${money(offer.price)}`);
    text($("offer-why"), offer.reason);
    text($("offer-add"), t("till.offer_add"));
    attr($("offer-add"), "aria-label", `${t("till.offer_add")} ${offer.name} ${money(offer.price)}`);
    attr($("offer-no"), "title", t("till.offer_no"));
    text($("offer-no-text"), `${t("till.offer_no")}: ${offer.name}`);
  }
  show($("call-bar"), calls.length > 0);
  if (calls.length) text($("call-title"), t("till.call_title", { lane: calls[0].lane }));
}

function renderCoupon({ name, until, off, shown, more }) {
  setIcon($("offer-icon").firstChild, "ticket");
  const amount = money(off);
  if (shown) {
    text($("offer-name"), more ? t("till.coupon_shown_more", { name, n: more + 1 }) : t("till.coupon_shown", { name }));
    text($("offer-why"), off ? t("till.coupon_takes", { amount }) : t("till.coupon_idle"));
  } else {
    text($("offer-name"), t("till.coupon_offer", { name }));
    text($("offer-why"), until ? t("till.coupon_saves_until", { amount, day: until }) : t("till.coupon_saves", { amount }));
    text($("offer-add"), t("till.coupon_use"));
    attr($("offer-add"), "aria-label", `${t("till.coupon_use")} ${name}`);
  }
  const no = t(shown ? "till.coupon_drop" : "till.coupon_later");
  attr($("offer-no"), "title", no);
  text($("offer-no-text"), `${no}: ${name}`);
}
