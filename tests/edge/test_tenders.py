"""How a total is settled: exact money first, coins last and rounded, the same backwards."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.errors import ShopError
from edge.tenders import MAX_AMOUNT, Paid, Tender, settle
from tests.edge.shop import Shop

CARD, CASH = Tender("card", 1_000), Tender("cash", 1_000)


@pytest.fixture
def shop(shop: Shop) -> Shop:
    """A shop that takes everything."""
    shop.setting("tenders", ["cash", "card", "stored", "account"])
    return shop


def paid(shop: Shop, total: int, *given: tuple[Any, ...], member: bool = True) -> Paid:
    return settle(shop.box, total, [Tender(*x) for x in given], member=member)


def refused(shop: Shop, slug: str, total: int, *given: tuple[Any, ...], member: bool = True) -> dict[str, Any]:
    with pytest.raises(ShopError) as caught:
        paid(shop, total, *given, member=member)
    assert caught.value.slug == slug
    return dict(caught.value.params)


@pytest.mark.parametrize(
    ("total", "given", "parts", "change", "rounding"),
    [
        (995, [("cash", 1_000)], [("cash", 990, 1_000, 10, None)], 10, -5),
        (995, [("cash", 990)], [("cash", 990, 990, 0, None)], 0, -5),
        (995, [("card", 995)], [("card", 995, 995, 0, None)], 0, 0),
        (995, [("card", 500), ("cash", 500)], [("card", 500, 500, 0, None), ("cash", 490, 500, 10, None)], 10, -5),
        (995, [("cash", 500), ("card", 500)], [("card", 500, 500, 0, None), ("cash", 490, 500, 10, None)], 10, -5),
        (995, [("cash", 500), ("cash", 500)], [("cash", 990, 1_000, 10, None)], 10, -5),
        (4, [("cash", 0)], [("cash", 0, 0, 0, None)], 0, -4),
        (0, [], [], 0, 0),
        (0, [("cash", 0)], [("cash", 0, 0, 0, None)], 0, 0),
        (-995, [("cash", 990)], [("cash", -990, -990, 0, None)], 0, 5),
        (-995, [("card", 995)], [("card", -995, -995, 0, None)], 0, 0),
        (-995, [("card", 500), ("cash", 490)], [("card", -500, -500, 0, None), ("cash", -490, -490, 0, None)], 0, 5),
    ],
)  # fmt: skip
def test_what_settles_a_total(
    shop: Shop, total: int, given: list[Any], parts: list[Any], change: int, rounding: int
) -> None:
    found = paid(shop, total, *given)
    assert (found.parts, found.change, found.rounding) == (parts, change, rounding)
    assert found.amount == total + rounding == sum(part[1] for part in parts)
    assert found.cash is any(part[0] == "cash" for part in parts)


def test_stored_value_names_its_card_and_is_told_apart(shop: Shop) -> None:
    found = paid(shop, 995, ("stored", 300, "A"), ("stored", 200, "B"), ("card", 495))
    assert (found.stored, found.cash) == (500, False)
    assert paid(shop, -995, ("stored", 995, "A")).stored == -995
    assert refused(shop, "tender_needs", 995, ("stored", 995)) == {"kind": "stored"}


def test_an_account_is_a_known_customers(shop: Shop) -> None:
    assert paid(shop, 995, ("account", 995)).parts == [("account", 995, 995, 0, None)]
    assert refused(shop, "tender_needs", 995, ("account", 995), member=False) == {"kind": "account"}


@pytest.mark.parametrize(
    ("total", "given", "slug"),
    [
        (995, [], "tender_kind"),
        (995, [("cheque", 995)], "tender_kind"),
        (995, [("", 995)], "tender_kind"),
        (995, [("cash", -1)], "amount_out_of_bounds"),
        (995, [("cash", MAX_AMOUNT + 1)], "amount_out_of_bounds"),
        (MAX_AMOUNT + 1, [("card", MAX_AMOUNT)], "amount_out_of_bounds"),
        (995, [("card", 996)], "card_too_much"),
        (995, [("card", 600), ("card", 600)], "card_too_much"),
        (995, [("cash", 989)], "tender_short"),
        (995, [("card", 994)], "tender_short"),
        (-995, [("cash", 1_000)], "card_too_much"),
        (-995, [("cash", 980)], "tender_short"),
        (-995, [("card", 996)], "card_too_much"),
    ],
)  # fmt: skip
def test_what_does_not(shop: Shop, total: int, given: list[Any], slug: str) -> None:
    refused(shop, slug, total, *given)


def test_what_is_missing_is_told(shop: Shop) -> None:
    assert refused(shop, "tender_short", 995, ("card", 500), ("cash", 100)) == {"missing": 390}


def test_a_kind_that_the_shop_does_not_take(shop: Shop) -> None:
    shop.setting("tenders", ["cash"])
    refused(shop, "tender_kind", 1_000, ("card", 1_000))
    assert paid(shop, 1_000, ("cash", 1_000)).change == 0


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    total=st.integers(-20_000, 20_000), card=st.integers(0, 20_000), stored=st.integers(0, 20_000),
    cash=st.one_of(st.none(), st.integers(0, 40_000)),
)  # fmt: skip
def test_whatever_settles_settles_it_exactly(shop: Shop, total: int, card: int, stored: int, cash: int | None) -> None:
    """Parts and rounding come to the total; only coins are rounded, by less than a step; nothing is left over."""
    given_ = [Tender("card", card), Tender("stored", stored, "A")]
    given_ += [Tender("cash", cash)] if cash is not None else []
    try:
        found = settle(shop.box, total, given_, member=True)
    except ShopError:
        return
    assert sum(part[1] for part in found.parts) == total + found.rounding
    assert abs(found.rounding) < shop.box.rules.cash_step and (found.rounding == 0 or found.cash)
    assert all(part[1] * total >= 0 for part in found.parts)
    assert found.change >= 0 and (total > 0 or found.change == 0)
