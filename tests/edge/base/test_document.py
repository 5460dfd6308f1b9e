"""The neutral document refuses what no printer could mean."""

from __future__ import annotations

import pytest

from edge.base.document import Document, Row, Text


@pytest.mark.parametrize("size", [0, 4, -1])
def test_letters_have_three_sizes(size: int) -> None:
    with pytest.raises(ValueError, match="size"):
        Text("a", size=size)
    with pytest.raises(ValueError, match="size"):
        Row("a", "b", size=size)


def test_text_stands_left_right_or_in_the_middle() -> None:
    with pytest.raises(ValueError, match="left, center or right"):
        Text("a", "middle")  # type: ignore[arg-type]


def test_documents_are_values() -> None:
    assert Document("en", (Text("a"), Row("b", "1.00")), "t") == Document("en", (Text("a"), Row("b", "1.00")), "t")
