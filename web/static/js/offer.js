// One suggestion beside the cart, with its reason and two answers; and kiosks whose customers call for a person.
import { toast } from "./dialog.js";
import { $, attr, icon, setIcon, show, text } from "./dom.js";
import { money } from "./money.js";
import { send, store } from "./store.js";
import { t } from "./words.js";

const tell = (name, args) => send(name, args).catch((error) => toast(error.message));

export function bindOffer() {
  $("offer-icon").append(icon("tag"));
  $("offer-add").addEventListener("click", () => answer("offer/add"));
  $("offer-no").addEventListener("click", () => answer("offer/decline"));
  $("call-answer").addEventListener("click", () => tell("call/answer", { lane: store.view.calls[0]?.lane ?? "" }));
}

function answer(name) {
  const product = store.view.offer?.product;
  if (product) tell(name, { product });
}

export function renderOffer({ offer, calls, basket }) {
  show($("offer"), Boolean(offer) && !basket.gift); // one line of the cart for either
  if (offer) {
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
