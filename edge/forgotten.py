"""A forgotten PIN, without a network: a manager makes a code for one person; who logs in with it chooses a new PIN.

The code is eight digits, good once, for a quarter of an hour of this boot, and only its hash is kept. The way from the
code to the new PIN is a ticket that only the page has which sent the code; until then nobody is logged in.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from edge.base.sqlite import row
from edge.box import Box
from edge.errors import ShopError
from edge.people import Person
from edge.pins import Hasher

DIGITS = 8
CODE_S, CHOOSE_S = 15 * 60, 5 * 60
_S = 1_000_000_000


class ChoosePin(Exception):
    """The code was right: the page must ask for a new PIN, and send it with this ticket."""

    def __init__(self, ticket: str) -> None:
        super().__init__("a new PIN must be chosen")
        self.ticket = ticket


@dataclass(frozen=True, slots=True)
class _Choice:
    person: Person
    lane: str
    until_ns: int


class Codes:
    """The codes of one box, and the tickets of those who have just used one."""

    def __init__(self, box: Box, pins: Hasher) -> None:
        self.box, self.pins = box, pins
        self._tickets: dict[str, _Choice] = {}
        self._lock = threading.Lock()

    def new(self) -> tuple[str, str]:
        """(code, its hash): hashing takes a tenth of a second, so it is done before the transaction."""
        code = f"{self.box.env.rng.randrange(10**DIGITS):0{DIGITS}d}"
        return code, self.pins.hash(code)

    def keep(self, person: int, hashed: str, by: int | None) -> None:
        """Keep a new code's hash, inside the caller's transaction; an older code of that person is void."""
        clock = self.box.env.clock
        self.box.db.execute_sql(
            "INSERT OR REPLACE INTO pin_code VALUES (?, ?, ?, ?, ?)",
            (person, hashed, clock.boot_id(), clock.mono_ns() + CODE_S * _S, by),
        )

    def fits(self, person: int, text: str) -> bool:
        """Whether it is the living code of that person."""
        if len(text) != DIGITS:
            return False
        found = row(self.box.db, "SELECT code_hash, boot_id, until_ns FROM pin_code WHERE staff = ?", (person,))
        clock = self.box.env.clock
        living = found is not None and found[1] == clock.boot_id() and clock.mono_ns() < found[2]
        return found is not None and living and self.pins.verify(found[0], text)

    def drop(self, person: int) -> None:
        """The code was used or is no longer wanted. Inside a transaction."""
        self.box.db.execute_sql("DELETE FROM pin_code WHERE staff = ?", (person,))

    def ticket(self, person: Person, lane: str) -> str:
        """For whoever has just used a code at this lane."""
        now, ticket = self.box.env.clock.mono_ns(), f"{self.box.env.rng.getrandbits(256):064x}"
        with self._lock:
            self._tickets = {t: c for t, c in self._tickets.items() if c.until_ns > now and c.person.id != person.id}
            self._tickets[ticket] = _Choice(person, lane, now + CHOOSE_S * _S)
        return ticket

    def whose(self, ticket: str, lane: str) -> Person:
        """Who may choose a PIN with it. ShopError("choice_gone") when it is over, used or another lane's."""
        with self._lock:
            found = self._tickets.get(ticket)
        if found is None or found.lane != lane or found.until_ns <= self.box.env.clock.mono_ns():
            raise ShopError("choice_gone", status=403)
        return found.person

    def spend(self, ticket: str) -> bool:
        """The PIN was chosen; False when somebody was faster."""
        with self._lock:
            return self._tickets.pop(ticket, None) is not None
