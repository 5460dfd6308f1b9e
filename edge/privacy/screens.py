"""What the screens do when a member was erased or merged: carts become the survivor's or nobody's, kiosks forget.

The sale looks again inside its own transaction, so this is only about what is shown; therefore nothing here waits for
the lock of a lane whose own thread may be waiting for another's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from edge.base.sqlite import row
from edge.kiosk import Kiosk
from edge.lane import LaneState

PATIENCE_S = 1.0


def follow(tills: Mapping[str, LaneState], kiosks: Mapping[str, Kiosk], gone: Iterable[int], kept: int | None) -> None:
    """gone: row ids that are nobody's any more; kept: whose they became, None when they were erased."""
    members = set(gone)
    for till in tills.values():
        if till.basket.member in members:
            till.basket.member = kept
        if till.done is not None and till.done.member and _of(till, till.done.sale) in members:
            till.done = replace(till.done, member="")
    for kiosk in kiosks.values():
        if kiosk.visit.member in members:
            kiosk.drop(PATIENCE_S)


def _of(till: LaneState, sale: int) -> int | None:
    found = row(till.box.db, "SELECT member FROM sale WHERE id = ?", (sale,))
    return found[0] if found else None
