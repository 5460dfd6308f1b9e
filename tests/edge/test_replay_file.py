"""The file of `tillbox replay`: what a line may say, and the sentence for one that says something else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.replay_file import MAX_LINE, ReplayBasket, ReplayFileError, count_baskets, read_baskets

GOOD: dict[str, Any] = {"basket": "b1", "codes": [{"code": "6990000079202"}]}


def write(folder: Path, *lines: bytes | dict[str, Any]) -> Path:
    path = folder / "baskets.ndjson"
    path.write_bytes(b"\n".join(x if isinstance(x, bytes) else json.dumps(x).encode() for x in lines) + b"\n")
    return path


def test_a_line_is_a_basket(tmp_path: Path) -> None:
    line = {
        "basket": "31", "member": "TBX000000000195", "expect": {"total": 1234},
        "codes": [{"code": "6990000079202", "n": 3}, {"code": "280012401000001492"}],
    }  # fmt: skip
    path = write(tmp_path, line, b"", GOOD)
    assert list(read_baskets(path)) == [
        ReplayBasket("31", "TBX000000000195", (("6990000079202", 3), ("280012401000001492", 1)), 1234),
        ReplayBasket("b1", None, (("6990000079202", 1),), None),
    ]
    assert count_baskets(path) == 2


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"{", "line 2: "),
        (b"[]", "not a JSON object"),
        (b"\xff\xfe", "line 2: "),
        (b"[" * 5000, "line 2: "),
        (GOOD | {"till": 1}, "unknown key 'till'"),
        (GOOD | {"codes": []}, "1 to 500 codes"),
        (GOOD | {"codes": [{"code": "1"}] * 501}, "1 to 500 codes"),
        (GOOD | {"codes": ["6990000079202"]}, "is not"),
        (GOOD | {"codes": [{"code": "1", "qty": 2}]}, "is not"),
        (GOOD | {"codes": [{"code": ""}]}, "code must be a text"),
        (GOOD | {"codes": [{"code": "9" * 129}]}, "code must be a text"),
        (GOOD | {"codes": [{"code": 6990000079202}]}, "code must be a text"),
        (GOOD | {"codes": [{"code": "1", "n": 0}]}, "n must be a whole number"),
        (GOOD | {"codes": [{"code": "1", "n": -3}]}, "n must be a whole number"),
        (GOOD | {"codes": [{"code": "1", "n": 1.5}]}, "n must be a whole number"),
        (GOOD | {"codes": [{"code": "1", "n": True}]}, "n must be a whole number"),
        (GOOD | {"codes": [{"code": "1", "n": 10_000}]}, "n must be a whole number"),
        (GOOD | {"basket": None}, "basket must be a text"),
        (GOOD | {"member": 7}, "member must be a text"),
        (GOOD | {"expect": {"total": 12.5}}, "total must be a whole number"),
        (GOOD | {"expect": {}}, "is not"),
        (GOOD | {"expect": 3}, "is not"),
        (b'{"basket": "' + b"x" * MAX_LINE + b'"}', "longer than"),
    ],
)
def test_a_wrong_line_is_named_with_what_is_wrong(tmp_path: Path, line: bytes | dict[str, Any], says: str) -> None:
    with pytest.raises(ReplayFileError, match="baskets.ndjson, line 2: ") as caught:
        count_baskets(write(tmp_path, GOOD, line, GOOD))
    assert says in str(caught.value)


@given(st.binary(max_size=300))
def test_whatever_the_bytes_it_is_a_basket_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "any.ndjson"
    path.write_bytes(data)
    try:
        assert all(basket.codes for basket in read_baskets(path))
    except ReplayFileError as error:
        assert "line " in str(error)
