"""Log-in, lock and the idle lock: PINs can't be guessed, sessions can't be fixed, a till left alone closes itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from edge.guard import FREE_TRIES
from edge.idle import Idle
from tests.web.cashier import Cashier, Client
from tests.web.shop import CASHIER, MANAGER, Shop


def token(client: Client, lane: str = "1") -> str:
    """The session cookie's value, "" without one."""
    cookie = client.flask.get_cookie(f"tillbox-{lane}", "127.0.0.1")
    return cookie.value if cookie else ""


def test_without_log_in_a_page_leads_to_it_and_data_is_refused(client: Client) -> None:
    assert client.get("/till/1").headers["Location"].startswith("/login/1")
    assert client.get("/api/till/1/state").status_code == 401
    client.log_in(CASHIER)
    assert client.get("/till/1").status_code == 200


@pytest.mark.fault("F110")
def test_guessing_pins_soon_means_waiting_even_with_the_right_one(client: Client) -> None:
    for _ in range(FREE_TRIES):
        answer = client.log_in(CASHIER, pin="000001")
        assert (answer.status_code, answer.json["type"]) == (403, "tillbox:pin_wrong")  # type: ignore[index]
    answer = client.log_in(CASHIER)
    assert (answer.status_code, answer.json["type"]) == (429, "tillbox:pin_wait")  # type: ignore[index]
    assert 0 < answer.json["params"]["seconds"] <= 60  # type: ignore[index]
    assert token(client) == ""


@pytest.mark.fault("F110")
def test_the_lane_waits_too_so_that_another_name_is_no_way_round(client: Client) -> None:
    for _ in range(FREE_TRIES):
        client.log_in(CASHIER, pin="000001")
    assert client.log_in(MANAGER).status_code == 429
    assert client.log_in(MANAGER, lane="2").status_code == 200


def test_each_log_in_makes_a_new_session_and_ends_the_one_before(client: Client) -> None:
    client.log_in(CASHIER)
    first = token(client)
    client.log_in(MANAGER)
    assert token(client) not in ("", first)
    client.flask.set_cookie("tillbox-1", first, domain="127.0.0.1")
    assert client.get("/api/till/1/state").status_code == 401


def test_a_session_made_up_before_the_log_in_is_worth_nothing(client: Client) -> None:
    client.flask.set_cookie("tillbox-1", "f" * 64, domain="127.0.0.1")
    assert client.get("/api/till/1/state").status_code == 401
    client.log_in(CASHIER)
    assert token(client) != "f" * 64


def test_after_the_lock_the_old_cookie_opens_nothing_and_the_cart_stays(client: Client) -> None:
    client.log_in(CASHIER)
    client.do("scan", code=client.shop.product()[0])
    old = token(client)
    assert client.post("/api/logout", {"lane": "1"}).status_code == 200
    client.flask.set_cookie("tillbox-1", old, domain="127.0.0.1")
    assert client.get("/api/till/1/state").status_code == 401
    client.log_in(MANAGER)
    assert client.view()["basket"]["count"] == 1 and client.view()["staff"]["role"] == "manager"


@pytest.mark.fault("F111")
def test_a_till_left_alone_locks_itself(client: Client) -> None:
    client.log_in(CASHIER)
    guard: Idle = client.shop.daemon.app.extensions["tillbox.door"].idle
    limit, guard.limit_ns = guard.limit_ns, lambda: 0
    try:
        assert client.get("/api/till/1/state").status_code == 401
    finally:
        guard.limit_ns = limit
    assert client.get("/api/till/1/state").status_code == 401, "the session has ended, not paused"


def test_tiles_then_pin_then_the_till(shop: Shop, browser: Browser) -> None:
    page = browser.new_page(base_url=shop.address)
    page.goto("/till/1")
    page.locator("#language[lang=en]").click()
    expect(page.locator("h2").first).to_have_text("Who is at the till?")
    expect(page.locator("#go")).to_be_disabled()
    page.locator(".person", has_text=CASHIER).click()
    for digit in "999999":
        page.locator(f'#pad [data-key="{digit}"]').click()
    page.locator("#go").click()
    expect(page.locator("#problem")).to_have_text("The PIN is wrong.")
    page.keyboard.type(shop.pin(CASHIER))
    page.keyboard.press("Enter")
    expect(page.locator("#initial")).to_have_text("X")
    page.go_back()
    page.close()


def test_the_lock_button_and_then_the_back_button_show_nothing(till: Cashier) -> None:
    till.scan(till.shop.product()[0])
    till.tap("#do-more")
    till.tap("#more-lock")
    expect(till.page).to_have_url(f"{till.shop.address}/login/1")
    till.page.go_back()
    expect(till.page.locator("#pin-title")).to_be_visible()
    expect(till.lines()).to_have_count(0)


@pytest.mark.fault("F111")
def test_the_open_screen_of_an_ended_session_goes_to_the_log_in(till: Cashier) -> None:
    till.shop.box.db.execute_sql("DELETE FROM session")
    till.shop.daemon.staff.forget()
    expect(till.page.locator("#pin-title")).to_be_visible(timeout=8000)
