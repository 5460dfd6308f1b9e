"""Two years of plausible shopping as a list, before anything is sold: pure, and the same for a seed.

Who comes when follows each member's visits a month, the weekday, the usual hour and the season; what is
bought follows favourites first, then favourite shelves, then what sells well anyway.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from edge.demo.data import DemoMember, DemoProduct, DemoStore

DAYS = 730
OPENS, CLOSES = 7 * 60 + 5, 21 * 60 + 50
ANONYMOUS_A_DAY = 1.55
VOID_CHANCE = 0.003
HABIT = 0.72
LANES = ("1", "2")

# Monday first: the weekend shop is the larger one.
_WEEKDAY = (0.85, 0.85, 0.9, 0.95, 1.15, 1.25, 1.05)
_SEASON_OF_MONTH = ("winter", "winter", "spring", "spring", "spring", "summer") + (
    ("summer", "summer", "autumn", "autumn", "autumn", "winter")
)
_IN_SEASON, _OFF_SEASON = 2.4, 0.45
# Passers-by: breakfast, lunch, after work.
_HOURS = (7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21)
_HOUR_WEIGHTS = (5, 9, 6, 4, 6, 12, 7, 4, 4, 5, 8, 13, 11, 7, 3)
# Loose goods are bought by these weights, in grams, and by chance more or less.
_GRAMS = {"banana": 850, "beef": 450, "fish": 320, "drumstick": 500, "leafy-green": 600, "cherry": 400}


@dataclass(frozen=True, slots=True)
class Purchase:
    """One basket to come: at `minute` of `day`, on `lane`, by member number or None; qty in thousandths.

    `round_note`: the customer hands over a note and takes change; `void`: it is taken back at once.
    """

    day: date
    minute: int
    lane: str
    member: int | None
    lines: tuple[tuple[str, int], ...]
    round_note: bool = True
    void: bool = False


class Shelf:
    """Chooses products by popularity and season, once for each of the four seasons."""

    def __init__(self, products: Sequence[DemoProduct]) -> None:
        self.by_sku = {product.sku: product for product in products}
        self._everything = {season: _weighted(products, season) for season in set(_SEASON_OF_MONTH)}
        self._of_category = {
            (category, season): _weighted([p for p in products if p.category == category], season)
            for category in {p.category for p in products}
            for season in set(_SEASON_OF_MONTH)
        }

    def anything(self, rng: random.Random, season: str) -> str:
        """A sku, the popular more often."""
        skus, cumulative = self._everything[season]
        return rng.choices(skus, cum_weights=cumulative)[0]

    def of(self, rng: random.Random, taste: str, season: str) -> str:
        """The sku itself, or one of the category that it names; out of season mostly something else."""
        product = self.by_sku.get(taste)
        if product is None:
            skus, cumulative = self._of_category[taste, season]
            return rng.choices(skus, cum_weights=cumulative)[0]
        if product.season not in ("", season) and rng.random() < 0.7:
            return self.anything(rng, season)
        return taste


def _weighted(products: Sequence[DemoProduct], season: str) -> tuple[list[str], list[float]]:
    skus, cumulative, total = [], [], 0.0
    for product in products:
        factor = 1.0 if not product.season else _IN_SEASON if product.season == season else _OFF_SEASON
        total += product.popularity * factor
        skus.append(product.sku)
        cumulative.append(total)
    return skus, cumulative


def purchase_plan(store: DemoStore, seed: int, last: date, days: int = DAYS) -> list[Purchase]:
    """Every basket of the `days` days that end with `last`, in order of time."""
    shelf = Shelf(store.products)
    plan: list[Purchase] = []
    first = last - timedelta(days=days - 1)
    for offset in range(days):
        day = first + timedelta(days=offset)
        # One generator a day: a longer history keeps the days that it shares with a shorter one.
        rng = random.Random(f"{seed}/{day.toordinal()}")
        age = days - offset
        plan.extend(sorted(_one_day(store, shelf, rng, day, age), key=lambda p: (p.minute, p.lane)))
    return plan


def _one_day(store: DemoStore, shelf: Shelf, rng: random.Random, day: date, age: int) -> Iterator[Purchase]:
    season = _SEASON_OF_MONTH[day.month - 1]
    busy = _WEEKDAY[day.weekday()]
    for member in store.members:
        if age <= member.joined_days and rng.random() < member.visits_per_month / 30.4 * busy:
            yield _visit(shelf, rng, day, season, member)
    expected = ANONYMOUS_A_DAY * busy
    for _ in range(int(expected) + (rng.random() < expected % 1)):
        hour = rng.choices(_HOURS, weights=_HOUR_WEIGHTS)[0]
        picks = [shelf.anything(rng, season) for _ in range(1 + min(int(rng.expovariate(0.75)), 7))]
        yield _purchase(shelf, rng, day, hour, None, picks)


def _visit(shelf: Shelf, rng: random.Random, day: date, season: str, member: DemoMember) -> Purchase:
    size = max(1, round(rng.gauss(member.basket_size, member.basket_size / 3)))
    picks = [
        shelf.of(rng, rng.choice(member.taste), season) if rng.random() < HABIT else shelf.anything(rng, season)
        for _ in range(size)
    ]
    hour = member.hour if day.weekday() < 5 else rng.choice((10, 11, 15, 16, member.hour))
    return _purchase(shelf, rng, day, hour, member.number, picks)


def _purchase(shelf: Shelf, rng: random.Random, day: date, hour: int, member: int | None, picks: list[str]) -> Purchase:
    minute = min(max(hour * 60 + rng.randint(-35, 45), OPENS), CLOSES)
    lines = tuple((sku, _quantity(shelf.by_sku[sku], count, rng)) for sku, count in Counter(picks).items())
    lane = LANES[0] if rng.random() < 0.62 else LANES[1]
    return Purchase(day, minute, lane, member, lines, rng.random() < 0.7, rng.random() < VOID_CHANCE)


def _quantity(product: DemoProduct, count: int, rng: random.Random) -> int:
    """Thousandths: whole pieces, or what the scale showed."""
    if product.unit == "pc":
        return count * 1000
    typical = 2400 if product.season == "summer" and product.category == "fruit" else 700
    typical = _GRAMS.get(product.icon, typical)
    return max(60, round(rng.gauss(typical, typical / 4))) * count


def planned_quantities(plan: Sequence[Purchase]) -> dict[str, int]:
    """sku -> thousandths that leave the shelf for good (voided baskets come back)."""
    sold: Counter[str] = Counter()
    for purchase in plan:
        if not purchase.void:
            sold.update(dict(purchase.lines))
    return dict(sold)
