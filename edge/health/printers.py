"""What does each printer say of itself, and does paper wait for it?"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

from edge.health.base import Check, DeviceFact, Finding, House, fail, ok, warn
from edge.health.database import read_only

_JOBS = (
    "SELECT state, COUNT(*) FROM print_job WHERE printer = ? AND state IN ('queued', 'uncertain', 'failed') GROUP BY 1"
)


class PrintersCheck(Check):
    name = "printers"
    patience_s = 12.0

    def run(self, house: House) -> Iterator[Finding]:
        assert house.config is not None
        printers = [device for device in house.devices() if device.kind == "printer"]
        for device in printers:
            yield _state(device)
            jobs = _jobs(house, device.name)
            if waiting := jobs.get("queued", 0):
                yield warn("waiting", device=device.name, n=waiting)
            if unclear := jobs.get("uncertain", 0) + jobs.get("failed", 0):
                yield warn("unclear", device=device.name, n=unclear)
        silent = [lane.id for lane in house.config.lanes if lane.printer is None and lane.kind == "till"]
        if silent:
            yield ok("paperless", lanes=", ".join(silent))


def _state(device: DeviceFact) -> Finding:
    """A printer that can't answer is no fault; one that answers "no paper" is."""
    status = device.printer or "unknown"
    if device.state == "refused":
        return fail("refused", device=device.name, why=device.detail)
    if status in ("offline", "no_paper", "cover_open"):
        return fail(status, device=device.name, why=device.detail or "–")
    if status == "paper_low":
        return warn("paper_low", device=device.name)
    return ok("good" if status == "ok" else "silent", device=device.name)


def _jobs(house: House, printer: str) -> dict[str, int]:
    assert house.config is not None
    try:
        with closing(read_only(house.config.database)) as db:
            return dict(db.execute(_JOBS, (printer,)).fetchall())
    except sqlite3.Error:
        return {}
