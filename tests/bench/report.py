"""What a bench hands back: one row a budget, beside the raw reference of the same run."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

HEADER = ("budget", "what", "measured", "reference", "ratio", "limit", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. ok None: told for information, judged by nobody."""

    budget: str
    what: str
    measured: str
    reference: str = ""
    ratio: str = ""
    limit: str = ""
    ok: bool | None = None

    def cells(self) -> tuple[str, ...]:
        said = {True: "ok", False: "OVER", None: ""}[self.ok]
        return (self.budget, self.what, self.measured, self.reference, self.ratio, self.limit, said)


def against(budget: str, what: str, unit: str, measured: float, reference: float, limit: float) -> Row:
    """measured may be `limit` times the reference at most."""
    ratio = measured / reference
    found, beside = f"{measured:.4g} {unit}", f"{reference:.4g} {unit}"
    return Row(budget, what, found, beside, f"{ratio:.2f}", f"≤ {limit:g} ×", ratio <= limit)


def at_least(budget: str, what: str, unit: str, measured: float, reference: float, limit: float) -> Row:
    """measured must be `limit` times the reference at least."""
    ratio = measured / reference
    found, beside = f"{measured:.4g} {unit}", f"{reference:.4g} {unit}"
    return Row(budget, what, found, beside, f"{ratio:.2f}", f"≥ {limit:g} ×", ratio >= limit)


def bound(budget: str, what: str, unit: str, measured: float, limit: float) -> Row:
    """measured may be `limit` at most."""
    return Row(budget, what, f"{measured:.4g} {unit}", "", "", f"≤ {limit:g} {unit}", measured <= limit)


def equal(budget: str, what: str, measured: object, reference: object) -> Row:
    """measured must be the reference."""
    return Row(budget, what, str(measured), str(reference), "", "equal", measured == reference)


def told(budget: str, what: str, measured: str, reference: str = "") -> Row:
    """A figure without a limit."""
    return Row(budget, what, measured, reference)


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which `percent` of them lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def p50(values: Sequence[float]) -> float:
    return statistics.median(values)


def table(rows: Sequence[Row]) -> str:
    """All rows as aligned text."""
    cells = [HEADER, *(row.cells() for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(HEADER))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])
