"""Background chores of the serving process: checkpoints, and looking for what other processes changed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from peewee import DatabaseError

from edge.base.sqlite import row
from edge.box import Box

log = logging.getLogger(__name__)

LOOK_S = 0.2
CHECKPOINT_S = 5.0


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
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End run()."""
        self._stopped.set()

    def run(self) -> None:
        """Look and tidy until stop()."""
        looks = 0
        try:
            while not self._stopped.is_set():
                self.look(force=looks % 25 == 0)
                if looks % int(CHECKPOINT_S / LOOK_S) == 0:
                    self.checkpoint()
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

    def checkpoint(self) -> None:
        """Bring the write-ahead log into the database, without waiting for anyone (the sale's connections never do)."""
        try:
            self.box.db.execute_sql("PRAGMA wal_checkpoint(PASSIVE)")
        except DatabaseError as error:
            log.warning("checkpoint: %s", error)
