"""Members at headquarters: whose points are whose after merges, and erasures that wait until the log could be cut."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from edge.base.sqlite import row, rows
from sync.hq.store import Store

CUT_MS = 100
_PENDING = "SELECT uid FROM member_erased WHERE done_us IS NULL"
_STANDING = (
    "SELECT COALESCE(SUM(points), 0), COALESCE(SUM(score), 0) FROM ledger "
    "WHERE member IN (SELECT ?1 UNION SELECT gone FROM member_alias WHERE kept = ?1) AND mode = ?2"
)


def survivor(store: Store, member: str) -> str:
    """Who a member (uid) is by now: herself, or whom she was merged into."""
    found = row(store.db, "SELECT kept FROM member_alias WHERE gone = ?", (member,))
    return str(found[0]) if found else member


def standing(store: Store, member: str, mode: str = "live") -> tuple[int, int]:
    """(points, score) of a person: the sum of what all boxes booked for her and for everybody who became her."""
    found = row(store.db, _STANDING, (survivor(store, member), mode))
    return (int(found[0]), int(found[1])) if found else (0, 0)


def merge(store: Store, gone: str, kept: str) -> bool:
    """Say at headquarters that two members (uids) are one person; False when that closes a ring or is known already.

    No entry is changed or made: what any box books for the one counts for the other, also what is still to come.
    """
    kept, before = survivor(store, kept), survivor(store, gone)
    if before != gone or kept == gone:
        return False
    with store.db.atomic():
        store.db.execute_sql("INSERT INTO member_alias VALUES (?, ?, ?)", (gone, kept, store.env.clock.now_us()))
        store.db.execute_sql("UPDATE member_alias SET kept = ? WHERE kept = ?", (kept, gone))
    return True


def tombstones(store: Store) -> list[str]:
    """The uids of everybody who was erased, for the boxes."""
    return [uid for (uid,) in rows(store.db, "SELECT uid FROM member_erased ORDER BY at_us, uid")]


def finish(store: Store) -> bool:
    """Cut the log, so that nothing of those who were erased is left in it; False while somebody reads. No wait."""
    waiting = rows(store.db, _PENDING)
    if not waiting:
        return True
    if not _cut(Path(store.db.database)):
        return False
    now = store.env.clock.now_us()
    with store.db.atomic():
        for (uid,) in waiting:
            store.db.execute_sql("UPDATE member_erased SET done_us = ? WHERE uid = ?", (now, uid))
    return True


def _cut(path: Path) -> bool:
    with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=CUT_MS / 1000, isolation_level=None)) as db:
        db.execute("PRAGMA wal_checkpoint(PASSIVE)")
        busy, _, _ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
