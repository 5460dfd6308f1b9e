"""What an event does at headquarters. Runs inside the inbox's transaction; a refusal undoes that event's rows only.

The shapes are checked by STRICT columns and their bounds; a missing key, a wrong type or a broken bound is a refusal
(:data:`REFUSALS`), and the event stays in the inbox as dead, its bytes kept.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sync import codec
from sync.errors import Malformed

# InterfaceError, ProgrammingError: a value of a type SQLite can't bind. Not OperationalError: that is our own disk.
REFUSALS = (
    Malformed, KeyError, TypeError, ValueError, AttributeError, OverflowError,
    sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError, sqlite3.DataError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Context:
    """Where an event came from: rows of event, box and source, its mode and private part."""

    con: sqlite3.Connection
    event: int
    box: int
    source: int
    mode: str
    private: str | None


def _marks(n: int) -> str:
    return ", ".join("?" * n)


_SALE = f"INSERT INTO sale VALUES ({_marks(25)})"
_LINE = f"INSERT INTO sale_line VALUES ({_marks(15)})"
_TENDER = f"INSERT INTO tender VALUES ({_marks(6)})"
_TAX = f"INSERT INTO sale_tax VALUES ({_marks(5)})"
_LEDGER = f"INSERT INTO ledger VALUES ({_marks(12)})"
_SERIES = (
    "INSERT INTO receipt_series VALUES (?, ?, ?, ?, 1) ON CONFLICT (box, series) DO UPDATE SET "
    "first = min(first, excluded.first), last = max(last, excluded.last), seen = seen + 1"
)


def sale(to: Context, data: dict[str, Any]) -> None:
    """sale.completed, sale.voided: the document with all it carries, and its ledger entries."""
    s, con = data["sale"], to.con
    if s["mode"] != to.mode:
        raise Malformed("the sale's mode is not the event's")
    con.execute(
        _SALE,
        (
            to.event, to.box, s["uid"], s["receipt"], s["kind"], s["lane"], _text(s.get("shift")),
            s["business_date"], instant(s["at"]), s["mode"], s["currency"], s["exponent"], _text(s.get("staff")),
            _text(s.get("approver")), s.get("member"), s.get("original"), s["total"], s["tax"],
            s.get("rounding", 0), s.get("saving", 0), s.get("points_earned", 0), s.get("score_earned", 0),
            s.get("points_after"), s.get("tier_before"), len(s["lines"]),
        ),
    )  # fmt: skip
    con.executemany(
        _LINE,
        [
            (
                to.event, n["n"], n["sku"], n.get("gtin"), n.get("code"), n["name"], n["qty"], n["unit"],
                n["unit_price"], n.get("discount", 0), n["total"], n["group"], n["rate"], n["tax"],
                n.get("original_n"),
            )
            for n in s["lines"]
        ],
    )  # fmt: skip
    con.executemany(
        _TENDER,
        [
            (to.event, n, x["kind"], x["amount"], x.get("received"), x.get("change"))
            for n, x in enumerate(s["tenders"], 1)
        ],
    )
    con.executemany(_TAX, [(to.event, x["group"], x["rate"], x["gross"], x["tax"]) for x in s["taxes"]])
    series, dash, number = s["receipt"].rpartition("-")
    if not dash or not number.isdigit():
        raise Malformed("a receipt number must end in -<n>")
    con.execute(_SERIES, (to.box, series, int(number), int(number)))
    entries(to, data)


def entries(to: Context, data: dict[str, Any]) -> None:
    """Ledger entries as the box booked them; training books none."""
    if to.mode == "training":
        return
    to.con.executemany(
        _LEDGER,
        [
            (
                to.source, x["id"], to.event, x["member"], to.mode, x["lot"], x["points"], x["score"], x["reason"],
                x.get("rule"), x.get("expires"), x.get("reverses"),
            )
            for x in data.get("ledger", ())
        ],
    )  # fmt: skip


def member(to: Context, data: dict[str, Any]) -> None:
    """member.enrolled: who it is stands apart from what the rest of the tables know."""
    to.con.execute(
        "INSERT INTO member (uid, event, box, mode, card, tier, enrolled_us) "
        "SELECT ?, id, ?, ?, ?, ?, at_us FROM event WHERE id = ?",
        (data["member"], to.box, to.mode, data.get("card"), data.get("tier"), to.event),
    )
    if to.private is not None:
        known = codec.table(to.private, 65_536)
        to.con.execute(
            "INSERT INTO member_private (member, name, phone) VALUES (?, ?, ?)",
            (data["member"], known.get("name"), known.get("phone")),
        )


def nothing(_to: Context, _data: dict[str, Any]) -> None:
    """An event that is only kept and shown."""


# (type, version) -> effect. What is not here is kept for a later release.
EFFECTS: dict[tuple[str, int], Callable[[Context, dict[str, Any]], None]] = {
    ("sale.completed", 1): sale,
    ("sale.voided", 1): sale,
    ("points.adjusted", 1): entries,
    ("member.enrolled", 1): member,
    ("shift.opened", 1): nothing,
    ("shift.closed", 1): nothing,
    ("receipt.reprinted", 1): nothing,
    ("box.started", 1): nothing,
    ("device.state", 1): nothing,
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
