"""Batches carry bodies verbatim; answers count only with headquarters' own signature for this very box."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import messages, topics
from sync.errors import Forged, Malformed
from sync.messages import Answer, Batch, Event, Head, State
from tests.sync.shop import TestBox

KEY, OTHER = b"k" * 32, b"o" * 32
TOPIC = topics.down("demo", "box-1", "ack")
ANSWER = Answer("1-aa", "hq-1", 1_800_000_000, 5, "ok", {"a": Head(12, b"h" * 32)}, {"b": 3})


def test_a_batch_arrives_with_its_bodies_byte_for_byte(tmp_path: Path) -> None:
    box = TestBox(tmp_path)
    box.enrol("李雷")
    box.sell()
    batch = messages.decode_batch(box.batch(1, 2))
    assert (batch.first, batch.last, batch.stream, batch.session) == (1, 2, "a", "s1")
    assert batch.events[0].private is not None and "李雷" in batch.events[0].private
    stored = box.db.execute_sql("SELECT body, hash FROM journal ORDER BY seq").fetchall()
    assert [(e.body.decode(), e.hash) for e in batch.events] == stored
    box.close()


def test_an_erased_private_part_travels_as_its_digest_only(tmp_path: Path) -> None:
    box = TestBox(tmp_path)
    box.enrol("李雷")
    box.db.execute_sql("UPDATE journal SET private = NULL, salt = NULL")
    event = messages.decode_batch(box.batch(1, 1)).events[0]
    assert (event.private, event.salt) == (None, None) and event.digest is not None
    box.close()


@pytest.mark.fault("F44")
def test_a_batch_cut_off_anywhere_is_no_batch(tmp_path: Path) -> None:
    box = TestBox(tmp_path)
    box.sell()
    data = box.batch(1, 1)
    for end in range(len(data)):
        with pytest.raises(Malformed):
            messages.decode_batch(data[:end])
    box.close()


@pytest.mark.fault("F46")
@pytest.mark.parametrize("size", [messages.EVENT_BYTES + 1, 50_000_000])
def test_a_huge_message_is_refused_by_its_size(size: int) -> None:
    with pytest.raises(Malformed, match="at most"):
        messages.decode_batch(b"x" * size)


def test_only_a_single_event_may_be_larger_than_a_batch() -> None:
    big = Event(1, b'"' + b"x" * messages.BATCH_BYTES + b'"', b"h" * 32)
    alone = Batch("1-aa", "a", "s", b"p" * 32, (big,))
    assert messages.decode_batch(messages.encode_batch(alone)).events == (big,)
    both = Batch("1-aa", "a", "s", b"p" * 32, (big, Event(2, b"{}", b"h" * 32)))
    with pytest.raises(Malformed, match="2 events"):
        messages.decode_batch(messages.encode_batch(both))


@pytest.mark.parametrize(
    "change",
    [
        (b'"stream":"a"', b'"stream":"z"'),
        (b'"from":1', b'"from":0'),
        (b'"from":1', b'"from":true'),
        (b'"n":1', b'"n":2'),
        (b'"n":1', b'"n":999999'),
        (b'"epoch":"1-aa"', b'"epoch":"../../etc"'),
        (b'"epoch":"1-aa"', b'"epoch":7'),
        (b'"hash":"68', b'"hash":"zz'),
        (b'"hash":"68', b'"pd":"00","hash":"68'),
    ],
)
def test_a_batch_with_a_wrong_field_is_refused(change: tuple[bytes, bytes]) -> None:
    data = messages.encode_batch(Batch("1-aa", "a", "s", b"p" * 32, (Event(1, b"{}", b"h" * 32),)))
    assert change[0] in data
    with pytest.raises(Malformed):
        messages.decode_batch(data.replace(*change))


@given(data=st.binary(max_size=300))
def test_no_bytes_break_the_readers(data: bytes) -> None:
    for reader in (messages.decode_batch, messages.decode_state):
        with pytest.raises(Malformed):
            reader(data)


def test_the_state_of_a_box_is_read_back() -> None:
    state = State(True, "s1", "2-ab", {"a": Head(3, b"h" * 32)}, {"a": 1}, 17, True)
    assert messages.decode_state(state.encode()) == state


def test_headquarters_own_answer_is_believed() -> None:
    assert messages.verify_answer(messages.sign_answer(ANSWER, TOPIC, KEY), TOPIC, KEY) == ANSWER


@pytest.mark.fault("F114")
@pytest.mark.parametrize(
    "data",
    [
        messages.sign_answer(ANSWER, TOPIC, OTHER),
        messages.sign_answer(ANSWER, topics.down("demo", "box-2", "ack"), KEY),  # true, but told to another box
        messages.sign_answer(ANSWER, TOPIC, KEY).replace(b'"seq":12', b'"seq":13'),
        messages.sign_answer(ANSWER, TOPIC, KEY)[:-1],
        messages.sign_answer(ANSWER, TOPIC, KEY).partition(b"\n")[2],
        b"",
        b"\n{}",
        b"0" * 64 + b"\n{}",
        messages.sign_answer(ANSWER, TOPIC, KEY) + b" " * 50_000_000,
    ],
)
def test_an_answer_that_is_not_signed_for_this_box_is_refused(data: bytes) -> None:
    with pytest.raises(Forged):
        messages.verify_answer(data, TOPIC, KEY)


@pytest.mark.parametrize("name", ["hq", "", "a b", "a/b", "+", "#", "盒子", "x" * 33])
def test_what_can_not_be_a_box_s_name(name: str) -> None:
    assert not topics.valid_name(name)
    assert topics.parse_up(f"tb/1/demo/{name}/up/a", "demo") is None


def test_only_our_tenant_s_upward_topics_are_read() -> None:
    assert topics.parse_up("tb/1/demo/box-1/up/a", "demo") == topics.Address("demo", "box-1", "a")
    for topic in ("tb/1/other/box-1/up/a", "tb/1/demo/box-1/dn/ack", "tb/1/demo/box-1/up/x", "tb/1/demo/box-1/up/a/b"):
        assert topics.parse_up(topic, "demo") is None
