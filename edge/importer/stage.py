"""Where an import keeps what it has read until it is written: a file of its own beside the database.

Checking a million rows takes minutes and must survive a kill without holding up a sale, so it writes elsewhere. seal()
puts all of it on the disk; before that the file may lose its newest rows in a power cut, and they are read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from edge.base.sqlite import give, open_database, row, rows
from edge.importer.report import Remark

CACHE_KB = 16_000
# Each costs waits for the disk. Pages are small as in the box: codes come in any order, so each row writes its own.
CHECKPOINT_PAGES = 32_000
REFUSED, NOTE = "refused", "note"
_TABLES = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS good (
  line INTEGER PRIMARY KEY, sku TEXT NOT NULL, body TEXT NOT NULL, stock INTEGER, deposit TEXT) STRICT;
CREATE INDEX IF NOT EXISTS good_deposit ON good (deposit) WHERE deposit IS NOT NULL;
CREATE INDEX IF NOT EXISTS good_stock ON good (line) WHERE stock IS NOT NULL;
CREATE TABLE IF NOT EXISTS seen (key TEXT PRIMARY KEY, line INTEGER NOT NULL, sku TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS clash (
  line INTEGER NOT NULL, code TEXT NOT NULL, owner TEXT NOT NULL, PRIMARY KEY (line, code)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS shelf (n INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS own_code (
  product INTEGER NOT NULL, code TEXT NOT NULL, PRIMARY KEY (product, code)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS remark (
  id INTEGER PRIMARY KEY, level TEXT NOT NULL, line INTEGER NOT NULL, col TEXT NOT NULL, value TEXT NOT NULL,
  slug TEXT NOT NULL, params TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS remark_level ON remark (level, line, id);
"""
_GOOD = "INSERT INTO good (line, sku, body, stock, deposit) VALUES (?, ?, ?, ?, ?)"
_REMARK = "INSERT INTO remark (level, line, col, value, slug, params) VALUES (?, ?, ?, ?, ?, ?)"
_REMARKS = (
    "SELECT id, line, col, value, slug, params FROM remark WHERE level = ? AND (line, id) > (?, ?) "
    "ORDER BY line, id LIMIT ?"
)


class Stage:
    """One import's file. Not for two threads at once."""

    def __init__(self, path: Path) -> None:
        if not path.parent.exists():
            path.parent.mkdir(mode=0o700)
            give(path.parent)
        if not path.exists():
            path.touch(mode=0o600)
            give(path)
        self.path = path
        self.db = open_database(path, synchronous="NORMAL", autocheckpoint=CHECKPOINT_PAGES)
        self.db.execute_sql(f"PRAGMA cache_size = -{CACHE_KB}")
        for statement in _TABLES.split(";\n"):
            self.db.execute_sql(statement)

    def close(self) -> None:
        self.db.close()

    def drop(self) -> None:
        """Throw the file away."""
        self.close()
        for end in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + end).unlink(missing_ok=True)

    def seal(self) -> None:
        """All of it reaches the disk, before the shop's database relies on it."""
        self.db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def forget_rows(self) -> None:
        """What was written (or given up) goes; what was refused and why stays, to be asked for."""
        for table in ("good", "seen", "clash", "own_code"):
            self.db.execute_sql(f"DELETE FROM {table}")  # noqa: S608 (fixed names)
        self.db.execute_sql("VACUUM")
        self.seal()

    # ---- single facts

    def get(self, name: str, default: Any = None) -> Any:
        found = row(self.db, "SELECT value FROM meta WHERE name = ?", (name,))
        return orjson.loads(found[0]) if found else default

    def put(self, name: str, value: Any) -> None:
        self.db.execute_sql("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, orjson.dumps(value).decode()))

    # ---- rows

    def claim(self, key: str, line: int, sku: str = "") -> tuple[int, str] | None:
        """None, and the key is this line's from now on; or (line, sku) of who has it, be it this line itself."""
        done = self.db.execute_sql("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", (key, line, sku))
        if done.rowcount:
            return None
        return row(self.db, "SELECT line, sku FROM seen WHERE key = ?", (key,))

    def holder(self, key: str) -> tuple[int, str] | None:
        """(line, sku) of who claimed the key."""
        return row(self.db, "SELECT line, sku FROM seen WHERE key = ?", (key,))

    def add(self, line: int, body: Any, *, sku: str = "", stock: int | None = None, deposit: str | None = None) -> None:
        """A good row; body is anything that JSON can hold (a dataclass too)."""
        self.db.execute_sql(_GOOD, (line, sku, orjson.dumps(body).decode(), stock, deposit))

    def clash(self, line: int, code: str, owner: str) -> None:
        """A row's code is one of the shop's product `owner`."""
        self.db.execute_sql("INSERT OR IGNORE INTO clash VALUES (?, ?, ?)", (line, code, owner))

    def is_good(self, sku: str) -> bool:
        """Whether a good row of the file brings this SKU."""
        return self.good_line(sku) is not None

    def good_line(self, sku: str) -> int | None:
        """The line of the good row with this SKU."""
        found = self.holder(sku)
        known = found and row(self.db, "SELECT line FROM good WHERE line = ? AND sku = ?", (found[0], sku))
        return int(known[0]) if known else None

    def body(self, line: int) -> Any:
        """The body of a good row."""
        found = row(self.db, "SELECT body FROM good WHERE line = ?", (line,))
        return orjson.loads(found[0]) if found else None

    def good(self, after: int, limit: int, *, stock: bool = False) -> list[tuple[int, Any, int | None, str]]:
        """[(line, body, stock, sku)] of the next good rows; with `stock` only those that bring one."""
        which = " AND stock IS NOT NULL" if stock else ""
        found = rows(
            self.db,
            f"SELECT line, body, stock, sku FROM good WHERE line > ?{which} ORDER BY line LIMIT ?",  # noqa: S608
            (after, limit),
        )
        return [(line, orjson.loads(body), count, sku) for line, body, count, sku in found]

    def withdraw(self, line: int, remarks: Iterable[Remark]) -> None:
        """A row that looked good is refused after all."""
        self.db.execute_sql("DELETE FROM good WHERE line = ?", (line,))
        self.remark(REFUSED, remarks)

    def counts(self) -> dict[str, int]:
        """{good, refused: rows, notes} as they are now."""
        good = row(self.db, "SELECT COUNT(*) FROM good") or (0,)
        refused = row(self.db, "SELECT COUNT(DISTINCT line) FROM remark WHERE level = ?", (REFUSED,)) or (0,)
        return {"good": good[0], "refused": refused[0], "notes": self.remark_count(NOTE)}

    # ---- remarks

    def remark(self, level: str, remarks: Iterable[Remark]) -> None:
        """Keep refusals or notes."""
        for found in remarks:
            params = orjson.dumps(found.params).decode()
            self.db.execute_sql(_REMARK, (level, found.line, found.column, found.value, found.slug, params))

    def remarks(self, level: str, after: tuple[int, int] = (-1, 0), limit: int = 200) -> list[tuple[int, Remark]]:
        """[(id, remark)] by line, those after (line, id)."""
        found = rows(self.db, _REMARKS, (level, *after, limit))
        return [(n, Remark(line, col, value, slug, orjson.loads(p))) for n, line, col, value, slug, p in found]

    def remark_count(self, level: str) -> int:
        found = row(self.db, "SELECT COUNT(*) FROM remark WHERE level = ?", (level,)) or (0,)
        return int(found[0])

    def all_remarks(self, level: str) -> Iterator[Remark]:
        """Every one, a few at a time."""
        after = (-1, 0)
        while chunk := self.remarks(level, after, 500):
            yield from (remark for _, remark in chunk)
            after = (chunk[-1][1].line, chunk[-1][0])
