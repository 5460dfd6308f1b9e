"""How well comments are read, theme by theme:  python -m tests.edge.feedback.figures [--development]

Purity of a theme: of the comments given it, how many have its label. Recall: of those labelled with it, how many were
given it. Mood: of the rightly given, how many with the right feeling. Stated on the held-out part, faces unknown.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from edge.feedback.reading import Reader, reader
from tests.edge.feedback.corpus import THEMES, Comment, development, held_out


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of one theme (or all)."""

    given: int
    right: int
    labelled: int
    mood: int

    @property
    def purity(self) -> float:
        return self.right / self.given if self.given else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.labelled if self.labelled else 1.0

    @property
    def mood_right(self) -> float:
        return self.mood / self.right if self.right else 1.0


def measure(read: Reader, comments: Sequence[Comment]) -> dict[str, Figures]:
    """By theme, by language ("zh", "en"), and "all" themes; "none" counts comments without any, apart from these."""
    given, right, labelled, mood = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for comment in comments:
        found = {each.theme: each.mood for each in read.read(comment.text).themes} or {"none": comment.mood}
        wanted = comment.themes or {"none": comment.mood}
        for theme in found:
            names = ("none",) if theme == "none" else (theme, comment.lang, "all")
            given.update(names)
            if theme in wanted:
                right.update(names)
                if wanted[theme] == found[theme]:
                    mood.update(names)
        for theme in wanted:
            labelled.update(("none",) if theme == "none" else (theme, comment.lang, "all"))
    names = (*THEMES, "none", "zh", "en", "all")
    return {name: Figures(given[name], right[name], labelled[name], mood[name]) for name in names}


def mistakes(read: Reader, comments: Sequence[Comment]) -> dict[str, list[str]]:
    """What was read otherwise than labelled: for choosing words, so from the development part only."""
    found = defaultdict(list)
    for comment in comments:
        reading = read.read(comment.text)
        got = {each.theme: each for each in reading.themes}
        for theme in set(got) - set(comment.themes):
            found[f"{comment.lang} too much: {theme}"].append(f"{comment.text}  {got[theme].words}")
        for theme in set(comment.themes) - set(got):
            found[f"{comment.lang} missed: {theme}"].append(comment.text)
        for theme in set(comment.themes) & set(got):
            if got[theme].mood != comment.themes[theme]:
                found[f"{comment.lang} mood: {comment.themes[theme]}"].append(f"{comment.text}  {got[theme]}")
    return found


def table(figures: dict[str, Figures]) -> str:
    """The figures as text."""
    rows = [f"{'':<10} {'given':>6} {'labelled':>8} {'purity':>7} {'recall':>7} {'mood':>6}"]
    for name, each in figures.items():
        rows.append(
            f"{name:<10} {each.given:>6} {each.labelled:>8} {each.purity:>7.0%} {each.recall:>7.0%} "
            f"{each.mood_right:>6.0%}"
        )
    return "\n".join(rows)


def main() -> None:
    """Print the figures; with --development also what was misread there."""
    read, tuning = reader(), "--development" in sys.argv
    part = development() if tuning else held_out()
    print(table(measure(read, part)))
    for name, texts in sorted(mistakes(read, part).items()) if tuning else ():
        print(f"\n{name} ({len(texts)})", *texts, sep="\n  ")


if __name__ == "__main__":
    main()
