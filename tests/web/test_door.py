"""Who stands at the till: badges, a change of person that keeps the cart, and the way back after a forgotten PIN."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect

from edge import staff_admin
from edge.codes import staff_code
from edge.staff_admin import Desk
from tests.web.cashier import Cashier, Client
from tests.web.shop import CASHIER, MANAGER, SECOND, Shop, wait
from tests.web.test_access import CLOSE_JS, LANGS, SMALL_JS, clean
from web.auth import screen_cookie

NEW = "660742"


def badge(shop: Shop, name: str) -> str:
    """The code of a person's badge."""
    return str(shop.box.db.execute_sql("SELECT badge FROM staff WHERE name_en = ?", (name,)).fetchone()[0])


def code_for(shop: Shop, name: str) -> str:
    """A manager's code for somebody's forgotten PIN."""
    manager = next(person for person in shop.daemon.staff.people() if person.name_en == MANAGER)
    return staff_admin.make_code(shop.daemon.staff, Desk(manager), shop.uid(name))


def held(shop: Shop, name: str) -> str:
    """Somebody holds a badge under lane 1's scanner; the ticket that the lane's own screen is told."""
    shop.scan(badge(shop, name))
    till = shop.daemon.tills["1"]
    wait(lambda: till.ticket is not None)
    assert till.ticket is not None
    return till.ticket.secret


@pytest.fixture
def old_pins(shop: Shop) -> Iterator[None]:
    """Everybody has their own PIN again afterwards."""
    before = shop.box.db.execute_sql("SELECT id, pin_hash FROM staff").fetchall()
    yield
    for number, hashed in before:
        shop.box.db.execute_sql("UPDATE staff SET pin_hash = ? WHERE id = ?", (hashed, number))
    shop.box.db.execute_sql("DELETE FROM pin_code")


# -- bare requests ----------------------------------------------------------------------------------------------------


def test_a_badge_opens_the_lanes_own_screen_and_no_other_browser(client: Client) -> None:
    client.log_in(CASHIER)
    client.post("/api/logout", {"lane": "1"})
    stranger = Client(client.shop)
    ticket = held(client.shop, SECOND)
    answer = stranger.get("/api/login/1/stream")
    assert (answer.status_code, answer.json["type"]) == (403, "tillbox:badge_gone")  # type: ignore[index]
    assert stranger.post("/api/login", {"lane": "1", "ticket": ticket}).status_code == 403
    assert client.post("/api/login", {"lane": "1", "ticket": ticket}).status_code == 200
    assert client.view()["staff"]["name"] == "赵雨"
    assert client.post("/api/login", {"lane": "1", "ticket": ticket}).status_code == 403


def test_the_screen_is_where_somebody_typed_a_pin_last(client: Client) -> None:
    client.log_in(CASHIER)
    other = Client(client.shop)
    other.log_in(SECOND)
    ticket = held(client.shop, MANAGER)
    assert client.post("/api/login", {"lane": "1", "ticket": ticket}).status_code == 403
    assert other.post("/api/login", {"lane": "1", "ticket": ticket}).status_code == 200
    assert other.flask.get_cookie(screen_cookie("1"), "127.0.0.1") is not None


def test_a_typed_badge_is_refused_at_the_screen(client: Client) -> None:
    client.log_in(CASHIER)
    answer = client.do("scan", code=badge(client.shop, MANAGER))
    assert (answer.status_code, answer.json["type"]) == (403, "tillbox:badge_typed")  # type: ignore[index]


@pytest.mark.fault("F103")
def test_a_code_leads_to_a_new_pin_and_only_there(client: Client, old_pins: None) -> None:
    answer = client.log_in(CASHIER, pin=code_for(client.shop, CASHIER))
    assert answer.status_code == 200 and answer.json["ok"] is False  # type: ignore[index]
    assert client.get("/api/till/1/state").status_code == 401, "not logged in by the code alone"
    ticket = answer.json["choose"]  # type: ignore[index]
    weak = client.post("/api/login/pin", {"lane": "1", "ticket": ticket, "pin": "123456"})
    assert (weak.status_code, weak.json["type"]) == (422, "tillbox:pin_weak_ladder")  # type: ignore[index]
    assert client.post("/api/login/pin", {"lane": "1", "ticket": ticket, "pin": NEW}).status_code == 200
    assert client.view()["staff"]["name"] == "陈晓"
    assert client.log_in(CASHIER, pin=NEW).status_code == 200


def test_a_cashier_is_refused_at_the_technicians_desk_before_the_pin(client: Client) -> None:
    body = {"lane": "~tech", "staff": client.shop.uid(CASHIER), "pin": "000001"}
    answer = client.post("/api/login", body)
    assert (answer.status_code, answer.json["type"]) == (403, "tillbox:denied")  # type: ignore[index]


def test_what_the_shop_denies_to_cashiers_is_refused_at_the_route(client: Client) -> None:
    shop = client.shop
    client.log_in(CASHIER)
    rules = shop.box.rules.permissions
    rules["sale.void"] = "deny"
    try:
        assert client.do("void", sale="none", reason="x").json["type"] == "tillbox:denied"  # type: ignore[index]
    finally:
        del rules["sale.void"]


# -- in the browser ---------------------------------------------------------------------------------------------------


def type_pin(page: Page, pin: str, then: str = "Enter") -> None:
    """By the keyboard, as a person does."""
    for digit in pin:
        page.keyboard.press(digit, delay=20)
    page.wait_for_timeout(120)
    page.keyboard.press(then)


def test_a_badge_at_an_open_till_changes_the_person_and_keeps_the_cart(till: Cashier) -> None:
    till.scan(till.shop.product()[0])
    till.shop.scan(badge(till.shop, SECOND))
    expect(till.page.locator("#initial")).to_have_text("Y", timeout=8000)
    expect(till.lines()).to_have_count(1)
    assert till.taps == 0


def test_a_badge_at_the_locked_till_lets_its_holder_in(till: Cashier) -> None:
    till.scan(till.shop.product()[0])
    till.tap("#me")
    till.tap("#lock")
    till.see(".who .note", "The cart is kept. It holds 1 line.")
    till.see(".who p >> nth=0", "Scan your badge")
    till.page.wait_for_timeout(400)
    till.shop.scan(staff_code(999))
    till.see("#problem", "No staff member has this badge.")
    till.shop.scan(badge(till.shop, SECOND))
    expect(till.page.locator("#initial")).to_have_text("Y", timeout=8000)
    expect(till.lines()).to_have_count(1)


def test_another_person_takes_over_in_two_taps_and_a_pin(till: Cashier) -> None:
    till.scan(till.shop.product()[0])
    till.tap("#me")
    expect(till.page.locator("#who-title")).to_have_text("Who takes over?")
    till.visible("#dots[aria-label]")
    till.tap(f'.person:has-text("{SECOND}")')
    type_pin(till.page, till.shop.pin(SECOND))
    expect(till.page.locator("#initial")).to_have_text("Y")
    expect(till.lines()).to_have_count(1)
    assert till.taps == 2


def test_who_looked_only_goes_back_and_is_still_logged_in(till: Cashier) -> None:
    till.tap("#me")
    till.tap('a:has-text("Back (Xiao Chen)")')
    expect(till.page.locator("#initial")).to_have_text("X")
    till.tap("#me")
    till.tap("#lock")
    expect(till.page.locator("#who-title")).to_have_text("Who is at the till?")
    assert till.shop.daemon.staff.working_at("1") is None


@pytest.mark.fault("F103")
def test_who_forgot_the_pin_types_the_managers_code_and_chooses_another(
    shop: Shop, browser: Browser, windows: ExitStack, old_pins: None
) -> None:
    context = browser.new_context(base_url=shop.address, viewport={"width": 1280, "height": 800})
    windows.callback(context.close)
    page = context.new_page()
    page.goto("/login/1")
    page.locator("#language[lang=en]").click()
    expect(page.locator("#dots[aria-label='0 digits entered']")).to_be_visible()
    page.locator(".person", has_text=CASHIER).click()
    type_pin(page, code_for(shop, CASHIER))
    expect(page.locator("#pin-title")).to_have_text(f"New PIN for {CASHIER}")
    type_pin(page, "5201314")
    expect(page.locator("#pin-title")).to_have_text("Type the new PIN again")
    type_pin(page, "5201314")
    expect(page.locator("#problem")).to_have_text("Many people use this PIN. Choose another.")
    type_pin(page, NEW)
    type_pin(page, "660743")
    expect(page.locator("#problem")).to_have_text("The two entries differ. Type the new PIN again.")
    type_pin(page, NEW)
    type_pin(page, NEW)
    expect(page.locator("#initial")).to_have_text("X")


def test_a_pin_is_renewed_with_the_old_one(till: Cashier, old_pins: None) -> None:
    till.tap("#me")
    till.tap(f'.person:has-text("{CASHIER}")')
    for digit in till.shop.pin(CASHIER):
        till.page.keyboard.press(digit)
    till.tap("#renew")
    expect(till.page.locator("#pin-title")).to_have_text(f"New PIN for {CASHIER}")
    type_pin(till.page, NEW)
    type_pin(till.page, NEW)
    expect(till.page.locator("#initial")).to_have_text("X")
    till.shop.daemon.staff.prove("2", till.shop.uid(CASHIER), NEW, "test")


@pytest.mark.parametrize("size", [(1280, 800), (1024, 600)])
@pytest.mark.parametrize("lang", LANGS)
def test_everybody_can_use_the_log_in(
    shop: Shop, browser: Browser, windows: ExitStack, old_pins: None, lang: str, size: tuple[int, int]
) -> None:
    till = Cashier.at(shop, browser, windows, CASHIER, lang, size=size)
    till.scan(shop.product()[0], shop.product(1)[0])
    page = till.page
    till.tap("#me")
    expect(page.locator("#dots[aria-label]")).to_be_visible()
    found = clean(page, "change person")
    found += page.evaluate(SMALL_JS)
    assert page.evaluate(CLOSE_JS, "button, a") == []
    page.locator(f'.person[data-uid="{shop.uid(SECOND)}"]').click()
    type_pin(page, code_for(shop, SECOND))
    expect(page.locator("#renew")).to_be_hidden()
    type_pin(page, "123456")
    type_pin(page, "123456")
    expect(page.locator("#problem")).not_to_be_empty()
    found += clean(page, "new PIN")
    found += page.evaluate(SMALL_JS)
    assert not found, "\n".join(found)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert page.locator("#go").is_visible()
    inside = "() => document.getElementById('go').getBoundingClientRect().bottom <= innerHeight"
    assert page.evaluate(inside), "the button is on the screen without scrolling"
