"""Erasing a member: at once out of every table, then out of the log, and only then told as done.

Cutting the log waits while anybody reads the database, so it is tried again, by the serving process every few seconds
and each night, also after a restart. Until it is done the member's state is "erasing".
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from edge import accounts, audit, family, members
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.errors import ShopError
from edge.members import PURPOSES, has_consent
from edge.people import Person
from edge.privacy import tombstones
from edge.privacy.wipe import known, part_paid, wipe, with_merged
from edge.recommend import model

# How long one try to cut the log may hold up whoever wants to write.
CUT_MS = 100
# A table on its way out is made in a folder of its own; what is older was left there by a kill.
LEFT_S = 600.0
_PENDING = "SELECT id, uid FROM member WHERE state = 'erasing'"
_IMPORTING = "SELECT 1 FROM job WHERE kind = 'import.members' AND state IN ('queued', 'running', 'checked')"
_IMPORTED = "SELECT uid FROM job WHERE kind = 'import.members' AND ended_us IS NOT NULL"


def erase(
    box: Box, member: int, who: Person | None, *, channel: str, lane: str | None = None,
    approver: Person | None = None, mode: str = "live",
) -> str:  # fmt: skip
    """Take all that is known of a member (row id) out of the box, in one transaction; returns her uid.

    Her documents stay, as a tombstone's. Call finish() after the commit. ShopError: member_gone (erased, merged or
    unknown), member_owes (goods on account are not paid), member_paying (a part of her open cart is paid).
    """
    with box.transaction() as db:
        found = row(db, "SELECT uid, state FROM member WHERE id = ?", (member,))
        if found is None or found[1] != "active":
            raise ShopError("member_gone", status=404)
        _may_go(box, member)
        home = family.name_of(db, member)
        gone = _empty(box, member, channel)
        data = {"member": found[0], "merged": [uid for _, uid in gone[1:]], "channel": channel}
        box.record("a", "member.erased", data, mode=mode)
        family.settle(box, home, family.By(channel, mode=mode))
        audit.note(
            box, "member_erased", who, lane=lane, approver=approver, mode=mode, member=found[0], channel=channel
        )
    box.announce("member", gone=[number for number, _ in gone], kept=None)
    return str(found[0])


def take_tombstone(box: Box, uid: str, channel: str) -> bool:
    """Erase a member whom another box or headquarters erased; a tombstone wins over whatever this box has of her.

    Whether there was anything. channel: hq or restore.
    """
    with box.transaction() as db:
        there = known(db, uid)
        if there is None or there[1] in ("erasing", "erased"):
            return False
        home = family.name_of(db, there[0])
        gone = _empty(box, there[0], channel)
        box.record("a", "member.erased", {"member": uid, "merged": [x for _, x in gone[1:]], "channel": channel})
        family.settle(box, home, family.By(channel))
    box.announce("member", gone=[number for number, _ in gone], kept=None)
    return True


def finish(box: Box, wait_s: float = 0.0) -> bool:
    """Cut the log and what else may hold something of those who are being erased; True when nobody is any more.

    wait_s: how long to go on trying while somebody reads. Outside any transaction.
    """
    until = time.monotonic() + wait_s
    while waiting := rows(box.db, _PENDING):
        tombstones.add(box.config, [uid for _, uid in waiting], box.env.clock.now_us())
        if _files_gone(box) and cut_log(box.config.database):
            _done(box, [number for number, _ in waiting])
            continue
        if time.monotonic() >= until:
            return False
        time.sleep(0.05)
    return True


def cut_log(path: Path) -> bool:
    """The log into the database and cut to nothing; False while somebody reads or writes."""
    with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=CUT_MS / 1000, isolation_level=None)) as db:
        db.execute("PRAGMA wal_checkpoint(PASSIVE)")
        busy, _, _ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy


def _may_go(box: Box, member: int) -> None:
    if part_paid(box.db, member):
        raise ShopError("member_paying")
    if (owed := accounts.owed(box, member)) > 0:
        raise ShopError("member_owes", owed=owed)


def _empty(box: Box, member: int, channel: str) -> list[tuple[int, str]]:
    """Everything of hers out of the tables; what she had agreed to is withdrawn."""
    db, now, gone = box.db, box.env.clock.now_us(), with_merged(box.db, member)
    for number, _ in gone:
        for purpose in PURPOSES:
            if has_consent(db, number, purpose):
                db.execute_sql(
                    "INSERT INTO consent (member, purpose, granted, text_version, at_us, channel) "
                    "VALUES (?, ?, 0, ?, ?, ?)",
                    (number, purpose, members.TEXT_VERSION, now, channel),
                )
        model.forget(db, number)
        db.execute_sql("INSERT OR REPLACE INTO erasure VALUES (?, ?, NULL)", (number, now))
    wipe(db, member)
    return gone


def _files_gone(box: Box) -> bool:
    """Files of imports and exports of members; False while one is being made or read."""
    if row(box.db, _IMPORTING):
        return False
    folder = box.config.data / "import"
    for (uid,) in rows(box.db, _IMPORTED):
        for path in folder.glob(f"{uid}.stage*"):
            path.unlink(missing_ok=True)
    for path in folder.glob("*.upload"):
        path.unlink(missing_ok=True)
    left = True
    for place in (box.config.data / "export").glob("export-*"):
        if time.time() - place.stat().st_mtime <= LEFT_S:
            left = False
            continue
        for path in place.iterdir():
            path.unlink(missing_ok=True)
        place.rmdir()
    return left


def _done(box: Box, members: list[int]) -> None:
    """Nothing is left of them: only now it is told as done."""
    now = box.env.clock.now_us()
    with box.transaction() as db:
        for member in members:
            db.execute_sql("UPDATE member SET state = 'erased' WHERE id = ? AND state = 'erasing'", (member,))
            db.execute_sql("UPDATE erasure SET done_us = ? WHERE member = ?", (now, member))
    box.announce("member", gone=members, kept=None)


def state_of(box: Box, uid: str) -> str | None:
    """ "active", "merged", "erasing" or "erased"; None for a uid that this box never had."""
    found = known(box.db, uid)
    return found[1] if found else None
