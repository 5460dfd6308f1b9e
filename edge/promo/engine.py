"""What a basket's lines come to under all promotions that are in force: the best for the customer, and why.

Four stages, each on what the one before left: what counts pieces ("one" a piece, then "with", on top), then what looks
at sums ("one" a line, then "with"). Within a stage the higher priority is served first; among equals every use is
weighed by what it takes off less what its pieces would have got otherwise. Up to FEW rivals are tried in every order,
more of them by the greatest gain. What stands "alone" is taken when it beats all of that together, and what looks at
sums alone when what counts pieces would keep it from more. Equal savings fall to the smaller uid, and lines are taken
by what they are, not by where they stand: the same goods always come to the same.

The member's price stands beside the promotions that count pieces: each piece gets whatever is better for the customer.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, permutations

from edge.promo.kinds import OF_SUMS, RANKS, SIMPLE, Item, Rule, Take, View, gift_missing, simple_off, take
from edge.promo.rules import Promotion, Scope

FEW = 3
MANY_USES = 1_000
EACH = "each"


@dataclass(slots=True)
class Off:
    """So much comes off a line (by its place) through a promotion, for so many of its pieces."""

    line: int
    promotion: Promotion
    amount: int
    pieces: int


@dataclass(slots=True)
class Outcome:
    """What comes off, in the order in which it was reckoned; used: uid -> how many times.

    member: by the member's price, per line; gifts: (promotion, pieces) that are earned and not among the lines.
    """

    offs: list[Off] = field(default_factory=list)
    used: dict[str, int] = field(default_factory=dict)
    member: list[int] = field(default_factory=list)
    gifts: list[tuple[Promotion, int]] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All that comes off, by promotions and by the member's price."""
        return sum(off.amount for off in self.offs) + sum(self.member)


def resolve(items: Sequence[Item], promotions: Iterable[Promotion], room: Mapping[str, int]) -> Outcome:
    """The best of what the promotions give these lines. room: how often a uid may still be used, where bounded."""
    order = sorted(range(len(items)), key=lambda i: _what(items[i]))
    outcome = _resolve([items[i] for i in order], promotions, room)
    for off in outcome.offs:
        off.line = order[off.line]
    member = dict(zip(order, outcome.member, strict=True))
    outcome.member = [member[i] for i in range(len(items))]
    return outcome


def _what(item: Item) -> tuple[object, ...]:
    return item.sku, item.category, item.brand, item.each, item.pieces, item.scale, item.counted, item.member


def _resolve(items: Sequence[Item], promotions: Iterable[Promotion], room: Mapping[str, int]) -> Outcome:
    rules = _about(items, promotions, room)
    best: Outcome | None = None
    for chosen in _choices(rules):
        found = _together(items, chosen)
        if best is None or found.total > best.total:
            best = found
    assert best is not None
    best.gifts = [
        (rule.promotion, missing) for rule in rules
        if rule.promotion.kind == "gift" and (missing := gift_missing(rule, items))
    ]  # fmt: skip
    return best


def _choices(rules: Sequence[Rule]) -> Iterator[Sequence[Rule]]:
    """The rules that may count together, all that can first: what comes off goods may keep their sum from reaching what
    another rule asks for, so that leaving it out can save more."""
    together = [rule for rule in rules if rule.promotion.stack != "alone"]
    yield together
    of_sums = [rule for rule in together if rule.promotion.kind in OF_SUMS]
    if of_sums and len(together) <= FEW:
        for count in range(len(together) - 1, 0, -1):
            yield from combinations(together, count)
    elif 0 < len(of_sums) < len(together):
        yield of_sums
    for rule in rules:
        if rule.promotion.stack == "alone":
            yield [rule]


def _about(items: Sequence[Item], promotions: Iterable[Promotion], room: Mapping[str, int]) -> list[Rule]:
    """Those that are about any of the lines, by priority and uid."""
    shelf = _Shelf(items)
    found = []
    for promotion in promotions:
        left = min(room.get(promotion.uid, MANY_USES), promotion.limits.basket or MANY_USES)
        if left > 0 and (rule := shelf.rule(promotion, left)) is not None:
            found.append(rule)
    found.sort(key=lambda rule: (-rule.promotion.priority, rule.promotion.uid))
    return found


class _Shelf:
    """Finds the lines that a scope is about without asking each line."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items, self.all = items, [i for i, x in enumerate(items) if x.each > 0]
        self.skus: dict[str, list[int]] = {}
        self.categories: dict[str, list[int]] = {}
        self.brands: dict[str, list[int]] = {}
        for i in self.all:
            item = items[i]
            self.skus.setdefault(item.sku, []).append(i)
            self.categories.setdefault(item.category, []).append(i)
            if item.brand:
                self.brands.setdefault(item.brand, []).append(i)

    def rule(self, promotion: Promotion, room: int) -> Rule | None:
        """The promotion with its lines, ascending; None when it is about none of them."""
        if promotion.kind == "bundle":
            places = [self._of(part.scope) for part in promotion.parts]
            lines = sorted({i for place in places for i in place}) if all(places) else []
            return Rule(promotion, lines, room, places) if lines else None
        lines = self._of(promotion.scope)
        if promotion.kind == "gift" and lines:
            lines = sorted({*lines, *self.skus.get(promotion.value["gift"], ())})
        return Rule(promotion, lines, room) if lines else None

    def _of(self, scope: Scope) -> list[int]:
        if scope.everything:
            found = self.all
        else:
            found = []
            for names, lines in (
                (scope.skus, self.skus), (scope.categories, self.categories), (scope.brands, self.brands)
            ):  # fmt: skip
                for name in names:
                    if name in lines:
                        found += lines[name]
            if len(found) > 1:
                found = sorted(set(found))
        if scope.except_skus or scope.except_categories:
            items = self.items
            found = [
                i for i in found
                if items[i].sku not in scope.except_skus and items[i].category not in scope.except_categories
            ]  # fmt: skip
        return found


def _together(items: Sequence[Item], rules: Sequence[Rule]) -> Outcome:
    outcome, net = Outcome(), [item.pieces * item.each for item in items]
    none = [0] * len(items)
    for of_sums in (False, True):
        mine = [rule for rule in rules if (rule.promotion.kind in OF_SUMS) is of_sums]
        one = [rule for rule in mine if rule.promotion.stack != "with"]
        free = _stage(items, net, one, outcome, none if of_sums else [item.member for item in items])
        if not of_sums:
            outcome.member = [item.member * pieces for item, pieces in zip(items, free, strict=True)]
            net[:] = [amount - off for amount, off in zip(net, outcome.member, strict=True)]
        for rule in mine:
            if rule.promotion.stack == "with":
                _stage(items, net, [rule], outcome, none)
    return outcome


def _stage(
    items: Sequence[Item], net: list[int], rules: Sequence[Rule], outcome: Outcome, least: Sequence[int]
) -> list[int]:
    """Let these rules share out the pieces, higher priorities first; gives the pieces that are left of each line.

    net is what the lines come to after it; least: what a piece gets that no rule takes.
    """
    view = View(items, [item.pieces for item in items], net, [0] * len(items))
    taken = [0] * len(items)
    for priority in dict.fromkeys(rule.promotion.priority for rule in rules):
        mine = [rule for rule in rules if rule.promotion.priority == priority]
        plain, counting = _Plain(view, mine, least), [rule for rule in mine if not _is_simple(rule.promotion)]
        view.other = [plain.off(i, 1) for i in range(len(items))]
        view.orders.clear()
        # (Whether a bundle can be filled may hang on the rank.)
        able = [rule for rule in counting if rule.places or take(rule, view, 0) is not None]
        for group in _rivals(able):
            for use in _best_uses(group, view, plain):
                _book(outcome, use.promotion, use.shares(view), view, taken)
        for promotion, lines in plain.takes():
            _book(outcome, promotion, lines, view, taken)
    for i, off in enumerate(taken):
        net[i] -= off
    return view.free


def _book(
    outcome: Outcome, promotion: Promotion, lines: Sequence[tuple[int, int, int]], view: View, taken: list[int]
) -> None:
    outcome.used[promotion.uid] = outcome.used.get(promotion.uid, 0) + 1
    for line, pieces, off in lines:
        view.free[line] -= pieces
        if off:
            outcome.offs.append(Off(line, promotion, off, pieces))
            taken[line] += off


def _is_simple(promotion: Promotion) -> bool:
    return promotion.kind in SIMPLE and promotion.value.get("most") is None


class _Plain:
    """The simple rules of one priority: what is best for so many pieces of a line, never less than `least` each."""

    def __init__(self, view: View, rules: Sequence[Rule], least: Sequence[int]) -> None:
        self.view, self.least = view, least
        self.by_line: dict[int, list[Promotion]] = {}
        self.known: dict[tuple[int, int], tuple[Promotion | None, int]] = {}
        for rule in rules:
            if _is_simple(rule.promotion):
                for i in rule.lines:
                    self.by_line.setdefault(i, []).append(rule.promotion)
        self.by_line = {i: _strongest(promotions) for i, promotions in self.by_line.items()}

    def off(self, i: int, pieces: int) -> int:
        """What the best of them takes off."""
        return self._best(i, pieces)[1] if pieces else 0

    def _best(self, i: int, pieces: int) -> tuple[Promotion | None, int]:
        best: tuple[Promotion | None, int] = (None, self.least[i] * pieces)
        if i not in self.by_line:
            return best
        if (known := self.known.get((i, pieces))) is not None:
            return known
        worth, item = self.view.worth(i, pieces), self.view.items[i]
        for promotion in self.by_line[i]:
            off = simple_off(promotion, item, worth, pieces)
            if off > best[1]:
                best = promotion, off
        self.known[i, pieces] = best
        return best

    def takes(self) -> list[tuple[Promotion, list[tuple[int, int, int]]]]:
        """One use a promotion: (line, pieces, what comes off) of all free pieces for which it is the best."""
        found, offers = dict[str, list[tuple[int, int, int]]](), dict[str, Promotion]()
        for i in sorted(self.by_line):
            pieces = self.view.free[i]
            promotion, off = self._best(i, pieces) if pieces else (None, 0)
            if promotion is not None:
                found.setdefault(promotion.uid, []).append((i, pieces, off))
                offers[promotion.uid] = promotion
        return [(offers[uid], lines) for uid, lines in found.items()]


def _strongest(promotions: Sequence[Promotion]) -> list[Promotion]:
    """Of each simple kind only the strongest can win (the first of equals), so that no line asks a hundred rules."""
    best: dict[str, Promotion] = {}
    for promotion in promotions:
        held = best.get(promotion.kind)
        if held is None or _strength(promotion) > _strength(held):
            best[promotion.kind] = promotion
    return sorted(best.values(), key=lambda promotion: promotion.uid)


def _strength(promotion: Promotion) -> int:
    value = promotion.value
    return int(value["bp"]) if "bp" in value else int(value["off"]) if "off" in value else -int(value["price"])


def _rivals(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Rules in groups that share no line: what one group takes is nothing to another."""
    groups: list[tuple[set[int], list[Rule]]] = []
    for rule in rules:
        lines, members = set(rule.lines), [rule]
        apart = []
        for held in groups:
            if lines.isdisjoint(held[0]):
                apart.append(held)
            else:
                lines |= held[0]
                members = held[1] + members
        groups = [*apart, (lines, members)]
    return [members for _, members in groups]


def _best_uses(rules: Sequence[Rule], view: View, plain: _Plain) -> list[Take]:
    best: tuple[list[Take], int] = [], 0
    ranks = _ranks(rules, view)
    for rank in ranks:
        view.rank = rank
        found = _dearest_first(rules, view, plain)
        if found[1] > best[1]:
            best = found
        if 1 < len(rules) <= FEW and rank in (ranks[0], ranks[-1]):
            for order in permutations(rules):
                found = _in_order(order, view, plain)
                if found[1] > best[1]:
                    best = found
    view.rank = RANKS[0]
    return best[0]


def _ranks(rules: Sequence[Rule], view: View) -> tuple[str, ...]:
    """The ranks that may find something else; all of them only for few rules."""
    alone = not any(view.other[i] for rule in rules for i in rule.lines)
    if len(rules) > FEW:
        return ("dearest",) if alone else ("dearest", "keenest")
    if alone:
        return ("dearest", "fewest") if any(rule.places for rule in rules) else ("dearest",)
    return (*RANKS, EACH)


def _gain(use: Take, view: View, plain: _Plain) -> int:
    """What a use takes off less what its pieces would get from the simple rules."""
    lost = 0
    for i, k in use.pieces.items():
        if view.other[i]:
            free = view.free[i]
            lost += plain.off(i, free) - plain.off(i, free - k)
    return use.off - lost


def _in_order(rules: Sequence[Rule], view: View, plain: _Plain) -> tuple[list[Take], int]:
    """Each rule as often as it gains, one after the other; (its uses, what they gain)."""
    kept, found, gained = list(view.free), list[Take](), 0
    for rule in rules:
        done = 0
        while done < rule.room and (chosen := _use(rule, view, plain, done)) is not None:
            gain, use = chosen
            gained, done = gained + gain, done + 1
            _hold(use, view)
            found.append(use)
    view.free = kept
    return found, gained


def _dearest_first(rules: Sequence[Rule], view: View, plain: _Plain) -> tuple[list[Take], int]:
    """Always the use that gains most, until none does; a rule is asked again once pieces of its lines are gone."""
    kept, found, gained, touched = list(view.free), list[Take](), 0, [0] * len(view.items)
    # (what it gains, below zero; the rule; its uses so far; how many uses there were when it was reckoned; the use)
    heap: list[tuple[int, int, int, int, Take]] = []
    for n, rule in enumerate(rules):
        _offer(heap, n, rule, view, plain, 0, 0)
    while heap:
        gain, n, done, seen, use = heapq.heappop(heap)
        rule = rules[n]
        if any(touched[i] > seen for i in rule.lines):
            _offer(heap, n, rule, view, plain, done, len(found))
            continue
        _hold(use, view)
        found.append(use)
        gained -= gain
        for i in use.pieces:
            touched[i] = len(found)
        if done + 1 < rule.room:
            _offer(heap, n, rule, view, plain, done + 1, len(found))
    view.free = kept
    return found, gained


def _offer(
    heap: list[tuple[int, int, int, int, Take]], n: int, rule: Rule, view: View, plain: _Plain, done: int, seen: int
) -> None:
    if (chosen := _use(rule, view, plain, done)) is not None:
        gain, use = chosen
        heapq.heappush(heap, (-gain, n, done, seen, use))


def _use(rule: Rule, view: View, plain: _Plain, done: int) -> tuple[int, Take] | None:
    """(what it gains, the rule's next use) with pieces picked by the view's rank, or by the best of all; None: none."""
    best: tuple[int, Take] | None = None
    asked = view.rank
    for rank in RANKS if asked == EACH else (asked,):
        view.rank = rank
        use = take(rule, view, done)
        if use is not None and (gain := _gain(use, view, plain)) > (best[0] if best else 0):
            best = gain, use
    view.rank = asked
    return best


def _hold(use: Take, view: View) -> None:
    for i, k in use.pieces.items():
        view.free[i] -= k
