"""What an event does at headquarters: pure functions from its data to rows, written by the inbox in its transaction.

The shapes are checked by STRICT columns and their bounds; a missing key, a wrong type or a broken bound is a refusal
(:data:`REFUSALS`), and the event stays in the inbox as dead, its bytes kept, without any row of its effect.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from sync import codec
from sync.errors import Malformed
from sync.hq import feedback_effects

# InterfaceError, ProgrammingError: a value of a type SQLite can't bind. Not OperationalError: that is our own disk.
REFUSALS = (
    Malformed, KeyError, TypeError, ValueError, AttributeError, OverflowError,
    sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError, sqlite3.DataError,
)  # fmt: skip


@dataclass(slots=True)
class Context:
    """Where an event came from: rows of event, box and source, its mode, private part and when it was taken."""

    event: int
    box: int
    source: int
    mode: str
    private: str | None
    at_us: int


# statement -> its rows, in the order of STATEMENTS
Rows = dict[str, list[tuple[Any, ...]]]


def _marks(n: int) -> str:
    return ", ".join("?" * n)


_SALE = f"INSERT INTO sale VALUES ({_marks(25)})"
_LINE = f"INSERT INTO sale_line VALUES ({_marks(15)})"
_TENDER = f"INSERT INTO tender VALUES ({_marks(6)})"
_TAX = f"INSERT INTO sale_tax VALUES ({_marks(5)})"
_LEDGER = f"INSERT INTO ledger VALUES ({_marks(12)})"
SERIES = (
    "INSERT INTO receipt_series VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (box, series, mode) DO UPDATE SET "
    "first = min(first, excluded.first), last = max(last, excluded.last), seen = seen + excluded.seen"
)


_MEMBER = "INSERT INTO member (uid, event, box, mode, card, tier, enrolled_us) VALUES (?, ?, ?, ?, ?, ?, ?)"
_MEMBER_PRIVATE = "INSERT INTO member_private (member, name, phone) VALUES (?, ?, ?)"
# In the order of the table's columns; gtin, its last, may be missing.
_line = itemgetter(
    "n", "sku", "code", "name", "qty", "unit", "unit_price", "discount", "total", "group", "rate", "tax", "original_n"
)
STATEMENTS = (
    _SALE, _LINE, _TENDER, _TAX, SERIES, _LEDGER, _MEMBER, _MEMBER_PRIVATE, *feedback_effects.STATEMENTS,
)  # fmt: skip


def sale(to: Context, data: dict[str, Any]) -> Rows:
    """sale.completed, sale.returned, sale.voided: the document with all it carries, and its ledger entries."""
    s, event = data["sale"], to.event
    if s["mode"] != to.mode:
        raise Malformed("the sale's mode is not the event's")
    series, dash, number = s["receipt"].rpartition("-")
    if not dash or not number.isdigit():
        raise Malformed("a receipt number must end in -<n>")
    return {
        _SALE: [(
            event, to.box, s["uid"], s["receipt"], s["kind"], s["lane"], _text(s.get("shift")),
            s["business_date"], instant(s["at"]), s["mode"], s["currency"], s["exponent"], _text(s.get("staff")),
            _text(s.get("approver")), s.get("member"), s.get("original"), s["total"], s["tax"],
            s.get("rounding", 0), s.get("saving", 0), s.get("points_earned", 0), s.get("score_earned", 0),
            s.get("points_after"), s.get("tier_before"), len(s["lines"]),
        )],
        _LINE: [(event, *_line(line), line.get("gtin")) for line in s["lines"]],
        _TENDER: [
            (event, n, x["kind"], x["amount"], x.get("received"), x.get("change"))
            for n, x in enumerate(s["tenders"], 1)
        ],
        _TAX: [(event, x["group"], x["rate"], x["gross"], x["tax"]) for x in s["taxes"]],
        SERIES: [(to.box, series, to.mode, int(number), int(number), 1)],
        **entries(to, data),
    }  # fmt: skip


def merged(series: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """One row a series instead of one a receipt."""
    found: dict[tuple[Any, ...], tuple[int, int, int]] = {}
    for *key, first, last, seen in series:
        old = found.get(tuple(key), (first, last, 0))
        found[tuple(key)] = (min(old[0], first), max(old[1], last), old[2] + seen)
    return [(*key, *numbers) for key, numbers in found.items()]


def entries(to: Context, data: dict[str, Any]) -> Rows:
    """Ledger entries as the box booked them; training books none."""
    if to.mode == "training":
        return {}
    return {
        _LEDGER: [
            (
                to.source, x["id"], to.event, x["member"], to.mode, x["lot"], x["points"], x["score"], x["reason"],
                x.get("rule"), x.get("expires"), x.get("reverses"),
            )
            for x in data.get("ledger", ())
        ],
    }  # fmt: skip


def member(to: Context, data: dict[str, Any]) -> Rows:
    """member.enrolled: who it is stands apart from what the rest of the tables know."""
    uid = data["member"]
    found: Rows = {_MEMBER: [(uid, to.event, to.box, to.mode, data.get("card"), data.get("tier"), to.at_us)]}
    if to.private is not None:
        known = codec.table(to.private, 65_536)
        found[_MEMBER_PRIVATE] = [(uid, known.get("name"), known.get("phone"))]
    return found


def nothing(_to: Context, _data: dict[str, Any]) -> Rows:
    """An event that is only kept and shown."""
    return {}


# (type, version) -> effect. What is not here is kept for a later release.
EFFECTS: dict[tuple[str, int], Callable[[Context, dict[str, Any]], Rows]] = {
    ("sale.completed", 1): sale,
    ("sale.returned", 1): sale,
    ("sale.voided", 1): sale,
    ("points.adjusted", 1): entries,
    ("member.enrolled", 1): member,
    ("shift.opened", 1): nothing,
    ("shift.closed", 1): nothing,
    ("receipt.reprinted", 1): nothing,
    ("box.started", 1): nothing,
    ("device.state", 1): nothing,
    ("feedback.given", 1): feedback_effects.given,
    ("issue.opened", 1): feedback_effects.opened,
    ("issue.changed", 1): feedback_effects.changed,
    ("issue.answered", 1): feedback_effects.answered,
}


def instant(value: Any) -> int:
    """"2026-11-22T13:00:00.000000Z", or microseconds -> UTC microseconds."""
    if isinstance(value, int):
        return value
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise Malformed("an instant without a zone")
    return (found.astimezone(UTC) - _EPOCH) // _MICROSECOND


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC) - _EPOCH


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
