"""The technician's page: who may come in, what it shows, what it never shows, and how it looks on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from edge.codes import member_code, staff_code
from edge.health.desk import masked
from tests.web.cashier import Client
from tests.web.shop import CASHIER, MANAGER, TECHNICIAN, Shop, wait

DESK = "~tech"
PHONE, LAPTOP = (360, 740), (1366, 768)
CARD, BADGE, PAYMENT, BANK = member_code(4200001), staff_code(1001), "130123456789012345", "4111111111111111"


@pytest.fixture
def technician(client: Client) -> Client:
    """A technician's requests, logged in at the desk."""
    assert client.log_in(TECHNICIAN, DESK).status_code == 200
    return client


def state(client: Client) -> dict[str, Any]:
    answer = client.get("/api/tech/state")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


# ---- who may come in


def test_without_log_in_the_page_leads_to_the_pin(client: Client) -> None:
    answer = client.get("/tech")
    assert answer.status_code == 302 and answer.headers["Location"].startswith(f"/login/{DESK}")
    assert client.get("/api/tech/state").status_code == 401


def test_a_cashier_is_not_let_in_and_is_not_even_asked(client: Client) -> None:
    assert CASHIER not in client.get(f"/login/{DESK}").text
    answer = client.log_in(CASHIER, DESK)
    assert answer.status_code == 403 and answer.json["type"] == "tillbox:denied"
    assert client.get("/api/tech/state").status_code == 401


def test_a_cashier_s_session_at_a_till_is_none_at_the_desk(client: Client) -> None:
    client.log_in(CASHIER)
    assert client.get("/tech").status_code == 302
    client.log_in(MANAGER)
    assert client.get("/tech").status_code == 302, "a manager's neither: each place has its own log-in"


def test_a_technician_at_the_desk_takes_no_till_away_from_its_cashier(shop: Shop, client: Client) -> None:
    client.log_in(CASHIER)
    client.log_in(TECHNICIAN, DESK)
    code, name, _ = shop.product()
    shop.scan(code)
    wait(lambda: client.view()["basket"]["lines"])
    assert client.view()["basket"]["lines"][0]["qty"] == 1000
    assert client.view()["staff"]["role"] == "cashier"
    assert client.post("/api/logout", {"lane": DESK}).status_code == 200
    assert client.get("/api/tech/state").status_code == 401
    assert client.view()["staff"]["role"] == "cashier"


# ---- checks, devices, test prints


def test_checks_run_on_wish_and_come_in_the_language_of_the_screen(technician: Client) -> None:
    assert technician.post("/api/tech/check").status_code == 200
    wait(lambda: state(technician)["checks"] and not state(technician)["checking"], 40)
    checks = {check["check"]: check for check in state(technician)["checks"]["checks"]}
    assert checks["ports"]["level"] == "ok" and checks["database"]["level"] == "ok"
    assert checks["devices"]["name"] == "设备"
    technician.post("/api/lang", {"lang": "en", "lane": DESK})
    checks = {check["check"]: check for check in state(technician)["checks"]["checks"]}
    assert checks["devices"]["name"] == "Devices"
    assert all(f["remedy"] for c in checks.values() for f in c["findings"] if f["level"] != "ok")


def test_a_fault_at_a_printer_shows_at_once_and_goes_when_it_is_mended(shop: Shop, technician: Client) -> None:
    def status() -> str:
        return next(d["printer"] for d in state(technician)["devices"] if d["name"] == "printer-1")

    shop.printer("no_paper")
    wait(lambda: status() == "no_paper")
    shop.printer("no_paper", False)
    wait(lambda: status() == "ok")


def test_a_part_that_stays_off_shows_at_the_till_and_at_the_desk(
    shop: Shop, client: Client, technician: Client
) -> None:
    client.log_in(CASHIER)
    parts = {part.name: part for part in shop.daemon.supervisor.parts}
    off = [parts[name] for name in ("printer:printer-1", "input:scanner-1", "learn")]

    def chips() -> tuple[str, str]:
        shown = client.view()["chips"]
        return shown["printer"]["state"], shown["scanner"]["state"]

    wait(lambda: chips() == ("ok", "ready"))
    try:
        for part in off:
            part.degraded = True
        seen = chips()
        devices = {device["name"]: device for device in state(technician)["devices"]}
    finally:
        for part in off:
            part.degraded = False
    assert seen == ("offline", "lost")
    assert {name for name, device in devices.items() if device["state"] == "closed"} == {
        "printer-1", "scanner-1", "learn"
    }  # fmt: skip
    assert devices["learn"]["kind"] == "device" and devices["printer-1"]["printer"] == "offline"


def test_a_test_print_comes_out_and_says_so(shop: Shop, technician: Client) -> None:
    before, sales = shop.papers(), shop.sales()

    def outcome() -> dict[str, Any] | None:
        return next(d["test"] for d in state(technician)["devices"] if d["name"] == "printer-1" and not d["testing"])

    assert technician.post("/api/tech/print", {"printer": "printer-1"}).status_code == 200
    wait(lambda: any(d.get("test") for d in state(technician)["devices"]))
    assert outcome()["state"] == "printed"  # type: ignore[index]
    assert shop.papers() == before + 1 and shop.sales() == sales
    shop.printer("no_paper")
    technician.post("/api/tech/print", {"printer": "printer-1"})
    wait(lambda: any((d.get("test") or {}).get("reason") == "no_paper" for d in state(technician)["devices"]))
    assert shop.papers() == before + 1


def test_an_unknown_printer_is_refused(technician: Client) -> None:
    assert technician.post("/api/tech/print", {"printer": "printer-9"}).status_code == 404
    assert technician.post("/api/tech/print", {}).status_code == 400


# ---- scans


def test_scans_are_shown_with_cards_and_payment_codes_masked(shop: Shop, technician: Client) -> None:
    code, _, _ = shop.product()
    for text in (code, CARD, BADGE, PAYMENT, BANK, CARD[:-1] + str((int(CARD[-1]) + 1) % 10)):
        before = len(state(technician)["scans"]) and state(technician)["scans"][0]["seq"]
        shop.scan(text)
        wait(lambda before=before: (state(technician)["scans"] or [{"seq": 0}])[0]["seq"] > before)  # type: ignore[misc]
    newest = state(technician)["scans"][:6]
    assert [scan["kind"] for scan in reversed(newest)][:4] == ["product", "member", "staff", "payment"]
    said = str(state(technician)["scans"])
    assert code in said
    for secret in (CARD, BADGE, PAYMENT, BANK, CARD[3:-2], BANK[4:12]):
        assert secret not in said


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [("product", "6901234567892", "6901234567892"), ("label", "2110101012340", "2110101012340"),
     ("bad_check", "6901234567893", "6901234567893"), ("unknown", "ABC-1", "ABC-1"),
     ("unknown", "4111111111111112", "411••••12"), ("member", CARD, "TBX••••" + CARD[-2:]),
     ("payment", "13••••", "••••"),
     ("unknown", "https://evil.example/?q=" + "1" * 20, "htt••••11")],
)  # fmt: skip
def test_masks(kind: str, text: str, shown: str) -> None:
    assert masked(kind, text) == shown


# ---- before the eyes


@pytest.fixture(params=[PHONE, LAPTOP], ids=["phone", "laptop"])
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    found: tuple[int, int] = request.param
    return found


@pytest.fixture(params=["zh-CN", "en"])
def eyes(
    shop: Shop, browser: Browser, windows: ExitStack, size: tuple[int, int], request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A technician who has just typed the PIN; script errors and refused resources fail the test."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, base_url=shop.address)
    windows.callback(context.close)
    context.add_cookies([{"name": "tillbox-lang", "value": request.param, "url": shop.address}])
    page, wrong = context.new_page(), list[str]()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.goto("/tech")
    look_closely(page)
    page.locator(f"[data-uid='{shop.uid(TECHNICIAN)}']").click()
    for digit in shop.pin(TECHNICIAN):
        page.locator(f"[data-key='{digit}']").click()
    page.locator("#go").click()
    expect(page.locator(".check").first).to_be_visible(timeout=40_000)
    yield page
    assert not wrong


def look_closely(page: Page) -> None:
    """What must hold of every screen: no accessibility violation, no sideways scrolling, targets of 48 and more."""
    found = Axe().run(page)
    assert not found.response["violations"], found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = page.evaluate(
        "[...document.querySelectorAll('a, button')].filter(e => e.offsetParent).filter(e => {"
        "const box = e.getBoundingClientRect(); return Math.min(box.width, box.height) < 48}).map(e => e.outerHTML)"
    )
    assert small == []


def test_every_section_in_both_languages_on_phone_and_laptop(shop: Shop, eyes: Page, size: tuple[int, int]) -> None:
    shop.scan(shop.product()[0])
    for section in ("checks", "devices", "scans"):
        eyes.locator(f".tech-nav a[href='#{section}']").click()
        expect(eyes.locator(f"#{section}")).to_be_visible()
        assert eyes.locator(".panel:visible").count() == (1 if size == PHONE else 3)
        look_closely(eyes)
    expect(eyes.locator("#scan-list .scan").first).to_contain_text(shop.product()[0])


def test_p1_a_test_print_is_one_tap(shop: Shop, eyes: Page) -> None:
    before = shop.papers()
    eyes.locator(".tech-nav a[href='#devices']").click()
    eyes.locator(".device", has_text="printer-1").locator(".test").click()
    wait(lambda: shop.papers() == before + 1)
    expect(eyes.locator(".device", has_text="printer-1").locator(".outcome")).to_have_attribute("data-level", "ok")
