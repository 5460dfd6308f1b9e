"""What is done with members at the counter, the kiosk and the manager's desk: enrol, correct, note, give cards.

Every change is one transaction with one event of stream a; what is personal is in its private part. Members are made
and changed in real lanes only: a training lane has no members of its own.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from edge import audit, codes, members, vault
from edge import member_text as texts
from edge.base.sqlite import row
from edge.box import Box
from edge.consent import set_consent
from edge.errors import ShopError
from edge.members import PURPOSES, Member
from edge.people import Person

MAX_CARDS, MAX_NOTES = 5, 20


@dataclass(frozen=True, slots=True)
class By:
    """Where and by whom. channel: till, kiosk or desk; person: nobody at a kiosk; approver: who allowed it besides."""

    channel: str
    mode: str = "live"
    lane: str | None = None
    person: Person | None = None
    approver: Person | None = None

    @property
    def who(self) -> dict[str, str | None]:
        """As an event names them."""
        return {"staff": self.person.uid if self.person else None, "lane": self.lane}


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody who wants to be a member says, as it was typed; consents: the purposes that were agreed to."""

    phone: str = ""
    card: str = ""
    name: str = ""
    birthday: str = ""
    consents: tuple[str, ...] = ()


def enrol(box: Box, wish: Wish, by: By) -> int:
    """Make a member; returns its id.

    ShopError: member_training, member_nothing (neither phone nor card), member_known (with the member's uid and
    whether by phone or card), card_blocked, card_wrong, phone_wrong, name_long, birthday_wrong, bad_request.
    """
    _real(by)
    phone, card = texts.phone(wish.phone), good_card(wish.card) if wish.card else ""
    if not phone and not card:
        raise ShopError("member_nothing", status=422)
    if not set(wish.consents) <= set(PURPOSES):
        raise ShopError("bad_request", status=422, field="consents")
    name, birthday = texts.name(wish.name), texts.birthday(wish.birthday)
    with box.transaction():
        if card:
            _free_card(box, card)
        if phone:
            _free_phone(box, phone)
        member = members.enrol(
            box, name=name, card=card, phone=phone, birthday=birthday if "birthday" in wish.consents else None,
            consents=wish.consents, channel=by.channel, mode=by.mode, who=by.who,
        )  # fmt: skip
        _seal(box, member, phone)
    return member


def correct(box: Box, member: Member, by: By, said: dict[str, str]) -> None:
    """Another name, phone or birthday: said has those that change; "" takes one away. Nothing else is touched.

    ShopError: member_training, member_known, phone_wrong, name_long, birthday_wrong, birthday_consent.
    """
    _real(by)
    with box.transaction() as db:
        before = row(db, "SELECT name, phone_prefix, phone_last4, birthday FROM member WHERE id = ?", (member.id,))
        assert before is not None
        was = {"name": before[0] or "", "phone": member.phone, "birthday": before[3]}
        private: dict[str, Any] = {}
        if "name" in said:
            private["name"] = texts.name(said["name"])
            db.execute_sql("UPDATE member SET name = ? WHERE id = ?", (private["name"], member.id))
        if "phone" in said:
            phone = texts.phone(said["phone"])
            private["phone"] = members.shown(phone)
            _set_phone(box, member, phone)
        if "birthday" in said:
            private["birthday"] = day = texts.birthday(said["birthday"])
            if day and not members.has_consent(db, member.id, "birthday"):
                raise ShopError("birthday_consent")
            db.execute_sql("UPDATE member SET birthday = ? WHERE id = ?", (day, member.id))
        if not private:
            return
        private["before"] = {key: was[key] for key in private}
        fields = [key for key in private if key != "before"]
        data = {"member": member.uid, "fields": fields, "channel": by.channel, **by.who}
        box.record("a", "member.changed", data, mode=by.mode, private=private)
        _audit(box, "member_corrected", member, by, fields=" ".join(fields))


def consent(box: Box, member: Member, purpose: str, granted: bool, by: By) -> None:
    """What the member says now about a purpose. ShopError: member_training, bad_request."""
    _real(by)
    if purpose not in PURPOSES:
        raise ShopError("bad_request", status=422, field="purpose")
    with box.transaction():
        set_consent(box, member.id, purpose, granted, by.channel, by.mode, **by.who)
    box.announce("consent")


def give_card(box: Box, member: Member, text: str, by: By, *, replace: bool) -> None:
    """Another card; with replace the ones before are good no more, whoever finds them.

    ShopError: member_training, card_wrong, card_blocked, member_known, cards_many.
    """
    _real(by)
    code = good_card(text)
    with box.transaction() as db:
        _free_card(box, code)
        if replace:
            for old in members.numbers_of(db, member.id):
                _block(box, member, old, by, "replaced")
        if len(members.numbers_of(db, member.id)) >= MAX_CARDS:
            raise ShopError("cards_many", most=MAX_CARDS)
        kind = "nfc" if codes.is_chip(code) else "card"
        members.add_card(box, member.id, code, kind)
        data = {"member": member.uid, "kind": kind, "replace": replace, "channel": by.channel, **by.who}
        box.record("a", "member.card_added", data, mode=by.mode, private={"card": code})
        _audit(box, "member_card_added", member, by, kind=kind)


def block_card(box: Box, member: Member, ref: str, by: By) -> None:
    """A card (by its reference, see card_ref) is good no more. ShopError: member_training, card_gone."""
    _real(by)
    with box.transaction() as db:
        code = next((c for c in members.numbers_of(db, member.id) if card_ref(c) == ref), None)
        if code is None:
            raise ShopError("card_gone", status=404)
        _block(box, member, code, by, "lost")


def add_note(box: Box, member: Member, text: str, by: By) -> None:
    """A short note for whoever serves the member next. ShopError: member_training, note_…, notes_many."""
    _real(by)
    note = texts.note(text)
    with box.transaction() as db:
        held = row(db, "SELECT COUNT(*) FROM member_note WHERE member = ?", (member.id,))
        if held and held[0] >= MAX_NOTES:
            raise ShopError("notes_many", most=MAX_NOTES)
        db.execute_sql(
            "INSERT INTO member_note (member, body, staff, at_us) VALUES (?, ?, ?, ?)",
            (member.id, note, by.person.id if by.person else None, box.env.clock.now_us()),
        )
        data = {"member": member.uid, "channel": by.channel, **by.who}
        box.record("a", "member.noted", data, mode=by.mode, private={"note": note})


def drop_note(box: Box, member: Member, note: int, by: By) -> None:
    """Take a note away. ShopError: member_training, note_gone."""
    _real(by)
    with box.transaction() as db:
        if row(db, "SELECT 1 FROM member_note WHERE id = ? AND member = ?", (note, member.id)) is None:
            raise ShopError("note_gone", status=404)
        db.execute_sql("DELETE FROM member_note WHERE id = ?", (note,))
        data = {"member": member.uid, "channel": by.channel, **by.who}
        box.record("a", "member.note_dropped", data, mode=by.mode)


def whole_phone(box: Box, member: Member, by: By) -> str | None:
    """The whole number, where the shop keeps it; who looked is written to the audit. None where it isn't kept."""
    found = row(box.db, "SELECT phone_sealed FROM member WHERE id = ?", (member.id,))
    if found is None or found[0] is None:
        return None
    with box.transaction():
        _audit(box, "member_phone_seen", member, by)
    return vault.unseal(box, found[0], member.uid)


def good_card(text: str) -> str:
    """The code of a card that may be given to a member. ShopError("card_wrong")."""
    code = text.strip().upper()
    if codes.identify(code, ()).kind != "member" and not codes.is_chip(code):
        raise ShopError("card_wrong", status=422)
    return code


def card_ref(code: str) -> str:
    """What a page calls a card by, so that it need not be told the number."""
    return hashlib.sha256(code.encode()).hexdigest()[:16]


def _block(box: Box, member: Member, code: str, by: By, why: str) -> None:
    box.db.execute_sql("UPDATE member_card SET state = 'blocked' WHERE code = ?", (code,))
    data = {"member": member.uid, "why": why, "channel": by.channel, **by.who}
    box.record("a", "member.card_blocked", data, mode=by.mode, private={"card": code})
    _audit(box, "member_card_blocked", member, by, why=why)


def _free_card(box: Box, code: str) -> None:
    found = members.holder(box.db, code)
    if found is None:
        return
    if found[0] == "active" and found[2] == "active":
        raise _known(box, found[1], "card")
    raise ShopError("card_blocked")  # once lost, it could come back in other hands


def _free_phone(box: Box, phone: str, whose: int = 0) -> None:
    """ShopError("member_known") when it is another member's. One who left or was merged keeps no number."""
    hashed = members.phone_hash(box, phone)
    found = row(box.db, "SELECT id, uid, state FROM member WHERE phone_hash = ?", (hashed,))
    if found is None or found[0] == whose:
        return
    if found[2] == "active":
        raise _known(box, found[1], "phone")
    box.db.execute_sql("UPDATE member SET phone_hash = NULL WHERE id = ?", (found[0],))


def _known(box: Box, uid: str, by: str) -> ShopError:
    """Who has it already, as a cashier may see them: the screen offers them instead."""
    member = members.by_uid(box.db, uid)
    assert member is not None
    return ShopError("member_known", member=uid, by=by, name=member.masked, phone=member.phone)


def _set_phone(box: Box, member: Member, phone: str) -> None:
    if phone:
        _free_phone(box, phone, member.id)
    box.db.execute_sql(
        "UPDATE member SET phone_hash = ?, phone_prefix = ?, phone_last4 = ?, phone_sealed = NULL, phone_claim = NULL "
        "WHERE id = ?",
        (members.phone_hash(box, phone) if phone else None, phone[:3] or None, phone[-4:] or None, member.id),
    )
    _seal(box, member.id, phone)


def _seal(box: Box, member: int, phone: str) -> None:
    """Keep the whole number where the shop wants to call members."""
    if not phone or not box.rules.keep_phone:
        return
    found = row(box.db, "SELECT uid FROM member WHERE id = ?", (member,))
    assert found is not None
    sealed = vault.seal(box, phone, found[0])
    box.db.execute_sql("UPDATE member SET phone_sealed = ? WHERE id = ?", (sealed, member))


def _audit(box: Box, action: str, member: Member, by: By, **detail: Any) -> None:
    audit.note(
        box, action, by.person, lane=by.lane, approver=by.approver, mode=by.mode, member=member.uid, **detail
    )  # fmt: skip


def _real(by: By) -> None:
    if by.mode == "training":
        raise ShopError("member_training")
