"""Bank cards stop here: a device's buffer is judged before anything is made of it, and wiped whatever it was.

Python can't wipe what it has once made a text of; so the judgement reads the buffer itself, and a refused swipe never
becomes one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from edge.base import cards

BANK_CARD = "bank_card"
_GARBLED = re.compile(rb"[%;+]E\?|^[%;+]|\?")
_CUT = re.compile(rb"%B\d|[%;+](?:\d ?){6,}[^?]*$", re.IGNORECASE)
_SEGMENT = re.compile(rb"[%;+]([^?]*)\?")


class Guard:
    """For scanners: a track is refused wherever it stands; digits alone are left to the till, they may be goods."""

    def judge(self, raw: bytearray) -> tuple[bytes, str | None]:
        """The bytes to go on with, or b"" and a problem."""
        return (b"", BANK_CARD) if cards.is_track(raw) else (bytes(raw), None)

    def hides(self, raw: bytearray) -> bool:
        """Whether nothing of a refused code may be shown, not even its beginning."""
        return cards.begins_track(raw)


class ReaderGuard(Guard):
    """For card readers: card numbers are refused too, and nothing that is refused is shown.

    loyalty: first digits of the store's own magnetic cards, which may be laid out like a bank's; of them only the
    number goes on. Sentinels around other cards' content are taken off.
    """

    def __init__(self, loyalty: Sequence[str] = ()) -> None:
        self._loyalty = tuple(loyalty)

    def judge(self, raw: bytearray) -> tuple[bytes, str | None]:
        """See Guard.judge. A swipe that the reader itself calls garbled is "incomplete"."""
        if self._loyalty and (number := self._own(raw)):
            return number, None
        if cards.is_track(raw) or cards.is_number(raw):
            return b"", BANK_CARD
        if b"^" in raw or _CUT.match(raw):
            return b"", "incomplete"  # a track, but damaged
        for found in _SEGMENT.finditer(raw):
            content = found[1]
            if content != b"E" and content:
                return (b"", BANK_CARD) if cards.is_number(content) or _bankish(content) else (content, None)
        if _GARBLED.search(raw):
            return b"", "incomplete"
        return bytes(raw), None

    def hides(self, raw: bytearray) -> bool:
        """See Guard.hides: what came cut off or too long may be a card."""
        return True

    def _own(self, raw: bytearray) -> bytes | None:
        number = cards.track_number(raw) or (raw.decode("ascii") if raw.isdigit() else "")
        return number.encode() if number.startswith(self._loyalty) else None


def _bankish(content: bytes) -> bool:
    """A damaged track: a letter at most, then twelve digits and more."""
    return re.match(rb"[A-Z]?(?:\d[ =^]?){12}", content, re.IGNORECASE) is not None


def prefixes(text: str) -> tuple[str, ...]:
    """The option `loyalty`, such as "627700, 9160001": 4 to 12 digits each. ValueError with a sentence."""
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    for part in found:
        if not (part.isascii() and part.isdigit() and 4 <= len(part) <= 12):
            raise ValueError(f"loyalty holds {part!r}; write the first 4 to 12 digits of your own cards")
    return found
