"""Retention: what has been kept for as long as the shop's rules say goes, a few rows a turn, by the nightly care.

Documents stay as long as tax law asks and name customers by a random uid only. Raw scans are never written anywhere.
Behaviour (stream c) is cut off at its beginning: the last event cut off is told of in stream a with its hash, so that
what is left of the chain can still be proved. Headquarters must have it first, where there is one.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge import settings
from edge.base.clock import iso
from edge.base.sqlite import row, rows
from edge.box import Box

DAY_US = 86_400_000_000
TURN = 500
STREAM = "c"
_TEXTS = (
    "SELECT id FROM journal WHERE private IS NOT NULL AND json_extract(body, '$.type') = 'feedback.given' "
    "AND json_extract(body, '$.time') < ? ORDER BY id"
)
_YOUNG = (
    "SELECT MIN(seq) FROM journal WHERE epoch = ?1 AND stream = 'c' AND seq > ?2 "
    "AND json_extract(body, '$.time') >= ?3"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What went: events about behaviour, and texts of feedback."""

    behaviour: int
    texts: int


def apply(box: Box) -> Kept | None:
    """Let go of what is old enough, by the settings `retention`; None while nobody knows what day it is."""
    if box.env.clock.quality() != "synced":
        return None
    days, now = settings.values(box.db)["retention"], box.env.clock.now_us()
    texts = _texts(box, iso(now - days["feedback_days"] * DAY_US))
    before = iso(now - days["behaviour_days"] * DAY_US)
    behaviour = sum(_cut(box, epoch, before) for (epoch,) in rows(box.db, "SELECT uid FROM epoch ORDER BY n"))
    return Kept(behaviour, texts)


def _texts(box: Box, before: str) -> int:
    old = [number for (number,) in rows(box.db, _TEXTS, (before,))]
    for start in range(0, len(old), TURN):
        with box.transaction() as db:
            for number in old[start : start + TURN]:
                db.execute_sql("UPDATE journal SET private = NULL, salt = NULL WHERE id = ?", (number,))
        box.env.sleep(0.02)
    return len(old)


def _cut(box: Box, epoch: str, before: str) -> int:
    """Cut an epoch's behaviour off up to the first event that is younger; its newest event always stays."""
    floor, upto = _floor(box, epoch), _may_go(box, epoch)
    if (young := row(box.db, _YOUNG, (epoch, floor, before))) is not None and young[0] is not None:
        upto = min(upto, young[0] - 1)
    found = row(box.db, "SELECT hash FROM journal WHERE epoch = ? AND stream = 'c' AND seq = ?", (epoch, upto))
    if upto > floor and found is not None:
        with box.transaction() as db:
            data = {"stream": STREAM, "epoch": epoch, "upto": upto, "head": found[0].hex()}
            box.record("a", "behaviour.expired", data)
            db.execute_sql("INSERT OR REPLACE INTO journal_floor VALUES (?, 'c', ?, ?)", (epoch, upto, found[0]))
        floor = upto
    return _delete(box, epoch, floor)


def _delete(box: Box, epoch: str, floor: int) -> int:
    """Delete what lies below the floor, a few events a turn; what a kill left is deleted the next time."""
    n, sql = 0, "SELECT id FROM journal WHERE epoch = ? AND stream = 'c' AND seq <= ? ORDER BY seq LIMIT ?"
    while old := rows(box.db, sql, (epoch, floor, TURN)):
        with box.transaction() as db:
            marks = ", ".join("?" * len(old))
            ids = tuple(number for (number,) in old)
            db.execute_sql(f"DELETE FROM journal WHERE id IN ({marks})", ids)  # noqa: S608 (question marks)
        n += len(old)
        box.env.sleep(0.02)
    return n


def _floor(box: Box, epoch: str) -> int:
    found = row(box.db, "SELECT seq FROM journal_floor WHERE epoch = ? AND stream = 'c'", (epoch,))
    return int(found[0]) if found else 0


def _may_go(box: Box, epoch: str) -> int:
    """The last event that nobody needs any more: not the newest, nor one that headquarters has not acknowledged."""
    newest = row(box.db, "SELECT COALESCE(MAX(seq), 0) FROM journal WHERE epoch = ? AND stream = 'c'", (epoch,))
    last = int(newest[0]) - 1 if newest else 0
    if box.config.hq is None:
        return last
    cursor = row(box.db, "SELECT epoch, acked FROM sync_cursor WHERE stream = 'c'")
    order = [uid for (uid,) in rows(box.db, "SELECT uid FROM epoch ORDER BY n")]
    if cursor is None or cursor[0] not in order or order.index(epoch) > order.index(cursor[0]):
        return 0
    return last if epoch != cursor[0] else min(last, int(cursor[1]) - 1)
