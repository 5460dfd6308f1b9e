"""The real printer driver in front of the simulated printer, with each of its faults."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from drivers import escpos_reader
from drivers.base import DeviceState, PrinterStatus, Sent
from drivers.errors import PrinterNotReady, PrinterUncertain
from drivers.registry import create
from drivers.simulated import SimulatedPrinter
from edge.base.clock import FakeClock, SystemClock
from tests.drivers import papers
from tests.drivers.conftest import wait_for


@pytest.fixture
def printer(clock: SystemClock) -> SimulatedPrinter:
    return make(clock)


def make(clock: SystemClock | FakeClock, **options: object) -> SimulatedPrinter:
    device = create("simulated-printer", "printer-1", options, clock)
    assert isinstance(device, SimulatedPrinter)
    return device


def test_a_receipt_comes_out_whole(printer: SimulatedPrinter) -> None:
    data = printer.render(papers.CHINESE)
    assert printer.send(data) is Sent.PRINTED
    (paper,) = printer.papers()
    assert paper.data == data
    assert (paper.kicks, paper.whole) == (0, True)
    assert printer.state is DeviceState.READY
    with Image.open(io.BytesIO(escpos_reader.picture(paper.data))) as image:
        assert image.width > 576


def test_the_drawer_is_kicked_once_and_leaves_no_paper(printer: SimulatedPrinter) -> None:
    kick = printer.drawer_bytes()
    assert kick is not None
    assert printer.send(kick) is Sent.PRINTED
    assert (printer.kicks, printer.papers()) == (1, [])
    printer.send(printer.render(papers.short()))
    assert (printer.kicks, printer.papers()[0].kicks) == (1, 0)


def test_without_a_drawer_there_is_no_drawer_job(clock: SystemClock) -> None:
    assert make(clock, drawer="none").drawer_bytes() is None


@pytest.mark.fault("F72")
def test_a_burst_of_fifty_receipts_loses_none(printer: SimulatedPrinter) -> None:
    jobs = [printer.render(papers.short(f"receipt {n}")) for n in range(50)]
    assert [printer.send(job) for job in jobs] == [Sent.PRINTED] * 50
    assert [paper.data for paper in printer.papers()] == jobs


def test_fifty_receipts_from_five_threads_do_not_mix(printer: SimulatedPrinter) -> None:
    jobs = [printer.render(papers.short(f"receipt {n}")) for n in range(50)]

    def work(own: list[bytes]) -> None:
        for job in own:
            printer.send(job)

    threads = [threading.Thread(target=work, args=(jobs[n::5],)) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(paper.data for paper in printer.papers()) == sorted(jobs)


def test_the_last_fifty_papers_are_kept(printer: SimulatedPrinter) -> None:
    data = printer.render(papers.short())
    for _ in range(55):
        printer.send(data)
    assert len(printer.papers()) == 50


@pytest.mark.fault("F85")
@pytest.mark.parametrize(
    ("fault", "reason", "state"),
    [
        ("no_paper", PrinterStatus.NO_PAPER, DeviceState.DEGRADED),
        ("cover_open", PrinterStatus.COVER_OPEN, DeviceState.DEGRADED),
        ("offline", PrinterStatus.OFFLINE, DeviceState.LOST),
    ],
)
def test_an_unfit_printer_gets_nothing_and_the_next_job_works(
    printer: SimulatedPrinter, fault: str, reason: PrinterStatus, state: DeviceState
) -> None:
    data = printer.render(papers.short())
    printer.set_fault(fault, True)
    with pytest.raises(PrinterNotReady) as raised:
        printer.send(data)
    assert raised.value.reason is reason
    assert printer.status() is reason
    assert printer.state is state
    printer.set_fault(fault, False)
    assert printer.papers() == []  # not even later
    assert printer.send(data) is Sent.PRINTED
    assert (printer.status(), printer.state) == (PrinterStatus.OK, DeviceState.READY)
    assert len(printer.papers()) == 1


@pytest.mark.fault("F85")
def test_little_paper_is_told_and_printed_on(printer: SimulatedPrinter) -> None:
    printer.set_fault("paper_low", True)
    assert printer.send(printer.render(papers.short())) is Sent.PRINTED
    assert printer.status() is PrinterStatus.PAPER_LOW
    assert printer.state is DeviceState.DEGRADED


@pytest.mark.fault("F87")
def test_a_silent_printer_is_uncertain_within_the_deadline(printer: SimulatedPrinter) -> None:
    data = printer.render(papers.short())
    printer.set_fault("silent", True)
    began = time.monotonic()
    with pytest.raises(PrinterUncertain):
        printer.send(data, deadline_s=1)
    assert time.monotonic() - began < 2.5
    assert printer.status() is PrinterStatus.UNKNOWN
    printer.set_fault("silent", False)
    assert printer.send(data) is Sent.PRINTED


@pytest.mark.fault("F86")
@pytest.mark.fault("F03")
def test_a_power_cut_in_the_middle_is_uncertain_and_leaves_a_torn_paper(printer: SimulatedPrinter) -> None:
    data = printer.render(papers.CHINESE)
    printer.set_fault("cut_power_mid_job", True)
    with pytest.raises(PrinterUncertain) as raised:
        printer.send(data)
    assert raised.value.reason is PrinterStatus.OFFLINE
    (torn,) = printer.papers()
    assert not torn.whole
    assert data.startswith(torn.data)
    printer.set_fault("cut_power_mid_job", False)
    assert printer.send(data) is Sent.PRINTED
    assert printer.papers()[-1].data == data  # nothing of the torn one is in it


@pytest.mark.fault("F85")
def test_paper_that_ends_in_the_middle_is_uncertain_and_says_why(
    printer: SimulatedPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = printer.render(papers.short())
    receive = printer._firmware.receive

    def runs_out(part: bytes) -> int:
        if len(part) > 100:
            printer.set_fault("no_paper", True)
        return receive(part)

    monkeypatch.setattr(printer._firmware, "receive", runs_out)
    with pytest.raises(PrinterUncertain) as raised:
        printer.send(data, deadline_s=0.5)
    assert raised.value.reason is PrinterStatus.NO_PAPER
    assert printer.papers() == []
    monkeypatch.undo()
    printer.set_fault("no_paper", False)
    assert len(printer.papers()) == 1  # as real ones do, it goes on with what it holds: hence "uncertain"
    assert printer.send(data) is Sent.PRINTED  # and the late answer to the first job is not taken for this one's
    assert len(printer.papers()) == 2


def test_close_ends_a_job_within_a_second(printer: SimulatedPrinter) -> None:
    data = printer.render(papers.short())
    printer.set_fault("silent", True)
    raised: list[BaseException] = []

    def job() -> None:
        try:
            printer.send(data, deadline_s=30)
        except PrinterUncertain as error:
            raised.append(error)

    thread = threading.Thread(target=job)
    thread.start()
    assert wait_for(lambda: printer.papers())
    printer.close()
    thread.join(1)
    assert not thread.is_alive()
    assert len(raised) == 1
    with pytest.raises(PrinterNotReady):
        printer.send(data)
    assert printer.state is DeviceState.CLOSED


def test_asking_during_a_job_answers_at_once(printer: SimulatedPrinter) -> None:
    assert printer.status() is PrinterStatus.OK
    data = printer.render(papers.short())
    printer.set_fault("silent", True)
    thread = threading.Thread(target=lambda: pytest.raises(PrinterUncertain, printer.send, data, 1.5))
    thread.start()
    assert wait_for(lambda: printer.papers())
    began = time.monotonic()
    printer.status()
    assert time.monotonic() - began < 0.3
    thread.join()


def test_a_second_job_waits_no_longer_than_its_deadline(printer: SimulatedPrinter) -> None:
    data = printer.render(papers.short())
    printer.set_fault("silent", True)
    thread = threading.Thread(target=lambda: pytest.raises(PrinterUncertain, printer.send, data, 2))
    thread.start()
    assert wait_for(lambda: printer.papers())
    with pytest.raises(PrinterNotReady, match="busy"):
        printer.send(data, deadline_s=0.1)
    thread.join()


def test_papers_go_to_the_spool_folder_numbered_over_restarts(tmp_path: Path) -> None:
    clock = FakeClock()
    spool = tmp_path / "deep" / "spool"
    first = make(clock, spool=str(spool))
    data = first.render(papers.CHINESE)
    first.send(data)
    first.set_fault("cut_power_mid_job", True)
    with pytest.raises(PrinterUncertain):
        first.send(data)
    second = make(clock, spool=str(spool))
    second.send(data)
    now = clock.now_us()
    names = sorted(path.name for path in spool.iterdir())
    assert names == [f"000001-{now}.bin", f"000002-{now}.torn", f"000003-{now}.bin"]
    assert (spool / names[2]).read_bytes() == data


def test_a_full_disk_costs_the_spooled_file_not_the_job(clock: SystemClock, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    printer = make(clock, spool=str(tmp_path / "file" / "spool"))
    assert printer.send(printer.render(papers.short())) is Sent.PRINTED


def test_narrow_paper_and_text_mode_are_options(clock: SystemClock) -> None:
    printer = make(clock, paper_mm=58, mode="text")
    printer.send(printer.render(papers.ENGLISH))
    lines = escpos_reader.text(printer.papers()[0].data).splitlines()
    assert max(len(line) for line in lines) == 32


def test_faults_are_listed_and_an_unknown_one_is_an_error(printer: SimulatedPrinter) -> None:
    assert set(printer.faults()) == {
        "no_paper",
        "paper_low",
        "cover_open",
        "offline",
        "silent",
        "cut_power_mid_job",
    }
    with pytest.raises(KeyError):
        printer.set_fault("on_fire", True)


def test_time_on_a_paper_comes_from_the_clock_that_was_given() -> None:
    clock = FakeClock()
    printer = make(clock)
    at: Callable[[], int] = clock.mono_ns
    printer.send(printer.render(papers.short()))
    assert printer.papers()[0].at_ns == at()
