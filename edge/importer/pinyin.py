"""Pinyin initials for the search: 燕麦奶 1 L -> ymn. The library is loaded only when an import needs it.

A table of first letters by character code would know only the 3,755 commonest characters and one reading of each;
pypinyin knows them all, and phrases (长 in 长城 and in 生长).
"""

from __future__ import annotations

import re

_HANZI = re.compile(r"[\u3400-\u9fff]+")


def initials(name: str) -> str:
    """The first letters of a name's Chinese characters, in lower case; "" when it has none."""
    from pypinyin import Style, lazy_pinyin

    found = (lazy_pinyin(run, style=Style.FIRST_LETTER, errors="ignore") for run in _HANZI.findall(name))
    return "".join(letter for run in found for letter in run).lower()
