"""What bytes make a printer do besides printing: cuts, drawer kicks, unknown commands, pieces of paper. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from drivers.escpos_tokens import Token, tokens

_CUTS = {"GS V", "ESC i", "ESC m"}
_PRINTS = {"text", "GS v", "ESC *", "GS k", "GS (", "GS 8", "GS *", "FS p", "LF"}


@dataclass(frozen=True, slots=True)
class Event:
    """Something besides printing, at byte `at`: kind "cut", "kick" (cash drawer) or "unknown"; its bytes."""

    kind: str
    at: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class PaperBytes:
    """The bytes of one piece of paper; `whole` once it was cut off."""

    data: bytes
    kicks: int
    whole: bool


def is_cut(token: Token) -> bool:
    """The command cuts the paper off."""
    return token.name in _CUTS


def is_print(token: Token) -> bool:
    """The command leaves something on the paper, be it an empty line."""
    return token.name in _PRINTS


def events(data: bytes) -> list[Event]:
    """All cuts, drawer kicks and unknown commands, in order."""
    return [event for token in tokens(data) for event in _token_events(token, data)]


def papers(data: bytes) -> list[PaperBytes]:
    """The pieces of paper that come out; a rest without any print (a drawer job) is none."""
    found: list[PaperBytes] = []
    start = kicks = 0
    printed = False
    for token in tokens(data):
        printed = printed or is_print(token)
        kicks += sum(event.kind == "kick" for event in _token_events(token, data))
        if is_cut(token):
            if printed:
                found.append(PaperBytes(data[start : token.end], kicks, True))
            start, kicks, printed = token.end, 0, False
    if printed:
        found.append(PaperBytes(data[start:], kicks, False))
    return found


def _token_events(token: Token, data: bytes) -> Iterator[Event]:
    raw = data[token.start : token.end]
    if is_cut(token):
        yield Event("cut", token.start, raw)
    elif token.name == "ESC p" or (token.name == "DLE DC4" and token.args[:1] == b"\x01"):
        yield Event("kick", token.start, raw)
    elif token.name == "unknown":
        yield Event("unknown", token.start, raw)
    elif token.name not in ("text", "LF") and b"\x10\x14\x01" in raw:
        # Real printers obey this real-time command even within the data of a picture.
        yield Event("kick", token.start + raw.index(b"\x10\x14\x01"), b"\x10\x14\x01")
