"""A scanner that types like a keyboard, read from the kernel (evdev) and taken away from everybody else.

Only the configured device is ever opened. It is read in this thread alone, because the kernel keeps few events; `close`
wakes it. After an unplug it is looked for once a second and opened again.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
from collections.abc import Callable, Iterator

from drivers import discovery
from drivers.base import BEAT_S, Clock, DeviceState, InputDevice, Scan
from drivers.cards import Guard
from drivers.discovery import InputInfo, Wanted
from drivers.errors import DeviceUnavailable
from drivers.framing import Frame, Framer, to_scan
from drivers.input_source import EV_KEY, EV_SYN, SYN_DROPPED, SYN_REPORT, EvdevSource, Open, Source
from drivers.keys import KeyDecoder

REOPEN_S = 1.0


class EvdevScanner(InputDevice):
    """See InputDevice. `terminator` "line": a code ends with Enter or Tab; "none": it ends with a pause.

    devices and open_source are the kernel's; tests give others.
    """

    kind = "scanner"

    def __init__(
        self,
        name: str,
        driver: str,
        clock: Clock,
        wanted: Wanted,
        terminator: str = "line",
        idle_ms: int = 100,
        max_chars: int = 128,
        guard: Guard | None = None,
        devices: Callable[[], list[InputInfo]] = discovery.input_devices,
        open_source: Open = EvdevSource,
    ) -> None:
        super().__init__(name, driver)
        self._clock = clock
        self._wanted = wanted
        self._devices, self._open_source = devices, open_source
        self._decoder = KeyDecoder(Framer(max_chars, idle_ms / 1000, idle_ends=terminator == "none", guard=guard))
        self._idle_ms = idle_ms
        self._skipping = False
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def run(self, emit: Callable[[Scan], None]) -> None:
        """See InputDevice.run."""
        while not self._closed.is_set():
            self.progress()
            for frame in self._session():
                emit(to_scan(self.name, frame, self._clock.mono_ns(), self.kind))

    def close(self) -> None:
        """See Device.close."""
        super().close()
        with contextlib.suppress(OSError):
            os.eventfd_write(self._wake, 1)

    def __del__(self) -> None:
        with contextlib.suppress(OSError, AttributeError):
            os.close(self._wake)

    def _session(self) -> Iterator[Frame]:
        """What comes from one opening of the device, up to its loss or `close`."""
        source = None
        try:
            source = self._open()
            self._set_state(DeviceState.READY)
            yield from self._frames(source)
        except (DeviceUnavailable, OSError) as error:
            self._set_state(DeviceState.LOST, _reason(error))
            yield from self._decoder.reset()
            self._closed.wait(REOPEN_S)
        finally:
            if source is not None:
                source.close()

    def _open(self) -> Source:
        """The configured device, grabbed. DeviceUnavailable with a sentence that says what to do."""
        info = discovery.find(self._wanted, self._devices())
        try:
            source = self._open_source(info.node)
        except PermissionError as error:
            raise DeviceUnavailable(
                f"{info.node} ({info.name}) may not be read: run `sudo tillbox grant`, which opens it to the till"
            ) from error
        try:
            source.grab()
            self._decoder.start(source.held(), source.caps_lock(), self._clock.mono_ns())
        except OSError as error:
            source.close()
            if error.errno != errno.EBUSY:
                raise
            raise DeviceUnavailable(
                f"another program holds {info.name} ({info.node}): stop it, a second tillbox for instance "
                f"(`fuser {info.node}` names it)"
            ) from error
        self._skipping = False
        return source

    def _frames(self, source: Source) -> Iterator[Frame]:
        """Read until closed; an unplug leaves by OSError."""
        poll = select.poll()
        poll.register(source.fileno(), select.POLLIN)
        poll.register(self._wake, select.POLLIN)
        while not self._closed.is_set():
            self.progress()
            ready = poll.poll(self._idle_ms if self._decoder.pending else BEAT_S * 1000)
            if self._closed.is_set():
                return
            if ready:
                yield from self._read(source, gone=any(mask & ~select.POLLIN for _, mask in ready))
            else:
                yield from self._decoder.tick(self._clock.mono_ns())

    def _read(self, source: Source, gone: bool) -> Iterator[Frame]:
        """The events that wait. A device that is gone and gives no error would be polled for ever without this."""
        events = source.read()
        if gone and not events:
            raise OSError(errno.ENODEV, "the device was unplugged")
        for t_ns, kind, code, value in events:
            if kind == EV_SYN and code == SYN_DROPPED:
                self._skipping = True
            elif kind == EV_SYN and code == SYN_REPORT and self._skipping:
                self._skipping = False
                yield from self._decoder.dropped(source.held(), t_ns)
            elif kind == EV_KEY and not self._skipping:
                yield from self._decoder.feed(t_ns, code, value)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno == errno.ENODEV:
        return "unplugged: plug it in again"
    return os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
