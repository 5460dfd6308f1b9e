"""From the basket to what is owed: member prices, tax inside the price, cash rounding."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.catalog import Product
from edge.pricing import Priced, add_up, cash_due, price_line, suggest_notes

RATES = {"A": 1_300, "B": 900, "C": 600, "Z": 0}
MILK = Product(1, "MILK", None, "奶", "Milk", "drink", "milk", "pc", "A", (), 1_250, 1_150)
APPLES = Product(2, "APPLES", None, "苹果", "Apples", "food", "apple", "kg", "B", (), 1_280, None)
NOTES = (500, 1_000, 2_000, 5_000, 10_000)


@pytest.mark.parametrize(
    ("product", "qty", "member", "amount", "expected"),
    [
        (MILK, 3_000, False, None, Priced(1_250, 3_750, 0, 3_750)),
        (MILK, 3_000, True, None, Priced(1_250, 3_750, 300, 3_450)),
        (APPLES, 1_250, False, None, Priced(1_280, 1_600, 0, 1_600)),
        (APPLES, 333, True, None, Priced(1_280, 426, 0, 426)),
        (APPLES, 1_250, True, 1_599, Priced(1_280, 1_599, 0, 1_599)),  # the label's amount counts as it stands
        (replace(MILK, member_price=1_250), 1_000, True, None, Priced(1_250, 1_250, 0, 1_250)),
        (replace(MILK, member_price=1_300), 1_000, True, None, Priced(1_250, 1_250, 0, 1_250)),  # never dearer
        (replace(MILK, member_price=0), 1_000, True, None, Priced(1_250, 1_250, 1_250, 0)),
    ],
)
def test_a_line_costs(product: Product, qty: int, member: bool, amount: int | None, expected: Priced) -> None:
    assert price_line(product, qty, member=member, amount=amount) == expected


def test_tax_is_computed_once_a_group_and_shared_to_the_lines() -> None:
    lines = [(Priced(0, n, 0, n), group, None) for n, group in ((5, "A"), (5, "A"), (5, "A"), (1_090, "B"), (77, "Z"))]
    totals = add_up(lines, RATES)
    assert [(g.group, g.gross, g.tax) for g in totals.taxes] == [("A", 15, 2), ("B", 1_090, 90), ("Z", 77, 0)]
    assert totals.line_tax == (1, 1, 0, 90, 0)  # each alone would have said 1: one too many
    assert (totals.total, totals.tax) == (1_182, 92)


def test_an_empty_basket_owes_nothing() -> None:
    assert add_up([], RATES).total == 0


def test_a_group_without_a_rate_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        add_up([(Priced(1, 1, 0, 1), "Q", None)], RATES)


LINES = st.lists(
    st.tuples(st.integers(0, 10**6), st.integers(0, 10**4), st.sampled_from(sorted(RATES))), min_size=1, max_size=40
)


@given(LINES)
def test_the_lines_add_up_to_the_receipt_to_the_cent(drawn: list[tuple[int, int, str]]) -> None:
    lines = [(Priced(total + saved, total + saved, saved, total), group, None) for total, saved, group in drawn]
    totals = add_up(lines, RATES)
    assert totals.total == sum(total for total, _, _ in drawn) == sum(group.gross for group in totals.taxes)
    assert totals.tax == sum(totals.line_tax) == sum(group.tax for group in totals.taxes)
    assert totals.saving == sum(saved for _, saved, _ in drawn)
    for group in totals.taxes:
        of_group = [i for i, (_, _, name) in enumerate(drawn) if name == group.group]
        assert group.tax == sum(totals.line_tax[i] for i in of_group)
        assert 0 <= group.tax <= group.gross
    assert all(0 <= tax <= total for tax, (total, _, _) in zip(totals.line_tax, drawn, strict=True))


@pytest.mark.parametrize(
    ("total", "step", "mode", "due"),
    [
        (1_239, 10, "down", 1_230),
        (1_235, 10, "half_up", 1_240),
        (1_232, 5, "half_up", 1_230),
        (1_239, 1, "down", 1_239),
        (4, 10, "down", 0),
    ],
)
def test_coins_decide_what_is_due(total: int, step: int, mode: str, due: int) -> None:
    assert cash_due(total, step, mode) == due


@pytest.mark.parametrize(
    ("due", "suggested"),
    [
        (0, [0]),
        (1_230, [1_230, 1_500, 2_000]),
        (4_990, [4_990, 5_000, 6_000]),
        (500, [500, 1_000, 2_000]),  # exactly a note: not offered twice
        (10_000, [10_000]),
        (9_990, [9_990, 10_000]),
        (23_450, [23_450, 23_500, 30_000]),
    ],
)
def test_the_amounts_a_customer_is_likely_to_hand_over(due: int, suggested: list[int]) -> None:
    assert list(suggest_notes(due, tuple(NOTES))) == suggested


@given(st.integers(0, 10**8), st.lists(st.sampled_from([100, 500, 1_000, 2_000, 5_000, 10_000]), unique=True))
def test_each_suggestion_pays_and_stands_once(due: int, notes: list[int]) -> None:
    found = list(suggest_notes(due, tuple(notes)))
    assert found[0] == due
    assert found == sorted(set(found))
    assert len(found) <= 3
