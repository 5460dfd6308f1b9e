"""From a stream of bytes to whole codes. Pure: time is an argument, nothing is read or logged."""

from __future__ import annotations

import re
from dataclasses import dataclass

from drivers.base import CARD, Scan, redact
from drivers.cards import Guard

TERMINATORS = b"\r\n\t"
GS = 0x1D  # the separator inside GS1 codes: the one control character a code may hold
GUARD = 5  # after half a code, its late rest is expected for this many idle times
_NS = 1_000_000_000
# C0 (but GS), DEL, C1, the line separators that some sink might obey, and what was no UTF-8.
_CONTROL = re.compile("[\x00-\x1c\x1e\x1f\x7f-\x9f\u2028\u2029\ufffd]")
_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")  # the symbology's name that a scanner may put before each code


@dataclass(slots=True)
class Frame:
    """One code, or with a `problem` ("too_long", "control", "incomplete", "bank_card") what came instead of one."""

    text: str
    problem: str | None = None


class Framer:
    """Cuts bytes into codes at a terminator, or where the device sets none, at a pause.

    max_chars: longest code in characters. idle_s: the pause. idle_ends: True for a scanner without terminator: the
    pause ends a code; otherwise a pause without terminator is half a code, refused together with its late rest.
    guard: refuses bank cards; the buffer is overwritten after each code.
    Holds at most 4 * max_chars bytes. `tick` only after a read that found nothing: bytes that waited while the
    process was busy are no pause.
    """

    def __init__(
        self,
        max_chars: int = 128,
        idle_s: float = 0.1,
        terminators: bytes = TERMINATORS,
        idle_ends: bool = False,
        guard: Guard | None = None,
    ) -> None:
        self._max = max_chars
        self._idle_ns = int(idle_s * _NS)
        self._ends = re.compile(b"[" + re.escape(terminators) + b"]")
        self._idle_ends = idle_ends
        self._guard = guard or Guard()
        self._buffer = bytearray()
        self._overflow = False
        self._discard = False
        self._last_ns = 0

    @property
    def pending(self) -> bool:
        """True while a code has begun (or its rest is awaited): read with a time-out and tick."""
        return bool(self._buffer) or self._discard

    def feed(self, data: bytes, now_ns: int) -> list[Frame]:
        """Take bytes read at `now_ns`; the codes that ended in them."""
        if self._discard and now_ns - self._last_ns >= GUARD * self._idle_ns:
            self._discard = False
        frames: list[Frame] = []
        start = 0
        with memoryview(data) as view:  # what may be a card's is copied into the buffer only, which is wiped
            for end in self._ends.finditer(data):
                self._take(view[start : end.start()])
                frames += self._finish()
                start = end.end()
            self._take(view[start:])
        if data:
            self._last_ns = now_ns
        return frames

    def tick(self, now_ns: int) -> list[Frame]:
        """Nothing came until `now_ns`: ends or refuses a code that has paused."""
        quiet = now_ns - self._last_ns
        if self._discard:
            self._discard = quiet < GUARD * self._idle_ns
            return []
        if not self._buffer or quiet < self._idle_ns:
            return []
        if self._idle_ends:
            return self._finish()
        frames = self._broken()
        self._discard = True
        return frames

    def reset(self) -> list[Frame]:
        """The device went away: half a code becomes a problem, and the next byte begins a new one."""
        frames = self._broken() if self._buffer else []
        self._discard = False
        return frames

    def lose(self, now_ns: int) -> list[Frame]:
        """Something was lost on the way: what came and what still comes of this code is refused."""
        frames = self._broken()
        self._discard = True
        self._last_ns = now_ns
        return frames

    def _take(self, part: memoryview) -> None:
        if not self._discard:
            room = 4 * self._max - len(self._buffer)
            self._buffer += part[:room]
            self._overflow |= len(part) > room

    def _broken(self) -> list[Frame]:
        frame = Frame(self._shown(), "too_long" if self._overflow else "incomplete")
        self._clear()
        return [frame]

    def _finish(self) -> list[Frame]:
        """A terminator or a pause: the code in the buffer, if any. The rest of a refused one ends with it."""
        self._discard = False
        if not self._buffer:
            return []
        try:
            return [self._judged()]
        finally:
            self._clear()

    def _judged(self) -> Frame:
        if self._overflow:
            return Frame(self._shown(), "too_long")
        raw, problem = self._guard.judge(self._buffer)
        if problem:
            return Frame("", problem)
        text = raw.decode("utf-8", "replace")
        if len(text) > self._max:
            return Frame(self._shown(), "too_long")
        if _CONTROL.search(text):
            return Frame(self._shown(), "control")
        return Frame(text)

    def _shown(self) -> str:
        """Of a code that is refused: its beginning, unless it may be a card's."""
        return "" if self._guard.hides(self._buffer) else self._buffer.decode("utf-8", "replace")[: self._max]

    def _clear(self) -> None:
        self._buffer[:] = bytes(len(self._buffer))
        self._buffer.clear()
        self._overflow = False


def to_scan(device: str, frame: Frame, at_ns: int, kind: str = "scanner") -> Scan:
    """A frame as the Scan of a device; a refused one shows only its redacted beginning. An AIM id is taken off."""
    if frame.problem is not None:
        return Scan(device, redact(frame.text), at_ns, problem=frame.problem)
    if kind == "cardreader":
        return Scan(device, frame.text, at_ns, symbology=CARD)
    if (aim := _AIM.match(frame.text)) and len(frame.text) > 3:
        return Scan(device, frame.text[3:], at_ns, symbology=aim[0])
    return Scan(device, frame.text, at_ns)
