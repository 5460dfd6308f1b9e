"""The nightly job reads what was typed, once, and finds what nobody had a name for."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import cast

import pytest

from edge.consent import set_consent
from edge.feedback import issues, sorting
from edge.feedback.given import Said, give
from edge.feedback.groups import grouped
from edge.feedback.reading import Found, Reader, Reading, reader
from edge.privacy.wipe import wipe
from tests.edge.shop import Shop


@pytest.fixture(scope="module")
def words() -> Reader:
    return reader()


def test_what_was_typed_gets_its_themes_and_the_words_that_made_them(shop: Shop, words: Reader) -> None:
    give(shop.box, "f1", "k1", Said(1, (), "排了半天队,店员还翻白眼"), "live")
    give(shop.box, "f2", "k1", Said(5, ("fresh",), "Not dirty at all, and the bread is fresh"), "live")
    assert sorting.sort(shop.box, lambda: words).read == 2
    found = {
        (uid, theme): (mood, json.loads(said))
        for uid, theme, mood, said in shop.ask(
            "SELECT f.uid, x.theme, x.mood, x.words FROM feedback f JOIN feedback_theme x ON x.feedback = f.id"
        )
    }
    assert {key: mood for key, (mood, _) in found.items()} == {
        ("f1", "queue"): "-", ("f1", "staff"): "-", ("f2", "clean"): "+", ("f2", "fresh"): "+",
    }  # fmt: skip
    assert "店员" in found["f1", "staff"][1] and "#fresh" in found["f2", "fresh"][1]


def test_a_night_with_nothing_to_read_loads_no_words(shop: Shop) -> None:
    def never() -> Reader:
        raise AssertionError("60 MB for nothing")

    assert sorting.sort(shop.box, never) == sorting.Sorted(0, 0, 0)


@pytest.mark.parametrize("themes", [(Found("queue", "-", 1, ("slow",)),), ()])
def test_what_is_erased_while_it_is_read_leaves_no_word(shop: Shop, themes: tuple[Found, ...]) -> None:
    """Reading takes a while, outside any transaction: the words of a text that went meanwhile go, too."""
    gold, read = shop.member("gold"), list[str]()
    with shop.box.transaction():
        set_consent(shop.box, gold, "behaviour", True, "till")
    for n in range(3):
        give(shop.box, f"f{n}", "k1", Said(1, (), "slow Li slow"), "live", member=gold)

    class Slow:
        def read(self, text: str, score: int, topics: list[str]) -> Reading:
            read.append(text)
            if len(read) == (3 if themes else 6):  # the last of what is read for themes, or of what is grouped
                with shop.box.transaction() as db:
                    wipe(db, gold)
            return Reading(themes if text else (), "-", tuple(text.split()))

    sorting.sort(shop.box, lambda: cast(Reader, Slow()))
    assert shop.one("SELECT COUNT(*) FROM feedback WHERE text IS NOT NULL") == 0
    assert shop.ask("SELECT theme, words FROM feedback_theme WHERE words <> '[]' OR theme LIKE '~%'") == []


def test_complaints_in_very_different_words_make_one_issue(shop: Shop, words: Reader) -> None:
    for n, text in enumerate(["排队排到腿麻", "Waited 25 minutes, one till open", "收银台就开一个,等了好久"]):
        give(shop.box, f"f{n}", "k1", Said(2, (), text), "live")
    assert sorting.sort(shop.box, lambda: words).opened == 1
    assert set(issues.newest(shop.box)) == {"queue"}


def test_what_no_theme_knows_is_grouped_by_the_words_it_shares(shop: Shop, words: Reader) -> None:
    said = ["the aquarium upsets my kids", "poor turtles in that aquarium", "aquarium makes me sad", "meh", "whatever"]
    for n, text in enumerate(said):
        give(shop.box, f"f{n}", "k1", Said(2, (), text), "live")
    sorting.sort(shop.box, lambda: words)
    (theme,) = {name for (name,) in shop.ask("SELECT theme FROM feedback_theme WHERE theme LIKE '~%'")}
    assert "aquarium" in theme
    assert shop.one("SELECT COUNT(*) FROM feedback_theme WHERE theme = ?", theme) == 3
    assert issues.newest(shop.box) == {}, "a group of one night opens no issue by itself"


def test_groups_need_three_and_are_named_by_what_they_share() -> None:
    comments = [["red", "door"], ["blue", "cat"], ["door", "red", "old"], ["red", "door"], ["cat"]]
    (group,) = grouped(comments)
    assert group.members == [0, 2, 3] and set(group.words) == {"red", "door"}
    assert grouped([]) == []


@pytest.mark.parametrize("module", ["edge.daemon", "edge.kiosk", "sync.agent", "web.api.feedback"])
def test_what_serves_or_syncs_never_loads_the_dictionary(module: str) -> None:
    code = f"import sys, {module}; sys.exit('jieba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
