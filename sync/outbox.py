"""What of a stream is acknowledged, on its way, and still to send. Pure: no clock, broker or database."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from sync.errors import Forged
from sync.messages import BATCH_BYTES, MAX_EVENTS, Event, Head

WINDOW = 8  # batches on their way; with 256 kB each, 2 MB at most wait in the broker for a box
_HEADER = 512


@dataclass
class Window:
    """The sending side of one stream in one epoch.

    ``acked`` is what headquarters has (the cursor), ``sent`` the end of the last batch put on the wire, ``most``
    the highest seq that ever was on it: late acknowledgements of what is being sent again still count. After a
    time-out the window is one batch until an acknowledgement comes: a broker that swallows is not flooded.
    """

    stream: str
    epoch: str
    acked: Head
    most: int = 0  # a new process gives the journal's head: the process before may have sent all of it
    sent: Head = field(init=False)
    flights: deque[int] = field(default_factory=deque)  # last seq of each batch on its way
    tries: int = 0

    def __post_init__(self) -> None:
        self.sent = self.acked
        self.most = max(self.most, self.acked.seq)

    @property
    def room(self) -> bool:
        return len(self.flights) < (1 if self.tries else WINDOW)

    @property
    def waiting(self) -> bool:
        """Something is on its way and unacknowledged."""
        return bool(self.flights)

    def sent_batch(self, last: Head) -> None:
        """A batch up to ``last`` was handed to the broker."""
        self.sent = last
        self.most = max(self.most, last.seq)
        self.flights.append(last.seq)

    def check_ack(self, head: Head, ours: bytes | None) -> None:
        """Raise Forged when headquarters claims what can't be: more than was sent, or another chain than ours.

        ``ours`` is our own hash at ``head.seq``, None when there is no such event.
        """
        if head.seq > self.most:
            raise Forged(f"stream {self.stream}: {head.seq} acknowledged, but only {self.most} was sent")
        if head.seq > self.acked.seq and ours != head.hash:
            raise Forged(f"stream {self.stream}: the head acknowledged at {head.seq} is not ours")

    def check_resend(self, first: int) -> None:
        """Raise Forged when headquarters asks for what was never sent."""
        if first > self.most + 1:
            raise Forged(f"stream {self.stream}: {first} asked for again, but only {self.most} was sent")

    def ack(self, head: Head) -> bool:
        """Take a checked, cumulative acknowledgement; True when it moved the cursor."""
        if head.seq <= self.acked.seq:
            return False
        self.acked = head
        if head.seq > self.sent.seq:
            self.sent = head
        while self.flights and self.flights[0] <= head.seq:
            self.flights.popleft()
        self.tries = 0
        return True

    def rewind(self, to: Head | None = None) -> None:
        """Send again from the cursor, or from ``to`` (which moves the cursor back: HQ lost what it had)."""
        if to is not None and to.seq < self.acked.seq:
            self.acked = to
        self.sent = to if to is not None else self.acked
        self.flights.clear()

    def timed_out(self) -> None:
        """No acknowledgement came in time."""
        self.tries += 1
        self.rewind()


def cut(events: Iterable[Event], limit: int = BATCH_BYTES) -> list[Event]:
    """As many of the events as fit one batch; always at least the first."""
    chosen: list[Event] = []
    size = _HEADER
    for event in events:
        size += event.size()
        if chosen and (size > limit or len(chosen) >= MAX_EVENTS):
            break
        chosen.append(event)
    return chosen
