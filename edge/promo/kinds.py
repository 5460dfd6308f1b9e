"""How each kind of promotion takes money off: what one use of it would take from the pieces that are still free.

A use (`Take`) names the lines it touches, the pieces it needs of each, and what comes off; what comes off is shared to
these pieces by their worth, so that one of them can be given back for what was paid for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edge.base.money import allocate, round_div
from edge.promo.rules import Promotion

# Kinds of which each piece comes off by itself, and kinds that look at the sum of what is left after all the others.
SIMPLE = frozenset({"percent", "amount", "price"})
OF_SUMS = frozenset({"spend_get", "threshold"})


@dataclass(slots=True)
class Item:
    """A line as promotions see it: so many pieces of `each` minor units, what it comes to without them, and what it is.

    scale: thousandths of a piece's unit (1000), or of a weighed line, which is one piece and is not counted.
    """

    sku: str
    category: str
    brand: str
    pieces: int
    each: int
    scale: int = 1000
    counted: bool = True


@dataclass(slots=True)
class View:
    """The lines as a stage of the reckoning finds them: pieces that are free, and what each line comes to by now."""

    items: Sequence[Item]
    free: list[int]
    net: list[int]

    def worth(self, i: int, pieces: int) -> int:
        """What some pieces of a line come to; of all of them, the line."""
        whole = self.items[i].pieces
        return self.net[i] if pieces == whole else self.net[i] * pieces // whole


@dataclass(slots=True)
class Take:
    """One use of a promotion: (line, pieces, minor units off) each, and the sum that comes off."""

    promotion: Promotion
    lines: list[tuple[int, int, int]]
    off: int


def simple_off(promotion: Promotion, item: Item, net: int, pieces: int) -> int:
    """What a simple kind takes off so many pieces of a line that come to net."""
    value = promotion.value
    if promotion.kind == "percent":
        return round_div(net * int(value["bp"]), 10_000)
    if promotion.kind == "amount":
        return min(net, round_div(int(value["off"]) * item.scale * pieces, 1000))
    return max(0, net - round_div(int(value["price"]) * item.scale * pieces, 1000))


def take(promotion: Promotion, lines: Sequence[int], view: View, done: int) -> Take | None:
    """One more use of a promotion on its lines, after `done` of them; None when there is nothing (more) to take."""
    return _TAKES[promotion.kind](promotion, lines, view, done)


def _shared(promotion: Promotion, pieces: dict[int, int], view: View, off: int) -> Take | None:
    worth = [view.worth(i, k) for i, k in pieces.items()]
    off = min(off, sum(worth))
    if off <= 0:
        return None
    shares = allocate(off, worth)
    return Take(promotion, [(i, k, share) for (i, k), share in zip(pieces.items(), shares, strict=True)], off)


def _dearest(lines: Sequence[int], view: View, count: int, taken: dict[int, int]) -> list[int]:
    """The lines of the `count` dearest free pieces that are not taken yet, a line as often as pieces of it, or []."""
    ordered = sorted((i for i in lines if view.items[i].counted), key=lambda i: (-view.worth(i, 1), i))
    found: list[int] = []
    for i in ordered:
        found += [i] * min(count - len(found), view.free[i] - taken.get(i, 0))
        if len(found) == count:
            return found
    return []


def _counted(found: Sequence[int]) -> dict[int, int]:
    pieces: dict[int, int] = {}
    for i in found:
        pieces[i] = pieces.get(i, 0) + 1
    return pieces


def _group(promotion: Promotion, lines: Sequence[int], view: View, size: int) -> list[int]:
    """The pieces of one group of `size`: the dearest, or where they must be the same product, of the dearest line."""
    if not promotion.value["same"]:
        return _dearest(lines, view, size, {})
    able = [i for i in lines if view.items[i].counted and view.free[i] >= size]
    return [max(able, key=lambda i: (view.worth(i, 1), -i))] * size if able else []


def _n_for_m(promotion: Promotion, lines: Sequence[int], view: View, done: int) -> Take | None:
    buy, pay = promotion.value["buy"], promotion.value["pay"]
    group = _group(promotion, lines, view, buy)
    return _shared(promotion, _counted(group), view, sum(view.worth(i, 1) for i in group[pay:])) if group else None


def _nth(promotion: Promotion, lines: Sequence[int], view: View, done: int) -> Take | None:
    group = _group(promotion, lines, view, promotion.value["nth"])
    if not group:
        return None
    off = round_div(view.worth(group[-1], 1) * promotion.value["bp"], 10_000)
    return _shared(promotion, _counted(group), view, off)


def _bundle(promotion: Promotion, lines: Sequence[int], view: View, done: int) -> Take | None:
    taken: dict[int, int] = {}
    for part in promotion.parts:
        mine = [i for i in lines if part.scope.holds(*_what(view.items[i]))]
        found = _dearest(mine, view, part.count, taken)
        if not found:
            return None
        for i in found:
            taken[i] = taken.get(i, 0) + 1
    whole, value = sum(view.worth(i, k) for i, k in taken.items()), promotion.value
    off = whole - value["price"] if value["price"] is not None else round_div(whole * value["bp"], 10_000)
    return _shared(promotion, taken, view, off)


def _what(item: Item) -> tuple[str, str, str]:
    return item.sku, item.category, item.brand


def _gift(promotion: Promotion, lines: Sequence[int], view: View, done: int) -> Take | None:
    value, items = promotion.value, view.items
    # What is given away earns no further gift. Once is enough unless the rule says more.
    others = [i for i in lines if items[i].sku != value["gift"]]
    if value["spend"] is not None:
        reached = sum(view.net[i] for i in others) // value["spend"]
    else:
        reached = sum(items[i].pieces for i in others) // value["count"]
    if reached <= done or done >= (promotion.limits.basket or 1):
        return None
    taken, left = dict[int, int](), value["pieces"]
    for i, item in enumerate(items):
        if item.sku == value["gift"] and item.counted and view.free[i] and left:
            taken[i] = min(left, view.free[i])
            left -= taken[i]
    return _shared(promotion, taken, view, sum(view.worth(i, k) for i, k in taken.items())) if taken else None


def _all(lines: Sequence[int], view: View) -> dict[int, int]:
    return {i: view.items[i].pieces for i in lines if view.free[i] == view.items[i].pieces and view.net[i] > 0}


def _capped(promotion: Promotion, lines: Sequence[int], view: View, done: int) -> Take | None:
    """A percentage with a most: once, of all that is free."""
    pieces = {i: view.free[i] for i in lines if view.free[i] and view.net[i] > 0}
    if done or not pieces:
        return None
    off = sum(simple_off(promotion, view.items[i], view.worth(i, k), k) for i, k in pieces.items())
    return _shared(promotion, pieces, view, min(off, promotion.value["most"]))


def _spend_get(promotion: Promotion, lines: Sequence[int], view: View, done: int) -> Take | None:
    pieces, value = _all(lines, view), promotion.value
    times = sum(view.net[i] for i in pieces) // value["every"]
    times = min(times, value["most"] or times)
    return _shared(promotion, pieces, view, times * value["off"]) if times and not done else None


def _threshold(promotion: Promotion, lines: Sequence[int], view: View, done: int) -> Take | None:
    pieces, value = _all(lines, view), promotion.value
    whole = sum(view.net[i] for i in pieces)
    rung = max(((reach, off) for reach, off in value["steps"] if whole >= reach), default=None)
    if rung is None or done:
        return None
    return _shared(promotion, pieces, view, round_div(whole * rung[1], 10_000) if value["percent"] else rung[1])


_TAKES: dict[str, Callable[[Promotion, Sequence[int], View, int], Take | None]] = {
    "percent": _capped, "n_for_m": _n_for_m, "nth": _nth, "bundle": _bundle, "gift": _gift,
    "spend_get": _spend_get, "threshold": _threshold,
}  # fmt: skip
