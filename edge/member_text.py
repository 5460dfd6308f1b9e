"""What people type about members, made fit to keep: names, notes, phone numbers, birthdays.

A name is what somebody is called, in any script: emoji and joiners stay; what reorders, hides or breaks lines goes.
"""

from __future__ import annotations

import re
import unicodedata

from edge.errors import ShopError

NAME_CHARS, NOTE_CHARS = 40, 200
_JOINERS = "\u200c\u200d"  # Persian and Indic names and some emoji are written with them
# C0 and C1 controls, bidi and other invisible marks, halves of surrogates, private and unassigned characters
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
# Marks that stand over and under letters: three may pile up, more would run into the lines above and below.
_MARKS = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20f0]"
_PILED = re.compile(f"({_MARKS}{{3}}){_MARKS}+")
_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def name(text: str) -> str:
    """A name of at most NAME_CHARS characters; "" is none. ShopError("name_long")."""
    found = _plain(text)
    if len(found) > NAME_CHARS:
        raise ShopError("name_long", status=422, most=NAME_CHARS)
    return found


def note(text: str) -> str:
    """A note of 1 to NOTE_CHARS characters. ShopError: note_empty, note_long."""
    found = _plain(text)
    if not found:
        raise ShopError("note_empty", status=422)
    if len(found) > NOTE_CHARS:
        raise ShopError("note_long", status=422, most=NOTE_CHARS)
    return found


def phone(text: str) -> str:
    """The digits of a phone number, without 86 before a Chinese one; "" for none. ShopError("phone_wrong")."""
    digits = re.sub(r"[\s()+.\-]", "", unicodedata.normalize("NFKC", text[:64]))
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if digits and not re.fullmatch("[0-9]{7,15}", digits):
        raise ShopError("phone_wrong", status=422)
    return digits


def birthday(text: str) -> str | None:
    """ "11-28" or "1128" -> "11-28", "" -> None: a year is never asked. ShopError("birthday_wrong")."""
    if not text:
        return None
    match = re.fullmatch("([0-9]{2})-?([0-9]{2})", text)
    month, day = (int(match[1]), int(match[2])) if match else (0, 0)
    if not (1 <= month <= 12 and 1 <= day <= _MONTHS[month - 1]):
        raise ShopError("birthday_wrong", status=422)
    return f"{month:02d}-{day:02d}"


def _plain(text: str) -> str:
    kept = "".join(
        " " if c.isspace() else c
        for c in unicodedata.normalize("NFC", text)
        if c.isspace() or c in _JOINERS or unicodedata.category(c) not in _DROPPED
    )
    words = _PILED.sub(r"\1", " ".join(kept.split())).strip(_JOINERS + " ")
    return words if any(c not in _JOINERS and not unicodedata.category(c).startswith("M") for c in words) else ""
