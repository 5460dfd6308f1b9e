"""Complaints that no known theme has, grouped by the words they share: what is new shows as a group of its own.

Each word weighs the more the fewer comments have it (tf-idf); a comment joins the group that it is most alike (cosine),
or begins one. A group is named by the words that its comments share most.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

ALIKE = 0.35
LEAST = 3  # comments that make a group
NAMED_BY = 2
# Words that say nothing about what a comment is about.
_EMPTY_WORDS = """
the a an and or to of in on at is are was were be it its this that i you he she we they my your me us so too very not no
with for from as but have has had do did get got just really all there here what when why how can will
的 了 是 我 你 他 她 们 在 就 都 也 很 还 又 这 那 有 没 不 啊 吧 呢 吗 把 被
给 跟 和 个 一 说 去 来 上 下 着 过 得 地 要 会 好 到 太
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())


@dataclass
class Group:
    """members: places in the comments that were given; words: what they share most."""

    members: list[int] = field(default_factory=list)
    words: tuple[str, ...] = ()
    _sum: dict[str, float] = field(default_factory=dict)


def grouped(comments: Sequence[Sequence[str]]) -> list[Group]:
    """Groups of at least three comments, the largest first. comments: their words, as they were cut."""
    plain = [{word for word in words if word not in _EMPTY and not word.isdigit()} for words in comments]
    seen = Counter(word for words in plain for word in words)
    vectors = [_unit({w: math.log(1 + len(plain) / seen[w]) for w in words if seen[w] > 1}) for words in plain]
    found: list[Group] = []
    for place, vector in enumerate(vectors):
        if not vector:
            continue
        best = max(found, key=lambda group: _cosine(vector, group._sum), default=None)
        if best is None or _cosine(vector, best._sum) < ALIKE:
            best = Group()
            found.append(best)
        best.members.append(place)
        for word, weight in vector.items():
            best._sum[word] = best._sum.get(word, 0.0) + weight
    kept = [group for group in found if len(group.members) >= LEAST]
    for group in kept:
        group.words = tuple(sorted(group._sum, key=lambda word: (-group._sum[word], word))[:NAMED_BY])
    return sorted(kept, key=lambda group: -len(group.members))


def _unit(vector: dict[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(weight * weight for weight in vector.values()))
    return {word: weight / length for word, weight in vector.items()} if length else {}


def _cosine(unit: dict[str, float], other: dict[str, float]) -> float:
    length = math.sqrt(sum(weight * weight for weight in other.values()))
    return sum(weight * other.get(word, 0.0) for word, weight in unit.items()) / length if length else 0.0
