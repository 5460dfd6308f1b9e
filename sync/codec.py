"""JSON as strangers may send it: bounded before parsing, and stricter than the standard library.

``json.loads`` takes NaN, infinities, duplicate keys (the last wins), lone surrogates and any depth. Each of them
has let two programs read one message differently, so here each is :class:`~sync.errors.Malformed`.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

import orjson

from sync.errors import Malformed

MAX_DEPTH = 16
MAX_INT = 2**63 - 1
_SURROGATE = re.compile("[\ud800-\udfff]")
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def loads(data: bytes | str, limit: int) -> Any:
    """The value of one JSON text of at most ``limit`` bytes. Raises Malformed; never anything else."""
    if len(data) > limit:
        raise Malformed(f"{len(data)} bytes, at most {limit} are allowed")
    try:
        if (value := _as_we_write(data if isinstance(data, bytes) else data.encode())) is not None:
            return value
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        value = _exact(text)
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
    return _ENCODER.encode(value).encode("utf-8")


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


_EXACT = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_constant=_constant)
_ALL_ZEROS, _LONG_NUMBER = bytes.maketrans(b"123456789", b"000000000"), b"0" * 19
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_ROUND = bytes.maketrans(b"[{]}", b"(())")


def _as_we_write(data: bytes) -> Any:
    """The value of an object in the very bytes that our own encoder makes of it, or None: then the exact way decides.

    Equal bytes prove that no key stood twice, that no number was changed and that every text is one. What they don't
    prove is looked for: whole numbers near 64 bits, and depth (brackets within texts only make it look deeper).
    """
    try:
        value = orjson.loads(data)
        if not isinstance(value, dict) or orjson.dumps(value) != data or _LONG_NUMBER in data.translate(_ALL_ZEROS):
            return None
    except (ValueError, TypeError):
        return None
    brackets = data.translate(_ROUND, _NO_BRACKETS)
    for _ in range(MAX_DEPTH):
        brackets = brackets.replace(b"()", b"")  # takes the innermost level away
        if not brackets:
            return value
    return None


def _exact(text: str) -> Any:
    """The value, each of its objects looked at: a fifth of the speed, for whatever others may send."""
    value = _EXACT.decode(text)
    _check_size(value)
    return value


def _check_size(value: Any) -> None:
    """Depth of nesting and size of whole numbers, level by level."""
    level: list[Any] = [[value]]
    depth = -1
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise Malformed(f"nested deeper than {MAX_DEPTH}")
        below: list[Any] = []
        for inside in level:
            for child in inside.values() if type(inside) is dict else inside:
                kind = type(child)
                if kind is int:
                    if not -MAX_INT <= child <= MAX_INT:
                        raise Malformed("a number is out of range")
                elif kind is dict or kind is list:
                    below.append(child)
        level = below


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
