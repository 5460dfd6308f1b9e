"""Guessing is slow: five wrong ones, then 1, 2, 4 … 15 minutes, per person, per lane, and for the badges of a lane.

The count is kept in the database and timed by boot and monotonic clock, so that neither a restart nor a clock change
helps a guesser.
"""

from __future__ import annotations

from edge.base.sqlite import row
from edge.box import Box

FREE_TRIES = 5
MAX_WAIT_S = 15 * 60
_S = 1_000_000_000


class Guard:
    """Counts wrong ones by key ("staff:<uid>", "lane:<id>", "badge:<lane>")."""

    def __init__(self, box: Box) -> None:
        self.box = box

    def wait_s(self, *keys: str) -> int:
        """Seconds until the next try; 0 when it may be now."""
        return max(self._wait_s(key) for key in keys)

    def note(self, good: bool, *keys: str) -> dict[str, int]:
        """A try was right or wrong, inside the caller's transaction; returns key -> seconds for those that wait now."""
        waits = {key: self._note(key, good) for key in keys}
        return {key: wait for key, wait in waits.items() if wait}

    def _wait_s(self, key: str) -> int:
        found = row(self.box.db, "SELECT fails, boot_id, until_ns FROM pin_guard WHERE who = ?", (key,))
        if found is None or found[0] < FREE_TRIES:
            return 0
        clock = self.box.env.clock
        if found[1] != clock.boot_id():
            # After a restart the wait begins again: a power cut must not shorten it.
            until = clock.mono_ns() + wait_after(found[0]) * _S
            self.box.db.execute_sql(
                "UPDATE pin_guard SET boot_id = ?, until_ns = ? WHERE who = ?", (clock.boot_id(), until, key)
            )
            return wait_after(found[0])
        return max(0, -(-(found[2] - clock.mono_ns()) // _S))

    def _note(self, key: str, good: bool) -> int:
        db, clock = self.box.db, self.box.env.clock
        if good:
            db.execute_sql("DELETE FROM pin_guard WHERE who = ?", (key,))
            return 0
        found = row(db, "SELECT fails FROM pin_guard WHERE who = ?", (key,))
        fails = (found[0] if found else 0) + 1
        until = clock.mono_ns() + wait_after(fails) * _S
        db.execute_sql("INSERT OR REPLACE INTO pin_guard VALUES (?, ?, ?, ?)", (key, fails, clock.boot_id(), until))
        return wait_after(fails)


def wait_after(fails: int) -> int:
    """Seconds to wait after so many wrong ones."""
    return min(MAX_WAIT_S, 60 * 2 ** (fails - FREE_TRIES)) if fails >= FREE_TRIES else 0
