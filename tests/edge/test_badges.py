"""Badges: under a lane's scanner they let their holder in, or allow what waits; typed or made up they do neither."""

from __future__ import annotations

import pytest

from edge import badges, codes
from edge.badges import TICKET_S, Screens
from edge.errors import ShopError
from edge.guard import FREE_TRIES
from tests.edge.shop import MILK, PINS, Hands, Shop

CASHIER = codes.staff_code(1)
MANAGER = codes.staff_code(73_924_118)


@pytest.fixture
def shop(shop: Shop) -> Shop:
    """The manager has a badge, too."""
    shop.db.execute_sql("UPDATE staff SET badge = ? WHERE role = 'manager'", (MANAGER,))
    return shop


def audit(shop: Shop, action: str) -> list[str]:
    """The details of the rows with this action."""
    return [detail for (detail,) in shop.ask("SELECT detail FROM audit WHERE action = ? ORDER BY id", action)]


def ticket(till: Hands) -> str:
    """The secret that the lane's screen is given."""
    assert till.till.ticket is not None
    return till.till.ticket.secret


def come_in(shop: Shop, till: Hands) -> None:
    """What the lane's own screen does with a ticket."""
    person = till.till.take_ticket(ticket(till))
    _, till.session = shop.staff.open_session(person, till.lane.id, "en", by="badge")
    till.till.settle()


def test_a_badge_lets_its_holder_in(shop: Shop) -> None:
    till = shop.tills["1"]
    till.scan(CASHIER)
    shown = till.till.door("zh-CN")
    assert shown["badge"] == {"staff": shop.person("cashier").uid, "name": "陈晓", "ticket": ticket(till)}
    come_in(shop, till)
    working = shop.staff.working_at("1")
    assert working is not None and working.person.role == "cashier"
    assert audit(shop, "logged_in") == ['{"by":"badge"}']


def test_at_an_open_till_a_badge_changes_the_person_and_keeps_the_cart(shop: Shop, till: Hands) -> None:
    till.scan(MILK)
    assert till.scan(MANAGER)["badge"]["name"] == "Min Wang"
    come_in(shop, till)
    working = shop.staff.working_at("1")
    assert working is not None and working.person.role == "manager"
    assert till.view()["basket"]["count"] == 1 and till.view()["badge"] is None
    assert shop.person("cashier").uid in audit(shop, "switched")[0]


def test_the_own_badge_changes_nothing(till: Hands) -> None:
    view = till.scan(CASHIER)
    assert view["notice"]["slug"] == "badge" and view["badge"] is None


def test_a_ticket_is_good_once_and_for_seconds(shop: Shop) -> None:
    till = shop.tills["1"]
    till.scan(CASHIER)
    secret = ticket(till)
    till.till.take_ticket(secret)
    with pytest.raises(ShopError, match="badge_gone"):
        till.till.take_ticket(secret)
    till.scan(CASHIER)
    secret = ticket(till)
    shop.clock.advance(TICKET_S)
    with pytest.raises(ShopError, match="badge_gone"):
        till.till.take_ticket(secret)


@pytest.mark.parametrize("wrong", ["", "0" * 64, "wrong"])
def test_a_made_up_ticket_is_nobodys(shop: Shop, wrong: str) -> None:
    till = shop.tills["1"]
    till.scan(CASHIER)
    with pytest.raises(ShopError, match="badge_gone"):
        till.till.take_ticket(wrong)


def test_who_has_left_meanwhile_does_not_come_in(shop: Shop) -> None:
    till = shop.tills["1"]
    till.scan(CASHIER)
    shop.db.execute_sql("UPDATE staff SET active = 0 WHERE role = 'cashier'")
    with pytest.raises(ShopError, match="staff_unknown"):
        till.till.take_ticket(ticket(till))
    assert till.scan(CASHIER) and till.till.door("en")["refused"]["slug"] == "unknown_badge"


@pytest.mark.fault("F110")
def test_trying_out_badge_numbers_is_slow_and_written_down(shop: Shop) -> None:
    till = shop.tills["1"]
    for number in range(FREE_TRIES):
        till.scan(codes.staff_code(500 + number))
        assert till.till.door("en")["refused"]["slug"] == "unknown_badge"
    till.scan(CASHIER)
    refused = till.till.door("en")["refused"]
    assert refused["slug"] == "badge_wait" and 0 < refused["params"]["seconds"] <= 60
    assert len(audit(shop, "badge_unknown")) == FREE_TRIES and len(audit(shop, "locked_out")) == 1
    shop.staff.log_in("1", shop.person("cashier").uid, PINS["cashier"], "en")  # a PIN still does
    shop.clock.advance(60)
    shop.tills["2"].log_in()
    till.scan(MANAGER)
    assert till.till.door("en")["badge"]["name"] == "Min Wang"


def test_a_badge_with_a_wrong_check_digit_is_no_badge(shop: Shop, till: Hands) -> None:
    wrong = CASHIER[:-1] + ("0" if CASHIER[-1] != "0" else "1")
    assert till.scan(wrong)["notice"]["slug"] == "bad_check"
    assert audit(shop, "badge_unknown") == []


def test_a_typed_badge_is_refused(till: Hands) -> None:
    with pytest.raises(ShopError, match="badge_typed"):
        till.do("scan", code=MANAGER)


def test_a_technician_may_come_in_and_a_kiosk_may_not(shop: Shop) -> None:
    with shop.box.transaction():
        for number, role in ((90, "technician"), (91, "kiosk")):
            shop.staff.add(name_zh=role, name_en=role, role=role, pin=None, badge=codes.staff_code(number))
    till = shop.tills["1"]
    till.scan(codes.staff_code(91))
    assert till.till.door("en")["refused"]["slug"] == "denied" and till.till.ticket is None
    till.scan(codes.staff_code(90))
    assert till.till.door("en")["badge"]["name"] == "technician"


# -- where the shop wants the PIN, too --------------------------------------------------------------------------------


def test_where_the_shop_wants_the_pin_too_a_badge_only_picks_the_person(shop: Shop) -> None:
    shop.setting("staff", {"badge_needs_pin": True, "idle_min": 5})
    till = shop.tills["1"]
    till.scan(CASHIER)
    assert till.till.door("en")["badge"]["ticket"] is None
    with pytest.raises(ShopError, match="badge_gone"):
        till.till.take_ticket("")


def test_an_approval_by_badge_then_waits_for_the_pin(shop: Shop, till: Hands) -> None:
    shop.setting("staff", {"badge_needs_pin": True, "idle_min": 5})
    sale = till.sell()
    till.do("void", sale=sale.uid, reason="wrong item")
    view = till.scan(MANAGER)
    assert view["approval"]["picked"] == shop.person("manager").uid
    assert shop.one("SELECT COUNT(*) FROM sale WHERE kind = 'void'") == 0
    till.approve()
    assert shop.one("SELECT COUNT(*) FROM sale WHERE kind = 'void'") == 1


# -- approval ---------------------------------------------------------------------------------------------------------


def test_a_badge_allows_what_waits_and_both_people_are_written_down(shop: Shop, till: Hands) -> None:
    sale = till.sell()
    till.do("void", sale=sale.uid, reason="wrong item")
    till.scan(MANAGER)
    assert shop.one("SELECT COUNT(*) FROM sale WHERE kind = 'void'") == 1
    found = shop.ask("SELECT staff, approver, lane, reason, detail FROM audit WHERE action = 'approved'")
    both = (shop.person("cashier").id, shop.person("manager").id)
    assert found == [(*both, "1", "wrong item", '{"what":"sale.void","by":"badge"}')]
    working = shop.staff.working_at("1")
    assert working is not None and working.person.role == "cashier", "who allowed it does not take the till over"


def test_the_cashiers_own_badge_allows_nothing(shop: Shop, till: Hands) -> None:
    sale = till.sell()
    till.do("void", sale=sale.uid, reason="wrong item")
    assert till.scan(CASHIER)["notice"]["slug"] == "approval_other"
    assert audit(shop, "approval_refused") == ['{"what":"sale.void","by":"badge"}']
    assert shop.one("SELECT COUNT(*) FROM sale WHERE kind = 'void'") == 0


def test_what_waits_is_gone_when_somebody_else_stands_there(shop: Shop, till: Hands) -> None:
    sale = till.sell()
    till.do("void", sale=sale.uid, reason="wrong item")
    till.log_in("manager")
    till.till.settle()
    assert till.view()["approval"] is None


# -- the lane's own screen --------------------------------------------------------------------------------------------


def test_one_browser_is_a_lanes_screen_and_only_its_hash_is_kept(shop: Shop) -> None:
    screens = Screens(shop.box)
    assert not screens.known("1", "")
    first = screens.adopt("1")
    assert screens.known("1", first) and not screens.known("2", first)
    second = screens.adopt("1")
    assert screens.known("1", second) and not screens.known("1", first)
    assert second.encode() not in shop.bytes_at_rest()
    shop.restart()
    assert badges.Screens(shop.box).known("1", second)
