"""The box's database as sync sees it: it reads the journal and writes its own cursor and state, nothing else.

Names in ``sync_state``: connected (1/0), hq (online/offline/unknown), error, verdict (ok/regressed/clone),
answered_us (last valid answer of headquarters), counter (last answer's term:n), refused (answers refused so far),
refused_why.
"""

from __future__ import annotations

from peewee import SqliteDatabase

from edge import journal
from edge.base.chain import genesis, source_name
from edge.base.sqlite import row, rows
from sync.messages import Event, Head
from sync.topics import STREAMS

_CURSOR = "SELECT stream, epoch, acked, head FROM sync_cursor"
_PUT_CURSOR = (
    "INSERT OR REPLACE INTO sync_cursor (stream, epoch, acked, head, acked_us, hq) VALUES (?, ?, ?, ?, ?, ?)"
)
_PUT_STATE = "INSERT OR REPLACE INTO sync_state (name, value) VALUES (?, ?)"
_HASH = "SELECT hash FROM journal WHERE epoch = ? AND stream = ? AND seq = ?"
_FLOOR = "SELECT hash FROM journal_floor WHERE epoch = ? AND stream = ? AND seq = ?"
_HEAD = "SELECT seq, hash FROM journal WHERE epoch = ? AND stream = ? ORDER BY seq DESC LIMIT 1"


class BoxStore:
    """Short statements only: the till's writes never wait for sync."""

    def __init__(self, db: SqliteDatabase, tenant: str, box: str) -> None:
        self.db, self.tenant, self.box = db, tenant, box
        self._state: dict[str, str] = {}

    def epochs(self) -> list[str]:
        """All epochs of this box, oldest first."""
        return [uid for (uid,) in rows(self.db, "SELECT uid FROM epoch ORDER BY n")]

    def start(self, epoch: str, stream: str) -> Head:
        """What stands before the first event."""
        return Head(0, genesis(source_name(self.tenant, self.box, epoch, stream)))

    def head(self, epoch: str, stream: str) -> Head:
        """The newest event of a stream."""
        found = row(self.db, _HEAD, (epoch, stream))
        return Head(found[0], found[1]) if found else self.start(epoch, stream)

    def at(self, epoch: str, stream: str, seq: int) -> Head | None:
        """The chain at one seq, or None when there is no such event."""
        if seq == 0:
            return self.start(epoch, stream)
        found = row(self.db, _HASH, (epoch, stream, seq)) or row(self.db, _FLOOR, (epoch, stream, seq))
        return Head(seq, found[0]) if found else None

    def events(self, epoch: str, stream: str, after: int, limit: int) -> list[Event]:
        """The next events of a stream, their bodies as they were written."""
        return [
            Event(e.seq, e.body.encode(), e.hash, e.private_digest, e.salt, e.private)
            for e in journal.read(self.db, epoch, stream, after, limit)
        ]

    def cursors(self) -> dict[str, tuple[str, Head]]:
        """Epoch and acknowledged head by stream, for those that have a cursor."""
        return {
            stream: (epoch, Head(acked, head) if head else self.start(epoch, stream))
            for stream, epoch, acked, head in rows(self.db, _CURSOR)
        }

    def save(self, cursors: dict[str, tuple[str, Head]], now_us: int, hq: str, **state: str) -> None:
        """Move cursors and note state in one transaction."""
        with self.db.atomic():
            for stream, (epoch, head) in cursors.items():
                self.db.execute_sql(_PUT_CURSOR, (stream, epoch, head.seq, head.hash, now_us, hq))
            self._write(state)

    def note(self, **state: str) -> None:
        """Write what changed of the state, if anything."""
        if any(self._state.get(name) != value for name, value in state.items()):
            with self.db.atomic():
                self._write(state)

    def _write(self, state: dict[str, str]) -> None:
        for name, value in state.items():
            if self._state.get(name) != value:
                self.db.execute_sql(_PUT_STATE, (name, value))
                self._state[name] = value

    def state(self) -> dict[str, str]:
        """Every noted name and value."""
        self._state = dict(rows(self.db, "SELECT name, value FROM sync_state"))
        return dict(self._state)

    def moved(self) -> int:
        """A number that changes when another connection committed (a hint, 3 µs)."""
        found = row(self.db, "PRAGMA data_version")
        return int(found[0]) if found else 0

    def pending(self) -> dict[str, int]:
        """Events that headquarters has not acknowledged, by stream, over all epochs not yet finished."""
        cursors = self.cursors()
        found = dict.fromkeys(STREAMS, 0)
        order = self.epochs()
        for stream in STREAMS:
            epoch, acked = cursors.get(stream, (order[0] if order else "", Head(0, b"")))
            later = order[order.index(epoch) + 1 :] if epoch in order else []
            found[stream] = max(0, self.head(epoch, stream).seq - acked.seq) if epoch else 0
            found[stream] += sum(self.head(name, stream).seq for name in later)
        return found
