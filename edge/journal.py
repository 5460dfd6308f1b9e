"""The journal: event log, outbox and audit chain in one append-only table.

An event is (box, epoch, stream, seq). Its body is written once, hashed and sent verbatim. Personal data travels beside
the body and enters the chain only as a salted digest, so erasing it leaves the chain verifiable.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from peewee import SqliteDatabase

from edge.base.chain import chain_hash, genesis
from edge.base.clock import iso
from edge.base.sqlite import row, rows
from edge.env import Env

STREAMS = ("a", "b", "c")
_INSERT = (
    "INSERT INTO journal (epoch, stream, seq, body, hash, private, salt, private_digest) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_HEAD = "SELECT seq, hash FROM journal WHERE epoch = ? AND stream = ? ORDER BY seq DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Source:
    """Whose journal: one a box and epoch."""

    tenant: str
    box: str
    epoch: str

    def of(self, stream: str) -> str:
        return f"/tillbox/{self.tenant}/{self.box}/{self.epoch}/{stream}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One stored event. private and salt are None when there was none or it was erased; the digest stays."""

    epoch: str
    stream: str
    seq: int
    body: str
    hash: bytes
    private: str | None
    salt: bytes | None
    private_digest: bytes | None


def head(db: SqliteDatabase, source: Source, stream: str) -> tuple[int, bytes]:
    """(seq, hash) of the newest event of a stream; (0, genesis) before the first."""
    found = row(db, _HEAD, (source.epoch, stream))
    return (found[0], found[1]) if found else (0, genesis(source.of(stream)))


def append(
    db: SqliteDatabase,
    env: Env,
    source: Source,
    stream: str,
    kind: str,
    data: dict[str, Any],
    *,
    mode: str = "live",
    private: dict[str, Any] | None = None,
    after: tuple[int, bytes] | None = None,
) -> int:
    """Write the next event inside the caller's transaction; returns its seq.

    after: the stream's head, when the caller has read it in this transaction. data holds no float (NaN would be null).
    """
    seq, previous = after or head(db, source, stream)
    seq += 1
    clock = env.clock
    body = orjson.dumps(
        {
            "specversion": "1.0", "id": str(seq), "source": source.of(stream), "type": kind,
            "time": iso(clock.now_us()), "clock": clock.quality(), "v": 1, "mode": mode, "data": data,
        }
    )  # fmt: skip
    text, salt, digest = None, None, None
    if private is not None:
        told = orjson.dumps(private)
        salt = env.rng.getrandbits(128).to_bytes(16, "big")
        text, digest = told.decode(), hashlib.sha256(salt + told).digest()
    value = chain_hash(previous, stream, seq, body, digest)
    db.execute_sql(_INSERT, (source.epoch, stream, seq, body.decode(), value, text, salt, digest))
    return seq


def floor(db: SqliteDatabase, source: Source, stream: str) -> tuple[int, bytes]:
    """(seq, hash) that a stream's first kept event goes on from: (0, genesis) unless retention cut something off."""
    found = row(db, "SELECT seq, hash FROM journal_floor WHERE epoch = ? AND stream = ?", (source.epoch, stream))
    return (found[0], found[1]) if found else (0, genesis(source.of(stream)))


def read(db: SqliteDatabase, epoch: str, stream: str, after: int, limit: int = 500) -> list[Entry]:
    """Up to limit events with seq > after, in order."""
    found = rows(
        db,
        "SELECT epoch, stream, seq, body, hash, private, salt, private_digest FROM journal "
        "WHERE epoch = ? AND stream = ? AND seq > ? ORDER BY seq LIMIT ?",
        (epoch, stream, after, limit),
    )
    return [Entry(*values) for values in found]


def verify(db: SqliteDatabase, source: Source) -> Iterator[str]:
    """Walk every chain of the source's epoch; yield one sentence for each event that does not fit."""
    for stream in STREAMS:
        expected, previous = floor(db, source, stream)
        expected += 1
        for entry in _walk(db, source.epoch, stream, expected - 1):
            if entry.seq != expected:
                yield f"stream {stream}: event {expected} is missing"
                previous, expected = entry.hash, entry.seq + 1
                continue
            if entry.hash != chain_hash(previous, stream, entry.seq, entry.body.encode(), entry.private_digest):
                yield f"stream {stream}: event {entry.seq} was changed"
            elif entry.private is not None and _digest(entry) != entry.private_digest:
                yield f"stream {stream}: the private part of event {entry.seq} was changed"
            previous, expected = entry.hash, expected + 1


def _walk(db: SqliteDatabase, epoch: str, stream: str, after: int) -> Iterator[Entry]:
    while batch := read(db, epoch, stream, after):
        yield from batch
        after = batch[-1].seq


def _digest(entry: Entry) -> bytes:
    return hashlib.sha256((entry.salt or b"") + (entry.private or "").encode()).digest()
