"""What travels: batches of events upward, the state of a box, and headquarters' signed answer.

Bytes of events are sent and hashed verbatim; nothing here ever re-serialises a body.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sync import codec
from sync.errors import Forged, Malformed
from sync.topics import STREAMS

BATCH_BYTES = 256 * 1024  # a batch of several events never exceeds this
EVENT_BYTES = 1024 * 1024  # one event alone may (a huge sale); nothing above is parsed
MAX_EVENTS = 5_000
STATE_BYTES = 16 * 1024
MAC_HEX = 64


@dataclass(slots=True)
class Event:
    """One journal row on the wire. body is the verbatim line; private and salt are gone once erased."""

    seq: int
    body: bytes
    hash: bytes
    digest: bytes | None = None
    salt: bytes | None = None
    private: str | None = None

    def size(self) -> int:
        """About the bytes it takes in a batch."""
        return len(self.body) + 180 + (len(self.private.encode()) + 140 if self.private else 0)


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive events of one stream; ``prev`` is the hash before the first of them."""

    epoch: str
    stream: str
    session: str
    prev: bytes
    events: tuple[Event, ...]

    @property
    def first(self) -> int:
        return self.events[0].seq

    @property
    def last(self) -> int:
        return self.events[-1].seq


def encode_batch(batch: Batch) -> bytes:
    """NDJSON: a header line, then two lines an event (the body verbatim, and what stands beside it)."""
    head = {
        "epoch": batch.epoch,
        "stream": batch.stream,
        "from": batch.first,
        "n": len(batch.events),
        "prev": batch.prev.hex(),
        "session": batch.session,
    }
    lines = [codec.dumps(head)]
    for event in batch.events:
        lines += [event.body, _beside(event)]
    return b"\n".join(lines) + b"\n"


def _beside(event: Event) -> bytes:
    """What stands beside a body; most have no private part, and their line is only its hash."""
    if event.digest is None:
        return b'{"hash":"%b"}' % event.hash.hex().encode()
    return codec.dumps({
        "hash": event.hash.hex(),
        "salt": event.salt.hex() if event.salt else None,
        "private": event.private,
        "pd": event.digest.hex(),
    })  # fmt: skip


def decode_batch(data: bytes) -> Batch:
    """A batch from strange bytes, its bodies untouched and unparsed. Raises Malformed."""
    if len(data) > EVENT_BYTES:
        raise Malformed(f"{len(data)} bytes, at most {EVENT_BYTES} are allowed")
    lines = data.split(b"\n")
    if lines[-1] != b"":
        raise Malformed("cut off: the last line has no end")
    head = codec.table(lines[0], 4096)
    count = codec.whole(head.get("n"), "n", 1, MAX_EVENTS)
    if len(lines) != 2 + 2 * count:
        raise Malformed(f"{len(lines) - 2} lines after the header, {2 * count} expected")
    if len(data) > BATCH_BYTES and count > 1:
        raise Malformed(f"{len(data)} bytes with {count} events, at most {BATCH_BYTES} are allowed")
    stream = codec.text(head.get("stream"), "stream", 1)
    if stream not in STREAMS:
        raise Malformed(f"unknown stream {stream!r}")
    first = codec.whole(head.get("from"), "from", 1)
    events = tuple(_event(first + n, lines[1 + 2 * n], lines[2 + 2 * n]) for n in range(count))
    return Batch(
        epoch_name(head.get("epoch")),
        stream,
        codec.text(head.get("session", ""), "session", 64),
        codec.hexbytes(head.get("prev"), "prev"),
        events,
    )


def _event(seq: int, body: bytes, beside: bytes) -> Event:
    side = codec.table(beside, EVENT_BYTES)
    digest, salt, private = side.get("pd"), side.get("salt"), side.get("private")
    return Event(
        seq,
        body,
        codec.hexbytes(side.get("hash"), "hash"),
        None if digest is None else codec.hexbytes(digest, "pd"),
        None if salt is None else codec.hexbytes(salt, "salt", None),
        None if private is None else codec.text(private, "private", 65_536),
    )


def epoch_name(value: Any) -> str:
    """An epoch as boxes name them: ``<n>-<letters and digits>``."""
    name = codec.text(value, "epoch", 64)
    number, dash, uid = name.partition("-")
    plain = name.isascii() and number.isdigit() and uid.isalnum()
    if not (dash and plain and len(number) <= 9):
        raise Malformed("epoch must read like 1-0a1b2c3d")
    return name


def epoch_number(epoch: str) -> int:
    """The n of an epoch that :func:`epoch_name` let through."""
    return int(epoch.partition("-")[0])


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: sequence number and hash (seq 0: nothing yet, the genesis hash)."""

    seq: int
    hash: bytes

    def plain(self) -> dict[str, Any]:
        return {"seq": self.seq, "hash": self.hash.hex()}


def heads_from(value: Any) -> dict[str, Head]:
    """Heads by stream letter from a decoded message."""
    if not isinstance(value, dict) or not set(value) <= set(STREAMS):
        raise Malformed("heads must be given by stream")
    found = {}
    for stream, entry in value.items():
        if not isinstance(entry, dict):
            raise Malformed("a head must be an object")
        found[stream] = Head(codec.whole(entry.get("seq"), "seq"), codec.hexbytes(entry.get("hash"), "hash"))
    return found


@dataclass(frozen=True, slots=True)
class State:
    """up/state: the birth of a connection (heads as of now, repeated while it lives), or its death."""

    online: bool
    session: str
    epoch: str
    heads: dict[str, Head] = field(default_factory=dict)
    acked: dict[str, int] = field(default_factory=dict)
    at_us: int = 0
    behind: bool = False  # the box saw that headquarters knows more of it, or another, than it does itself

    def encode(self) -> bytes:
        return codec.dumps(
            {
                "v": 1,
                "online": self.online,
                "session": self.session,
                "epoch": self.epoch,
                "heads": {stream: head.plain() for stream, head in self.heads.items()},
                "acked": self.acked,
                "at": self.at_us,
                "behind": self.behind,
            }
        )


def decode_state(data: bytes) -> State:
    """A box's state from strange bytes. Raises Malformed."""
    found = codec.table(data, STATE_BYTES)
    online, acked = found.get("online"), found.get("acked", {})
    if not isinstance(online, bool) or not isinstance(acked, dict) or not set(acked) <= set(STREAMS):
        raise Malformed("online must be true or false, acked by stream")
    return State(
        online,
        codec.text(found.get("session"), "session", 64),
        epoch_name(found.get("epoch")),
        heads_from(found.get("heads", {})),
        {stream: codec.whole(n, "acked") for stream, n in acked.items()},
        codec.whole(found.get("at", 0), "at"),
        found.get("behind") is True,
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """dn/ack: what headquarters has of an epoch (cumulative), wants again, and its verdict on the box.

    (term, n) only ever grows; verdict is "ok", "regressed" or "clone".
    """

    epoch: str
    hq: str
    term: int
    n: int
    verdict: str = "ok"
    upto: dict[str, Head] = field(default_factory=dict)
    resend: dict[str, int] = field(default_factory=dict)


VERDICTS = ("ok", "regressed", "clone")


def sign_answer(answer: Answer, topic: str, key: bytes) -> bytes:
    """The answer as bytes: the signature in hex, a newline, the JSON it signs (together with the topic)."""
    body = codec.dumps(
        {
            "v": 1,
            "epoch": answer.epoch,
            "hq": answer.hq,
            "term": answer.term,
            "n": answer.n,
            "verdict": answer.verdict,
            "upto": {stream: head.plain() for stream, head in answer.upto.items()},
            "resend": answer.resend,
        }
    )
    return _mac(key, topic, body) + b"\n" + body


def verify_answer(data: bytes, topic: str, key: bytes) -> Answer:
    """The answer in signed bytes. Raises Forged before anything is parsed, Malformed after."""
    mac, newline, body = data[: MAC_HEX], data[MAC_HEX : MAC_HEX + 1], data[MAC_HEX + 1 :]
    if len(data) > STATE_BYTES or newline != b"\n" or not hmac.compare_digest(mac, _mac(key, topic, body)):
        raise Forged("the signature is not headquarters'")
    found = codec.table(body, STATE_BYTES)
    verdict, resend = found.get("verdict"), found.get("resend", {})
    if verdict not in VERDICTS or not isinstance(resend, dict) or not set(resend) <= set(STREAMS):
        raise Malformed("unknown verdict or resend")
    return Answer(
        epoch_name(found.get("epoch")),
        codec.text(found.get("hq"), "hq", 64),
        codec.whole(found.get("term"), "term"),
        codec.whole(found.get("n"), "n"),
        verdict,
        heads_from(found.get("upto", {})),
        {stream: codec.whole(n, "resend", 1) for stream, n in resend.items()},
    )


def _mac(key: bytes, topic: str, body: bytes) -> bytes:
    return hmac.new(key, topic.encode() + b"\0" + body, sha256).hexdigest().encode()
