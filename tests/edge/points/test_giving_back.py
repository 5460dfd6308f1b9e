"""Points that paid for goods come back with them: to the lots they came from, before any other money, exactly."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.errors import ShopError
from edge.points import book
from edge.settings import values
from tests.edge.goods import pay_as_planned, take_back
from tests.edge.points.purse import DAY_S, able, balance, give, honest, left, open_for_points, pay, rules, standing
from tests.edge.shop import BREAD, GUM, MILK, WINE, Hands, Shop


@pytest.fixture(autouse=True)
def wide(shop: Shop) -> Shop:
    open_for_points(shop)
    give(shop, 20_000)
    return shop


def bought(till: Hands, codes: list[str], points: int, rest: str = "cash", member: str = "gold") -> str:
    till.attach(member)
    for code in codes:
        till.scan(code)
    return str(pay(till, points, rest)["done"]["receipt"])


def refund(till: Hands) -> list[tuple[str, int]]:
    return [(part["kind"], part["amount"]) for part in till.view()["basket"]["refund"]]


@pytest.mark.fault("F62")
def test_points_of_a_sale_are_not_kept_when_its_money_goes_back(shop: Shop, till: Hands) -> None:
    """Points kept on refund: the field's oldest. Spent meanwhile, they are owed, and later points fill the debt."""
    till.attach("bronze")
    till.scan(WINE)
    first = pay(till)["done"]["receipt"]
    assert balance(shop, "bronze") == 88
    bought(till, [BREAD], 80, "card", "bronze")
    take_back(till, first, n1=None)
    pay_as_planned(till)
    assert balance(shop, "bronze") == 9 - 80
    assert able(shop, "bronze") == 0
    bought(till, [WINE], 0, "card", "bronze")
    assert balance(shop, "bronze") == able(shop, "bronze") == 9 - 80 + 88
    honest(shop)


def test_a_sale_given_back_leaves_points_and_lots_as_they_were(shop: Shop, till: Hands) -> None:
    till.sell([MILK], "gold")
    before, lots = standing(shop), left(shop)
    receipt = bought(till, [WINE, BREAD], 5_000)
    take_back(till, receipt, n1=None, n2=None)
    assert refund(till)[0] == ("points", 5_000)
    pay_as_planned(till)
    assert standing(shop) == before
    assert left(shop) == lots
    honest(shop)


def test_points_go_back_before_any_other_money(shop: Shop, till: Hands) -> None:
    receipt = bought(till, [WINE, BREAD], 1_000, "card")
    take_back(till, receipt, n2=None)
    assert refund(till) == [("points", 995)]
    pay_as_planned(till)
    take_back(till, receipt, n1=None)
    assert refund(till) == [("points", 5), ("card", 8_795)]
    pay_as_planned(till)
    assert balance(shop) == 23_000  # the points that its money had earned went, too
    honest(shop)


def test_goods_that_points_paid_are_not_money(shop: Shop, till: Hands) -> None:
    """Coins for points take a second person; and points for coins are nobody's to give."""
    receipt = bought(till, [WINE], 8_800)
    take_back(till, receipt, n1=None)
    view = till.do("pay", tenders=[{"kind": "cash", "received": 8_800}])
    assert view["approval"]["action"] == "sale.refund_other"
    till.do("approve", cancel=True)
    till.do("clear")
    till.do("member/detach")
    paid = till.sell([WINE], "gold").receipt
    take_back(till, paid, n1=None)
    till.do("pay", tenders=[{"kind": "points", "received": 8_800}])
    with pytest.raises(ShopError) as caught:
        till.approve()
    assert (caught.value.slug, caught.value.params["left"]) == ("points_back", 0)


def test_points_come_back_by_way_of_an_exchange(shop: Shop, till: Hands) -> None:
    """What points had paid stays paid with points, however often goods are changed."""
    before = balance(shop)
    receipt = bought(till, [WINE], 8_800)
    take_back(till, receipt, n1=None)
    till.scan(WINE)
    till.do("age", ok=True)
    even = till.do("pay", tenders=[])["done"]["receipt"]
    assert balance(shop) == before - 8_800
    take_back(till, even, n2=None)
    assert refund(till) == [("points", 8_800)]
    pay_as_planned(till)
    assert balance(shop) == before
    honest(shop)


def test_points_come_back_to_whoever_paid(shop: Shop, till: Hands) -> None:
    before, other = balance(shop), balance(shop, "silver")
    receipt = bought(till, [WINE], 8_800)
    take_back(till, receipt, n1=None)
    till.attach("silver")
    pay_as_planned(till)
    assert (balance(shop), balance(shop, "silver")) == (before, other)
    honest(shop)


def test_they_come_back_though_the_shop_takes_no_points_any_more(shop: Shop, till: Hands) -> None:
    before = balance(shop)
    receipt = bought(till, [WINE], 8_800)
    shop.setting("tenders", ["cash", "card"])
    take_back(till, receipt, n1=None)
    assert refund(till) == [("points", 8_800)]
    pay_as_planned(till)
    assert balance(shop) == before


def test_a_lot_that_expired_meanwhile_is_good_for_a_month_again(shop: Shop, till: Hands) -> None:
    early = give(shop, 3_000, expires_on="2026-11-30")
    receipt = bought(till, [WINE], 3_000, "card")
    before = able(shop)
    shop.clock.advance(20 * DAY_S)
    till.log_in()
    till.do("shift/close", counted=0)
    take_back(till, receipt, n1=None)
    pay_as_planned(till)
    lot, came_from, expires, reason = shop.ask(
        "SELECT lot, came_from, expires_on, reason FROM ledger WHERE reason = 'restore'"
    )[0]
    assert came_from == early and lot != came_from
    assert (expires, reason) == ("2027-01-11", "restore")
    assert able(shop) == before + 3_000 - 87  # what its money had earned is back, too
    honest(shop)


def test_a_void_gives_points_back(shop: Shop, till: Hands) -> None:
    before, lots = standing(shop), left(shop)
    bought(till, [WINE], 5_000)
    till.void(shop.one("SELECT uid FROM sale ORDER BY id DESC LIMIT 1"))
    assert (standing(shop), left(shop)) == (before, lots)
    assert shop.ask("SELECT points, score, points_after FROM sale ORDER BY id DESC LIMIT 1")[0][2] == before[0]
    honest(shop)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_goods_back_in_any_steps_restore_points_exactly(shop: Shop, till: Hands, data: st.DataObject) -> None:
    """Whatever was paid with points, whatever they are worth, in whatever parts the goods come back."""
    points, minor = data.draw(st.sampled_from([(100, 100), (20, 100), (7, 3), (1, 5), (250, 100)]))
    rules(shop, points=points, minor=minor)
    before, lots = standing(shop), left(shop)
    till.attach("gold")
    codes = data.draw(st.lists(st.sampled_from([MILK, BREAD, WINE]), min_size=1, max_size=4))
    for code in codes:
        till.scan(code)
    total = till.view()["basket"]["left"]
    most = min(total, before[0] * minor // points)
    amount = data.draw(st.integers(0, most)) // minor * minor
    receipt = pay(till, amount, "card")["done"]["receipt"]
    while True:
        there = till.do("return/open", receipt=receipt) if _open(shop, receipt) else None
        if there is None:
            break
        able_lines = [(x["n"], x["left"]) for x in there["returning"]["lines"] if x["left"]]
        for n, most_left in data.draw(st.lists(st.sampled_from(able_lines), min_size=1, max_size=2, unique=True)):
            till.do("return/take", line=n, qty=1000 * data.draw(st.integers(1, most_left // 1000)))
        pay_as_planned(till)
    assert (standing(shop), left(shop)) == (before, lots)
    honest(shop)


def _open(shop: Shop, receipt: str) -> bool:
    from edge import returns

    return returns.find(shop.box, receipt).state == "open"


def test_a_void_does_not_take_back_what_has_expired(shop: Shop, till: Hands) -> None:
    """A lane may stand still for longer than points last: nobody owes what nobody spent."""
    before = balance(shop, "bronze")
    till.attach("bronze")
    till.scan(WINE)
    sale = pay(till)["done"]["sale"]
    shop.clock.advance(731 * DAY_S)
    book.expire(shop.box)
    till.log_in()
    till.void(sale)
    assert standing(shop, "bronze") == (before, 0)
    assert able(shop, "bronze") == before
    honest(shop)


@pytest.mark.parametrize("rules_of_lines", [False, True])
def test_of_what_expired_and_was_spent_a_return_takes_the_expired_first(
    shop: Shop, till: Hands, rules_of_lines: bool
) -> None:
    """Who spent no more than the goods that she kept had earned owes nothing."""
    loyalty = values(shop.db)["loyalty"]
    bread = {"id": "x", "name": {"zh-CN": "规则", "en": "Rule"}, "give": "plus", "value": 20, "skus": ["BREAD"]}
    shop.setting("loyalty", {**loyalty, "lot_days": 5, "earn": [bread] if rules_of_lines else []})
    receipt = bought(till, [WINE, BREAD, MILK], 0, "card", "bronze")
    had = balance(shop, "bronze")
    bought(till, [GUM], 80, "card", "bronze")
    shop.clock.advance(6 * DAY_S)
    book.expire(shop.box)
    till.log_in()
    take_back(till, receipt, n2=None)
    pay_as_planned(till)
    assert (had, balance(shop, "bronze")) == (129 if rules_of_lines else 109, 0)
    take_back(till, receipt, n1=None)
    pay_as_planned(till)
    assert balance(shop, "bronze") == 11 - 80  # the milk's
    honest(shop)
