"""Older copies of the database on the same card: whoever was erased goes out of them as well, one copy at a time.

Backups would expire in a week anyway; what a restore set aside, or an update left, is kept until somebody deletes it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import peewee

from edge.base.config import Config
from edge.base.sqlite import open_database
from edge.privacy import tombstones
from edge.privacy.wipe import known, wipe


def find(config: Config) -> Iterator[Path]:
    """Every copy of this box's database in its data folder."""
    name = config.database.name
    yield from sorted((config.data / "backup").glob("box-????-??-??.db"))
    yield from sorted(config.data.glob(f"{name}.before-*"))
    yield from sorted(config.data.glob(f"set-aside-*/{name}"))


def scrub(config: Config) -> tuple[int, int]:
    """(copies that were changed, copies that could not be read): none of the others holds anybody who was erased."""
    gone, changed, unread = tombstones.read(config), 0, 0
    for path in find(config) if gone else ():
        try:
            if left := _still_there(path, gone):
                _scrub(path, left)
                changed += 1
        except (sqlite3.Error, peewee.DatabaseError, OSError):
            unread += 1
    return changed, unread


def wipe_all(db: peewee.SqliteDatabase, uids: Iterable[str]) -> list[str]:
    """Empty whoever of them is still somebody in this database, inside the caller's transaction; returns their uids."""
    done = []
    for uid in uids:
        there = known(db, uid)
        if there is not None and there[1] != "erased":
            wipe(db, there[0])
            db.execute_sql("UPDATE member SET state = 'erased' WHERE state = 'erasing'")
            done.append(uid)
    return done


def _still_there(path: Path, uids: Iterable[str]) -> list[str]:
    """Whom of them a copy still knows. A copy without a log is read without making one."""
    log = Path(f"{path}-wal")
    more = "" if log.exists() and log.stat().st_size else "&immutable=1"
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro{more}", uri=True, timeout=2)) as db:
        there = {uid for (uid,) in db.execute("SELECT uid FROM member WHERE state <> 'erased'")}
    return [uid for uid in uids if uid in there]


def _scrub(path: Path, uids: list[str]) -> None:
    """In one transaction of the copy, and out of its log; it is a single file again."""
    db = open_database(path)
    try:
        with db.immediate():
            wipe_all(db, uids)
        db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute_sql("PRAGMA journal_mode = DELETE")
    finally:
        db.close()
