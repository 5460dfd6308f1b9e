"""The whole shop before the eyes of a cashier: real Chromium, real processes, a scanner on a real line."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from edge.base.i18n import t
from tests.broker import Broker
from tests.e2e.goods import APPLES, BAD_CHECK, BEER, CARD, CASHIER, MILK, PINS, RICE, SWEETS, TEA, UNKNOWN
from tests.e2e.screen import Screen
from tests.e2e.shop import HQ_PASSWORD, HQ_USER, Shop, running_shop, until

LANGS = ("zh-CN", "en")
NAMES = {"zh-CN": "陈", "en": CASHIER}
Open = Callable[..., "Eyes"]


class Eyes:
    """A cashier's window on one lane, in one language."""

    def __init__(self, shop: Shop, page: Page, lane: str, lang: str) -> None:
        self.shop, self.page, self.lane, self.lang = shop, page, lane, lang
        self.wrong: list[str] = []
        page.on("pageerror", lambda error: self.wrong.append(str(error)))

    def log_in(self) -> None:
        """Tap the tile, type the PIN on the pad, and the till is there."""
        self.page.goto(f"/till/{self.lane}")
        self.page.locator(".person", has_text=NAMES[self.lang]).click()
        for digit in PINS[CASHIER]:
            self.page.locator(f'#pad [data-key="{digit}"]').click()
        self.page.locator("#go").click()
        self.ready()

    def ready(self) -> None:
        """The till shows its goods and is in touch with the shop."""
        expect(self.page.locator(".tile").first).to_be_visible()
        expect(self.page.locator("#clock")).not_to_be_empty()

    def words(self, key: str, **params: Any) -> str:
        return t(self.lang, f"till.{key}", **params)

    def see(self, selector: str, words: str, seconds: float = 15) -> None:
        expect(self.page.locator(selector)).to_contain_text(words, timeout=seconds * 1000)

    def lines(self, count: int) -> None:
        expect(self.page.locator("#lines .line")).to_have_count(count)

    def scan(self, *codes: str) -> None:
        """Lane 1's scanner reads codes over its line, each once the one before shows."""
        app = self.page.locator("#app")
        for code in codes:
            before = app.get_attribute("data-seq")  # the number of the newest sound
            self.shop.line.scan(code)
            expect(app).not_to_have_attribute("data-seq", str(before))

    def pay(self) -> None:
        """Two taps: cash, and the largest note that is offered."""
        self.page.locator("#pay-cash").click()
        self.page.locator("#cash-notes button").last.click()
        expect(self.page.locator("#done")).to_be_visible()

    def leave(self) -> None:
        """Nothing open, nothing in the cart: as the next test wants it."""
        screen = self.shop.screen(self.lane, self.lang)
        time.sleep(0.45)
        for command in ("clear", "member/detach", "notice/dismiss"):
            screen.do(command)
        assert not self.wrong, self.wrong


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shop, Broker]]:
    with running_shop(tmp_path_factory.mktemp("shop"), "hq", "serve", "sync") as running:
        yield running


@pytest.fixture
def shop(running: tuple[Shop, Broker]) -> Shop:
    return running[0]


@pytest.fixture
def open_till(shop: Shop, browser: Browser) -> Iterator[Open]:
    """open_till(lang, lane): a logged-in cashier at the till, in a browser of her own."""
    with ExitStack() as stack:
        stack.callback(well, shop)

        def opening(lang: str = "en", lane: str = "1") -> Eyes:
            context = browser.new_context(viewport={"width": 1280, "height": 800}, base_url=shop.address)
            stack.callback(context.close)
            context.add_cookies([{"name": "tillbox-lang", "value": lang, "url": shop.address}])
            eyes = Eyes(shop, context.new_page(), lane, lang)
            stack.callback(eyes.leave)
            eyes.log_in()
            return eyes

        yield opening


def well(shop: Shop) -> None:
    """Whatever a test did to the printer is mended, and what waited comes out."""
    bench = shop.screen("1")
    for fault in ("no_paper", "cut_power_mid_job"):
        bench.post("/api/bench/fault", {"device": "printer-1", "name": fault, "on": False})
    bench.wait(lambda view: view["print_queue"] == 0)
    while problem := bench.view()["print"]:
        bench.do("print/resolve", job=problem["job"], printed=True)


@pytest.mark.parametrize("lang", LANGS)
def test_log_in_three_scans_two_taps_and_headquarters_shows_it(
    shop: Shop, open_till: Open, browser: Browser, lang: str
) -> None:
    till = open_till(lang)
    till.scan(CARD, MILK, APPLES, RICE)
    till.lines(3)
    till.see("#due", "58.76")
    till.pay()
    till.see("#done-title", till.words("done_title"))
    till.see("#done-change", "41.30")
    till.see("#done-print", till.words("print_printed"))
    ((number,),) = shop.books.ask_box("SELECT MAX(number) FROM sale WHERE lane = '1'")
    till.scan(TEA)  # the next customer: nothing to close
    expect(till.page.locator("#done")).to_be_hidden()
    till.lines(1)

    until(shop.books.agree, what="headquarters")
    with browser.new_context(base_url=f"http://127.0.0.1:{shop.console}", locale=lang) as context:
        page = context.new_page()
        page.goto(f"/?lang={lang}")
        page.locator("input[name=user]").fill(HQ_USER)
        page.locator("input[name=password]").fill(HQ_PASSWORD)
        page.locator("main button.primary").click()
        sale = page.locator("tr", has_text=f"S01-1-1-{number:06d}")
        expect(sale).to_contain_text("58.76")
        expect(sale).to_contain_text("+58")
        page.goto("/members")
        points = shop.books.hq().points[shop.people.member][0]
        expect(page.locator("tr", has_text="林悦")).to_contain_text(str(points))


@pytest.mark.parametrize("lang", LANGS)
def test_the_broker_dies_and_the_till_says_offline_and_sells(
    running: tuple[Shop, Broker], open_till: Open, lang: str
) -> None:
    shop, broker = running
    till = open_till(lang)
    till.see('[data-chip="sync"]', till.words("chip_online"))
    broker.kill()
    till.see('[data-chip="sync"]', till.words("chip_offline"))
    till.scan(TEA)
    till.pay()
    till.see("#done-print", till.words("print_printed"))
    broker.start()
    till.see('[data-chip="sync"]', till.words("chip_online"))
    until(shop.books.agree, what="headquarters")


@pytest.mark.fault("F85")
@pytest.mark.parametrize("lang", LANGS)
def test_the_printer_is_out_of_paper(shop: Shop, open_till: Open, lang: str) -> None:
    till, bench = open_till(lang), Screen(shop.address, "1")
    bench.post("/api/bench/fault", {"device": "printer-1", "name": "no_paper", "on": True})
    till.see('[data-chip="printer"]', till.words("chip_printer_no_paper"))
    till.scan(TEA)
    till.pay()
    till.see("#done-print", till.words("failed_no_paper"))
    bench.post("/api/bench/fault", {"device": "printer-1", "name": "no_paper", "on": False})
    till.see("#done-print", till.words("print_printed"))
    till.see('[data-chip="printer"]', till.words("chip_printer_ok"))


@pytest.mark.fault("F86")
@pytest.mark.parametrize("lang", LANGS)
def test_the_printer_dies_within_a_receipt_and_the_till_asks(shop: Shop, open_till: Open, lang: str) -> None:
    till, bench = open_till(lang), Screen(shop.address, "1")
    bench.post("/api/bench/fault", {"device": "printer-1", "name": "cut_power_mid_job", "on": True})
    till.scan(TEA)
    till.pay()
    till.see("#done-print", till.words("print_uncertain"))
    bench.post("/api/bench/fault", {"device": "printer-1", "name": "cut_power_mid_job", "on": False})
    till.page.locator("#done-close").click()
    till.see("#paper-title", till.words("ask_printed"))
    papers = len(shop.papers("1"))
    till.page.locator("#paper-copy").click()
    expect(till.page.locator("#paper-bar")).to_be_hidden()
    until(lambda: len(shop.papers("1")) == papers + 1, what="the copy")


@pytest.mark.fault("F70")
@pytest.mark.parametrize("lang", LANGS)
def test_the_scanner_is_pulled_out_and_put_back(shop: Shop, open_till: Open, lang: str) -> None:
    till = open_till(lang)
    till.see('[data-chip="scanner"]', till.words("chip_scanner_ready"))
    shop.line.unplug()
    till.see('[data-chip="scanner"]', till.words("chip_scanner_lost"))
    shop.line.plug()
    till.see('.ok[data-chip="scanner"]', till.words("chip_scanner_ready"))
    till.scan(TEA)
    till.lines(1)


BAD = (
    (UNKNOWN.encode(), "unknown_code"),
    (BAD_CHECK.encode(), "bad_check"),
    (b"4" * 4096, "scan_too_long"),
    (b"690\x1b[2J123", "scan_control"),
    (b"<img src=x onerror=alert(1)>", "unknown_code"),
)


@pytest.mark.fault("F72", "F74", "F75", "F77", "F78")
@pytest.mark.parametrize("lang", LANGS)
def test_a_code_that_is_no_product_is_told_in_words_and_nothing_is_lost(shop: Shop, open_till: Open, lang: str) -> None:
    till = open_till(lang)
    till.scan(MILK)
    for n, ((sent, slug), good) in enumerate(zip(BAD, (TEA, SWEETS, RICE, APPLES, BEER), strict=True), 1):
        shop.line.send(sent + b"\r")
        till.see("#notice-text", till.words(f"notice_{slug}"))
        till.lines(n)
        till.scan(good)  # takes the words away
        expect(till.page.locator("#notice")).to_be_hidden()
        till.lines(n + 1)
    till.see("#due", "74.45")
    shop.line.send(f"{MILK}\r{MILK}\r".encode())  # the trigger bounces
    till.see("#notice-text", till.words("notice_repeat_dropped", count="#").split("#")[0])
    till.see("#due", "79.95")


@pytest.mark.fault("F90")
def test_a_double_tap_on_the_note_is_one_sale(shop: Shop, open_till: Open) -> None:
    till = open_till("en")
    till.scan(RICE)
    before = shop.books.ask_box("SELECT COUNT(*) FROM sale")[0][0]
    till.page.locator("#pay-cash").dblclick()
    till.page.locator("#cash-notes button").last.dblclick(timeout=5_000, no_wait_after=True)
    expect(till.page.locator("#done")).to_be_visible()
    time.sleep(0.5)
    assert shop.books.ask_box("SELECT COUNT(*) FROM sale") == [(before + 1,)]


@pytest.mark.fault("F02", "F91")
@pytest.mark.parametrize("lang", LANGS)
def test_serve_is_killed_in_the_middle_of_a_payment_and_the_page_reloads(
    shop: Shop, open_till: Open, lang: str
) -> None:
    till = open_till(lang)
    till.scan(CARD, MILK, TEA)
    shop.freeze("serve")  # the request is on its way and nobody answers
    till.page.locator("#pay-cash").click()
    till.page.locator("#cash-finish").click()
    till.see("#cash-finish-text", till.words("finishing"))
    shop.kill("serve")
    shop.restart("serve")
    till.page.reload()
    till.ready()
    till.lines(2)
    till.see("#restored", till.words("restored"))
    till.pay()
    till.see("#done-print", till.words("print_printed"))
    shop.books.check_box()


@pytest.mark.fault("F02")
@pytest.mark.parametrize("lang", LANGS)
def test_serve_dies_after_the_sale_and_before_its_answer_and_the_screen_still_tells(
    shop: Shop, open_till: Open, lang: str
) -> None:
    till = open_till(lang)
    till.scan(RICE)
    sales = shop.books.ask_box("SELECT COUNT(*) FROM sale")[0][0]

    def lose(route: Route) -> None:
        route.fetch()
        shop.kill("serve")
        route.abort()

    till.page.route("**/api/till/1/pay", lose)
    till.page.locator("#pay-cash").click()
    till.page.locator("#cash-notes button").last.click()
    expect(till.page.locator("#link-bar")).to_be_visible()
    shop.restart("serve")
    expect(till.page.locator("#link-bar")).to_be_hidden(timeout=15_000)
    till.see("#done-title", till.words("done_title"))
    till.see("#done-change", "14.10")
    till.lines(0)
    assert shop.books.ask_box("SELECT COUNT(*) FROM sale") == [(sales + 1,)]
    till.page.locator("#done-close").click()
    expect(till.page.locator("#done")).to_be_hidden()


@pytest.mark.fault("F93")
def test_a_browser_that_crashed_comes_back_into_the_same_cart(shop: Shop, open_till: Open, browser: Browser) -> None:
    till = open_till("zh-CN")
    till.scan(MILK, RICE)
    state = till.page.context.storage_state()
    till.page.close()
    with browser.new_context(base_url=shop.address, storage_state=state) as context:
        again = Eyes(shop, context.new_page(), "1", "zh-CN")
        again.page.goto("/till/1")
        again.ready()
        again.lines(2)


@pytest.mark.fault("F91")
@pytest.mark.parametrize("lang", LANGS)
def test_a_second_tab_takes_the_till_over(open_till: Open, lang: str) -> None:
    till = open_till(lang)
    till.scan(TEA)
    second = Eyes(till.shop, till.page.context.new_page(), "1", lang)
    second.page.goto("/till/1")
    second.ready()
    till.see("#taken-title", till.words("taken_title"))
    second.lines(1)
    second.scan(SWEETS)
    second.pay()
    till.page.locator("#take-over").click()
    second.see("#taken-title", till.words("taken_title"))
    till.lines(0)


@pytest.mark.fault("F71")
def test_two_lanes_side_by_side_never_cross(shop: Shop, open_till: Open) -> None:
    first, second = open_till("zh-CN", "1"), open_till("en", "2")
    bench = Screen(shop.address, "2")  # the bench asks nobody's name
    for mine, hers in ((MILK, BEER), (TEA, SWEETS), (RICE, APPLES)):
        shop.line.send(mine[:5].encode())
        bench.post("/api/bench/scan", {"device": "scanner-2", "code": hers})
        shop.line.send(mine[5:].encode() + b"\r")
    first.lines(3)
    second.lines(3)
    first.see("#due", "54.40")
    second.see("#due", "20.05")
    first.pay()
    second.page.locator("#age-yes").click()  # beer
    second.pay()
