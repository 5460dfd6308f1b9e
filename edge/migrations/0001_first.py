"""The first schema: see 0001_first.sql beside this file."""

from pathlib import Path

from peewee import SqliteDatabase
from playhouse.migrate import SchemaMigrator

from edge.db import execute_script

MIN_READER = 1


def up(migrator: SchemaMigrator, db: SqliteDatabase) -> None:
    """Make every table and index."""
    execute_script(db, (Path(__file__).with_suffix(".sql")).read_text())
