"""Promotions at the desk: what there is, one with its history, a sentence before it is kept, paused and ended."""

from __future__ import annotations

from typing import Any

from edge import catalog
from edge.base.i18n import LANGS
from edge.base.sqlite import row, rows
from edge.errors import ShopError
from edge.promo import desk
from edge.promo.describe import describe
from edge.promo.desk import Stored
from edge.promo.rules import KINDS, STACKS, Promotion, read
from web.api.frame import Call, speaks
from web.api.shapes import (
    anything,
    body,
    by_name,
    choice,
    flag,
    instant,
    many,
    null_or,
    obj,
    opt,
    text,
    whole,
)
from web.auth import MANAGER

_STATE = choice(*desk.STATES)
_COUNTS = obj("CouponCounts", open=whole(0), used=whole(0), void=whole(0))
_SHORT = {
    "uid": text(example="spring"), "name": text(example="Spring"), "kind": choice(*KINDS), "state": _STATE,
    "version": whole(1), "says": text(2000, example="10% off all goods"), "coupon": flag(False),
    "personal": flag(False), "uses": whole(0, example=0), "coupons": _COUNTS,
}  # fmt: skip
# An example that may be sent: the desk's own form of a promotion (see edge/promo/rules.py).
FORM = {**by_name(anything()), "examples": [{
    "names": {"zh-CN": "满 50 减 5", "en": "5 off from 50"}, "kind": "threshold", "value": {"steps": [[5000, 500]]},
}]}  # fmt: skip
PROMOTIONS = obj(
    "Promotions", rows=many(obj("PromotionRow", **_SHORT)), kinds=many(choice(*KINDS)), stacks=many(choice(*STACKS)),
    categories=many(obj(id=text(example="drink"), name=text(example="Drinks"))),
    tiers=many(obj(id=text(example="gold"), name=text(example="Gold"))),
)  # fmt: skip
PROMOTION = obj(
    "Promotion", **_SHORT, body=by_name(anything()), names=by_name(text(example="Milk 1 l")),
    history=many(obj("PromotionVersion", version=whole(1), state=_STATE, at_us=instant(),
                     by=null_or(text(example="Min Wang")), says=text(2000))),
)  # fmt: skip
_REFUSED = ("404 promotion_unknown", "409 promotion_ended", "422 promotion_field")
_COUPONS = "SELECT promotion, state, COUNT(*) FROM coupon GROUP BY promotion, state"


@speaks(PROMOTIONS)
def listed(call: Call) -> Any:
    """Every promotion as it is now, those that run first, and what a form may name."""
    box, counts = call.box, _counts(call)
    order = {state: n for n, state in enumerate(desk.STATES)}
    found = sorted(desk.everything(box), key=lambda x: (order[x.state], -x.at_us, x.promotion.uid))
    shelves, chinese = catalog.categories(box.db, catalog.current(box.db)), call.lang.startswith("zh")
    return {
        "rows": [_short(call, stored, counts) for stored in found], "kinds": list(KINDS), "stacks": list(STACKS),
        "categories": [{"id": x.id, "name": x.name_zh if chinese else x.name_en} for x in shelves],
        "tiers": [{"id": tier.id, "name": tier.name(call.lang)} for tier in box.rules.tiers],
    }  # fmt: skip


@speaks(PROMOTION, refusals=_REFUSED[:1])
def look(call: Call) -> Any:
    """One promotion: its form, and who changed it when."""
    return _told(call, call.path["promotion"])


@speaks(
    obj("PromotionSays", says=by_name(text(2000, example="10% off all goods"))),
    body=body("PreviewPromotion", promotion=FORM),
    refusals=_REFUSED[2:],
)
def preview(call: Call) -> Any:
    """A form as the sentence that customers will read, in each language; nothing is kept."""
    found = read({"uid": "preview", **call.body["promotion"]})
    return {"says": {lang: describe(call.box, found, lang) for lang in LANGS}}


@speaks(
    PROMOTION, body=body("KeepPromotion", promotion=FORM, uid=opt(text(32, example="spring"))), refusals=_REFUSED
)
def keep(call: Call) -> Any:
    """Keep a form: a new promotion, which is in force at once, or the next version of one (uid)."""
    form = {name: value for name, value in call.body["promotion"].items() if name != "uid"}
    if "uid" in call.body:
        _there(call, call.body["uid"])
        form["uid"] = call.body["uid"]
    return _told(call, desk.put(call.box, form, call.person, MANAGER))


@speaks(PROMOTION, body=body("TurnPromotion", state=_STATE), refusals=_REFUSED[:2])
def turn(call: Call) -> Any:
    """Pause a promotion, let it go on, or end it for good."""
    desk.turn(call.box, call.path["promotion"], call.body["state"], call.person, MANAGER)
    return _told(call, call.path["promotion"])


def _there(call: Call, uid: str) -> Stored:
    found = desk.newest(call.box, uid)
    if found is None:
        raise ShopError("promotion_unknown", status=404)
    return found


def _counts(call: Call) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for uid, state, count in rows(call.box.db, _COUPONS):
        found.setdefault(uid, {})[state] = count
    return found


def _short(call: Call, stored: Stored, counts: dict[str, dict[str, int]]) -> dict[str, Any]:
    p = stored.promotion
    return {
        "uid": p.uid, "name": p.name(call.lang), "kind": p.kind, "state": stored.state, "version": stored.version,
        "says": describe(call.box, p, call.lang), "coupon": p.coupon, "personal": p.when.personal,
        "uses": desk.uses(call.box, p.uid),
        "coupons": {"open": 0, "used": 0, "void": 0} | counts.get(p.uid, {}),
    }  # fmt: skip


def _told(call: Call, uid: str) -> dict[str, Any]:
    stored, box = _there(call, uid), call.box
    return {
        **_short(call, stored, _counts(call)), "body": stored.body, "names": _named(call, stored.promotion),
        "history": [
            {"version": x.version, "state": x.state, "at_us": x.at_us, "by": _by(call, x.by),
             "says": describe(box, x.promotion, call.lang)}
            for x in desk.versions(box, uid)
        ],
    }  # fmt: skip


def _named(call: Call, p: Promotion) -> dict[str, str]:
    """The names of the products that a form names, by sku."""
    skus = {*p.scope.skus, *p.scope.except_skus, *(sku for part in p.parts for sku in part.scope.skus)}
    if p.kind == "gift":
        skus.add(p.value["gift"])
    versions = catalog.current(call.box.db)
    found = ((sku, catalog.find(call.box, versions, (sku,))) for sku in sorted(skus))
    return {sku: product.name(call.lang) if product else sku for sku, product in found}


def _by(call: Call, uid: str) -> str | None:
    found = row(call.box.db, "SELECT name_zh, name_en FROM staff WHERE uid = ?", (uid,))
    return found[0 if call.lang.startswith("zh") else 1] if found else None
