"""The till's part of points: what a customer may spend on this cart, and commands that correct them or hand them on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edge import members, reward_lines, shifts
from edge.args import text, whole
from edge.base.sqlite import row
from edge.errors import ShopError
from edge.lane import LaneState
from edge.loyalty import Standing
from edge.members import Member
from edge.people import Session
from edge.points import book, lots, policy, redeem

_CHOICES = 3
_FAMILY = (
    "SELECT b.id FROM member a JOIN member b ON b.family = a.family WHERE a.id = ? AND b.uid = ? AND b.state = 'active'"
)


def spendable(till: LaneState, member: Member, standing: Standing) -> int | None:
    """Points that the member may still put on the open cart, for the screen; None in a shop that takes none.

    Reckoned anew only when a document was made or the member's points have changed: every view asks.
    """
    box = till.box
    if "points" not in box.rules.tenders:
        return None
    if not member.points_consent:
        return 0
    day = lots.today_of(box)
    key = (member.id, standing.points, till.books.upto, box.rules, day)
    if till.able is None or till.able[0] != key:
        till.able = (key, lots.spendable(box, member.id, day))
    rules = box.rules.redeem
    return redeem.cost(rules, redeem.worth(rules, max(0, till.able[1] - promised(till)))) if till.able[1] else 0


def look(till: LaneState, amount: int | None = None) -> dict[str, Any]:
    """What the customer of the open cart may pay with points, amounts in minor units.

    most: of this cart; choices: amounts that are likely; asked: what `amount` would cost. refused: (slug, params)
    of why nothing can be paid. ShopError: tender_needs without a member, and what an amount is refused with.
    """
    box, rules, basket = till.box, till.box.rules.redeem, till.basket
    if basket.member is None:
        raise ShopError("tender_needs", status=422, kind="points")
    found = policy.allowance(box, basket.member, _today(till))
    taken = promised(till)
    left = min(basket.totals(box.rules.tax).total - sum(x[1] for x in basket.paid), _goods(till))
    least = redeem.step(rules)
    most = min(redeem.worth(rules, max(0, found.limit - taken)), max(0, left) // least * least)
    refused = None
    if not most:
        refused = _why(till, found, least)
    if amount is not None:
        may_take(till, amount)
    return {
        "spendable": found.spendable, "waiting": found.waiting, "limit": max(0, found.limit - taken), "why": found.why,
        "as_of_us": found.as_of_us, "left": left, "step": least, "most": _both(till, most),
        "choices": [_both(till, each) for each in _choices(till, most)] if most else [],
        "asked": _both(till, amount) if amount is not None else None, "refused": refused,
    }  # fmt: skip


def _why(till: LaneState, found: policy.Allowance, least: int) -> tuple[str, dict[str, Any]]:
    rules = till.box.rules.redeem
    try:
        found.check(promised(till) + redeem.cost(rules, least), rules)
    except ShopError as error:
        return error.slug, error.params
    return "points_step", {"step": least}  # less is due than can be paid with points


def may_take(till: LaneState, amount: int) -> None:
    """ShopError when so much (minor units) more can't be paid with the points of the cart's member."""
    member, rules = till.basket.member, till.box.rules.redeem
    if member is None:
        raise ShopError("tender_needs", status=422, kind="points")
    points = promised(till) + redeem.cost(rules, amount)
    policy.allowance(till.box, member, _today(till)).check(points, rules)
    if amount > (left := _goods(till)):
        raise ShopError("points_goods", status=422, left=left)


def _goods(till: LaneState) -> int:
    """What of the open cart points may still pay: goods, and no money that passes through (deposits, stored value)."""
    basket = till.basket
    goods = sum(p.total for x, p in zip(basket.lines, basket.priced(), strict=True) if x.qty > 0 and not x.charge)
    return max(0, goods - sum(amount for kind, amount, _ in basket.paid if kind == "points"))


def promised(till: LaneState) -> int:
    """Points that the open cart will cost: parts of it that were paid with them already, and its rewards."""
    rules, basket = till.box.rules.redeem, till.basket
    paid = sum(amount for kind, amount, _ in basket.paid if kind == "points") * rules.points // rules.minor
    return paid + (reward_lines.points_of(till.box, basket.special) if basket.special else 0)


def _both(till: LaneState, amount: int) -> dict[str, int]:
    return {"amount": amount, "points": redeem.cost(till.box.rules.redeem, amount)}


def _choices(till: LaneState, most: int) -> list[int]:
    """All of it, and the largest round sums below."""
    least = redeem.step(till.box.rules.redeem)
    round_sums = [note for note in till.box.rules.notes if note < most and note % least == 0]
    return [most, *sorted(round_sums, reverse=True)[: _CHOICES - 1]]


def _today(till: LaneState) -> str:
    shift = shifts.current(till.box, till.lane.id)
    return shift.business_date if shift else lots.today_of(till.box)


def adjust(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{points, reason}: give the cart's member points, or take some (below zero), with a second person."""
    points, reason = whole(args, "points"), text(args, "reason", 80).strip()
    member = _member(till)
    if not reason or not reason.isprintable():
        raise ShopError("reason_missing", status=422)
    if not points or abs(points) > book.MAX_POINTS:
        raise ShopError("points_bounds", status=422, most=book.MAX_POINTS)
    known = members.by_id(till.box.db, member)
    approver = till.ask(session, "points.adjust", member=known.name if known else "", points=points, reason=reason)
    with till.box.transaction():
        book.adjust(till.box, member, points, reason, session.person, approver, lane=till.lane.id, mode=till.lane.mode)
    till.sound("ok")


def transfer(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{to, points}: hand points of the cart's member on to another of the family (a member's uid)."""
    member = _member(till)
    found = row(till.box.db, _FAMILY, (member, text(args, "to", 64)))
    if found is None:
        raise ShopError("points_family", status=422)
    till.ask(session, "points.transfer")
    with till.box.transaction():
        book.transfer(till.box, member, found[0], whole(args, "points"), session.person, lane=till.lane.id,
                      mode=till.lane.mode)  # fmt: skip
    till.sound("ok")


def _member(till: LaneState) -> int:
    if till.basket.member is None:
        raise ShopError("member_unknown", status=404)
    if till.lane.mode == "training":
        raise ShopError("points_training", status=422)
    return till.basket.member


COMMANDS: dict[str, Callable[[Any, Session, dict[str, Any]], None]] = {
    "points/adjust": adjust,
    "points/transfer": transfer,
}
