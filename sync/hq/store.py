"""Headquarters' own database: opening, schema, and the rows about boxes and dead letters."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from peewee import SqliteDatabase

from edge.base.chain import genesis, source_name
from edge.base.sqlite import open_database, row, rows
from sync.errors import SchemaMismatch
from sync.hq.env import HqEnv
from sync.messages import Head

VERSION, MIN_READER = 3, 3
# From version 1: an exchange may hold two rates of one tax group.
_TO_2 = (
    ("CREATE TABLE sale_tax_next (sale INTEGER NOT NULL REFERENCES sale (event), tax_group TEXT NOT NULL, "
    "rate INTEGER NOT NULL, gross INTEGER NOT NULL, tax INTEGER NOT NULL, PRIMARY KEY (sale, tax_group, rate)) "
    "STRICT, WITHOUT ROWID"),
    "INSERT INTO sale_tax_next SELECT sale, tax_group, rate, gross, tax FROM sale_tax",
    "DROP TABLE sale_tax",
    "ALTER TABLE sale_tax_next RENAME TO sale_tax",
    "UPDATE schema_info SET version = 2",
)
# From version 2: points may wait, come from another lot and belong to a line. (An older release fills rows by place.)
_TO_3 = (
    "ALTER TABLE ledger ADD COLUMN available TEXT",
    "ALTER TABLE ledger ADD COLUMN came_from INTEGER",
    "ALTER TABLE ledger ADD COLUMN line INTEGER",
    ("CREATE TABLE member_tier (member TEXT PRIMARY KEY, tier TEXT NOT NULL, name_zh TEXT NOT NULL, "
     "name_en TEXT NOT NULL, event INTEGER NOT NULL REFERENCES event (id)) STRICT, WITHOUT ROWID"),
    ("CREATE TABLE member_erased (uid TEXT PRIMARY KEY, at_us INTEGER NOT NULL, done_us INTEGER) "
     "STRICT, WITHOUT ROWID"),
    ("CREATE TABLE member_alias (gone TEXT PRIMARY KEY, kept TEXT NOT NULL, at_us INTEGER NOT NULL) "
     "STRICT, WITHOUT ROWID"),
    "CREATE INDEX member_alias_kept ON member_alias (kept)",
    "ALTER TABLE ledger ADD COLUMN lot_of TEXT",
    "ALTER TABLE ledger ADD COLUMN reverses_of TEXT",
    "ALTER TABLE ledger ADD COLUMN from_of TEXT",
    "CREATE INDEX ledger_event ON ledger (event)",
    ("CREATE TABLE lease (member TEXT NOT NULL, mode TEXT NOT NULL, box INTEGER NOT NULL REFERENCES box (id), "
     "points INTEGER NOT NULL CHECK (points >= 0), PRIMARY KEY (member, mode, box)) STRICT, WITHOUT ROWID"),
    ("CREATE TABLE coupon (code TEXT PRIMARY KEY, box INTEGER NOT NULL REFERENCES box (id), "
     "event INTEGER NOT NULL REFERENCES event (id), promotion TEXT NOT NULL, mode TEXT NOT NULL, member TEXT, "
     "expires TEXT, state TEXT NOT NULL CHECK (state IN ('open', 'used', 'void'))) STRICT, WITHOUT ROWID"),
    "UPDATE schema_info SET version = 3, min_reader = 3",
)
DEAD_KEPT = 1000  # dead letters stored of one box; more are only counted
_START = 4096  # bytes of a dead letter that are kept


@dataclass(frozen=True, slots=True)
class Source:
    """One chain as headquarters has it. state: ok, regressed, clone or broken."""

    id: int
    stream: str
    upto: int
    head: bytes
    claimed: int
    state: str

    @property
    def at(self) -> Head:
        return Head(self.upto, self.head)


class Store:
    """Opened once; each thread has its own connection (close it with :meth:`release`)."""

    def __init__(self, path: Path, env: HqEnv) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Larger pages than a box has: a server's disk doesn't wear, and an event fits on one.
        self.db: SqliteDatabase = open_database(path, autocheckpoint=2000, page_size=4096)
        self.db.pragma("cache_size", -8192, permanent=True)  # a server has the memory that a box has not
        self.env = env
        self._migrate(path)

    def _migrate(self, path: Path) -> None:
        known = row(self.db, "SELECT 1 FROM sqlite_master WHERE name = 'schema_info'")
        if known is None:
            with self.db.atomic():
                for part in ("schema.sql", "feedback.sql"):
                    for statement in _statements((Path(__file__).parent / part).read_text()):
                        self.db.execute_sql(statement)
                self.db.execute_sql("INSERT INTO schema_info VALUES (1, ?, ?)", (VERSION, MIN_READER))
                self.db.execute_sql("INSERT INTO meta VALUES ('hq', ?)", (f"{self.env.rng.getrandbits(64):016x}",))
            path.chmod(0o600)
            return
        found = row(self.db, "SELECT version, min_reader FROM schema_info")
        if found is None or found[1] > VERSION:
            raise SchemaMismatch(f"{path} was written by a newer tillbox-hq; install that release again")
        if found[0] < VERSION:
            feedback = _statements((Path(__file__).parent / "feedback.sql").read_text())
            with self.db.atomic():
                for statement in (*(_TO_2 if found[0] < 2 else ()), *_TO_3, *feedback):
                    self.db.execute_sql(statement)

    def release(self) -> None:
        """Close this thread's connection, if it has one."""
        if not self.db.is_closed():
            self.db.close()

    def connection(self) -> sqlite3.Connection:
        """This thread's raw connection: the inbox writes by fixed statements."""
        found: sqlite3.Connection = self.db.connection()
        return found

    def begin_term(self) -> tuple[str, int]:
        """(id of this headquarters, a term higher than any before it, also after a restore)."""
        with self.db.atomic():
            meta = dict(rows(self.db, "SELECT name, value FROM meta"))
            term = max(int(meta.get("term", "0")) + 1, self.env.clock.now_us() // 1_000_000)
            self.db.execute_sql("INSERT OR REPLACE INTO meta VALUES ('term', ?)", (str(term),))
        return meta["hq"], term

    def box(self, tenant: str, name: str) -> int:
        """The row of a box, made at its first word."""
        found = row(self.db, "SELECT id FROM box WHERE tenant = ? AND name = ?", (tenant, name))
        if found is None:
            self.db.execute_sql("INSERT INTO box (tenant, name) VALUES (?, ?)", (tenant, name))
            found = row(self.db, "SELECT id FROM box WHERE tenant = ? AND name = ?", (tenant, name))
        assert found is not None
        return int(found[0])

    def sources(self, box: int, epoch: str) -> dict[str, Source]:
        """The chains of a box's epoch, by stream."""
        found = rows(
            self.db,
            "SELECT id, stream, upto, head, claimed, state FROM source WHERE box = ? AND epoch = ?",
            (box, epoch),
        )
        return {values[1]: Source(*values) for values in found}

    def source(self, tenant: str, name: str, epoch: str, stream: str) -> Source:
        """One chain, begun at its genesis when it is new (the caller holds the transaction)."""
        box = self.box(tenant, name)
        found = self.sources(box, epoch).get(stream)
        if found is None:
            title = source_name(tenant, name, epoch, stream)
            self.db.execute_sql(
                "INSERT INTO source (box, epoch, stream, name, upto, head, at_us) VALUES (?, ?, ?, ?, 0, ?, ?)",
                (box, epoch, stream, title, genesis(title), self.env.clock.now_us()),
            )
            found = self.sources(box, epoch)[stream]
        return found

    def condemn(self, box: int, epoch: str, state: str) -> None:
        """Take nothing more of an epoch: it regressed, or a clone writes it too."""
        self.db.execute_sql("UPDATE source SET state = ? WHERE box = ? AND epoch = ?", (state, box, epoch))

    def hash_at(self, source: int, seq: int) -> bytes | None:
        """The hash of a stored event."""
        found = row(self.db, "SELECT hash FROM event WHERE source = ? AND seq = ?", (source, seq))
        return found[0] if found else None

    def dead_letter(self, box: str, topic: str, reason: str, data: bytes) -> None:
        """Keep what can't be taken, once for the same bytes, bounded for each box."""
        now = self.env.clock.now_us()
        count = row(self.db, "SELECT COUNT(*) FROM dead_letter WHERE box = ?", (box,))
        if count is not None and count[0] < DEAD_KEPT:
            self.db.execute_sql(
                "INSERT INTO dead_letter (box, topic, reason, size, sha256, start, first_us, last_us) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (box, topic, sha256) DO UPDATE SET count = count + 1, last_us = excluded.last_us",
                (box, topic[:200], reason[:300], len(data), hashlib.sha256(data).digest(), data[:_START], now, now),
            )
        self.db.execute_sql("UPDATE box SET dead = dead + 1 WHERE name = ?", (box,))


def _statements(script: str) -> list[str]:
    found, statement = [], ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            found.append(statement)
            statement = ""
    return found
