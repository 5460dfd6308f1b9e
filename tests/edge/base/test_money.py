"""Money: whole minor units, rounded once and by the trade's rule, and nothing is lost when it is shared."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.base.money import (
    CURRENCIES,
    allocate,
    fmt_money,
    fmt_qty,
    line_amount,
    round_div,
    round_to_step,
    tax_included,
)

AMOUNTS = st.integers(-(10**12), 10**12)


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [(5, 10, 1), (-5, 10, -1), (4, 10, 0), (-4, 10, 0), (15, 10, 2), (25, 10, 3), (-25, 10, -3), (0, 7, 0), (7, 1, 7)],
)
def test_halves_go_away_from_zero(numerator: int, denominator: int, rounded: int) -> None:
    assert round_div(numerator, denominator) == rounded


@pytest.mark.parametrize("denominator", [0, -3])
def test_nothing_is_divided_by_zero_or_less(denominator: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        round_div(1, denominator)


@given(AMOUNTS, st.integers(1, 10**9))
def test_rounding_is_at_most_half_off_and_the_same_for_both_signs(numerator: int, denominator: int) -> None:
    rounded = round_div(numerator, denominator)
    assert abs(Fraction(numerator, denominator) - rounded) <= Fraction(1, 2)
    assert round_div(-numerator, denominator) == -rounded


@pytest.mark.parametrize(
    ("price", "qty", "amount"),
    [
        (1_280, 1_250, 1_600),  # 1.25 kg at 12.80
        (1_999, 1_000, 1_999),
        (333, 500, 167),  # 166.5
        (1, 499, 0),
        (1, 500, 1),
        (1_280, -1_250, -1_600),
    ],
)
def test_a_line_costs_price_times_quantity_rounded_once(price: int, qty: int, amount: int) -> None:
    assert line_amount(price, qty) == amount


@pytest.mark.parametrize(
    ("gross", "rate", "tax"),
    [(11_300, 1_300, 1_300), (10_900, 900, 900), (100, 0, 0), (1, 1_300, 0), (5, 1_300, 1), (-11_300, 1_300, -1_300)],
)
def test_tax_is_inside_the_price(gross: int, rate: int, tax: int) -> None:
    assert tax_included(gross, rate) == tax


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (100, [1, 1, 1], [34, 33, 33]),  # the rest to the first of equals
        (2, [1, 1, 1], [1, 1, 0]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (100, [-1, -1, -1], [-34, -33, -33]),
        (10, [0, 5, 5], [0, 5, 5]),
        (0, [0, 0], [0, 0]),
        (0, [], []),
        (7, [3], [7]),
    ],
)
def test_shares_go_by_largest_remainder(total: int, weights: list[int], shares: list[int]) -> None:
    assert allocate(total, weights) == shares


@pytest.mark.parametrize("weights", [[], [0], [0, 0]])
def test_an_amount_needs_somebody_to_take_it(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="share"):
        allocate(1, weights)


@given(AMOUNTS, st.lists(st.integers(0, 10**8), min_size=1, max_size=40).filter(any))
def test_shares_sum_to_the_amount_exactly_and_are_fair(total: int, weights: list[int]) -> None:
    shares, whole = allocate(total, weights), sum(weights)
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - Fraction(total * weight, whole)) < 1
        assert share == 0 or (share > 0) == (total > 0)
        assert weight or not share
    assert allocate(-total, weights) == [-share for share in shares]


@pytest.mark.parametrize(
    ("amount", "step", "mode", "due"),
    [
        (1_239, 10, "down", 1_230),
        (1_230, 10, "down", 1_230),
        (9, 10, "down", 0),
        (-1_239, 10, "down", -1_230),  # a refund is not rounded up at the shop's cost twice
        (1_234, 5, "half_up", 1_235),
        (1_232, 5, "half_up", 1_230),
        (1_235, 10, "half_up", 1_240),
        (-1_235, 10, "half_up", -1_240),
        (1_239, 1, "down", 1_239),
        (1_239, 0, "half_up", 1_239),
    ],
)
def test_cash_is_rounded_to_the_smallest_coin(amount: int, step: int, mode: str, due: int) -> None:
    assert round_to_step(amount, step, mode) == due


@given(AMOUNTS, st.integers(1, 1_000), st.sampled_from(["down", "half_up"]))
def test_rounded_cash_can_be_paid_in_coins_and_is_less_than_a_step_off(amount: int, step: int, mode: str) -> None:
    due = round_to_step(amount, step, mode)
    assert due % step == 0
    assert abs(due - amount) < step
    assert abs(due) <= abs(amount) or mode == "half_up"
    assert round_to_step(-amount, step, mode) == -due


@pytest.mark.parametrize(
    ("minor", "code", "text"),
    [
        (123_450, "CNY", "¥1,234.50"),
        (5, "CNY", "¥0.05"),
        (0, "EUR", "€0.00"),
        (-1_000, "USD", "\u2212$10.00"),
        (1_234, "JPY", "¥1,234"),
        (100_000_000, "CNY", "¥1,000,000.00"),
    ],
)
def test_amounts_are_written_alike_everywhere(minor: int, code: str, text: str) -> None:
    assert fmt_money(minor, CURRENCIES[code]) == text


@pytest.mark.parametrize(
    ("qty", "unit", "text"),
    [
        (2_000, "pc", "2"),
        (-3_000, "pc", "-3"),
        (1_250, "kg", "1.250"),
        (5, "kg", "0.005"),
        (-1_250, "kg", "-1.250"),
        (1_500, "pc", "1.500"),
    ],
)
def test_pieces_are_whole_and_weights_have_three_decimals(qty: int, unit: str, text: str) -> None:
    assert fmt_qty(qty, unit) == text
