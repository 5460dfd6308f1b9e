"""From a stream of bytes to whole codes. Pure: time is an argument, nothing is read or logged."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.base import Scan, redact

TERMINATORS = b"\r\n\t"
GS = 0x1D  # the separator inside GS1 codes: the one control character a code may hold
GUARD = 5  # after half a code, its late rest is expected for this many idle times
_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Frame:
    """One code, or with a `problem` ("too_long", "control", "incomplete") what came instead of one."""

    text: str
    problem: str | None = None


class Framer:
    """Cuts bytes into codes at a terminator, or where the device sets none, at a pause.

    max_chars: longest code in characters. idle_s: the pause. idle_ends: True for a scanner without terminator: the
    pause ends a code; otherwise a pause without terminator is half a code, refused together with its late rest.
    Holds at most 4 * max_chars bytes. `tick` only after a read that found nothing: bytes that waited while the
    process was busy are no pause.
    """

    def __init__(
        self, max_chars: int = 128, idle_s: float = 0.1, terminators: bytes = TERMINATORS, idle_ends: bool = False
    ) -> None:
        self._max = max_chars
        self._idle_ns = int(idle_s * _NS)
        self._ends = frozenset(terminators)
        self._idle_ends = idle_ends
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
        for byte in data:
            if byte in self._ends:
                frames += self._finish()
            elif not self._discard:
                self._take(byte)
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

    def _take(self, byte: int) -> None:
        if len(self._buffer) < 4 * self._max:
            self._buffer.append(byte)
        else:
            self._overflow = True

    def _broken(self) -> list[Frame]:
        too_long = self._overflow
        text = self._clear().decode("utf-8", "replace")
        return [Frame(text[: self._max], "too_long" if too_long else "incomplete")]

    def _finish(self) -> list[Frame]:
        """A terminator or a pause: the code in the buffer, if any. The rest of a refused one ends with it."""
        self._discard = False
        if not self._buffer:
            return []
        too_long = self._overflow
        raw = self._clear()
        text = raw.decode("utf-8", "replace")
        if too_long or len(text) > self._max:
            return [Frame(text[: self._max], "too_long")]
        if "\ufffd" in text or any(_is_control(c) for c in text):
            return [Frame(text, "control")]
        return [Frame(text)]

    def _clear(self) -> bytes:
        raw = bytes(self._buffer)
        self._buffer.clear()
        self._overflow = False
        return raw


def _is_control(char: str) -> bool:
    """C0 (but GS), DEL, C1, and the line separators that some sink might obey."""
    code = ord(char)
    return (code < 0x20 and code != GS) or 0x7F <= code <= 0x9F or char in "\u2028\u2029"


def to_scan(device: str, frame: Frame, at_ns: int) -> Scan:
    """A frame as the Scan of a device; a refused one shows only its redacted beginning."""
    text = frame.text if frame.problem is None else redact(frame.text)
    return Scan(device, text, at_ns, problem=frame.problem)
