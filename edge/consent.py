"""Consent, given and withdrawn: one row a change, one event, and what it means for what was learned, at once.

Each purpose is asked for by itself, in words with a version (v1, v2 … at the end of their key): a record says which
text was agreed to. A text that has been read to somebody is never edited; a better one is the next version.
"""

from __future__ import annotations

from typing import Any

from edge import family
from edge.base.i18n import t
from edge.base.sqlite import row
from edge.box import Box
from edge.members import PURPOSES, TEXT_VERSION
from edge.recommend import model


def set_consent(
    box: Box, member: int, purpose: str, granted: bool, channel: str, mode: str = "live", **who: str | None
) -> None:
    """Record the member's will, inside the caller's transaction. ValueError for an unknown purpose.

    Withdrawing "offers" also forgets what was learned of her; granting it again lets learning begin anew. Withdrawing
    "birthday" forgets the day. who: staff and lane, for the event.
    """
    if purpose not in PURPOSES:
        raise ValueError(f"purpose {purpose!r} is not one of {', '.join(PURPOSES)}")
    db = box.db
    found = row(db, "SELECT uid FROM member WHERE id = ?", (member,))
    if found is None:
        raise ValueError(f"there is no member {member}")
    db.execute_sql(
        "INSERT INTO consent (member, purpose, granted, text_version, at_us, channel) VALUES (?, ?, ?, ?, ?, ?)",
        (member, purpose, int(granted), TEXT_VERSION, box.env.clock.now_us(), channel),
    )
    data = {
        "member": found[0], "purpose": purpose, "granted": granted, "text_version": TEXT_VERSION, "channel": channel,
        **who,
    }  # fmt: skip
    box.record("a", "consent.changed", data, mode=mode)
    if purpose == "offers" and not granted:
        model.forget(db, member)
    if purpose == "birthday" and not granted:
        db.execute_sql("UPDATE member SET birthday = NULL WHERE id = ?", (member,))
    if purpose == "points" and not granted:
        family.settle(box, family.name_of(db, member), family.By(channel, mode=mode))


def text(lang: str, purpose: str, version: int = TEXT_VERSION) -> str:
    """What is read to a member about a purpose, in that version of the text."""
    return t(lang, f"member.consent_{purpose}_v{version}")


def texts(lang: str) -> list[dict[str, Any]]:
    """[{purpose, title, text, version}]: what is asked today."""
    return [
        {"purpose": p, "title": t(lang, f"member.purpose_{p}"), "text": text(lang, p), "version": TEXT_VERSION}
        for p in PURPOSES
    ]
