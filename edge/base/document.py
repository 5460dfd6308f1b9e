"""The neutral printable document: what a paper says, not how a printer says it.

The shop's rules build a Document; a printer driver renders it. Text may hold any character, hostile ones too
(a product name with ESC in it): the *driver* strips control characters before bytes are made, the web escapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "center", "right"]
SIZES = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, wrapped to the paper's width. `size` multiplies the normal letter (1, 2 or 3)."""

    text: str
    align: Align = "left"
    size: int = 1
    bold: bool = False

    def __post_init__(self) -> None:
        if self.align not in ("left", "center", "right"):
            raise ValueError(f"align is left, center or right, not {self.align!r}")
        _check_size(self.size)


@dataclass(frozen=True, slots=True)
class Row:
    """A name at the left and an amount at the right; a long left side wraps, the right side never does."""

    left: str
    right: str
    bold: bool = False
    size: int = 1

    def __post_init__(self) -> None:
        _check_size(self.size)


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Empty lines of normal height."""

    lines: int = 1


@dataclass(frozen=True, slots=True)
class Barcode:
    """A CODE128 symbol with its text below; `data` is printable ASCII, at most 40 characters."""

    data: str


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR symbol in the middle of the paper, with an optional caption below."""

    data: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """The end of one paper."""


Item = Text | Row | Rule | Feed | Barcode | Qr | Cut


@dataclass(frozen=True, slots=True)
class Document:
    """One printout: its language ("zh-CN" or "en"), its items from top to bottom, and a title for lists."""

    lang: str
    items: tuple[Item, ...]
    title: str


def _check_size(size: int) -> None:
    if size not in SIZES:
        raise ValueError(f"size is 1, 2 or 3, not {size!r}")
