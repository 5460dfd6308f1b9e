"""Receipt printers that speak ESC/POS, over any transport. Bytes are made by python-escpos, sent by us."""

from __future__ import annotations

import os
import threading
import time

from drivers.base import DeviceState, Printer, PrinterStatus, Sent
from drivers.errors import PrinterNotReady, PrinterUncertain
from drivers.escpos_tokens import FRAGMENT, tokens
from drivers.printer_status import DONE, QUIET, ask, read_status, wait_done
from drivers.printer_transport import Transport
from edge.base.document import Document

OPEN_S = 3.0  # to connect
STATUS_S = 3.0  # for a look at the printer outside a job
PINS = {"pin2": 2, "pin5": 5}
_STATES = {
    PrinterStatus.OK: DeviceState.READY,
    PrinterStatus.UNKNOWN: DeviceState.READY,  # many cheap printers never answer, and print
    PrinterStatus.OFFLINE: DeviceState.LOST,
}
_UNFIT = (PrinterStatus.NO_PAPER, PrinterStatus.COVER_OPEN, PrinterStatus.OFFLINE)


class EscposPrinter(Printer):
    """See Printer. A connection lives for one job: many printers take one at a time, and a stale one lies.

    A job: ask for the state; unfit -> PrinterNotReady; send; wait for the printer's own "done" behind the last byte.
    A printer that did not answer the first question still gets the job (many can't answer, but print); when it does
    not confirm it either, that is PrinterUncertain. One whose transport has no way back ends as SENT.
    """

    def __init__(
        self, name: str, driver: str, transport: Transport, width: int = 576, mode: str = "raster", drawer: str = "none"
    ) -> None:
        super().__init__(name, driver)
        self.width = width
        self._mode = mode
        self._drawer = drawer
        self._transport = transport
        self._line = threading.Lock()
        self._last = PrinterStatus.UNKNOWN
        # Bytes of a command that the printer may still wait for: at the start those of a picture, since the process
        # before this one may have been killed in the middle of one.
        self._owed = width // 8 * FRAGMENT if transport.outlives else 0

    def render(self, doc: Document) -> bytes:
        """See Printer.render. The libraries (17 MiB) are loaded by the first document."""
        from drivers.printer_escpos_library import dummy, put_image

        printer = dummy(self.width)
        if self._mode == "text":
            from drivers.printer_text import put_document

            put_document(printer, doc, self.width)
            return bytes(printer.output)
        from drivers.printer_raster import ReceiptRaster

        for paper in ReceiptRaster(self.width).papers(doc):
            printer.hw("INIT")
            put_image(printer, paper)
            printer.cut()
        return bytes(printer.output)

    def drawer_bytes(self) -> bytes | None:
        """See Printer.drawer_bytes."""
        if self._drawer not in PINS:
            return None
        from drivers.printer_escpos_library import dummy

        printer = dummy(self.width)
        printer.cashdraw(PINS[self._drawer])
        return bytes(printer.output)

    def send(self, data: bytes, deadline_s: float = 10) -> Sent:
        """See Printer.send."""
        until = time.monotonic() + deadline_s
        if not self._line.acquire(timeout=deadline_s):
            raise PrinterNotReady(PrinterStatus.UNKNOWN, "the printer is busy with another job")
        try:
            self._begin(until)
            return self._job(data, until)
        except PrinterUncertain as error:
            self._saw(error.reason, error.detail)
            raise
        finally:
            self._transport.close()
            self._line.release()

    def status(self) -> PrinterStatus:
        """See Printer.status. During a job the last known state, at once."""
        if self._closed.is_set() or not self._line.acquire(blocking=False):
            return self._last
        until = time.monotonic() + STATUS_S
        try:
            self._transport.open(until)
            answers = ask(self._transport, until) if self._transport.answers else {}
            return self._saw(read_status(answers))
        except OSError as error:
            return self._saw(PrinterStatus.OFFLINE, _reason(self._transport, error))
        finally:
            self._transport.close()
            self._line.release()

    def close(self) -> None:
        """See Device.close: a job that runs ends within a second, as uncertain when it had begun."""
        super().close()
        self._transport.cancel()

    def _begin(self, until: float) -> None:
        """Connect and ask; PrinterNotReady while no byte of the job has left."""
        if self._closed.is_set():
            raise PrinterNotReady(PrinterStatus.OFFLINE, "the printer was closed")
        try:
            self._transport.open(min(until, time.monotonic() + OPEN_S))
            answers = ask(self._transport, until) if self._transport.answers else {}
        except OSError as error:
            detail = _reason(self._transport, error)
            raise PrinterNotReady(self._saw(PrinterStatus.OFFLINE, detail), detail) from error
        status = self._saw(read_status(answers))
        if status in _UNFIT:
            raise PrinterNotReady(status)

    def _job(self, data: bytes, until: float) -> Sent:
        answers = self._transport.answers
        # A printer left in the middle of a picture would take the next job's head for its rest: white dots instead.
        # Outside a picture they are NULs, which printers ignore.
        job = bytes(self._owed) + (QUIET + data + DONE if answers else data)
        self._write(job, until)
        self._owed = 0
        if not answers:
            return Sent.SENT
        try:
            if wait_done(self._transport, until):
                return Sent.PRINTED
        except OSError as error:
            raise PrinterUncertain(_reason(self._transport, error), PrinterStatus.OFFLINE) from error
        raise PrinterUncertain("the printer took the job but did not confirm it", self._why())

    def _write(self, job: bytes, until: float) -> None:
        """Hand over everything, or raise by whether anything went."""
        view, gone = memoryview(job), 0
        try:
            while gone < len(job):
                count = self._transport.write(bytes(view[gone : gone + 65536]), until)
                if count == 0:
                    break
                gone += count
            else:
                self._transport.flush()
                return
            detail = f"the printer stopped taking data after {gone} of {len(job)} bytes"
            reason, cause = PrinterStatus.UNKNOWN, None
        except OSError as error:
            detail = _reason(self._transport, error)
            reason, cause = PrinterStatus.OFFLINE, error
        if gone == 0:
            raise PrinterNotReady(self._saw(reason, detail), detail) from cause
        self._owed = max(token.end - token.start for token in tokens(job))
        raise PrinterUncertain(detail, reason) from cause

    def _why(self) -> PrinterStatus:
        """After an unconfirmed job: does the printer still answer, and what is wrong with it?"""
        try:
            return read_status(ask(self._transport, time.monotonic() + 0.5))
        except OSError:
            return PrinterStatus.OFFLINE

    def _saw(self, status: PrinterStatus, detail: str = "") -> PrinterStatus:
        """Remember a state and show it."""
        self._last = status
        self._set_state(_STATES.get(status, DeviceState.DEGRADED), detail or status.value)
        return status


def _reason(transport: Transport, error: OSError) -> str:
    """One line for the technician: where, and the system's words."""
    return f"{transport.where}: {os.strerror(error.errno) if error.errno else error}"
