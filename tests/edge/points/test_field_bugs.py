"""What tills of the field get wrong with points, one test each, named after it."""

from __future__ import annotations

import pytest

from edge import till_points
from edge.errors import ShopError
from edge.points import book
from tests.edge.goods import CARD
from tests.edge.points.purse import DAY_S, able, balance, give, honest, left, open_for_points, pay, rules
from tests.edge.shop import BREAD, MILK, WINE, Hands, Shop


@pytest.fixture(autouse=True)
def wide(shop: Shop) -> Shop:
    open_for_points(shop)
    give(shop, 10_000)
    return shop


def test_points_doubled_by_an_offline_retry(shop: Shop, till: Hands) -> None:
    """The answer got lost and the cashier pays again: the same sale, spent and earned once."""
    till.attach("gold")
    till.scan(WINE)
    till.do("age", ok=True)
    uid = till.till.basket.uid
    tenders = [{"kind": "points", "received": 1_000}, {"kind": "card", "received": 7_800}]
    first = till.do("pay", tenders=tenders)["done"]
    after = balance(shop)
    again = till.do("pay", tenders=tenders, basket=uid)["done"]
    shop.restart()
    till = shop.tills["1"]
    till.log_in()
    third = till.do("pay", tenders=tenders, basket=uid)["done"]
    assert first["receipt"] == again["receipt"] == third["receipt"]
    assert (third["moved"], third["left"]) == (first["moved"], first["left"]) == (-1_000, after)
    assert balance(shop) == after
    assert shop.one("SELECT COUNT(*) FROM ledger WHERE reason = 'redeem'") == 1


def test_suspended_sale_earns_and_spends_no_points(shop: Shop, till: Hands) -> None:
    before = balance(shop), left(shop)
    till.attach("gold")
    till.scan(MILK)
    till.do("hold")
    assert (balance(shop), left(shop)) == before
    till.attach("gold")
    till.scan(WINE)
    till.do("tender/take", tender={"kind": "points", "received": 500})
    with pytest.raises(ShopError) as caught:
        till.do("hold")
    assert caught.value.slug == "basket_part_paid"  # what is promised to one cart is not put aside with it
    assert (balance(shop), left(shop)) == before


def test_points_pay_for_goods_and_not_for_money(shop: Shop, till: Hands) -> None:
    """On a gift card they would outlive their last day, and a deposit would come back as coins."""
    till.attach("gold")
    till.scan(MILK)
    till.do("value/top-up", card=CARD, amount=5_000)
    goods = till.view()["basket"]["lines"][0]["total"]
    assert till_points.look(till.till)["most"]["amount"] == goods // 10 * 10
    before = balance(shop)
    for received in (goods // 10 * 10 + 10, 5_000):
        for command, args in (("tender/take", {"tender": {"kind": "points", "received": received}}),
                              ("pay", {"tenders": [{"kind": "points", "received": received},
                                                   {"kind": "card", "received": 5_000 + goods - received}]})):
            with pytest.raises(ShopError) as caught:
                till.do(command, **args)
            assert caught.value.slug == "points_goods" and caught.value.params["left"] == goods
    assert balance(shop) == before


@pytest.mark.fault("F61")
def test_same_points_redeemed_by_two_documents(shop: Shop, till: Hands, other_till: Hands) -> None:
    """Two tills promise the same points in the same second: the second payment is refused, and says so."""
    points = able(shop)
    rules(shop, points=1_000, minor=100)
    worth = points // 10
    for hands in (till, other_till):
        hands.attach("gold")
        hands.scan(WINE)
        hands.do("age", ok=True)
        hands.do("tender/take", tender={"kind": "points", "received": worth})
    pay(till, rest="card")
    after = balance(shop)
    with pytest.raises(ShopError) as caught:
        pay(other_till, rest="card")
    assert caught.value.slug == "points_short"
    assert balance(shop) == after and after < points
    other_till.do("tender/drop", n=0)
    pay(other_till, rest="card")
    honest(shop)


def test_redemption_that_does_not_reduce_the_balance_until_the_member_is_selected_again(
    shop: Shop, till: Hands, other_till: Hands
) -> None:
    """The other till shows the member as well: its figure follows by itself."""
    other_till.attach("gold")
    before = other_till.view()["member"]
    till.attach("gold")
    till.scan(WINE)
    promised = till.do("tender/take", tender={"kind": "points", "received": 4_000})
    assert promised["member"]["spendable"] == before["spendable"] - 4_000
    done = pay(till, rest="card")["done"]
    now = other_till.view()["member"]
    assert now["points"] == before["points"] - 4_000 + 72 == done["left"] == balance(shop)
    assert now["spendable"] == able(shop)


@pytest.mark.fault("F66")
def test_points_that_expire_while_they_are_promised(shop: Shop, till: Hands) -> None:
    """Promised to a cart before midnight, expired by the nightly run: the payment says so and nothing is lost."""
    give(shop, 500, "bronze", expires_on="2026-11-22")
    till.attach("bronze")
    till.scan(BREAD)
    till.do("tender/take", tender={"kind": "points", "received": 500})
    shop.clock.advance(DAY_S)
    assert book.expire(shop.box) == 500
    till.log_in()
    with pytest.raises(ShopError) as caught:
        pay(till, rest="card")
    assert (caught.value.slug, caught.value.params["left"]) == ("points_short", 0)
    till.do("tender/drop", n=0)
    pay(till, rest="card")
    assert balance(shop, "bronze") == 9
    honest(shop)


def test_points_promised_by_one_customer_are_not_anothers_payment(till: Hands) -> None:
    till.attach("gold")
    till.scan(WINE)
    till.do("tender/take", tender={"kind": "points", "received": 500})
    with pytest.raises(ShopError) as caught:
        till.do("member/detach")
    assert caught.value.slug == "basket_part_paid"
    assert till.attach("silver")["notice"]["slug"] == "basket_part_paid"
