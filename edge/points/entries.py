"""An entry of the points' ledger: a row, and what its event says of it. Entries are only ever added.

Reasons: earn, return, reverse (of a void), redeem, restore (what was redeemed comes back), adjust, expire, fill (a debt
is filled from another lot), transfer, merge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from edge.base.sqlite import row
from edge.box import Box
from edge.db import bump

Record = tuple[Any, ...]

INSERT = (
    "INSERT INTO ledger (id, member, lot, points, score, reason, sale, rule_version, expires_on, at_us, reverses, "
    "available_on, came_from, n) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def entry(
    number: int, member: int, lot: int, points: int, reason: str, at_us: int, *, score: int = 0,
    sale: int | None = None, rule: int = 0, expires_on: str | None = None, reverses: int | None = None,
    available_on: str | None = None, came_from: int | None = None, n: int | None = None,
) -> Record:  # fmt: skip
    """One entry as its row (ids are row ids, dates ISO text); a lot's first entry has the lot's number."""
    return (
        number, member, lot, points, score, reason, sale, rule, expires_on, at_us, reverses, available_on, came_from, n
    )  # fmt: skip


def told(
    entries: Iterable[Record], uids: Mapping[int, str], own: str | None = None, names: Mapping[int, str] | None = None
) -> list[dict[str, Any]]:
    """The entries as an event says them. uids: of members by row id; own: of all others; names: see names_of()."""
    found = []
    for e in entries:
        said = {
            "id": e[0], "member": uids.get(e[1], own), "lot": e[2], "points": e[3], "score": e[4], "reason": e[5],
            "rule": e[7], "expires": e[8], "reverses": e[10],
        }  # fmt: skip
        if e[11] is not None or e[12] is not None or e[13] is not None:
            said |= {"available": e[11], "from": e[12], "n": e[13]}
        if names and (of := {key: names[n] for key, n in (("lot", e[2]), ("reverses", e[10]), ("from", e[12]))
                             if n in names}):
            said["of"] = of
        found.append(said)
    return found


def names_of(box: Box, entries: Iterable[Record]) -> dict[int, str]:
    """What other boxes call those of our rows that the entries name and that are theirs (see edge/points/remote.py)."""
    found = {}
    for number in {n for e in entries if e[2] != e[0] or e[12] is not None for n in (e[2], e[10], e[12]) if n}:
        known = row(box.db, "SELECT name FROM ledger_origin WHERE entry = ?", (number,))
        if known is not None:
            found[number] = str(known[0])
    return found


def next_number(box: Box) -> int:
    """The row id of the next entry. Inside a transaction."""
    found = row(box.db, "SELECT COALESCE(MAX(id), 0) + 1 FROM ledger")
    return int(found[0]) if found else 1


def uids_of(box: Box, entries: Iterable[Record]) -> dict[int, str]:
    """The uids of the entries' members by row id."""
    found: dict[int, str] = {}
    for number in {e[1] for e in entries}:
        known = row(box.db, "SELECT uid FROM member WHERE id = ?", (number,))
        assert known is not None
        found[number] = known[0]
    return found


def book(box: Box, kind: str, entries: list[Record], mode: str = "live", **data: Any) -> int:
    """Write entries that belong to no document, with their event points.<kind>, inside the caller's transaction.

    data: further fields of the event, nothing personal. Returns the event's seq.
    """
    box.db.connection().executemany(INSERT, entries)
    ledger = told(entries, uids_of(box, entries), None, names_of(box, entries))
    bump(box.db, "points")  # screens where the member is shown
    return box.record("a", f"points.{kind}", {**data, "ledger": ledger}, mode=mode)
