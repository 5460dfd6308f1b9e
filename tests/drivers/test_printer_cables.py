"""The printer driver over real cables: TCP, a device file (pty), a plain file. At their end the simulated firmware."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.base import Clock, Printer, PrinterStatus, Sent
from drivers.errors import PrinterNotReady, PrinterUncertain
from drivers.registry import create
from drivers.simulated_firmware import Firmware
from edge.base.clock import SystemClock
from tests.drivers import papers
from tests.drivers.conftest import wait_for
from tests.ports import free_port


class NetworkPrinter:
    """The firmware behind TCP, one connection at a time. Hooks make it misbehave."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self.firmware = Firmware(time.monotonic_ns, lambda paper: None, keep=100)
        self.deaf = False  # accepts, never reads
        self.hang_up_after: int | None = None  # bytes of a connection
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._server = socket.create_server((host, port), family=family)
        self._server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        self.host, self.port = self._server.getsockname()[:2]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def __enter__(self) -> NetworkPrinter:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._server.close()

    def _serve(self) -> None:
        while not self._stop.is_set():
            if select.select([self._server], [], [], 0.01)[0]:
                line, _ = self._server.accept()
                with line, contextlib.suppress(ConnectionError):
                    self.firmware.connect()
                    self._talk(line)
                self.firmware.disconnect()

    def _talk(self, line: socket.socket) -> None:
        taken = 0
        while not self._stop.is_set():
            if reply := self.firmware.reply(0.001):
                line.send(reply)
            if self.deaf or not select.select([line], [], [], 0.001)[0]:
                continue
            data = line.recv(4096)
            if not data:
                return
            taken += len(data)
            self.firmware.receive(data)
            if self.hang_up_after is not None and taken > self.hang_up_after:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
                return  # closes with a reset


@pytest.fixture
def far() -> Iterator[NetworkPrinter]:
    with NetworkPrinter() as printer:
        yield printer


@pytest.fixture
def printer(far: NetworkPrinter, clock: SystemClock) -> Printer:
    return make("escpos-network", clock, host=far.host, port=far.port)


def make(driver: str, clock: Clock, **options: object) -> Printer:
    device = create(driver, "printer-1", options, clock)
    assert isinstance(device, Printer)
    return device


def test_prints_over_the_network(far: NetworkPrinter, printer: Printer) -> None:
    data = printer.render(papers.CHINESE)
    assert printer.send(data) is Sent.PRINTED
    assert [paper.data for paper in far.firmware.papers()] == [data]
    assert printer.status() is PrinterStatus.OK


def test_prints_over_ipv6(clock: SystemClock) -> None:
    with NetworkPrinter("::1") as far:
        printer = make("escpos-network", clock, host="::1", port=far.port)
        assert printer.send(printer.render(papers.short())) is Sent.PRINTED


def test_fifty_receipts_in_a_burst_all_arrive(far: NetworkPrinter, printer: Printer) -> None:
    jobs = [printer.render(papers.short(f"receipt {n}")) for n in range(50)]
    assert {printer.send(job) for job in jobs} == {Sent.PRINTED}
    assert [paper.data for paper in far.firmware.papers()] == jobs


def test_a_refused_connection_is_not_ready_and_the_next_job_works(clock: SystemClock) -> None:
    port = free_port()
    printer = make("escpos-network", clock, host="127.0.0.1", port=port)
    data = printer.render(papers.short())
    for _ in range(2):
        with pytest.raises(PrinterNotReady, match="Connection refused") as raised:
            printer.send(data)
        assert raised.value.reason is PrinterStatus.OFFLINE
    assert printer.status() is PrinterStatus.OFFLINE
    with NetworkPrinter(port=port):
        assert printer.send(data) is Sent.PRINTED


def test_an_address_without_name_is_not_ready(clock: SystemClock) -> None:
    printer = make("escpos-network", clock, host="printer.invalid")
    with pytest.raises(PrinterNotReady, match="printer.invalid"):
        printer.send(printer.render(papers.short()))


@pytest.mark.fault("F87")
def test_a_printer_that_accepts_and_never_reads_is_uncertain_within_the_deadline(
    far: NetworkPrinter, printer: Printer
) -> None:
    far.deaf = True
    data = printer.render(papers.short())
    began = time.monotonic()
    with pytest.raises(PrinterUncertain):
        printer.send(data, deadline_s=1)
    with pytest.raises(PrinterUncertain, match="stopped taking data"):
        printer.send(data * 3000, deadline_s=1)  # more than the kernel buffers
    assert time.monotonic() - began < 5


@pytest.mark.fault("F87")
def test_a_printer_left_in_the_middle_of_a_picture_prints_the_next_job_whole(
    far: NetworkPrinter, printer: Printer
) -> None:
    data = printer.render(papers.CHINESE)
    far.deaf = True
    with pytest.raises(PrinterUncertain, match="stopped taking data"):
        printer.send(data * 200, deadline_s=1.5)
    far.deaf = False
    assert wait_for(lambda: printer.status() is PrinterStatus.OK, 20)
    assert printer.send(data) is Sent.PRINTED
    assert far.firmware.papers()[-1].data.endswith(data)


@pytest.mark.fault("F87")
def test_a_till_killed_in_the_middle_of_a_picture_prints_whole_when_it_is_back(
    far: NetworkPrinter, clock: SystemClock
) -> None:
    """The printer kept its power and waits for dots; the new process knows nothing of that."""
    first, second = (make("escpos-network", clock, host=far.host, port=far.port) for _ in range(2))
    data = first.render(papers.CHINESE)
    with socket.create_connection((far.host, far.port)) as line:
        line.sendall(data[: data.index(b"\x1dv0") + 40])
    assert second.send(data) is Sent.PRINTED
    assert far.firmware.papers()[-1].data.endswith(data)
    assert second.send(data) is Sent.PRINTED
    assert far.firmware.papers()[-1].data == data


@pytest.mark.fault("F86")
def test_a_connection_that_breaks_in_the_middle_is_uncertain_and_the_next_job_works(
    far: NetworkPrinter, printer: Printer
) -> None:
    data = printer.render(papers.CHINESE)
    far.hang_up_after = 20_000
    with pytest.raises(PrinterUncertain):
        printer.send(data * 20)
    far.hang_up_after = None
    far.firmware = Firmware(time.monotonic_ns, lambda paper: None)  # its memory was lost with the power
    assert printer.send(data) is Sent.PRINTED
    assert [paper.data for paper in far.firmware.papers()] == [data]


@pytest.mark.fault("F85")
def test_no_paper_is_told_before_anything_is_sent(far: NetworkPrinter, printer: Printer) -> None:
    far.firmware.set_fault("no_paper", True)
    with pytest.raises(PrinterNotReady) as raised:
        printer.send(printer.render(papers.short()))
    assert raised.value.reason is PrinterStatus.NO_PAPER
    far.firmware.set_fault("no_paper", False)
    assert far.firmware.papers() == []


def test_stray_bytes_of_the_printer_are_no_answer(far: NetworkPrinter, printer: Printer) -> None:
    """Flow control and noise come before and during the job; only the answer behind the job counts."""
    far.firmware.set_fault("silent", True)
    data = printer.render(papers.short())
    quiet = threading.Event()

    def chat() -> None:
        while not quiet.wait(0.01):
            far.firmware._replies.put(b"\x11\x13\x92\xff")

    thread = threading.Thread(target=chat)
    thread.start()
    try:
        with pytest.raises(PrinterUncertain):
            printer.send(data, deadline_s=1)
    finally:
        quiet.set()
        thread.join()


def test_a_printer_without_answers_gets_its_whole_job(far: NetworkPrinter, clock: SystemClock) -> None:
    far.firmware.set_fault("silent", True)
    printer = make("escpos-network", clock, host=far.host, port=far.port, answers=False)
    data = printer.render(papers.long(40))
    assert printer.send(data) is Sent.SENT
    assert wait_for(lambda: [paper.data for paper in far.firmware.papers()] == [data])
    assert printer.status() is PrinterStatus.UNKNOWN


class UsbPrinter:
    """The firmware behind a terminal line that stands for /dev/usb/lp0."""

    def __init__(self) -> None:
        self.firmware = Firmware(time.monotonic_ns, lambda paper: None)
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def unplug(self) -> None:
        self._stop.set()
        self._thread.join()
        os.close(self._master)
        os.close(self._slave)

    def _serve(self) -> None:
        while not self._stop.is_set():
            if select.select([self._master], [], [], 0.001)[0]:
                self.firmware.receive(os.read(self._master, 4096))
            if reply := self.firmware.reply(0.001):
                os.write(self._master, reply)


def test_prints_to_a_device_file(clock: SystemClock) -> None:
    far = UsbPrinter()
    printer = make("escpos-usb", clock, path=far.path)
    data = printer.render(papers.CHINESE)
    assert [printer.send(data), printer.send(data)] == [Sent.PRINTED] * 2
    assert [paper.data for paper in far.firmware.papers()] == [data] * 2
    assert printer.status() is PrinterStatus.OK
    far.unplug()
    with pytest.raises(PrinterNotReady):
        printer.send(data)


@pytest.mark.fault("F87")
def test_a_stalled_device_file_is_uncertain_within_the_deadline(clock: SystemClock) -> None:
    master, slave = os.openpty()
    tty.setraw(slave)
    printer = make("escpos-usb", clock, path=os.ttyname(slave))
    began = time.monotonic()
    with pytest.raises(PrinterUncertain, match="stopped taking data"):
        printer.send(printer.render(papers.CHINESE), deadline_s=1)
    assert time.monotonic() - began < 2.5
    os.close(master)
    os.close(slave)


def test_a_missing_device_file_is_not_ready(clock: SystemClock, tmp_path: Path) -> None:
    printer = make("escpos-usb", clock, path=str(tmp_path / "lp0"))
    with pytest.raises(PrinterNotReady, match="No such file"):
        printer.send(b"x")


def test_a_file_takes_job_after_job(clock: SystemClock, tmp_path: Path) -> None:
    path = tmp_path / "paper.bin"
    printer = make("escpos-file", clock, path=str(path))
    data = printer.render(papers.short())
    assert [printer.send(data), printer.send(data)] == [Sent.SENT] * 2
    assert path.read_bytes() == data * 2


def test_a_full_disk_is_no_print(clock: SystemClock) -> None:
    printer = make("escpos-file", clock, path="/dev/full")
    with pytest.raises(PrinterNotReady, match="No space left"):
        printer.send(b"x")
