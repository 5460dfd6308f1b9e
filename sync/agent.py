"""The box's side: brings the journal to headquarters; moves the cursor when headquarters says, signed, it has it.

A PUBACK moves nothing: brokers lose what they acknowledged. A dead broker, a silent or a lying headquarters
cost the till nothing: the journal keeps every event, and this process alone waits.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from peewee import DatabaseError

from edge.base.config import Config, ConfigError, HqLink, load
from edge.base.ids import new_uid
from edge.base.notify import Notifier
from edge.base.sqlite import open_database
from edge.db import check_schema, exclusive
from edge.env import Env
from edge.errors import AlreadyRunning
from edge.errors import SchemaMismatch as BoxSchemaMismatch
from sync import topics
from sync.boxdb import BoxStore
from sync.client import Backoff, Link, LinkSettings, Will
from sync.errors import Forged, LinkDown, Malformed
from sync.messages import Answer, Batch, Event, Head, State, encode_batch, verify_answer
from sync.outbox import Window, cut
from sync.status import LOCK, status

__all__ = ["Agent", "Timing", "main", "status"]
log = logging.getLogger(__name__)

_READ_AHEAD = 256


@dataclass(frozen=True)
class Timing:
    """Seconds. ack: how long an acknowledgement may take; beat: how often an idle box says that it lives."""

    poll: float = 0.1
    ack: float = 10.0
    ack_most: float = 120.0
    beat: float = 30.0


@dataclass
class _Lane:
    """One stream's window, what was read ahead for it, and its patience."""

    window: Window
    patience: Backoff
    ahead: deque[Event] = field(default_factory=deque)
    due_ns: int | None = None


class Agent:
    """Runs in its own process; every method belongs to its one thread."""

    def __init__(
        self, config: Config, env: Env, timing: Timing | None = None, progress: Callable[[], None] = lambda: None
    ) -> None:
        if config.hq is None:
            raise ConfigError(f"{config.path}: there is no [hq] section, so there is nothing to sync with")
        self.config, self.env, self.timing, self.progress = config, env, timing or Timing(), progress
        self.hq: HqLink = config.hq
        self.tenant, self.box = config.store.tenant, config.store.box
        self.session = new_uid(env.rng)
        self._ack_topic = topics.down(self.tenant, self.box, "ack")
        self._hq_topic = topics.hq_state(self.tenant)
        self.hq_state = "unknown"
        self._hq_term = -1
        self._moved = -1
        self._look = True
        self._beat_ns = 0
        self._behind = ""
        self._answered_noted_us = 0
        self._lanes: dict[str, _Lane] = {}
        self.link = Link(
            LinkSettings(
                self.hq.host,
                self.hq.port,
                self.hq.user,
                self.hq.password,
                (self._ack_topic, self._hq_topic),
                tls=self.hq.tls,
            ),
            env.rng,
            env.clock.mono_ns,
            self._on_message,
            self._on_up,
            self._will,
        )
        self.store = BoxStore(open_database(config.database, synchronous="NORMAL"), self.tenant, self.box)
        state = self.store.state()
        term, _, n = state.get("counter", "0:0").partition(":")
        self._counter = (int(term), int(n))
        self._refused = int(state.get("refused", "0"))

    def run(self, stop: threading.Event) -> None:
        """Serve until ``stop`` is set. A database that is busy or full is waited for, never fatal."""
        patience = Backoff(self.env.rng, 0.5, 30.0)
        try:
            while not stop.is_set():
                self.progress()
                try:
                    self.step()
                    patience.reset()
                    if self.link.waiting():
                        stop.wait(self.timing.poll)
                except DatabaseError as error:
                    log.warning("the box's database: %s", error)
                    stop.wait(patience.next())
        finally:
            self.close()

    def close(self) -> None:
        """Say good-bye: HQ and the till see that sync left on purpose."""
        try:
            if self.link.connected:
                self.link.publish(*self._death(), retain=True)
        except LinkDown as error:
            log.debug("no good-bye: %s", error)
        self.link.close()
        try:
            self.store.note(connected="0")
        except DatabaseError as error:
            log.warning("the box's database: %s", error)
        self.store.db.close()

    def step(self) -> None:
        """One turn of the loop: listen, look at the journal, send, notice what was not answered."""
        self.link.poll(self.timing.poll)
        moved = self.store.moved()
        if moved != self._moved:
            self._moved, self._look = moved, True
        if self.link.connected:
            if self.env.clock.mono_ns() >= self._beat_ns:
                self._publish_state()
            self._overdue()
            if self._look:
                self._look = False
                self._open_windows()
                self._pump()
        error = self.link.error or self._complaint()
        self.store.note(connected="1" if self.link.connected else "0", hq=self.hq_state, error=error)

    # what comes in

    def _on_up(self) -> None:
        self._open_windows()
        for lane in self._lanes.values():  # what the old connection had on its way is sent again
            self._rewind(lane)
        self._publish_state()
        self._look = True

    def _on_message(self, topic: str, payload: bytes) -> None:
        if topic == self._hq_topic:
            self._hq_said(payload)
        elif topic == self._ack_topic:
            try:
                self._answer(verify_answer(payload, topic, self.hq.key))
            except (Forged, Malformed) as error:
                self._refused += 1
                log.warning("refused an answer of headquarters: %s", error)
                self.store.note(refused=str(self._refused), refused_why=str(error)[:200])

    def _hq_said(self, payload: bytes) -> None:
        """hq/state is a hint only: unsigned, it can make us hurry or wait, never move a cursor."""
        known, _, term = payload[:64].partition(b" ")
        self.hq_state = known.decode("ascii", "replace") if known in (b"online", b"offline") else "unknown"
        number = int(term) if term.isdigit() else 0
        if self.hq_state == "online" and number != self._hq_term:
            self._hq_term = number
            for lane in self._lanes.values():
                lane.patience.reset()
                lane.window.tries = 0
                self._rewind(lane)

    def _answer(self, answer: Answer) -> None:
        if (answer.term, answer.n) <= self._counter:
            log.debug("an old answer again: %s", (answer.term, answer.n))
            return
        if answer.verdict != "ok":  # what it says of heads is of the other history, and no cursor of ours
            self._counter = (answer.term, answer.n)
            self._note_answer(answer, {})
            self._judged(answer)
            return
        lanes = {s: lane for s, lane in self._lanes.items() if lane.window.epoch == answer.epoch}
        for stream, head in answer.upto.items():
            if stream in lanes:
                self._look_behind(answer.epoch, stream, head)
                lanes[stream].window.check_ack(head, self._hash(answer.epoch, stream, head.seq))
        for stream, first in answer.resend.items():
            if stream in lanes:
                lanes[stream].window.check_resend(first)
        self._counter = (answer.term, answer.n)
        changed: dict[str, tuple[str, Head]] = {}
        for stream, head in answer.upto.items():
            if stream in lanes and self._acked(lanes[stream], head):
                changed[stream] = (answer.epoch, head)
        for stream, first in answer.resend.items():
            to = self.store.at(answer.epoch, stream, first - 1)
            if stream in lanes and to is not None:
                if to.seq < lanes[stream].window.acked.seq:
                    changed[stream] = (answer.epoch, to)
                self._rewind(lanes[stream], to)
        self._note_answer(answer, changed)

    def _note_answer(self, answer: Answer, changed: dict[str, tuple[str, Head]]) -> None:
        now_us = self.env.clock.now_us()
        newest = self.store.epochs()[-1:]
        verdict = {"verdict": answer.verdict} if [answer.epoch] == newest else {}
        if changed or verdict or now_us - self._answered_noted_us > 5_000_000:
            self._answered_noted_us = now_us
            counter = f"{answer.term}:{answer.n}"
            self.store.save(changed, now_us, answer.hq, counter=counter, answered_us=str(now_us), **verdict)
        self._look = True

    def _judged(self, answer: Answer) -> None:
        """Regressed or a clone: nothing more of this epoch is wanted; a newer epoch starts afresh."""
        log.warning("headquarters' verdict on epoch %s: %s", answer.epoch, answer.verdict)
        order = self.store.epochs()
        later = order[order.index(answer.epoch) + 1 :] if answer.epoch in order else []
        for stream, lane in self._lanes.items():
            if lane.window.epoch == answer.epoch and later:
                self._move_on(stream, later[0])

    def _acked(self, lane: _Lane, head: Head) -> bool:
        if head.seq > lane.window.sent.seq:
            lane.ahead.clear()
        if not lane.window.ack(head):
            return False
        lane.patience.reset()
        lane.due_ns = self._due(lane) if lane.window.waiting else None
        return True

    # what goes out

    def _open_windows(self) -> None:
        """A window for each stream, at its cursor; one that is through with its epoch goes on to the next."""
        order = self.store.epochs()
        if not order:
            return
        cursors = self.store.cursors()
        for stream in topics.STREAMS:
            lane = self._lanes.get(stream)
            if lane is None:
                epoch, acked = cursors.get(stream, (order[0], self.store.start(order[0], stream)))
                most = self.store.head(epoch, stream).seq
                lane = self._lanes[stream] = self._lane(stream, epoch, acked, most)
            epoch = lane.window.epoch
            later = order[order.index(epoch) + 1 :] if epoch in order else order[-1:]
            if later and lane.window.acked.seq >= self.store.head(epoch, stream).seq:
                self._move_on(stream, later[0])

    def _move_on(self, stream: str, epoch: str) -> None:
        start = self.store.start(epoch, stream)
        self._lanes[stream] = self._lane(stream, epoch, start)
        self.store.save({stream: (epoch, start)}, self.env.clock.now_us(), "")
        self._look = True

    def _lane(self, stream: str, epoch: str, acked: Head, most: int = 0) -> _Lane:
        patience = Backoff(self.env.rng, self.timing.ack, self.timing.ack_most)
        return _Lane(Window(stream, epoch, acked, most), patience)

    def _pump(self) -> None:
        """Fill the windows, sales first: a before b before c."""
        for stream in topics.STREAMS:
            lane = self._lanes.get(stream)
            while lane is not None and lane.window.room and self._may_send(lane):
                if not self._send(lane):
                    break

    def _may_send(self, lane: _Lane) -> bool:
        """With headquarters away only a time-out's single probe goes out (its absence is said unsigned)."""
        return self.hq_state != "offline" or (lane.window.tries > 0 or not lane.window.waiting)

    def _send(self, lane: _Lane) -> bool:
        window = lane.window
        if not lane.ahead:
            lane.ahead.extend(self.store.events(window.epoch, window.stream, window.sent.seq, _READ_AHEAD))
        events = cut(lane.ahead)
        if not events:
            return False
        batch = Batch(window.epoch, window.stream, self.session, window.sent.hash, tuple(events))
        try:
            self.link.publish(topics.up(self.tenant, self.box, window.stream), encode_batch(batch))
        except LinkDown:
            return False
        for _ in events:
            lane.ahead.popleft()
        window.sent_batch(Head(batch.last, events[-1].hash))
        if lane.due_ns is None:
            lane.due_ns = self._due(lane)
        return True

    def _overdue(self) -> None:
        now = self.env.clock.mono_ns()
        for lane in self._lanes.values():
            if lane.due_ns is not None and now >= lane.due_ns:
                log.info("stream %s: no word of headquarters, sending again", lane.window.stream)
                lane.window.timed_out()
                self._rewind(lane)

    def _rewind(self, lane: _Lane, to: Head | None = None) -> None:
        lane.window.rewind(to)
        lane.ahead.clear()
        lane.due_ns = None
        self._look = True

    def _due(self, lane: _Lane) -> int:
        return self.env.clock.mono_ns() + int(lane.patience.next() * 1e9)

    def _publish_state(self) -> None:
        """Birth, and the same again while we live, with the heads as of now."""
        self._beat_ns = self.env.clock.mono_ns() + int(self.timing.beat * 1e9)
        order = self.store.epochs()
        if not order:
            return
        epoch = order[-1]
        heads = {stream: self.store.head(epoch, stream) for stream in topics.STREAMS}
        acked = {s: lane.window.acked.seq for s, lane in self._lanes.items() if lane.window.epoch == epoch}
        behind = self._behind == epoch
        state = State(True, self.session, epoch, heads, acked, self.env.clock.now_us(), behind)
        try:
            self.link.publish(topics.up(self.tenant, self.box, "state"), state.encode(), retain=True)
        except LinkDown as error:
            log.debug("no birth: %s", error)

    def _death(self) -> tuple[str, bytes]:
        epoch = (self.store.epochs() or ["0-none"])[-1]
        return topics.up(self.tenant, self.box, "state"), State(False, self.session, epoch).encode()

    def _will(self) -> Will:
        return Will(*self._death())

    def _look_behind(self, epoch: str, stream: str, head: Head) -> None:
        """Signed proof that headquarters has events of this epoch that we don't: this card is an old copy."""
        news = self._behind != epoch and epoch == self.store.epochs()[-1]
        if news and self._hash(epoch, stream, head.seq) != head.hash:
            self._behind = epoch
            self._publish_state()

    def _hash(self, epoch: str, stream: str, seq: int) -> bytes | None:
        found = self.store.at(epoch, stream, seq)
        return found.hash if found else None

    def _complaint(self) -> str:
        if self.hq_state == "offline":
            return "headquarters' receiver is away"
        waiting = any(lane.window.tries for lane in self._lanes.values())
        return "headquarters does not answer" if waiting else ""


def main(config_path: str | Path) -> int:
    """Run until SIGTERM or SIGINT. Returns 0, or 1 with one line that says what is wrong."""
    try:
        config = load(Path(config_path))
        stop, systemd = threading.Event(), Notifier()
        if config.hq is None:  # a mode, not a fault: ending would only have systemd start us again
            log.warning("%s has no [hq] section: without headquarters there is nothing to do", config.path)
            _until_told(stop)
            systemd.ready()
            while not stop.wait(1.0):
                systemd.moving()
            return 0
        with exclusive(config.data / LOCK):
            check = open_database(config.database)
            check_schema(check)
            check.close()
            with contextlib.suppress(OSError):  # selling comes first; its unit says so too, and then forbids the call
                os.nice(10)
            _until_told(stop)
            systemd.ready()
            Agent(config, Env(), progress=systemd.moving).run(stop)
    except (ConfigError, BoxSchemaMismatch, AlreadyRunning, DatabaseError) as error:
        log.error("sync: %s", json.dumps(str(error), ensure_ascii=False).strip('"'))
        return 1
    return 0


def _until_told(stop: threading.Event) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
