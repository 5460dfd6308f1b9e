"""How each kind of promotion takes money off: what one use of it would take from the pieces that are still free.

A use (`Take`) names the lines it touches, the pieces it needs of each, and what comes off. That is shared to these
pieces by their worth, so that one of them can be given back for what was paid for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from edge.base.money import allocate, round_div
from edge.promo.rules import Promotion

# Kinds of which each piece comes off by itself, and kinds that look at the sum of what is left after all the others.
SIMPLE = frozenset({"percent", "amount", "price"})
OF_SUMS = frozenset({"spend_get", "threshold"})


@dataclass(slots=True)
class Item:
    """A line as promotions see it: so many pieces of `each` minor units, and what it is.

    scale: thousandths of a piece's unit (1000), or of a weighed line, which is one piece and is not counted.
    member: what comes off each piece by the member's price, which is always there beside the promotions.
    """

    sku: str
    category: str
    brand: str
    pieces: int
    each: int
    scale: int = 1000
    counted: bool = True
    member: int = 0


# How the pieces of a group are picked: the dearest; those that get least otherwise; those that gain most by it; of a
# bundle those that fit the fewest places.
RANKS = ("dearest", "idle", "keenest", "fewest")


@dataclass(slots=True)
class View:
    """The lines as a stage of the reckoning finds them: pieces that are free, and what each line comes to by now.

    other: what a piece of each line gets if no group takes it; rank: one of RANKS. Both stand while rules share out the
    pieces, so that lines are put in order once (orders).
    """

    items: Sequence[Item]
    free: list[int]
    net: list[int]
    other: list[int]
    rank: str = "dearest"
    orders: dict[tuple[int, str], list[int]] = field(default_factory=dict)

    def ordered(self, lines: Sequence[int]) -> list[int]:
        """The lines of which pieces are counted, by the rank. The very same sequence is put in order only once."""
        key = (id(lines), self.rank)
        found = self.orders.get(key)
        if found is None:
            found = self.orders[key] = sorted((i for i in lines if self.items[i].counted), key=self.order)
        return found

    def order(self, i: int) -> tuple[int, int, int]:
        """Sorts lines by the rank, the best to pick from first."""
        worth = self.worth(i, 1)
        if self.rank == "idle":
            return self.other[i], -worth, i
        if self.rank == "keenest":
            return self.other[i] - worth, -worth, i
        return 0, -worth, i

    def worth(self, i: int, pieces: int) -> int:
        """What some pieces of a line come to; of all of them, the line."""
        whole = self.items[i].pieces
        return self.net[i] if pieces == whole else self.net[i] * pieces // whole


@dataclass(slots=True)
class Rule:
    """A promotion with the lines it is about, of a bundle those of each place, and how often it may be used."""

    promotion: Promotion
    lines: list[int]
    room: int
    places: list[list[int]] = field(default_factory=list)


@dataclass(slots=True)
class Take:
    """One use of a promotion: pieces by line, and the sum that comes off."""

    promotion: Promotion
    pieces: dict[int, int]
    off: int

    def shares(self, view: View) -> list[tuple[int, int, int]]:
        """(line, pieces, what comes off them)."""
        worth = [view.worth(i, k) for i, k in self.pieces.items()]
        return [(i, k, off) for (i, k), off in zip(self.pieces.items(), allocate(self.off, worth), strict=True)]


def simple_off(promotion: Promotion, item: Item, net: int, pieces: int) -> int:
    """What a simple kind takes off so many pieces of a line that come to net."""
    value = promotion.value
    if promotion.kind == "percent":
        return round_div(net * int(value["bp"]), 10_000)
    if promotion.kind == "amount":
        return min(net, round_div(int(value["off"]) * item.scale * pieces, 1000))
    return max(0, net - round_div(int(value["price"]) * item.scale * pieces, 1000))


def take(rule: Rule, view: View, done: int) -> Take | None:
    """One more use of a rule, after `done` of them; None when there is nothing (more) to take."""
    return _TAKES[rule.promotion.kind](rule, view, done)


def _taken(rule: Rule, pieces: dict[int, int], view: View, off: int) -> Take | None:
    off = min(off, sum(view.worth(i, k) for i, k in pieces.items()))
    return Take(rule.promotion, pieces, off) if off > 0 else None


def _picked(ordered: Sequence[int], view: View, count: int, taken: dict[int, int]) -> list[int]:
    """The first `count` free pieces that are not taken yet, a line as often as pieces of it, or []."""
    found: list[int] = []
    free = view.free
    for i in ordered:
        left = free[i] - taken[i] if i in taken else free[i]
        if left > 0:
            found += [i] * min(count - len(found), left)
            if len(found) == count:
                return found
    return []


def _counted(found: Sequence[int]) -> dict[int, int]:
    pieces: dict[int, int] = {}
    for i in found:
        pieces[i] = pieces.get(i, 0) + 1
    return pieces


def _group(rule: Rule, view: View, size: int) -> list[int]:
    """The pieces of one group of `size`, the dearest first; where they must be the same product, of one line."""
    ordered = view.ordered(rule.lines)
    if rule.promotion.value["same"]:
        return next(([i] * size for i in ordered if view.free[i] >= size), [])
    return sorted(_picked(ordered, view, size, {}), key=lambda i: (-view.worth(i, 1), i))


def _n_for_m(rule: Rule, view: View, done: int) -> Take | None:
    value = rule.promotion.value
    group = _group(rule, view, value["buy"])
    return _taken(rule, _counted(group), view, sum(view.worth(i, 1) for i in group[value["pay"] :])) if group else None


def _nth(rule: Rule, view: View, done: int) -> Take | None:
    value = rule.promotion.value
    group = _group(rule, view, value["nth"])
    off = round_div(view.worth(group[-1], 1) * value["bp"], 10_000) if group else 0
    return _taken(rule, _counted(group), view, off)


def _bundle(rule: Rule, view: View, done: int) -> Take | None:
    taken, places, promotion = dict[int, int](), rule.places, rule.promotion
    # What fits many places must not keep a narrow one from being filled.
    for n in sorted(range(len(places)), key=lambda n: (len(places[n]), n)):
        mine = view.ordered(places[n])
        if view.rank == "fewest":
            mine = sorted(mine, key=lambda i: (sum(i in place for place in places), *view.order(i)))
        found = _picked(mine, view, promotion.parts[n].count, taken)
        if not found:
            return None
        for i in found:
            taken[i] = taken.get(i, 0) + 1
    whole, value = sum(view.worth(i, k) for i, k in taken.items()), promotion.value
    off = whole - value["price"] if value["price"] is not None else round_div(whole * value["bp"], 10_000)
    return _taken(rule, taken, view, off)


def _gift(rule: Rule, view: View, done: int) -> Take | None:
    value, items = rule.promotion.value, view.items
    taken, left = dict[int, int](), value["pieces"]
    for i in rule.lines:
        if items[i].sku == value["gift"] and items[i].counted and view.free[i] and left:
            taken[i] = min(left, view.free[i])
            left -= taken[i]
    if not taken or done >= _gifts(rule.promotion, [(items[i], view.net[i]) for i in rule.lines]):
        return None
    return _taken(rule, taken, view, sum(view.worth(i, k) for i, k in taken.items()))


def _gifts(promotion: Promotion, lines: Sequence[tuple[Item, int]]) -> int:
    """How often the lines (with what each comes to) earn the gift: once, unless the rule says more.

    What is given away earns no further gift.
    """
    value = promotion.value
    others = [(item, net) for item, net in lines if item.sku != value["gift"]]
    if value["spend"] is not None:
        reached = sum(net for _, net in others) // value["spend"]
    else:
        reached = sum(item.pieces for item, _ in others) // value["count"]
    return int(min(reached, promotion.limits.basket or 1))


def gift_missing(rule: Rule, items: Sequence[Item]) -> int:
    """How many pieces of a rule's gift are earned and not among the items yet."""
    value, mine = rule.promotion.value, [items[i] for i in rule.lines]
    times = min(rule.room, _gifts(rule.promotion, [(x, x.pieces * x.each) for x in mine]))
    return max(0, times * int(value["pieces"]) - sum(x.pieces for x in mine if x.sku == value["gift"]))


def _all(lines: Sequence[int], view: View) -> dict[int, int]:
    return {i: view.items[i].pieces for i in lines if view.free[i] == view.items[i].pieces and view.net[i] > 0}


def _capped(rule: Rule, view: View, done: int) -> Take | None:
    """A percentage with a most: once, of all that is free."""
    promotion = rule.promotion
    pieces = {i: view.free[i] for i in rule.lines if view.free[i] and view.net[i] > 0}
    if done or not pieces:
        return None
    off = sum(simple_off(promotion, view.items[i], view.worth(i, k), k) for i, k in pieces.items())
    return _taken(rule, pieces, view, min(off, promotion.value["most"]))


def _spend_get(rule: Rule, view: View, done: int) -> Take | None:
    pieces, value = _all(rule.lines, view), rule.promotion.value
    times = sum(view.net[i] for i in pieces) // value["every"]
    times = min(times, value["most"] or times)
    return _taken(rule, pieces, view, times * value["off"]) if times and not done else None


def _threshold(rule: Rule, view: View, done: int) -> Take | None:
    pieces, value = _all(rule.lines, view), rule.promotion.value
    whole = sum(view.net[i] for i in pieces)
    rung = max(((reach, off) for reach, off in value["steps"] if whole >= reach), default=None)
    if rung is None or done:
        return None
    return _taken(rule, pieces, view, round_div(whole * rung[1], 10_000) if value["percent"] else rung[1])


_TAKES: dict[str, Callable[[Rule, View, int], Take | None]] = {
    "percent": _capped, "n_for_m": _n_for_m, "nth": _nth, "bundle": _bundle, "gift": _gift,
    "spend_get": _spend_get, "threshold": _threshold,
}  # fmt: skip
