"""A shop's day at one till, by touch and scanner: every tap is counted against the budgets T1 to T12 of the screen's
contract, and in the evening the Z report is what the documents say."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import orjson
import pytest
from playwright.sync_api import Browser, expect

from edge import settings
from tests.web.cashier import Cashier
from tests.web.shop import CASHIER, MANAGER, Shop, wait
from tests.web.wares import GIFT_CARD, Wares, widen

FLOAT = 30_000
PHONE = "13900001234"


@pytest.fixture(scope="module")
def day_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shop, Wares]]:
    """A shop of its own, whose shifts are opened by hand."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    shop = Shop(Path(tmp_path_factory.mktemp("day")), port, days=2)
    shop.start()
    wares = widen(shop)
    with shop.box.transaction() as db:
        settings.put(db, shop.env, "shift", {"by_hand": True}, "test")
    shop.box.reload_rules()
    yield shop, wares
    shop.stop()


class Day:
    """What a cashier does between opening and closing, each with its budget of taps."""

    def __init__(self, till: Cashier, wares: Wares) -> None:
        self.till, self.wares, self.sold = till, wares, 0
        self.plain = [code for code, _ in wares.plain]

    @contextmanager
    def taps(self, most: int) -> Iterator[None]:
        """The budget of what is done inside."""
        before = self.till.taps
        yield
        assert self.till.taps - before <= most, f"{self.till.taps - before} taps instead of {most}"

    def type(self, pad: str, digits: str) -> None:
        """A number by finger."""
        for digit in digits:
            self.till.tap(f'#{pad} [data-key="{digit}"]')

    def done(self) -> None:
        """The document is complete; the screen says so."""
        self.till.visible("#done")
        self.sold += 1

    def cash(self) -> None:
        """T1: two taps and the sale is done."""
        with self.taps(2):
            self.till.tap("#pay-cash")
            self.till.tap("#cash-notes button >> nth=0")
            self.done()

    def card(self) -> None:
        """T3: two taps with the terminal's approval."""
        with self.taps(2):
            self.till.tap("#pay-card")
            self.till.tap("#card-ok")
            self.done()

    def approve(self) -> None:
        """A second person's PIN."""
        self.till.visible("#approve")
        self.type("approve-pad", self.till.shop.pin(MANAGER))
        self.till.tap("#approve-ok")
        self.till.visible("#approve", False)

    def next(self) -> None:
        """The finished sale is put away, for what is not begun by a scan."""
        if self.till.page.locator("#done").is_visible():
            self.till.tap("#done-close")
            self.till.visible("#done", False)

    def menu(self, entry: str) -> None:
        """What lies behind More."""
        self.next()
        self.till.tap("#do-more")
        self.till.tap(f"#more-{entry}")

    def last_receipt(self) -> str:
        """The code of the last receipt."""
        return "TBR" + str(self.till.page.evaluate(_STATE)["last_sale"]["receipt"])

    def due(self) -> int:
        """What the open cart comes to."""
        return int(self.till.page.evaluate(_STATE)["basket"]["left"])

    # ---- plain sales

    def three_items(self) -> None:
        self.till.scan(*self.plain[:3])
        self.cash()

    def an_odd_amount(self) -> None:
        self.till.scan(self.plain[0])
        with self.taps(2 + 3):  # T2
            self.till.tap("#pay-cash")
            self.type("cash-pad", "200")
            self.till.tap("#cash-finish")
            self.done()

    def by_card(self) -> None:
        self.till.scan(self.plain[1], self.plain[2])
        self.card()

    def a_member_by_card(self) -> None:
        with self.taps(0):  # T4
            self.till.scan(self.wares.member, self.plain[3])
            self.till.visible("#member")
        self.cash()

    def a_member_by_phone(self) -> None:
        self.till.scan(self.plain[4])
        with self.taps(1 + len(PHONE) + 1):  # T4
            self.till.tap("#member-add")
            self.type("number-pad", PHONE)
            self.till.tap("#number-ok")
            self.till.visible("#member")
        self.cash()

    def more_of_one(self) -> None:
        self.till.scan(self.plain[0])
        with self.taps(1):  # T6
            self.till.tap(".line.sel .ctl button >> nth=2")
            self.till.see(".line.sel .q", "2")
        with self.taps(2 + 2):  # T6
            self.till.tap(".line.sel .q")
            self.type("number-pad", "12")
            self.till.tap("#number-ok")
            self.till.see(".line.sel .q", "12")
        self.till.key("3", "*")
        self.till.scan(self.plain[1])
        self.till.see(".line.sel .q", "3")
        self.card()

    def a_line_taken_out_and_back(self) -> None:
        till = self.till
        till.scan(*self.plain[:3])
        with self.taps(1):  # T7: the last
            till.tap(".line.sel .del")
            expect(till.lines()).to_have_count(2)
        with self.taps(1):  # T7: undo
            till.tap("#do-undo")
            expect(till.lines()).to_have_count(3)
        with self.taps(2):  # T7: any other
            till.tap("#lines li:nth-child(1) .ln")
            till.tap(".line.sel .del")
            expect(till.lines()).to_have_count(2)
        till.key("Control+z")
        expect(till.lines()).to_have_count(3)
        self.cash()

    # ---- goods that ask

    def a_serial_number(self) -> None:
        self.till.scan(self.wares.phone)
        self.till.visible("#say")
        with self.taps(0):
            self.till.shop.scan(f"SN-{self.sold}")
            self.till.visible("#say", False)
        self.till.see(".line.sel", f"SN-{self.sold}")
        self.card()

    def a_lot(self) -> None:
        self.till.scan(self.wares.cheese)
        self.till.page.locator("#say-text").fill("L-2026-11")
        self.till.tap("#say-ok")
        self.till.see(".line.sel", "L-2026-11")
        self.cash()

    def an_open_price(self) -> None:
        self.till.scan(self.wares.flowers)
        with self.taps(2 + 1):
            self.type("number-pad", "45")
            self.till.tap("#number-ok")
        self.till.see("#due", "45.00")
        self.cash()

    def someone_old_enough(self) -> None:
        self.till.scan(self.wares.cigar)
        with self.taps(1):
            self.till.tap("#age-yes")
            self.till.visible("#age", False)
        self.cash()

    def someone_too_young(self) -> None:
        self.till.scan(self.plain[4], self.wares.cigar)
        self.till.tap("#age-no")
        self.till.see("#notice-text", "Too young")
        expect(self.till.lines()).to_have_count(1)
        self.cash()

    def the_age_is_asked_again_before_paying(self) -> None:
        self.till.scan(self.wares.cigar)
        self.till.visible("#age")
        self.till.page.keyboard.press("Escape")
        self.till.visible("#age", False)
        self.till.tap("#pay-cash")
        self.till.tap("#age-yes")
        self.till.tap("#cash-notes button >> nth=0")
        self.done()

    def a_deposit_and_empty_bottles(self) -> None:
        self.till.scan(self.wares.beer)
        expect(self.till.lines()).to_have_count(2)
        self.menu("empties")
        self.type("empties-pad", "1")
        self.till.tap("#empties-ok")
        expect(self.till.lines()).to_have_count(3)
        self.cash()

    def weighed_goods_in_a_bowl(self) -> None:
        self.next()
        tile = self.till.page.locator(".tile", has_text="/ kg").first
        self.till.taps += 1
        tile.click()
        self.till.tap("#number-choices button >> nth=1")
        self.type("number-pad", "1.04")
        self.till.tap("#number-ok")
        self.till.see(".line .b", "1 kg")
        self.card()

    # ---- prices and discounts

    def another_price(self) -> None:
        self.till.scan(self.plain[0], self.plain[2])
        pin = len(self.till.shop.pin(MANAGER))
        with self.taps(3 + 1 + pin):  # T10
            self.till.tap(".ctl .price")
            self.type("price-pad", "5")
            self.till.tap("#price-reasons button >> nth=0")
            self.approve()
        self.till.see(".line.sel .p", "5.00")
        self.cash()

    def a_small_discount_alone(self) -> None:
        self.till.scan(self.plain[1])
        self.till.tap(".ctl .price")
        self.till.tap("#price-ways button >> nth=1")
        self.type("price-pad", "5")
        self.till.tap("#price-reasons button >> nth=0")
        self.till.see(".line.sel", "discount")
        self.cash()

    def a_large_discount_with_a_badge(self) -> None:
        self.till.scan(*self.plain[:3])
        self.till.tap("#do-discount")
        self.type("price-pad", "30")
        self.till.tap("#price-reasons button >> nth=3")
        self.till.see("#approve-title", "larger discount")
        with self.taps(0):
            badge = self.till.shop.box.db.execute_sql("SELECT badge FROM staff WHERE role = 'manager'").fetchone()[0]
            self.till.shop.scan(badge)
            self.till.visible("#approve", False)
        self.till.see("#parts", "−30 %")
        self.cash()

    def a_note(self) -> None:
        self.till.scan(self.plain[1])
        self.till.tap(".ctl .price")
        self.till.tap("#price-ways button >> nth=2")
        self.till.page.locator("#price-note").fill("gift wrap")
        self.till.tap("#price-save")
        self.till.see(".line.sel", "gift wrap")
        self.cash()

    # ---- held carts

    def a_held_cart(self) -> None:
        self.till.scan(*self.plain[3:5])
        with self.taps(1):  # T8
            self.till.tap("#do-hold")
            expect(self.till.lines()).to_have_count(0)
        self.till.tap("#held-name")
        self.till.page.locator("#say-text").fill("Ms Lin")
        self.till.tap("#say-ok")
        self.till.visible("#say", False)
        self.three_items()  # the next customer
        self.next()
        self.till.see("#held-count", "1")
        with self.taps(2):  # T8
            self.till.tap("#do-recall")
            self.till.tap("#recall-list button")
            expect(self.till.lines()).to_have_count(2)
        self.cash()

    # ---- other tenders

    def card_and_cash(self) -> None:
        self.till.scan(*self.plain[:3])
        self.till.tap("#pay-card")
        self.till.tap("#card-part")
        self.type("card-pad", "5")
        self.till.tap("#card-ok")
        self.till.see("#parts", "¥5.00")
        self.cash()

    def a_gift_card_is_filled_and_pays(self) -> None:
        self.menu("value")
        self.till.shop.scan(GIFT_CARD)
        self.till.visible("#value-card")
        self.type("value-pad", "100")
        self.till.tap("#value-top-up")
        self.till.see("#due", "100.00")
        self.cash()
        self.till.scan(self.plain[5])
        self.till.tap("#pay-stored")
        self.till.shop.scan(GIFT_CARD)
        self.till.see("#value-balance", "¥100.00")
        self.till.tap("#value-pay")
        self.done()

    def on_account_and_paid_off(self) -> None:
        self.till.scan(self.wares.member, self.plain[5])
        owed = self.due()
        self.till.tap("#pay-account")
        self.till.tap("#ask-ok")
        self.approve()
        self.done()
        self.till.scan(self.wares.member)
        self.menu("account")
        self.type("number-pad", f"{owed / 100:.2f}")
        self.till.tap("#number-ok")
        self.cash()

    # ---- after the sale

    def the_last_receipt_again(self) -> None:
        papers = self.till.shop.papers()
        with self.taps(1):  # T11
            self.till.tap("#done-reprint")
            wait(lambda: self.till.shop.papers() == papers + 1, 10)

    def a_receipt_found_and_copied(self) -> None:
        papers = self.till.shop.papers()
        self.menu("receipts")
        self.till.tap("#receipts-list button >> nth=1")
        self.till.tap("#receipts-copy")
        wait(lambda: self.till.shop.papers() == papers + 1, 10)
        self.till.key("Escape")

    def a_void(self) -> None:
        self.three_items()
        self.till.tap("#done-void")
        self.till.tap("#why-reasons button >> nth=0")
        self.approve()
        self.sold += 1
        self.till.see("#notice-text", "Voided")

    def a_return(self) -> None:
        self.three_items()
        receipt = self.last_receipt()
        with self.taps(2):  # T9: scan, item, refund
            self.till.scan(receipt)
            self.till.tap("#return-lines .entry-row >> nth=0")
            self.till.tap("#return-refund")
            self.done()
        self.till.see("#done-title", "Return complete")

    def an_exchange(self) -> None:
        self.three_items()
        self.till.scan(self.last_receipt())
        self.till.scan(self.plain[0])  # what comes back, by its own code
        self.till.see("#return-amount", "¥")
        self.till.tap("#return [data-close]")
        self.till.visible("#return", False)
        self.till.scan(self.plain[5], self.plain[6], self.plain[7])
        if self.due() > 0:
            self.cash()
        else:
            self.till.tap("#refund")
            self.done()

    def a_return_without_receipt(self) -> None:
        self.next()
        self.till.tap("#do-return")
        self.till.tap("#receipts-blind")
        self.till.visible("#blind-search")
        self.till.scan(self.plain[6])
        self.till.visible("#blind-product")
        self.till.tap("#blind-reasons button >> nth=1")
        self.approve()
        self.till.tap("#refund")
        self.done()

    # ---- the drawer

    def the_drawer(self) -> None:
        self.next()
        self.till.tap("#do-drawer")
        self.till.tap("#why-reasons button >> nth=0")
        self.approve()
        self.menu("in")
        self.type("why-pad", "50")
        self.till.tap("#why-reasons button >> nth=0")
        self.till.see("#toast", "¥50.00 put in")
        self.menu("out")
        self.type("why-pad", "20")
        self.till.tap("#why-reasons button >> nth=0")
        self.approve()

    # ---- the shift

    def open_shift(self) -> None:
        self.till.visible("#number")
        with self.taps(3 + 1):  # T12
            self.type("number-pad", str(FLOAT // 100))
            self.till.tap("#number-ok")
            self.till.visible("#number", False)
        self.till.see("#shift", "Open")

    def x_report(self) -> None:
        papers = self.till.shop.papers()
        self.menu("report")
        self.till.visible("#report")
        self.till.tap("#report-print")
        wait(lambda: self.till.shop.papers() == papers + 1, 10)
        self.till.key("Escape")
        self.till.visible("#report", False)

    def close_shift(self, held: int) -> None:
        """The drawer is counted by denomination; one of the taps chooses what the number is of."""
        pieces = {}
        for value in self.till.page.evaluate(_STATE)["denominations"]:
            pieces[value], held = divmod(held, value)
        counted = {value: n for value, n in pieces.items() if n}
        by_finger = sum(1 + len(str(n)) for n in counted.values())
        with self.taps(by_finger + 2):  # T12
            self.till.tap("#do-shift")
            for value, n in counted.items():
                self.till.tap(f'#count-rows [data-key="{value}"] button >> nth=0')
                self.type("count-pad", str(n))
            self.till.tap("#count-ok")
            self.till.visible("#closed")


_STATE = "() => fetch('/api/till/1/state').then((answer) => answer.json())"


def test_a_whole_day_at_the_till(day_shop: tuple[Shop, Wares], browser: Browser) -> None:
    shop, wares = day_shop
    first = shop.box.db.execute_sql("SELECT COALESCE(MAX(id), 0) FROM sale").fetchone()[0]
    with ExitStack() as windows:
        till = Cashier.at(shop, browser, windows, CASHIER, "en")
        day = Day(till, wares)
        day.open_shift()
        for sale in (
            day.three_items, day.an_odd_amount, day.by_card, day.a_member_by_card, day.a_member_by_phone,
            day.more_of_one, day.a_line_taken_out_and_back, day.a_serial_number, day.a_lot, day.an_open_price,
            day.someone_old_enough, day.someone_too_young, day.the_age_is_asked_again_before_paying,
            day.a_deposit_and_empty_bottles, day.weighed_goods_in_a_bowl, day.another_price,
            day.a_small_discount_alone, day.a_large_discount_with_a_badge, day.a_note, day.a_held_cart,
            day.card_and_cash, day.a_gift_card_is_filled_and_pays, day.on_account_and_paid_off,
            day.the_last_receipt_again, day.a_void, day.a_return, day.an_exchange, day.a_return_without_receipt,
            day.the_drawer, day.a_receipt_found_and_copied, day.three_items, day.by_card,
        ):  # fmt: skip
            sale()
        day.next()
        day.x_report()
        assert day.sold >= 33
        day.close_shift(in_the_drawer(shop))
        till.see("#closed-word", "Exactly right")
        till.tap("#closed [data-close]")
        till.wrong = [each for each in till.wrong if "status of 4" not in each]
    the_books_agree(shop, first, day.sold)


def in_the_drawer(shop: Shop) -> int:
    """The coins that lie there: float, cash of the documents, put in and taken out."""
    ask = shop.box.db.execute_sql
    shift = ask("SELECT id FROM shift WHERE lane = '1' AND closed_us IS NULL").fetchone()[0]
    paid = (
        "SELECT COALESCE(SUM(t.amount), 0) FROM tender t JOIN sale s ON s.id = t.sale "
        "WHERE s.shift = ? AND t.kind = 'cash'"
    )
    moved = "SELECT COALESCE(SUM(iif(kind = 'out', -amount, amount)), 0) FROM cash_move WHERE shift = ?"
    return FLOAT + int(ask(paid, (shift,)).fetchone()[0]) + int(ask(moved, (shift,)).fetchone()[0])


def the_books_agree(shop: Shop, first: int, documents: int) -> None:
    """The Z report is the sum of the day's documents; their receipt numbers have no gap."""
    ask = shop.box.db.execute_sql
    body = ask("SELECT body FROM z_report WHERE lane = '1' ORDER BY number DESC LIMIT 1").fetchone()[0]
    z = orjson.loads(body)
    kinds = dict(ask("SELECT kind, COUNT(*) FROM sale WHERE id > ? GROUP BY kind", (first,)).fetchall())
    assert (z["sales"], z["returns"], z["voids"]) == (kinds["sale"], kinds["return"], kinds["void"])
    assert sum(kinds.values()) == documents and kinds["return"] >= 2
    total, rounding = ask("SELECT SUM(total), SUM(rounding) FROM sale WHERE id > ?", (first,)).fetchone()
    assert z["net"] == total and sum(z["tenders"].values()) == total + rounding
    assert z["gross"] - z["refunds"] - z["voided"] == z["net"]
    assert sum(category["total"] for category in z["categories"]) == z["net"]
    tax = ask("SELECT SUM(x.tax) FROM sale_tax x WHERE x.sale > ?", (first,)).fetchone()[0]
    assert sum(group["tax"] for group in z["taxes"]) == tax
    assert z["no_sales"] == 1 and (z["cash_in"], z["cash_out"]) == (5_000, 2_000)
    numbers = [n for (n,) in ask("SELECT number FROM sale WHERE id > ? AND lane = '1' ORDER BY id", (first,))]
    assert numbers == list(range(numbers[0], numbers[0] + documents))
