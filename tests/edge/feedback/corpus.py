"""The labelled comments of tests/data/feedback, and the fixed rule that parts them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "data" / "feedback"
THEMES = (
    "queue", "staff", "fresh", "price", "stock", "clean", "machine", "payment", "points", "receipt", "access",
    "comfort", "packaging", "refund", "hours",
)  # fmt: skip
MOODS = "-+0"
_HELD_BELOW = 102


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment with its labels: theme -> mood (-, + or 0); mood alone where no theme is there."""

    lang: str
    text: str
    themes: dict[str, str]
    mood: str

    @property
    def held_out(self) -> bool:
        """Two of five, by their own bytes: figures are stated on these, and nobody tunes by them."""
        return hashlib.sha256(self.text.encode()).digest()[0] < _HELD_BELOW


@cache
def comments() -> tuple[Comment, ...]:
    """All of them, Chinese first, in the order of the files."""
    return tuple(_read(lang, line) for lang in ("zh", "en") for line in _lines(lang))


def development() -> list[Comment]:
    """What words may be chosen by."""
    return [comment for comment in comments() if not comment.held_out]


def held_out() -> list[Comment]:
    """What figures are stated on."""
    return [comment for comment in comments() if comment.held_out]


def _lines(lang: str) -> list[str]:
    return (FOLDER / f"{lang}.tsv").read_text(encoding="utf-8").splitlines()


def _read(lang: str, line: str) -> Comment:
    labels, _, text = line.partition("\t")
    parted = {label[:-1]: label[-1] for label in labels.split(" ")}
    moods = set(parted.values())
    return Comment(
        lang, text, {theme: mood for theme, mood in parted.items() if theme != "none"},
        moods.pop() if len(moods) == 1 else "0",
    )  # fmt: skip
