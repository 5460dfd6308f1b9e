"""Points and tiers: pure rules. Spendable points and tier score are two numbers (design §8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from edge.loyalty_rules import Ladder
from edge.settings import Rules, Tier


@dataclass(slots=True)
class Place:
    """What a ladder counts that is not just the sum of all score, and what it remembers (see tiers.place).

    score and visits are those of its window; kept is the id of the rung that one still stands on, until a date if it is
    no longer earned ("" otherwise).
    """

    score: int
    visits: int
    kept: str = ""
    until: str = ""


@dataclass(slots=True)
class Standing:
    """Where a member stands: points to spend, the sum of all score; place where the ladder asks for more."""

    points: int
    score: int
    place: Place | None = None


@dataclass(slots=True)
class Earned:
    """shares: (points, score) of each of the receipt's goods where they do not simply follow its money."""

    points: int
    score: int
    expires_on: str | None
    shares: tuple[tuple[int, int], ...] = ()


@dataclass(slots=True)
class Rank:
    """A member on the ladder: the rung, the next one (None on top), what is missing to it in score and visits (where
    these are asked), percent of the way; until: the day on which the rung is lost, or ""."""

    tier: Tier
    above: Tier | None
    score: int
    to_next: int
    visits_to_next: int
    progress: int
    until: str = ""


def tier_of(score: int, tiers: tuple[Tier, ...]) -> Tier:
    """The highest rung whose score is reached (tiers ascend; the first is everybody's)."""
    reached = tiers[0]
    for tier in tiers:
        if score >= tier.score:
            reached = tier
    return reached


def next_tier(score: int, tiers: tuple[Tier, ...]) -> Tier | None:
    """The next rung up, or None on top. Below zero (more was taken back than earned) one still stands on the first."""
    reached = tier_of(score, tiers).score
    return next((tier for tier in tiers if tier.score > reached), None)


def progress(score: int, tiers: tuple[Tier, ...]) -> int:
    """Percent of the way from this rung to the next, 100 on top."""
    above = next_tier(score, tiers)
    if above is None:
        return 100
    return _percent(score, tier_of(score, tiers).score, above.score)


def _percent(now: int, below: int, above: int) -> int:
    return max(0, min(100, 100 * (now - below) // (above - below))) if above > below else 100


def reached(score: int, visits: int, tiers: tuple[Tier, ...], ladder: Ladder) -> int:
    """The highest rung (its number from below) whose needs are met; the first is everybody's."""
    found = 0
    for n, tier in enumerate(tiers):
        by_score, by_visits = score >= tier.score, visits >= tier.visits
        met = {
            "score": by_score, "visits": by_visits, "either": by_score or by_visits, "both": by_score and by_visits,
        }[ladder.by]  # fmt: skip
        if met:
            found = n
    return found


def standing(of: Standing, rules: Rules) -> Tier:
    """The tier that a member has: of till, kiosk, receipt, price lists and promotions alike."""
    place = of.place
    if place is None:
        return tier_of(of.score, rules.tiers)
    now = reached(place.score, place.visits, rules.tiers, rules.ladder)
    return rules.tiers[max(now, rung(place.kept, rules.tiers))]


def rung(tier: str, tiers: tuple[Tier, ...]) -> int:
    """The number of a rung from below; 0 for one that is no more."""
    return next((n for n, each in enumerate(tiers) if each.id == tier), 0)


def rank(of: Standing, rules: Rules) -> Rank:
    """A member on the ladder, with the way to the next rung."""
    tiers, place, ladder = rules.tiers, of.place, rules.ladder
    tier = standing(of, rules)
    n = tiers.index(tier)
    above = tiers[n + 1] if n + 1 < len(tiers) else None
    score = of.score if place is None else place.score
    if above is None:
        return Rank(tier, None, score, 0, 0, 100, place.until if place else "")
    visits = place.visits if place else 0
    to_score = max(0, above.score - score) if ladder.by != "visits" else 0
    to_visits = max(0, above.visits - visits) if ladder.by != "score" else 0
    ways = [_percent(score, tier.score, above.score)] if ladder.by != "visits" else []
    ways += [_percent(visits, tier.visits, above.visits)] if ladder.by != "score" else []
    return Rank(
        tier, above, score, to_score, to_visits, max(ways) if ladder.by == "either" else min(ways),
        place.until if place else "",
    )  # fmt: skip


def fallen(kept: int, until: str, now: int, today: str, ladder: Ladder) -> tuple[int, str]:
    """(rung, until) after a look at it: what is reached counts at once, what is no longer earned is kept for a while.

    kept and now are numbers of rungs: where one stood, and what his score and visits give. Asked twice on a day, it
    gives the same.
    """
    while now < kept:
        until = until or _day_after(today, ladder.grace_days)
        if today < until:
            return kept, until
        kept, until = (now if ladder.fall == "score" else kept - 1), ""
    return now, ""


def window_from(today: str, ladder: Ladder) -> str:
    """The first business date that counts, "" for all there was."""
    if ladder.window == "lifetime":
        return ""
    return f"{today[:4]}-01-01" if ladder.window == "year" else _day_after(today, 1 - ladder.days)


def earn(paid: int, score_before: int, rules: Rules, business_date: str) -> Earned:
    """Points for money paid (minor units) on one receipt, floored once; the multiplier is that of the tier before."""
    return earn_times(paid, tier_of(score_before, rules.tiers).multiplier, rules, business_date)


def earn_times(paid: int, multiplier: int, rules: Rules, business_date: str) -> Earned:
    """The same, multiplied by so many basis points."""
    score = max(0, paid) // rules.minor_per_point
    points = max(0, paid) * multiplier // (rules.minor_per_point * 10_000)
    return Earned(points, score, expiry(rules, business_date))


def expiry(rules: Rules, business_date: str) -> str | None:
    """The day on which what is earned today can be spent last; None: it does not expire."""
    return None if rules.lot_days is None else _day_after(business_date, rules.lot_days)


@lru_cache(maxsize=16)  # all sales of a day ask the same
def _day_after(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
