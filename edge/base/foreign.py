"""An entry of the points' ledger as headquarters passes it on to a box: what both sides must mean the same by."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Foreign:
    """An entry as headquarters passes it on. lot, reverses and came_from are names of entries."""

    name: str
    member: str
    lot: str
    points: int
    score: int
    reason: str
    at_us: int
    rule: int = 0
    expires_on: str | None = None
    available_on: str | None = None
    reverses: str | None = None
    came_from: str | None = None
