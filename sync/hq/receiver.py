"""Headquarters' ear: takes what the boxes send, and answers each with what it has, signed.

:meth:`Receiver.handle` is the whole of it, without a broker; :meth:`Receiver.run` puts a link around it.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from pathlib import Path

from peewee import DatabaseError

from sync import topics
from sync.client import Backoff, Link, LinkSettings, Will
from sync.errors import LinkDown, Malformed
from sync.hq import people
from sync.hq.config import HqConfig
from sync.hq.env import HqEnv
from sync.hq.inbox import Inbox, Taken
from sync.hq.store import Store
from sync.messages import Answer, State, decode_batch, decode_state, epoch_number, sign_answer
from sync.topics import Address

log = logging.getLogger(__name__)

ERASE_S = 5.0
RESEND_AGAIN_S = 2.0  # the same part is not asked for again sooner: what follows a gap would ask for each message


@dataclass(frozen=True)
class Reply:
    """Something to publish to a box."""

    topic: str
    payload: bytes


class Receiver:
    """One a process; every method but :meth:`health` belongs to the thread that runs it."""

    def __init__(self, config: HqConfig, store: Store, env: HqEnv, session_s: int = 600) -> None:
        self.config, self.store, self.env = config, store, env
        self.inbox = Inbox(store)
        self.hq, self.term = store.begin_term()
        self._n = 0
        self._erased_ns = 0
        self._asked: dict[tuple[str, str, str], tuple[int, int]] = {}
        self._state_topic = topics.hq_state(config.tenant)
        self.link = Link(
            LinkSettings(
                config.broker_host,
                config.broker_port,
                config.broker_user,
                config.password,
                (topics.all_up(config.tenant),),
                session_s,
                most_s=10.0,
                tls=config.tls,
            ),
            env.rng,
            env.clock.mono_ns,
            self._on_message,
            self._on_up,
            lambda: Will(self._state_topic, b"offline %d" % self.term),
        )

    def run(self, stop: threading.Event) -> None:
        """Serve until ``stop`` is set."""
        patience = Backoff(self.env.rng, 0.5, 10.0)
        try:
            while not stop.is_set():
                try:
                    self.link.poll(0.2)
                    patience.reset()
                    self._finish_erasures()
                    if self.link.waiting():
                        stop.wait(0.1)
                except DatabaseError as error:  # our own disk: what was not stored is sent again
                    log.error("headquarters' database: %s", error)
                    stop.wait(patience.next())
        finally:
            try:
                self.link.publish(self._state_topic, b"offline %d" % self.term, retain=True)
            except LinkDown as error:
                log.debug("no good-bye: %s", error)
            self.link.close()
            self.store.release()

    def _finish_erasures(self) -> None:
        """Every few seconds: the log is cut once nobody reads, if somebody was erased."""
        now = self.env.clock.mono_ns()
        if now - self._erased_ns > ERASE_S * 1e9:
            self._erased_ns = now
            people.finish(self.store)

    def handle(self, topic: str, payload: bytes) -> list[Reply]:
        """Take one message; never raises for what it holds. Raises DatabaseError when our own disk refuses."""
        sender = topics.parse_up(topic, self.config.tenant)
        if sender is None or self._key(sender.box) is None:
            self.store.dead_letter("", topic, "no box of ours", payload)
            return []
        try:
            if sender.kind == "state":
                return self._state(sender, decode_state(payload))
            batch = decode_batch(payload)
            if batch.stream != sender.kind:
                raise Malformed("the batch is of another stream than its topic")
        except Malformed as error:
            return self._poison(sender, topic, str(error), payload)
        taken = self.inbox.take(sender, batch)
        return self._reply(sender, batch.epoch, taken)

    def _poison(self, sender: Address, topic: str, reason: str, payload: bytes) -> list[Reply]:
        """Bytes that are no message: kept as a dead letter; the box hears what we have and sends the rest again."""
        log.warning("%s: %s", topic, reason)
        with self.store.db.atomic():
            box = self.store.box(sender.tenant, sender.box)
            self.store.dead_letter(sender.box, topic, reason, payload)
            epoch = self._epoch(box)
            source = self.store.sources(box, epoch).get(sender.kind) if epoch else None
        if source is None:
            return []
        taken = Taken({sender.kind: source.at}, {sender.kind: source.upto + 1})
        return self._reply(sender, epoch, taken)

    def _state(self, sender: Address, state: State) -> list[Reply]:
        """Birth, beat or death of a box."""
        store, now = self.store, self.env.clock.now_us()
        with store.db.atomic():
            box = store.box(sender.tenant, sender.box)
            if not state.online:
                store.db.execute_sql("UPDATE box SET online = 0 WHERE id = ? AND session = ?", (box, state.session))
                return []
            known = self._epoch(box)
            if known and epoch_number(state.epoch) < epoch_number(known):
                return []  # an old message of a box that is further already
            store.db.execute_sql(
                "UPDATE box SET online = 1, session = ?, epoch = ?, seen_us = ? WHERE id = ?",
                (state.session, state.epoch, now, box),
            )
            taken = self._compare(sender, box, state)
        return self._reply(sender, state.epoch, taken)

    def _compare(self, sender: Address, box: int, state: State) -> Taken:
        """The box's heads against ours: what it may have lost, what we may have lost, and how much is to come."""
        taken = Taken()
        for stream, head in state.heads.items():
            source = self.store.source(sender.tenant, sender.box, state.epoch, stream)
            self.store.db.execute_sql("UPDATE source SET claimed = ? WHERE id = ?", (head.seq, source.id))
            if source.state in ("regressed", "clone"):
                continue
            if 0 < head.seq <= source.upto and self.store.hash_at(source.id, head.seq) != head.hash:
                self.store.condemn(box, state.epoch, "clone")
            elif head.seq < source.upto and state.behind:
                self.store.condemn(box, state.epoch, "regressed")
            elif state.acked.get(stream, 0) > source.upto:  # we were restored from a backup
                taken.resend[stream] = source.upto + 1
        sources = self.store.sources(box, state.epoch)
        taken.upto = {stream: source.at for stream, source in sources.items()}
        bad = [source.state for source in sources.values() if source.state in ("regressed", "clone")]
        taken.verdict = bad[0] if bad else "ok"
        return taken

    def _reply(self, sender: Address, epoch: str, taken: Taken) -> list[Reply]:
        key = self._key(sender.box)
        if key is None:
            return []
        resend = {s: first for s, first in taken.resend.items() if self._ask(sender.box, epoch, s, first)}
        self._n += 1
        answer = Answer(epoch, self.hq, self.term, self._n, taken.verdict, taken.upto, resend)
        topic = topics.down(sender.tenant, sender.box, "ack")
        return [Reply(topic, sign_answer(answer, topic, key))]

    def _ask(self, box: str, epoch: str, stream: str, first: int) -> bool:
        """Ask for a part again, but not for each of the messages that follow one gap."""
        now, place = self.env.clock.mono_ns(), (box, epoch, stream)
        last, at = self._asked.get(place, (0, 0))
        if last == first and now - at < RESEND_AGAIN_S * 1e9:
            return False
        self._asked[place] = (first, now)
        return True

    def _epoch(self, box: int) -> str:
        found = self.store.db.execute_sql("SELECT epoch FROM box WHERE id = ?", (box,)).fetchone()
        return str(found[0]) if found else ""

    def _key(self, box: str) -> bytes | None:
        return read_key(self.config.key_file(box))

    def _on_message(self, topic: str, payload: bytes) -> None:
        for reply in self.handle(topic, payload):
            try:
                self.link.publish(reply.topic, reply.payload)
            except LinkDown as error:  # the box sends again and is answered then
                log.debug("an answer was not sent: %s", error)

    def _on_up(self) -> None:
        self._asked.clear()
        self.link.publish(self._state_topic, b"online %d" % self.term, retain=True)


def read_key(path: Path) -> bytes | None:
    """A box's key, or None when there is none (that box was never provisioned, or its key was taken away)."""
    try:
        return bytes.fromhex(path.read_text())
    except (OSError, ValueError):
        return None
