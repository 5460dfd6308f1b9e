"""Consent, given and withdrawn: one row a change, one event, and what it means for what was learned, at once."""

from __future__ import annotations

from edge import family
from edge.base.sqlite import row
from edge.box import Box
from edge.members import PURPOSES
from edge.recommend import model

TEXT_VERSION = 1


def set_consent(box: Box, member: int, purpose: str, granted: bool, channel: str, mode: str = "live") -> None:
    """Record the member's will, inside the caller's transaction. ValueError for an unknown purpose.

    Withdrawing "offers" also forgets what was learned of her; granting it again lets learning begin anew.
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
    }  # fmt: skip
    box.record("a", "consent.changed", data, mode=mode)
    if purpose == "offers" and not granted:
        model.forget(db, member)
    if purpose == "points" and not granted:
        family.settle(box, family.name_of(db, member), family.By(channel, mode=mode))
