"""Whatever number a page sends: it is refused in words, or it is a number that a shop can have. Nothing breaks."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.basket import MAX_QTY
from edge.errors import ShopError
from edge.tenders import MAX_AMOUNT
from tests.edge.goods import CARD, quick_pins, widen
from tests.edge.shop import MILK, Hands, Shop

NUMBERS = st.one_of(
    st.sampled_from([-(10**30), -(10**9), -1_000, -1, 0, 1, 999, 1_000, MAX_QTY, MAX_QTY + 1, MAX_QTY + 1_000,
                     10**9, MAX_AMOUNT, MAX_AMOUNT + 1, 2**53, 2**63 - 1, 2**63, 10**30]),
    st.integers(),
    st.sampled_from([None, True, 1.5, "1000", float("inf"), [], {}]),
)  # fmt: skip
# command, its other arguments, and the one that is a number
COMMANDS: list[tuple[str, dict[str, Any], str]] = [
    ("add", {"product": 1}, "qty"),
    ("add", {}, "product"),
    ("qty", {"line": 1}, "qty"),
    ("qty", {"qty": 1_000}, "line"),
    ("multiply", {}, "n"),
    ("line/price", {"line": 1, "reason": "r"}, "price"),
    ("line/discount", {"line": 1, "reason": "r"}, "amount"),
    ("line/discount", {"line": 1, "reason": "r"}, "percent"),
    ("discount", {"reason": "r"}, "amount"),
    ("discount", {"reason": "r"}, "percent"),
    ("empties", {"product": 7}, "qty"),
    ("value/top-up", {"card": CARD}, "amount"),
    ("account/pay", {}, "amount"),
    ("return/blind", {"product": 1, "reason": "r", "qty": 1_000}, "price"),
    ("return/blind", {"product": 1, "reason": "r"}, "qty"),
    ("return/take", {"line": 1}, "qty"),
    ("tender/drop", {}, "n"),
    ("cash/in", {"reason": "r"}, "amount"),
    ("cash/out", {"reason": "r"}, "amount"),
    ("shift/open", {}, "float"),
    ("shift/close", {}, "counted"),
]


@pytest.fixture
def counter(shop: Shop) -> Hands:
    """Lane 1 with something in the cart, a member, and a receipt that is open to give goods back."""
    widen(shop)
    quick_pins(shop)
    till = shop.tills["1"]
    till.log_in()
    receipt = till.sell([MILK, MILK]).receipt
    till.attach("gold")
    till.scan(MILK)
    till.do("return/open", receipt=receipt)
    return till


@pytest.mark.fault("F102")
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(which=st.sampled_from(COMMANDS), number=NUMBERS)
def test_a_number_is_refused_or_fits(counter: Hands, which: tuple[str, dict[str, Any], str], number: Any) -> None:
    command, args, name = which
    try:
        if counter.do(command, **args, **{name: number})["approval"]:
            counter.approve()
    except ShopError as error:
        assert 400 <= error.status < 500
    basket = counter.view()["basket"]
    assert abs(basket["total"]) <= 10**13
    for line in counter.till.basket.lines:
        assert 0 < abs(line.qty) <= MAX_QTY
    bounds = "SELECT 1 FROM cash_move WHERE amount NOT BETWEEN 0 AND 100000000"
    assert counter.shop.ask(bounds) == []


@pytest.mark.fault("F102")
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(["cash", "card", "stored", "account"]), number=NUMBERS, part=st.booleans())
def test_what_was_given_is_refused_or_pays(counter: Hands, kind: str, number: Any, part: bool) -> None:
    tender = {"kind": kind, "received": number, "reference": CARD if kind == "stored" else None}
    before = counter.shop.one("SELECT COUNT(*) FROM sale")
    try:
        shown = counter.do("tender/take", tender=tender) if part else counter.do("pay", tenders=[tender])
        if shown["approval"]:
            counter.approve()
    except ShopError as error:
        assert 400 <= error.status < 500
        assert counter.shop.one("SELECT COUNT(*) FROM sale") == before
    assert counter.shop.ask("SELECT 1 FROM tender WHERE received NOT BETWEEN 0 AND 100000000") == []
    if not counter.view()["basket"]["lines"]:
        counter.scan(MILK)


@pytest.mark.fault("F102")
def test_ten_million_pieces_at_a_million_each_are_no_sale(shop: Shop, counter: Hands) -> None:
    """Each number alone is in bounds; what they come to is not, and the cart stays as it is."""
    counter.do("line/price", line=1, price=MAX_AMOUNT, reason="r")
    counter.approve()
    counter.do("qty", line=1, qty=MAX_QTY)
    with pytest.raises(ShopError, match="amount_out_of_bounds"):
        counter.do("pay", tenders=[{"kind": "cash", "received": MAX_AMOUNT}])
    assert counter.view()["basket"]["total"] == MAX_AMOUNT * (MAX_QTY // 1_000)
    assert shop.one("SELECT COUNT(*) FROM sale WHERE lane = '1'") == 1
