"""The state of a kiosk lane, and what its parts are made of: commands, and panels that open over the stage.

A part is a module of its own (kiosk_offers, kiosk_feedback, …). It brings COMMANDS, which kiosk.COMMANDS takes up, and
perhaps a Panel, which kiosk_panels.PANELS takes up; its script is named in web/static/js/kiosk-panels.js.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from edge import restraint
from edge.base.config import LaneConfig
from edge.base.ids import new_uid
from edge.box import Box
from edge.bus import Bus
from edge.calls import Calls
from edge.errors import ShopError
from edge.feedback import issues
from edge.recommend.suggest import Suggester, Suggestion


@dataclass
class Visit:
    """One person before the screen; all of it is forgotten when she leaves.

    uid: names this visit, and nobody. offers stay as they were found; what she declined stays as a place to undo.
    panel: the one that is open, or "". kept: what other parts remember of the visit, each under its own name.
    """

    uid: str
    lang: str
    member: int | None = None
    offers: tuple[Suggestion, ...] = ()
    declined: set[int] = field(default_factory=set)
    modes: set[str] = field(default_factory=set)
    feedback: str = ""
    score: int = 0
    topics: tuple[str, ...] = ()
    touched_ns: int = 0
    touches: int = 0
    notice: str = ""
    panel: str = ""
    kept: dict[str, Any] = field(default_factory=dict)


class KioskState:
    """What a part of the kiosk may ask and change. Used under the lane's lock."""

    def __init__(self, box: Box, lane: LaneConfig, bus: Bus, calls: Calls) -> None:
        self.box, self.lane, self.bus, self.calls = box, lane, bus, calls
        self.suggester, self.lock, self.rev = Suggester(box), threading.RLock(), 0
        self.visit = self.fresh()

    def fresh(self) -> Visit:
        """The visit of somebody who has just come."""
        return Visit(new_uid(self.box.env.rng), self.box.config.store.languages[0])

    def member(self) -> int:
        """The row id of the member who is signed in. ShopError("not_signed_in")."""
        if self.visit.member is None:
            raise ShopError("not_signed_in")
        return self.visit.member

    def sign_in(self, member: int) -> None:
        """A member stands there now; of whoever did before only the language and the modes of the screen stay."""
        before = self.visit
        self.visit = Visit(
            new_uid(self.box.env.rng), before.lang, member, modes=before.modes, touches=before.touches
        )  # fmt: skip
        self.visit.kept["ask"] = issues.to_ask(self.box, member)
        self.visit.offers = tuple(s for s in self.suggester.offers(member) if self._may_show(member, s))

    def _may_show(self, member: int, found: Suggestion) -> bool:
        return restraint.offer(self.box, member, "kiosk", f"product:{found.product.id}", self.visit.uid)

    def tell_tills(self) -> None:
        """Something of a member changed: the tills and the other kiosks look again."""
        self.bus.publish("offers")


@dataclass(frozen=True, slots=True)
class Command:
    """What a tap does, given its arguments. member: only for somebody who is signed in."""

    run: Callable[[Any, dict[str, Any]], None]
    member: bool = True


@dataclass(frozen=True, slots=True)
class Panel:
    """A part that opens over the stage; its words are kiosk_<name>.title and .hint.

    facts: what it shows in a language, asked while it is open. badge: what its button says beside the title, "" for
    nothing, None for no button now. member: whether it is for members, or for somebody who is not signed in. wide: its
    button is one of the main actions; else it is opened from elsewhere.
    """

    name: str
    icon: str
    facts: Callable[[Any, str], dict[str, Any]]
    badge: Callable[[Any, str], str | None] = lambda kiosk, lang: ""
    member: bool = True
    wide: bool = True
