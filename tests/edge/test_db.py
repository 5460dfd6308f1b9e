"""The database file: steps under a lock, a backup before, and no release that meets a schema it can't read."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from pathlib import Path

import pytest
from peewee import IntegrityError, OperationalError, SqliteDatabase

from edge import db as schema
from edge.base.sqlite import open_database, row, rows
from edge.box import create, open_box
from edge.env import Env
from edge.errors import AlreadyRunning, SchemaMismatch
from tests.edge.shop import Shop, config_of

NOW, NEXT = schema.SCHEMA_VERSION, schema.SCHEMA_VERSION + 1
READER = 5  # what a release must know at least to sell here
STEPS = sorted(path.stem for path in schema.MIGRATIONS.glob("[0-9]*.py"))
NEXT_STEP = f"{NEXT:04d}_next"


@pytest.fixture
def db(tmp_path: Path):  # type: ignore[no-untyped-def]
    database = open_database(tmp_path / "box.db")
    yield database
    database.close()


def tables(db: SqliteDatabase) -> list[str]:
    return [name for (name,) in rows(db, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")]


@pytest.fixture
def next_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The release after this one: one more step, that old readers can live with."""
    folder = tmp_path / "migrations"
    shutil.copytree(schema.MIGRATIONS, folder)
    (folder / f"{NEXT_STEP}.py").write_text(
        "MIN_READER = 1\n\n\ndef up(migrator, db):\n"
        "    db.execute_sql('CREATE TABLE spare (id INTEGER PRIMARY KEY, code TEXT NOT NULL) STRICT')\n"
    )
    monkeypatch.setattr(schema, "MIGRATIONS", folder)
    monkeypatch.setattr(schema, "SCHEMA_VERSION", NEXT)
    return folder


def test_an_empty_file_becomes_a_box_and_a_second_time_changes_nothing(db: SqliteDatabase) -> None:
    assert schema.schema_version(db) == (0, 0)
    assert schema.migrate(db) == STEPS
    before = tables(db)
    assert schema.schema_version(db) == (NOW, READER)
    assert schema.migrate(db) == []
    assert tables(db) == before
    schema.check_schema(db)


def test_every_table_is_strict_and_the_pages_are_small(db: SqliteDatabase) -> None:
    schema.migrate(db)
    assert schema.loose_tables(db) == []
    assert len(tables(db)) > 20
    assert row(db, "PRAGMA page_size") == (1024,)
    assert row(db, "PRAGMA journal_mode") == ("wal",)
    assert rows(db, "PRAGMA foreign_key_check") == []
    assert row(db, "PRAGMA integrity_check") == ("ok",)


def test_a_loose_table_would_be_noticed(db: SqliteDatabase) -> None:
    schema.migrate(db)
    db.execute_sql("CREATE TABLE loose (a INTEGER)")
    assert schema.loose_tables(db) == ["loose"]


def test_the_first_upgrade_needs_no_backup_and_the_next_one_writes_it(
    db: SqliteDatabase, tmp_path: Path, next_release: Path
) -> None:
    schema.migrate(db)
    assert not list(tmp_path.glob("*.before-*"))


def test_an_upgrade_keeps_what_was_before(shop: Shop, next_release: Path) -> None:
    sales = shop.one("SELECT COUNT(*) FROM sale")
    assert schema.migrate(shop.db) == [NEXT_STEP]
    assert schema.schema_version(shop.db) == (NEXT, READER)
    backup = sqlite3.connect(shop.folder / f"box.db.before-{NEXT}")
    try:
        assert backup.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert backup.execute("SELECT version FROM schema_info").fetchone() == (NOW,)
        assert backup.execute("SELECT COUNT(*) FROM sale").fetchone() == (sales,)
        assert not backup.execute("SELECT 1 FROM sqlite_master WHERE name = 'spare'").fetchone()
    finally:
        backup.close()
    assert shop.one("SELECT COUNT(*) FROM sale") == sales


def test_the_release_before_can_read_what_the_next_one_wrote(
    shop: Shop, next_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema.migrate(shop.db)
    monkeypatch.setattr(schema, "SCHEMA_VERSION", NOW)
    schema.check_schema(shop.db)
    assert schema.migrate(shop.db) == []
    shop.restart()


def test_a_release_that_could_not_sell_here_is_refused(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to schema 3 a line was written as fifteen values in the order of the columns; now there are more of them."""
    with pytest.raises(OperationalError, match="columns"):
        shop.db.execute_sql(f"INSERT INTO sale_line VALUES ({', '.join('?' * 15)})", (1,) * 15)
    monkeypatch.setattr(schema, "SCHEMA_VERSION", 3)
    with pytest.raises(SchemaMismatch, match="newer"):
        schema.check_schema(shop.db)


def test_a_step_that_fails_leaves_the_old_schema_and_can_be_repeated(shop: Shop, next_release: Path) -> None:
    good = (next_release / f"{NEXT_STEP}.py").read_text()
    (next_release / f"{NEXT_STEP}.py").write_text(good + "    db.execute_sql('CREATE TABLE sale (a)')\n")
    from peewee import OperationalError

    with pytest.raises(OperationalError):
        schema.migrate(shop.db)
    assert schema.schema_version(shop.db) == (NOW, READER)
    assert "spare" not in tables(shop.db)
    (next_release / f"{NEXT_STEP}.py").write_text(good)
    assert schema.migrate(shop.db) == [NEXT_STEP]


def test_a_step_that_forgets_strict_is_refused_by_name(shop: Shop, next_release: Path) -> None:
    step = next_release / f"{NEXT_STEP}.py"
    step.write_text(step.read_text().replace(" STRICT", ""))
    with pytest.raises(SchemaMismatch, match="spare"):
        schema.migrate(shop.db)


@pytest.mark.parametrize("use", [schema.check_schema, schema.migrate])
def test_a_database_only_newer_releases_can_read_is_refused(shop: Shop, use) -> None:  # type: ignore[no-untyped-def]
    shop.db.execute_sql("UPDATE schema_info SET version = 9, min_reader = 9")
    with pytest.raises(SchemaMismatch, match=r"newer tillbox \(schema 9\); install that release again"):
        use(shop.db)


def test_an_old_database_says_what_to_run(shop: Shop, next_release: Path) -> None:
    with pytest.raises(SchemaMismatch, match=f"has schema {NOW}, this release needs {NEXT}: run `tillbox migrate`"):
        schema.check_schema(shop.db)


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "box.db"
    path.write_bytes(b"holiday pictures" * 1000)
    database = open_database(path)
    with pytest.raises(SchemaMismatch, match="not a readable tillbox database"):
        schema.check_schema(database)
    database.close()


@pytest.mark.fault("F13")
def test_two_cannot_migrate_at_once(db: SqliteDatabase, tmp_path: Path) -> None:
    with schema.exclusive(tmp_path / "box.migrate-lock"):
        with pytest.raises(AlreadyRunning, match="another tillbox process"):
            schema.migrate(db)
        assert tables(db) == []
    assert schema.migrate(db)


@pytest.mark.fault("F13")
def test_many_that_try_migrate_once(tmp_path: Path) -> None:
    outcomes: list[object] = []

    def attempt() -> None:
        database = open_database(tmp_path / "box.db")
        try:
            outcomes.append(schema.migrate(database))
        except AlreadyRunning:
            outcomes.append("busy")
        finally:
            database.close()

    threads = [threading.Thread(target=attempt) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count(STEPS) == 1
    assert all(outcome in (STEPS, [], "busy") for outcome in outcomes)


def test_a_lock_ends_with_its_holder(tmp_path: Path) -> None:
    for _ in range(2):
        with schema.exclusive(tmp_path / "some" / "lock"):
            pass


# -- what the schema itself refuses -----------------------------------------------------------------------------------


@pytest.mark.fault("F102")
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE sale SET total = 'much'",
        "UPDATE sale SET number = 0",
        "UPDATE sale SET number = 1",  # two of one number
        "UPDATE sale SET kind = 'gift'",
        "UPDATE sale SET mode = 'test'",
        "UPDATE sale_line SET qty = 0",
        "UPDATE sale SET member = 999",
        "UPDATE price SET amount = -1",
        "UPDATE product SET unit = 'm'",
        "UPDATE journal SET stream = 'd'",
        "UPDATE journal SET hash = x'00'",
        "UPDATE consent SET granted = 2",
        "UPDATE print_job SET state = 'maybe'",
        "INSERT INTO stock (product, qty) VALUES (1, 'many')",
        "INSERT INTO stock_doc VALUES ('u', 'gift', 'live', NULL, 1, 0, '', '', '', 1, 0, x'00')",
        "INSERT INTO stock_doc VALUES ('u', 'count', 'live', NULL, 1, 0, '', '', '', 1, 2, x'00')",
        "DELETE FROM sale",
        "DELETE FROM member",
    ],
)
def test_the_schema_refuses_nonsense(shop: Shop, till: object, sql: str) -> None:
    till.sell()  # type: ignore[attr-defined]
    with pytest.raises(IntegrityError):
        shop.db.execute_sql(sql)


def test_scripts_run_inside_the_callers_transaction(db: SqliteDatabase) -> None:
    with pytest.raises(RuntimeError), db.atomic():
        schema.execute_script(db, "CREATE TABLE a (x TEXT DEFAULT ';') STRICT;\n-- a; comment\nCREATE TABLE b (x) ")
        assert {"a", "b"} <= set(tables(db))
        raise RuntimeError
    assert tables(db) == []


def test_bump_counts_a_topic_up(db: SqliteDatabase) -> None:
    schema.migrate(db)
    for _ in range(3):
        schema.bump(db, "catalog")
    assert rows(db, "SELECT * FROM change") == [("catalog", 3)]


def test_create_twice_keeps_the_identity(tmp_path: Path) -> None:
    config, env = config_of(tmp_path / "data"), Env()
    create(config, env)
    first = open_box(config, env)
    uid = first.source.epoch
    first.close()
    create(config, env)
    again = open_box(config, env)
    assert again.source.epoch == uid
    again.close()
