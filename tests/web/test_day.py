"""A shop's day at one till: every tap is counted against the budgets of the screen's contract, and in the evening the Z
report is what the documents say."""

from __future__ import annotations

from contextlib import ExitStack

import orjson
from playwright.sync_api import Browser, expect

from tests.web.cashier import Cashier
from tests.web.day import STATE, Selling
from tests.web.shop import CASHIER, Shop, wait
from tests.web.wares import GIFT_CARD, Wares

FLOAT = 30_000


class Day(Selling):
    """All that a cashier does between opening and closing."""

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
        self.till.scan_for_dialog(self.plain[0])  # what comes back, by its own code
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
        self.till.scan_for_dialog(self.plain[6])
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
        for value in self.till.page.evaluate(STATE)["shop"]["denominations"]:
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


def test_a_whole_day_at_the_till(full_shop: tuple[Shop, Wares], browser: Browser) -> None:
    shop, wares = full_shop
    first = shop.box.db.execute_sql("SELECT COALESCE(MAX(id), 0) FROM sale").fetchone()[0]
    with ExitStack() as windows:
        till = Cashier.at(shop, browser, windows, CASHIER, "en")
        day = Day(till, wares)
        day.open_shift()
        for sale in (
            day.three_items, day.an_odd_amount, day.by_card, day.a_member_by_card, day.a_member_by_phone,
            day.more_of_one, day.a_line_taken_out_and_back, day.a_serial_number, day.a_lot, day.an_open_price,
            # the same code again at once would be one scan read twice, so others come between
            day.someone_old_enough, day.a_deposit_and_empty_bottles, day.someone_too_young,
            day.weighed_goods_in_a_bowl, day.the_age_is_asked_again_before_paying, day.another_price,
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
