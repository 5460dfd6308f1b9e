"""Staff: PINs that can't be guessed, sessions that no clock can end or stretch."""

from __future__ import annotations

import logging

import pytest

from edge.errors import ShopError
from edge.guard import FREE_TRIES, MAX_WAIT_S, wait_after
from edge.people import Session
from tests.edge.shop import MILK, PINS, Shop

DAY_US = 86_400_000_000
WRONG = "000001"


def refused(slug: str, call, *args) -> ShopError:  # type: ignore[no-untyped-def]
    with pytest.raises(ShopError) as caught:
        call(*args)
    assert caught.value.slug == slug
    return caught.value


def try_pin(shop: Shop, pin: str = WRONG, role: str = "cashier", lane: str = "1") -> Session:
    return shop.staff.log_in(lane, shop.person(role).uid, pin, "en")[1]


# -- PINs -------------------------------------------------------------------------------------------------------------


def test_the_right_pin_opens_a_session(shop: Shop) -> None:
    token, session = shop.staff.log_in("1", shop.person("cashier").uid, PINS["cashier"], "en")
    assert (session.person.role, session.lane, session.lang) == ("cashier", "1", "en")
    assert session.person.name("zh-CN") == "陈晓"
    assert shop.staff.session(token) == session


def test_neither_pin_nor_token_lies_in_the_box(shop: Shop) -> None:
    token, _ = shop.staff.log_in("1", shop.person("cashier").uid, PINS["cashier"], "en")
    data = shop.bytes_at_rest()
    assert token.encode() not in data
    assert PINS["cashier"].encode() not in data
    hashed = shop.one("SELECT pin_hash FROM staff WHERE role = 'cashier'")
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_weak_pin_is_not_taken_and_the_reason_is_said(shop: Shop) -> None:
    with shop.box.transaction():
        refused("pin_weak_ladder", lambda: shop.staff.add(name_zh="新", name_en="New", role="cashier", pin="345678"))


@pytest.mark.parametrize("pin", ["271828", "905713", "123468", "19870416"])
def test_other_pins_are(shop: Shop, pin: str) -> None:
    with shop.box.transaction():
        shop.staff.add(name_zh="新", name_en="New", role="cashier", pin=pin)


def test_a_wrong_pin_is_refused_and_noted(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    assert refused("pin_wrong", try_pin, shop).status == 403
    body = shop.one("SELECT body FROM journal WHERE stream = 'a' ORDER BY seq DESC LIMIT 1")
    assert '"audit.login_failed"' in body and WRONG not in body
    assert WRONG not in caplog.text


def test_nobody_is_not_somebody(shop: Shop) -> None:
    assert refused("staff_unknown", shop.staff.log_in, "1", "nobody", WRONG, "en").status == 404


def test_who_has_left_cannot_log_in(shop: Shop) -> None:
    uid = shop.person("cashier").uid
    shop.db.execute_sql("UPDATE staff SET active = 0 WHERE role = 'cashier'")
    refused("staff_unknown", shop.staff.log_in, "1", uid, PINS["cashier"], "en")
    assert [person.role for person in shop.staff.people()] == ["manager"]


@pytest.mark.fault("F110")
def test_after_five_wrong_ones_it_waits_ever_longer(shop: Shop) -> None:
    for _ in range(FREE_TRIES):
        refused("pin_wrong", try_pin, shop)
    waits = []
    for _ in range(7):
        waits.append(refused("pin_wait", try_pin, shop).params["seconds"])
        refused("pin_wait", try_pin, shop, PINS["cashier"])  # the right one has to wait as well
        shop.clock.advance(float(waits[-1]))
        refused("pin_wrong", try_pin, shop)
    assert waits == [60, 120, 240, 480, 900, 900, 900]


@pytest.mark.fault("F110")
def test_a_day_of_guessing_gets_a_hundred_tries(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shop.staff, "_verify", lambda hashed, pin: False)
    tries = 0
    end = shop.clock.mono_ns() + 86_400 * 10**9
    while shop.clock.mono_ns() < end:
        try:
            try_pin(shop)
        except ShopError as error:
            tries += error.slug == "pin_wrong"
            if error.slug == "pin_wait":
                shop.clock.advance(float(str(error.params["seconds"])))
    assert tries <= 110


@pytest.mark.fault("F110")
def test_the_right_pin_clears_the_count(shop: Shop) -> None:
    for _ in range(FREE_TRIES - 1):
        refused("pin_wrong", try_pin, shop)
    try_pin(shop, PINS["cashier"])
    for _ in range(FREE_TRIES - 1):
        refused("pin_wrong", try_pin, shop)
    try_pin(shop, PINS["cashier"])


@pytest.mark.fault("F110")
def test_the_count_is_by_person_on_every_lane_and_by_lane_for_every_person(shop: Shop) -> None:
    for _ in range(FREE_TRIES):
        refused("pin_wrong", try_pin, shop)
    refused("pin_wait", try_pin, shop, PINS["cashier"], "cashier", "2")
    refused("pin_wait", try_pin, shop, PINS["manager"], "manager", "1")
    try_pin(shop, PINS["manager"], "manager", "2")


@pytest.mark.fault("F110")
def test_neither_a_restart_nor_a_reboot_nor_a_clock_change_helps(shop: Shop) -> None:
    for _ in range(FREE_TRIES + 1):
        try:
            try_pin(shop)
        except ShopError:
            shop.clock.advance(0.1)
    shop.restart()
    refused("pin_wait", try_pin, shop, PINS["cashier"])
    shop.clock.set_wall(shop.clock.now_us() + 400 * DAY_US)
    refused("pin_wait", try_pin, shop, PINS["cashier"])
    shop.reboot()
    assert refused("pin_wait", try_pin, shop, PINS["cashier"]).params["seconds"] == 60, "the wait begins again"
    shop.clock.advance(59)
    refused("pin_wait", try_pin, shop, PINS["cashier"])
    shop.clock.advance(1)
    try_pin(shop, PINS["cashier"])


def test_the_longest_wait_is_a_quarter_of_an_hour() -> None:
    assert [wait_after(n) for n in (0, 4, 5, 6, 9, 10_000)] == [0, 0, 60, 120, MAX_WAIT_S, MAX_WAIT_S]


# -- approval ---------------------------------------------------------------------------------------------------------


def test_approval_needs_somebody_who_may_alone(shop: Shop) -> None:
    cashier, manager = shop.person("cashier"), shop.person("manager")
    ask = shop.staff.approve
    assert ask("sale.void", "1", cashier, manager.uid, PINS["manager"]) == manager
    assert ask("sale.void", "1", manager, manager.uid, PINS["manager"]) == manager
    refused("approval_other", ask, "sale.void", "1", cashier, cashier.uid, PINS["cashier"])
    refused("pin_wrong", ask, "sale.void", "1", cashier, manager.uid, PINS["cashier"])


def test_nobody_can_approve_what_one_may_not_even_ask(shop: Shop) -> None:
    from dataclasses import replace

    technician = replace(shop.person("cashier"), role="technician")
    manager = shop.person("manager")
    refused("denied", shop.staff.approve, "sale.void", "1", technician, manager.uid, PINS["manager"])


# -- sessions ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def token(shop: Shop) -> str:
    return shop.staff.open_session(shop.person("cashier"), "1", "en")[0]


@pytest.mark.fault("F22", "F23")
@pytest.mark.parametrize("days", [400, -400, 40, -40])
def test_a_step_of_the_clock_ends_no_session(shop: Shop, token: str, days: int) -> None:
    shop.clock.set_wall(shop.clock.now_us() + days * DAY_US)
    assert shop.staff.session(token) is not None


@pytest.mark.fault("F22", "F23")
@pytest.mark.parametrize("days", [400, -400])
def test_a_sale_goes_on_over_a_step_of_the_clock(shop: Shop, days: int) -> None:
    till = shop.tills["1"]
    till.log_in()
    till.sell()
    till.attach("gold")
    till.scan(MILK)
    shop.clock.set_wall(shop.clock.now_us() + days * DAY_US)
    till.scan(MILK)
    till.pay_cash()
    assert shop.numbers() == [1, 2]
    times = [at for (at,) in shop.ask("SELECT at_us FROM sale WHERE lane = '1' ORDER BY id")]
    assert (times[1] > times[0]) == (days > 0), "the wall clock is written down but orders nothing"
    assert shop.ask("SELECT DISTINCT business_date FROM sale WHERE lane = '1'") == [("2026-11-22",)]


@pytest.mark.fault("F111")
def test_a_session_ends_after_a_long_shift(shop: Shop, token: str) -> None:
    for _ in range(14 * 15):
        shop.clock.advance(4 * 60)  # somebody is at the till all the time
        found = shop.staff.session(token)
        assert found is not None
        shop.staff.idle.touch(found)
    shop.clock.advance(1)
    assert shop.staff.session(token) is None
    assert shop.ask("SELECT * FROM session") == []


@pytest.mark.fault("F111")
def test_a_session_ends_with_the_boot_but_not_with_the_process(shop: Shop, token: str) -> None:
    shop.restart()
    assert shop.staff.session(token) is not None
    shop.reboot()
    assert shop.staff.session(token) is None


def test_a_session_ends_at_log_out_and_when_its_person_leaves(shop: Shop, token: str) -> None:
    other, session = shop.staff.open_session(shop.person("cashier"), "2", "en")
    shop.staff.log_out(session)
    assert shop.staff.session(other) is None
    assert shop.staff.session(token) is not None
    shop.db.execute_sql("UPDATE staff SET active = 0")
    shop.staff.forget()
    assert shop.staff.session(token) is None


@pytest.mark.fault("F111")
def test_who_comes_to_a_lane_ends_the_session_of_who_left_without_logging_out(shop: Shop, token: str) -> None:
    mine, _ = shop.staff.open_session(shop.person("manager"), "1", "en")
    assert shop.staff.session(token) is None
    assert shop.staff.session(mine) is not None


@pytest.mark.parametrize("token", ["", "x", "0" * 64])
def test_a_made_up_token_is_nobodys(shop: Shop, token: str) -> None:
    assert shop.staff.session(token) is None


def test_the_language_stays_with_the_session(shop: Shop, token: str) -> None:
    session = shop.staff.session(token)
    assert session is not None
    shop.staff.set_lang(session, "zh-CN")
    again = shop.staff.session(token)
    assert again is not None and again.lang == "zh-CN"


def test_a_scan_is_taken_for_who_logged_in_last(shop: Shop) -> None:
    assert shop.staff.working_at("1") is None
    shop.staff.open_session(shop.person("cashier"), "1", "en")
    shop.clock.advance(1)
    shop.staff.open_session(shop.person("manager"), "1", "en")
    found = shop.staff.working_at("1")
    assert found is not None and found.person.role == "manager"
    assert shop.staff.working_at("2") is None
    shop.reboot()
    assert shop.staff.working_at("1") is None
