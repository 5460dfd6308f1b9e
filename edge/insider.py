"""The same member on many sales within an hour may be a cashier's own card on strangers' sales (F122).

Nothing is blocked, for it may be a regular on market day: an audit record is made, once an hour and member. It is found
after the sale, in a thread of its own; no sale waits for it.
"""

from __future__ import annotations

from typing import Any

from edge.audit import note
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.people import Person
from edge.woken import Woken

HOUR_US = 3_600_000_000
# More documents than this no box makes in an hour; so no look reads more rows, however old the shop is.
LATEST = 2_000
_OFTEN = (
    "SELECT member, MAX(id) FROM sale WHERE id > (SELECT MAX(id) FROM sale) - ? AND member IS NOT NULL "
    "AND kind = 'sale' AND mode <> 'training' AND at_us > ? GROUP BY member HAVING COUNT(*) > ?"
)
_SALES = (
    "SELECT s.uid, s.lane, s.mode, p.id, p.uid, p.name_zh, p.name_en, p.role "
    "FROM sale s JOIN staff p ON p.id = s.staff WHERE s.id > (SELECT MAX(id) FROM sale) - ? AND s.member = ? "
    "AND s.kind = 'sale' AND s.mode <> 'training' AND s.at_us > ? ORDER BY s.id"
)
_TOLD = (
    "SELECT 1 FROM audit WHERE action = 'member_often' AND at_us > ? AND json_extract(detail, '$.member') = "
    "(SELECT uid FROM member WHERE id = ?)"
)


class Insider(Woken):
    """The supervised loop."""

    every_s = 30.0

    def __init__(self, box: Box) -> None:
        super().__init__(box)
        self._looked: dict[int, int] = {}  # member -> their newest sale when they were looked at

    def look(self) -> None:
        """Find the members who bought too often within the last hour (by the wall clock, as it stands on the sales)."""
        since_us = self.box.env.clock.now_us() - HOUR_US
        found = dict(rows(self.box.db, _OFTEN, (LATEST, since_us, self.box.rules.member_sales_per_hour)))
        for member, newest in found.items():
            if self._looked.get(member) != newest:
                self._tell(member, since_us)
        self._looked = found

    def _tell(self, member: int, since_us: int) -> None:
        box = self.box
        with box.transaction() as db:
            if row(db, _TOLD, (since_us, member)):
                return
            sales = rows(db, _SALES, (LATEST, member, since_us))
            uids, lanes, modes, *_, people, _, _, _ = ([*column] for column in zip(*sales, strict=True))
            known = row(db, "SELECT uid FROM member WHERE id = ?", (member,))
            assert known is not None
            facts: dict[str, Any] = {
                "member": known[0], "n": len(sales), "sales": uids, "people": list(dict.fromkeys(people)),
                "lanes": list(dict.fromkeys(lanes)),
            }  # fmt: skip
            note(box, "member_often", Person(*sales[-1][3:]), lane=lanes[-1], mode=modes[-1], **facts)
