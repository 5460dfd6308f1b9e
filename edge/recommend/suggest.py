"""The best few products for a member that pass the gates, each with what speaks for it.

Without a basket the personal weights decide; beside one they are weighed with what lies together with it, and a product
never bought may come in when it goes well with the basket and its category is one that the member buys.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from edge import catalog
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.catalog import Product, Versions
from edge.members import has_consent
from edge.recommend import model
from edge.recommend.declines import quiet
from edge.recommend.gates import Facts, refusal
from edge.restraint import sensitive

OFFERS = 3
# Looked at before the gates; bought at least twice and not faded away, so that the few suggestions are sure ones.
_CANDIDATES, _LEAST_TIMES, _LEAST_WEIGHT = 60, 2, 0.25
_ALONE = 0.02  # what a candidate weighs that never lay beside the basket's products
_LAST_SCANNED, _LEAST_TOGETHER, _LEAST_TIE = 8, 3, 0.12
_ONE_CATEGORY = 2

_PERSONAL = (
    "SELECT b.product, b.n, b.first_us, b.last_us, (min(b.n, b.w * ?2) + min(b.n, b.wb * ?3)) AS weight, f.factor "
    "FROM model_buy b JOIN model_product f ON f.product = b.product WHERE b.member = ?1 AND b.n >= ?4 "
    "ORDER BY weight * f.factor DESC, b.product LIMIT ?5"
)
# How often two products lay together, measured against how often each is sold (a damped cosine).
_TIE = (
    "SELECT p.b, p.a, p.n / ((x.root + 1) * (y.root + 1)) AS tie FROM model_pair p "
    "JOIN model_product x ON x.product = p.a JOIN model_product y ON y.product = p.b "
)
_SHELF = "SELECT p.active, s.qty FROM product p LEFT JOIN stock s ON s.product = p.id WHERE p.version = ? AND p.id = ?"
_CATEGORIES = (
    "SELECT DISTINCT p.category FROM model_buy b JOIN product p ON p.version = ? AND p.id = b.product "
    "WHERE b.member = ?"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product before the gates. n, first_us, last_us: the member's own purchases; near: what it lies with."""

    product: int
    score: float
    n: int = 0
    first_us: int = 0
    last_us: int = 0
    near: int | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A product that may be shown, and what speaks for it."""

    product: Product
    why: Candidate


class Suggester:
    """Asks the learned tables of a box. Holds nothing but which categories are sensitive in the current catalogue."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self._sensitive: tuple[int, tuple[str, ...], frozenset[str]] = (-1, (), frozenset())

    def offers(self, member: int, count: int = OFFERS) -> list[Suggestion]:
        """The member's best offers, not more than two of one category; [] without consent."""
        if not has_consent(self.box.db, member, "offers"):
            return []
        own = personal(self.box, member)
        found: list[Suggestion] = []
        for suggestion in chain(self._pass(member, own), self._new(member, [c.product for c in own[:3]])):
            alike = sum(s.product.category == suggestion.product.category for s in found)
            if alike < _ONE_CATEGORY:
                found.append(suggestion)
            if len(found) == count:
                break
        return found

    def beside(self, member: int, basket: Sequence[int]) -> Iterator[Suggestion]:
        """What fits a member and the products of an open basket, best first; nothing without consent."""
        if not has_consent(self.box.db, member, "offers"):
            return
        own, last = personal(self.box, member), list(dict.fromkeys(basket))[-_LAST_SCANNED:]
        ties = _ties(self.box, last, [c.product for c in own])
        known = [_tied(c, *ties.get(c.product, (0.0, None))) for c in own]
        known.sort(key=lambda c: (-c.score, c.product))
        yield from self._pass(member, known, frozenset(basket))
        yield from self._new(member, last[-3:], frozenset(basket))

    def allows(self, member: int, product: int, basket: Sequence[int] = ()) -> bool:
        """Whether a suggestion that is on a screen may stay there."""
        return any(True for _ in self._pass(member, [Candidate(product, 0.0)], frozenset(basket)))

    def facts(self, member: int, versions: Versions, basket: frozenset[int] = frozenset()) -> Facts:
        """What the gates ask, from the database as it is now."""
        return Facts(
            consent=has_consent(self.box.db, member, "offers"),
            basket=basket,
            declined=quiet(self.box, member),
            bought_categories=frozenset(c for (c,) in rows(self.box.db, _CATEGORIES, (versions.catalog, member))),
            sensitive_categories=self._sensitive_categories(versions),
        )

    def _pass(
        self, member: int, candidates: Sequence[Candidate], basket: frozenset[int] = frozenset()
    ) -> Iterator[Suggestion]:
        """The candidates that no gate holds back, in their order; each costs a look-up, so callers stop early."""
        if not candidates:
            return
        versions = catalog.current(self.box.db)
        facts = self.facts(member, versions, basket)
        for candidate in candidates:
            product = catalog.by_id(self.box.db, versions, candidate.product)
            shelf = row(self.box.db, _SHELF, (versions.catalog, candidate.product))
            if product is None or shelf is None:
                continue
            if refusal(product, facts, active=bool(shelf[0]), stock=shelf[1]) is None:
                yield Suggestion(product, candidate)

    def _new(self, member: int, near: Sequence[int], basket: frozenset[int] = frozenset()) -> Iterator[Suggestion]:
        """What the member never bought; looked for only when it is asked for."""
        yield from self._pass(member, _new(self.box, member, near), basket)

    def _sensitive_categories(self, versions: Versions) -> frozenset[str]:
        listed = self.box.rules.sensitive
        if self._sensitive[:2] != (versions.catalog, listed):
            self._sensitive = (versions.catalog, listed, sensitive(self.box, versions.catalog))
        return self._sensitive[2]


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


def _tied(candidate: Candidate, strength: float, near: int | None) -> Candidate:
    shown = near if strength >= _LEAST_TIE else None
    return replace(candidate, score=candidate.score * (_ALONE + strength), near=shown)


def _ties(box: Box, basket: Sequence[int], candidates: Sequence[int]) -> dict[int, tuple[float, int]]:
    """Candidate -> (sum of its ties with the basket's products, the nearest of these)."""
    if not basket or not candidates:
        return {}
    marks, others = ", ".join("?" * len(basket)), ", ".join("?" * len(candidates))
    sql = f"{_TIE}WHERE p.a IN ({marks}) AND p.b IN ({others}) AND p.n > 1"
    found: dict[int, tuple[float, int, float]] = {}
    for product, near, tie in rows(box.db, sql, (*basket, *candidates)):
        total, best, strongest = found.get(product, (0.0, near, 0.0))
        found[product] = (total + tie, near, tie) if tie > strongest else (total + tie, best, strongest)
    return {product: (total, near) for product, (total, near, _) in found.items()}


def _new(box: Box, member: int, basket: Sequence[int]) -> list[Candidate]:
    """Products the member never bought that lie with these, nearest first."""
    if not basket:
        return []
    marks = ", ".join("?" * len(basket))
    sql = (
        f"{_TIE}WHERE p.a IN ({marks}) AND p.n >= ? AND tie >= ? "
        "AND p.b NOT IN (SELECT product FROM model_buy WHERE member = ?) ORDER BY tie DESC, p.b LIMIT 20"
    )
    nearest: dict[int, Candidate] = {}
    for product, near, tie in rows(box.db, sql, (*basket, _LEAST_TOGETHER, _LEAST_TIE, member)):
        nearest.setdefault(product, Candidate(product, tie, near=near))
    return list(nearest.values())
