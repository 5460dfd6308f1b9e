"""What strangers send is bounded before it is parsed, and read in one way only (S10)."""

from __future__ import annotations

import contextlib
import json
import math

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync import codec
from sync.errors import Malformed


@pytest.mark.fault("F47")
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"total": NaN}', "NaN"),
        ('{"total": Infinity}', "Infinity"),
        ('{"total": -Infinity}', "Infinity"),
        ('{"total": 1e999}', "not finite"),
        ('{"total": 1, "total": 2}', "twice"),
        ('{"a": {"b": 1, "b": 1}}', "twice"),
        ("[" * 17 + "]" * 17, "deeper"),
        ("[" * 100_000 + "]" * 100_000, "deeper"),
        ('{"a":' * 20 + "1" + "}" * 20, "deeper"),
        ('{"total": 9223372036854775808}', "range"),
        ('{"total": ' + "9" * 5000 + "}", "limit"),
        ('{"total": ' + "9" * 4000 + "}", "range"),
        (r'{"name": "\ud83d"}', "surrogate"),
        (r'{"\udc00": 1}', "surrogate"),
        (r'["\ude00\ud83d"]', "surrogate"),
    ],
)
def test_json_that_two_programs_would_read_differently_is_refused(text: str, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        codec.loads(text.encode(), 1_000_000)


@pytest.mark.fault("F44")
@pytest.mark.parametrize("data", [b"", b"{", b'{"a":1', b"\xff\xfe", b'"\xed\xa0\x80"', b"{}{}", b"nul", b"\x00"])
def test_garbage_and_cut_off_json_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        codec.loads(data, 1000)


@pytest.mark.fault("F46")
def test_the_size_is_looked_at_before_anything_is_parsed() -> None:
    with pytest.raises(Malformed, match="at most 1000"):
        codec.loads(b"[" * 50_000_000, 1000)


def test_what_the_till_writes_is_read_back() -> None:
    value = {"name": "纯牛奶 🥛", "total": -12345, "deep": [[[[{"x": None}]]]], "rate": 0.5, "yes": True}
    assert codec.loads(codec.dumps(value), 1000) == value
    assert codec.loads(rb'"\ud83e\udd5b"', 100) == "🥛"  # a pair of surrogates is one character


def test_the_deepest_and_largest_that_may_pass() -> None:
    codec.loads("[" * 16 + "]" * 16, 1000)
    assert codec.loads(str(2**63 - 1), 100) == 2**63 - 1


def test_nan_can_not_be_sent_either() -> None:
    with pytest.raises(ValueError, match="JSON"):
        codec.dumps({"x": math.nan})


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(value=_VALUES, ascii_only=st.booleans())
def test_any_plain_value_survives(value: object, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    try:
        assert codec.loads(text, 100_000) == value
    except Malformed as error:
        assert "deeper" in str(error)


@given(value=st.dictionaries(st.text(max_size=5), _VALUES, max_size=4))
def test_what_our_own_encoder_wrote_is_read_as_the_exact_way_reads_it(value: dict[str, object]) -> None:
    data = orjson.dumps(value)
    try:
        exact = codec._exact(data.decode())
    except Malformed:
        assert codec._as_we_write(data) is None
    else:
        assert codec.loads(data, 100_000) == exact == value


@pytest.mark.parametrize("deep", [15, 16, 17, 31, 32, 40])
def test_mixed_brackets_are_counted_one_by_one(deep: int) -> None:
    opened = ('{"a":', "[")
    text = '{"a":' + "".join(opened[n % 2] for n in range(deep - 1)) + "1"
    text += "".join("}]"[n % 2] for n in reversed(range(deep - 1))) + "}"
    if deep <= codec.MAX_DEPTH:
        codec.loads(text.encode(), 10_000)
    else:
        with pytest.raises(Malformed, match="deeper"):
            codec.loads(text.encode(), 10_000)


_JSONISH = st.text(alphabet='{}[]",:0123456789eE.-NaInfty\\ud8', max_size=80).map(str.encode)


@given(data=st.binary(max_size=200) | _JSONISH)
@settings(max_examples=500)
def test_no_bytes_at_all_raise_anything_but_malformed(data: bytes) -> None:
    with contextlib.suppress(Malformed):
        codec.loads(data, 1000)
