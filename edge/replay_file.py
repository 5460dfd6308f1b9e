"""The file of `tillbox replay`: one basket a line, as JSON.

{"basket": "<id>", "member": "<card code>" | null, "codes": [{"code": "…", "n": 3}, {"code": "…"}],
 "expect": {"total": 1234}}

n (default 1) is how often the code is scanned; expect is optional, its total in minor units.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge.errors import TillboxError

MAX_LINE = 256_000
MAX_CODES = 500
MAX_PIECES = 9_999
MAX_CODE = 128
_KEYS = {"basket", "member", "codes", "expect"}


class ReplayFileError(TillboxError):
    """A line of the file is not a basket; the text names the line and what is wrong."""


@dataclass(frozen=True, slots=True)
class ReplayBasket:
    """One basket: its id in the file, the member's card or None, (code, pieces) in order, the expected total."""

    id: str
    member: str | None
    codes: tuple[tuple[str, int], ...]
    expected: int | None


def read_baskets(path: Path) -> Iterator[ReplayBasket]:
    """The baskets in order; blank lines are passed over. Raises ReplayFileError, OSError."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(MAX_LINE + 1):
            number += 1
            try:
                if len(line) > MAX_LINE:
                    raise ValueError(f"is longer than {MAX_LINE} bytes")
                if line.strip():
                    yield _basket(json.loads(line))
            except (ValueError, RecursionError) as error:
                raise ReplayFileError(f"{path.name}, line {number}: {error}") from error


def count_baskets(path: Path) -> int:
    """Read the whole file once, so that nothing is sold from one that is broken further down."""
    return sum(1 for _ in read_baskets(path))


def _basket(value: Any) -> ReplayBasket:
    if not isinstance(value, dict):
        raise ValueError("is not a JSON object")
    unknown = sorted(set(value) - _KEYS)
    if unknown:
        raise ValueError(f"has the unknown key {unknown[0]!r}")
    entries = value.get("codes")
    if not isinstance(entries, list) or not 1 <= len(entries) <= MAX_CODES:
        raise ValueError(f"needs 1 to {MAX_CODES} codes")
    member = value.get("member")
    return ReplayBasket(
        id=_text(value.get("basket"), "basket"),
        member=None if member is None else _text(member, "member"),
        codes=tuple(_code(entry) for entry in entries),
        expected=_expected(value.get("expect")),
    )


def _code(entry: Any) -> tuple[str, int]:
    if not isinstance(entry, dict) or set(entry) - {"code", "n"}:
        raise ValueError('has a code that is not {"code": …, "n": …}')
    return _text(entry.get("code"), "code"), _whole(entry.get("n", 1), "n", 1, MAX_PIECES)


def _expected(entry: Any) -> int | None:
    if entry is None:
        return None
    if not isinstance(entry, dict) or set(entry) != {"total"}:
        raise ValueError('has an expect that is not {"total": …}')
    return _whole(entry["total"], "total", 0, 10**12)


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= MAX_CODE:
        raise ValueError(f"{name} must be a text of 1 to {MAX_CODE} characters")
    return value


def _whole(value: Any, name: str, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(f"{name} must be a whole number from {low} to {high}")
    return value
