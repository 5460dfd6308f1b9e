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


_MEMBER_AT = 15  # where the member stands in a sale's row
_SALE = "INSERT INTO sale VALUES ({})".format(", ".join(
    "CASE WHEN EXISTS (SELECT 1 FROM member_erased WHERE uid = ?15) THEN NULL ELSE ?15 END" if n == _MEMBER_AT
    else f"?{n}" for n in range(1, 26)
))  # fmt: skip
_LINE = f"INSERT INTO sale_line VALUES ({_marks(15)})"
_TENDER = f"INSERT INTO tender VALUES ({_marks(6)})"
_TAX = f"INSERT INTO sale_tax VALUES ({_marks(5)})"
_LEDGER = f"INSERT INTO ledger VALUES ({_marks(18)})"
_NO_NAMES: dict[str, str] = {}
SERIES = (
    "INSERT INTO receipt_series VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (box, series, mode) DO UPDATE SET "
    "first = min(first, excluded.first), last = max(last, excluded.last), seen = seen + excluded.seen"
)


_MEMBER = "INSERT INTO member (uid, event, box, mode, card, tier, enrolled_us) VALUES (?, ?, ?, ?, ?, ?, ?)"
_MEMBER_PRIVATE = (
    "INSERT INTO member_private (member, name, phone) SELECT ?1, ?2, ?3 "
    "WHERE NOT EXISTS (SELECT 1 FROM member_erased WHERE uid = ?1)"
)
_TIER = (
    "INSERT INTO member_tier VALUES (?, ?, ?, ?, ?) ON CONFLICT (member) DO UPDATE SET tier = excluded.tier, "
    "name_zh = excluded.name_zh, name_en = excluded.name_en, event = excluded.event"
)
# What did not change is not told; who is not known here (his box is another's) is, from then on.
_MEMBER_CHANGED = _MEMBER_PRIVATE + (
    " ON CONFLICT (member) DO UPDATE SET name = COALESCE(excluded.name, name), phone = COALESCE(excluded.phone, phone)"
)
# A merge that closes a ring says nothing new; who was merged into somebody who was merged is the last one's.
_ALIAS = (
    "INSERT INTO member_alias SELECT ?1, COALESCE((SELECT kept FROM member_alias WHERE gone = ?2), ?2), ?3 "
    "WHERE COALESCE((SELECT kept FROM member_alias WHERE gone = ?2), ?2) <> ?1 ON CONFLICT (gone) DO NOTHING"
)
_FOLLOW = (
    "UPDATE member_alias SET kept = (SELECT kept FROM member_alias WHERE gone = ?1) "
    "WHERE kept = ?1 AND EXISTS (SELECT 1 FROM member_alias WHERE gone = ?1)"
)
_COUPON = (
    "INSERT INTO coupon (code, box, event, promotion, mode, member, expires, state) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, 'open') ON CONFLICT (code) DO NOTHING"
)
# Only the box that gave it may say what became of it.
_COUPON_NOW = "UPDATE coupon SET state = ?, event = ? WHERE code = ? AND box = ?"
# Erasing: the tombstone, and every place that knows more than a uid. The chain keeps the digest of what was private.
_TOMBSTONE = "INSERT INTO member_erased (uid, at_us) VALUES (?, ?) ON CONFLICT (uid) DO NOTHING"
_FORGET = (
    *feedback_effects.FORGET,  # while sales still say which were hers
    "DELETE FROM member_private WHERE member = ?1",
    "DELETE FROM member_tier WHERE member = ?1",
    "UPDATE member SET card = NULL WHERE uid = ?1",
    "UPDATE sale SET member = NULL WHERE member = ?1",
    "UPDATE coupon SET member = NULL WHERE member = ?1",
    ("DELETE FROM event_private WHERE event IN (SELECT e.id FROM event_private p JOIN event e ON e.id = p.event "
     "WHERE instr(e.body, CAST(?1 AS BLOB)))"),
    "UPDATE dead_letter SET start = x'' WHERE instr(start, CAST(?1 AS BLOB))",
)
# In the order of the table's columns; gtin, its last, may be missing.
_line = itemgetter(
    "n", "sku", "code", "name", "qty", "unit", "unit_price", "discount", "total", "group", "rate", "tax", "original_n"
)
STATEMENTS = (
    _SALE, _LINE, _TENDER, _TAX, SERIES, _LEDGER, _MEMBER, _MEMBER_PRIVATE, _MEMBER_CHANGED, _TIER, _ALIAS, _FOLLOW,
    _TOMBSTONE, _COUPON, _COUPON_NOW, *_FORGET, *feedback_effects.STATEMENTS,
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
        _COUPON_NOW: [(x["state"], event, x["code"], to.box) for x in data.get("coupons", ())],
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
                x.get("rule"), x.get("expires"), x.get("reverses"), x.get("available"), x.get("from"), x.get("n"),
                *(x.get("of", _NO_NAMES).get(what) for what in ("lot", "reverses", "from")),
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


def tier(to: Context, data: dict[str, Any]) -> Rows:
    """tier.changed: the rung as the box named it; headquarters has no ladder of its own."""
    if to.mode == "training":
        return {}
    name = data["name"]
    return {_TIER: [(data["member"], _text(data["to"]), _text(name["zh-CN"]), _text(name["en"]), to.event)]}


def changed_member(to: Context, data: dict[str, Any]) -> Rows:
    """member.changed: another name or phone number; without its private part (erased since) there is nothing to do."""
    uid = codec.text(data["member"], "member", 64)
    if to.private is None:
        return {}
    known = codec.table(to.private, 65_536)
    return {_MEMBER_CHANGED: [(uid, _text(known.get("name")), _text(known.get("phone")))]}


def merged_members(to: Context, data: dict[str, Any]) -> Rows:
    """member.merged: the entries as the box booked them, and who became whom."""
    gone, kept = codec.text(data["member"], "member", 64), codec.text(data["into"], "into", 64)
    return {**entries(to, data), _ALIAS: [(gone, kept, to.at_us)], _FOLLOW: [(gone,)]}


def erased(to: Context, data: dict[str, Any]) -> Rows:
    """member.erased: what is private of her goes, here too; her documents and points stay without a person."""
    uids = [codec.text(uid, "member", 64) for uid in (data["member"], *data.get("merged", ()))]
    return {_TOMBSTONE: [(uid, to.at_us) for uid in uids], **{sql: [(uid,) for uid in uids] for sql in _FORGET}}


def coupons(to: Context, data: dict[str, Any]) -> Rows:
    """coupon.issued: each with its promotion, whose it is and its last day."""
    said = (data["promotion"], to.mode, data["member"], data["expires"])
    return {_COUPON: [(x["code"], to.box, to.event, *said) for x in data["coupons"]]}


def coupon_void(to: Context, data: dict[str, Any]) -> Rows:
    """audit.coupon_voided: nobody can use it any more."""
    return {_COUPON_NOW: [("void", to.event, data["code"], to.box)]}


def nothing(_to: Context, _data: dict[str, Any]) -> Rows:
    """An event that is only kept and shown."""
    return {}


# (type, version) -> effect. What is not here is kept for a later release.
EFFECTS: dict[tuple[str, int], Callable[[Context, dict[str, Any]], Rows]] = {
    ("sale.completed", 1): sale,
    ("sale.returned", 1): sale,
    ("sale.voided", 1): sale,
    ("points.adjusted", 1): entries,
    ("points.expired", 1): entries,
    ("points.transferred", 1): entries,
    ("points.redeemed", 1): entries,
    ("points.moved", 1): entries,
    ("coupon.issued", 1): coupons,
    ("audit.coupon_voided", 1): coupon_void,
    ("promotion.changed", 1): nothing,
    ("member.merged", 1): merged_members,
    ("member.erased", 1): erased,
    ("family.joined", 1): nothing,
    ("family.left", 1): nothing,
    ("behaviour.expired", 1): nothing,
    ("member.enrolled", 1): member,
    ("tier.changed", 1): tier,
    ("member.changed", 1): changed_member,
    **{(kind, 1): nothing for kind in (
        "member.card_added", "member.card_blocked", "member.noted", "member.note_dropped", "consent.changed",
    )},
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
