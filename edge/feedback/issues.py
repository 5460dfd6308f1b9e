"""What the shop does about a theme: an issue opens when enough complain, has an owner, and is closed with a note.

A member who complained is asked once, at a later visit, whether it is better now; the answer stands on the issue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from edge import shifts
from edge.base.ids import new_uid
from edge.base.said import tidy
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.errors import ShopError
from edge.feedback import given
from edge.feedback.lexicon import THEMES
from edge.recommend import declines

STATES = ("open", "working", "closed")
ANSWERS = ("better", "same")
MOST_NOTE = 300
COMMENTS, DAYS = 3, 14  # so many complaints within so many days open an issue
_DAY_US = 86_400_000_000
# Complaints since the theme's last issue was closed: what was mended is not held against the shop twice.
_DUE = (
    "SELECT x.theme, COUNT(*) FROM feedback_theme x JOIN feedback f ON f.id = x.feedback WHERE x.mood = '-' "
    "AND f.at_us >= ? AND f.mode <> 'training' AND x.theme NOT LIKE '~%' "
    "AND f.at_us > COALESCE((SELECT MAX(closed_us) FROM feedback_issue i WHERE i.theme = x.theme), 0) "
    "AND NOT EXISTS (SELECT 1 FROM feedback_issue i WHERE i.theme = x.theme AND i.state <> 'closed') "
    "GROUP BY x.theme HAVING COUNT(*) >= ?"
)
_ISSUE = (
    "SELECT i.id, i.uid, i.theme, i.state, p.uid, p.name_zh, p.name_en, i.note, i.opened_us, i.changed_us, "
    "i.closed_us, (SELECT COUNT(*) FROM feedback_ask a WHERE a.issue = i.id AND a.answer = 'better'), "
    "(SELECT COUNT(*) FROM feedback_ask a WHERE a.issue = i.id AND a.answer = 'same') "
    "FROM feedback_issue i LEFT JOIN staff p ON p.id = i.owner "
)
_ASKABLE = (
    "SELECT i.id, i.theme FROM feedback_issue i WHERE i.state <> 'open' "
    "AND EXISTS (SELECT 1 FROM feedback f JOIN feedback_theme x ON x.feedback = f.id WHERE f.member = ? "
    "AND x.theme = i.theme AND x.mood = '-' AND f.at_us < i.changed_us AND f.business_date < ?) "
    "AND NOT EXISTS (SELECT 1 FROM feedback_ask a WHERE a.issue = i.id AND a.member = ?) "
    "ORDER BY i.changed_us DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue. owner: a person's uid and names, or Nones; better, same: what those said who were asked."""

    id: int
    uid: str
    theme: str
    state: str
    owner: str | None
    owner_zh: str | None
    owner_en: str | None
    note: str
    opened_us: int
    changed_us: int
    closed_us: int | None
    better: int
    same: int


def open_due(box: Box) -> int:
    """Open an issue for each theme that enough customers complained about lately; returns how many."""
    due = rows(box.db, _DUE, (box.env.clock.now_us() - DAYS * _DAY_US, COMMENTS))
    for theme, _ in due:
        open_issue(box, theme)
    return len(due)


def open_issue(box: Box, theme: str, by: str | None = None) -> str:
    """Open an issue for a theme (by: a person's uid, or None for the nightly job); returns its uid.

    ShopError: theme_unknown, issue_open.
    """
    if theme not in THEMES:
        raise ShopError("theme_unknown", status=404)
    with box.transaction() as db:
        if row(db, "SELECT 1 FROM feedback_issue WHERE theme = ? AND state <> 'closed'", (theme,)):
            raise ShopError("issue_open", status=409)
        uid, now = new_uid(box.env.rng), box.env.clock.now_us()
        db.execute_sql(
            "INSERT INTO feedback_issue (uid, theme, state, opened_us, changed_us) VALUES (?, ?, 'open', ?, ?)",
            (uid, theme, now, now),
        )
        box.record("b", "issue.opened", {"issue": uid, "theme": theme, "by": by, "at": now}, mode=_mode(box))
    return uid


def change(box: Box, uid: str, by: Any, *, state: str, owner: str | None, note: str) -> Issue:
    """Give an issue a state, an owner and a note. by: the person at the desk. ShopError: issue_unknown, note_needed,
    staff_unknown, issue_open (another one is open for the theme)."""
    note = tidy(note)[:MOST_NOTE]
    if state == "closed" and not note:
        raise ShopError("note_needed", status=422, field="note")
    with box.transaction() as db:
        issue = one(box, uid)
        person = row(db, "SELECT id FROM staff WHERE uid = ? AND active = 1", (owner,)) if owner else (None,)
        if person is None:
            raise ShopError("staff_unknown", status=404)
        other = "SELECT 1 FROM feedback_issue WHERE theme = ? AND state <> 'closed' AND id <> ?"
        if state != "closed" and row(db, other, (issue.theme, issue.id)):
            raise ShopError("issue_open", status=409)
        now = box.env.clock.now_us()
        db.execute_sql(
            "UPDATE feedback_issue SET state = ?, owner = ?, note = ?, changed_us = ?, closed_us = ? WHERE id = ?",
            (state, person[0], note, now, now if state == "closed" else None, issue.id),
        )
        data = {"issue": uid, "theme": issue.theme, "state": state, "owner": owner, "by": by.uid, "at": now}
        box.record("b", "issue.changed", data, mode=_mode(box), private={"note": note} if note else None)
    return one(box, uid)


def one(box: Box, uid: str) -> Issue:
    """An issue by its uid. ShopError("issue_unknown")."""
    found = row(box.db, _ISSUE + "WHERE i.uid = ?", (uid,))
    if found is None:
        raise ShopError("issue_unknown", status=404)
    return Issue(*found)


def newest(box: Box) -> dict[str, Issue]:
    """The newest issue of each theme."""
    found = (Issue(*values) for values in rows(box.db, _ISSUE + "ORDER BY i.id"))
    return {issue.theme: issue for issue in found}


def to_ask(box: Box, member: int) -> tuple[int, str] | None:
    """(issue, theme) that a member may be asked about now, or None; being returned once is being asked.

    Asked is who complained on an earlier day, consents to "behaviour", and was not asked about that issue before; and
    only when the shop has begun to do something about it since. Who said "not for me" lately is left in peace.
    """
    if given.linked(box, member) is None or declines.resting(box, member):
        return None
    today = shifts.local(box.env.clock.now_us(), box.config.store.zone).date().isoformat()
    found = row(box.db, _ASKABLE, (member, today, member))
    if found is None:
        return None
    with box.transaction() as db:
        db.execute_sql(
            "INSERT INTO feedback_ask (issue, member, asked_us) VALUES (?, ?, ?)",
            (found[0], member, box.env.clock.now_us()),
        )
    return int(found[0]), str(found[1])


def answer(box: Box, issue: int, member: int, said: str, mode: str) -> None:
    """What the member says: better or same. ShopError("bad_request")."""
    if said not in ANSWERS:
        raise ShopError("bad_request", status=422, field="answer")
    with box.transaction() as db:
        db.execute_sql(
            "UPDATE feedback_ask SET answer = ?, answered_us = ? WHERE issue = ? AND member = ? AND answer IS NULL",
            (said, box.env.clock.now_us(), issue, member),
        )
        found = row(db, "SELECT uid, theme FROM feedback_issue WHERE id = ?", (issue,)) or ("", "")
        box.record("b", "issue.answered", {"issue": found[0], "theme": found[1], "answer": said}, mode=mode)


def _mode(box: Box) -> str:
    """The box's own: an issue belongs to no lane."""
    modes = {lane.mode for lane in box.config.lanes}
    return "live" if "live" in modes else min(modes, default="live")
