"""The till's commands about coupons, and what the one line above the cart says of them.

That line shows what the cart holds, else a coupon of the member's that would take something off now; a tap puts it in.
Coupons are the customer's own: they need no consent, and the screen suggests nothing beside them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from edge import coupons
from edge.args import text
from edge.base.money import fmt_money
from edge.coupons import Issued
from edge.errors import ShopError
from edge.lane import LaneState
from edge.promo import desk
from edge.staff import Session


def show(till: LaneState, code: str) -> None:
    """Put a coupon into the cart and say what it does, or what it waits for. ShopError: why it may not."""
    if till.lane.mode == "training":
        raise ShopError("coupon_training")
    basket = till.open_basket()
    found = coupons.may_use(till.box, code, basket.member)
    if (lane := coupons.in_other_cart(till.box, found.code, till.lane.id)) is not None:
        raise ShopError("coupon_elsewhere" if lane else "coupon_aside", lane=lane)
    name = _in_force(till, found)
    coupons.put_in(basket, found.code, found.promotion)
    desk.settle(till.box, till.lane.id, basket)
    till.multiplier, till.notice = 1, None
    if taken := coupons.taken_off(found.promotion, basket.priced()):
        till.tell("info", "coupon_in", name=name, amount=fmt_money(taken, till.box.currency))
        till.sound("ok")
    else:
        till.tell("warn", "coupon_waits", name=name)


def _in_force(till: LaneState, found: Issued) -> str:
    """The name of a coupon's promotion. ShopError: coupon_paused, coupon_over (day), coupon_not_yet (day)."""
    stored = desk.newest(till.box, found.promotion)
    if stored is None or stored.state != "active":
        raise ShopError("coupon_paused")
    when = stored.promotion.when
    if coupons.past(till.box, when.ends):
        raise ShopError("coupon_expired", day=when.ends)
    if when.begins is not None and coupons.before(till.box, when.begins):
        raise ShopError("coupon_not_yet", day=when.begins)
    return stored.promotion.name(_lang(till))


def put_in(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{code}: a coupon that the screen offers, or one that was typed."""
    show(till, text(args, "code", 40))


def take_out(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{code}: the coupon is not used after all."""
    coupons.take_out(till.basket, text(args, "code", 40))
    till.notice = None


def not_now(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """The customer keeps her coupons: none is offered beside this cart any more."""
    till.wallet = (till.basket.uid, till.basket.member, ())


def looked_at_again(till: LaneState) -> bool:
    """Whether all coupons of the cart may still be used: before any money moves.

    One that may not, because another till was faster or the day is over, leaves the cart with a word why.
    """
    refused: ShopError | None = None
    for code, _ in till.basket.coupons:
        try:
            coupons.may_use(till.box, code, till.basket.member)
        except ShopError as error:
            refused = error
            coupons.take_out(till.basket, code)
    if refused is not None:
        till.tell("error", refused.slug, code="", **refused.params)
    return refused is None


def line(till: LaneState, lang: str) -> dict[str, Any] | None:
    """What the one line above the cart shows of coupons; None where there is nothing to show.

    {coupon, name, until, off, shown, more}: shown: it lies in the cart and takes off so much; else a tap puts it in.
    """
    basket = till.basket
    if basket.coupons:
        return _shown(till, lang)
    if basket.member is None or not basket.lines or till.lane.mode == "training":
        return None
    if till.wallet[:2] != (basket.uid, basket.member):
        till.wallet = (basket.uid, basket.member, tuple(coupons.of_member(till.box, basket.member)))
    return _offered(till, lang) if till.wallet[2] else None


def _shown(till: LaneState, lang: str) -> dict[str, Any]:
    held, priced = till.basket.coupons, till.basket.priced()
    last, promotion = held[-1]
    stored = desk.newest(till.box, promotion)
    return {
        "coupon": last, "name": stored.promotion.name(lang) if stored else "", "until": None, "shown": True,
        "off": sum(coupons.taken_off(uid, priced) for uid in {uid for _, uid in held}), "more": len(held) - 1,
    }  # fmt: skip


def _offered(till: LaneState, lang: str) -> dict[str, Any] | None:
    """The first of the member's coupons that would take something off; looked for when the cart has changed."""
    basket, rules = till.basket, desk.active(till.box)
    key = (basket.lines, basket.cut, rules, till.wallet)
    if till.offered is None or any(a is not b for a, b in zip(till.offered[0], key, strict=True)):
        found = next(((x, off) for x in till.wallet[2] if (off := _would_take(till, x.promotion))), None)
        till.offered = (key, found)
    if till.offered[1] is None:
        return None
    coupon, off = till.offered[1]
    promotion = next(p for p in rules if p.uid == coupon.promotion)
    ends = [day for day in (coupon.expires_on, promotion.when.ends) if day]
    return {
        "coupon": coupon.code, "name": promotion.name(lang), "until": min(ends, default=None), "shown": False,
        "off": off, "more": 0,
    }  # fmt: skip


def _would_take(till: LaneState, promotion: str) -> int:
    """What the cart would cost less with a coupon of this promotion, in minor units."""
    basket = till.basket
    if basket.began_us is None:
        return 0
    trial = replace(basket, coupons=((" ", promotion),))
    trial.force = desk.in_force(till.box, till.lane.id, basket.began_us, basket.member, (promotion,))
    return sum(p.total for p in basket.priced()) - sum(p.total for p in trial.priced())


def _lang(till: LaneState) -> str:
    return till.operator.lang if till.operator else till.box.config.store.languages[0]


COMMANDS: dict[str, Callable[[Any, Session, dict[str, Any]], None]] = {
    "coupon": put_in,
    "coupon/drop": take_out,
    "coupon/later": not_now,
}
