"""A kiosk lane: who stands there, what they may see, and forgetting all of it.

A card or its QR code signs a member in; nothing is typed. What is shown lives only in this object's memory and goes
with sign-out, a minute of silence (ten on wish), another card, or a newly opened page. A page holds a token, and only
the newest page is shown anything.
"""

from __future__ import annotations

import hmac
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from drivers.base import CARD, Scan
from edge import codes, members
from edge.base.config import LaneConfig
from edge.base.ids import new_uid
from edge.box import Box
from edge.bus import Bus
from edge.calls import Calls
from edge.consent import set_consent
from edge.errors import ShopError
from edge.feedback import given, issues
from edge.recommend import declines
from edge.recommend.suggest import Suggester, Suggestion

ASK_S, LEAVE_S, PATIENCE = 40, 20, 10
# A page tells at most every two seconds that it was touched; the server, behind it, waits a little longer.
_GRACE_S = 4
_S = 1_000_000_000
MODES = ("large", "contrast", "reach", "patient")


@dataclass
class Visit:
    """One person before the screen. offers stay as they were found; what she declined stays as a place to undo."""

    lang: str
    member: int | None = None
    offers: tuple[Suggestion, ...] = ()
    declined: set[int] = field(default_factory=set)
    modes: set[str] = field(default_factory=set)
    feedback: str = ""
    score: int = 0
    topics: tuple[str, ...] = ()
    text: str = ""
    # the theme that she is asked about ("better now?"), with its issue, until she answers
    ask: tuple[int, str] | None = None
    answered: bool = False
    touched_ns: int = 0
    touches: int = 0
    notice: str = ""


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


class Kiosk:
    """One kiosk lane. Every public method takes the lane's lock."""

    def __init__(self, box: Box, lane: LaneConfig, bus: Bus, calls: Calls) -> None:
        self.box, self.lane, self.bus, self.calls = box, lane, bus, calls
        self.suggester, self.guard, self.lock = Suggester(box), Guard(), threading.RLock()
        self.rev, self.seat, self._token = 0, 0, ""
        self.visit = Visit(self._first_language())

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
                self._take(codes.card_code(scan.text) if scan.symbology == CARD else scan.text)
            self._touch()

    def _take(self, text: str) -> None:
        code, now = codes.identify(text, self.box.rules.labels), self.box.env.clock.mono_ns()
        looks_like_card = text.strip().upper().startswith(codes.MEMBER_PREFIX)
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
            self._sign_in(member.id)
        else:
            self.visit.notice = ""

    def _sign_in(self, member: int) -> None:
        self.visit = Visit(self.visit.lang, member, modes=self.visit.modes, touches=self.visit.touches)
        self.visit.offers = tuple(self.suggester.offers(member))
        self.visit.ask = issues.to_ask(self.box, member)

    # -- taps ---------------------------------------------------------------------------------------------------------

    def do(self, command: str, args: dict[str, Any]) -> None:
        """Run one command of the screen. ShopError when it can't be done (not_signed_in, offer_gone, bad_request)."""
        run = COMMANDS.get(command)
        if run is None:
            raise ShopError("unknown_command", status=404)
        with self.lock:
            self._settle()
            if command in _OF_MEMBERS and self.visit.member is None:
                raise ShopError("not_signed_in")
            self.visit.notice = ""
            run(self, args)
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

    def _decline(self, args: dict[str, Any]) -> None:
        product = self._offered(args)
        with self.box.transaction():
            declines.decline(self.box, self._member(), product, "kiosk", mode=self.lane.mode)
        self.visit.declined.add(product)
        self._tell_tills()

    def _take_back(self, args: dict[str, Any]) -> None:
        product = self._offered(args)
        with self.box.transaction():
            declines.take_back(self.box, self._member(), product, "kiosk", mode=self.lane.mode)
        self.visit.declined.discard(product)
        self._tell_tills()

    def _offers_off(self, args: dict[str, Any]) -> None:
        self._consent(False)
        self.visit.offers, self.visit.declined = (), set()
        self._tell_tills()

    def _offers_on(self, args: dict[str, Any]) -> None:
        self._consent(True)
        self.bus.publish("consent")

    def _consent(self, granted: bool) -> None:
        member = self._member()
        if members.has_consent(self.box.db, member, "offers") != granted:
            with self.box.transaction():
                set_consent(self.box, member, "offers", granted, "kiosk", self.lane.mode)

    def _rate(self, args: dict[str, Any]) -> None:
        score, topics, text = args.get("score"), args.get("topics", []), args.get("text", self.visit.text)
        if not isinstance(score, int) or isinstance(score, bool) or not isinstance(topics, list):
            raise ShopError("bad_request", status=422, field="score")
        if not isinstance(text, str):
            raise ShopError("bad_request", status=422, field="text")
        uid, visit = self.visit.feedback or new_uid(self.box.env.rng), self.visit
        said = given.Said(score, tuple(str(topic) for topic in topics), text, visit.lang).checked()
        if not visit.feedback or (said.score, said.topics, said.text) != (visit.score, visit.topics, visit.text):
            given.give(self.box, uid, self.lane.id, said, self.lane.mode, member=visit.member)
        visit.feedback, visit.score, visit.topics, visit.text = uid, said.score, said.topics, said.text

    def _better(self, args: dict[str, Any]) -> None:
        """ "Better now?" answered; "skip" says nothing. Asked once, so it goes either way."""
        visit = self.visit
        if visit.ask is None:
            raise ShopError("question_gone")
        if args.get("answer") != "skip":
            issues.answer(self.box, visit.ask[0], self._member(), str(args.get("answer")), self.lane.mode)
            visit.answered = True
        visit.ask = None

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

    # -- small ones ---------------------------------------------------------------------------------------------------

    def _first_language(self) -> str:
        return self.box.config.store.languages[0]

    def _settle(self) -> None:
        """Forget a visit that nobody has touched for too long."""
        seconds = (ASK_S + LEAVE_S) * (PATIENCE if "patient" in self.visit.modes else 1) + _GRACE_S
        if self.visit.touches and self.box.env.clock.mono_ns() - self.visit.touched_ns > seconds * _S:
            self._forget()

    def _forget(self) -> None:
        self.visit = Visit(self._first_language())
        self.calls.forget(self.lane.id)
        self._changed()

    def _touch(self) -> None:
        self.visit.touched_ns = self.box.env.clock.mono_ns()
        self.visit.touches += 1
        self._changed()

    def _changed(self) -> None:
        self.rev += 1
        self.bus.publish("kiosk.changed", lane=self.lane.id)

    def _tell_tills(self) -> None:
        self.bus.publish("offers")

    def _member(self) -> int:
        assert self.visit.member is not None
        return self.visit.member

    def _offered(self, args: dict[str, Any]) -> int:
        product = args.get("product")
        if not isinstance(product, int) or product not in [s.product.id for s in self.visit.offers]:
            raise ShopError("offer_gone")
        return product


Command = Callable[[Kiosk, dict[str, Any]], None]
COMMANDS: dict[str, Command] = {
    "stay": Kiosk._stay,
    "leave": Kiosk._leave,
    "language": Kiosk._language,
    "mode": Kiosk._mode,
    "offer/decline": Kiosk._decline,
    "offer/undo": Kiosk._take_back,
    "offers/off": Kiosk._offers_off,
    "offers/on": Kiosk._offers_on,
    "rate": Kiosk._rate,
    "better": Kiosk._better,
    "call": Kiosk._call,
}
_OF_MEMBERS = ("offer/decline", "offer/undo", "offers/off", "offers/on", "better")
