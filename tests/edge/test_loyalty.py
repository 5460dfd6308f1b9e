"""Points and tiers: the rules on paper (real sales earn them in test_checkout.py)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.loyalty import Earned, earn, next_tier, progress, tier_of
from edge.settings import Rules, Tier

TIERS = (Tier("bronze", 0, 10_000), Tier("silver", 1_000, 12_000), Tier("gold", 3_000, 15_000))
RULES = Rules(
    tax={}, cash_step=1, cash_mode="down", tiers=TIERS, minor_per_point=100, lot_days=730, rule_version=0, labels=(),
    notes=(), tenders=("cash",), shift_by_hand=False, store_name={}, receipt={}, repeat_window_ms=0, gs1=False,
    permissions={}, discount_bp={}, denominations=(), tares=(), markdowns=(), account_limit=0,
    badge_needs_pin=False, idle_min=5, member_sales_per_hour=4, member_rows_per_day=0,
)  # fmt: skip


@pytest.mark.fault("F65")
@pytest.mark.parametrize(
    ("score", "tier", "above", "percent"),
    [
        (-5, "bronze", "silver", 0),  # more was taken back than earned
        (0, "bronze", "silver", 0),
        (999, "bronze", "silver", 99),
        (1_000, "silver", "gold", 0),
        (1_001, "silver", "gold", 0),
        (2_999, "silver", "gold", 99),
        (3_000, "gold", None, 100),
        (10**9, "gold", None, 100),
    ],
)
def test_a_tier_is_reached_at_its_exact_score(score: int, tier: str, above: str | None, percent: int) -> None:
    assert tier_of(score, TIERS).id == tier
    found = next_tier(score, TIERS)
    assert (found.id if found else None) == above
    assert progress(score, TIERS) == percent


@pytest.mark.fault("F65")
@given(st.integers(-10, 10_000))
def test_every_tier_is_somebodys_and_none_hides_another(score: int) -> None:
    expected = "gold" if score >= 3_000 else "silver" if score >= 1_000 else "bronze"
    assert tier_of(score, TIERS).id == expected


@pytest.mark.parametrize(
    ("paid", "score_before", "points", "score"),
    [
        (12_345, 0, 123, 123),
        (99, 0, 0, 0),
        (100, 0, 1, 1),
        (12_345, 999, 123, 123),  # the sale that reaches silver is still paid at bronze's rate
        (12_345, 1_000, 148, 123),  # 148.14
        (12_345, 3_000, 185, 123),  # 185.175
        (450, 3_000, 6, 4),  # floored once, at the end: 6.75, not 4 × 1.5
        (0, 3_000, 0, 0),
        (-12_345, 3_000, 0, 0),
    ],
)
def test_points_are_floored_and_multiplied_by_the_tier_before(
    paid: int, score_before: int, points: int, score: int
) -> None:
    earned = earn(paid, score_before, RULES, "2026-11-22")
    assert (earned.points, earned.score) == (points, score)


@pytest.mark.parametrize(
    ("date", "days", "expires"),
    [
        ("2026-11-22", 730, "2028-11-21"),
        ("2028-02-28", 1, "2028-02-29"),
        ("2028-02-29", 365, "2029-02-28"),
        ("2026-12-31", 1, "2027-01-01"),
        ("2026-11-22", None, None),
    ],
)
def test_points_expire_by_the_business_date(date: str, days: int | None, expires: str | None) -> None:
    assert earn(100, 0, replace(RULES, lot_days=days), date) == Earned(1, 1, expires)


@given(st.integers(0, 10**8), st.integers(0, 10**8), st.integers(0, 5_000))
def test_one_receipt_never_earns_less_than_two_halves(first: int, second: int, score: int) -> None:
    """Splitting a sale brings no advantage."""
    whole = earn(first + second, score, RULES, "2026-11-22").points
    parts = sum(earn(paid, score, RULES, "2026-11-22").points for paid in (first, second))
    assert whole >= parts
