"""What the shop knows of the member at the kiosk: shown in figures, printed in full, erased for good.

A card alone shows no more than the kiosk shows anyway, for it may have been found. Paper and erasure want the last four
digits of the member's phone, too; guessing them is as slow as guessing a PIN, and ends the visit.
"""

from __future__ import annotations

import hmac
from typing import Any

from edge import audit, members
from edge.args import text
from edge.base.i18n import t
from edge.base.ids import new_uid
from edge.base.sqlite import row
from edge.box import Box
from edge.errors import ShopError
from edge.export_rows import instant
from edge.guard import Guard
from edge.kiosk_state import Command, KioskState, Panel
from edge.privacy import erase, give
from edge.privacy.told import about

WAIT_S = 0.3
_COUNTED = ("cards", "points", "sales", "declined", "learned", "written")


def print_mine(kiosk: KioskState, args: dict[str, Any]) -> None:
    """{digits}: all of it on paper. ShopError: digits_wrong, no_printer, member_training."""
    if not _proved(kiosk, args):
        return
    give.on_paper(
        kiosk.box, kiosk.member(), new_uid(kiosk.box.env.rng), kiosk.visit.lang, None, lane=kiosk.lane.id,
        printer=kiosk.lane.printer, channel="kiosk",
    )  # fmt: skip
    kiosk.visit.kept["printed"] = kiosk.visit.kept.get("printed", 0) + 1
    kiosk.visit.notice = "mine_printing"


def erase_mine(kiosk: Any, args: dict[str, Any]) -> None:
    """{digits}: erase it for good. ShopError: digits_wrong, member_training, and what erase.erase() may refuse."""
    if kiosk.lane.mode == "training":
        raise ShopError("member_training")
    if not _proved(kiosk, args):
        return
    erase.erase(kiosk.box, kiosk.visit.member, None, channel="kiosk", lane=kiosk.lane.id, mode=kiosk.lane.mode)
    kiosk.leave()
    kiosk.visit.notice = "mine_erased" if erase.finish(kiosk.box, WAIT_S) else "mine_erasing"


def _facts(kiosk: KioskState, lang: str) -> dict[str, Any]:
    """{facts: [{name, value}], agreed: [..], print, phone, printed}. No line of any purchase is among them."""
    box, member = kiosk.box, members.by_id(kiosk.box.db, kiosk.member())
    if member is None:
        return {"facts": [], "agreed": [], "print": False, "phone": False, "printed": 0}
    known = row(box.db, "SELECT birthday, joined_us FROM member WHERE id = ?", (member.id,)) or (None, None)
    sections = {section.id: len(section.lines) for section in about(box, member.id, lang)}
    sections["sales"] = _sales(box, member.id)
    facts = [
        (t(lang, "privacy.i_name"), member.masked), (t(lang, "privacy.i_phone"), member.covered),
        (t(lang, "privacy.i_birthday"), known[0]), (t(lang, "privacy.i_joined"), (instant(box, known[1]) or "")[:10]),
        *((t(lang, f"privacy.s_{name}"), str(sections[name])) for name in _COUNTED if sections.get(name)),
    ]  # fmt: skip
    agreed = [p for p in members.PURPOSES if members.has_consent(box.db, member.id, p)]
    return {
        "facts": [{"name": name, "value": value} for name, value in facts if value],
        "agreed": [t(lang, f"member.purpose_{purpose}") for purpose in agreed],
        "print": kiosk.lane.printer is not None, "phone": bool(member.phone),
        "printed": kiosk.visit.kept.get("printed", 0),
    }  # fmt: skip


def _proved(kiosk: Any, args: dict[str, Any]) -> bool:
    """Whether the last four digits are the member's. ShopError("digits_wrong"); False when the visit is over.

    Wrong ones are counted over all visits and screens, together with those for rewards (see kiosk_rewards).
    """
    box, said, guard = kiosk.box, text(args, "digits", 8), Guard(kiosk.box)
    uid, last4 = row(box.db, "SELECT uid, phone_last4 FROM member WHERE id = ?", (kiosk.member(),)) or ("", None)
    key = f"kiosk:{uid}"
    good, waits = False, dict[str, int]()
    if not guard.wait_s(key):
        good = bool(last4) and hmac.compare_digest(said.encode(), str(last4).encode())
        with box.transaction():
            waits = guard.note(good, key)
            if waits:
                audit.note(box, "kiosk_digits", None, lane=kiosk.lane.id, mode=kiosk.lane.mode, member=uid)
        if not good and not waits:
            raise ShopError("digits_wrong", status=422)
    if not good:
        kiosk.leave()
        kiosk.visit.notice = "wait"
    return good


def _sales(box: Box, member: int) -> int:
    found = row(
        box.db, "SELECT COUNT(*) FROM sale WHERE member IN (SELECT id FROM member WHERE id = ?1 OR merged = ?1)",
        (member,),
    )  # fmt: skip
    return int(found[0]) if found else 0


COMMANDS = {"mine/print": Command(print_mine), "mine/erase": Command(erase_mine)}
PANEL = Panel("mine", "id-card", _facts, wide=False)
