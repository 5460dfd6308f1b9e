"""A whole day at the till: see 0004_day.sql beside this file."""

from pathlib import Path

from peewee import SqliteDatabase
from playhouse.migrate import SchemaMigrator

from edge.db import execute_script

# Older releases write a sale's lines by their number of columns, so they could open a box but sell nothing there.
MIN_READER = 4


def up(migrator: SchemaMigrator, db: SqliteDatabase) -> None:
    """Add what the SQL file beside this one says."""
    execute_script(db, (Path(__file__).with_suffix(".sql")).read_text())
