"""Breaking text into lines. Pure: the caller says how wide a text is (dots of a font, or columns)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

Measure = Callable[[str], int]
_OPENING = set("（《「『【“‘￥¥$€£([{#")  # never alone at the end of one
_CLOSING = set("，。、；：？！）》」』】”’％…,.;:?!)]}%")  # never alone at the start of a line


def columns(text: str) -> int:
    """Width in the cells of a printer's fixed font: a hanzi takes two, a combining mark none."""
    return sum(char_columns(c) for c in text)


def char_columns(char: str) -> int:
    """0, 1 or 2 cells. Ambiguous ones (¥, ·, —) take two once they are sent as GB18030, so they count two."""
    if unicodedata.combining(char):
        return 0
    if char.isascii():
        return 1
    return 2


def wrap(text: str, width: int, measure: Measure) -> list[str]:
    """Lines no wider than `width`, broken at spaces and between hanzi; a word too long for a line is broken
    anywhere. No character is lost but the spaces at a break. Empty text is one empty line."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if measure(line + piece.rstrip(" ")) <= width:
            line += piece
            continue
        if line.strip():
            lines.append(line.rstrip(" "))
        line = ""
        for part in _split(piece, width, measure):
            if line:
                lines.append(line.rstrip(" "))
            line = part
    if line.strip() or not lines:
        lines.append(line.rstrip(" "))
    return lines


def _pieces(text: str) -> list[str]:
    """Unbreakable pieces: a word with its spaces, or one wide character with what must follow it."""
    pieces: list[str] = []
    for char in text:
        last = pieces[-1] if pieces else ""
        glued = last and (char in _CLOSING or char == " " or unicodedata.combining(char) or last[-1] in _OPENING)
        in_word = last and _narrow(char) and _narrow(last[-1])
        if glued or in_word:
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def _narrow(char: str) -> bool:
    """Part of a word of letters, as opposed to a hanzi or a space."""
    return char != " " and unicodedata.east_asian_width(char) not in "WF"


def _split(piece: str, width: int, measure: Measure) -> list[str]:
    """A piece as parts that fit; a single character wider than the line stands alone."""
    parts = [""]
    for char in piece:
        if parts[-1] and measure(parts[-1] + char) > width and char != " ":
            parts.append("")
        parts[-1] += char
    return parts
