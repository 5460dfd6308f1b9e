"""Members: enrolment, look-up by card, standing. A phone number is kept as a keyed hash and its last four digits."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peewee import SqliteDatabase

from edge.base.ids import new_uid
from edge.base.sqlite import row
from edge.box import Box
from edge.loyalty import Standing

PURPOSES = ("points", "offers", "birthday", "messages", "behaviour")


@dataclass(slots=True)
class Member:
    id: int
    uid: str
    name: str
    phone: str
    points_consent: bool

    @property
    def initial(self) -> str:
        return self.name[:1] or "?"

    @property
    def masked(self) -> str:
        """The name as a receipt shows it: family name and stars (张**), or the first letter and stars."""
        return f"{self.name[:1]}**" if self.name else ""


COLUMNS = (
    "m.id, m.uid, m.name, m.phone_prefix, m.phone_last4, "
    "(SELECT granted FROM consent WHERE member = m.id AND purpose = 'points' ORDER BY id DESC LIMIT 1)"
)
_MEMBER = f"SELECT {COLUMNS} FROM "
_BY_CARD = (
    _MEMBER + "member_card c JOIN member m ON m.id = c.member "
    "WHERE c.code = ? AND c.state = 'active' AND m.state = 'active'"
)
# A tombstone is nobody.
LIVING = "m.state NOT IN ('erasing', 'erased')"
_BY_ID = f"{_MEMBER}member m WHERE m.id = ? AND {LIVING}"
STANDING = (
    "(SELECT COALESCE(SUM(points), 0) FROM ledger WHERE member = m.id), "
    "(SELECT COALESCE(SUM(score), 0) FROM ledger WHERE member = m.id)"
)
_WITH_STANDING = f"SELECT {COLUMNS}, {STANDING} FROM member m WHERE m.id = ? AND {LIVING}"
_BY_PHONE = _MEMBER + "member m WHERE m.phone_hash = ? AND m.state = 'active'"


def from_row(values: Sequence[Any]) -> Member:
    """The member of a row that begins with COLUMNS (its member is m)."""
    phone = f"{values[3]}••••{values[4]}" if values[4] else ""
    return Member(values[0], values[1], values[2] or "", phone, bool(values[5]))


def by_card(db: SqliteDatabase, code: str) -> Member | None:
    """The active member who holds the card."""
    found = row(db, _BY_CARD, (code.upper(),))
    return from_row(found) if found else None


def by_id(db: SqliteDatabase, member: int) -> Member | None:
    found = row(db, _BY_ID, (member,))
    return from_row(found) if found else None


def with_standing(db: SqliteDatabase, member: int) -> tuple[Member, Standing] | None:
    """The member and where he stands, read at once (every view and every sale asks)."""
    found = row(db, _WITH_STANDING, (member,))
    return (from_row(found), Standing(found[6], found[7])) if found else None


def by_phone(box: Box, phone: str) -> Member | None:
    """The active member with this phone number (digits only)."""
    found = row(box.db, _BY_PHONE, (phone_hash(box, phone),))
    return from_row(found) if found else None


def has_consent(db: SqliteDatabase, member: int, purpose: str) -> bool:
    """What the newest consent row of the purpose says; none means no."""
    found = row(
        db,
        "SELECT granted FROM consent WHERE member = ? AND purpose = ? ORDER BY id DESC LIMIT 1",
        (member, purpose),
    )
    return bool(found and found[0])


def standing(db: SqliteDatabase, member: int) -> Standing:
    """Points to spend and tier score: sums over the ledger, one covering index."""
    found = row(db, "SELECT COALESCE(SUM(points), 0), COALESCE(SUM(score), 0) FROM ledger WHERE member = ?", (member,))
    return Standing(*found) if found else Standing(0, 0)


def phone_hash(box: Box, phone: str) -> str:
    """HMAC-SHA256 of the digits under this box's own key (11 digits could be enumerated without one)."""
    path = box.config.data / "keys" / "phone.key"
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return hmac.new(bytes.fromhex(path.read_text()), phone.encode(), hashlib.sha256).hexdigest()


def enrol(
    box: Box,
    *,
    name: str,
    card: str,
    phone: str = "",
    birthday: str | None = None,
    consents: tuple[str, ...] = ("points",),
    channel: str = "till",
    mode: str = "live",
) -> int:
    """Make a member with a card and one consent row a purpose, granted or not; one event. Inside a transaction."""
    db, now = box.db, box.env.clock.now_us()
    uid = new_uid(box.env.rng)
    hashed = phone_hash(box, phone) if phone else None
    db.execute_sql(
        "INSERT INTO member (uid, name, phone_hash, phone_last4, phone_prefix, birthday, joined_us) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (uid, name, hashed, phone[-4:] or None, phone[:3] or None, birthday, now),
    )
    found = row(db, "SELECT last_insert_rowid()")
    assert found is not None
    member = int(found[0])
    db.execute_sql("INSERT INTO member_card (code, member) VALUES (?, ?)", (card.upper(), member))
    for purpose in PURPOSES:
        db.execute_sql(
            "INSERT INTO consent (member, purpose, granted, text_version, at_us, channel) VALUES (?, ?, ?, 1, ?, ?)",
            (member, purpose, int(purpose in consents), now, channel),
        )
    data = {
        "member": uid,
        "consents": [p for p in PURPOSES if p in consents],
        "text_version": 1,
        "channel": channel,
    }
    private = {"name": name, "phone": phone, "birthday": birthday, "card": card}
    box.record("a", "member.enrolled", data, mode=mode, private=private)
    return member
