"""Chores beside selling: seeing what other processes changed, and tidying the write-ahead log."""

from __future__ import annotations

import os
import threading
import time
from typing import Any

import pytest

from edge.base.sqlite import open_database
from edge.box import open_box
from edge.db import bump
from edge.jobs import Watcher
from tests.edge.shop import MILK, Hands, Shop


class Ears:
    """Counts what the watcher tells; state is what sync would say."""

    def __init__(self, shop: Shop) -> None:
        self.state: dict[str, Any] = {"state": "online", "queued": 0, "age_s": 1.0}
        self.syncs, self.topics, self.asked = 0, list[str](), 0
        self.watcher = Watcher(shop.box, self.ask, self.on_sync, self.topics.append)

    def ask(self) -> dict[str, Any]:
        self.asked += 1
        return dict(self.state)

    def on_sync(self) -> None:
        self.syncs += 1


@pytest.fixture
def ears(shop: Shop) -> Ears:
    return Ears(shop)


@pytest.fixture
def elsewhere(shop: Shop):  # type: ignore[no-untyped-def]
    """Another process's connection."""
    db = open_database(shop.config.database)
    yield db
    db.close()


def test_the_first_look_learns_and_the_next_is_quiet(ears: Ears) -> None:
    ears.watcher.look()
    assert (ears.syncs, ears.topics, ears.asked) == (1, [], 1)
    assert ears.watcher.sync["state"] == "online"
    ears.watcher.look()
    assert (ears.syncs, ears.asked) == (1, 1), "nothing moved, nothing was asked"


def test_a_topic_that_another_process_changed_is_told_once(ears: Ears, elsewhere: Any) -> None:
    ears.watcher.look()
    bump(elsewhere, "setting")
    bump(elsewhere, "catalog")
    for _ in range(3):
        ears.watcher.look()
    assert sorted(ears.topics) == ["catalog", "setting"]
    bump(elsewhere, "setting")
    ears.watcher.look()
    assert sorted(ears.topics) == ["catalog", "setting", "setting"]


def test_the_chip_is_told_when_sync_is_elsewhere_but_not_of_every_second(ears: Ears, elsewhere: Any) -> None:
    ears.watcher.look()
    for age in range(5):
        ears.state["age_s"] = float(age)
        ears.watcher.look(force=True)
    assert (ears.syncs, ears.watcher.sync["age_s"]) == (1, 4.0)
    ears.state["state"] = "offline"
    elsewhere.execute_sql("INSERT OR REPLACE INTO sync_state VALUES ('link', 'down')")
    ears.watcher.look()
    assert (ears.syncs, ears.watcher.sync["state"]) == (2, "offline")


def test_the_log_is_brought_into_the_database_while_selling(shop: Shop) -> None:
    """The serving process's own connections never checkpoint: a sale does not pay for it."""
    shop.setting("staff", {"badge_needs_pin": False, "idle_min": 15})
    shop.box.close()
    shop.box = open_box(shop.config, shop.env, autocheckpoint=0)
    shop.db = shop.box.db
    hands = Hands(shop, shop.config.lanes[0])
    hands.log_in()
    for _ in range(20):
        hands.sell()
    wal = shop.folder / "box.db-wal"
    assert wal.stat().st_size > 50_000
    ears = Ears(shop)
    size = wal.stat().st_size
    for _ in range(10):
        hands.sell()
        shop.clock.advance(301)
        ears.watcher.tidy()
    assert wal.stat().st_size <= size + 50_000, "the log is used again from its beginning"


def test_what_an_open_basket_saved_reaches_the_disk_within_seconds(
    shop: Shop, ears: Ears, till: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drafts are committed without waiting for the disk; the chores see to it."""
    synced: list[int] = []
    monkeypatch.setattr(os, "fdatasync", synced.append)
    till.scan(MILK)
    for _ in range(3):
        ears.watcher.tidy()
    assert len(synced) == 1, "once, and not again while nothing was saved"


def test_a_checkpoint_waits_for_nobody(shop: Shop, ears: Ears, elsewhere: Any, till: Hands) -> None:
    till.sell()
    elsewhere.execute_sql("BEGIN")
    elsewhere.execute_sql("SELECT * FROM sale").fetchall()
    shop.clock.advance(301)
    began = time.monotonic()
    ears.watcher.tidy()
    assert time.monotonic() - began < 1
    elsewhere.execute_sql("ROLLBACK")


def test_it_runs_until_it_is_stopped(ears: Ears, elsewhere: Any) -> None:
    thread = threading.Thread(target=ears.watcher.run)
    thread.start()
    try:
        until = time.monotonic() + 5
        while ears.syncs == 0 and time.monotonic() < until:
            time.sleep(0.01)
        bump(elsewhere, "setting")
        while not ears.topics and time.monotonic() < until:
            time.sleep(0.01)
    finally:
        ears.watcher.stop()
        thread.join(5)
    assert ears.topics == ["setting"]
