"""The print queue: one original at most, every other paper says COPY, and what is not known is asked."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from drivers import escpos_reader
from drivers.base import PrinterStatus
from drivers.simulated import SimulatedPrinter
from edge import printing
from edge.errors import ShopError
from edge.printing import Spooler
from tests.edge.shop import MILK, WINE, Hands, Shop


@pytest.fixture
def spooler(shop: Shop) -> Spooler:
    return shop.spooler()


@pytest.fixture
def printer(shop: Shop, spooler: Spooler) -> SimulatedPrinter:
    assert shop.printer is not None
    return shop.printer


def work(spooler: Spooler) -> None:
    """What the spooler's thread does until it would wait."""
    while spooler.print_next():
        pass


def jobs(shop: Shop) -> list[tuple[str, int, str]]:
    return [
        (kind, copy, state) for kind, copy, state in shop.ask("SELECT kind, copy_no, state FROM print_job ORDER BY id")
    ]


def papers(printer: SimulatedPrinter) -> list[str]:
    """The texts of whole papers that say something (a kick of the drawer is none)."""
    texts = [escpos_reader.text(paper.data) for paper in printer.papers() if paper.whole]
    return [text for text in texts if text.strip()]


def test_a_sale_opens_the_drawer_and_prints_one_receipt(
    shop: Shop, till: Hands, spooler: Spooler, printer: SimulatedPrinter
) -> None:
    assert till.sell().receipt == "S01-1-1-000001"
    assert jobs(shop) == [("drawer", 0, "queued"), ("receipt", 0, "queued")]
    work(spooler)
    assert jobs(shop) == [("drawer", 0, "printed"), ("receipt", 0, "printed")]
    assert printer.kicks == 1
    assert len(papers(printer)) == 1
    assert "S01-1-1-000001" in papers(printer)[0]
    assert "COPY" not in papers(printer)[0]


def test_the_screen_follows_the_paper(shop: Shop, till: Hands, spooler: Spooler) -> None:
    till.sell()
    assert (till.view()["done"]["print"], till.view()["print_queue"]) == ("queued", 1)
    work(spooler)
    assert (till.view()["done"]["print"], till.view()["print_queue"], till.view()["print"]) == ("printed", 0, None)


@pytest.mark.fault("F85")
@pytest.mark.parametrize("fault", ["no_paper", "cover_open", "offline"])
def test_a_printer_that_is_not_ready_keeps_the_job_and_the_sale_is_done(
    shop: Shop, till: Hands, spooler: Spooler, printer: SimulatedPrinter, fault: str
) -> None:
    printer.set_fault(fault, True)
    till.sell()
    assert not spooler.print_next()
    shop.clock.advance(60)
    work(spooler)
    assert jobs(shop) == [("drawer", 0, "dropped"), ("receipt", 0, "queued")]
    assert shop.one("SELECT reason FROM print_job WHERE kind = 'receipt'") == fault
    assert spooler.status.value == fault
    assert till.view()["print"] is None, "nobody has to answer anything: it prints by itself"
    printer.set_fault(fault, False)
    work(spooler)
    assert jobs(shop)[1] == ("receipt", 0, "printed")
    assert spooler.status is PrinterStatus.OK
    assert len(papers(printer)) == 1


@pytest.mark.fault("F89")
def test_a_drawer_never_opens_long_after_its_sale(
    shop: Shop, till: Hands, spooler: Spooler, printer: SimulatedPrinter
) -> None:
    till.sell()
    shop.clock.advance(21)
    work(spooler)
    assert jobs(shop) == [("drawer", 0, "dropped"), ("receipt", 0, "printed")]
    assert printer.kicks == 0


@pytest.mark.fault("F89", "F23")
def test_nor_when_the_clock_was_set_back_meanwhile(
    shop: Shop, till: Hands, spooler: Spooler, printer: SimulatedPrinter
) -> None:
    till.sell()
    shop.clock.set_wall(shop.clock.now_us() - 7_200_000_000)
    work(spooler)
    assert jobs(shop)[0] == ("drawer", 0, "dropped")
    assert printer.kicks == 0


@pytest.mark.fault("F86", "F03")
def test_a_cable_pulled_in_the_middle_is_uncertain_and_never_sent_again_by_itself(
    shop: Shop, till: Hands, spooler: Spooler, printer: SimulatedPrinter
) -> None:
    till.sell()
    spooler.print_next()
    printer.set_fault("cut_power_mid_job", True)
    work(spooler)
    assert jobs(shop)[1] == ("receipt", 0, "uncertain")
    printer.set_fault("cut_power_mid_job", False)
    work(spooler)
    shop.restart()
    again = shop.spooler()
    again.recover()
    work(again)
    assert papers(printer) == []
    assert shop.tills["1"].view()["print"]["state"] == "uncertain"


@pytest.mark.fault("F87")
def test_a_printer_that_takes_everything_and_says_nothing_is_uncertain(
    shop: Shop, till: Hands, spooler: Spooler, printer: SimulatedPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = printer.send
    monkeypatch.setattr(printer, "send", lambda data: real(data, deadline_s=2))
    printer.set_fault("silent", True)
    till.sell()
    shop.clock.advance(30)
    work(spooler)
    assert jobs(shop) == [("drawer", 0, "dropped"), ("receipt", 0, "uncertain")]


@pytest.mark.fault("F03")
@pytest.mark.parametrize("kind", ["drawer", "receipt"])
def test_a_crash_while_sending_asks_and_prints_no_second_original(
    shop: Shop, till: Hands, spooler: Spooler, printer: SimulatedPrinter, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """The process dies when the bytes are out but the answer is not yet written down."""
    till.sell()
    if kind == "receipt":
        spooler.print_next()
    real = printer.send

    def die(data: bytes, deadline_s: float = 10) -> Any:
        real(data, deadline_s)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(printer, "send", die)
        with pytest.raises(KeyboardInterrupt):
            spooler.print_next()
    assert ("sending", None) in shop.ask("SELECT state, done_us FROM print_job")
    shop.restart()
    again = shop.spooler()
    again.recover()
    work(again)
    expected = {
        "drawer": [("drawer", 0, "dropped"), ("receipt", 0, "printed")],
        "receipt": [("drawer", 0, "printed"), ("receipt", 0, "uncertain")],
    }
    assert jobs(shop) == expected[kind]
    assert len(papers(printer)) == 1
    assert printer.kicks == 1


# -- a person answers -------------------------------------------------------------------------------------------------


@pytest.fixture
def unsure(shop: Shop, till: Hands, spooler: Spooler) -> int:
    """The job of a receipt nobody knows of."""
    till.sell()
    shop.db.execute_sql("UPDATE print_job SET state = 'dropped' WHERE kind = 'drawer'")
    shop.db.execute_sql("UPDATE print_job SET state = 'sending' WHERE kind = 'receipt'")
    spooler.recover()
    return int(till.view()["print"]["job"])


@pytest.mark.fault("F03")
def test_it_came_out_is_an_answer(
    shop: Shop, till: Hands, spooler: Spooler, printer: SimulatedPrinter, unsure: int
) -> None:
    assert till.do("print/resolve", job=unsure, printed=True)["print"] is None
    work(spooler)
    assert jobs(shop) == [("drawer", 0, "dropped"), ("receipt", 0, "printed")]
    assert papers(printer) == []


@pytest.mark.fault("F03")
def test_it_did_not_come_out_prints_one_copy(
    shop: Shop, till: Hands, spooler: Spooler, printer: SimulatedPrinter, unsure: int
) -> None:
    till.do("print/resolve", job=unsure, printed=False, id="tap")
    till.do("print/resolve", job=unsure, printed=False, id="tap")
    work(spooler)
    assert jobs(shop) == [("drawer", 0, "dropped"), ("receipt", 0, "dropped"), ("copy", 1, "printed")]
    assert ["COPY 1" in text for text in papers(printer)] == [True]


def test_an_answer_is_given_once_and_only_on_its_own_lane(
    shop: Shop, till: Hands, other_till: Hands, unsure: int
) -> None:
    for hands, job in ((other_till, unsure), (till, 999)):
        with pytest.raises(ShopError) as caught:
            hands.do("print/resolve", job=job, printed=True)
        assert caught.value.slug == "print_settled"
    till.do("print/resolve", job=unsure, printed=True)
    with pytest.raises(ShopError):
        till.do("print/resolve", job=unsure, printed=False)
    assert len(jobs(shop)) == 2


# -- copies -----------------------------------------------------------------------------------------------------------


def test_copies_are_counted_and_told_to_headquarters(
    shop: Shop, till: Hands, spooler: Spooler, printer: SimulatedPrinter
) -> None:
    sale = till.sell().uid
    work(spooler)
    for _ in range(3):
        till.do("reprint", sale=sale)
    work(spooler)
    assert [text.count("COPY") for text in papers(printer)] == [0, 1, 1, 1]
    assert [f"COPY {n}" in text for n, text in enumerate(papers(printer))][1:] == [True] * 3
    assert shop.one("SELECT COUNT(*) FROM journal WHERE body LIKE '%receipt.reprinted%'") == 3


@pytest.mark.fault("F90")
def test_a_double_tap_on_reprint_is_one_copy(shop: Shop, till: Hands) -> None:
    sale = till.sell().uid
    till.do("reprint", sale=sale, id="tap")
    shop.restart()
    shop.tills["1"].do("reprint", sale=sale, id="tap")
    assert [job for job in jobs(shop) if job[0] == "copy"] == [("copy", 1, "queued")]


def test_a_lane_without_a_printer_queues_nothing(shop: Shop, other_till: Hands) -> None:
    sale = other_till.sell().uid
    assert jobs(shop) == []
    with pytest.raises(ShopError) as caught:
        other_till.do("reprint", sale=sale)
    assert caught.value.slug == "no_printer"
    assert other_till.view()["done"]["print"] == "none"


def test_an_unknown_sale_is_not_reprinted(till: Hands) -> None:
    with pytest.raises(ShopError) as caught:
        till.do("reprint", sale="nobody")
    assert caught.value.slug == "sale_unknown"


def test_a_void_prints_its_own_paper(shop: Shop, till: Hands, spooler: Spooler, printer: SimulatedPrinter) -> None:
    till.void(till.sell([WINE]).uid)
    work(spooler)
    assert ["VOID of receipt S01-1-1-000001" in text for text in papers(printer)] == [False, True]
    assert printer.kicks == 2


# -- what can't be printed --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [ShopError("sale_unknown"), ValueError("no such glyph"), MemoryError()])
def test_a_paper_that_cannot_be_made_fails_and_the_next_one_prints(
    shop: Shop,
    till: Hands,
    spooler: Spooler,
    printer: SimulatedPrinter,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    till.sell([MILK])
    real, calls = printer.render, []

    def render(document: Any) -> bytes:
        calls.append(document)
        if len(calls) == 1:
            raise error
        return real(document)

    monkeypatch.setattr(printer, "render", render)
    till.sell([WINE])
    work(spooler)
    receipts = [job for job in jobs(shop) if job[0] == "receipt"]
    assert receipts == [("receipt", 0, "failed"), ("receipt", 0, "printed")]
    assert (till.view()["print"]["state"], till.view()["print"]["reason"]) == ("failed", "render")


# -- in its thread ----------------------------------------------------------------------------------------------------


def test_the_thread_prints_what_is_queued_when_it_is_woken_and_ends(
    shop: Shop, till: Hands, spooler: Spooler, printer: SimulatedPrinter
) -> None:
    shop.box.after_commit.append(lambda topic, data: spooler.wake())
    thread = threading.Thread(target=spooler.run)
    thread.start()
    try:
        for _ in range(3):
            till.sell()
        until = time.monotonic() + 10
        while time.monotonic() < until and {state for _, _, state in jobs(shop)} != {"printed"}:
            time.sleep(0.01)
    finally:
        spooler.stop()
        thread.join(5)
    assert {state for _, _, state in jobs(shop)} == {"printed"}
    assert [f"S01-1-1-00000{n}" in text for n, text in enumerate(papers(printer), 1)] == [True] * 3


def test_each_printer_has_its_own_queue(shop: Shop, till: Hands, spooler: Spooler) -> None:
    other = Spooler(shop.box, SimulatedPrinter("printer-2", "simulated-printer", shop.clock, mode="text"))
    till.sell()
    assert not other.print_next()
    assert spooler.print_next()


def test_a_printer_without_a_drawer_is_not_asked_to_open_one(shop: Shop, till: Hands) -> None:
    printer = SimulatedPrinter("printer-1", "simulated-printer", shop.clock, mode="text", drawer="none")
    till.sell()
    work(Spooler(shop.box, printer))
    assert jobs(shop) == [("drawer", 0, "dropped"), ("receipt", 0, "printed")]
    assert printer.kicks == 0
    assert printing.state_of(shop.box, shop.one("SELECT uid FROM sale WHERE lane = '1'")) == "printed"
