"""Headquarters' inbox: what it takes, what it asks for again, and what it keeps dead."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from peewee import OperationalError

from edge.base.sqlite import row, rows
from sync import topics
from sync.messages import Event, Head
from sync.outbox import cut
from tests.sync.counter import Counter
from tests.sync.shop import TENANT, TestBox, box_books, hq_books, let_in


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    counter = Counter(tmp_path)
    yield counter
    counter.close()


def test_a_sale_takes_effect_with_lines_tenders_taxes_and_points(counter: Counter) -> None:
    member = counter.box.enrol("林悦", "13800005021")
    uid = counter.box.sell(2599, member, lines=3)
    answer = counter.give_events(1, 2)
    assert answer.upto["a"].seq == 2 and answer.verdict == "ok" and not answer.resend
    assert counter.all("SELECT uid, receipt, total, lines, points FROM sale") == [(uid, "S01-1-1-000001", 2599, 3, 25)]
    assert counter.all("SELECT SUM(total), COUNT(*) FROM sale_line") == [(2599, 3)]
    assert counter.all("SELECT kind, amount FROM tender") == [("cash", 2599)]
    assert counter.all("SELECT tax_group, gross FROM sale_tax") == [("A", 2599)]
    assert counter.all("SELECT member, points, score FROM ledger") == [(member, 25, 25)]
    assert counter.all("SELECT name, phone FROM member_private") == [("林悦", "13800005021")]
    assert counter.all("SELECT first, last, seen FROM receipt_series") == [(1, 1, 1)]


def test_the_bytes_that_came_are_kept_verbatim(counter: Counter) -> None:
    counter.box.sell()
    counter.give_events(1, 1)
    assert counter.all("SELECT CAST(body AS TEXT) FROM event") == rows(counter.box.db, "SELECT body FROM journal")


@pytest.mark.fault("F41", "F42")
def test_every_message_three_times_and_shuffled_counts_once(counter: Counter) -> None:
    for n in range(60):
        counter.box.sell(100 + n)
    messages = [counter.box.batch(n, n + 3) for n in range(1, 58, 2)] * 3
    random.Random(5).shuffle(messages)
    for message in messages * 2:
        counter.give(message)
    for message in sorted(messages):
        counter.give(message)
    for n in range(1, 61):
        counter.give(counter.box.batch(n, n))
    assert hq_books(counter.hq) == box_books(counter.box)


@pytest.mark.fault("F37")
def test_a_gap_is_noticed_and_asked_for_once_not_for_each_message_behind_it(counter: Counter) -> None:
    for _ in range(6):
        counter.box.sell()
    counter.give_events(1, 2)
    assert counter.give_events(4, 4).resend == {"a": 3}
    assert counter.give_events(5, 6).resend == {}
    assert counter.all("SELECT upto, gaps FROM source WHERE stream = 'a'") == [(2, 2)]
    assert counter.upto(counter.give_events(3, 6)) == 6


@pytest.mark.fault("F69")
def test_a_gap_that_is_never_filled_stays_visible(counter: Counter) -> None:
    for _ in range(6):
        counter.box.sell()
    counter.give_events(1, 2)
    counter.give_events(4, 6)
    counter.state()
    assert counter.all("SELECT claimed - upto FROM source WHERE stream = 'a'") == [(4,)]
    assert counter.all("SELECT COUNT(*) FROM sale") == [(2,)]


@pytest.mark.fault("F119")
def test_an_event_changed_on_the_box_afterwards_is_not_taken(counter: Counter) -> None:
    for _ in range(3):
        counter.box.sell(1000)
    counter.box.db.execute_sql("UPDATE journal SET body = replace(body, '1000', '9000') WHERE seq = 2")
    for n in range(4):
        counter.hq.receiver._asked.clear()
        assert counter.give_events(1, 3).resend == {"a": 2}, n
    assert counter.all("SELECT uid FROM sale WHERE total <> 1000") == []
    assert counter.all("SELECT state FROM source WHERE stream = 'a'") == [("broken",)]


def test_a_private_part_that_does_not_fit_its_digest_is_not_taken(counter: Counter) -> None:
    counter.box.enrol("Lin")
    counter.box.db.execute_sql("UPDATE journal SET private = replace(private, 'Lin', 'Han')")
    assert counter.give_events(1, 1).resend == {"a": 1}
    assert counter.all("SELECT * FROM member_private") == []


@pytest.mark.fault("F44", "F46", "F47")
@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{",
        b"\xff" * 300,
        b'{"epoch":"1-aa","stream":"a","from":NaN,"n":1,"prev":""}\n{}\n{}\n',
        b'{"n":1,"n":1}\n{}\n{}\n',
        b"[" * 90_000 + b"\n",
        b"x" * 50_000_000,
    ],
    ids=["empty", "cut", "bytes", "nan", "twice", "deep", "50 MB"],
)
def test_a_message_that_is_none_is_kept_as_a_dead_letter_and_blocks_nothing(counter: Counter, payload: bytes) -> None:
    counter.box.sell()
    counter.box.sell()
    counter.state()
    counter.give_events(1, 1)
    answer = counter.give(payload)
    assert answer is not None and answer.resend == {"a": 2}  # what was cut off on the way is asked for again
    counter.give(payload)
    assert counter.all("SELECT box, size, count FROM dead_letter") == [("box-1", len(payload), 2)]
    assert counter.all("SELECT length(start) <= 4096 FROM dead_letter") == [(1,)]
    assert counter.upto(counter.give_events(2, 2)) == 2


@pytest.mark.fault("F44", "F47")
@pytest.mark.parametrize(
    "raw",
    ["{}", "not json", '{"a":1,"a":1}', '{"x":NaN}', "[" * 50 + "]" * 50, '{"id":"7"}', '"\\ud800"'],
)
def test_a_poisonous_event_is_kept_dead_and_the_next_ones_count(counter: Counter, raw: str) -> None:
    for _ in range(3):
        counter.box.sell()
    counter.rewrite(2, raw=raw)
    assert counter.upto(counter.give_events(1, 3)) == 3
    assert counter.all("SELECT seq, state, CAST(body AS TEXT) FROM event WHERE state = 'dead'") == [(2, "dead", raw)]
    assert counter.all("SELECT COUNT(*) FROM sale") == [(2,)]
    assert counter.all("SELECT dead FROM box") == [(1,)]


@pytest.mark.parametrize(
    "change",
    [
        {"total": "1000"}, {"total": 10**18}, {"kind": "gift"}, {"lines": None}, {"lines": [{}]}, {"at": "yesterday"},
        {"receipt": "none"}, {"mode": "training"}, {"member": {"uid": 1}}, {"tenders": 7}, {"business_date": "today"},
    ],
    ids=str,
)  # fmt: skip
def test_a_sale_that_makes_no_sense_has_no_effect_at_all(counter: Counter, change: dict[str, Any]) -> None:
    member = counter.box.enrol()
    counter.box.sell(1000, member)
    counter.box.sell(2000, member)
    (body,) = rows(counter.box.db, "SELECT body FROM journal WHERE seq = 2")[0]
    data = json.loads(body)["data"]
    counter.rewrite(2, data={**data, "sale": {**data["sale"], **change}})
    if change == {"total": "1000"}:
        change["total"] = "many"
        counter.rewrite(2, data={**data, "sale": {**data["sale"], **change}})
    assert counter.upto(counter.give_events(1, 3)) == 3
    assert counter.all("SELECT total FROM sale") == [(2000,)]
    for table in ("sale_line", "tender", "sale_tax", "ledger"):
        left = counter.all(f"SELECT COUNT(*) FROM {table} WHERE {'event' if table == 'ledger' else 'sale'} = 2")
        assert left == [(0,)], table
    assert len(counter.all("SELECT * FROM dead_letter")) == 1


@pytest.mark.fault("F45")
def test_an_event_of_a_later_release_is_kept_and_blocks_nothing(counter: Counter) -> None:
    counter.box.record("a", "coupon.granted", {"coupon": "c1"})
    counter.box.sell()
    counter.box.sell()
    counter.rewrite(2, v=2)
    assert counter.upto(counter.give_events(1, 3)) == 3
    assert counter.all("SELECT type, state FROM event ORDER BY seq") == [
        ("coupon.granted", "kept"),
        ("sale.completed", "kept"),
        ("sale.completed", "done"),
    ]
    assert counter.all("SELECT COUNT(*) FROM dead_letter") == [(0,)]


def test_training_books_no_points(counter: Counter) -> None:
    member = counter.box.enrol()
    counter.box.sell(5000, member, mode="training")
    counter.give_events(1, 2)
    assert counter.all("SELECT mode FROM sale") == [("training",)]
    assert counter.all("SELECT * FROM ledger") == []


def test_two_boxes_may_use_the_same_numbers(tmp_path: Path) -> None:
    counter = Counter(tmp_path)
    other = TestBox(tmp_path / "other", "box-2")
    let_in(counter.config, other)
    for box in (counter.box, other):
        member = box.enrol()
        box.sell(1000, member)
        counter.hq.receiver.handle(topics.up(TENANT, box.name, "a"), box.batch(1, 2))
    assert hq_books(counter.hq) == box_books(counter.box, other)
    other.close()
    counter.close()


@pytest.mark.fault("F114")
def test_a_batch_put_under_another_box_s_name_has_no_effect(tmp_path: Path) -> None:
    counter = Counter(tmp_path)
    other = TestBox(tmp_path / "other", "box-2")
    let_in(counter.config, other)
    counter.box.sell()
    counter.hq.receiver.handle(topics.up(TENANT, "box-2", "a"), counter.box.batch(1, 1))
    assert counter.all("SELECT * FROM sale") == []
    assert counter.all("SELECT state FROM source") == [("ok",)]
    other.close()
    counter.close()


def test_a_box_that_was_never_let_in_is_not_answered(counter: Counter) -> None:
    counter.box.sell()
    assert counter.hq.receiver.handle(topics.up(TENANT, "box-9", "a"), counter.box.batch(1, 1)) == []
    assert counter.all("SELECT COUNT(*) FROM event") == [(0,)]


def test_dead_letters_do_not_fill_the_disk(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.hq.store.DEAD_KEPT", 5)
    for n in range(9):
        counter.give(b"rubbish %d" % n)
    assert counter.all("SELECT COUNT(*) FROM dead_letter") == [(5,)]
    assert counter.all("SELECT dead FROM box") == [(9,)]


def test_a_full_disk_of_headquarters_acknowledges_nothing(counter: Counter) -> None:
    for _ in range(200):
        counter.box.sell(1000, lines=5)
    counter.give_events(1, 1)
    pages = row(counter.hq.store.db, "PRAGMA page_count")
    assert pages is not None
    counter.hq.store.db.execute_sql(f"PRAGMA max_page_count = {pages[0] + 5}")
    with pytest.raises(OperationalError):
        counter.give(counter.box.batch(2, 100))
    counter.hq.store.db.execute_sql("PRAGMA max_page_count = 1000000")
    assert counter.all("SELECT COUNT(*), (SELECT upto FROM source WHERE stream = 'a') FROM sale") == [(1, 1)]
    assert counter.upto(counter.give_events(2, 100)) == 100


def test_a_batch_holds_what_fits_and_at_least_one() -> None:
    small = [Event(n, b"x" * 1000, b"h" * 32) for n in range(1, 500)]
    assert 200 < len(cut(small)) < 250
    assert len(cut([Event(1, b"x" * 900_000, b"h" * 32), *small])) == 1
    assert cut([]) == []


def test_the_answer_names_every_stream_of_the_epoch(counter: Counter) -> None:
    counter.box.sell()
    counter.box.record("b", "box.started", {})
    counter.give_events(1, 1)
    answer = counter.give(counter.box.batch(1, 1, "b"), topics.up(TENANT, "box-1", "b"))
    assert answer is not None
    assert {stream: head.seq for stream, head in answer.upto.items()} == {"a": 1, "b": 1}
    assert isinstance(answer.upto["a"], Head)
