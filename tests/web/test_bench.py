"""The device bench: taps go the way of real scans, two lanes never mix, faults show on the till."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.web.cashier import Cashier, Client
from tests.web.shop import wait


@pytest.fixture
def bench(till: Cashier) -> Page:
    """The bench in a second window beside lane 1's till."""
    page = till.page.context.new_page()
    page.on("pageerror", lambda error: till.wrong.append(str(error)))
    page.goto("/bench")
    expect(page.locator("#devices li").first).to_be_visible()
    return page


def test_a_tapped_product_is_on_the_till_of_its_lane_only(till: Cashier, bench: Page) -> None:
    bench.locator(".taps .scanner").first.click()
    expect(bench.locator(".lane").nth(0).locator("ol b").first).not_to_be_empty()
    expect(bench.locator(".lane").nth(1)).to_contain_text("The cart is empty")
    bench.locator("#aim button").nth(1).click()
    bench.locator(".taps .scanner").nth(1).click()
    expect(bench.locator(".lane").nth(1)).to_contain_text("Log in first")
    till.page.bring_to_front()
    expect(till.lines()).to_have_count(1)


def test_a_member_card_goes_through_the_card_reader(till: Cashier, bench: Page) -> None:
    bench.locator(".taps .cardreader").first.click()
    expect(bench.locator(".lane .facts").first).to_contain_text("points")
    till.page.bring_to_front()
    till.visible("#member")


def test_every_bad_code_gets_its_words(till: Cashier, bench: Page) -> None:
    for n in range(bench.locator(".taps .bad").count()):
        bench.locator(".taps .bad").nth(n).click()
        expect(bench.locator(".said-here").first).not_to_be_empty()
        assert "This code was not handled" not in bench.locator(".said-here").first.inner_text()


def test_unplug_and_no_paper_show_on_the_till(till: Cashier, bench: Page) -> None:
    bench.locator(".device", has_text="scanner-1").get_by_role("button", name="Unplug", exact=True).click()
    bench.locator(".device", has_text="printer-1").get_by_role("button", name="No paper").click()
    expect(bench.locator(".device", has_text="scanner-1")).to_contain_text("lost")
    till.page.bring_to_front()
    till.see("#chips", "Scanner lost")
    till.see("#chips", "Out of paper")


def test_papers_appear_as_pictures(till: Cashier, bench: Page) -> None:
    till.page.bring_to_front()
    till.scan(till.shop.product()[0])
    till.tap("#pay-cash")
    till.tap("#cash-notes button >> nth=0")
    till.see("#done-print-text", "Receipt printed")
    bench.bring_to_front()
    picture = bench.locator("#papers img").first
    expect(picture).to_be_visible()
    wait(lambda: bench.evaluate("document.querySelector('#papers img').naturalWidth > 100"))


@pytest.mark.fault("F71")
def test_two_scanners_at_once_never_cross_lanes(client: Client) -> None:
    client.post("/api/lang", {"lang": "en"})
    client.log_in("Xiao Chen", "1")
    client.log_in("Min Wang", "2")
    tills = client.shop.daemon.tills
    heard = {lane: tills[lane].seq for lane in "12"}
    for n in range(12):
        client.post("/api/bench/scan", {"device": f"scanner-{n % 2 + 1}", "code": client.shop.product(n % 2)[0]})
    # Each scan makes its lane speak, be it taken or dropped as a repeat; scanners read in threads of their own.
    wait(lambda: all(tills[lane].seq == heard[lane] + 6 for lane in "12"))
    for lane, n in (("1", 0), ("2", 1)):
        names = [line["name"] for line in client.view(lane)["basket"]["lines"]]
        assert names == [client.shop.product(n)[1]]


def test_an_unknown_device_or_fault_is_a_problem(client: Client) -> None:
    for body in ({"device": "x", "code": "1"}, {"device": "printer-1", "code": "1"}):
        assert client.post("/api/bench/scan", body).json["type"] == "tillbox:device_unknown"  # type: ignore[index]
    body = {"device": "scanner-1", "name": "flood", "on": True}
    assert client.post("/api/bench/fault", body).json["type"] == "tillbox:device_unknown"  # type: ignore[index]
    assert client.get("/api/bench/paper/printer-1/999.png").status_code == 404


def test_without_simulated_devices_there_is_no_bench(client: Client) -> None:
    from dataclasses import replace

    from web.base import create_app

    app = create_app(replace(client.shop.daemon.services, bench=None))
    answer = app.test_client().get("/bench", headers={"Host": "127.0.0.1"})
    assert answer.status_code == 404
    assert not [rule for rule in app.url_map.iter_rules() if "bench" in rule.endpoint]
