"""How every database of tillbox is opened: the settings are measured choices, so each is held fast here."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from peewee import DatabaseError, IntegrityError, OperationalError, SqliteDatabase

from edge.base.sqlite import integrity, open_database, row, rows


@pytest.fixture
def db(tmp_path: Path):  # type: ignore[no-untyped-def]
    database = open_database(tmp_path / "x.db")
    yield database
    database.close()


def pragma(db: SqliteDatabase, name: str) -> object:
    return row(db, f"PRAGMA {name}")[0]  # type: ignore[index]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page_size", 1024), ("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1),
        ("cache_size", -256), ("journal_size_limit", 4_000_000), ("wal_autocheckpoint", 1000),
    ],
)  # fmt: skip
def test_each_connection_has_the_measured_settings(db: SqliteDatabase, name: str, value: object) -> None:
    assert pragma(db, name) == value


def test_the_page_size_is_that_of_the_file(db: SqliteDatabase, tmp_path: Path) -> None:
    db.execute_sql("CREATE TABLE t (a INTEGER) STRICT")
    db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert int.from_bytes((tmp_path / "x.db").read_bytes()[16:18], "big") == 1024


def test_another_thread_gets_the_same_settings(db: SqliteDatabase) -> None:
    found: list[object] = []

    def look() -> None:
        found.extend([pragma(db, "synchronous"), pragma(db, "foreign_keys")])
        db.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == [2, 1]


def test_drafts_may_be_written_with_less_care(tmp_path: Path) -> None:
    db = open_database(tmp_path / "x.db", synchronous="NORMAL", autocheckpoint=0)
    try:
        assert pragma(db, "synchronous") == 1
        assert pragma(db, "wal_autocheckpoint") == 0
    finally:
        db.close()


def test_two_writers_wait_for_each_other_instead_of_failing(db: SqliteDatabase) -> None:
    """A transaction takes the write lock at its beginning (the default, DEFERRED, failed under threads)."""
    db.execute_sql("CREATE TABLE t (n INTEGER) STRICT")
    db.execute_sql("INSERT INTO t VALUES (0)")

    def count_up() -> None:
        for _ in range(40):
            with db.atomic():
                n = row(db, "SELECT n FROM t")[0]  # type: ignore[index]
                db.execute_sql("UPDATE t SET n = ?", (n + 1,))
        db.close()

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rows(db, "SELECT n FROM t") == [(160,)]


def test_a_reading_connection_cannot_write(db: SqliteDatabase, tmp_path: Path) -> None:
    db.execute_sql("CREATE TABLE t (a INTEGER) STRICT")
    reader = open_database(tmp_path / "x.db", readonly=True)
    try:
        assert rows(reader, "SELECT * FROM t") == []
        with pytest.raises(OperationalError):
            reader.execute_sql("INSERT INTO t VALUES (1)")
    finally:
        reader.close()


def test_strict_tables_take_no_words_for_numbers(db: SqliteDatabase) -> None:
    db.execute_sql("CREATE TABLE t (a INTEGER) STRICT")
    with pytest.raises(IntegrityError):
        db.execute_sql("INSERT INTO t VALUES ('abc')")


def test_damage_is_found(db: SqliteDatabase, tmp_path: Path) -> None:
    db.execute_sql("CREATE TABLE t (a TEXT) STRICT")
    with db.atomic():
        for n in range(200):
            db.execute_sql("INSERT INTO t VALUES (?)", (f"{n:>200}",))
    db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    path = tmp_path / "x.db"
    assert integrity(path) == "ok"
    data = bytearray(path.read_bytes())
    data[10 * 1024 : 10 * 1024 + 12] = b"\xff" * 12
    path.write_bytes(data)
    assert integrity(path) != "ok"


def test_a_file_that_is_no_database_is_an_error_not_an_empty_shop(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(b"not a database" * 200)
    db = open_database(path)
    with pytest.raises(DatabaseError):
        rows(db, "SELECT 1 FROM sqlite_master")
    db.close()
