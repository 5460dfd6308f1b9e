"""The best few products for a member that pass the gates, each with the reason why.

Without a basket the personal weights decide; beside one they are weighed with what lies together with it, and a product
never bought may come in when it goes well with the basket and its category is one that the member buys.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edge import catalog
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.catalog import Product, Versions
from edge.members import has_consent
from edge.recommend import model
from edge.recommend.declines import quiet
from edge.recommend.gates import SENSITIVE_CATEGORIES, SENSITIVE_FLAGS, Facts, refusal

OFFERS = 3
# Looked at before the gates; bought at least twice and not faded away, so that few suggestions are sure ones.
_CANDIDATES, _LEAST_TIMES, _LEAST_WEIGHT = 60, 2, 0.25
_ALONE = 0.02  # what a candidate weighs that never lay beside the basket's products
_LAST_SCANNED, _LEAST_TOGETHER, _LEAST_TIE = 8, 3, 0.12
_ONE_CATEGORY = 2

_PERSONAL = (
    "SELECT b.product, b.n, b.first_us, b.last_us, (min(b.n, b.w * ?2) + min(b.n, b.wb * ?3)) AS weight, f.factor "
    "FROM model_buy b JOIN model_product f ON f.product = b.product WHERE b.member = ?1 AND b.n >= ?4 "
    "ORDER BY weight * f.factor DESC, b.product LIMIT ?5"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product before the gates. n, first_us, last_us: the member's own purchases; near: what it goes with."""

    product: int
    score: float
    n: int = 0
    first_us: int = 0
    last_us: int = 0
    near: int | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A product that may be shown, and why."""

    product: Product
    why: Candidate


def offers(box: Box, member: int, count: int = OFFERS) -> list[Suggestion]:
    """The member's best offers, not more than two of one category; [] without consent."""
    if not has_consent(box.db, member, "offers"):
        return []
    found: list[Suggestion] = []
    own = personal(box, member)
    for suggestion in _pass(box, member, [*own, *_beside_regulars(box, own)], frozenset()):
        same = [s for s in found if s.product.category == suggestion.product.category]
        if len(same) < _ONE_CATEGORY and suggestion.product.id not in [s.product.id for s in found]:
            found.append(suggestion)
        if len(found) == count:
            break
    return found


def beside(box: Box, member: int, basket: Sequence[int]) -> Iterator[Suggestion]:
    """What fits a member and the products of an open basket, best first; nothing without consent."""
    if not has_consent(box.db, member, "offers"):
        return
    own, last = personal(box, member), list(dict.fromkeys(basket))[-_LAST_SCANNED:]
    ties = _ties(box, last, [c.product for c in own])
    known = [_tied(c, _ALONE + ties.get(c.product, (0.0, None))[0], ties) for c in own]
    known.sort(key=lambda c: (-c.score, c.product))
    yield from _pass(box, member, known, frozenset(basket))
    yield from _pass(box, member, _new(box, member, last), frozenset(basket))


def personal(box: Box, member: int) -> list[Candidate]:
    """The one statement: what the member buys, by decayed weight times the product's factor."""
    found = row(box.db, "SELECT baskets, origin_us, origin_basket FROM model_member WHERE member = ?", (member,))
    if found is None:
        return []
    baskets, origin, first = found
    by_time = model.scale((origin - box.env.clock.now_us()) / model.HALF_LIFE_US)
    by_basket = model.scale((first - baskets) * model.BITS_A_BASKET)
    values = rows(box.db, _PERSONAL, (member, by_time, by_basket, _LEAST_TIMES, _CANDIDATES))
    return [
        Candidate(product, weight * factor, n, first_us, last_us)
        for product, n, first_us, last_us, weight, factor in values
        if weight >= _LEAST_WEIGHT
    ]


def still_allowed(box: Box, member: int, product: int, basket: Sequence[int]) -> bool:
    """Whether a suggestion that is on a screen may stay there."""
    return any(_pass(box, member, [Candidate(product, 1.0)], frozenset(basket)))


def _tied(candidate: Candidate, weight: float, ties: dict[int, tuple[float, int]]) -> Candidate:
    strength, near = ties.get(candidate.product, (0.0, None))
    return Candidate(
        candidate.product, candidate.score * weight, candidate.n, candidate.first_us, candidate.last_us,
        near if strength >= _LEAST_TIE else None,
    )  # fmt: skip


def _ties(box: Box, basket: Sequence[int], candidates: Sequence[int]) -> dict[int, tuple[float, int]]:
    """Candidate -> (sum of the cosines with the basket's products, the nearest of these)."""
    if not basket or not candidates:
        return {}
    marks, others = ", ".join("?" * len(basket)), ", ".join("?" * len(candidates))
    sql = (
        "SELECT p.b, p.a, p.n / ((x.root + 1) * (y.root + 1)) FROM model_pair p JOIN model_product x ON x.product = p.a "
        f"JOIN model_product y ON y.product = p.b WHERE p.a IN ({marks}) AND p.b IN ({others}) AND p.n > 1"
    )
    found: dict[int, tuple[float, int, float]] = {}
    for product, near, tie in rows(box.db, sql, (*basket, *candidates)):
        total, best, strongest = found.get(product, (0.0, near, 0.0))
        found[product] = (total + tie, near, tie) if tie > strongest else (total + tie, best, strongest)
    return {product: (total, near) for product, (total, near, _) in found.items()}


def _new(box: Box, member: int, basket: Sequence[int]) -> list[Candidate]:
    """Products the member never bought that lie with the last ones scanned, nearest first."""
    if not basket:
        return []
    marks = ", ".join("?" * len(basket[-3:]))
    sql = (
        "SELECT p.b, p.a, p.n / ((x.root + 1) * (y.root + 1)) AS tie FROM model_pair p "
        "JOIN model_product x ON x.product = p.a JOIN model_product y ON y.product = p.b "
        f"WHERE p.a IN ({marks}) AND p.n >= ? AND p.b NOT IN (SELECT product FROM model_buy WHERE member = ?) "
        "ORDER BY tie DESC, p.b LIMIT 20"
    )
    found = rows(box.db, sql, (*basket[-3:], _LEAST_TOGETHER, member))
    return [Candidate(product, tie, near=near) for product, near, tie in found if tie >= _LEAST_TIE]


def _beside_regulars(box: Box, own: Sequence[Candidate]) -> list[Candidate]:
    """For members with few regulars: less frequent purchases that lie with them often."""
    ties = _ties(box, [c.product for c in own[:3]], [c.product for c in own[3:]])
    return [_tied(c, 1.0, ties) for c in own if c.product in ties]


def _pass(box: Box, member: int, candidates: Sequence[Candidate], basket: frozenset[int]) -> Iterator[Suggestion]:
    """The candidates that no gate holds back, in their order; one look-up each, so stop early."""
    if not candidates:
        return
    versions = catalog.current(box.db)
    facts = facts_of(box, member, versions, basket)
    for candidate in candidates:
        product = catalog.by_id(box.db, versions, candidate.product)
        if product is None:
            continue
        active, stock = row(
            box.db,
            "SELECT p.active, s.qty FROM product p LEFT JOIN stock s ON s.product = p.id "
            "WHERE p.version = ? AND p.id = ?",
            (versions.catalog, product.id),
        ) or (0, None)
        if refusal(product, facts, active=bool(active), stock=stock) is None:
            yield Suggestion(product, candidate)


def facts_of(box: Box, member: int, versions: Versions, basket: frozenset[int]) -> Facts:
    """What the gates ask, from the database as it is now."""
    bought = rows(
        box.db,
        "SELECT DISTINCT p.category FROM model_buy b JOIN product p ON p.version = ? AND p.id = b.product "
        "WHERE b.member = ?",
        (versions.catalog, member),
    )
    return Facts(
        consent=has_consent(box.db, member, "offers"),
        basket=basket,
        declined=quiet(box, member),
        bought_categories=frozenset(category for (category,) in bought),
        sensitive_categories=SENSITIVE_CATEGORIES | _mostly_sensitive(box, versions),
    )


def _mostly_sensitive(box: Box, versions: Versions) -> frozenset[str]:
    """Categories where at least half of the products carry a sensitive flag, however the store calls them."""
    counts: dict[str, list[int]] = {}
    for category, flags in rows(box.db, "SELECT category, flags FROM product WHERE version = ?", (versions.catalog,)):
        count = counts.setdefault(category, [0, 0])
        count[0] += 1
        count[1] += bool(SENSITIVE_FLAGS.intersection(flags.split()))
    return frozenset(category for category, (all_, flagged) in counts.items() if 2 * flagged >= all_)
