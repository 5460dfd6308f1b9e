"""A cashier's hands: sales of all kinds by touch and scanner, each with its budget of taps (T1 to T12 of the screen's
contract). What is not a sale is in test_day.py."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import expect

from tests.web.cashier import Cashier
from tests.web.shop import MANAGER
from tests.web.wares import Wares

PHONE = "13900001234"
STATE = "() => fetch('/api/till/1/state').then((answer) => answer.json())"


class Selling:
    """Sales, each with its budget of taps."""

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
        return "TBR" + str(self.till.page.evaluate(STATE)["last_sale"]["receipt"])

    def due(self) -> int:
        """What the open cart comes to."""
        return int(self.till.page.evaluate(STATE)["basket"]["left"])

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
            self.type("find-pad", PHONE)
            self.till.tap("#find-ok")
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
            self.till.scan_for_dialog(f"SN-{self.sold}")
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
