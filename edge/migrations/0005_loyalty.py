"""Loyalty: see 0005_loyalty.sql beside this file."""

from pathlib import Path

from peewee import SqliteDatabase
from playhouse.migrate import SchemaMigrator

from edge.db import execute_script

# Older releases would give money back for what points had paid, and points twice.
MIN_READER = 5


def up(migrator: SchemaMigrator, db: SqliteDatabase) -> None:
    """Add what the SQL file beside this one says."""
    execute_script(db, (Path(__file__).with_suffix(".sql")).read_text())
