"""Goods on account: a debt is the sum of documents; it has a limit, and nobody pays more than is owed."""

from __future__ import annotations

import pytest

from edge import accounts
from edge.errors import ShopError
from tests.edge.goods import pay_as_planned, take_back, widen
from tests.edge.shop import BREAD, MILK, Hands, Shop


@pytest.fixture
def till(shop: Shop, till: Hands) -> Hands:
    """Lane 1 in a shop that writes things down."""
    widen(shop)
    return till


def buy(till: Hands, amount: int = 1_150, member: str = "gold") -> str:
    """Milk on account."""
    till.attach(member)
    till.scan(MILK)
    till.do("pay", tenders=[{"kind": "account", "received": amount}])
    till.approve()
    return str(till.view()["done"]["receipt"])


def owed(shop: Shop, member: str = "gold", **args: object) -> int:
    return accounts.owed(shop.box, shop.member(member), **args)  # type: ignore[arg-type]


def test_who_never_bought_so_owes_nothing(shop: Shop, till: Hands) -> None:
    till.sell([MILK], "gold")
    assert owed(shop) == 0


def test_a_debt_grows_and_is_paid_off(shop: Shop, till: Hands) -> None:
    buy(till)
    buy(till)
    assert owed(shop) == 2_300
    till.attach("gold")
    till.do("account/pay", amount=2_000)
    till.pay_cash()
    assert owed(shop) == 300 and owed(shop, "silver") == 0


def test_a_debt_as_it_was_then(shop: Shop, till: Hands) -> None:
    buy(till)
    then = shop.one("SELECT MAX(id) FROM sale")
    buy(till)
    assert owed(shop, upto=then) == 1_150


def test_what_comes_back_is_taken_off(shop: Shop, till: Hands) -> None:
    take_back(till, buy(till), n1=None)
    pay_as_planned(till)
    assert owed(shop) == 0


def test_a_void_takes_it_off_too_and_a_voided_payment_is_owed_again(shop: Shop, till: Hands) -> None:
    buy(till)
    till.attach("gold")
    till.do("account/pay", amount=1_150)
    till.pay_cash()
    till.void(till.view()["done"]["sale"])
    assert owed(shop) == 1_150


def test_the_limit_is_that_of_all_that_is_owed(shop: Shop, till: Hands) -> None:
    shop.setting("account", {"limit": 2_000})
    buy(till)
    till.attach("gold")
    till.scan(MILK)
    with pytest.raises(ShopError) as caught:
        till.do("pay", tenders=[{"kind": "account", "received": 1_150}])
    assert (caught.value.slug, caught.value.params) == ("account_limit", {"left": 850})


def test_nobody_pays_off_more_than_is_owed(shop: Shop, till: Hands) -> None:
    buy(till)
    till.attach("gold")
    with pytest.raises(ShopError) as caught:
        till.do("account/pay", amount=1_151)
    assert (caught.value.slug, caught.value.params) == ("account_overpaid", {"owed": 1_150})


def test_nor_by_counting_the_payment_up(shop: Shop, till: Hands) -> None:
    buy(till)
    till.attach("gold")
    till.do("account/pay", amount=1_000)
    with pytest.raises(ShopError, match="line_as_it_is"):
        till.do("qty", line=1, qty=2_000)


def test_two_tills_do_not_take_the_same_debt_twice(shop: Shop, till: Hands, other_till: Hands) -> None:
    buy(till)
    for hands in (till, other_till):
        hands.attach("gold")
        hands.do("account/pay", amount=1_150)
    till.pay_cash()
    with pytest.raises(ShopError, match="account_overpaid"):
        other_till.pay_cash()
    assert owed(shop) == 0


def test_the_customer_who_pays_off_stays_the_one_who_owes(shop: Shop, till: Hands) -> None:
    """Another card at the end would pay off nobody's debt, or another's."""
    buy(till)
    till.attach("gold")
    till.do("account/pay", amount=1_150)
    till.attach("silver")
    with pytest.raises(ShopError, match="account_overpaid"):
        till.pay_cash()
    till.do("member/detach")
    with pytest.raises(ShopError, match="tender_needs"):
        till.pay_cash()
    till.attach("gold")
    till.pay_cash()
    assert owed(shop) == 0


def test_practice_is_no_debt(shop: Shop, till: Hands, training_till: Hands) -> None:
    training_till.attach("gold")
    training_till.scan(BREAD)
    training_till.do("pay", tenders=[{"kind": "account", "received": 995}])
    training_till.approve()
    assert (owed(shop), owed(shop, mode="training")) == (0, 995)


def test_a_payment_earns_no_points_and_bears_no_tax(shop: Shop, till: Hands) -> None:
    buy(till)
    till.attach("gold")
    till.do("account/pay", amount=1_000)
    till.pay_cash()
    assert shop.ask("SELECT total, tax, points FROM sale ORDER BY id DESC LIMIT 1") == [(1_000, 0, 0)]
