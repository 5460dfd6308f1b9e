"""Asking an ESC/POS printer how it is (DLE EOT) and whether a job is done (GS r): the bytes and their meaning."""

from __future__ import annotations

import time
from collections.abc import Callable

from drivers.base import PrinterStatus
from drivers.printer_transport import Transport

ASKED = (1, 2, 4)  # printer, offline cause, paper
DONE = b"\x1dr\x01"  # answered in order: only once everything before it is printed
QUIET = b"\x1da\x00"  # no unasked status reports, whose bytes look like the answer to DONE
ANSWER_S = 0.5


def read_status(answers: dict[int, int]) -> PrinterStatus:
    """The state that the answers (query -> byte) to DLE EOT tell; none at all: UNKNOWN."""
    if not answers:
        return PrinterStatus.UNKNOWN
    printer, offline, paper = (answers.get(n, 0) for n in ASKED)
    if offline & 0x04:
        return PrinterStatus.COVER_OPEN
    if paper & 0x60 or offline & 0x20:
        return PrinterStatus.NO_PAPER
    if printer & 0x08 or offline & 0x40:
        return PrinterStatus.OFFLINE
    return PrinterStatus.PAPER_LOW if paper & 0x0C else PrinterStatus.OK


def is_answer(byte: int) -> bool:
    """An answer to DLE EOT: its fixed bits are 0..1..10."""
    return byte & 0x93 == 0x12


def is_done(byte: int) -> bool:
    """The answer to GS r: bits 4 and 7 are 0."""
    return byte & 0x90 == 0


def ask(line: Transport, until: float) -> dict[int, int]:
    """Query -> answer. Old bytes are thrown away first; the first unanswered query ends the asking. OSError: gone."""
    old_until = min(until, time.monotonic() + 0.002)
    while line.read(old_until):
        pass
    answers: dict[int, int] = {}
    for query in ASKED:
        asked_until = min(until, time.monotonic() + ANSWER_S)
        line.write(bytes((0x10, 0x04, query)), asked_until)
        found = _wait(line, asked_until, is_answer)
        if found is None:
            break
        answers[query] = found
    return answers


def wait_done(line: Transport, until: float) -> bool:
    """Whether the answer to DONE came in time. OSError: the cable is gone."""
    return _wait(line, until, is_done) is not None


def _wait(line: Transport, until: float, wanted: Callable[[int], bool]) -> int | None:
    """The first byte of the wanted form; others (a late or unasked report) are passed over."""
    while data := line.read(until):
        for byte in data:
            if wanted(byte):
                return byte
    return None
