"""The bytes a receipt printer understands, cut into commands. Pure; tolerant of what it does not know."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

FRAGMENT = 128  # rows in one GS v 0: long rasters made printers print random characters
ESC, FS, GS, DLE = 0x1B, 0x1C, 0x1D, 0x10
_PREFIX = {ESC: "ESC", FS: "FS", GS: "GS", DLE: "DLE"}
_CONTROL = {0x00: "NUL", 0x09: "HT", 0x0A: "LF", 0x0C: "FF", 0x0D: "CR", 0x18: "CAN"}

# Number of argument bytes after the command's letter.
_FIXED = {
    "ESC": {
        "@": 0, "2": 0, "3": 1, "!": 1, "E": 1, "G": 1, "-": 1, "M": 1, "a": 1, "d": 1, "e": 1, "J": 1, "K": 1,
        "t": 1, "R": 1, "{": 1, "r": 1, " ": 1, "V": 1, "=": 1, "p": 3, "c": 2, "$": 2, "\\": 2, "i": 0, "m": 0,
        "B": 2, "%": 1, "?": 1, "u": 1, "v": 0, "S": 0, "L": 0, "W": 8, "T": 1, "A": 1,
    },
    "FS": {"&": 0, ".": 0, "!": 1, "-": 1, "C": 1, "S": 2, "W": 1, "p": 2},
    "GS": {
        "!": 1, "B": 1, "H": 1, "h": 1, "w": 1, "f": 1, "a": 1, "r": 1, "L": 2, "W": 2, "P": 2, "b": 1, "|": 1,
        "I": 1, ":": 0, "^": 3, "\\": 2, "$": 2, "/": 1, "T": 1,
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """One command: name like "ESC @", "GS v", "LF", "text" or "unknown"; its arguments; where it ends."""

    name: str
    args: bytes
    start: int
    end: int


def tokens(data: bytes) -> Iterator[Token]:
    """All commands of `data`; one that is cut off at the end comes as "unknown" with what there is."""
    pos = 0
    while pos < len(data):
        token = next_token(data, pos)
        if token is None:
            token = Token("unknown", data[pos:], pos, len(data))
        yield token
        pos = token.end


def next_token(data: bytes, pos: int) -> Token | None:
    """The command at `pos` (which must be inside `data`), or None while its bytes are not all there."""
    first = data[pos]
    if first in _PREFIX:
        if pos + 1 >= len(data):
            return None
        size = _size(_PREFIX[first], data, pos)
        if size is None or pos + size > len(data):
            return None
        name = f"{_PREFIX[first]} {_letter(data[pos + 1])}" if size > 1 else "unknown"
        if size == 2 and not _known(_PREFIX[first], _letter(data[pos + 1])):
            name = "unknown"
        return Token(name, data[pos + 2 : pos + size], pos, pos + size)
    if first < 0x20:
        return Token(_CONTROL.get(first, "unknown"), data[pos : pos + 1], pos, pos + 1)
    end = pos
    while end < len(data) and data[end] >= 0x20:
        end += 1
    return Token("text", data[pos:end], pos, end)


_DLE_NAMES = {0x04: "EOT", 0x05: "ENQ", 0x14: "DC4"}


def _letter(byte: int) -> str:
    return _DLE_NAMES.get(byte) or chr(byte)


def _known(prefix: str, letter: str) -> bool:
    return letter in _FIXED.get(prefix, {})


def _size(prefix: str, data: bytes, pos: int) -> int | None:
    """Bytes of the whole command; None while too little is there to tell. 2 for an unknown one."""
    letter = _letter(data[pos + 1])
    if _known(prefix, letter):
        return 2 + _FIXED[prefix][letter]
    args = data[pos + 2 : pos + 9]
    match prefix, letter:
        case "ESC", "*":
            return _head(args, 3, lambda a: 5 + (a[1] + 256 * a[2]) * (3 if a[0] in (32, 33) else 1))
        case "ESC", "D":
            return _until_nul(data, pos + 2, pos)
        case (("GS" | "FS" | "ESC"), "("):
            return _head(args, 3, lambda a: 5 + a[1] + 256 * a[2])
        case "GS", "8":
            return _head(args, 5, lambda a: 7 + int.from_bytes(a[1:5], "little"))
        case "GS", "v":
            return _head(args, 6, lambda a: 8 + (a[2] + 256 * a[3]) * (a[4] + 256 * a[5]))
        case "GS", "V":
            return _head(args, 1, lambda a: 4 if a[0] in (65, 66, 97, 98, 103, 104) else 3)
        case "GS", "k":
            if args and args[0] <= 6:
                return _until_nul(data, pos + 3, pos)
            return _head(args, 2, lambda a: 4 + a[1])
        case "GS", "*":
            return _head(args, 2, lambda a: 4 + a[0] * a[1] * 8)
        case "DLE", "EOT":
            return _head(args, 1, lambda a: 4 if a[0] in (7, 8, 18) else 3)
        case "DLE", "ENQ":
            return 3
        case "DLE", "DC4":
            return _head(args, 1, lambda a: {1: 5, 2: 5, 7: 4, 8: 10}.get(a[0], 3))
    return 1 if prefix == "DLE" else 2


def _head(args: bytes, need: int, size: Callable[[bytes], int]) -> int | None:
    return size(args) if len(args) >= need else None


def _until_nul(data: bytes, start: int, pos: int) -> int | None:
    end = data.find(b"\x00", start)
    return None if end < 0 else end + 1 - pos
