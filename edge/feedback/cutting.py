"""Comments cut into words: Chinese by jieba, English by spaces and stems, each word with its place.

jieba's dictionary takes some 60 MB and a second to load: this module is for nightly jobs, never for a process that
serves or syncs. A comment that mixes languages is cut by both.
"""

from __future__ import annotations

import logging
import re
import tempfile
import unicodedata
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from edge.feedback.lexicon import Lexicon

BREAK = "|"


class Word(NamedTuple):
    """A word (BREAK between clauses) from start to end: characters in Chinese, words in English."""

    text: str
    start: int
    end: int


Cutter = Callable[[str], list[Word]]
_CJK = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[a-zA-Z]{2,}")
_EN_PARTS = re.compile(r"\d+(?:[.,]\d+)?|[a-z]+(?:['’][a-z]+)?|[.,!?;:\n…()]+|%|£|[^\s\w]")
_STOPS = re.compile(r"^[.,!?;:\n…()，。！？；：、（）~～ ]+$")
_VOWEL = re.compile(r"[aeiouy]")
_IRREGULAR = {
    "went": "go", "gone": "go", "bought": "buy", "paid": "pay", "sold": "sell", "mice": "mouse", "shelves": "shelf",
    "broke": "break", "broken": "break", "stood": "stand", "said": "say", "told": "tell", "took": "take",
    "taken": "take", "froze": "freeze", "frozen": "freeze", "cos": "because", "veggies": "veg", "vege": "veg",
    "vegetable": "veg", "vegetables": "veg", "nappies": "nappy", "que": "queue", "moldy": "mouldy", "mold": "mould",
}  # fmt: skip


def has_chinese(text: str) -> bool:
    return _CJK.search(text) is not None


def has_english(text: str) -> bool:
    return _LATIN.search(text) is not None


def stem(word: str) -> str:
    """A crude common root: waited, waiting, waits -> wait; the same for a word and for its plural."""
    word = re.sub(r"(.)\1{2,}", r"\1", word)
    word = _IRREGULAR.get(word, word)
    for end, put in (("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x")):
        if word.endswith(end) and len(word) > len(end) + 1:
            return word[: -len(end)] + put
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        word = word[:-1]
    for end in ("ing", "ed"):
        root = word[: -len(end)]
        if word.endswith(end) and len(root) > 2 and _VOWEL.search(root):
            word = root[:-1] if root[-1] == root[-2] and root[-1] not in "ls" else root
            break
    return word[:-1] if word.endswith("e") and len(word) > 4 else word


def cut_english(text: str) -> list[Word]:
    """Stems in order; punctuation ends a clause."""
    found: list[Word] = []
    for part in _EN_PARTS.findall(unicodedata.normalize("NFKC", text).casefold().replace("’", "'")):
        at = len(found)
        if _STOPS.match(part):
            found.append(Word(BREAK, at, at + 1))
        elif "'" in part and part.endswith("n't"):
            found += [Word(part, at, at + 1)]
        else:
            found.append(Word(stem(part.removesuffix("'s")), at, at + 1))
    return found


@dataclass(frozen=True)
class Chinese:
    """Cuts by a dictionary that knows the words of the lexicon, too. Long words count with those inside them."""

    tokenizer: Any
    twins: dict[int, str]

    def __call__(self, text: str) -> list[Word]:
        plain = unicodedata.normalize("NFKC", text).casefold().translate(self.twins)
        found: list[Word] = []
        for word, start, end in self.tokenizer.tokenize(plain, mode="search", HMM=False):
            found.append(Word(BREAK if _STOPS.match(word) else word, start, end))
        return sorted(found, key=lambda word: (word.start, word.end))


def chinese(words: Iterable[str], lexicon: Lexicon) -> Chinese:
    """The cutter for Chinese, loaded now (a second)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library was written for older Pythons
        import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    with tempfile.TemporaryDirectory() as folder:  # its cache would lie in /tmp, where others write
        tokenizer.tmp_dir = folder
        tokenizer.initialize()
    for word in words:
        if len(word) > 1:
            tokenizer.add_word(word)
    return Chinese(tokenizer, lexicon.twins)
