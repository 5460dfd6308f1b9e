"""Lines on paper: nothing is cut, nothing is wider than the paper."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.text_safe import clean
from drivers.wrapping import columns, wrap
from tests.drivers import hostile

TEXT = st.text(st.sampled_from("ab cd 苹果，。!é- "), max_size=80)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("milk", ["milk"]),
        ("fresh whole milk", ["fresh", "whole milk"]),
        ("新鲜全脂牛奶一升装", ["新鲜全脂牛", "奶一升装"]),
        ("新鲜全脂，牛奶", ["新鲜全脂，", "牛奶"]),
        ("新鲜全脂牛，奶", ["新鲜全脂", "牛，奶"]),  # a comma never begins a line
        ("only for ￥7.98", ["only for", "￥7.98"]),  # a sign stays with its amount
        ("unbreakableword", ["unbreakabl", "eword"]),
        ("a unbreakableword", ["a", "unbreakabl", "eword"]),
    ],
)
def test_breaks_at_spaces_and_between_hanzi(text: str, lines: list[str]) -> None:
    assert wrap(text, 10, columns) == lines


@given(TEXT, st.integers(2, 30))
def test_no_character_is_lost_and_no_line_is_too_wide(text: str, width: int) -> None:
    lines = wrap(text, width, columns)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(columns(line) <= width for line in lines)


def test_a_character_wider_than_the_paper_stands_alone() -> None:
    assert wrap("苹果", 1, columns) == ["苹", "果"]


@pytest.mark.fault("F117")
@pytest.mark.parametrize("text", hostile.texts())
def test_cleaned_text_holds_nothing_that_commands_reorders_or_hides(text: str) -> None:
    kept = clean(text)
    assert not set(kept) & {*hostile.CONTROLS, *hostile.REORDER, *hostile.HIDDEN}
    kept.encode("utf-8")


def test_cleaning_keeps_what_people_write() -> None:
    for text in ("农夫山泉 550ml", "Café «Zoë» – 5 €", "￥12.00", "①★℃", "ﬁ½", "é"):
        assert clean(text) == text
    assert clean("two\nlines\tand a tab") == "two lines and a tab"
