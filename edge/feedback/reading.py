"""One comment read: its themes, how the writer feels about each, and the words that say so.

A theme's words add up by their weights (lexicon.py); enough of them make the theme, and their own blame or praise, what
stands in their clause, and a "not" before them make the mood. The face that was tapped decides what words leave open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from edge.base.said import THEME_OF
from edge.feedback.cutting import BREAK, Cutter, Word, cut_english, has_chinese, has_english
from edge.feedback.lexicon import THEMES, Lexicon, Phrase

TAPPED = 3  # a reason that was tapped
ENOUGH = 2  # of a theme's weights
NEAR = 1.5  # a theme with less than one in so many of the heaviest theme's weight is a word in passing


@dataclass(frozen=True, slots=True)
class Found:
    """A theme of a comment: mood "-", "+" or "0"; words as they were found, heaviest first."""

    theme: str
    mood: str
    weight: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a comment says. words: all of it cut, for grouping what has no theme."""

    themes: tuple[Found, ...]
    mood: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Hit:
    phrase: Phrase
    start: int
    end: int


class Language:
    """One language's cutter and phrases, ready to look for."""

    def __init__(self, lexicon: Lexicon, cut: Cutter, *, gap: int, reach: int) -> None:
        self.cut, self.gap, self.reach = cut, gap, reach
        self._first: dict[str, list[tuple[Phrase, list[str]]]] = defaultdict(list)
        moods = lexicon.moods
        phrases = list(lexicon.phrases)
        phrases += [Phrase(word, "", 0, 1) for word in moods["good"]]
        phrases += [Phrase(word, "", 0, -1) for word in moods["bad"]]
        phrases += [Phrase(word, "ask", 0, 0) for word in moods["ask"]]
        phrases += [Phrase(word, "but", 0, 0) for word in moods["but"]]
        phrases += [Phrase(word, "not", 0, 0) for word in moods["not"]]
        for phrase in phrases:
            parts = self._parts(phrase.text)
            if parts:
                self._first[parts[0]].append((phrase, parts))

    def _parts(self, text: str) -> list[str]:
        pieces: list[str] = []
        for piece in text.split(" .. "):
            words = [word.text for word in self.cut(piece) if word.text != BREAK]
            pieces += ([".."] if pieces else []) + (words if self.reach < 4 else [piece.replace(" ", "")])
        return pieces

    def hits(self, words: Sequence[Word]) -> list[_Hit]:
        """Every phrase that stands in the comment."""
        at: dict[str, list[Word]] = defaultdict(list)
        for word in words:
            at[word.text].append(word)
        found = []
        for word in words:
            for phrase, parts in self._first.get(word.text, ()):
                end = self._follow(at, parts, word)
                if end is not None:
                    found.append(_Hit(phrase, word.start, end))
        return found

    def _follow(self, at: dict[str, list[Word]], parts: list[str], first: Word) -> int | None:
        end, loose = first.end, False
        for part in parts[1:]:
            if part == "..":
                loose = True
                continue
            most = end + (self.gap if loose else 0)
            following = [word for word in at.get(part, ()) if end <= word.start <= most]
            if not following:
                return None
            end, loose = following[0].end, False
        return end


class Reader:
    """Reads comments in both languages. Build it once a job: see `cutting.chinese`."""

    def __init__(self, languages: dict[str, Language]) -> None:
        self.languages = languages

    def read(self, text: str, score: int | None = None, topics: Iterable[str] = ()) -> Reading:
        """Themes and mood of a comment, with the face (1 to 5) and reasons that were tapped, if any."""
        weights: dict[str, int] = defaultdict(int)
        moods: dict[str, int] = defaultdict(int)
        said: dict[str, list[tuple[int, str]]] = defaultdict(list)
        overall, asks, words = 0, False, list[str]()
        for lang, wanted in (("zh", has_chinese(text)), ("en", has_english(text) or not has_chinese(text))):
            if not wanted:
                continue
            language = self.languages[lang]
            cut = language.cut(text)
            words += [each.text for each in cut if each.text != BREAK]
            found = _Clauses(language, cut)
            asks = asks or found.asks
            overall += found.mood
            for theme, weight, mood, texts in found.themes():
                weights[theme] += weight
                moods[theme] += mood
                said[theme] += texts
        chosen = _choose(weights)
        for topic in topics:
            theme = THEME_OF[topic]
            said[theme].append((TAPPED, f"#{topic}"))
            weights[theme] += TAPPED
            chosen += [] if theme in chosen else [theme]
        feeling = _mood(overall, asks and not _loud(moods), score, bool(chosen))
        themes = tuple(
            Found(
                theme, _mood(moods[theme] or overall, asks and moods[theme] >= -1, score, True), weights[theme],
                tuple(dict.fromkeys(text for _, text in sorted(said[theme], key=lambda each: -each[0]))),
            )
            for theme in chosen
        )  # fmt: skip
        return Reading(themes, feeling, tuple(words))


def _loud(moods: dict[str, int]) -> bool:
    return any(mood < -1 for mood in moods.values())


def _choose(weights: dict[str, int]) -> list[str]:
    most = max(weights.values(), default=0)
    kept = [theme for theme in THEMES if weights.get(theme, 0) >= ENOUGH and weights[theme] * NEAR > most]
    return sorted(kept, key=lambda theme: -weights[theme])


def _mood(sum_of_words: int, asks: bool, score: int | None, themed: bool) -> str:
    if score is not None and score != 3:
        return "-" if score < 3 else "+"
    if asks:
        return "0"
    if sum_of_words:
        return "-" if sum_of_words < 0 else "+"
    return "-" if themed and score is None else "0"


class _Clauses:
    """The hits of one comment in one language, by clause, "not" applied."""

    def __init__(self, language: Language, words: Sequence[Word]) -> None:
        hits = language.hits(words)
        self._nots = sorted({hit.end for hit in hits if hit.phrase.theme == "not"})
        self._reach = language.reach
        self._breaks = sorted(
            {word.start for word in words if word.text == BREAK} | {h.start for h in hits if h.phrase.theme == "but"}
        )
        self.asks = any(hit.phrase.theme == "ask" for hit in hits)
        self._hits = _longest([hit for hit in hits if hit.phrase.theme not in ("not", "but", "ask", "")])
        moods = _longest([hit for hit in hits if hit.phrase.theme == ""])
        taken = [(hit.start, hit.end) for hit in self._hits if hit.phrase.mood]
        self._moods: dict[int, int] = defaultdict(int)
        self.mood = 0
        for hit in moods:
            if not any(start <= hit.start and hit.end <= end for start, end in taken):
                self._add(hit, 1)
        for hit in {(h.start, h.end): h for h in self._hits}.values():
            self._add(hit, 2)

    def _add(self, hit: _Hit, weight: int) -> None:
        mood = weight * self._turned(hit)
        self._moods[self._clause(hit.start)] += mood
        self.mood += mood

    def _turned(self, hit: _Hit) -> int:
        """The mood of a hit's own words, turned by a "not" shortly before it in the same clause."""
        before = [n for n in self._nots if hit.start - self._reach <= n <= hit.start]
        same = [n for n in before if self._clause(n - 1) == self._clause(hit.start)]
        return -hit.phrase.mood if same else hit.phrase.mood

    def _clause(self, at: int) -> int:
        return sum(1 for place in self._breaks if place <= at)

    def themes(self) -> Iterable[tuple[str, int, int, list[tuple[int, str]]]]:
        """(theme, weight, mood, its words with their weights), one a theme."""
        by_theme: dict[str, dict[str, _Hit]] = defaultdict(dict)
        for hit in self._hits:
            by_theme[hit.phrase.theme].setdefault(hit.phrase.text, hit)
        for theme, hits in by_theme.items():
            clauses = {self._clause(hit.start) for hit in hits.values()}
            own = sum(2 * self._turned(hit) for hit in hits.values() if hit.phrase.mood)
            mood = own + sum(self._moods[clause] for clause in clauses)
            texts = [(hit.phrase.weight, text.replace(" .. ", "…")) for text, hit in hits.items()]
            yield theme, sum(weight for weight, _ in texts), mood, texts


def _longest(hits: list[_Hit]) -> list[_Hit]:
    """Without those that lie within a longer one of the same theme."""
    found: list[_Hit] = []
    for hit in sorted(hits, key=lambda h: (h.start - h.end, -h.phrase.weight)):
        if not any(
            kept.phrase.theme == hit.phrase.theme and kept.start <= hit.start and hit.end <= kept.end for kept in found
        ):
            found.append(hit)
    return found


def reader() -> Reader:
    """A reader of both languages, loaded now: a second, and some 60 MB until it is dropped."""
    from edge.feedback import cutting
    from edge.feedback.lexicon import load

    zh, en = load("zh"), load("en")
    words = [part for phrase in zh.phrases for part in phrase.text.split(" .. ")]
    words += [word for group in zh.moods.values() for word in group]
    cut = cutting.chinese(words, zh)
    return Reader({"zh": Language(zh, cut, gap=6, reach=4), "en": Language(en, cut_english, gap=3, reach=3)})
