"""Background chores of the serving process: checkpoints, and looking for what other processes changed."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from peewee import DatabaseError

from edge.base.sqlite import LOG_LIMIT, row
from edge.box import Box

log = logging.getLogger(__name__)

LOOK_S = 0.2
TIDY_S = 5.0
# A checkpoint writes each changed page once for all sales since the one before, so a long log spares an SD card: a
# checkpoint after every sale was measured at 130 kB and 3 syncs a sale, one every 4 MB at 47 kB and 1 sync.
CHECKPOINT_NS = 300_000_000_000


class Watcher:
    """Looks at PRAGMA data_version five times a second and then asks sync's state and the change table.

    on_sync() is called when what the chip shows has changed, on_change(topic) when a topic's version did.
    """

    def __init__(
        self,
        box: Box,
        sync_state: Callable[[], dict[str, Any]],
        on_sync: Callable[[], None],
        on_change: Callable[[str], None],
    ) -> None:
        self.box, self._ask, self._on_sync, self._on_change = box, sync_state, on_sync, on_change
        self.sync: dict[str, Any] = {"state": "none", "queued": 0, "age_s": None}
        self._seen: int | None = None
        self._topics: dict[str, int] | None = None
        self._log = Path(f"{box.config.database}-wal")
        self._checkpointed_ns = box.env.clock.mono_ns()
        self._stopped = threading.Event()
        self.progress: Callable[[], None] = lambda: None
        self.chores: list[Callable[[], object]] = []  # done every few seconds

    def stop(self) -> None:
        """End run()."""
        self._stopped.set()

    def run(self) -> None:
        """Look and tidy until stop()."""
        looks = 0
        try:
            while not self._stopped.is_set():
                self.progress()
                self.look(force=looks % 25 == 0)
                if looks % int(TIDY_S / LOOK_S) == 0:
                    self.tidy()
                looks += 1
                self._stopped.wait(LOOK_S)
        finally:
            self.box.close()

    def look(self, force: bool = False) -> None:
        """One look; force asks for sync's state even when the database did not move (its age goes on)."""
        found = row(self.box.db, "PRAGMA data_version")
        version = found[0] if found else None
        if version == self._seen and not force:
            return
        self._seen = version
        state = self._ask()
        if {**state, "age_s": 0} != {**self.sync, "age_s": 0}:
            self.sync = state
            self._on_sync()
        self.sync = state
        topics = dict(self.box.db.execute_sql("SELECT topic, version FROM change").fetchall())
        for topic, at in topics.items():
            if self._topics is not None and self._topics.get(topic) != at:
                self._on_change(topic)
        self._topics = topics

    def tidy(self) -> None:
        """Every few seconds: what open baskets saved reaches the disk; a long or old log enters the database.

        Nobody waits for either: the sale's own connections never do a checkpoint.
        """
        now = self.box.env.clock.mono_ns()
        try:
            for chore in self.chores:
                chore()
            if self._log.stat().st_size > LOG_LIMIT or now - self._checkpointed_ns > CHECKPOINT_NS:
                self._checkpointed_ns = now
                self.box.db.execute_sql("PRAGMA wal_checkpoint(PASSIVE)")
            elif self.box.loose:
                self.box.loose = False
                self._sync_log()
        except (DatabaseError, OSError) as error:
            log.warning("checkpoint: %s", error)

    def _sync_log(self) -> None:
        # SQLite holds no lock on the log itself, so closing another handle of it here releases none.
        handle = os.open(self._log, os.O_RDWR | os.O_CLOEXEC)
        try:
            os.fdatasync(handle)
        finally:
            os.close(handle)
