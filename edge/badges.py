"""A badge under a lane's scanner: who holds it takes over the till, or picks themselves on the PIN page.

The page needs a cookie, which no scan can set. So the scan becomes a ticket: random, good once and for some seconds,
and only for the lane's own screen, which is the browser where somebody typed a PIN last (see Screens).
"""

from __future__ import annotations

import hmac
from collections.abc import Callable

from edge import audit, codes
from edge.base.sqlite import row
from edge.box import Box
from edge.errors import ShopError
from edge.lane import LaneState, Ticket
from edge.people import Person
from edge.permissions import may
from edge.staff import StaffService, digest

TICKET_S = 10
_S = 1_000_000_000


def held(till: LaneState, staff: StaffService, text: str, allow: Callable[[Person], None]) -> None:
    """A badge was read by a scanner of this lane; allow is called with whose it is when a command waits for somebody.

    Under the lane's lock. ShopError: badge_wait, unknown_badge, denied, and what allow raises.
    """
    key, now = f"badge:{till.lane.id}", till.box.env.clock.mono_ns()
    if wait := staff.guard.wait_s(key):
        raise ShopError("badge_wait", status=429, seconds=wait)
    person = staff.by_badge(codes.identify(text, ()).text)
    if person is None:
        _unknown(till, staff, key)
        raise ShopError("unknown_badge", status=404)
    pending, needs_pin = till.desk.waiting(now), till.box.rules.badge_needs_pin
    if pending is not None and needs_pin:
        pending.picked = person.uid
        till.sound("attention")
    elif pending is not None:
        allow(person)
    elif till.operator is not None and till.operator.person.id == person.id:
        till.tell("info", "badge", name=person.name(till.operator.lang))
    elif not may("till.see", person.role):
        raise ShopError("denied", status=403)
    else:
        secret = "" if needs_pin else f"{till.box.env.rng.getrandbits(256):064x}"
        till.ticket = Ticket(person, secret, now + TICKET_S * _S)


def _unknown(till: LaneState, staff: StaffService, key: str) -> None:
    """Badges that nobody holds are counted like wrong PINs: their numbers could be tried out."""
    box, lane = till.box, till.lane
    with box.transaction():
        waits = staff.guard.note(False, key)
        audit.note(box, "badge_unknown", None, lane=lane.id, mode=lane.mode)
        for seconds in waits.values():
            audit.note(box, "locked_out", None, lane=lane.id, mode=lane.mode, which="badge", seconds=seconds)


def take(till: LaneState, staff: StaffService, secret: str) -> Person:
    """Whose ticket it is, once. Under the lane's lock. ShopError("badge_gone") when it is over, used or another's."""
    found = till.badge()
    if found is None or not found.secret or not hmac.compare_digest(found.secret.encode(), secret.encode()):
        raise ShopError("badge_gone", status=403)
    till.ticket = None
    with till.box.transaction():
        staff.guard.note(True, f"badge:{till.lane.id}")
    return staff.person(found.person.uid)


class Screens:
    """Which browser is a lane's own screen: the one where somebody typed a PIN last. Only its cookie's hash is kept."""

    def __init__(self, box: Box) -> None:
        self.box = box

    def adopt(self, lane: str) -> str:
        """A browser becomes the lane's screen; returns what its cookie must hold. The one before is none any more."""
        token = f"{self.box.env.rng.getrandbits(256):064x}"
        self.box.db.execute_sql("INSERT OR REPLACE INTO lane_screen VALUES (?, ?)", (lane, digest(token)))
        return token

    def known(self, lane: str, token: str) -> bool:
        """Whether the cookie is that of the lane's screen."""
        found = row(self.box.db, "SELECT token_hash FROM lane_screen WHERE lane = ?", (lane,)) if token else None
        return found is not None and hmac.compare_digest(found[0], digest(token))
