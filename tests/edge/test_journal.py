"""The journal: whatever is changed, dropped or re-ordered in it shows at the first bad event."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest

from edge import journal
from edge.base.chain import genesis
from edge.box import new_epoch
from tests.edge.shop import BREAD, MILK, WINE, Hands, Shop


@pytest.fixture
def busy(shop: Shop, till: Hands) -> Shop:
    """A shop with some events in two streams."""
    for code in (MILK, WINE, BREAD):
        till.sell([code], "gold")
    for n in range(4):
        with shop.box.transaction():
            shop.box.record("b", "device.state", {"n": n})
    return shop


def complaints(shop: Shop) -> list[str]:
    return list(journal.verify(shop.db, shop.box.source))


def test_an_event_is_a_cloud_event_written_once(shop: Shop, till: Hands) -> None:
    till.sell()
    entry = journal.read(shop.db, shop.box.source.epoch, "a", 0)[-1]
    event = json.loads(entry.body)
    assert list(event) == ["specversion", "id", "source", "type", "time", "clock", "v", "mode", "data"]
    assert (event["specversion"], event["id"], event["v"]) == ("1.0", str(entry.seq), 1)
    assert event["source"] == f"/tillbox/demo/box-1/{shop.box.source.epoch}/a"
    assert (event["time"], event["clock"], event["mode"]) == ("2026-11-22T06:00:01.000000Z", "synced", "live")
    assert "\n" not in entry.body


def test_each_stream_counts_from_one_without_a_gap(busy: Shop) -> None:
    for stream in ("a", "b"):
        numbers = [entry.seq for entry in journal.read(busy.db, busy.box.source.epoch, stream, 0)]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) >= 4
    assert journal.head(busy.db, busy.box.source, "c") == (0, genesis(busy.box.source.of("c")))


def test_reading_goes_on_where_it_stopped(busy: Shop) -> None:
    epoch = busy.box.source.epoch
    whole = journal.read(busy.db, epoch, "a", 0)
    assert journal.read(busy.db, epoch, "a", 0, 3) + journal.read(busy.db, epoch, "a", 3) == whole
    assert journal.read(busy.db, epoch, "a", len(whole)) == []
    assert journal.read(busy.db, "another", "a", 0) == []


def test_what_was_rolled_back_leaves_no_number(busy: Shop) -> None:
    before = journal.head(busy.db, busy.box.source, "a")
    with pytest.raises(RuntimeError), busy.box.transaction():
        busy.box.record("a", "x", {})
        raise RuntimeError
    assert journal.head(busy.db, busy.box.source, "a") == before


def test_a_number_beyond_64_bits_never_gets_in(shop: Shop) -> None:
    with pytest.raises(TypeError, match="64-bit"), shop.box.transaction():
        shop.box.record("a", "x", {"n": 2**64})


def test_no_test_lets_a_float_into_an_event(shop: Shop) -> None:
    with pytest.raises(AssertionError, match="float"), shop.box.transaction():
        shop.box.record("a", "x", {"n": [{"m": 0.5}]})


def test_an_untouched_journal_verifies(busy: Shop) -> None:
    assert complaints(busy) == []


def test_long_streams_verify_in_pieces(shop: Shop) -> None:
    with shop.box.transaction():
        for n in range(1_100):
            shop.box.record("c", "x", {"n": n})
    assert complaints(shop) == []
    shop.db.execute_sql("UPDATE journal SET body = body || ' ' WHERE stream = 'c' AND seq = 501")
    assert complaints(shop)[0] == "stream c: event 501 was changed"


def _swap(shop: Shop, stream: str, seq: int) -> None:
    for sql in (
        "UPDATE journal SET seq = 999999 WHERE stream = ?1 AND seq = ?2",
        "UPDATE journal SET seq = ?2 WHERE stream = ?1 AND seq = ?2 + 1",
        "UPDATE journal SET seq = ?2 + 1 WHERE stream = ?1 AND seq = 999999",
    ):
        shop.db.execute_sql(sql, (stream, seq) if "?2" in sql else (stream,))


ONE = "WHERE stream = ? AND seq = ?"
CHANGES: dict[str, Callable[[Shop, str, int], object]] = {
    "a word": lambda s, x, n: s.db.execute_sql(f"UPDATE journal SET body = replace(body, 'de', 'da') {ONE}", (x, n)),
    "a space": lambda s, x, n: s.db.execute_sql(f"UPDATE journal SET body = body || ' ' {ONE}", (x, n)),
    "its hash": lambda s, x, n: s.db.execute_sql(f"UPDATE journal SET hash = zeroblob(32) {ONE}", (x, n)),
    "a digest": lambda s, x, n: s.db.execute_sql(f"UPDATE journal SET private_digest = zeroblob(32) {ONE}", (x, n)),
    "its removal": lambda s, x, n: s.db.execute_sql(f"DELETE FROM journal {ONE}", (x, n)),
    "its place": _swap,
    "its stream": lambda s, x, n: s.db.execute_sql(f"UPDATE journal SET stream = 'c' {ONE}", (x, n)),
}  # fmt: skip


@pytest.mark.fault("F119")
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("stream", ["a", "b"])
def test_any_change_of_any_event_is_named_at_the_first(busy: Shop, change: str, stream: str) -> None:
    last, _ = journal.head(busy.db, busy.box.source, stream)
    for seq in range(1, last):
        busy.db.execute_sql("SAVEPOINT before")
        CHANGES[change](busy, stream, seq)
        found = complaints(busy)
        busy.db.execute_sql("ROLLBACK TO before")
        assert found, (change, seq)
        of_stream = [text for text in found if text.startswith(f"stream {stream}:")]
        assert f"event {seq} " in of_stream[0], (change, seq, found)
    assert complaints(busy) == []


@pytest.mark.fault("F119")
def test_a_flipped_bit_anywhere_in_a_body_is_found(busy: Shop) -> None:
    rng = random.Random(4)
    entries = journal.read(busy.db, busy.box.source.epoch, "a", 0)
    for _ in range(200):
        entry = rng.choice(entries)
        at = rng.randrange(len(entry.body))
        changed = entry.body[:at] + chr(ord(entry.body[at]) ^ 1) + entry.body[at + 1 :]
        busy.db.execute_sql("UPDATE journal SET body = ? WHERE stream = 'a' AND seq = ?", (changed, entry.seq))
        assert complaints(busy)[0] == f"stream a: event {entry.seq} was changed"
        busy.db.execute_sql("UPDATE journal SET body = ? WHERE stream = 'a' AND seq = ?", (entry.body, entry.seq))


def test_what_is_private_may_be_erased_and_the_chain_still_holds(busy: Shop) -> None:
    assert busy.one("SELECT COUNT(*) FROM journal WHERE private IS NOT NULL") == 4
    busy.db.execute_sql("UPDATE journal SET private = NULL, salt = NULL")
    assert complaints(busy) == []
    busy.db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"Gold Li" not in b"".join(e.body.encode() for e in journal.read(busy.db, busy.box.source.epoch, "a", 0))


@pytest.mark.parametrize("column", ["private", "salt"])
def test_but_not_changed(busy: Shop, column: str) -> None:
    value = "private || ' '" if column == "private" else "zeroblob(16)"
    first = busy.one("SELECT MIN(seq) FROM journal WHERE private IS NOT NULL")
    busy.db.execute_sql(f"UPDATE journal SET {column} = {value} WHERE seq = ?", (first,))
    assert complaints(busy) == [f"stream a: the private part of event {first} was changed"]


def test_a_private_part_cannot_be_slipped_in(busy: Shop) -> None:
    seq = busy.one("SELECT MAX(seq) FROM journal WHERE stream = 'a'")
    busy.db.execute_sql("UPDATE journal SET private = '{}', salt = zeroblob(16) WHERE stream = 'a' AND seq = ?", (seq,))
    assert complaints(busy) == [f"stream a: the private part of event {seq} was changed"]


def test_a_restored_box_begins_another_chain(busy: Shop) -> None:
    before = busy.box.source.epoch
    with busy.box.transaction() as db:
        new_epoch(db, busy.env, "restore")
    busy.restart()
    assert busy.box.source.epoch != before and busy.box.source.epoch.startswith("2-")
    with busy.box.transaction():
        assert busy.box.record("a", "x", {}) == 1
    assert complaints(busy) == []


@pytest.mark.fault("F23")
def test_a_clock_set_back_changes_times_but_not_the_order(shop: Shop, till: Hands) -> None:
    till.sell()
    shop.clock.set_wall(shop.clock.now_us() - 7_200_000_000)
    till.sell()
    events = [json.loads(e.body) for e in journal.read(shop.db, shop.box.source.epoch, "a", 0)]
    assert [int(e["id"]) for e in events] == list(range(1, len(events) + 1))
    assert events[-1]["time"] < events[-2]["time"]
    assert complaints(shop) == []
