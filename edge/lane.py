"""The state of a lane: its open basket, who works there, and what the screen must say and sound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from drivers.base import Scan
from edge import basket as baskets
from edge import catalog, coupons
from edge.approvals import Desk
from edge.base.config import LaneConfig
from edge.box import Box
from edge.calls import Calls
from edge.coupons import Issued
from edge.errors import ShopError
from edge.people import Person, Session
from edge.pricing import Priced
from edge.promo.rules import Promotion
from edge.recommend.counter import Counter
from edge.reports import Report
from edge.returns import Document
from edge.sales import Done, Station
from edge.settings import Rules


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
class Ticket:
    """Somebody's badge was held under the scanner. secret is "" where the shop wants the PIN, too."""

    person: Person
    secret: str
    until_ns: int

    def view(self, lang: str) -> dict[str, Any]:
        """As the lane's own screen is told of it."""
        return {"staff": self.person.uid, "name": self.person.name(lang), "ticket": self.secret or None}


@dataclass(frozen=True, slots=True)
class Caught:
    """What was scanned for an open dialog (see till_catch). kind: text | product | value; facts are of a product."""

    seq: int
    kind: str
    code: str
    facts: dict[str, Any] = field(default_factory=dict)


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


class Elsewhere(Protocol):
    """Another screen of the lane that may want its scans while it is open."""

    def wants(self) -> bool:
        """Whether it wants the next scan."""

    def take(self, scan: Scan, repeated: bool) -> None:
        """Its scan; repeated: the same code came from the same device a moment ago."""

    def leave(self) -> None:
        """The lane's scans are the till's again."""


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
    closed: Report | None = None
    report: Report | None = None
    multiplier: int = 1
    repeats: int = 0
    rev: int = 0
    seq: int = 0
    books: Books = Books()
    # Parts of the view that need not be made anew (see till_view): the shop's, what the member may spend, each line's.
    fixed: dict[tuple[str, str], tuple[Rules, str, dict[str, Any]]] = field(default_factory=dict)
    able: tuple[tuple[Any, ...], int] | None = None
    shown: dict[int, tuple[baskets.Line, Priced, str, dict[str, Any]]] = field(default_factory=dict)

    # What promotions say, by uid and language, in sentences (see promo_view).
    told: dict[tuple[str, str], tuple[Promotion, list[str]]] = field(default_factory=dict)

    # A command that waits for a second person, and the receipt that goods are given back from.
    desk: Desk = field(default_factory=Desk)
    returning: Document | None = None
    # Who held a badge under the scanner, until the lane's screen has taken it.
    ticket: Ticket | None = None
    # What an open dialog wants scanned, and what was.
    catch: str = ""
    caught: Caught | None = None
    # The coupons that a cart's member may use: (the cart's uid, its member, the coupons), read once a cart.
    wallet: tuple[str, int | None, tuple[Issued, ...]] = ("", None, ())
    # Of these the one to offer now with what it takes off, and for what that was found (see till_coupons).
    offered: tuple[tuple[Any, ...], tuple[Issued, int] | None] | None = None
    elsewhere: Elsewhere | None = None

    def __post_init__(self) -> None:
        self.counter = Counter(self.box, self.lane.mode)

    def open_basket(self) -> baskets.Basket:
        """The basket to put something into; the finished sale's screen closes, prices are those of the first line."""
        self.done = self.closed = self.report = None
        if not self.basket.lines and self.basket.member is None:
            versions = catalog.current(self.box.db)
            if versions != self.basket.versions:  # undo must not bring lines with the old prices back
                self.basket.versions, self.basket.history = versions, []
        return self.basket

    def belongs_to(self, member: int | None) -> None:
        """Make the cart a member's, or nobody's. ShopError("basket_part_paid") while another owes a part of it."""
        basket = self.basket
        if member != basket.member and any(kind in ("account", "points") for kind, _, _ in basket.paid):
            raise ShopError("basket_part_paid")  # it was taken from whom it was allowed for
        if member is not None:
            basket = self.open_basket()
        if basket.coupons:  # another's stay another's
            coupons.take_out(basket, *coupons.of_others(self.box, basket.coupons, member))
        self.wallet = ("", None, ())
        basket.member = member

    def tell(self, level: str, slug: str, code: str = "", **params: object) -> None:
        """Show something that the cashier must see, and sound it."""
        self.seq += 1
        self.notice = Notice(self.seq, level, slug, code, params)
        self.beep = Beep(self.seq, "error" if level == "error" else "attention")

    def sound(self, sound: str, line: int | None = None) -> None:
        """ok | member | error | attention | done; line is the line it is about."""
        self.seq += 1
        self.beep = Beep(self.seq, sound, line)

    def station(self, session: Session) -> Station:
        """Where and by whom a document is made here."""
        person = session.person
        return Station(self.lane.id, self.lane.mode, person.id, person.uid, session.lang, self.lane.printer)

    def badge(self) -> Ticket | None:
        """Who held a badge under the scanner, unless it is too long ago."""
        if self.ticket is not None and self.ticket.until_ns <= self.box.env.clock.mono_ns():
            self.ticket = None
        return self.ticket

    def ask(self, session: Session, action: str, **facts: Any) -> Person | None:
        """Whoever allowed the action besides the session's person (see approvals.Desk.ask)."""
        return self.desk.ask(self.box.rules, session, action, **facts)
