"""The stock screen before a real browser: goods in, write-off, count, and what is wrong, by scanner, touch and keys."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, expect

from edge import catalog, inventory, stock_lists
from edge.inventory import By, Entry
from edge.stock_desk import LEASE_NS
from edge.till import Till
from tests.web.counterman import Counterman, at
from tests.web.shop import CASHIER, MANAGER, Shop, wait

# ---- goods in


def test_goods_in_by_scanner_with_a_typed_number_is_booked(screen: Counterman) -> None:
    before = [screen.there(n) for n in range(2)]
    screen.see("#empty", "Scan the first item that came in")
    expect(screen.page.locator("#do-book")).to_be_disabled()
    screen.scan(screen.shop.product(0)[0], screen.shop.product(1)[0])
    screen.key("2", "4")
    screen.see("#pad-entry", "24")
    screen.key("Enter")
    expect(screen.page.locator("#lines .p").first).to_have_text("24")
    screen.tap("#do-supplier")
    screen.page.locator("#supplier").fill("Dairy Lt")
    screen.tap("#who [data-keys]")
    screen.tap('#who [data-osk="d"]')
    screen.tap("#who-ok")
    screen.see("#do-supplier", "Supplier: Dairy Ltd")
    screen.see("#due", "25")
    screen.tap("#do-book")
    screen.see("#notice", "Goods in booked, 2 lines")
    assert [screen.there(n) for n in range(2)] == [before[0] + 1_000, before[1] + 24_000]
    screen.see("#empty", "Scan the first item that came in")
    expect(screen.page.locator(".chips-row .btn", has_text="Dairy Ltd")).to_be_visible()


def test_a_case_takes_two_taps_and_its_digits(screen: Counterman) -> None:
    screen.scan(screen.shop.product(0)[0])
    for key in "12":
        screen.tap(f'#pad [data-key="{key}"]')
    screen.tap("#do-set")
    expect(screen.page.locator("#lines .p").first).to_have_text("12")
    screen.tap("#do-book")
    assert screen.taps == 2 + 2
    screen.visible("#notice")


def test_a_second_tap_on_book_books_once(screen: Counterman) -> None:
    before = screen.there(0)
    screen.scan(screen.shop.product(0)[0])
    screen.page.locator("#do-book").dblclick()
    screen.see("#notice", "Goods in booked")
    screen.page.wait_for_timeout(300)
    assert screen.there(0) == before + 1_000


def test_lines_are_picked_changed_removed_and_brought_back(screen: Counterman) -> None:
    screen.scan(*[screen.shop.product(n)[0] for n in range(3)])
    screen.tap("#lines .ln >> nth=2")
    screen.tap("#lines .sel .ctl button >> nth=1")
    screen.tap("#lines .sel .ctl button >> nth=1")
    wait(lambda: screen.amounts() == ["1", "1", "3"])
    screen.tap("#lines .sel .ctl button >> nth=0")
    wait(lambda: screen.amounts() == ["1", "1", "2"])
    screen.key("Delete")
    wait(lambda: screen.amounts() == ["1", "1"])
    screen.see("#undo", "A line was removed")
    screen.tap("#do-undo")
    wait(lambda: screen.amounts() == ["1", "1", "2"])
    screen.key("ArrowUp", "9", "Enter")
    wait(lambda: "9" in screen.amounts())
    screen.key("Control+z")
    wait(lambda: "9" not in screen.amounts())


def test_the_list_is_there_after_a_reload_and_can_be_cleared(screen: Counterman) -> None:
    screen.scan(screen.shop.product(0)[0])
    screen.page.reload()
    expect(screen.page.locator("#lines .ln")).to_have_count(1)
    screen.tap("#do-clear")
    screen.tap("#ask-ok")
    screen.see("#empty", "Scan the first item")


def test_lot_and_date_are_typed_where_the_code_has_none(screen: Counterman) -> None:
    screen.scan(screen.shop.product(0)[0])
    screen.tap("#do-details")
    screen.page.locator("#details-lot").fill("L77")
    screen.page.locator("#details-pad").focus()
    screen.tap('#details-pad [data-key="2"]')
    screen.tap("#details-ok")
    screen.see("#details-problem", "Write the date like 2027-01-31")
    for key in "0270131":
        screen.tap(f'#details-pad [data-key="{key}"]')
    screen.tap("#details-ok")
    screen.see("#lines .ln", "lot L77 · until 2027-01-31")


def test_goods_are_found_by_name_and_weighed_ones_ask_for_their_weight(screen: Counterman) -> None:
    screen.key("/")
    screen.page.keyboard.type("banana", delay=60)
    screen.see("#found", "Bananas")
    screen.tap("#found button")
    screen.see("#weight-title", "how many kilograms?")
    screen.key("1", "2", ".", "5", "Enter")
    expect(screen.page.locator("#lines .p").first).to_have_text("12.5 kg")
    screen.key("/")
    screen.page.keyboard.type("zzzz", delay=60)
    screen.see("#found", "Nothing found")
    screen.key("Escape")
    screen.visible("#found", False)


def test_a_code_that_is_typed_and_entered_is_as_good_as_scanned(screen: Counterman) -> None:
    code, name, _ = screen.shop.product(0)
    screen.key("/")
    screen.page.keyboard.type(code, delay=60)
    screen.key("Enter")
    expect(screen.page.locator("#lines .a").first).to_have_text(name)


@pytest.mark.fault("F78")
def test_a_code_that_nobody_knows_says_so_and_the_list_stays(screen: Counterman) -> None:
    screen.scan(screen.shop.product(0)[0], "5901234123457")
    screen.see("#notice", "Unknown barcode")
    screen.see("#notice-code", "5901234123457")
    assert screen.amounts() == ["1"]
    screen.tap("#notice-dismiss")
    screen.visible("#notice", False)


# ---- write-off


def test_a_write_off_asks_why_and_once_more(screen: Counterman) -> None:
    before = screen.there(0)
    screen.tab("write_off")
    screen.scan(screen.shop.product(0)[0])
    expect(screen.page.locator("#do-book")).to_be_disabled()
    screen.tap("[data-value=expired]")
    expect(screen.page.locator("[data-value=expired]")).to_have_attribute("aria-pressed", "true")
    screen.key("F9")
    screen.see("#ask-text", "Expired. Off the stock: 1 line, 1 in all.")
    screen.key("Enter")
    screen.see("#notice", "Write-off booked, 1 line")
    assert screen.there(0) == before - 1_000


# ---- counting


def test_a_count_shows_its_differences_before_it_books_them(screen: Counterman) -> None:
    there = screen.there(0) // 1000
    counted = max(0, there) + 4
    more = counted - there
    screen.tab("count")
    screen.see("#empty", "No count is open")
    screen.tap("#do-book")
    screen.see("#empty", "Scan the first item on the shelf")
    screen.scan(screen.shop.product(0)[0])
    assert screen.shop.product(0)[1] in screen.page.locator("#lines .a").first.inner_text()
    assert "books" not in screen.page.locator("#lines").inner_text(), "who counts is not told what to find"
    screen.key(*str(counted), "Enter")
    expect(screen.page.locator("#lines .p").first).to_have_text(str(counted))
    screen.tap("#do-book")
    screen.see("#review", f"Counted {counted} · books {there}".replace("-", "−"))
    screen.see("#review .diff", f"+{more}")
    screen.tap("#review-ok")
    screen.see("#notice", "Count booked, 1 differed")
    assert screen.there(0) == counted * 1000
    screen.see("#empty", "No count is open")


def test_two_people_count_and_the_manager_says_who_is_right(
    screen: Counterman, stocked: Shop, browser: Browser, windows: ExitStack
) -> None:
    code = stocked.product(0)[0]
    screen.tab("count")
    screen.tap("#do-book")
    screen.see("#empty", "Scan the first item on the shelf")
    screen.scan(code)
    screen.key("7", "Enter")
    expect(screen.page.locator("#lines .p").first).to_have_text("7")
    other = at(stocked, browser, windows, CASHIER, lane="2")
    assert [t.get_attribute("data-tab") for t in other.page.locator("#rail button:visible").all()] == [
        "count", "low", "expiring", "negative",
    ]  # fmt: skip
    other.visible("#pays", False)
    other.scan(code)
    other.key("9", "Enter")
    expect(other.page.locator("#lines .p").first).to_have_text("9")
    screen.tap("#do-book")
    screen.see("#review", "People disagree")
    screen.tap("#review .chips-row .btn >> text=Together 16")
    screen.tap("#review-ok")
    screen.see("#notice", "Count booked, 1 differed")
    assert screen.there(0) == 16_000


def test_a_count_is_dropped_and_nothing_is_booked(screen: Counterman) -> None:
    before = screen.there(0)
    screen.tab("count")
    screen.tap("[data-value='*']")
    screen.tap("#do-book")
    screen.visible("#do-drop")
    screen.see("#side-head", "Everything")
    screen.scan(screen.shop.product(0)[0])
    screen.tap("#do-drop")
    screen.tap("#ask-ok")
    screen.see("#notice", "The count is dropped")
    assert screen.there(0) == before


# ---- what is wrong


def test_the_lists_tell_what_is_wrong_and_a_scan_asks_about_one_product(screen: Counterman) -> None:
    shop = screen.shop
    manager = next(p for p in shop.daemon.staff.people() if p.name_en == MANAGER)
    code, name, _ = shop.product(1)
    found = catalog.find(shop.box, catalog.current(shop.box.db), (code.zfill(14), code))
    assert found is not None
    there = stock_lists.on_hand(shop.box, found.id) or 0
    by = By(manager, "1", "demo")
    inventory.write_off(shop.box, "below", [Entry(found.id, there + 5_000)], by, reason="theft")
    screen.tab("negative")
    line = screen.page.locator("#lines .line", has_text=name)
    expect(line).to_contain_text("−5")
    line.locator("button").click()
    screen.see("#side-info", "Write-off")
    screen.scan(shop.product(0)[0])
    screen.see("#side-info", shop.product(0)[1])
    screen.tab("low")
    expect(screen.page.locator("#lines .line", has_text=name)).to_contain_text("sold out")
    inventory.deliver(shop.box, "above", [Entry(found.id, there + 5_000, "L9", "2020-01-31")], by)
    screen.tab("expiring")
    expect(screen.page.locator("#lines .line", has_text="lot L9")).to_contain_text("expired")
    screen.tap("#do-refresh")
    screen.tab("negative")
    expect(screen.page.locator("#lines .line", has_text=name)).to_have_count(0)


# ---- whose scanner it is


def test_back_at_the_till_the_scanner_sells_at_once(screen: Counterman) -> None:
    screen.scan(screen.shop.product(0)[0])
    screen.tap("#to-till")
    expect(screen.page.locator(".tile").first).to_be_visible()
    screen.scan(screen.shop.product(1)[0])
    expect(screen.lines()).to_have_count(1)
    screen.page.goto("/stock/1")
    expect(screen.page.locator("#lines .ln")).to_have_count(1)
    screen.scan(screen.shop.product(2)[0])
    expect(screen.page.locator("#lines .ln")).to_have_count(2)


def test_a_second_window_takes_over(screen: Counterman, stocked: Shop) -> None:
    second = screen.page.context.new_page()
    second.goto("/stock/1")
    screen.visible("#taken")
    screen.tap("#take-over")
    screen.visible("#taken", False)
    second.close()
    screen.scan(stocked.product(0)[0])
    expect(screen.page.locator("#lines .ln")).to_have_count(1)


def test_after_a_restart_of_the_till_the_page_has_its_scanner_again(screen: Counterman) -> None:
    screen.shop.restart()
    till: Till = screen.shop.daemon.tills["1"]
    wait(lambda: till.elsewhere is not None, LEASE_NS / 1e9)
    screen.scan(screen.shop.product(0)[0])
    expect(screen.page.locator("#lines .ln")).to_have_count(1)


def test_without_log_in_the_page_leads_there_and_back(screen: Counterman) -> None:
    page = screen.page
    screen.tap("#do-lock")
    page.wait_for_url("**/login/1?then=%2Fstock%2F1")
    page.locator(".person", has_text=MANAGER).click()
    for digit in screen.shop.pin(MANAGER):
        screen.key(digit)
    screen.key("Enter")
    page.wait_for_url("**/stock/1")
