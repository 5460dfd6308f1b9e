"""The box: its database, identity, rules and door to time, opened once a process and handed to whoever needs it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from peewee import SqliteDatabase

from edge import db as schema
from edge import journal, settings
from edge.base.config import Config
from edge.base.money import CURRENCIES, Currency
from edge.base.sqlite import Database, Transaction, open_database, row
from edge.env import Env
from edge.errors import SchemaMismatch


@dataclass
class Box:
    """db commits with synchronous=FULL; draft is a second connection (NORMAL) for open baskets only.

    A sale needs the first (nothing completed may be lost); a scan is content with the second (a tenth of the bytes).
    """

    config: Config
    env: Env
    db: Database
    draft: Database
    source: journal.Source
    series: int
    currency: Currency
    rules: settings.Rules
    after_commit: list[Callable[[str, dict[str, Any]], None]] = field(default_factory=list)
    # Products by version and code, as scans found them lately (see catalog.find).
    scanned: dict[Any, Any] = field(default_factory=dict)
    # The promotions that are not paused or ended; None: not read yet (see promo.desk).
    promotions: Any = None
    # Whether an open basket was saved since the last disk sync (see jobs).
    loose: bool = False
    _held: threading.local = field(default_factory=threading.local)

    def transaction(self) -> Transaction:
        """One BEGIN IMMEDIATE … COMMIT for `with`, giving db; whatever raises inside rolls all of it back."""
        return self.db.immediate(self._settled)

    def _settled(self) -> None:
        # While no other connection can write: the commit that follows syncs what they wrote before.
        self.loose = False

    def record(
        self,
        stream: str,
        kind: str,
        data: dict[str, Any],
        *,
        mode: str = "live",
        private: dict[str, Any] | None = None,
        after: tuple[int, bytes] | None = None,
    ) -> int:
        """Append an event to this box's journal, inside the caller's transaction (see journal.append)."""
        return journal.append(
            self.db, self.env, self.source, stream, kind, data, mode=mode, private=private, after=after
        )

    def announce(self, topic: str, **data: Any) -> None:
        """Tell this process's listeners, after the commit, that something happened."""
        waiting = getattr(self._held, "topics", None)
        if waiting is not None:
            waiting.append((topic, data))
            return
        for listener in self.after_commit:
            listener(topic, data)

    @contextmanager
    def hold_announcements(self) -> Iterator[None]:
        """What this thread announces inside is told after the block, or never when it raises.

        For whoever puts a transaction around what commits and announces by itself.
        """
        if getattr(self._held, "topics", None) is not None:
            yield
            return
        waiting: list[tuple[str, dict[str, Any]]] = []
        self._held.topics = waiting
        try:
            yield
        finally:
            self._held.topics = None
        for topic, data in waiting:
            self.announce(topic, **data)

    def reload_rules(self) -> None:
        """Read the settings again (after a manager or HQ changed them)."""
        self.rules = settings.load(self.db)

    def close(self) -> None:
        """Close this thread's connections."""
        self.db.close()
        self.draft.close()


def create(config: Config, env: Env) -> None:
    """Make or upgrade the database and, the first time, give the box its identity and first epoch."""
    config.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    db = open_database(config.database)
    try:
        schema.migrate(db)
        if row(db, "SELECT 1 FROM box") is None:
            store = config.store
            with db.atomic():
                db.execute_sql(
                    "INSERT INTO box VALUES (1, ?, ?, ?, ?, ?, ?)",
                    (
                        store.tenant,
                        store.store,
                        store.box,
                        store.currency,
                        CURRENCIES[store.currency].exponent,
                        store.zone,
                    ),
                )
                db.execute_sql("INSERT INTO pointer VALUES ('catalog', 0), ('price', 0)")
                new_epoch(db, env, "first")
    finally:
        db.close()


def new_epoch(db: SqliteDatabase, env: Env, reason: str, *, above: int = 0) -> str:
    """Open the next epoch, inside the caller's transaction: new event numbers and a new receipt series.

    above: an epoch that other copies of this database have reached; the new one comes after it, too.
    """
    found = row(db, "SELECT COALESCE(MAX(n), 0) + 1 FROM epoch")
    n = max(int(found[0]) if found else 1, above + 1)
    uid = f"{n}-{env.rng.getrandbits(32):08x}"
    db.execute_sql("INSERT INTO epoch VALUES (?, ?, ?, ?)", (n, uid, env.clock.now_us(), reason))
    return uid


def open_box(config: Config, env: Env, *, autocheckpoint: int = 1000) -> Box:
    """Open an existing database. Raises SchemaMismatch when it is missing, another release's or another box's."""
    path: Path = config.database
    if not path.exists():
        raise SchemaMismatch(f"{path} does not exist yet: run `tillbox migrate` (or `tillbox demo` for a sample store)")
    db = open_database(path, autocheckpoint=autocheckpoint)
    schema.check_schema(db)
    _same_box(db, config)
    found = row(db, "SELECT n, uid FROM epoch ORDER BY n DESC LIMIT 1")
    if found is None:
        raise SchemaMismatch(f"{path} has no epoch; restore a backup or run `tillbox migrate`")
    draft = open_database(path, synchronous="NORMAL", autocheckpoint=autocheckpoint)
    return Box(
        config, env, db, draft, journal.Source(config.store.tenant, config.store.box, found[1]), int(found[0]),
        CURRENCIES[config.store.currency], settings.load(db),
    )  # fmt: skip


def _same_box(db: SqliteDatabase, config: Config) -> None:
    found = row(db, "SELECT tenant, store, box, currency FROM box")
    store = config.store
    if found is None:
        raise SchemaMismatch(f"{db.database} was never set up: run `tillbox migrate`")
    if found != (store.tenant, store.store, store.box, store.currency):
        raise SchemaMismatch(
            f"{db.database} belongs to {'/'.join(found[:3])} ({found[3]}), the configuration says "
            f"{store.tenant}/{store.store}/{store.box} ({store.currency}); use the data folder of this box"
        )
