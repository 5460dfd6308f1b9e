"""Restraint: the one gate that asks whether something may be offered to a customer now, on whatever screen or paper.

One counter over till, kiosk, receipts and messages: no member is offered more different things in a day or a week than
the shop's rules allow, and nothing at all without her consent. After a "not for me" whatever comes unasked stays away
for some days; the kiosk, which she goes to herself, leaves out what she declined. Carts without a member are counted
by lane. A wrong clock only ever makes it quieter: what was shown on a later day counts, too, and so does whatever was
shown in the last hours by the time since the machine was started.
"""

from __future__ import annotations

from datetime import date, timedelta

from peewee import DatabaseError

from edge.base.sqlite import row, rows
from edge.box import Box
from edge.members import has_consent
from edge.recommend import declines
from edge.recommend.gates import SENSITIVE_FLAGS
from edge.shifts import local

SURFACES = ("till", "kiosk", "receipt", "message")
# What comes to a customer who did not ask for it.
UNASKED = ("till", "receipt", "message")
DAY_S, WEEK_DAYS = 86_400, 7

# In one statement: two lanes that ask at once can't both have the last one.
_TAKE = (
    "INSERT OR IGNORE INTO offer_shown (member, lane, day, what, surface, occasion, boot, mono_s) "
    "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE "
    "(SELECT COUNT(*) FROM offer_shown WHERE member = ?1 AND lane = ?2 "
    f"AND (day >= ?3 OR (boot = ?7 AND mono_s > ?8 - {DAY_S}))) < ?9 AND "
    "(SELECT COUNT(*) FROM offer_shown WHERE member = ?1 AND lane = ?2 "
    f"AND (day > ?11 OR (boot = ?7 AND mono_s > ?8 - {WEEK_DAYS * DAY_S}))) < ?10"
)
_AGAIN = "SELECT 1 FROM offer_shown WHERE member = ? AND lane = ? AND day = ? AND what = ?"
_SAID = "SELECT what FROM offer_shown WHERE member = ? AND lane = '' AND surface = ? AND occasion = ?"


def silent(box: Box, member: int, surface: str) -> str | None:
    """Why nothing at all may be offered to the member there now: "consent", "rest" (she declined lately), or None."""
    if not has_consent(box.db, member, "offers"):
        return "consent"
    return "rest" if surface in UNASKED and declines.resting(box, member) else None


def offer(box: Box, member: int, surface: str, what: str, occasion: str) -> bool:
    """Whether it may be shown to the member now; if so, it counts. The same on the same day counts once, wherever.

    what: its name, such as "product:12"; occasion: the basket, visit or document it is shown with.
    """
    if silent(box, member, surface) is not None:
        return False
    rules = box.rules.restraint
    return _take(box, (member, ""), (what, surface, occasion), (rules.day, rules.week))


def offer_anybody(box: Box, lane: str, surface: str, what: str, occasion: str) -> bool:
    """The same for a cart without a member at a lane, where nothing personal may be offered anyway."""
    most = box.rules.restraint.lane_day
    return _take(box, (0, lane), (what, surface, occasion), (most, most * WEEK_DAYS))


def said(box: Box, member: int, surface: str, occasion: str) -> str | None:
    """What was offered to the member with this basket, visit or document, while it is remembered."""
    found = row(box.db, _SAID, (member, surface, occasion))
    return str(found[0]) if found else None


def tidy(box: Box) -> int:
    """Forget what no cap asks for any more; what a wrong clock dated in the future is from today. Returns how many."""
    today, boot = _today(box), box.env.clock.boot_id()
    with box.transaction() as db:
        old = (today - timedelta(days=WEEK_DAYS)).isoformat()
        gone = db.execute_sql("DELETE FROM offer_shown WHERE day <= ? AND boot <> ?", (old, boot)).rowcount
        mono = box.env.clock.mono_ns() // 1_000_000_000 - WEEK_DAYS * DAY_S
        gone += db.execute_sql(
            "DELETE FROM offer_shown WHERE boot = ? AND mono_s <= ? AND (day <= ? OR day > ?)",
            (boot, mono, old, today.isoformat()),
        ).rowcount
        db.execute_sql(
            "UPDATE OR REPLACE offer_shown SET day = ?1 WHERE day > ?1 AND boot <> ?2", (today.isoformat(), boot)
        )
    return int(gone)


def sensitive(box: Box, version: int) -> frozenset[str]:
    """Categories of a catalogue that nothing personal is ever offered of.

    The shop's list, and those where most goods are flagged as such.
    """
    counts: dict[str, list[int]] = {}
    for category, flags in rows(box.db, "SELECT category, flags FROM product WHERE version = ?", (version,)):
        count = counts.setdefault(category, [0, 0])
        count[0] += 1
        count[1] += bool(SENSITIVE_FLAGS.intersection(flags.split()))
    mostly = frozenset(category for category, (all_, flagged) in counts.items() if 2 * flagged > all_)
    return frozenset(box.rules.sensitive) | mostly


def _take(box: Box, whose: tuple[int, str], shown: tuple[str, str, str], caps: tuple[int, int]) -> bool:
    today, clock, (what, surface, occasion) = _today(box), box.env.clock, shown
    key, mono_s = (*whose, today.isoformat(), what), clock.mono_ns() // 1_000_000_000
    if row(box.db, _AGAIN, key) is not None:
        return True
    ago = (today - timedelta(days=WEEK_DAYS)).isoformat()
    values = (*key, surface, occasion, clock.boot_id(), mono_s, *caps, ago)
    # Like an open basket: a crash of the program loses none of it, and no screen waits for a disk.
    db = box.db if box.db.in_transaction() else box.draft
    try:
        taken = db.execute_sql(_TAKE, values).rowcount == 1
    except DatabaseError:  # somebody writes for long: what can't be counted is not shown
        return False
    box.loose = True
    return taken or row(box.db, _AGAIN, key) is not None


def _today(box: Box) -> date:
    return local(box.env.clock.now_us(), box.config.store.zone).date()
