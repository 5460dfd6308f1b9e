"""The state of a lane: its open basket, who works there, and what the screen must say and sound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from edge import basket as baskets
from edge.base.config import LaneConfig
from edge.box import Box
from edge.calls import Calls
from edge.pricing import Priced
from edge.recommend.counter import Counter
from edge.sales import Done
from edge.settings import Rules
from edge.shifts import Closed
from edge.staff import Session


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the cashier must see. slug selects the words till.notice_<slug>."""

    seq: int
    level: str
    slug: str
    code: str = ""
    params: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Beep:
    """The newest sound of the lane: ok | member | error | attention | done; line is the line it is about."""

    seq: int
    sound: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Looks:
    """What the till may ask of the rest of the box: its devices, sync state, pictures, kiosks that call."""

    printer: Callable[[str], str] = lambda lane: "none"
    scanner: Callable[[str], tuple[str, str]] = lambda lane: ("none", "")
    sync: Callable[[], dict[str, Any]] = lambda: {"state": "none", "queued": 0, "age_s": None}
    picture: Callable[[str, int], bytes] | None = None
    calls: Calls = field(default_factory=Calls)


@dataclass(frozen=True, slots=True)
class Books:
    """What the screen tells of past documents, as of row id `upto` of them: asked again only when there are newer ones.

    sales: how many the shift had, counted on from `upto`, never anew; last: the lane's last document (see till_view).
    """

    upto: int = 0
    shift: int = 0
    sales: int = 0
    last: dict[str, Any] | None = None


@dataclass
class LaneState:
    """Everything about a lane that is not in the database. Changed only under the lane's lock (see till.Till)."""

    box: Box
    lane: LaneConfig
    looks: Looks
    basket: baskets.Basket
    operator: Session | None = None
    notice: Notice | None = None
    beep: Beep | None = None
    done: Done | None = None
    closed: Closed | None = None
    multiplier: int = 1
    repeats: int = 0
    rev: int = 0
    seq: int = 0
    books: Books = Books()
    # Parts of the view that need not be made anew (see till_view): the shop's, and each line's.
    fixed: dict[tuple[str, str], tuple[Rules, dict[str, Any]]] = field(default_factory=dict)
    shown: dict[int, tuple[baskets.Line, Priced, str, dict[str, Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.counter = Counter(self.box, self.lane.mode)
