"""Members: who they are, found by card or phone, and where they stand.

A phone number is kept as a keyed hash, its first three and last four digits. What staff and customers do with members
is in member_desk; what both are shown in member_page.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peewee import SqliteDatabase

from edge.base.ids import new_uid
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.codes import card_code, is_chip, member_code
from edge.loyalty import Standing

PURPOSES = ("points", "offers", "birthday", "messages", "behaviour")
TEXT_VERSION = 1  # of the texts that are read to a member today (see consent.texts)
# Printed cards count up from 1; numbers that the box gives are drawn from here, so that no card in a drawer is taken.
_OWN_NUMBERS = range(5_000_000_000, 10_000_000_000)


@dataclass(slots=True)
class Member:
    """phone is masked. A name may be missing: then the end of the phone number stands for it on paper."""

    id: int
    uid: str
    name: str
    phone: str
    points_consent: bool

    @property
    def initial(self) -> str:
        return self.name[:1] or "?"

    @property
    def covered(self) -> str:
        """The phone number without its end, which a kiosk asks for beside a card that anybody may hold."""
        return f"{self.phone[:3]}••••••••" if self.phone else ""

    @property
    def masked(self) -> str:
        """The name as a receipt shows it: family name and stars (张**), or the first letter and stars."""
        return f"{self.name[:1]}**" if self.name else ""

    @property
    def on_paper(self) -> str:
        """What a receipt calls them."""
        return self.masked or self.phone[3:]


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
_BY_UID = _MEMBER + "member m WHERE m.uid = ? AND m.state = 'active'"
_HOLDER = "SELECT c.state, m.uid, m.state FROM member_card c JOIN member m ON m.id = c.member WHERE c.code = ?"


def from_row(values: Sequence[Any]) -> Member:
    """The member of a row that begins with COLUMNS (its member is m)."""
    phone = f"{values[3]}••••{values[4]}" if values[4] else ""
    return Member(values[0], values[1], values[2] or "", phone, bool(values[5]))


def by_card(db: SqliteDatabase, code: str) -> Member | None:
    """The active member who holds the card."""
    found = row(db, _BY_CARD, (code.upper(),))
    return from_row(found) if found else None


def by_uid(db: SqliteDatabase, uid: str) -> Member | None:
    """The active member with this uid."""
    found = row(db, _BY_UID, (uid,))
    return from_row(found) if found else None


def holder(db: SqliteDatabase, code: str) -> tuple[str, str, str] | None:
    """(state of the card, uid and state of its member), or None for a card that nobody ever had."""
    found = row(db, _HOLDER, (code.upper(),))
    return (found[0], found[1], found[2]) if found else None


def card_read(db: SqliteDatabase, text: str) -> str | None:
    """The code of a member's card that a card reader read, known or not; None for what can be none.

    A chip's own number is no secret and can be copied: it says who somebody is as much as a printed code does, no more.
    """
    code = card_code(text.strip()).upper()
    return code if code != text.upper() or is_chip(code) or by_card(db, code) is not None else None


def by_id(db: SqliteDatabase, member: int) -> Member | None:
    found = row(db, _BY_ID, (member,))
    return from_row(found) if found else None


def survivor(db: SqliteDatabase, member: int) -> Member | None:
    """Who a document's member (row id) is by now: the same, whom they were merged into, or nobody (erased)."""
    found = row(db, "SELECT merged FROM member WHERE id = ?", (member,))
    return by_id(db, found[0] or member) if found else None


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
    claimed: bool = False,
    who: dict[str, str | None] | None = None,
) -> int:
    """Make a member with a card and one consent row a purpose, granted or not; one event. Inside a transaction.

    birthday: kept only with the consent to it. card "": a number of the box's own. claimed: the phone is another
    member's already and only noted as claimed. who: staff and lane, for the event.
    """
    db, now = box.db, box.env.clock.now_us()
    uid = new_uid(box.env.rng)
    birthday = birthday if "birthday" in consents else None
    hashed = phone_hash(box, phone) if phone else None
    db.execute_sql(
        "INSERT INTO member (uid, name, phone_hash, phone_last4, phone_prefix, birthday, joined_us, channel, "
        "phone_claim) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (uid, name, None if claimed else hashed, phone[-4:] or None, phone[:3] or None, birthday, now, channel,
         hashed if claimed else None),
    )  # fmt: skip
    found = row(db, "SELECT last_insert_rowid()") or (0,)
    member, card, kind = int(found[0]), card or free_number(box), "card" if card else "number"
    add_card(box, member, card, "nfc" if is_chip(card) else kind)
    _ask(box, member, consents, channel)
    data = {
        "member": uid, "consents": [p for p in PURPOSES if p in consents], "text_version": TEXT_VERSION,
        "channel": channel, **(who or {}),
    }  # fmt: skip
    private = {"name": name, "phone": shown(phone), "birthday": birthday, "card": card}
    box.record("a", "member.enrolled", data, mode=mode, private=private)
    return member


def _ask(box: Box, member: int, consents: tuple[str, ...], channel: str) -> None:
    now = box.env.clock.now_us()
    for purpose in PURPOSES:
        box.db.execute_sql(
            "INSERT INTO consent (member, purpose, granted, text_version, at_us, channel) VALUES (?, ?, ?, ?, ?, ?)",
            (member, purpose, int(purpose in consents), TEXT_VERSION, now, channel),
        )


def shown(phone: str) -> str:
    """A phone number as screens and headquarters have it: 138••••5021. "" for none."""
    return f"{phone[:3]}••••{phone[-4:]}" if phone else ""


def add_card(box: Box, member: int, code: str, kind: str) -> None:
    """Give a member a card. Inside a transaction; IntegrityError when somebody has it or had it."""
    box.db.execute_sql(
        "INSERT INTO member_card (code, member, kind, since_us) VALUES (?, ?, ?, ?)",
        (code.upper(), member, kind, box.env.clock.now_us()),
    )


def free_number(box: Box) -> str:
    """The code of a member number that nobody has yet, drawn at random: the next one can't be guessed from it."""
    while True:
        code = member_code(box.env.rng.choice(_OWN_NUMBERS))
        if holder(box.db, code) is None:
            return code


def numbers_of(db: SqliteDatabase, member: int) -> list[str]:
    """The codes of the member's cards that are good, newest first."""
    found = rows(
        db, "SELECT code FROM member_card WHERE member = ? AND state = 'active' ORDER BY since_us DESC, code", (member,)
    )
    return [code for (code,) in found]
