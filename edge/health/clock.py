"""Is the time right? Receipts, business dates, coupons and expiry hang on it (faults F20 to F26)."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from edge.base.clock import BUILT_US
from edge.health.base import Check, Finding, House, fail, ok, warn
from edge.health.database import read_only

BACK_S, AHEAD_YEARS = 120, 10
_NEWEST = (
    "SELECT max(COALESCE((SELECT MAX(at_us) FROM sale WHERE id > (SELECT MAX(id) FROM sale) - 50), 0), "
    "COALESCE((SELECT MAX(started_us) FROM boot), 0))"
)


class ClockCheck(Check):
    name = "clock"

    def run(self, house: House) -> Iterator[Finding]:
        assert house.config is not None
        now, quality = house.env.clock.now_us(), house.env.clock.quality()
        zone = house.config.store.zone
        shown = datetime.fromtimestamp(now / 1e6, UTC).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")
        newest = _newest_us(house)
        if quality == "unknown" or now <= BUILT_US:
            yield fail("wrong", time=datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%d"))
        elif now - BUILT_US > AHEAD_YEARS * 366 * 86_400_000_000:
            yield fail("wrong", time=shown)
        elif newest - now > BACK_S * 1_000_000:
            yield fail("behind", time=shown, hours=round((newest - now) / 3.6e9, 1))
        elif quality != "synced":
            yield warn("holdover", time=shown, zone=zone)
        else:
            yield ok("synced", time=shown, zone=zone)


def _newest_us(house: House) -> int:
    """When the newest sale or start was, by this box's own books; 0 when there is none."""
    assert house.config is not None
    try:
        with closing(read_only(house.config.database)) as db:
            found = db.execute(_NEWEST).fetchone()
            return int(found[0])
    except sqlite3.Error:
        return 0  # the database's own checks say what is wrong with it
