"""Is the database whole? Ordinary queries still answer from a damaged file, so it is read from end to end (F09)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from edge.health.base import Check, Finding, House, fail, ok


def read_only(path: Path) -> sqlite3.Connection:
    """A connection that writes nothing and makes no file; sqlite3.OperationalError when it can't be opened."""
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=2)
    connection.execute("PRAGMA query_only = 1")
    return connection


class DatabaseCheck(Check):
    name = "database"
    patience_s = 30.0

    def run(self, house: House) -> Iterator[Finding]:
        assert house.config is not None
        path = house.config.database
        if not path.exists():
            yield fail("missing", path=path)
            return
        try:
            with closing(read_only(path)) as db:
                found = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
        except sqlite3.Error as error:
            yield fail("unreadable", path=path, why=error)
            return
        if found == "ok":
            yield ok("whole", path=path, size=max(1, path.stat().st_size // 1_000_000))
        else:
            yield fail("damaged", path=path, why=found.splitlines()[-1][:120])
