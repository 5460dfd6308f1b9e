"""A whole day at the till: see 0004_day.sql beside this file."""

from pathlib import Path

from peewee import SqliteDatabase
from playhouse.migrate import SchemaMigrator

from edge.db import execute_script

MIN_READER = 1


def up(migrator: SchemaMigrator, db: SqliteDatabase) -> None:
    """Add what the SQL file beside this one says."""
    execute_script(db, (Path(__file__).with_suffix(".sql")).read_text())
