"""The best that any way of sharing out the pieces gives: every way is tried, so only for a handful of pieces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from edge.promo.kinds import Item, simple_off
from edge.promo.rules import Promotion

Piece = tuple[int, Item]


def best(items: Sequence[Item], promotions: Sequence[Promotion]) -> int:
    """The most that rules which count pieces can take off, each piece by one of them at most."""
    pieces = [(i, item) for i, item in enumerate(items) for _ in range(item.pieces)]
    return _best(tuple(range(len(pieces))), pieces, promotions, {})


def _best(
    free: tuple[int, ...], pieces: Sequence[Piece], promotions: Sequence[Promotion], seen: dict[tuple[int, ...], int]
) -> int:
    if not free:
        return 0
    if free not in seen:
        first, *rest = free
        ways = [_best(tuple(rest), pieces, promotions, seen)]
        for off, used in _uses(first, rest, pieces, promotions):
            left = tuple(x for x in rest if x not in used)
            ways.append(off + _best(left, pieces, promotions, seen))
        seen[free] = max(ways)
    return seen[free]


def _uses(
    first: int, rest: Sequence[int], pieces: Sequence[Piece], promotions: Sequence[Promotion]
) -> Iterator[tuple[int, tuple[int, ...]]]:
    for promotion in promotions:
        size = {"n_for_m": promotion.value.get("buy"), "nth": promotion.value.get("nth")}.get(promotion.kind, 1)
        if promotion.kind == "bundle":
            size = sum(part.count for part in promotion.parts)
        mine = [x for x in rest if promotion.kind == "bundle" or _holds(promotion, pieces[x][1])]
        if promotion.kind != "bundle" and not _holds(promotion, pieces[first][1]):
            continue
        for others in combinations(mine, size - 1):
            off = _off(promotion, [pieces[x] for x in (first, *others)])
            if off > 0:
                yield off, others


def _holds(promotion: Promotion, item: Item) -> bool:
    return promotion.scope.holds(item.sku, item.category, item.brand)


def _off(promotion: Promotion, group: Sequence[Piece]) -> int:
    value, prices = promotion.value, sorted((item.each for _, item in group), reverse=True)
    if promotion.kind == "n_for_m":
        return sum(prices[value["pay"] :]) if _same(value, group) else 0
    if promotion.kind == "nth":
        return prices[-1] * value["bp"] // 10_000 if _same(value, group) else 0
    if promotion.kind == "bundle":
        whole = sum(prices)
        off = whole - value["price"] if value["price"] is not None else whole * value["bp"] // 10_000
        return off if _fills(promotion, [item for _, item in group], 0, 0) else 0
    return simple_off(promotion, group[0][1], group[0][1].each, 1)


def _same(value: dict[str, object], group: Sequence[Piece]) -> bool:
    return not value["same"] or len({i for i, _ in group}) == 1


def _fills(promotion: Promotion, group: list[Item], part: int, filled: int) -> bool:
    """Whether the pieces can be laid into the bundle's places, each into one."""
    if part == len(promotion.parts):
        return not group
    if filled == promotion.parts[part].count:
        return _fills(promotion, group, part + 1, 0)
    return any(
        _fills(promotion, group[:k] + group[k + 1 :], part, filled + 1)
        for k, item in enumerate(group)
        if promotion.parts[part].scope.holds(item.sku, item.category, item.brand)
    )
