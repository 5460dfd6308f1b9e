"""What the screen says when paper is the trouble: the sale is complete all the same."""

from __future__ import annotations

import pytest

from tests.web.cashier import Cashier
from tests.web.shop import wait


def sell(till: Cashier) -> None:
    """One item, exact cash, the screen closed."""
    till.scan(till.shop.product()[0])
    till.tap("#pay-cash")
    till.tap("#cash-notes button >> nth=0")
    till.visible("#done")


@pytest.mark.fault("F85")
@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("no_paper", "Printer is out of paper. The sale is complete; reprint after loading."),
        ("cover_open", "The printer's cover is open. The sale is complete; reprint after closing it."),
    ],
)
def test_no_paper_never_stops_a_sale_and_says_what_to_do(till: Cashier, fault: str, sentence: str) -> None:
    till.shop.printer(fault)
    before, papers = till.shop.sales(), till.shop.papers()
    sell(till)
    till.see("#done-print-text", sentence)
    till.key("Enter")
    till.see("#paper-bar", sentence)
    assert till.shop.sales() == before + 1
    till.shop.printer(fault, False)
    wait(lambda: till.shop.papers() == papers + 1, 10)
    till.visible("#paper-bar", False)


@pytest.mark.fault("F03", "F86")
def test_an_uncertain_paper_is_asked_for_and_the_answer_settles_it(till: Cashier) -> None:
    till.shop.printer("cut_power_mid_job")
    sell(till)
    till.key("Enter")
    till.see("#paper-title", "Did the receipt come out?")
    till.shop.printer("cut_power_mid_job", False)
    till.tap("#paper-yes")
    till.visible("#paper-bar", False)


@pytest.mark.fault("F03")
def test_a_copy_instead_of_an_uncertain_paper(till: Cashier) -> None:
    till.shop.printer("cut_power_mid_job")
    sell(till)
    till.key("Enter")
    till.visible("#paper-copy")
    till.shop.printer("cut_power_mid_job", False)
    papers = till.shop.papers()
    till.tap("#paper-copy")
    wait(lambda: till.shop.papers() > papers, 10)
    till.visible("#paper-bar", False)


def test_reprint_last_is_one_tap_and_the_receipt_can_be_seen(till: Cashier) -> None:
    sell(till)
    till.tap("#done-view")
    wait(lambda: till.page.evaluate("document.querySelector('#receipt img')?.naturalWidth > 100"))
    till.key("Escape")
    wait(
        lambda: till.shop.box.db.execute_sql("SELECT COUNT(*) FROM print_job WHERE state = 'queued'").fetchone()[0] == 0
    )
    papers, taps = till.shop.papers(), till.taps
    till.tap("#do-reprint")
    wait(lambda: till.shop.papers() == papers + 1, 10)
    assert till.taps == taps + 1


def test_chips_say_what_is_not_as_usual(till: Cashier) -> None:
    till.see("#chips", "Printer ready")
    till.shop.printer("paper_low")
    till.see("#chips", "Paper low")
    till.shop.daemon.devices["scanner-1"].set_fault("unplug", True)  # type: ignore[attr-defined]
    till.see("#chips", "Scanner lost")
