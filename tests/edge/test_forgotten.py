"""A forgotten PIN: a manager makes a code, without any network; it is good once, for a while, for one person."""

from __future__ import annotations

import pytest

from edge import staff_admin
from edge.errors import ShopError
from edge.forgotten import CHOOSE_S, CODE_S, ChoosePin
from edge.guard import FREE_TRIES
from edge.staff_admin import Desk
from tests.edge.shop import PINS, Shop

NEW = "660742"


@pytest.fixture
def code(shop: Shop) -> str:
    """A code that the manager made for the cashier."""
    return staff_admin.make_code(shop.staff, Desk(shop.person("manager")), shop.person("cashier").uid)


def log_in(shop: Shop, pin: str, role: str = "cashier", lane: str = "1") -> None:
    shop.staff.log_in(lane, shop.person(role).uid, pin, "en")


def use(shop: Shop, code: str, lane: str = "1") -> str:
    """The ticket that the log-in page is given for the code."""
    with pytest.raises(ChoosePin) as needed:
        log_in(shop, code, lane=lane)
    return needed.value.ticket


def refused(slug: str, shop: Shop, pin: str, role: str = "cashier") -> None:
    with pytest.raises(ShopError, match=slug):
        log_in(shop, pin, role)


@pytest.mark.fault("F103")
def test_the_code_leads_to_a_new_pin_and_then_to_the_till(shop: Shop, code: str) -> None:
    assert len(code) == 8 and code.isdigit()
    ticket = use(shop, code)
    assert shop.staff.working_at("1") is None, "the code alone lets nobody in"
    _, session = shop.staff.choose_pin("1", ticket, NEW, "en")
    assert session.person.role == "cashier"
    log_in(shop, NEW)
    refused("pin_wrong", shop, PINS["cashier"])
    actions = [a for (a,) in shop.ask("SELECT action FROM audit ORDER BY id")]
    assert actions[:4] == ["code_made", "code_used", "pin_changed", "logged_in"]


@pytest.mark.fault("F103")
def test_the_old_pin_still_works_until_a_new_one_is_chosen(shop: Shop, code: str) -> None:
    log_in(shop, PINS["cashier"])
    use(shop, code)
    log_in(shop, PINS["cashier"])


@pytest.mark.fault("F103")
def test_a_code_is_good_once(shop: Shop, code: str) -> None:
    use(shop, code)
    refused("pin_wrong", shop, code)


@pytest.mark.fault("F103")
def test_a_code_is_good_for_a_quarter_of_an_hour_whatever_the_clock_says(shop: Shop, code: str) -> None:
    shop.clock.advance(CODE_S - 1)
    shop.clock.set_wall(shop.clock.now_us() + 400 * 86_400_000_000)
    use(shop, code)
    again = staff_admin.make_code(shop.staff, Desk(shop.person("manager")), shop.person("cashier").uid)
    shop.clock.set_wall(shop.clock.now_us() - 800 * 86_400_000_000)
    shop.clock.advance(CODE_S)
    refused("pin_wrong", shop, again)


@pytest.mark.fault("F103")
def test_a_code_outlives_a_restart_but_not_a_reboot(shop: Shop, code: str) -> None:
    shop.restart()
    use(shop, code)
    again = staff_admin.make_code(shop.staff, Desk(shop.person("manager")), shop.person("cashier").uid)
    shop.reboot()
    refused("pin_wrong", shop, again)


@pytest.mark.fault("F103")
def test_a_second_code_makes_the_first_void_and_so_does_a_new_pin(shop: Shop, code: str) -> None:
    manager, cashier = Desk(shop.person("manager")), shop.person("cashier").uid
    second = staff_admin.make_code(shop.staff, manager, cashier)
    refused("pin_wrong", shop, code)
    staff_admin.set_pin(shop.staff, manager, cashier, NEW)
    refused("pin_wrong", shop, second)


@pytest.mark.fault("F103")
def test_a_code_is_for_one_person(shop: Shop, code: str) -> None:
    refused("pin_wrong", shop, code, "manager")
    use(shop, code)


@pytest.mark.fault("F103", "F110")
def test_guessing_a_code_is_as_slow_as_guessing_a_pin(shop: Shop, code: str) -> None:
    for _ in range(FREE_TRIES):
        refused("pin_wrong", shop, "00000000")
    refused("pin_wait", shop, code)


@pytest.mark.fault("F103")
def test_a_code_allows_nothing_and_lies_nowhere(shop: Shop, code: str) -> None:
    cashier = shop.person("cashier")
    by_code = staff_admin.make_code(shop.staff, Desk(shop.person("manager")), cashier.uid)
    with pytest.raises(ShopError, match="pin_wrong"):
        shop.staff.prove("1", cashier.uid, by_code, "approval")
    assert code.encode() not in shop.bytes_at_rest() and by_code.encode() not in shop.bytes_at_rest()


@pytest.mark.fault("F103")
def test_the_way_from_the_code_to_the_pin_is_short_and_of_one_lane(shop: Shop, code: str) -> None:
    ticket = use(shop, code)
    for lane, wrong in (("2", ticket), ("1", "x")):
        with pytest.raises(ShopError, match="choice_gone"):
            shop.staff.choose_pin(lane, wrong, NEW, "en")
    with pytest.raises(ShopError, match="pin_weak_ladder"):
        shop.staff.choose_pin("1", ticket, "123456", "en")
    shop.clock.advance(CHOOSE_S)
    with pytest.raises(ShopError, match="choice_gone"):
        shop.staff.choose_pin("1", ticket, NEW, "en")
    log_in(shop, PINS["cashier"])


@pytest.mark.fault("F103")
def test_only_a_manager_makes_codes_and_never_their_own(shop: Shop) -> None:
    cashier, manager = shop.person("cashier"), shop.person("manager")
    with pytest.raises(ShopError, match="denied"):
        staff_admin.make_code(shop.staff, Desk(cashier), manager.uid)
    with pytest.raises(ShopError, match="code_own"):
        staff_admin.make_code(shop.staff, Desk(manager), manager.uid)


def test_ones_own_pin_is_renewed_in_the_same_way(shop: Shop) -> None:
    other, _ = shop.staff.open_session(shop.person("cashier"), "2", "en")
    with pytest.raises(ChoosePin) as needed:
        shop.staff.log_in("1", shop.person("cashier").uid, PINS["cashier"], "en", renew=True)
    _, session = shop.staff.choose_pin("1", needed.value.ticket, NEW, "en")
    assert session.lane == "1"
    assert shop.staff.session(other) is None, "who knew the old PIN is out everywhere"
    refused("pin_wrong", shop, PINS["cashier"])
