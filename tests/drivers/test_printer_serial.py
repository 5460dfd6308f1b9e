"""A printer on a serial line: a terminal line (pty) with the simulated firmware at its other end."""

from __future__ import annotations

import os
import time
import tty
from pathlib import Path

import pytest
import serial

from drivers.base import Printer, PrinterStatus, Sent
from drivers.errors import PrinterNotReady, PrinterUncertain
from drivers.registry import create
from edge.base.clock import SystemClock
from tests.drivers import papers
from tests.drivers.test_printer_cables import UsbPrinter


def make(port: str, clock: SystemClock, **options: object) -> Printer:
    device = create("escpos-serial", "printer-1", {"port": port, **options}, clock)
    assert isinstance(device, Printer)
    return device


@pytest.mark.parametrize("flow", ["dsrdtr", "xonxoff", "none"])
@pytest.mark.parametrize("mode", ["text", "raster"])
def test_prints_and_asks_over_a_serial_line(clock: SystemClock, mode: str, flow: str) -> None:
    far = UsbPrinter()
    try:
        printer = make(far.path, clock, mode=mode, flow=flow, baudrate=115200)
        data = printer.render(papers.CHINESE)
        assert [printer.send(data), printer.send(data)] == [Sent.PRINTED] * 2
        assert far.firmware.papers()[-1].data == data
        assert printer.status() is PrinterStatus.OK
        far.firmware.set_fault("no_paper", True)
        with pytest.raises(PrinterNotReady) as raised:
            printer.send(data)
        assert raised.value.reason is PrinterStatus.NO_PAPER
    finally:
        far.unplug()


@pytest.mark.fault("F87")
@pytest.mark.parametrize("answers", [True, False])
def test_a_stalled_printer_is_uncertain_within_the_deadline(clock: SystemClock, answers: bool) -> None:
    master, slave = os.openpty()
    tty.setraw(slave)
    printer = make(os.ttyname(slave), clock, mode="raster", answers=answers)
    data = printer.render(papers.long(40))
    began = time.monotonic()
    with pytest.raises(PrinterUncertain, match="stopped taking data"):
        printer.send(data, deadline_s=1)
    assert time.monotonic() - began < 2.5
    os.close(master)
    os.close(slave)


@pytest.mark.fault("F86")
def test_a_missing_and_a_returning_line(clock: SystemClock, tmp_path: Path) -> None:
    link = tmp_path / "printer"
    printer = make(str(link), clock)
    data = printer.render(papers.CHINESE)
    with pytest.raises(PrinterNotReady) as raised:
        printer.send(data)
    assert raised.value.reason is PrinterStatus.OFFLINE
    assert str(link) in raised.value.detail
    far = UsbPrinter()
    link.symlink_to(far.path)
    assert printer.send(data) is Sent.PRINTED
    far.unplug()
    assert printer.status() is PrinterStatus.OFFLINE


def test_a_line_that_another_program_holds_is_not_ready(clock: SystemClock) -> None:
    far = UsbPrinter()
    with serial.Serial(far.path, exclusive=True):
        printer = make(far.path, clock)
        with pytest.raises(PrinterNotReady) as raised:
            printer.send(b"x\n")
    assert raised.value.reason is PrinterStatus.OFFLINE
    far.unplug()
