"""Which device is the one that somebody scans a given code with? Watches every keyboard-like device that is not in use.

Nothing is grabbed: among them is the keyboard of the one who watches. What is typed is compared with the code, and
neither kept nor shown otherwise.
"""

from __future__ import annotations

import contextlib
import select
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from drivers import discovery, keymap
from drivers.base import Clock
from drivers.cards import BANK_CARD
from drivers.discovery import InputInfo
from drivers.framing import Frame, Framer, to_scan
from drivers.hotplug import Hotplug
from drivers.input_source import EV_KEY, EvdevSource, Open, Source
from drivers.keys import KeyDecoder

STEP_S, LOOK_S = 0.05, 1.0
SWIPE_CHARS, SWIPE_GAP_S = 6, 0.05  # so many keys, so close together, come from no fingers


class Random(Protocol):
    def randrange(self, stop: int, /) -> int: ...


def sample_code(rng: Random) -> str:
    """A code to show: its letters and signs stand elsewhere on other countries' keyboards, its digits are of now."""
    return f"Aqz{rng.randrange(1000):03d}-Yw"


def diagnose(shown: str, read: str) -> str | None:
    """What a code that was read says of the scanner: "ok", "caps", "layout", or None when it is another code."""
    if read == shown:
        return "ok"
    if len(read) != len(shown):
        return None
    if read == shown.swapcase():
        return "caps"
    pairs = set(zip(shown, read, strict=True))
    same = len(pairs) == len(set(shown)) == len(set(read))  # every key became one other key
    return "layout" if same and not read.isdigit() else None


@dataclass(frozen=True, slots=True)
class Heard:
    """The code came from `info`. verdict as of diagnose, or "layout"; ended: by Enter or Tab, not by a pause."""

    info: InputInfo
    verdict: str
    ended: bool
    symbology: str | None = None


class Listener:
    """Listens to all devices that `wanted` lets pass, those plugged in meanwhile too."""

    def __init__(
        self,
        clock: Clock,
        wanted: Callable[[InputInfo], bool],
        devices: Callable[[], list[InputInfo]] = discovery.input_devices,
        open_source: Open = EvdevSource,
    ) -> None:
        self._clock, self._wanted, self._open_source = clock, wanted, open_source
        self._hotplug = Hotplug(devices)
        self._idle_s = 0.1
        self._open: dict[InputInfo, tuple[Source, KeyDecoder]] = {}
        self.refused: list[InputInfo] = []  # may not be read by this user

    def listen(self, shown: str | None, seconds: float) -> Iterator[Heard]:
        """Each time the code is read, until the time is up. shown None: anything that no fingers type, as a card."""
        self._idle_s = SWIPE_GAP_S if shown is None else 0.1
        end = self._clock.mono_ns() + int(seconds * 1e9)
        look = 0
        try:
            while (now := self._clock.mono_ns()) < end:
                if now >= look:
                    self._follow()
                    look = now + int(LOOK_S * 1e9)
                yield from self._step(shown)
        finally:
            for info in list(self._open):
                self._forget(info)

    def _follow(self) -> None:
        came, went = self._hotplug.look()
        for info in went:
            self._forget(info)
        for info in came:
            if info.types and self._wanted(info):
                self._take(info)

    def _take(self, info: InputInfo) -> None:
        try:
            source = self._open_source(info.node)
        except PermissionError:
            self.refused.append(info)
            return
        except OSError:
            return  # gone again
        decoder = KeyDecoder(Framer(max_chars=256, idle_s=self._idle_s, idle_ends=True))
        with contextlib.suppress(OSError):
            decoder.start(source.held(), source.caps_lock(), self._clock.mono_ns())
        self._open[info] = source, decoder

    def _forget(self, info: InputInfo) -> None:
        if info in self._open:
            self._open.pop(info)[0].close()

    def _step(self, shown: str | None) -> Iterator[Heard]:
        poll = select.poll()
        for source, _ in self._open.values():
            poll.register(source.fileno(), select.POLLIN)
        ready = {fd for fd, _ in poll.poll(STEP_S * 1000)}
        for info, (source, decoder) in list(self._open.items()):
            if source.fileno() not in ready:
                for frame in decoder.tick(self._clock.mono_ns()):
                    yield from self._heard(info, shown, frame, ended=False)
                continue
            try:
                events = source.read()
            except OSError:
                self._forget(info)
                continue
            for event in events:
                if event.type == EV_KEY:
                    for frame in decoder.feed(event.t_ns, event.code, event.value):
                        yield from self._heard(info, shown, frame, ended=event.code in keymap.TERMINATORS)

    def _heard(self, info: InputInfo, shown: str | None, frame: Frame, ended: bool) -> Iterator[Heard]:
        if shown is None:
            if frame.problem == BANK_CARD or len(frame.text) >= SWIPE_CHARS:
                yield Heard(info, "ok", ended)
        elif frame.problem == "layout":
            yield Heard(info, "layout", ended)
        elif frame.problem is None:
            scan = to_scan("", frame, 0)
            if verdict := diagnose(shown, scan.text):
                yield Heard(info, verdict, ended, scan.symbology)
