"""Scanner and card reader without hardware: the real interface and framing, faults to switch on.

For demo, training and tests. A code is injected as the bytes a real device would send.
"""

from __future__ import annotations

import queue
from collections.abc import Callable
from dataclasses import dataclass

from drivers.base import BEAT_S, Clock, DeviceState, InputDevice, Scan
from drivers.cards import Guard, ReaderGuard
from drivers.framing import Framer, to_scan

INPUT_FAULTS = ("unplug", "noise", "mid_code")


@dataclass(frozen=True, slots=True)
class _Burst:
    """Bytes as they arrive; `at_ns` None = the moment of reading; `cut` = the plug slips out after them."""

    data: bytes
    at_ns: int | None = None
    cut: bool = False


class SimulatedScanner(InputDevice):
    """A scanner that reads what `inject` shows it.

    Faults: "unplug" (lost; what is shown meanwhile is gone), "noise" (garbage bytes within each code -> problem
    "control"), "mid_code" (the plug slips in the middle of each code -> problem "incomplete").
    """

    kind = "scanner"

    def __init__(self, name: str, driver: str, clock: Clock, max_chars: int = 128) -> None:
        super().__init__(name, driver)
        self._clock = clock
        self._framer = Framer(max_chars=max_chars, guard=self._guard())
        self._bursts: queue.SimpleQueue[_Burst | None] = queue.SimpleQueue()
        self._faults = dict.fromkeys(INPUT_FAULTS, False)

    def _guard(self) -> Guard:
        return Guard()

    def inject(self, text: str, at_ns: int | None = None) -> None:
        """Show the device a code; from any thread. `at_ns` (monotonic) stands in the Scan when given."""
        if self._faults["unplug"] or self._closed.is_set():
            return
        data = text.encode("utf-8", "replace") + b"\r"
        middle = len(data) // 2
        if self._faults["mid_code"]:
            self._bursts.put(_Burst(data[:middle], at_ns, cut=True))
        elif self._faults["noise"]:
            self._bursts.put(_Burst(data[:middle] + b"\x00\xff\x1b" + data[middle:], at_ns))
        else:
            self._bursts.put(_Burst(data, at_ns))

    def faults(self) -> dict[str, bool]:
        """Every fault this device can have, and whether it has it now."""
        return dict(self._faults)

    def set_fault(self, name: str, on: bool) -> None:
        """Switch a fault. KeyError for one it does not have."""
        if name not in self._faults:
            raise KeyError(name)
        self._faults[name] = on
        if name == "unplug":
            self._bursts.put(_Burst(b"", cut=True))

    def run(self, emit: Callable[[Scan], None]) -> None:
        """See InputDevice.run."""
        self._show_state()
        while not self._closed.is_set():
            self.progress()
            try:
                burst = self._bursts.get(timeout=BEAT_S)
            except queue.Empty:
                continue
            if burst is None:
                break
            at_ns = self._clock.mono_ns() if burst.at_ns is None else burst.at_ns
            frames = self._framer.feed(burst.data, at_ns)
            if burst.cut:
                frames += self._framer.reset()
                self._show_state()
            for frame in frames:
                emit(to_scan(self.name, frame, at_ns, self.kind))

    def close(self) -> None:
        """See Device.close."""
        super().close()
        self._bursts.put(None)

    def _show_state(self) -> None:
        if self._faults["unplug"]:
            self._set_state(DeviceState.LOST, "unplugged")
        else:
            self._set_state(DeviceState.READY)


class SimulatedCardReader(SimulatedScanner):
    """A card reader that reads what `inject` swipes; the same faults. Bank cards are refused."""

    kind = "cardreader"

    def _guard(self) -> Guard:
        return ReaderGuard()
