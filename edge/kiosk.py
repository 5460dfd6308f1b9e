"""A kiosk lane: who stands there, what they may see, and forgetting all of it.

A card or its QR code signs a member in; nothing is typed. What is shown lives only in this object's memory and goes
with sign-out, a minute of silence (ten on wish), another card, or a newly opened page. A page holds a token, and only
the newest page is shown anything.
"""

from __future__ import annotations

import hmac
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from drivers.base import CARD, Scan
from edge import (
    codes,
    kiosk_enrol,
    kiosk_feedback,
    kiosk_mine,
    kiosk_offers,
    kiosk_panels,
    kiosk_rewards,
    members,
)
from edge.base.config import LaneConfig
from edge.box import Box
from edge.bus import Bus
from edge.calls import Calls
from edge.errors import ShopError
from edge.kiosk_state import Command, KioskState, Visit
from edge.recommend.suggest import Suggestion

ASK_S, LEAVE_S, PATIENCE = 40, 20, 10
# A page tells at most every two seconds that it was touched; the server, behind it, waits a little longer.
_GRACE_S = 4
_S = 1_000_000_000
MODES = ("large", "contrast", "reach", "patient")


@dataclass
class Guard:
    """Guessing card numbers is slow: after five unknown ones in five minutes the reader rests 1, 2, 4 … 15 minutes."""

    fails: deque[int] = field(default_factory=deque)
    blocks: int = 0
    until_ns: int = 0
    free, window_s, longest_s = 5, 300, 900

    def closed(self, now_ns: int) -> bool:
        return now_ns < self.until_ns

    def note(self, now_ns: int) -> bool:
        """An unknown card; True when the reader closes because of it."""
        if now_ns - self.until_ns > self.longest_s * _S:
            self.blocks = 0
        self.fails.append(now_ns)
        while now_ns - self.fails[0] > self.window_s * _S:
            self.fails.popleft()
        if len(self.fails) < self.free:
            return False
        self.fails.clear()
        self.until_ns = now_ns + min(self.longest_s, 60 * 2 ** min(self.blocks, 8)) * _S
        self.blocks += 1
        return True


class Kiosk(KioskState):
    """One kiosk lane. Every public method takes the lane's lock."""

    def __init__(self, box: Box, lane: LaneConfig, bus: Bus, calls: Calls) -> None:
        super().__init__(box, lane, bus, calls)
        self.guard, self.seat, self._token = Guard(), 0, ""

    # -- the page -----------------------------------------------------------------------------------------------------

    def adopt(self) -> str:
        """A page was opened: forget whoever was shown, and give the page its token."""
        with self.lock:
            self._token, self.seat = f"{self.box.env.rng.getrandbits(256):064x}", self.seat + 1
            self._forget()
            return self._token

    def holds(self, token: str) -> bool:
        """Whether the token is that of the newest page."""
        with self.lock:
            return bool(self._token) and hmac.compare_digest(self._token.encode(), token.encode("utf-8", "replace"))

    # -- scans --------------------------------------------------------------------------------------------------------

    def on_scan(self, scan: Scan) -> None:
        """A code from a reader of this lane. What is no member's code is neither kept nor shown."""
        with self.lock:
            self._settle()
            if scan.problem:
                self.visit.notice = "not_a_card" if scan.problem == "bank_card" else "scan_again"
            else:
                card = members.card_read(self.box.db, scan.text) if scan.symbology == CARD else None
                self._take(card or scan.text, card is not None)
            self._touch()

    def _take(self, text: str, card: bool = False) -> None:
        code = codes.Code("member", text) if card else codes.identify(text, self.box.rules.labels)
        now = self.box.env.clock.mono_ns()
        looks_like_card = card or text.strip().upper().startswith(codes.MEMBER_PREFIX)
        if not looks_like_card:
            self.visit.notice = "not_a_card"
            return
        if self.guard.closed(now):
            self.visit.notice = "wait"  # a good card waits too: the answer must not tell which cards are good
            return
        member = members.by_card(self.box.db, code.text) if code.kind == "member" else None
        if member is None:
            self.visit.notice = "card_unknown"
            if self.guard.note(now):
                self.visit.notice = "wait"
                with self.box.transaction():
                    self.box.record("a", "audit.kiosk_blocked", {"lane": self.lane.id}, mode=self.lane.mode)
        elif member.id != self.visit.member:
            self.sign_in(member.id)
        else:
            self.visit.notice = ""

    # -- taps ---------------------------------------------------------------------------------------------------------

    def do(self, command: str, args: dict[str, Any]) -> None:
        """Run one command of the screen. ShopError when it can't be done (not_signed_in, offer_gone, bad_request)."""
        run = COMMANDS.get(command)
        if run is None:
            raise ShopError("unknown_command", status=404)
        with self.lock:
            self._settle()
            if run.member:
                self.member()
            self.visit.notice = ""
            run.run(self, args)
            self._touch()

    def _stay(self, args: dict[str, Any]) -> None:
        """ "Still there": the touch itself is all."""

    def _leave(self, args: dict[str, Any]) -> None:
        self._forget()

    def _language(self, args: dict[str, Any]) -> None:
        lang = args.get("lang")
        if lang not in self.box.config.store.languages:
            raise ShopError("bad_request", status=422, field="lang")
        self.visit.lang = lang

    def _mode(self, args: dict[str, Any]) -> None:
        mode = args.get("mode")
        if mode not in MODES:
            raise ShopError("bad_request", status=422, field="mode")
        self.visit.modes ^= {mode}

    def _call(self, args: dict[str, Any]) -> None:
        self.calls.call(self.box, self.lane.id, self.lane.mode)

    # -- what is shown ------------------------------------------------------------------------------------------------

    def shown(self) -> tuple[Visit, list[Suggestion]]:
        """The visit, time-out applied, and of its offers those that may still be shown (or undone)."""
        with self.lock:
            self._settle()
            visit = self.visit
            member, known = visit.member, visit.declined
            if member is None:
                return visit, []
            return visit, [
                s for s in visit.offers if s.product.id in known or self.suggester.allows(member, s.product.id)
            ]

    def leave(self) -> None:
        """Forget who stands there."""
        with self.lock:
            self._forget()

    def drop(self, patience_s: float) -> None:
        """The same for another lane's thread: it waits so long for the lock, and then does it all the same."""
        held = self.lock.acquire(timeout=patience_s)
        try:
            self._forget()
        finally:
            if held:
                self.lock.release()

    # -- small ones ---------------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Forget a visit that nobody has touched for too long."""
        seconds = (ASK_S + LEAVE_S) * (PATIENCE if "patient" in self.visit.modes else 1) + _GRACE_S
        if self.visit.touches and self.box.env.clock.mono_ns() - self.visit.touched_ns > seconds * _S:
            self._forget()

    def _forget(self) -> None:
        self.visit = self.fresh()
        self.calls.forget(self.lane.id)
        self._changed()

    def _touch(self) -> None:
        self.visit.touched_ns = self.box.env.clock.mono_ns()
        self.visit.touches += 1
        self._changed()

    def _changed(self) -> None:
        self.rev += 1
        self.bus.publish("kiosk.changed", lane=self.lane.id)


# Every command of a kiosk; a part's own stand beside it.
COMMANDS: dict[str, Command] = {
    "stay": Command(Kiosk._stay, member=False),
    "leave": Command(Kiosk._leave, member=False),
    "language": Command(Kiosk._language, member=False),
    "mode": Command(Kiosk._mode, member=False),
    "call": Command(Kiosk._call, member=False),
    **kiosk_panels.COMMANDS,
    **kiosk_offers.COMMANDS,
    **kiosk_feedback.COMMANDS,
    **kiosk_rewards.COMMANDS,
    **kiosk_enrol.COMMANDS,
    **kiosk_mine.COMMANDS,
}
