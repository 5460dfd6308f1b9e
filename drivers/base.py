"""What a device is: the contract every driver, real or simulated, keeps. Standard library only."""

from __future__ import annotations

import enum
import logging
import re
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from drivers.text_safe import clean
from edge.base.document import Document

log = logging.getLogger(__name__)

BEAT_S = 5.0  # how long a driver may wait for its device in one go
CARD = "card"  # the symbology of what a card reader read
SHOWN_CHARS = 32  # of a refused code, what may be shown and logged
_LONG_NUMBER = re.compile(r"\d{9,}")


class Clock(Protocol):
    """The two readings a driver takes of the box's clock."""

    def now_us(self) -> int:
        """Wall time, UTC microseconds."""

    def mono_ns(self) -> int:
        """Monotonic nanoseconds."""


class DeviceState(enum.StrEnum):
    """What the screen says about a device."""

    STARTING = "starting"
    READY = "ready"
    DEGRADED = "degraded"
    LOST = "lost"
    CLOSED = "closed"


class PrinterStatus(enum.StrEnum):
    """What a printer says about itself; UNKNOWN when it does not answer."""

    OK = "ok"
    PAPER_LOW = "paper_low"
    NO_PAPER = "no_paper"
    COVER_OPEN = "cover_open"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


class Sent(enum.StrEnum):
    """How a job ended: PRINTED = the printer itself said so; SENT = handed over, it cannot answer."""

    PRINTED = "printed"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class Scan:
    """One code from one device. With a `problem` the text is no code: only what may be shown of it."""

    device: str
    text: str
    at_ns: int
    symbology: str | None = None
    problem: str | None = None  # "too_long" | "control" | "incomplete" | "layout" | "bank_card"


def redact(text: str) -> str:
    """At most 32 printable characters; long numbers masked, since a refused swipe may be a bank card."""
    masked = _LONG_NUMBER.sub(lambda m: m[0][:2] + "•" * (len(m[0]) - 4) + m[0][-2:], clean(text))
    return masked[:SHOWN_CHARS]


class Device:
    """A named device with a state. `on_state`, when set, is called in the device's thread at each change.

    `progress` is for InputDevice.run; whoever supervises its thread sets it.
    """

    kind: str = "device"

    def __init__(self, name: str, driver: str) -> None:
        self.name = name
        self.driver = driver
        self.detail = ""
        self.on_state: Callable[[Device], None] | None = None
        self.progress: Callable[[], None] = lambda: None
        self._state = DeviceState.STARTING
        self._closed = threading.Event()
        self._changing = threading.Lock()

    @property
    def state(self) -> DeviceState:
        """The state now; readable from any thread."""
        return self._state

    def _set_state(self, state: DeviceState, detail: str = "") -> None:
        """Change the state; said once in the log when it is lost and once when it is back."""
        with self._changing:  # closed by one thread, lost in another: closed stays
            if self._closed.is_set() and state is not DeviceState.CLOSED:
                return
            self.detail = detail
            if state is self._state:
                return
            self._state = state
        bad = state in (DeviceState.LOST, DeviceState.DEGRADED)
        log.log(logging.WARNING if bad else logging.INFO, "%s: %s %s", self.name, state.value, detail)
        if self.on_state is not None:
            self.on_state(self)

    def close(self) -> None:
        """Give the device back for good. Safe from any thread, and twice."""
        self._closed.set()
        self._set_state(DeviceState.CLOSED)


class InputDevice(Device, ABC):
    """A device that codes come from.

    MUST: `run` blocks in a thread of its own until `close`, which ends it within a second; it opens the device
    again by itself after an unplug (lost -> ready); it never hands on half a code (a Scan with `problem` instead);
    memory stays bounded whatever the device sends; OSErrors of the device end here.
    MAY: raise DeviceMisconfigured when no waiting will help. What `emit` raises passes through.
    SHOULD: call `progress` at each turn of the loop, every BEAT_S at the latest, also while the device is lost. Once it
    did, it MUST go on: a loop that stops beating is taken for hung, and the till is started anew.
    """

    kind = "scanner"

    @abstractmethod
    def run(self, emit: Callable[[Scan], None]) -> None:
        """Read codes and call `emit` for each, in this thread, until closed."""


class Printer(Device, ABC):
    """A receipt printer; one job at a time, other callers wait.

    MUST: `send` returns only what is known. PrinterNotReady = no byte of the job left the box (retry is safe);
    PrinterUncertain = a part may be on paper. It ends by its deadline (plus a second), and the next job starts
    with a fresh connection. Control characters of the document never reach the printer.
    """

    kind = "printer"

    @abstractmethod
    def render(self, doc: Document) -> bytes:
        """The bytes of a document for this printer. DeviceMisconfigured when a font is missing."""

    @abstractmethod
    def send(self, data: bytes, deadline_s: float = 10) -> Sent:
        """Print the bytes of `render` or `drawer_bytes`."""

    @abstractmethod
    def drawer_bytes(self) -> bytes | None:
        """The job that opens the cash drawer; None when no drawer is configured."""

    @abstractmethod
    def status(self) -> PrinterStatus:
        """Ask the printer. Never raises: a printer that cannot be reached is OFFLINE, a silent one UNKNOWN."""
