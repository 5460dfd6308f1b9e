"""The box's database: opening, schema steps under a lock with a backup first, and the version pair.

A release refuses a database only when its min_reader is above the release's own version, so that the release before
can still read what the next one wrote (guarantee G16).
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from peewee import DatabaseError, SqliteDatabase

from edge.base.sqlite import row, rows
from edge.errors import AlreadyRunning, SchemaMismatch

SCHEMA_VERSION = 5
MIGRATIONS = Path(__file__).parent / "migrations"
# Tables of the migration runner itself; it makes them without STRICT.
_RUNNER_TABLES = {"schema_migration"}


def execute_script(db: SqliteDatabase, script: str) -> None:
    """Run statements one by one inside the caller's transaction (sqlite3's executescript would commit it)."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.execute_sql(statement)
            statement = ""
    if statement.strip():
        db.execute_sql(statement)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the file lock at path; raises AlreadyRunning at once when another process has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if os.geteuid() == 0:  # what root leaves here, the till's user must be able to open
            folder = path.parent.stat()
            os.fchown(handle, folder.st_uid, folder.st_gid)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(
                f"another tillbox process holds {path}; stop it first (or it is already selling)"
            ) from None
        yield
    finally:
        os.close(handle)


def schema_version(db: SqliteDatabase) -> tuple[int, int]:
    """(version, min_reader); (0, 0) for an empty database."""
    if row(db, "SELECT 1 FROM sqlite_master WHERE name = 'schema_info'") is None:
        return 0, 0
    found = row(db, "SELECT version, min_reader FROM schema_info")
    return (int(found[0]), int(found[1])) if found else (0, 0)


def check_schema(db: SqliteDatabase) -> None:
    """Raise SchemaMismatch, in one line that says what to run, unless this release can use the database."""
    try:
        version, min_reader = schema_version(db)
    except DatabaseError as error:
        raise SchemaMismatch(f"{db.database} is not a readable tillbox database: {error}") from error
    if min_reader > SCHEMA_VERSION:
        raise SchemaMismatch(
            f"{db.database} was written by a newer tillbox (schema {version}); install that release again"
        )
    if version < SCHEMA_VERSION:
        raise SchemaMismatch(
            f"{db.database} has schema {version}, this release needs {SCHEMA_VERSION}: run `tillbox migrate`"
        )


def migrate(db: SqliteDatabase) -> list[str]:
    """Bring the schema up to this release; returns the applied steps. A backup is written first when there was one.

    Raises AlreadyRunning, SchemaMismatch, or peewee.DatabaseError with the old file untouched but for whole steps.
    """
    path = Path(db.database)
    with exclusive(path.with_suffix(".migrate-lock")):
        version, min_reader = schema_version(db)
        if min_reader > SCHEMA_VERSION:
            check_schema(db)
        if version >= SCHEMA_VERSION:
            return []
        if version:
            _backup(db, path.with_name(f"{path.name}.before-{SCHEMA_VERSION}"))
        from playhouse.migrations import Runner  # with it come Postgres and more, which a till never needs

        runner = Runner(db, str(MIGRATIONS))
        applied: list[str] = runner.up()
        floor = max(getattr(step.load(), "MIN_READER", 1) for step in runner.migrations())
        with db.atomic():
            db.execute_sql("INSERT OR REPLACE INTO schema_info VALUES (1, ?, ?)", (SCHEMA_VERSION, floor))
        loose = loose_tables(db)
        if loose:
            raise SchemaMismatch(f"after migration these tables are not STRICT: {', '.join(loose)}")
        return applied


def loose_tables(db: SqliteDatabase) -> list[str]:
    """Tables that are not STRICT; an upgrade that rebuilt a table carelessly shows here."""
    found = rows(db, "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
    return [n for n, strict in found if not strict and n not in _RUNNER_TABLES and not n.startswith("sqlite_")]


def _backup(db: SqliteDatabase, target: Path) -> None:
    # The first one is kept: after a crash between two steps the file is no longer what it was before them.
    if not target.exists():
        part = target.with_name(f"{target.name}.part")
        part.unlink(missing_ok=True)
        db.execute_sql("VACUUM INTO ?", (str(part),))
        part.rename(target)


def bump(db: SqliteDatabase, topic: str) -> None:
    """Tell the other processes, inside the caller's transaction, that a topic changed."""
    db.execute_sql("INSERT INTO change VALUES (?, 1) ON CONFLICT (topic) DO UPDATE SET version = version + 1", (topic,))
