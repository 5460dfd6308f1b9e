"""The words that tell what a comment is about (edge/feedback/words/*.toml), and how they are found in it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from importlib.resources import files

THEMES = (
    "queue", "staff", "fresh", "price", "stock", "clean", "machine", "payment", "points", "receipt", "access",
    "comfort", "packaging", "refund", "hours",
)  # fmt: skip
WEIGHTS = {"sure": 3, "likely": 2, "hint": 1}
VERSION = 1  # of words and rules together: a higher one reads all comments again


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand for a theme. mood: -1 blames, +1 praises, 0 neither; it is empty-handed without a theme."""

    text: str
    theme: str
    weight: int
    mood: int


@dataclass
class Lexicon:
    """One language's words. twins: traditional character -> simplified (Chinese)."""

    lang: str
    phrases: list[Phrase] = field(default_factory=list)
    moods: dict[str, list[str]] = field(default_factory=dict)
    twins: dict[int, str] = field(default_factory=dict)


def load(lang: str) -> Lexicon:
    """The words of "zh" or "en"."""
    text = files("edge.feedback").joinpath("words", f"{lang}.toml").read_text(encoding="utf-8")
    found = tomllib.loads(text)
    twins = found.get("twins", {"traditional": "", "simplified": ""})
    lexicon = Lexicon(lang, moods=found["moods"])
    lexicon.twins = str.maketrans(twins["traditional"], twins["simplified"])  # type: ignore[assignment]
    for theme in THEMES:
        for strength, weight in WEIGHTS.items():
            for word in dict.fromkeys(found[theme][strength]):
                mood = {"-": -1, "+": 1}.get(word[0], 0)
                lexicon.phrases.append(Phrase(word[1:] if mood else word, theme, weight, mood))
    return lexicon
