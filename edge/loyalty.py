"""Points and tiers: pure rules. Spendable points and tier score are two numbers (design §8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from edge.settings import Rules, Tier


@dataclass(slots=True)
class Standing:
    """Where a member stands: points to spend, score for the tier."""

    points: int
    score: int


@dataclass(slots=True)
class Earned:
    points: int
    score: int
    expires_on: str | None


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
    below = tier_of(score, tiers).score
    return max(0, min(100, 100 * (score - below) // (above.score - below)))


def earn(paid: int, score_before: int, rules: Rules, business_date: str) -> Earned:
    """Points for money paid (minor units) on one receipt, floored once; the multiplier is that of the tier before."""
    score = max(0, paid) // rules.minor_per_point
    multiplier = tier_of(score_before, rules.tiers).multiplier
    points = max(0, paid) * multiplier // (rules.minor_per_point * 10_000)
    return Earned(points, score, None if rules.lot_days is None else _day_after(business_date, rules.lot_days))


@lru_cache(maxsize=4)  # all sales of a day ask the same
def _day_after(business_date: str, days: int) -> str:
    return (date.fromisoformat(business_date) + timedelta(days=days)).isoformat()
