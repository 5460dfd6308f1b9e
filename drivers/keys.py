"""From the keys of a keyboard-like scanner to codes. Pure: fed with (time, key, value), it reads nothing.

Shift counts as it stands when a key goes down: a scanner may release it before the key. A held key (value 2) is nothing
new. GS, which separates the fields of GS1 codes, may come as Alt+029, Ctrl+] or F8, as scanners are set.
"""

from __future__ import annotations

from collections.abc import Iterable

from drivers import keymap
from drivers.framing import GS, Frame, Framer

UP, DOWN = 0, 1
_CONTROL = b"\x00"  # stands for any combination that types no text: the framer refuses the code that holds it


class KeyDecoder:
    """Turns the keys of one device into codes by its framer.

    caps: whether Caps Lock is on at the start. Times are nanoseconds of one clock, also those of `tick`.
    """

    def __init__(self, framer: Framer, caps: bool = False) -> None:
        self._framer = framer
        self._caps = caps
        self._held: set[int] = set()
        self._alt_digits = ""
        self._foreign = False

    @property
    def pending(self) -> bool:
        """See Framer.pending."""
        return self._framer.pending

    def feed(self, t_ns: int, key: int, value: int) -> list[Frame]:
        """One key going down (1), up (0) or being held (2); the codes that ended."""
        frames = self.tick(t_ns)
        if key in keymap.MODIFIERS:
            return frames + self._modifier(t_ns, key, value)
        if value != DOWN or key in keymap.LOCKS:
            return frames
        if key == keymap.CAPS_LOCK:
            self._caps = not self._caps
            return frames
        if self._held & keymap.ALT and key in keymap.KEYPAD:
            self._alt_digits = (self._alt_digits + keymap.KEYPAD[key])[:6]
            return frames
        return frames + self._type(t_ns, self._typed(key))

    def tick(self, now_ns: int) -> list[Frame]:
        """Nothing came until `now_ns`; see Framer.tick."""
        return self._named(self._framer.tick(now_ns)) if self._framer.pending else []

    def reset(self) -> list[Frame]:
        """The device went away; see Framer.reset."""
        self._forget()
        return self._named(self._framer.reset())

    def start(self, held: Iterable[int], caps: bool, now_ns: int) -> None:
        """The device was opened while `held` keys were down: the rest of a code in the middle of which that was is
        refused."""
        keys = set(held)
        self._forget()
        self._held, self._caps = keys & keymap.MODIFIERS, caps
        if keys - keymap.MODIFIERS:
            self._framer.lose(now_ns)

    def dropped(self, held: Iterable[int], now_ns: int) -> list[Frame]:
        """The kernel lost keys (SYN_DROPPED); `held` are those down now. What is here of the code is refused, and so
        is what still comes of it."""
        self._forget()
        self._held = set(held) & keymap.MODIFIERS
        return self._framer.lose(now_ns)

    def _modifier(self, t_ns: int, key: int, value: int) -> list[Frame]:
        if value == DOWN:
            self._held.add(key)
        elif value == UP:
            self._held.discard(key)
            if key in keymap.ALT and self._alt_digits:
                number, self._alt_digits = self._alt_digits, ""
                return self._type(t_ns, _alt_code(number))
        return []

    def _typed(self, key: int) -> bytes:
        """What the key types with the modifiers that are held."""
        if key in keymap.TERMINATORS and not self._held & (keymap.CTRL | keymap.ALT | keymap.META):
            return keymap.TERMINATORS[key]
        if key == keymap.KEY_102ND:
            self._foreign = True
            return _CONTROL
        if key == keymap.F8 or (key == keymap.RIGHT_BRACE and self._held and self._held <= keymap.CTRL):
            return bytes((GS,))
        if self._held - keymap.SHIFT:
            return _CONTROL
        if key in keymap.KEYPAD or key in keymap.KEYPAD_SIGNS:
            return (keymap.KEYPAD.get(key) or keymap.KEYPAD_SIGNS[key]).encode()
        shift = bool(self._held)
        if self._caps and keymap.PLAIN.get(key, "").isalpha():
            shift = not shift
        return (keymap.SHIFTED if shift else keymap.PLAIN).get(key, "\0").encode()

    def _type(self, t_ns: int, data: bytes) -> list[Frame]:
        return self._named(self._framer.feed(data, t_ns))

    def _named(self, frames: list[Frame]) -> list[Frame]:
        """A key that no US keyboard has is a wrong setting of the scanner, which somebody can mend."""
        if frames and self._foreign:
            self._foreign = False
            return [Frame(frames[0].text, "layout"), *frames[1:]]
        return frames

    def _forget(self) -> None:
        self._held.clear()
        self._alt_digits = ""
        self._foreign = False


def _alt_code(number: str) -> bytes:
    """What Alt and digits of the keypad type on Windows: with a leading 0 code page 1252, otherwise 437."""
    if int(number) > 255:
        return _CONTROL
    raw = bytes((int(number),))
    return raw if raw[0] < 0x80 else raw.decode("cp1252" if number[0] == "0" else "cp437", "replace").encode()
