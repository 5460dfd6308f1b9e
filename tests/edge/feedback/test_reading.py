"""Comments are read for their themes: examples that say how, and floors on the held-out part of the corpus."""

from __future__ import annotations

import pytest

from edge.feedback.cutting import stem
from edge.feedback.reading import Reader, reader
from tests.edge.feedback.corpus import held_out
from tests.edge.feedback.figures import measure


@pytest.fixture(scope="module")
def words() -> Reader:
    return reader()


@pytest.mark.parametrize(
    ("text", "themes"),
    [
        ("排队排了半小时", {"queue": "-"}),
        ("結帳排隊太久", {"queue": "-"}),
        ("一点都不脏", {"clean": "+"}),
        ("菜很新鲜,就是排队太久", {"fresh": "+", "queue": "-"}),
        ("staff很nice", {"staff": "+"}),
        ("Queueing for ages", {"queue": "-"}),
        ("not dirty at all", {"clean": "+"}),
        ("never friendly", {"staff": "-"}),
        ("Milk expired, cashier rude", {"fresh": "-", "staff": "-"}),
        ("what time do you close?", {"hours": "0"}),
        ("hello", {}),
        ("👍", {}),
        ("", {}),
    ],
)
def test_a_comment_is_about(words: Reader, text: str, themes: dict[str, str]) -> None:
    assert {found.theme: found.mood for found in words.read(text).themes} == themes


def test_the_face_decides_what_words_leave_open(words: Reader) -> None:
    text = "the service here is something else"
    assert [found.mood for found in words.read(text, score=5).themes] == ["+"]
    assert [found.mood for found in words.read(text, score=1).themes] == ["-"]


def test_each_theme_names_the_words_that_made_it(words: Reader) -> None:
    for comment in held_out():
        for found in words.read(comment.text).themes:
            assert found.words and found.weight >= 2


@pytest.mark.parametrize("text", ["\x00", "a" * 100_000, "排" * 5_000, "ß" * 500, "\ud800", "%s {0} \\", "🤢" * 400])
def test_no_text_breaks_it(words: Reader, text: str) -> None:
    words.read(text)


def test_plural_and_past_are_the_same_word() -> None:
    assert stem("waited") == stem("waits") == stem("waiting") == stem("wait")
    assert stem("dirty") != stem("dirt") and stem("sooooo") == "so"


def test_purity_and_recall_on_the_held_out_part_stay_above_their_floor(words: Reader) -> None:
    figures = measure(words, held_out())
    assert figures["all"].purity >= 0.78 and figures["all"].recall >= 0.75
    assert figures["all"].mood_right >= 0.82
    for lang in ("zh", "en"):
        assert figures[lang].purity >= 0.74 and figures[lang].recall >= 0.70, lang
