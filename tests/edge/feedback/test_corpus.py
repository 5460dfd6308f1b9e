"""The labelled comments are many, varied and well-formed, before anything is measured on them."""

import re
from collections import Counter, defaultdict
from itertools import combinations

from tests.edge.feedback.corpus import MOODS, THEMES, comments, development, held_out


def _bare(text: str) -> str:
    return re.sub(r"\W+", "", text.casefold())


def _pieces(text: str) -> set[str]:
    bare = _bare(text)
    return {bare[n : n + 3] for n in range(max(1, len(bare) - 2))}


def test_there_are_two_thousand_comments_about_half_in_each_language() -> None:
    counts = Counter(comment.lang for comment in comments())
    assert counts.total() >= 2000
    assert min(counts.values()) >= 0.45 * counts.total()


def test_every_label_is_a_theme_with_a_mood() -> None:
    for comment in comments():
        assert comment.text.strip() == comment.text != ""
        assert set(comment.themes) <= set(THEMES), comment
        assert set(comment.themes.values()) <= set(MOODS) and comment.mood in MOODS, comment


def test_every_theme_is_complained_about_in_both_parts_and_praised_somewhere() -> None:
    for lang in ("zh", "en"):
        for part in (development(), held_out()):
            found = Counter(t for c in part if c.lang == lang for t, mood in c.themes.items() if mood == "-")
            assert set(found) == set(THEMES) and min(found.values()) >= 6, (lang, found)
        praised = {theme for c in comments() if c.lang == lang for theme, mood in c.themes.items() if mood == "+"}
        assert praised == set(THEMES)


def test_some_comments_have_no_theme_and_some_have_several() -> None:
    sizes = Counter(min(2, len(comment.themes)) for comment in comments())
    assert sizes[0] >= 150 and sizes[2] >= 100


def test_no_comment_is_there_twice() -> None:
    seen = Counter(_bare(c.text) or c.text for c in comments())
    assert [text for text, n in seen.items() if n > 1] == []


def test_no_two_comments_differ_only_in_a_word() -> None:
    # Three letters in a row, shared by both: four of five would be one comment with a word changed.
    by_piece: dict[str, set[int]] = defaultdict(set)
    found = [_pieces(c.text) for c in comments()]
    for n, pieces in enumerate(found):
        if len(pieces) >= 6:
            for piece in pieces:
                by_piece[piece].add(n)
    alike: Counter[tuple[int, int]] = Counter()
    for numbers in by_piece.values():
        alike.update(combinations(sorted(numbers), 2))
    near = [
        (comments()[a].text, comments()[b].text)
        for (a, b), shared in alike.items()
        if shared > 0.7 * len(found[a] | found[b])
    ]
    assert near == []


def test_the_parts_are_the_same_on_every_machine() -> None:
    assert len(development()) + len(held_out()) == len(comments())
    assert 0.36 < len(held_out()) / len(comments()) < 0.44
