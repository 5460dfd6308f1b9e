"""What every export passes before its first row leaves the box: who may, how much, and a record of it (F125)."""

from __future__ import annotations

from edge.audit import note
from edge.base.sqlite import row
from edge.box import Box
from edge.errors import ShopError
from edge.people import Person
from edge.permissions import ALLOW, permission

DAY_US = 24 * 3_600 * 1_000_000
_TAKEN = (
    "SELECT COALESCE(SUM(json_extract(detail, '$.rows')), 0) FROM audit WHERE action = 'exported' AND staff = ? "
    "AND json_extract(detail, '$.personal') = 1 AND at_us > ?"
)


def allow_export(
    box: Box, who: Person, what: str, count: int, *, personal: bool = False, lane: str | None = None,
    action: str = "data.export",
) -> None:  # fmt: skip
    """Let `who` take `count` rows of `what` out, and write it down; call it before the file is made.

    personal: rows about members. Of those one person takes export.member_rows_per_day within 24 hours; asking for more
    takes nothing and is written down as well. action: the permission that it takes.
    ShopError: denied, export_cap (with what is left).
    """
    if permission(action, who.role, box.rules.permissions) != ALLOW:
        raise ShopError("denied", status=403)
    limit = box.rules.member_rows_per_day
    with box.transaction():
        left = max(0, limit - taken(box, who)) if personal else count
        done = "exported" if count <= left else "export_refused"
        note(box, done, who, lane=lane, what=what, rows=count, personal=int(personal))
    if count > left:
        raise ShopError("export_cap", status=403, left=left, limit=limit)


def taken(box: Box, who: Person) -> int:
    """How many rows about members this person took out within the last 24 hours (by the wall clock)."""
    found = row(box.db, _TAKEN, (who.id, box.env.clock.now_us() - DAY_US))
    return int(found[0]) if found else 0
