"""Whether the books are as they were written: every event by the hash chain, every row by the event that tells of it.

A chain proves that no event was changed, and so each row can be held to its event: documents with lines, tenders, tax,
points and stored value, stock moves, Z reports, money moved, what the audit lists. It only reads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from edge import evidence_rows
from edge.base.chain import chain_hash
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.journal import STREAMS, Entry, Source, floor, read
from edge.sales import receipt_number

_HASH = "SELECT hash FROM journal WHERE epoch = ? AND stream = ? AND seq = ?"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was written. slug selects the words evidence.<slug>, params fill them."""

    slug: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Checked:
    """What was looked at: events and rows of each kind."""

    events: int = 0
    rows: int = 0


def check(box: Box, checked: Checked | None = None) -> Iterator[Finding]:
    """Everything that does not fit, in the order of the journal; then rows that no event tells of, and sums."""
    seen, counted = evidence_rows.Seen(), checked or Checked()
    for n, epoch in rows(box.db, "SELECT n, uid FROM epoch ORDER BY n"):
        source = Source(box.source.tenant, box.source.box, epoch)
        for stream in STREAMS:
            yield from _stream(box, source, n, stream, seen, counted)
    counted.rows = len(seen.sales) + len(seen.entries) + len(seen.moves) + len(seen.reports) + len(seen.notes)
    for slug, params in evidence_rows.untold(box, seen):
        yield Finding(slug, params)
    yield from _acknowledged(box)


def _stream(
    box: Box, source: Source, series: int, stream: str, seen: evidence_rows.Seen, counted: Checked
) -> Iterator[Finding]:
    expected, previous = floor(box.db, source, stream)
    expected += 1
    for entry in _walk(box, source.epoch, stream, expected - 1):
        counted.events += 1
        where: dict[str, Any] = {"stream": stream, "seq": entry.seq, "epoch": source.epoch}
        if entry.seq != expected:
            yield _missing(box, source.epoch, series, stream, expected, entry.seq - 1)
        elif _hash(previous, stream, entry) != entry.hash:
            yield Finding("event_changed", {**where, "what": _about(entry.body)})
            seen.skip(entry.body)
            previous, expected = entry.hash, entry.seq + 1
            continue
        if entry.private is not None and _digest(entry) != entry.private_digest:
            yield Finding("private_changed", where)
        for slug, params in evidence_rows.compare(box, source.epoch, series, entry, seen):
            yield Finding(slug, {**where, **params})
        previous, expected = entry.hash, entry.seq + 1


def _walk(box: Box, epoch: str, stream: str, after: int) -> Iterator[Entry]:
    while batch := read(box.db, epoch, stream, after):
        yield from batch
        after = batch[-1].seq


def _hash(previous: bytes, stream: str, entry: Entry) -> bytes:
    return chain_hash(previous, stream, entry.seq, entry.body.encode(), entry.private_digest)


def _digest(entry: Entry) -> bytes:
    return hashlib.sha256((entry.salt or b"") + (entry.private or "").encode()).digest()


def _about(body: str) -> str:
    """What a changed event says that it is about: a hint only, for it was changed."""
    try:
        told = orjson.loads(body)
        receipt = told["data"]["sale"]["receipt"] if "sale" in told["data"] else ""
        return f"{told['type']} {receipt}".strip()
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return "?"


def _missing(box: Box, epoch: str, series: int, stream: str, first: int, last: int) -> Finding:
    """Events that are gone, and the receipt that the first of them was about, if there was one."""
    receipt = "-"
    if stream == "a":
        found = row(box.db, "SELECT lane, series, number FROM sale WHERE seq = ? AND series = ?", (first, series))
        receipt = receipt_number(box, *found) if found else "-"
    params = {"stream": stream, "first": first, "last": last, "epoch": epoch, "what": receipt}
    return Finding("event_missing" if first == last else "events_missing", params)


def _acknowledged(box: Box) -> Iterator[Finding]:
    """What headquarters has acknowledged must still be there as it was: the end of a chain can be cut off unseen."""
    cursors = "SELECT stream, epoch, acked, head FROM sync_cursor WHERE acked > 0 AND head IS NOT NULL ORDER BY stream"
    for stream, epoch, acked, head in rows(box.db, cursors):
        found = row(box.db, _HASH, (epoch, stream, acked))
        if found is None or found[0] != head:
            yield Finding("head_changed", {"stream": stream, "seq": acked, "epoch": epoch})
