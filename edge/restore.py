"""`tillbox restore`: a backup in the place of the database, the old files aside, and event and receipt numbers anew.

The copy is made ready in a folder of its own; the database of the box is touched last, and none of it is deleted.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import peewee

from edge import box as boxes
from edge import db as schema
from edge import journal
from edge.base.config import Config
from edge.base.sqlite import on_disk, open_database, row
from edge.env import Env
from edge.errors import TillboxError
from edge.privacy import copies, tombstones

STAGING = "restoring"
ASIDE = "set-aside-"
# What SQLite keeps beside a database; left behind, it would be played into the next one of that name.
_BESIDE = ("-wal", "-shm", "-journal")


class Refused(TillboxError):
    """Why nothing was restored. slug selects the words restore.<slug>, params fill them."""

    def __init__(self, slug: str, **params: object) -> None:
        super().__init__(slug)
        self.slug, self.params = slug, params


@dataclass(frozen=True)
class Opened:
    """The new epoch and its receipt series; aside is where the old files are, None when there were none."""

    epoch: str
    series: int
    aside: Path | None = None


def restore(config: Config, env: Env, file: Path) -> Opened:
    """Put a backup in the place of the database. The caller holds the locks of whoever uses it.

    Raises Refused, and has then changed nothing.
    """
    file, staging = file.resolve(), config.data / STAGING
    if file == config.database.resolve():
        raise Refused("itself", path=file)
    try:
        file.open("rb").close()
    except OSError as error:
        raise Refused("unreadable", path=file, why=error.strerror, folder=config.data / "backup") from error
    try:
        with closing(_reader(file)) as source:
            _prove(source, config, file)
            shutil.rmtree(staging, ignore_errors=True)
            staging.mkdir(parents=True, mode=0o700)
            with closing(sqlite3.connect(staging / config.database.name)) as copy:
                source.backup(copy)
        opened = _ready(staging / config.database.name, config, env, file)
        return Opened(opened.epoch, opened.series, _swap(staging / config.database.name, config, env))
    except (sqlite3.Error, peewee.DatabaseError, OSError) as error:
        raise Refused("broke", why=error) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def renumber(config: Config, env: Env) -> Opened:
    """A new epoch for a database that headquarters calls regressed; nothing else of it changes. Locks as restore."""
    above = _highest(config)
    box = boxes.open_box(config, env)
    try:
        return _open_epoch(box.db, config, env, "regressed", above, "")
    finally:
        box.close()


def _reader(path: Path) -> sqlite3.Connection:
    """Reads a file without changing or making anything beside it; with its log, if it has one."""
    log = Path(f"{path}-wal")
    more = "" if log.exists() and log.stat().st_size else "&immutable=1"
    return sqlite3.connect(f"{path.as_uri()}?mode=ro{more}", uri=True, timeout=2)


def _prove(source: sqlite3.Connection, config: Config, file: Path) -> None:
    """Raise Refused unless the file is a whole database of this very box that this release can read."""
    store = config.store
    try:
        whole = str(source.execute("PRAGMA quick_check(1)").fetchone()[0])
        if whole != "ok":
            raise Refused("damaged", path=file, why=whole)
        version, min_reader = source.execute("SELECT version, min_reader FROM schema_info").fetchone()
        found = source.execute("SELECT tenant, store, box, currency FROM box").fetchone()
    except (sqlite3.Error, TypeError) as error:  # TypeError: a table without its row
        raise Refused("damaged", path=file, why=error) from error
    if min_reader > schema.SCHEMA_VERSION:
        raise Refused("newer", path=file, version=version)
    wanted = (store.tenant, store.store, store.box, store.currency)
    if found != wanted:
        raise Refused("other_box", path=file, found="/".join(found or ("-",)), wanted="/".join(wanted))


def _ready(path: Path, config: Config, env: Env, file: Path) -> Opened:
    """Bring the copy to this release's schema and into its new epoch, and onto the card."""
    path.chmod(0o600)
    db = open_database(path)
    try:
        schema.migrate(db)
        gone = _erase_again(db, config)
        opened = _open_epoch(db, config, env, "restore", _highest(config), file.name, gone)
        db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        db.close()
    on_disk(path)
    return opened


def _erase_again(db: peewee.SqliteDatabase, config: Config) -> list[str]:
    """Whoever was erased since the backup was made goes out of it before anybody reads it; returns their uids."""
    gone = tombstones.read(config)
    try:
        with closing(_reader(config.database)) as old:
            found = old.execute("SELECT uid FROM member WHERE state IN ('erasing', 'erased')")
            gone += [uid for (uid,) in found]
    except (sqlite3.Error, OSError):  # damaged, or none there: then the file is all there is
        pass
    with db.atomic():
        return copies.wipe_all(db, dict.fromkeys(gone))


def _open_epoch(
    db: peewee.SqliteDatabase, config: Config, env: Env, reason: str, above: int, file: str, gone: Iterable[str] = ()
) -> Opened:
    """The new epoch, its first events, and nobody logged in, in one transaction. gone: who was erased again."""
    with db.atomic():
        before = row(db, "SELECT uid FROM epoch ORDER BY n DESC LIMIT 1")
        epoch = boxes.new_epoch(db, env, reason, above=above)
        series = int(epoch.partition("-")[0])
        for table in ("session", "pin_code", "lane_screen"):
            db.execute_sql(f"DELETE FROM {table}")  # noqa: S608 (fixed names)
        source = journal.Source(config.store.tenant, config.store.box, epoch)
        data = {"reason": reason, "file": file, "previous": before[0] if before else None, "series": series}
        journal.append(db, env, source, "a", "box.restored", data)
        for uid in gone:
            told = {"member": uid, "merged": [], "channel": "restore"}
            journal.append(db, env, source, "a", "member.erased", told)
    return Opened(epoch, series)


def _highest(config: Config) -> int:
    """The highest epoch that any database of this box here has had: a second restore must not take the first's series.

    A damaged file has no say.
    """
    highest = 0
    name = config.database.name
    for path in (config.database, *config.data.glob(f"{ASIDE}*/{name}"), *config.data.glob("backup/box-*.db")):
        try:
            with closing(_reader(path)) as db:
                highest = max(highest, int(db.execute("SELECT COALESCE(MAX(n), 0) FROM epoch").fetchone()[0]))
        except (sqlite3.Error, OSError):
            continue
    return highest


def _swap(ready: Path, config: Config, env: Env) -> Path | None:
    """Move the old files aside together and the new one in; returns where the old ones are.

    box.db itself is linked first and then replaced, so that no start in between finds none and makes an empty shop.
    """
    old = config.database
    beside = [path for end in _BESIDE if (path := Path(f"{old}{end}")).exists()]
    aside = None
    if beside or old.exists():
        stamp = datetime.fromtimestamp(env.clock.now_us() / 1e6, UTC).strftime("%Y%m%dT%H%M%SZ")
        names = (config.data / f"{ASIDE}{stamp}{f'-{n}' if n else ''}" for n in count())
        aside = next(path for path in names if not path.exists())
        aside.mkdir(mode=0o700)
        if old.exists():
            os.link(old, aside / old.name)
        for path in beside:
            path.rename(aside / path.name)
        on_disk(aside)
        on_disk(config.data)
    ready.replace(old)
    on_disk(config.data)
    return aside
