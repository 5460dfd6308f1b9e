"""The inbox: each event of each chain once, in order, with its effect in the same transaction.

Whatever the broker does (loses, doubles, re-orders, delays), the set of events in effect is a prefix of the box's
journal. A gap or a wrong hash asks for the missing part again; a poisonous event is kept dead and blocks nothing.
"""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import dataclass, field
from typing import Any

from edge.base.chain import chain_hash, private_digest, source_name
from sync import codec
from sync.errors import Malformed
from sync.hq.effects import EFFECTS, REFUSALS, SERIES, STATEMENTS, Context, Rows, merged
from sync.hq.store import Source, Store
from sync.messages import EVENT_BYTES, Batch, Event, Head
from sync.topics import Address

log = logging.getLogger(__name__)

_EVENT = (
    "INSERT INTO event (id, source, seq, body, hash, digest, type, mode, state, at_us) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_STATE = 8  # where the state stands in that row
# Of a member who was erased nothing private is taken any more, from whichever box it comes and however late.
_PRIVATE = (
    "INSERT INTO event_private SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM member_erased WHERE uid = ?4)"
)
BROKEN_AFTER = 3  # wrong hashes at one place before the chain is shown as broken


@dataclass
class Taken:
    """What a batch led to, for the answer: heads of the epoch, what to send again, the verdict."""

    upto: dict[str, Head] = field(default_factory=dict)
    resend: dict[str, int] = field(default_factory=dict)
    verdict: str = "ok"
    new: int = 0


class Inbox:
    """Used by the receiver's one thread."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def take(self, sender: Address, batch: Batch) -> Taken:
        """Store what is new of a batch. Raises peewee's or sqlite3's OperationalError when our disk refuses."""
        store, taken = self.store, Taken()
        with store.db.atomic():
            source = store.source(sender.tenant, sender.box, batch.epoch, batch.stream)
            box = store.box(sender.tenant, sender.box)
            if source.state not in ("regressed", "clone"):
                source = self._append(sender, box, source, batch, taken)
            store.db.execute_sql("UPDATE box SET seen_us = ? WHERE id = ?", (store.env.clock.now_us(), box))
            taken.verdict = source.state if source.state != "broken" else "ok"
            taken.upto = {stream: s.at for stream, s in store.sources(box, batch.epoch).items()}
        return taken

    def _append(self, sender: Address, box: int, source: Source, batch: Batch, taken: Taken) -> Source:
        if self._diverges(source, batch):
            log.warning("%s: two histories at one place in epoch %s", sender.box, batch.epoch)
            self.store.condemn(box, batch.epoch, "clone")
            return self.store.sources(box, batch.epoch)[batch.stream]
        upto, head = source.upto, source.head
        fresh = [event for event in batch.events if event.seq > upto]
        if fresh and fresh[0].seq > upto + 1:
            taken.resend[batch.stream] = upto + 1
            self._count(source, "gaps")
            return source
        good = []
        for event in fresh:
            if not _fits(head, batch.stream, event):
                taken.resend[batch.stream] = event.seq
                self._count(source, "mismatches")
                break
            good.append(event)
            upto, head = event.seq, event.hash
        if good:
            name = source_name(sender.tenant, sender.box, batch.epoch, batch.stream)
            self._store(box, source, name, sender, good)
            taken.new = upto - source.upto
            self.store.db.execute_sql(
                "UPDATE source SET upto = ?, head = ?, claimed = max(claimed, ?), at_us = ?, mismatches = 0, "
                "state = 'ok' WHERE id = ?",
                (upto, head, upto, self.store.env.clock.now_us(), source.id),
            )
        return self.store.sources(box, batch.epoch)[batch.stream]

    def _diverges(self, source: Source, batch: Batch) -> bool:
        """Is this another history of a place we know? Only a batch that is whole in itself convicts.

        The last event we share is enough, because each hash covers all before it.
        """
        if batch.first > source.upto + 1 or source.upto == 0:
            return False
        if batch.first == source.upto + 1:
            return batch.prev != source.head and _fits(batch.prev, batch.stream, batch.events[0])
        n = min(source.upto, batch.last) - batch.first
        before = batch.events[n - 1].hash if n else batch.prev
        event = batch.events[n]
        return self.store.hash_at(source.id, event.seq) != event.hash and _fits(before, batch.stream, event)

    def _count(self, source: Source, column: str) -> None:
        statement = {
            "gaps": "UPDATE source SET gaps = gaps + 1 WHERE id = ?",
            "mismatches": "UPDATE source SET mismatches = mismatches + 1 WHERE id = ?",
        }[column]
        self.store.db.execute_sql(statement, (source.id,))
        self.store.db.execute_sql(
            "UPDATE source SET state = 'broken' WHERE id = ? AND mismatches >= ?", (source.id, BROKEN_AFTER)
        )

    def _store(self, box: int, source: Source, name: str, sender: Address, events: list[Event]) -> None:
        """Events with their effects, table by table; if one is refused, again one by one to single it out."""
        con, now = self.store.connection(), self.store.env.clock.now_us()
        (last,) = con.execute("SELECT COALESCE(MAX(id), 0) FROM event").fetchone()
        prepared = [
            _prepare(last + n, event, name, box, source.id, now) for n, event in enumerate(events, 1)
        ]
        if _write(con, prepared):
            for one in prepared:
                problem = _write(con, [one])
                if problem:
                    one.refuse(problem)
                    _write(con, [one])
        for one in prepared:
            if one.problem:
                self.store.dead_letter(sender.box, f"{name}/{one.event.seq}", one.problem, one.event.body)


@dataclass(slots=True)
class _Prepared:
    """An event's own row, its effect's rows, the member it is about, and what is wrong with it."""

    event: Event
    row: list[Any]
    effect: Rows
    about: str | None = None
    problem: str = ""

    def refuse(self, problem: str) -> None:
        self.problem, self.effect, self.row[_STATE] = problem, {}, "dead"


def _prepare(number: int, event: Event, name: str, box: int, source: int, now: int) -> _Prepared:
    """The rows of an event that gets this number in the inbox."""
    row = [number, source, event.seq, event.body, event.hash, event.digest, "", "", "kept", now]
    one = _Prepared(event, row, {})
    try:
        kind, version, mode, data = _read(name, event)
        row[_STATE - 2 : _STATE] = kind, mode
        one.about = uid if isinstance(uid := data.get("member"), str) else None
        effect = EFFECTS.get((kind, version))
        if effect is not None:
            row[_STATE] = "done"
            one.effect = effect(Context(number, box, source, mode, event.private, now), data)
    except REFUSALS as error:
        one.refuse(f"{type(error).__name__}: {error}")
    return one


def _write(con: sqlite3.Connection, prepared: list[_Prepared]) -> str:
    """Write all of them or, when a row is refused, none; "" or why."""
    con.execute("SAVEPOINT events")
    try:
        con.executemany(_EVENT, [one.row for one in prepared])
        con.executemany(
            _PRIVATE,
            [(one.row[0], one.event.salt, one.event.private, one.about) for one in prepared if one.event.private],
        )
        for statement in STATEMENTS:
            rows = [row for one in prepared for row in one.effect.get(statement, ())]
            if rows:
                con.executemany(statement, merged(rows) if statement is SERIES else rows)
    except REFUSALS as error:
        con.execute("ROLLBACK TO events")
        con.execute("RELEASE events")
        return f"{type(error).__name__}: {error}"
    con.execute("RELEASE events")
    return ""


def _fits(head: bytes, stream: str, event: Event) -> bool:
    if event.private is not None and event.digest != private_digest(event.salt or b"", event.private):
        return False
    return event.hash == chain_hash(head, stream, event.seq, event.body, event.digest)


def _read(name: str, event: Event) -> tuple[str, int, str, dict[str, Any]]:
    """(type, version, mode, data) of a body that says it is this very event."""
    body = codec.table(event.body, EVENT_BYTES)
    if body.get("source") != name or body.get("id") != str(event.seq):
        raise Malformed("the body names another event")
    data, mode = body.get("data"), body.get("mode")
    if not isinstance(data, dict) or mode not in ("live", "training", "demo"):
        raise Malformed("data must be an object, mode live, training or demo")
    return codec.text(body.get("type"), "type", 64), codec.whole(body.get("v"), "v", 1, 1000), mode, data
