"""A scanner on a serial line: RS-232, or USB in its "virtual COM port" mode. Uses pyserial.

The line is held exclusively, opened again after an unplug, and read in this thread only; `close` wakes it.
"""

from __future__ import annotations

import contextlib
import os
import select
from collections.abc import Callable, Iterator

import serial

from drivers.base import BEAT_S, Clock, DeviceState, InputDevice, Scan
from drivers.framing import Frame, Framer, to_scan

REOPEN_S = 1.0
CHUNK = 4096
_GONE = (serial.SerialException, OSError)  # pyserial's in_waiting raises plain OSError


class SerialScanner(InputDevice):
    """See InputDevice. `terminator` "line": a code ends with CR, LF or Tab; "none": it ends with a pause."""

    kind = "scanner"

    def __init__(
        self,
        name: str,
        driver: str,
        clock: Clock,
        port: str,
        baudrate: int = 9600,
        bytesize: int = 8,
        parity: str = "N",
        stopbits: int = 1,
        terminator: str = "line",
        idle_ms: int = 100,
        max_chars: int = 128,
    ) -> None:
        super().__init__(name, driver)
        self._clock = clock
        self._port = port
        self._line = {"baudrate": baudrate, "bytesize": bytesize, "parity": parity, "stopbits": stopbits}
        self._framer = Framer(max_chars, idle_ms / 1000, idle_ends=terminator == "none")
        self._idle_ms = idle_ms
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def run(self, emit: Callable[[Scan], None]) -> None:
        """See InputDevice.run."""
        while not self._closed.is_set():
            self.progress()
            for frame in self._session():
                emit(to_scan(self.name, frame, self._clock.mono_ns()))

    def close(self) -> None:
        """See Device.close."""
        super().close()
        with contextlib.suppress(OSError):
            os.eventfd_write(self._wake, 1)

    def __del__(self) -> None:
        with contextlib.suppress(OSError, AttributeError):
            os.close(self._wake)

    def _open(self) -> serial.Serial:
        return serial.Serial(self._port, timeout=0, write_timeout=1, exclusive=True, **self._line)

    def _session(self) -> Iterator[Frame]:
        """What comes from one opening of the line, up to its loss or `close`."""
        try:
            with self._open() as line:
                self._set_state(DeviceState.READY)
                yield from self._frames(line)
        except _GONE as error:
            self._set_state(DeviceState.LOST, f"{self._port}: {_reason(error)}")
            yield from self._framer.reset()
            self._closed.wait(REOPEN_S)

    def _frames(self, line: serial.Serial) -> Iterator[Frame]:
        """Read until closed; an unplug leaves by SerialException or OSError."""
        poll = select.poll()
        poll.register(line.fileno(), select.POLLIN)
        poll.register(self._wake, select.POLLIN)
        while not self._closed.is_set():
            self.progress()
            ready = poll.poll(self._idle_ms if self._framer.pending else BEAT_S * 1000)
            if self._closed.is_set():
                return
            if ready:
                yield from self._framer.feed(self._read(line), self._clock.mono_ns())
            else:
                yield from self._framer.tick(self._clock.mono_ns())

    def _read(self, line: serial.Serial) -> bytes:
        data = os.read(line.fileno(), CHUNK)  # pyserial's own asks again whether there is something, and times it
        if not data:
            raise OSError("the line hung up")  # poll said there is something: only an end reads as nothing
        return data


def _reason(error: BaseException) -> str:
    """The system's words for the error, without pyserial's wrapping where there is an errno."""
    number = getattr(error, "errno", None)
    return os.strerror(number) if isinstance(number, int) else str(error)
