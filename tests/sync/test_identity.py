"""Who a box is: restored images, cloned cards, new epochs, and a headquarters that was restored itself (G10)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.base.sqlite import rows
from sync.messages import State
from tests.sync.counter import STATE, Counter
from tests.sync.shop import TestBox, quick_hq


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    counter = Counter(tmp_path)
    yield counter
    counter.close()


def restored(counter: Counter, folder: Path, sold: int) -> TestBox:
    """The same box from an older image: it has only the first events."""
    old = TestBox(folder)
    old.db.execute_sql("DELETE FROM epoch")
    for table, part in (("epoch", ""), ("journal", f"WHERE seq <= {sold}")):
        for values in rows(counter.box.db, f"SELECT * FROM {table} {part}"):
            old.db.execute_sql(f"INSERT INTO {table} VALUES ({','.join('?' * len(values))})", values)
    old.config = counter.box.config
    return old


@pytest.mark.fault("F68")
def test_an_old_image_is_noticed_when_the_box_says_so_and_starts_afresh_in_a_new_epoch(
    counter: Counter, tmp_path: Path
) -> None:
    for _ in range(5):
        counter.box.sell()
    counter.give_events(1, 5)
    old = restored(counter, tmp_path / "old", 3)
    counter.box.close()
    counter.box = old
    answer = counter.state("s2")
    assert answer is not None and answer.verdict == "ok"  # a late, doubled birth looks just like this
    answer = counter.state("s2", behind=True)
    assert answer is not None and answer.verdict == "regressed"
    counter.box.sell()
    assert counter.give_events(4, 4).verdict == "regressed"
    assert counter.all("SELECT COUNT(*) FROM sale") == [(5,)]
    counter.box.open_epoch("regressed")
    counter.box.sell(123)
    answer = counter.give_events(1, 1)
    assert (answer.verdict, counter.upto(answer)) == ("ok", 1)
    assert counter.all("SELECT COUNT(*) FROM sale") == [(6,)]


@pytest.mark.fault("F67")
def test_two_histories_of_one_epoch_are_a_clone_and_nothing_is_merged(counter: Counter, tmp_path: Path) -> None:
    for _ in range(3):
        counter.box.sell(1000)
    twin = restored(counter, tmp_path / "twin", 3)
    counter.give_events(1, 3)
    counter.box.sell(2000)
    counter.give_events(4, 4)
    twin.sold = 3
    twin.env.rng.seed(99)
    twin.sell(9999)
    answer = counter.give(twin.batch(4, 4))
    assert answer is not None and answer.verdict == "clone"
    assert counter.all("SELECT SUM(total) FROM sale") == [(5000,)]
    twin.close()


@pytest.mark.fault("F67")
def test_a_clone_that_went_on_elsewhere_shows_at_the_first_event_that_follows_another_head(
    counter: Counter, tmp_path: Path
) -> None:
    counter.box.sell()
    twin = restored(counter, tmp_path / "twin", 1)
    counter.give_events(1, 1)
    counter.box.sell(2000)
    counter.give_events(2, 2)
    twin.env.rng.seed(99)
    twin.sell(1)
    twin.sell(2)
    answer = counter.give(twin.batch(3, 3))
    assert answer is not None and answer.verdict == "clone"
    assert counter.all("SELECT COUNT(*) FROM sale") == [(2,)]
    twin.close()


@pytest.mark.fault("F50")
def test_headquarters_from_yesterday_s_backup_asks_for_what_it_lost(counter: Counter) -> None:
    for _ in range(4):
        counter.box.sell()
    counter.give_events(1, 2)
    answer = counter.state(acked={"a": 4})
    assert answer is not None and answer.resend == {"a": 3}


@pytest.mark.fault("F55")
def test_each_start_of_headquarters_has_a_higher_term(counter: Counter) -> None:
    first = counter.hq.receiver.term
    second = quick_hq(counter.config)
    assert second.receiver.term > first and second.receiver.hq == counter.hq.receiver.hq
    second.store.release()


def test_birth_and_death_show_whether_a_box_is_there(counter: Counter) -> None:
    counter.state("s1")
    assert counter.all("SELECT online FROM box") == [(1,)]
    counter.give(State(False, "s0", counter.box.source.epoch).encode(), STATE)  # an older connection's late will
    assert counter.all("SELECT online FROM box") == [(1,)]
    counter.give(State(False, "s1", counter.box.source.epoch).encode(), STATE)
    assert counter.all("SELECT online FROM box") == [(0,)]
