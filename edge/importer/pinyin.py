"""Pinyin initials for the search: 燕麦奶 1 L -> ymn. The library is loaded only when an import needs it.

A table of first letters by character code would know only the 3,755 commonest characters and one reading of each;
pypinyin knows them all, and phrases (长 in 长城 and in 生长). It takes 0.1 ms a name, so it is asked for its phrases
only where a character has readings that begin differently.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_HANZI = re.compile(r"[\u3400-\u9fff]+")


def initials(name: str) -> str:
    """The first letters of a name's Chinese characters, in lower case; "" when it has none."""
    return "".join(_run(run) for run in _HANZI.findall(name))


@lru_cache(maxsize=4_096)
def _run(hanzi: str) -> str:
    letters = [_letter(one) for one in hanzi]
    if all(letters):
        return "".join(letters)
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(hanzi, style=Style.FIRST_LETTER, errors="ignore")).lower()


@lru_cache(maxsize=30_000)
def _letter(hanzi: str) -> str:
    """The letter that all readings of a character begin with; "" where they differ, or there is none."""
    from pypinyin.constants import PINYIN_DICT

    readings = str(PINYIN_DICT.get(ord(hanzi), "")).split(",")
    begins = {unicodedata.normalize("NFD", reading)[:1].lower() for reading in readings}
    letter = begins.pop() if len(begins) == 1 else ""
    return letter if letter.isascii() else ""
