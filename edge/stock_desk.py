"""A lane's stock screen: while its page is open, the lane's scans are goods that came in, go out or are counted.

What is scanned goes into the list of the tab that is open (see stock_sheets) or into the person's tally of the open
count (see stocktake); on a tab that only tells, a scan asks what there is. The till keeps its basket meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from drivers.base import Scan, redact
from edge import catalog, codes, gs1, inventory, lots, stock_sheets, stocktake
from edge.args import text, whole
from edge.catalog import Product
from edge.errors import ShopError
from edge.inventory import By
from edge.lane import Beep, Notice
from edge.permissions import ALLOW, permission
from edge.staff import Session
from edge.stock_sheets import Row
from edge.till import Till
from edge.till_lines import UNDO_NS

# Each tab, and what it takes to work there.
_ACTION = {
    "delivery": "stock.change", "write_off": "stock.change", "count": "stock.count",
    "low": "stock.see", "expiring": "stock.see", "negative": "stock.see",
}  # fmt: skip
# A page that is gone without a word is noticed by this: its stream looks in at each beat.
LEASE_NS = 10_000_000_000
PAGE = 50
REMEMBERED = 64
_SOUNDS = {"error": "error", "warn": "attention", "done": "done"}


@dataclass(frozen=True, slots=True)
class Undo:
    """How the last change is taken back, and until when (monotonic nanoseconds); what: removed, cleared or changed."""

    what: str
    tab: str
    back: Callable[[], None]
    until_ns: int


class StockDesk:
    """One lane's. Every public method takes the till's lock, so that no scan is torn between the two screens."""

    def __init__(self, till: Till) -> None:
        self.till, self.box, self.bus = till, till.box, till.bus
        self.lane, self.lock = till.lane, till.lock
        self.session: Session | None = None
        self.tab, self.shown, self.touched = "delivery", PAGE, ""
        self.notice: Notice | None = None
        self.beep: Beep | None = None
        self.rev = self.seq = self.visit = 0
        self._until_ns = 0
        self._undo: Undo | None = None
        self._done: list[str] = []

    # -- the page comes and goes ----------------------------------------------------------------------------------

    def enter(self, session: Session) -> int:
        """A page opens: from now on the lane's scans are its. The number of its visit is for look_in."""
        with self.lock:
            self.visit += 1
            self.till.elsewhere = self
            self.look_in(session, self.visit)
            if not self._allowed(_ACTION[self.tab]):
                self.tab = "count" if self._allowed("stock.count") else "low"
            return self.visit

    def look_in(self, session: Session, visit: int) -> None:
        """The page is still open. One that another has followed, or that is closed already, is not heard any more."""
        with self.lock:
            if visit == self.visit and self.till.elsewhere is self:
                self.session = session
                self._until_ns = self.box.env.clock.mono_ns() + LEASE_NS

    def leave(self, visit: int | None = None) -> None:
        """No page is open (or that visit's is closed); scans are the till's again."""
        with self.lock:
            if visit not in (None, self.visit):
                return
            self.visit += 1
            self._until_ns = 0
            if self.till.elsewhere is self:
                self.till.elsewhere = None

    def wants(self) -> bool:
        """Whether a scan is for this screen."""
        return self.session is not None and self.box.env.clock.mono_ns() < self._until_ns

    def take(self, scan: Scan, repeated: bool) -> None:
        """A scan of the lane. Never raises for what a code may hold."""
        with self.lock:
            if scan.problem:
                self.tell("error", f"scan_{scan.problem}", code=scan.text)
            elif repeated:
                self.tell("info", "repeat_dropped", code=scan.text[:32])
            else:
                self._scanned(scan.text, scan.symbology)
            self._changed()

    # -- commands of the screen ---------------------------------------------------------------------------------------

    def do(self, session: Session, command: str, args: dict[str, Any]) -> None:
        """Run one command; one seen before does nothing. ShopError when it can't be done; then nothing changed."""
        run = _COMMANDS.get(command)
        if run is None:
            raise ShopError("unknown_command", status=404)
        with self.lock:
            self.session = session
            command_id = text(args, "id")
            if not command_id:
                raise ShopError("bad_request", status=422, field="id")
            if command_id in self._done:
                return
            run(self, args)
            self._done = [*self._done, command_id][-REMEMBERED:]
            self._changed()

    def _open_tab(self, args: dict[str, Any]) -> None:
        """{tab}: what the screen shows, and where scans go."""
        tab = text(args, "tab")
        if tab not in _ACTION:
            raise ShopError("bad_request", status=422, field="tab")
        self._may(_ACTION[tab])
        self.tab, self.shown, self.touched, self.notice = tab, PAGE, "", None

    def _scan_typed(self, args: dict[str, Any]) -> None:
        """{code}: as if it had been scanned."""
        self._scanned(text(args, "code", codes.MAX_CHARS), None)

    def _dismiss(self, args: dict[str, Any]) -> None:
        self.notice = None

    def _more(self, args: dict[str, Any]) -> None:
        self.shown += PAGE

    def _put(self, args: dict[str, Any]) -> None:
        """{product, qty?} a tile, or weighed goods with their weight."""
        found = catalog.by_id(self.box.db, catalog.current(self.box.db), whole(args, "product"))
        if found is None:
            raise ShopError("product_gone", status=404)
        self.notice = None
        self._add(found, whole(args, "qty") if args.get("qty") is not None else None)

    def _line(self, args: dict[str, Any]) -> None:
        """{line, qty?, lot?, expiry?, cost?}: what a line says from now on; of a count only its quantity."""
        key = text(args, "line")
        if self.tab == "count":
            product, lot, expiry = _tally_key(key)
            self._may("stock.count")
            back = self._tally_back(product, lot, expiry)
            stocktake.tally(self.box, self.open_count(), self.by(), product, whole(args, "qty"), lot, expiry)
        else:
            old, back = self._row(key), self._sheet_back()
            new = Row(
                old.n, old.product,
                whole(args, "qty") if args.get("qty") is not None else old.qty,
                codes.traced(text(args, "lot")) if args.get("lot") is not None else old.lot,
                text(args, "expiry").strip() if args.get("expiry") is not None else old.expiry,
                whole(args, "cost") if args.get("cost") is not None else old.cost,
            )  # fmt: skip
            unit = inventory.product_of(self.box, catalog.current(self.box.db), old.product).unit
            stock_sheets.change(self.box, self.lane.id, self.tab, old.n, unit, new)
        self.touched, self.notice = key, None
        self._may_undo("changed", back)

    def _remove(self, args: dict[str, Any]) -> None:
        """{line}: take it off; of a count, as if it had not been counted."""
        key = text(args, "line")
        if self.tab == "count":
            product, lot, expiry = _tally_key(key)
            self._may("stock.count")
            back = self._tally_back(product, lot, expiry)
            stocktake.forget(self.box, self.open_count(), self.by().person.id, product, lot, expiry)
        else:
            back = self._sheet_back()
            stock_sheets.remove(self.box, self.lane.id, self.tab, self._row(key).n)
        self.touched = ""
        self._may_undo("removed", back)

    def _head(self, args: dict[str, Any]) -> None:
        """{supplier?, note?, reason?}: what is written on the list."""
        said = {name: text(args, name).strip() for name in ("supplier", "note", "reason") if args.get(name) is not None}
        stock_sheets.say(self.box, self.lane.id, self._sheet_tab(), **said)

    def _clear(self, args: dict[str, Any]) -> None:
        tab, back = self._sheet_tab(), self._sheet_back()
        stock_sheets.clear(self.box, self.lane.id, tab)
        self.touched, self.notice = "", None
        self._may_undo("cleared", back)

    def _take_back(self, args: dict[str, Any]) -> None:
        """Undo the last change of this tab's lines, for eight seconds."""
        undo = self.undo()
        if undo is None:
            raise ShopError("nothing_to_undo")
        self._may(_ACTION[undo.tab])
        self._undo = None
        undo.back()

    def _book(self, args: dict[str, Any]) -> None:
        """{list}: book it; the uid is the one that the screen shows, so that a second tap books nothing else."""
        tab, uid = self._sheet_tab(), text(args, "list")
        if stock_sheets.open_sheet(self.box, self.lane.id, tab).uid != uid:
            return
        self._undo = None
        done = stock_sheets.book(self.box, self.lane.id, tab, self.by())
        self.touched, self.shown = "", PAGE
        self.tell("done", f"booked_{tab}", n=done.lines)

    def _start(self, args: dict[str, Any]) -> None:
        """{scope}: "" what is counted and no more, "*" everything, else a category."""
        stocktake.start(self.box, self.by(), text(args, "scope"))
        self.notice = None

    def _book_count(self, args: dict[str, Any]) -> None:
        """{count, choices?}: end the count; choices: product -> the person (row id) who is right, or "sum"."""
        count = stocktake.by_uid(self.box, text(args, "count"))
        found = stocktake.book(self.box, count, self.by(), _choices(args.get("choices")))
        self.tell("done", "booked_count", n=len(found.differing))

    def _drop_count(self, args: dict[str, Any]) -> None:
        """{count}: end it, book nothing."""
        stocktake.drop(self.box, stocktake.by_uid(self.box, text(args, "count")), self.by())
        self.tell("done", "count_dropped")

    # -- taking back --------------------------------------------------------------------------------------------------

    def undo(self) -> Undo | None:
        """What can be taken back now."""
        found = self._undo
        now = self.box.env.clock.mono_ns()
        return found if found is not None and found.tab == self.tab and now < found.until_ns else None

    def left_ms(self, undo: Undo) -> int:
        """How long it still can."""
        return (undo.until_ns - self.box.env.clock.mono_ns()) // 1_000_000

    def _may_undo(self, what: str, back: Callable[[], None]) -> None:
        self._undo = Undo(what, self.tab, back, self.box.env.clock.mono_ns() + UNDO_NS)

    def _sheet_back(self) -> Callable[[], None]:
        tab = self._sheet_tab()
        sheet = stock_sheets.open_sheet(self.box, self.lane.id, tab)
        lines = stock_sheets.rows_of(self.box, sheet)
        return lambda: stock_sheets.restore(self.box, self.lane.id, tab, sheet, lines)

    def _tally_back(self, product: int, lot: str, expiry: str) -> Callable[[], None]:
        """To what this person had counted of it."""
        count, by = self.open_count(), self.by()
        mine = (by.person.id, product, lot, expiry)
        all_ = stocktake.tallies(self.box, count)
        before = next((x.qty for x in all_ if (x.staff, x.product, x.lot, x.expiry) == mine), None)
        if before is None:
            return lambda: stocktake.forget(self.box, count, by.person.id, product, lot, expiry)
        return lambda: stocktake.tally(self.box, count, by, product, before, lot, expiry)

    # -- what goods become --------------------------------------------------------------------------------------------

    def _scanned(self, scanned: str, symbology: str | None) -> None:
        if len(scanned) > codes.MAX_CHARS:
            self.tell("error", "scan_too_long", code=redact(scanned))
            return
        code = gs1.identify(self.box, scanned, symbology)
        if code.kind not in ("product", "label", "bad_check", "unknown"):
            self.tell("warn", "no_goods")
            return
        product = catalog.find(self.box, catalog.current(self.box.db), code.candidates)
        if product is None:
            self.tell("error", "bad_check" if code.kind == "bad_check" else "unknown_code", code=code.text)
            return
        self.notice = None
        try:
            self._add(product, code.qty if product.unit == "kg" else None, code.lot or "", code.expiry or "")
        except ShopError as error:
            self.tell("error", error.slug, code=code.text, **error.params)

    def _add(self, product: Product, qty: int | None, lot: str = "", expiry: str = "") -> None:
        if self.tab not in (*stock_sheets.KINDS, "count"):
            self.tell("info", "there", product=product.id)
            return
        self._may(_ACTION[self.tab])
        count = self.open_count() if self.tab == "count" else None
        if qty is None and product.unit == "kg":
            self.tell("info", "weight", product=product.id, name=product.name(self.by_lang()))
            return
        qty = 1000 if qty is None else qty
        expiry = expiry or lots.expiry_of(self.box, product.id, lot)
        if count is not None:
            stocktake.tally(self.box, count, self.by(), product.id, qty, lot, expiry, more=True)
            self.touched = tally_key(product.id, lot, expiry)
        else:
            self.touched = str(stock_sheets.put(self.box, self.lane.id, self.tab, product, qty, lot, expiry))
        self.sound("ok")

    # -- small ones ---------------------------------------------------------------------------------------------------

    def open_count(self) -> stocktake.Count:
        """The count that is open. ShopError("count_none")."""
        found = stocktake.current(self.box, self.lane.mode)
        if found is None:
            raise ShopError("count_none")
        return found

    def by(self) -> By:
        """Who books here. A session is there whenever a command runs or a scan is wanted."""
        assert self.session is not None
        return By(self.session.person, self.lane.id, self.lane.mode)

    def by_lang(self) -> str:
        """The language of whoever stands here."""
        return self.session.lang if self.session else self.box.config.store.languages[0]

    def tell(self, level: str, slug: str, code: str = "", **params: object) -> None:
        """Show something (words stockroom.notice_<slug>, else those of the till or of the error) and sound it."""
        self.seq += 1
        self.notice = Notice(self.seq, level, slug, code, params)
        self.beep = Beep(self.seq, _SOUNDS.get(level, "ok"))

    def sound(self, sound: str) -> None:
        """ok | error | attention | done."""
        self.seq += 1
        self.beep = Beep(self.seq, sound)

    def _may(self, action: str) -> None:
        if not self._allowed(action):
            raise ShopError("denied", status=403)

    def _allowed(self, action: str) -> bool:
        return permission(action, self.by().person.role, self.box.rules.permissions) == ALLOW

    def _sheet_tab(self) -> str:
        if self.tab not in stock_sheets.KINDS:
            raise ShopError("bad_request", status=422, field="tab")
        return self.tab

    def _row(self, key: str) -> Row:
        """A line of the open list, for who may change it."""
        sheet = stock_sheets.open_sheet(self.box, self.lane.id, self._sheet_tab())
        self._may("stock.change")
        found = next((x for x in stock_sheets.rows_of(self.box, sheet) if str(x.n) == key), None)
        if found is None:
            raise ShopError("line_gone", status=404)
        return found

    def _changed(self) -> None:
        self.rev += 1
        self.bus.publish("stock.changed", lane=self.lane.id)


def tally_key(product: int, lot: str, expiry: str) -> str:
    """How the screen names a line of a count."""
    return f"{product}:{expiry}:{lot}"


def _tally_key(key: str) -> tuple[int, str, str]:
    product, _, rest = key.partition(":")
    expiry, colon, lot = rest.partition(":")
    if not (product.isascii() and product.isdigit() and len(product) < 10 and colon):
        raise ShopError("bad_request", status=422, field="line")
    return int(product), lot, expiry


def _choices(given: object) -> dict[int, str | int]:
    """{"12": 3, "13": "sum"} as it was sent."""
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise ShopError("bad_request", status=422, field="choices")
    made: dict[int, str | int] = {}
    for product, who in given.items():
        person = isinstance(who, int) and not isinstance(who, bool)
        if not (product.isascii() and product.isdigit() and len(product) < 10) or not (person or who == stocktake.SUM):
            raise ShopError("bad_request", status=422, field="choices")
        made[int(product)] = who
    return made


_COMMANDS: dict[str, Callable[[StockDesk, dict[str, Any]], None]] = {
    "tab": StockDesk._open_tab,
    "scan": StockDesk._scan_typed,
    "dismiss": StockDesk._dismiss,
    "more": StockDesk._more,
    "put": StockDesk._put,
    "line": StockDesk._line,
    "remove": StockDesk._remove,
    "head": StockDesk._head,
    "clear": StockDesk._clear,
    "undo": StockDesk._take_back,
    "book": StockDesk._book,
    "count/start": StockDesk._start,
    "count/book": StockDesk._book_count,
    "count/drop": StockDesk._drop_count,
}
