"""The desk of a lane: what waits for a second person, how long, and whose name is on it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from edge.approvals import WAIT_NS, ApprovalNeeded, Desk, Pending
from edge.errors import ShopError
from edge.people import Person, Session
from edge.settings import Rules
from tests.edge.goods import quick_pins
from tests.edge.shop import MILK, WINE, Hands, Shop

XIAO = Person(1, "u1", "陈晓", "Xiao Chen", "cashier")
MIN = Person(2, "u2", "王敏", "Min Wang", "manager")


def rules(**adjusted: str) -> Rules:
    return cast(Rules, SimpleNamespace(permissions={name.replace("__", "."): x for name, x in adjusted.items()}))


def session(person: Person) -> Session:
    return Session("t", person, "1", "en")


def test_who_may_alone_is_not_asked() -> None:
    assert Desk().ask(rules(), session(MIN), "sale.void") is None


def test_who_may_with_another_waits_and_the_facts_are_kept() -> None:
    with pytest.raises(ApprovalNeeded) as caught:
        Desk().ask(rules(), session(XIAO), "sale.void", receipt="7", amount=5)
    assert (caught.value.action, caught.value.facts) == ("sale.void", {"receipt": "7", "amount": 5})


@pytest.mark.parametrize("role", ["technician", "kiosk", "hq", "anyone", "owner"])
def test_who_may_not_at_all_is_refused(role: str) -> None:
    with pytest.raises(ShopError) as caught:
        Desk().ask(rules(), session(Person(3, "u3", "", "", role)), "sale.void")
    assert (caught.value.slug, caught.value.status) == ("denied", 403)


def test_an_action_that_nobody_knows_is_denied_even_to_a_manager() -> None:
    with pytest.raises(ShopError, match="denied"):
        Desk().ask(rules(), session(MIN), "sale.everything")


def test_a_shop_may_allow_more_or_less_to_cashiers() -> None:
    assert Desk().ask(rules(sale__void="allow"), session(XIAO), "sale.void") is None
    with pytest.raises(ShopError, match="denied"):
        Desk().ask(rules(sale__void="deny"), session(XIAO), "sale.void")
    with pytest.raises(ShopError, match="denied"):
        Desk().ask(rules(stock__change="allow"), session(XIAO), "stock.change")  # not for a shop to give away


def test_a_grant_is_for_its_action_alone() -> None:
    desk = Desk(granted={"sale.void": MIN})
    assert desk.ask(rules(), session(XIAO), "sale.void") is MIN
    with pytest.raises(ApprovalNeeded):
        desk.ask(rules(), session(XIAO), "sale.price")


def test_what_waits_is_forgotten_after_two_minutes() -> None:
    pending = Pending("sale.void", {}, "void", {}, session(XIAO), 1_000, [MIN], {})
    desk = Desk(pending=pending)
    assert desk.waiting(1_000 + WAIT_NS) is pending
    assert desk.waiting(1_001 + WAIT_NS) is None and desk.pending is None


# -- at the till -------------------------------------------------------------------------------------------------------


def void(till: Hands) -> dict[str, Any]:
    return till.do("void", sale=till.view()["done"]["sale"], reason="r")


def test_it_names_what_is_asked_and_who_may_allow_it(shop: Shop, till: Hands) -> None:
    till.sell([MILK])
    asked = void(till)["approval"]
    assert asked["action"] == "sale.void"
    assert asked["facts"]["amount"] == 1_250
    assert [person["uid"] for person in asked["people"]] == [shop.person("manager").uid]


def test_the_cashier_is_no_second_person(shop: Shop, till: Hands) -> None:
    till.sell([MILK])
    void(till)
    with pytest.raises(ShopError):
        till.approve("cashier")
    assert shop.one("SELECT COUNT(*) FROM sale WHERE kind = 'void'") == 0


def test_nothing_is_done_when_it_is_put_away(shop: Shop, till: Hands) -> None:
    till.sell([MILK])
    void(till)
    assert till.do("approve", cancel=True)["approval"] is None
    with pytest.raises(ShopError, match="approval_gone"):
        till.approve()
    assert shop.one("SELECT COUNT(*) FROM sale WHERE kind = 'void'") == 0


def test_another_command_puts_it_away_too(till: Hands) -> None:
    till.sell([MILK])
    void(till)
    assert till.scan(WINE)["approval"]  # the next customer's goods may come meanwhile
    assert till.do("multiply", n=2)["approval"] is None
    with pytest.raises(ShopError, match="approval_gone"):
        till.approve()


def test_two_minutes_later_it_is_gone(shop: Shop, till: Hands) -> None:
    till.sell([MILK])
    void(till)
    shop.clock.advance(121)
    with pytest.raises(ShopError, match="approval_gone"):
        till.approve()


def test_one_yes_is_for_one_deed(shop: Shop, till: Hands) -> None:
    till.scan(MILK)
    till.do("line/price", line=1, price=1_000, reason="r")
    till.approve()
    assert till.do("line/price", line=1, price=900, reason="r")["approval"]


def test_both_names_stand_in_the_journal(shop: Shop, till: Hands) -> None:
    till.sell([MILK])
    void(till)
    till.approve()
    found = shop.ask("SELECT staff, approver, reason FROM sale WHERE kind = 'void'")
    assert found == [(shop.person("cashier").id, shop.person("manager").id, "r")]


def test_a_tap_that_needs_two_approvals_asks_for_one_after_the_other(shop: Shop, till: Hands) -> None:
    quick_pins(shop)
    shop.setting("permissions", {"sale.discount": "approve"})
    till.scan(MILK)
    assert till.do("discount", percent=5_000, reason="friend")["approval"]["action"] == "sale.discount"
    assert till.approve()["approval"]["action"] == "sale.discount_over"
    view = till.approve()
    assert view["approval"] is None and view["basket"]["total"] == 625


def test_what_was_allowed_counts_for_that_tap_only(shop: Shop, till: Hands) -> None:
    quick_pins(shop)
    shop.setting("permissions", {"sale.discount": "approve"})
    till.scan(MILK)
    till.do("discount", percent=500, reason="friend")
    till.approve()
    assert till.do("discount", percent=400, reason="friend")["approval"]["action"] == "sale.discount"
    till.do("approve", cancel=True)
    assert till.do("discount", percent=5_000, reason="friend")["approval"]["action"] == "sale.discount"
