"""What a basket's lines come to under all promotions that are in force: the best for the customer, and why.

Four stages, each on what the one before left: what counts pieces ("one" a piece, then "with", on top), then what looks
at sums ("one" a line, then "with"). Within a stage the higher priority is served first; among equals every use is
weighed by what it takes off less what its pieces would have got otherwise. Up to FEW rivals are tried in every order,
more of them dearest first. A promotion that stands "alone" is taken when it beats all of that together. Equal savings
fall to the smaller uid, so the same basket always comes to the same.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations

from edge.promo.kinds import OF_SUMS, SIMPLE, Item, Take, View, simple_off, take
from edge.promo.rules import Promotion, Scope

FEW = 4
MANY_USES = 1_000


@dataclass(slots=True)
class Off:
    """So much comes off a line (by its place) through a promotion, for so many of its pieces."""

    line: int
    promotion: Promotion
    amount: int
    pieces: int


@dataclass(slots=True)
class Outcome:
    """What comes off, line by line in the order in which it was reckoned; used: uid -> how many times."""

    offs: list[Off] = field(default_factory=list)
    used: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(off.amount for off in self.offs)


@dataclass(slots=True)
class _Rule:
    """A promotion with the lines it is about and how often it may be used in this basket."""

    promotion: Promotion
    lines: list[int]
    room: int


def resolve(items: Sequence[Item], promotions: Iterable[Promotion], room: Mapping[str, int]) -> Outcome:
    """The best of what the promotions give these lines. room: how often a uid may still be used, where bounded."""
    rules = _about(items, promotions, room)
    alone = [rule for rule in rules if rule.promotion.stack == "alone"]
    best = _together(items, [rule for rule in rules if rule.promotion.stack != "alone"])
    for rule in alone:
        found = _together(items, [rule])
        if found.total > best.total:
            best = found
    return best


def _about(items: Sequence[Item], promotions: Iterable[Promotion], room: Mapping[str, int]) -> list[_Rule]:
    """Those that are about any of the lines, by priority and uid."""
    shelf = _Shelf(items)
    found = []
    for promotion in promotions:
        left = min(room.get(promotion.uid, MANY_USES), promotion.limits.basket or MANY_USES)
        lines = shelf.lines(promotion) if left > 0 else []
        if lines:
            found.append(_Rule(promotion, lines, left))
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

    def lines(self, promotion: Promotion) -> list[int]:
        """The places of the lines, ascending."""
        if promotion.kind == "bundle":
            parts = [self._of(part.scope) for part in promotion.parts]
            return sorted({i for lines in parts for i in lines}) if all(parts) else []
        lines = self._of(promotion.scope)
        if promotion.kind == "gift" and lines:
            lines = sorted({*lines, *self.skus.get(promotion.value["gift"], ())})
        return lines

    def _of(self, scope: Scope) -> list[int]:
        if scope.everything:
            found = self.all
        else:
            found = [i for sku in scope.skus & self.skus.keys() for i in self.skus[sku]]
            found += [i for category in scope.categories & self.categories.keys() for i in self.categories[category]]
            found += [i for brand in scope.brands & self.brands.keys() for i in self.brands[brand]]
            found = sorted(set(found)) if len(found) > 1 else found
        if scope.except_skus or scope.except_categories:
            items = self.items
            found = [
                i for i in found
                if items[i].sku not in scope.except_skus and items[i].category not in scope.except_categories
            ]  # fmt: skip
        return found


def _together(items: Sequence[Item], rules: Sequence[_Rule]) -> Outcome:
    outcome, net = Outcome(), [item.pieces * item.each for item in items]
    for of_sums in (False, True):
        mine = [rule for rule in rules if (rule.promotion.kind in OF_SUMS) is of_sums]
        _stage(items, net, [rule for rule in mine if rule.promotion.stack != "with"], outcome)
        for rule in mine:
            if rule.promotion.stack == "with":
                _stage(items, net, [rule], outcome)
    return outcome


def _stage(items: Sequence[Item], net: list[int], rules: Sequence[_Rule], outcome: Outcome) -> None:
    """Let these rules share out the pieces, higher priorities first; net is what the lines come to after it."""
    if not rules:
        return
    view = View(items, [item.pieces for item in items], net)
    taken = [0] * len(items)
    for priority in dict.fromkeys(rule.promotion.priority for rule in rules):
        mine = [rule for rule in rules if rule.promotion.priority == priority]
        plain, counting = _Plain(view, mine), [rule for rule in mine if not _is_simple(rule.promotion)]
        for group in _rivals(counting):
            for found in _best_uses(group, view, plain):
                _book(outcome, found, view, taken)
        for found in plain.takes():
            _book(outcome, found, view, taken)
    for i, off in enumerate(taken):
        net[i] -= off


def _book(outcome: Outcome, found: Take, view: View, taken: list[int]) -> None:
    uid = found.promotion.uid
    outcome.used[uid] = outcome.used.get(uid, 0) + 1
    for line, pieces, off in found.lines:
        view.free[line] -= pieces
        if off:
            outcome.offs.append(Off(line, found.promotion, off, pieces))
            taken[line] += off


def _is_simple(promotion: Promotion) -> bool:
    return promotion.kind in SIMPLE and promotion.value.get("most") is None


class _Plain:
    """The simple rules of one priority: what is best for so many pieces of a line."""

    def __init__(self, view: View, rules: Sequence[_Rule]) -> None:
        self.view = view
        self.by_line: dict[int, list[Promotion]] = {}
        for rule in rules:
            if _is_simple(rule.promotion):
                for i in rule.lines:
                    self.by_line.setdefault(i, []).append(rule.promotion)
        self.by_line = {i: _strongest(promotions) for i, promotions in self.by_line.items()}

    def off(self, i: int, pieces: int) -> int:
        """What the best of them takes off."""
        return self._best(i, pieces)[1] if pieces and i in self.by_line else 0

    def _best(self, i: int, pieces: int) -> tuple[Promotion | None, int]:
        worth, item = self.view.worth(i, pieces), self.view.items[i]
        best: tuple[Promotion | None, int] = (None, 0)
        for promotion in self.by_line[i]:
            off = simple_off(promotion, item, worth, pieces)
            if off > best[1]:
                best = promotion, off
        return best

    def takes(self) -> list[Take]:
        """One use a promotion, of all free pieces for which it is the best."""
        found: dict[str, Take] = {}
        for i in sorted(self.by_line):
            pieces = self.view.free[i]
            promotion, off = self._best(i, pieces) if pieces else (None, 0)
            if promotion is not None:
                use = found.setdefault(promotion.uid, Take(promotion, [], 0))
                use.lines.append((i, pieces, off))
                use.off += off
        return list(found.values())


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


def _rivals(rules: Sequence[_Rule]) -> list[list[_Rule]]:
    """Rules in groups that share no line: what one group takes is nothing to another."""
    groups: list[tuple[set[int], list[_Rule]]] = []
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


def _best_uses(rules: Sequence[_Rule], view: View, plain: _Plain) -> list[Take]:
    found = _dearest_first(rules, view, plain)
    first = ((rule, take(rule.promotion, rule.lines, view, 0)) for rule in rules)
    useful = [rule for rule, use in first if use is not None and _gain(use, view, plain) > 0]
    if 1 < len(useful) <= FEW:
        for order in permutations(useful):
            uses = _in_order(order, view, plain)
            if uses[1] > found[1]:
                found = uses
    return found[0]


def _gain(use: Take, view: View, plain: _Plain) -> int:
    """What a use takes off less what its pieces would get from the simple rules."""
    touched = ((i, view.free[i], k) for i, k, _ in use.lines if i in plain.by_line)
    return use.off - sum(plain.off(i, free) - plain.off(i, free - k) for i, free, k in touched)


def _in_order(rules: Sequence[_Rule], view: View, plain: _Plain) -> tuple[list[Take], int]:
    """Each rule as often as it gains, one after the other; (its uses, what they gain)."""
    kept, found, gained = list(view.free), list[Take](), 0
    for rule in rules:
        done = 0
        while done < rule.room and (use := take(rule.promotion, rule.lines, view, done)) is not None:
            gain = _gain(use, view, plain)
            if gain <= 0:
                break
            gained, done = gained + gain, done + 1
            _hold(use, view)
            found.append(use)
    view.free = kept
    return found, gained


def _dearest_first(rules: Sequence[_Rule], view: View, plain: _Plain) -> tuple[list[Take], int]:
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
        for i, _, _ in use.lines:
            touched[i] = len(found)
        if done + 1 < rule.room:
            _offer(heap, n, rule, view, plain, done + 1, len(found))
    view.free = kept
    return found, gained


def _offer(
    heap: list[tuple[int, int, int, int, Take]], n: int, rule: _Rule, view: View, plain: _Plain, done: int, seen: int
) -> None:
    use = take(rule.promotion, rule.lines, view, done)
    if use is not None and (gain := _gain(use, view, plain)) > 0:
        heapq.heappush(heap, (-gain, n, done, seen, use))


def _hold(use: Take, view: View) -> None:
    for i, k, _ in use.lines:
        view.free[i] -= k
