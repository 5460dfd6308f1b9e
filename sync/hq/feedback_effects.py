"""What the events about feedback do at headquarters: rows of feedback.sql."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any, Protocol

from sync import codec
from sync.errors import Malformed


class To(Protocol):
    """Where an event came from (see effects.Context)."""

    event: int
    box: int
    mode: str
    private: str | None
    at_us: int


Rows = dict[str, list[tuple[Any, ...]]]
MOST_TEXT = 500
GIVEN = (
    "INSERT INTO feedback (uid, box, event, source, mode, lane, at_us, business_date, hour, score, topics, lang, text, "
    "member, sale, staff) VALUES (?, ?, ?, 'kiosk', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (box, uid) DO UPDATE SET event = excluded.event, score = excluded.score, topics = excluded.topics, "
    "lang = excluded.lang, text = excluded.text, member = excluded.member, sale = excluded.sale, "
    "staff = excluded.staff, read = 0 WHERE source = 'kiosk'"
)
OPENED = (
    "INSERT INTO feedback_issue (uid, box, mode, theme, state, opened_us, changed_us) "
    "VALUES (?, ?, ?, ?, 'open', ?, ?) ON CONFLICT (box, uid) DO NOTHING"
)
CHANGED = "UPDATE feedback_issue SET state = ?, owner = ?, note = ?, changed_us = ? WHERE box = ? AND uid = ?"
ANSWERED = "UPDATE feedback_issue SET better = better + ?, same = same + ? WHERE box = ? AND uid = ?"
# What an erased member said stays as a face and reasons of nobody (the words that themes quote go, too), also when it
# comes after the erasure: the two are in different chains.
_NOBODYS = "text = NULL, member = NULL, sale = NULL, staff = NULL"
_HERS = "member = ?1 OR sale IN (SELECT uid FROM sale WHERE member = ?1)"  # the latter by the link on a receipt
FORGET = (
    f"UPDATE feedback_theme SET words = '[]' WHERE (box, feedback) IN (SELECT box, uid FROM feedback WHERE {_HERS})",  # noqa: S608 (fixed words)
    f"UPDATE feedback SET {_NOBODYS} WHERE {_HERS}",  # noqa: S608 (fixed words)
)
_LATE = (
    f"UPDATE feedback SET {_NOBODYS} WHERE box = ? AND uid = ? "  # noqa: S608 (fixed words)
    "AND member IN (SELECT uid FROM member_erased)"
)
STATEMENTS = (GIVEN, _LATE, OPENED, CHANGED, ANSWERED)


def given(to: To, data: dict[str, Any]) -> Rows:
    """feedback.given: a face, reasons, words. A box of the first release tells neither time nor language."""
    topics = data["topics"]
    if not isinstance(topics, list) or len(topics) > 16 or not all(isinstance(each, str) for each in topics):
        raise Malformed("topics must be a short list of words")
    at = _whole(data.get("at", to.at_us))
    when, uid = datetime.fromtimestamp(at / 1_000_000, UTC), codec.text(data["feedback"], "feedback", 64)
    day = date.fromisoformat(data.get("business_date", when.date().isoformat()))  # the console reckons with it
    return {
        GIVEN: [(
            uid, to.box, to.event, to.mode,
            codec.text(data["lane"], "lane", 32), at, day.isoformat(),
            data.get("hour", when.hour), data["score"], json.dumps(topics), data.get("lang", "zh-CN"),
            _private(to, "text"), data.get("member"), data.get("sale"), data.get("staff"),
        )],
        _LATE: [(to.box, uid)] if data.get("member") else [],
    }  # fmt: skip


def opened(to: To, data: dict[str, Any]) -> Rows:
    """issue.opened."""
    at, theme = _whole(data.get("at", to.at_us)), codec.text(data["theme"], "theme", 64)
    return {OPENED: [(codec.text(data["issue"], "issue", 64), to.box, to.mode, theme, at, at)]}


def changed(to: To, data: dict[str, Any]) -> Rows:
    """issue.changed: who looks after it, how far it is, what was done."""
    at = _whole(data.get("at", to.at_us))
    return {CHANGED: [(data["state"], data.get("owner"), _private(to, "note"), at, to.box, data["issue"])]}


def answered(to: To, data: dict[str, Any]) -> Rows:
    """issue.answered: better, or the same."""
    said = data["answer"]
    if said not in ("better", "same"):
        raise Malformed("an answer is better or same")
    return {ANSWERED: [(int(said == "better"), int(said == "same"), to.box, data["issue"])]}


def _private(to: To, key: str) -> str | None:
    found = codec.table(to.private, 65_536).get(key) if to.private is not None else None
    if found is not None and not isinstance(found, str):
        raise Malformed(f"{key} must be text")
    return found[:MOST_TEXT] if found else None


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 62:
        raise Malformed("an instant must be microseconds")
    return value
