"""The cashier's main job before a real browser: scans, taps, keys, cash, and everything that goes wrong on the way."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Route, expect

from edge.base.money import CURRENCIES, fmt_money
from tests.web.cashier import Cashier
from tests.web.shop import CASHIER, MANAGER, Shop, wait


def yuan(fen: int) -> str:
    """As screens write it."""
    return fmt_money(fen, CURRENCIES["CNY"])


def goods(shop: Shop, count: int) -> tuple[list[str], int]:
    """(codes, sum of prices) of the first frequent products."""
    chosen = [shop.product(n) for n in range(count)]
    return [code for code, _, _ in chosen], sum(price for _, _, price in chosen)


def test_three_scanned_items_and_cash_take_two_taps_and_the_next_sale_none(till: Cashier) -> None:
    codes, total = goods(till.shop, 3)
    before = till.shop.sales()
    till.scan(*codes)
    expect(till.lines()).to_have_count(3)
    till.tap("#pay-cash")
    till.tap("#cash-notes button >> nth=0")
    till.visible("#done")
    assert till.taps == 2
    till.see("#done-received", f"To pay {yuan(total)} · received {yuan(total)}")
    assert till.shop.sales() == before + 1
    till.scan(codes[0])
    till.visible("#done", False)
    expect(till.lines()).to_have_count(1)
    assert till.taps == 2


def test_an_odd_amount_is_typed_and_the_change_is_shown_before_and_after(till: Cashier) -> None:
    codes, total = goods(till.shop, 2)
    till.scan(*codes)
    till.key("F9")
    till.key(*"1")
    till.see("#cash-change-label", "Short by")
    expect(till.page.locator("#cash-finish")).to_be_disabled()
    till.key(*"00")
    till.see("#cash-change", yuan(10_000 - total))
    till.key("Backspace", "0", "Enter")
    till.visible("#done")
    till.see("#done-change", yuan(10_000 - total))
    till.see("#done-print-text", "Receipt printed")


@pytest.mark.fault("F90")
def test_a_double_tap_on_pay_is_one_sale(till: Cashier) -> None:
    codes, _ = goods(till.shop, 1)
    before = till.shop.sales()
    till.scan(*codes)
    till.tap("#pay-cash")
    till.page.evaluate(
        "() => { const note = document.querySelector('#cash-notes button');"
        " for (let i = 0; i < 3; i++) note.click(); document.getElementById('cash-finish').click(); }"
    )
    till.visible("#done")
    till.page.wait_for_timeout(300)
    assert till.shop.sales() == before + 1


@pytest.mark.fault("F90")
def test_a_payment_whose_answer_got_lost_is_found_again(till: Cashier) -> None:
    """The first answer never arrives; the cashier presses again: one sale, and its change on the screen."""
    codes, _ = goods(till.shop, 1)
    before = till.shop.sales()
    till.scan(*codes)
    till.page.route("**/stream", lambda route: route.abort())

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    till.page.route("**/pay", lose, times=1)
    till.tap("#pay-cash")
    till.tap("#cash-notes button >> nth=0")
    if till.page.locator("#cash-problem").is_visible():
        till.see("#cash-problem", "Nothing is lost")
        till.tap("#cash-notes button >> nth=0")
    till.visible("#done")
    assert till.shop.sales() == before + 1


@pytest.mark.fault("F91", "F93")
def test_a_reload_in_the_middle_of_a_payment_loses_nothing(till: Cashier) -> None:
    codes, _ = goods(till.shop, 2)
    before = till.shop.sales()
    till.scan(*codes)
    till.tap("#pay-cash")
    till.open()
    expect(till.lines()).to_have_count(2)
    till.tap("#pay-cash")
    with till.page.expect_request("**/pay"):
        till.page.locator("#cash-notes button").first.click(no_wait_after=True)
    till.open()
    wait(lambda: till.shop.sales() == before + 1)
    till.visible("#done")
    till.open()
    till.visible("#done")
    assert till.shop.sales() == before + 1


@pytest.mark.fault("F91")
def test_a_second_window_takes_over_and_the_first_says_so(till: Cashier) -> None:
    till.scan(till.shop.product()[0])
    second = till.page.context.new_page()
    second.goto("/till/1")
    expect(second.locator("#lines .line")).to_have_count(1)
    till.see("#taken", "This till is open in another window")
    till.page.bring_to_front()
    till.tap("#take-over")
    till.visible("#taken", False)
    expect(second.locator("#taken")).to_be_visible()
    till.scan(till.shop.product(1)[0])
    expect(till.lines()).to_have_count(2)


@pytest.mark.parametrize(
    ("code", "words", "shown"),
    [
        pytest.param("5901234123457", "Unknown barcode", "5901234123457", marks=pytest.mark.fault("F77")),
        pytest.param("6901234567890", "The check digit is wrong", "6901234567890", marks=pytest.mark.fault("F78")),
        pytest.param("9" * 4096, "The code is too long", "", marks=pytest.mark.fault("F74")),
        pytest.param("690\x1bp\x0012", "control characters", "", marks=pytest.mark.fault("F74")),
        pytest.param("TBX000000000099", "The check digit is wrong", "", marks=pytest.mark.fault("F78")),
        pytest.param("130123456789012345", "payment code", "13…2345"),
        pytest.param("<img src=x onerror=alert(1)>", "Unknown barcode", "<img src=x", marks=pytest.mark.fault("F75")),
    ],
)
def test_a_bad_code_is_told_in_the_cart_and_changes_nothing(till: Cashier, code: str, words: str, shown: str) -> None:
    till.scan(till.shop.product()[0])
    till.scan(code)
    till.see("#notice-text", words)
    till.see("#notice-code", shown)
    expect(till.lines()).to_have_count(1)
    assert till.page.locator("#notice img").count() == 0
    till.tap("#notice-dismiss")
    till.visible("#notice", False)


@pytest.mark.fault("F77")
def test_find_brings_an_unknown_code_into_the_search(till: Cashier) -> None:
    till.scan("5901234123457")
    till.tap("#notice-find")
    expect(till.page.locator("#q")).to_have_value("5901234123457")
    till.see("#nothing-title", "Nothing found for")
    till.visible("#notice", False)


@pytest.mark.fault("F72")
def test_the_same_code_twice_at_once_counts_once_and_is_said(till: Cashier) -> None:
    code = till.shop.product()[0]
    till.shop.scan(code)
    till.shop.scan(code)
    till.see("#notice-text", "Repeated scan ignored")
    till.see(".line.sel .b", "1 ×")


@pytest.mark.fault("F91")
def test_the_cart_survives_a_restart_of_the_till_and_the_screen_comes_back_by_itself(till: Cashier) -> None:
    codes, _ = goods(till.shop, 2)
    till.scan(*codes)
    till.shop.restart()
    expect(till.lines()).to_have_count(2, timeout=15_000)
    till.see("#restored", "It is not paid")
    till.tap("#restored-ok")
    till.visible("#restored", False)


def test_without_the_till_the_screen_says_so_and_comes_back(till: Cashier) -> None:
    till.page.context.set_offline(True)
    till.shop.daemon.app.extensions["tillbox.hub"].restart()
    till.visible("#link-bar")
    till.see("#chips", "Reconnecting")
    till.page.context.set_offline(False)
    till.visible("#link-bar", False)
    till.scan(till.shop.product()[0])


def test_while_the_stream_lives_nothing_is_polled(till: Cashier) -> None:
    asked: list[str] = []
    till.page.on("request", lambda request: asked.append(request.url))
    till.page.wait_for_timeout(4000)
    assert [url for url in asked if "/static/" not in url] == []  # what is loaded after the first paint is no poll


def test_a_removed_line_comes_back_by_undo_button_and_by_key(till: Cashier) -> None:
    codes, _ = goods(till.shop, 2)
    till.scan(*codes)
    till.tap(".line.sel .del")
    till.see("#undo-text", "Removed: ")
    expect(till.lines()).to_have_count(1)
    till.tap("#do-undo")
    expect(till.lines()).to_have_count(2)
    till.key("Delete")
    expect(till.lines()).to_have_count(1)
    till.key("Control+z")
    expect(till.lines()).to_have_count(2)
    till.tap("#do-more")
    till.tap("#more-clear")
    expect(till.lines()).to_have_count(0)
    till.tap("#do-undo")
    expect(till.lines()).to_have_count(2)


def test_quantity_by_plus_by_number_and_by_multiplier(till: Cashier) -> None:
    first, second = till.shop.product()[0], till.shop.product(1)[0]
    till.scan(first)
    expect(till.page.locator(".ctl button").first).to_be_disabled()
    for _ in range(3):
        till.page.locator(".ctl button").nth(2).click(delay=0)
    till.see(".line.sel .q", "4")
    till.key("F2")
    till.key("2", "5", "Enter")
    till.see(".line.sel .q", "25")
    till.key("1", "2", "*")
    till.see("#times-text", "Next item × 12")
    till.scan(second)
    till.see(".line.sel .q", "12")
    till.visible("#times", False)


def test_a_member_s_card_brings_her_prices_and_points(till: Cashier) -> None:
    till.shop.swipe(till.shop.card(100))
    till.visible("#member")
    till.scan(till.shop.product()[0])
    till.see("#m-earn", "on this sale")
    till.tap("#pay-cash")
    till.tap("#cash-notes button >> nth=0")
    till.see("#done-points", "earned")
    till.key("Enter")
    till.visible("#member", False)


def test_a_member_is_found_by_the_number_on_the_card(till: Cashier) -> None:
    till.key("F4")
    till.key(*"123456789012")
    till.key("Enter")
    till.visible("#find-problem")
    for _ in range(12):
        till.page.keyboard.press("Backspace")
    till.key(*till.shop.card().removeprefix("TBX"))
    till.key("Enter")
    till.visible("#member")
    till.tap("#m-detach")
    till.visible("#member", False)


def test_search_by_name_by_key_and_by_code(till: Cashier) -> None:
    code, name, _ = till.shop.product()
    till.key("/")
    till.page.keyboard.type(name, delay=30)
    expect(till.page.locator(".tile .nm").first).to_have_text(name)
    till.key("Escape")
    expect(till.page.locator("#q")).to_have_value("")
    till.key("/")
    till.page.keyboard.type(code, delay=30)
    till.key("Enter")
    expect(till.lines()).to_have_count(1)
    till.tap("#osk")
    for letter in "zz":
        till.tap(f'[data-osk="{letter}"]')
    expect(till.page.locator("#q")).to_have_value("zz")
    till.tap('[data-osk="hide"]')
    till.visible("#osk-panel", False)


def test_a_sold_out_tile_asks_once_and_then_sells(till: Cashier) -> None:
    product = till.page.locator(".tile").first.locator(".nm").inner_text()
    till.page.route("**/catalog", lambda route: _sold_out(route))
    till.open()
    tile = till.page.locator(".tile", has_text=product).first
    expect(tile).to_contain_text("Sold out")
    tile.click()
    till.see("#ask-text", "The books say sold out")
    till.tap("#ask-ok")
    expect(till.lines()).to_have_count(1)


def _sold_out(route: Route) -> None:
    answer = route.fetch()
    catalog = answer.json()
    for product in catalog["products"]:
        product["stock"] = 0
    route.fulfill(response=answer, json=catalog)


def test_enter_after_a_burst_of_keys_never_pays(till: Cashier) -> None:
    """A scanner that types like a keyboard ends with Enter: that is no confirmation."""
    till.scan(till.shop.product()[0])
    before = till.shop.sales()
    till.key("F9")
    till.page.keyboard.type("6901")
    till.page.keyboard.press("Enter")
    till.page.wait_for_timeout(300)
    till.visible("#cash")
    assert till.shop.sales() == before


def test_a_scan_while_the_cash_dialog_is_open_counts(till: Cashier) -> None:
    codes, total = goods(till.shop, 2)
    till.scan(codes[0])
    till.tap("#pay-cash")
    till.scan(codes[1])
    till.see("#cash-due", yuan(total))


@pytest.mark.fault("F101")
def test_the_last_sale_is_voided_with_a_second_person(till: Cashier) -> None:
    till.scan(till.shop.product()[0])
    till.tap("#pay-cash")
    till.tap("#cash-notes button >> nth=0")
    till.tap("#done-void")
    till.tap("#why-reasons button >> nth=0")
    expect(till.page.locator("#approve-people")).to_contain_text(MANAGER)
    till.key(*"999999")
    till.tap("#approve-ok")
    till.see("#approve-problem", "The PIN is wrong.")
    till.key(*till.shop.pin(MANAGER))
    till.tap("#approve-ok")
    till.visible("#approve", False)
    till.see("#notice-text", "Give back")
    till.tap("#do-more")
    expect(till.page.locator("#more-void")).to_be_disabled()


def test_an_answer_that_comes_late_does_not_undo_what_the_stream_said(till: Cashier) -> None:
    """The answer to a payment is on its way while the printer already says that it has no paper."""
    till.shop.printer("no_paper")
    till.scan(till.shop.product()[0])

    def late(route: Route) -> None:
        answer = route.fetch()
        wait(lambda: till.page.evaluate("document.getElementById('chips').textContent.includes('Out of paper')"))
        route.fulfill(response=answer)

    till.page.route("**/pay", late)
    till.tap("#pay-cash")
    till.tap("#cash-notes button >> nth=0")
    till.page.wait_for_timeout(700)
    till.see("#chips", "Out of paper")
    till.see("#done-print-text", "Printer is out of paper")


def test_both_languages_and_back(till: Cashier) -> None:
    till.scan(till.shop.product()[0])
    till.tap("#do-more")
    till.tap("#do-language")
    expect(till.page.locator("html")).to_have_attribute("lang", "zh-CN")
    till.see("#pay-cash", "现金")
    expect(till.lines()).to_have_count(1)
    till.tap("#do-more")
    till.tap("#do-language")
    till.see("#pay-cash", "Cash")


def test_two_lanes_in_one_shop_never_mix(till: Cashier, browser: Browser, windows: ExitStack) -> None:
    other = Cashier.at(till.shop, browser, windows, MANAGER, "zh-CN", lane="2")
    till.scan(till.shop.product()[0])
    other.scan(till.shop.product(1)[0], till.shop.product(2)[0])
    expect(till.lines()).to_have_count(1)
    expect(other.lines()).to_have_count(2)


def test_a_technician_sees_the_till_but_sells_nothing(shop: Shop, browser: Browser, windows: ExitStack) -> None:
    till = Cashier.at(shop, browser, windows, "Qiang Li", "en")
    till.tap(".tile >> nth=0")
    till.see("#toast", "Your role does not allow this.")
    assert CASHIER not in till.page.locator("#me").get_attribute("aria-label")  # type: ignore[operator]
