"""What a bank card's data look like. Pure; works on bytes, so that a buffer can be judged and wiped in its place.

Sources: ISO/IEC 7813 (tracks 1 and 2), ISO/IEC 4909 (track 3), ISO/IEC 7812 (Luhn); the ranges are those the card
schemes publish. The track rule holds for every input. The number rule is only for card readers and for lengths that no
article code has: one EAN in ten that begins with 4 to 6 passes Luhn.
"""

from __future__ import annotations

import re

# Sentinel, on track 1 a format letter, the number (some print it in groups), the separator behind it.
_TRACK = re.compile(rb"(?:%[A-Z]?|[;+])((?:\d ?){12,21})[\^=D]", re.IGNORECASE)
_PART_OF_TRACK = re.compile(rb"(?:%[A-Z]?|[;+])(?:\d ?){6}", re.IGNORECASE)
_GROUPED = re.compile(rb"\d(?:[ -]?\d){11,18}")
NO_ARTICLE = (15, 16, 17, 19)  # digits of a card number that neither a GTIN nor an SSCC has

# First digits from, to; lengths of the whole number.
_RANGES: tuple[tuple[int, int, tuple[int, ...]], ...] = (
    (1, 1, (15,)),  # UATP
    (4, 4, (13, 16, 19)),  # Visa
    (51, 55, (16,)), (2221, 2720, (16,)),  # Mastercard
    (34, 34, (15,)), (37, 37, (15,)),  # American Express
    (300, 305, (14, 16, 17, 18, 19)), (3095, 3095, (14, 16, 19)), (36, 36, (14, 15, 16, 17, 18, 19)),  # Diners
    (38, 39, (14, 16, 17, 18, 19)),
    (3528, 3589, (16, 17, 18, 19)),  # JCB
    (62, 62, (16, 17, 18, 19)), (81, 81, (16, 17, 18, 19)),  # UnionPay
    (9558, 9559, (16, 17, 18, 19)),  # older cards of Chinese banks
    (2200, 2204, (16, 17, 18, 19)), (9792, 9792, (16,)),  # Mir, Troy
    (50, 50, tuple(range(12, 20))), (56, 59, tuple(range(12, 20))), (60, 61, tuple(range(12, 20))),  # Maestro,
    (63, 69, tuple(range(12, 20))),  # Discover, RuPay, Elo
)  # fmt: skip


def track_number(raw: bytes | bytearray) -> str | None:
    """The number of the first bank-card track in `raw`, or None when there is no track."""
    found = _TRACK.search(raw)
    return found[1].replace(b" ", b"").decode("ascii") if found else None


def is_track(raw: bytes | bytearray) -> bool:
    """Whether a bank card's track stands anywhere in `raw`. Nothing is copied."""
    return _TRACK.search(raw) is not None


def begins_track(raw: bytes | bytearray) -> bool:
    """Whether it may be a cut-off track: nothing of it may be shown."""
    return _PART_OF_TRACK.search(raw) is not None


def luhn(digits: bytes | bytearray) -> bool:
    """ISO/IEC 7812 check of digits (spaces and dashes are passed over)."""
    total, double = 0, False
    for byte in reversed(digits):
        if 0x30 <= byte <= 0x39:
            value = (byte - 0x30) * (2 if double else 1)
            total += value - 9 if value > 9 else value
            double = not double
    return total % 10 == 0


def is_number(raw: bytes | bytearray) -> bool:
    """Whether `raw` is a card number and nothing else: a scheme's range, a length of it, Luhn."""
    if not _GROUPED.fullmatch(raw):
        return False
    length = sum(0x30 <= byte <= 0x39 for byte in raw)
    head = [byte - 0x30 for byte in raw if 0x30 <= byte <= 0x39][:4]
    for low, high, lengths in _RANGES:
        first = int("".join(map(str, head[: len(str(low))])))
        if low <= first <= high and length in lengths:
            return luhn(raw)
    return False
