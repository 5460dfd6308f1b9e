"""A basket's lines under the promotions in force: what each comes to, and through what.

Of a piece the customer gets the better of the member's price and the promotions; what somebody takes off by hand, and
the mark-down of goods that expire soon, comes off what is left then.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from edge.pricing import PROMO, Cut, Priced
from edge.promo.engine import Outcome, resolve
from edge.promo.kinds import Item
from edge.promo.rules import Promotion


@dataclass(frozen=True, slots=True)
class Force:
    """What is in force for a basket, and how often each may still be used, by uid, where that is bounded.

    rules and key: of which, and for what, they were found; the same two find the same.
    """

    promotions: tuple[Promotion, ...]
    room: Mapping[str, int]
    rules: tuple[Promotion, ...]
    key: tuple[int, int | None, Collection[str]]


@dataclass(slots=True)
class Goods:
    """A line before promotions. item: as they see it, None where they are not about it; priced: what it comes to
    without them, and for an item without the member's price too; cut: what comes off at the end."""

    item: Item | None
    priced: Priced
    cut: Cut | None = None


@dataclass(slots=True)
class Promoted:
    """A basket's lines with what comes off; used: uid -> times; rules: those that take something off, by uid.

    gifts: (promotion, pieces) that are earned and not there yet.
    """

    priced: list[Priced]
    used: dict[str, int]
    rules: dict[str, Promotion]
    gifts: list[tuple[Promotion, int]]


def promoted(goods: Sequence[Goods], force: Force) -> Promoted:
    """What the lines come to under what is in force."""
    lines = [i for i, x in enumerate(goods) if x.item is not None]
    items = [x.item for x in goods if x.item is not None]
    outcome = resolve(items, force.promotions, force.room)
    priced = [x.priced for x in goods]
    for at, i in enumerate(lines):
        priced[i] = _less(goods[i], outcome, at)
    rules = {off.promotion.uid: off.promotion for off in outcome.offs}
    used = {uid: times for uid, times in outcome.used.items() if uid in rules}
    return Promoted(priced, used, rules, outcome.gifts)


def _less(goods: Goods, outcome: Outcome, at: int) -> Priced:
    listed, parts = goods.priced, dict[str, int]()
    for off in outcome.offs:
        if off.line == at:
            name = PROMO + off.promotion.uid
            parts[name] = parts.get(name, 0) + off.amount
    less = outcome.member[at] + sum(parts.values())
    priced = Priced(listed.unit_price, listed.list_total, less, listed.list_total - less, tuple(parts.items()))
    return priced if goods.cut is None or priced.total <= 0 else priced.less(goods.cut.part, goods.cut.of(priced.total))
