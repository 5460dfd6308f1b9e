"""JSON as strangers may send it: bounded before parsing, and stricter than the standard library.

``json.loads`` takes NaN, infinities, duplicate keys (the last wins), lone surrogates and any depth. Each of them
has let two programs read one message differently, so here each is :class:`~sync.errors.Malformed`.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from sync.errors import Malformed

MAX_DEPTH = 16
MAX_INT = 2**63 - 1
_SURROGATE = re.compile("[\ud800-\udfff]")


def loads(data: bytes | str, limit: int) -> Any:
    """The value of one JSON text of at most ``limit`` bytes. Raises Malformed; never anything else."""
    if len(data) > limit:
        raise Malformed(f"{len(data)} bytes, at most {limit} are allowed")
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        value = _decode(text)
    except UnicodeDecodeError as error:
        raise Malformed(f"not UTF-8 at byte {error.start}") from None
    except RecursionError:
        raise Malformed(f"nested deeper than {MAX_DEPTH}") from None
    except ValueError as error:
        raise Malformed(f"not JSON: {error}") from None
    if "\\u" in text:
        _check_text(value)
    return value


def table(data: bytes | str, limit: int) -> dict[str, Any]:
    """Like :func:`loads`, for a text that must be an object."""
    value = loads(data, limit)
    if not isinstance(value, dict):
        raise Malformed("an object was expected")
    return value


def dumps(value: Any) -> bytes:
    """Compact UTF-8 without a newline; refuses NaN (ValueError): what we send, :func:`loads` takes."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8")


def whole(value: Any, what: str, low: int = 0, high: int = MAX_INT) -> int:
    """The value as an int within bounds (a bool is none)."""
    if type(value) is not int or not low <= value <= high:
        raise Malformed(f"{what} must be a whole number from {low} to {high}")
    return value


def text(value: Any, what: str, longest: int = 256) -> str:
    """The value as a text of at most ``longest`` characters."""
    if not isinstance(value, str) or len(value) > longest:
        raise Malformed(f"{what} must be a text of at most {longest} characters")
    return value


def hexbytes(value: Any, what: str, size: int | None = 32) -> bytes:
    """The value as bytes written in hex; ``size`` fixes their number, None allows 1 to 64."""
    try:
        found = bytes.fromhex(text(value, what, 128))
    except ValueError:
        raise Malformed(f"{what} must be hex") from None
    if not found or (size is not None and len(found) != size):
        raise Malformed(f"{what} has {len(found)} bytes")
    return found


def _float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError("a number is not finite")
    return value


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


# Whole numbers are left to C (which refuses more than 4,300 digits) and checked afterwards: a call a number is dear.
_QUICK = json.JSONDecoder(parse_float=_float, parse_constant=_constant)
_EXACT = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_constant=_constant)
_LOOSE_COLON = re.compile(r'"[ \t\r\n]+:')


def _decode(text: str) -> Any:
    """The value, its keys known to be single.

    A call an object is dear too. Where no text holds a backslash and no blank stands before a colon, each key ends in
    `":` (a text may also begin so), so if there are no more of them than keys that arrived, none stood twice.
    Anything else takes the exact way.
    """
    if "\\" not in text and not _LOOSE_COLON.search(text):
        value = _QUICK.decode(text)
        if _keys(value) == text.count('":'):
            return value
    value = _EXACT.decode(text)
    _keys(value)
    return value


def _keys(value: Any) -> int:
    """How many keys there are, having checked depth of nesting and size of whole numbers, level by level."""
    level: list[Any] = [[value]]
    depth, keys = -1, 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise Malformed(f"nested deeper than {MAX_DEPTH}")
        below: list[Any] = []
        for inside in level:
            if type(inside) is dict:
                keys += len(inside)
                inside = inside.values()
            for child in inside:
                kind = type(child)
                if kind is int:
                    if not -MAX_INT <= child <= MAX_INT:
                        raise Malformed("a number is out of range")
                elif kind is dict or kind is list:
                    below.append(child)
        level = below
    return keys


def _check_text(value: Any) -> None:
    if isinstance(value, dict):
        for key, child in value.items():
            _check_text(key)
            _check_text(child)
    elif isinstance(value, list):
        for child in value:
            _check_text(child)
    elif isinstance(value, str) and _SURROGATE.search(value):
        raise Malformed("a lone surrogate in a text")
