"""`tillbox maintain`: the nightly care of the database. Each step is a line of the report, and none makes a sale wait.

Reading steps use snapshots, writing ones take turns of milliseconds; before all of them it waits until nobody sells.
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from peewee import DatabaseError

from edge import once, restraint, tier_gifts, tiers
from edge.base.sqlite import on_disk, row, rows
from edge.box import Box
from edge.env import Env
from edge.feedback import sorting
from edge.points import book
from edge.privacy import copies, erase, keep

KEPT_DAYS = 7
QUIET_S, LOOK_S, WAIT_S = 60.0, 5.0, 900.0
STEP_S = 600.0  # a step that takes longer is given up: the shop may open any moment
ERASE_S = 60.0  # how long to go on trying to cut the log while somebody reads
SPARE_BYTES = 64 * 1024 * 1024
# Copies stay: their number is the next copy's.
SPOOL_DAYS, SPOOL_TURN = 90, 100
_OLD_JOBS = (
    "SELECT id FROM print_job WHERE queued_us < ? AND copy_no = 0 AND state IN ('printed', 'sent', 'dropped') "
    "ORDER BY id"
)
_DAY_US = 86_400_000_000


@dataclass(frozen=True)
class Line:
    """One step's outcome. level: ok, warn or fail; slug selects the words maintain.<slug>, params fill them."""

    level: str
    slug: str
    params: dict[str, object] = field(default_factory=dict)


def care(box: Box, *, wait: bool = True) -> Iterator[Line]:
    """All steps in order. A damaged database is only reported: a backup of it would push out a good one."""
    if wait and not wait_for_quiet(box):
        yield Line("warn", "busy", {"minutes": int(WAIT_S / 60)})
    checked = _told(lambda: check(box))
    yield checked
    if checked.level == "fail":
        return
    steps = (
        erasures, backup, old_copies, look_at_tiers, give_birthday_coupons, retention, expire_points, old_offers,
        prune_spool, forget_answers, sort_feedback, checkpoint,
    )  # fmt: skip
    for step in steps:
        yield _told(lambda step=step: step(box))  # type: ignore[misc]


def wait_for_quiet(box: Box) -> bool:
    """Wait until no sale and no basket moved for a minute; False when a quarter of an hour brought none."""
    env, seen = box.env, _moves(box)
    begun = still = env.clock.mono_ns()
    while True:
        now = env.clock.mono_ns()
        if now - still >= QUIET_S * 1e9:
            return True
        if now - begun >= WAIT_S * 1e9:
            return False
        env.sleep(LOOK_S)
        if (found := _moves(box)) != seen:
            seen, still = found, env.clock.mono_ns()


def check(box: Box) -> Line:
    """Every page and every index; reads only."""
    began = time.monotonic()
    with closing(_connect(box.config.database)) as db:
        found = str(db.execute("PRAGMA integrity_check(1)").fetchone()[0])
    if found != "ok":
        newest = next(iter(backups(box.config.data)), None)
        return Line("fail", "damaged", {"found": found, "backup": newest or "-"})
    return Line("ok", "whole", {"seconds": round(time.monotonic() - began, 1)})


def backup(box: Box) -> Line:
    """A copy of today in <data>/backup, proved readable and complete before it counts; the newest seven stay."""
    folder, source = box.config.data / "backup", box.config.database
    folder.mkdir(mode=0o700, exist_ok=True)
    need, free = source.stat().st_size + SPARE_BYTES, shutil.disk_usage(folder).free
    if free < need:
        return Line("fail", "no_room", {"free": free // 1_000_000, "need": need // 1_000_000})
    target = folder / f"box-{_today(box.env, box.config.store.zone)}.db"
    part = folder / "part"
    part.unlink(missing_ok=True)
    before = _heads(source)
    with closing(_connect(source)) as db:
        db.execute("VACUUM INTO ?", (str(part),))
    part.chmod(0o600)
    if (wrong := _prove(part, before)) is not None:
        part.unlink()
        return Line("fail", "bad_copy", {"why": wrong})
    on_disk(part)
    part.replace(target)
    on_disk(folder)
    for old in backups(box.config.data)[KEPT_DAYS:]:
        old.unlink()
    kept = len(backups(box.config.data))
    return Line("ok", "saved", {"path": target, "size": round(target.stat().st_size / 1e6, 1), "kept": kept})


def look_at_tiers(box: Box) -> Line:
    """Who no longer has what the tier needs falls by the shop's rule; nobody by a clock that can't be trusted."""
    if not box.rules.ladder.plain and not tiers.trusted(box):
        return Line("warn", "tiers_wait")
    return Line("ok", "tiers", {"n": tiers.review(box)})


def give_birthday_coupons(box: Box) -> Line:
    """Whose birthday it is, and whose tier gives one for it, has a coupon."""
    return Line("ok", "birthdays", {"n": tier_gifts.birthdays(box)})


def prune_spool(box: Box) -> Line:
    """Print jobs that are long done go, a few at a time."""
    limit = box.env.clock.now_us() - SPOOL_DAYS * _DAY_US
    old = [number for (number,) in rows(box.db, _OLD_JOBS, (limit,))]
    for start in range(0, len(old), SPOOL_TURN):
        turn = old[start : start + SPOOL_TURN]
        marks = ", ".join("?" * len(turn))
        box.db.execute_sql(f"DELETE FROM print_job WHERE id IN ({marks})", tuple(turn))  # noqa: S608 (question marks)
        box.env.sleep(0.05)  # a sale that came meanwhile goes first
    return Line("ok", "pruned", {"n": len(old), "days": SPOOL_DAYS})


def expire_points(box: Box) -> Line:
    """Points whose last day is past; none while the time is not sure."""
    if box.env.clock.quality() != "synced":
        return Line("ok", "no_expiry")  # what is wrong with the clock, `doctor` says
    return Line("ok", "expired", {"n": book.expire(box)})


def forget_answers(box: Box) -> Line:
    """What was answered to requests more than a day ago; nobody asks for it again."""
    n = 0
    while gone := once.tidy(box):
        n += gone
        box.env.sleep(0.05)
    return Line("ok", "forgotten", {"n": n})


def erasures(box: Box) -> Line:
    """Members whose erasure is not at its end: the log is cut as soon as nobody reads. Before the backup is made."""
    gone = erase.finish(box, wait_s=ERASE_S)
    return Line("ok", "erased") if gone else Line("warn", "erasing")


def old_copies(box: Box) -> Line:
    """Who was erased goes out of backups and of what was set aside."""
    changed, unread = copies.scrub(box.config)
    return Line("warn", "copies_unread", {"n": unread}) if unread else Line("ok", "copies", {"n": changed})


def retention(box: Box) -> Line:
    """What has been kept for as long as the shop's rules say goes; not while the clock is in doubt."""
    found = keep.apply(box)
    return Line("ok", "clock_unsure") if found is None else Line("ok", "kept", {"n": found.behaviour, "m": found.texts})


def old_offers(box: Box) -> Line:
    """What was offered to members, once no cap asks for it any more."""
    return Line("ok", "offers_forgotten", {"n": restraint.tidy(box)})


def sort_feedback(box: Box) -> Line:
    """What customers wrote, read for its themes; issues where enough complain; old words forgotten."""
    done = sorting.sort(box)
    return Line("ok", "comments", {"read": done.read, "opened": done.opened, "forgotten": done.forgotten})


def checkpoint(box: Box) -> Line:
    """The log into the database, and cut to nothing. The long part blocks nobody; the cut gives way at once."""
    with closing(_connect(box.config.database)) as db:
        db.execute("PRAGMA wal_checkpoint(PASSIVE)")
        db.execute("PRAGMA busy_timeout = 100")
        busy, _, _ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    # busy: the till writes or reads just now; its own checkpoints and the next night do the rest
    return Line("ok", "cut_later" if busy else "cut")


def backups(data: Path) -> list[Path]:
    """The backups there are, newest first."""
    return sorted((data / "backup").glob("box-????-??-??.db"), reverse=True)


def _told(step: Callable[[], Line]) -> Line:
    try:
        return step()
    except (DatabaseError, sqlite3.Error, OSError) as error:
        return Line("fail", "broke", {"why": error})


def _connect(path: Path) -> sqlite3.Connection:
    """A connection of our own that gives a step up when its time is over."""
    db = sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=2, isolation_level=None)
    until = time.monotonic() + STEP_S
    db.set_progress_handler(lambda: time.monotonic() > until, 100_000)
    return db


def _moves(box: Box) -> tuple[object, ...]:
    """What changes whenever somebody sells."""
    return (row(box.db, "SELECT MAX(id) FROM sale"), *rows(box.db, "SELECT lane, uid, body FROM basket ORDER BY lane"))


def _heads(path: Path) -> tuple[int, int]:
    """How many sales and journal entries there are at least."""
    with closing(_connect(path)) as db:
        sales = db.execute("SELECT COALESCE(MAX(id), 0) FROM sale").fetchone()[0]
        return int(sales), int(db.execute("SELECT COALESCE(MAX(id), 0) FROM journal").fetchone()[0])


def _prove(path: Path, least: tuple[int, int]) -> str | None:
    """What is wrong with a backup, or None."""
    with closing(_connect(path)) as db:
        found = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    if found != "ok":
        return found
    heads = _heads(path)
    return None if heads[0] >= least[0] and heads[1] >= least[1] else f"{heads} is less than {least}"


def _today(env: Env, zone: str) -> str:
    return datetime.fromtimestamp(env.clock.now_us() / 1e6, ZoneInfo(zone)).date().isoformat()
