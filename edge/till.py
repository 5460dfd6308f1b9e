"""A lane's till: one place where scans and screen commands meet the open basket, one at a time.

Scans come from the device threads, commands from the web's; a lock a lane keeps them in order. Everything durable
happens in basket.save, checkout and voids; this module only decides what a code or a tap means now.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from peewee import DatabaseError

from drivers.base import Scan, redact
from edge import basket as baskets
from edge import catalog, checkout, codes, gs1, members, printing, till_offers, till_shift, voids
from edge.args import text, whole
from edge.base.config import LaneConfig
from edge.base.ids import new_uid
from edge.base.money import fmt_money, round_div
from edge.base.sqlite import row
from edge.box import Box
from edge.bus import Bus
from edge.catalog import Product
from edge.errors import ShopError
from edge.lane import Beep, LaneState, Looks, Notice
from edge.permissions import ALLOW, permission
from edge.receipts import sale_id
from edge.sales import Station, tenders_of
from edge.staff import Session, StaffService
from edge.till_view import catalog_view, search_view, view

log = logging.getLogger(__name__)

UNDO_NS = 8_000_000_000
MAX_MULTIPLIER = 9_999


class Till(LaneState):
    """One lane. Every public method takes the lane's lock."""

    def __init__(self, box: Box, lane: LaneConfig, staff: StaffService, bus: Bus, looks: Looks | None = None) -> None:
        super().__init__(box, lane, looks or Looks(), baskets.restore(box, lane.id))
        self.staff, self.bus, self.lock = staff, bus, threading.RLock()
        self.operator = staff.working_at(lane.id)
        if not self.basket.lines and self.basket.member is None:
            self.done = checkout.just_completed(box, lane.id)
        self._last_scan: tuple[str, str, int] = ("", "", 0)
        self._kept: tuple[str, tuple[baskets.Line, ...], int | None] | None = None

    # -- scans --------------------------------------------------------------------------------------------------------

    def on_scan(self, scan: Scan) -> None:
        """A code from a device that is bound to this lane. Never raises for what a code may hold."""
        with self.lock:
            if scan.problem:
                self._tell("error", f"scan_{scan.problem}", code=scan.text)
            elif self._repeated(scan):
                self.repeats += 1
                self._tell("info", "repeat_dropped", code=scan.text[:32], count=self.repeats)
            else:
                self._take(scan.text, scan.symbology)
            self._changed()

    def _repeated(self, scan: Scan) -> bool:
        device, text, at_ns = self._last_scan
        window = self.box.rules.repeat_window_ms * 1_000_000
        self._last_scan = (scan.device, scan.text, scan.at_ns)
        return (device, text) == (scan.device, scan.text) and 0 <= scan.at_ns - at_ns < window

    def _take(self, text: str, symbology: str | None = None) -> None:
        self.operator = self.staff.working_at(self.lane.id)
        if self.operator is None:
            self._tell("error", "log_in_first")
            return
        if permission("sale.sell", self.operator.person.role) != ALLOW:
            self._tell("error", "denied")
            return
        if len(text) > codes.MAX_CHARS:
            self._tell("error", "scan_too_long", code=redact(text))
            return
        code = gs1.identify(self.box, text, symbology)
        try:
            self._route(code)
        except ShopError as error:
            self._tell("error", error.slug, code=code.text, **error.params)

    def _route(self, code: codes.Code) -> None:
        if code.kind in ("product", "label", "bad_check", "unknown"):
            self._product_code(code)
        elif code.kind == "member":
            self._attach(code)
        elif code.kind == "staff":
            self._badge(code)
        elif code.kind == "unreadable":
            self._tell("error", "scan_control", code=redact(code.text))
        else:  # payment and receipt codes have their place, but not here and now
            self._tell("warn", f"{code.kind}_code", code=code.text)

    def _product_code(self, code: codes.Code) -> None:
        product = catalog.find(self.box, self._open().versions, code.candidates)
        if product is None:
            self._no_product(code)
        elif code.kind == "label" and (code.plu or code.amount or product.unit == "kg"):
            self._label(product, code)
        elif product.unit == "kg":
            self._tell("error", "needs_weight", code=code.text)
        else:
            self._add(product, 1000 * self.multiplier, None, code.text)

    def _no_product(self, code: codes.Code) -> None:
        if code.plu and codes.is_payment(code.text):
            # One Alipay code in ten has a label's check digit; without such a product it is no label.
            self._route(codes.payment_code(code.text))
        else:
            self._tell("error", "bad_check" if code.kind == "bad_check" else "unknown_code", code=code.text)

    def _label(self, product: Product, code: codes.Code) -> None:
        if not code.qty and not code.amount:
            raise ShopError("needs_weight")
        if self.multiplier > 1:
            raise ShopError("label_qty_fixed")
        if product.unit == "pc" and not code.amount:
            raise ShopError("whole_pieces")
        qty = code.qty or 1000
        if not code.qty and code.amount and product.unit == "kg" and product.price:
            # Only the amount is printed: stock and receipt take the weight that it pays for.
            qty = min(baskets.MAX_QTY, max(1, round_div(code.amount * 1000, product.price)))
        self._add(product, qty, code.amount or None, code.text)

    def _add(self, product: Product, qty: int, amount: int | None, code: str | None) -> None:
        line = self._open().add(product, qty, amount, code)
        self.multiplier = 1
        self.notice = None
        self._sound("attention" if "age18" in product.flags else "ok", line.n)

    def _attach(self, code: codes.Code) -> None:
        member = members.by_card(self.box.db, code.text)
        if member is None:
            self._tell("error", "unknown_card", code=code.text)
            return
        self._open().member = member.id
        self.notice = None
        self._sound("member")

    def _badge(self, code: codes.Code) -> None:
        found = row(self.box.db, "SELECT name_zh, name_en FROM staff WHERE badge = ? AND active = 1", (code.text,))
        if found is None:
            self._tell("error", "unknown_badge", code=code.text)
        else:
            self._tell("info", "badge", name=found[0] if self._lang().startswith("zh") else found[1])

    # -- commands of the screen ---------------------------------------------------------------------------------------

    def do(self, session: Session, command: str, args: dict[str, Any]) -> dict[str, Any]:
        """Run one command and give the new view. ShopError when it can't be done; then nothing changed.

        args carries "basket" (the uid the screen shows) and "id" (the command's own); a command seen before is only
        answered. A basket that is no longer open gives ShopError("basket_gone"), but "pay" finds its finished sale.
        """
        run = _COMMANDS.get(command)
        if run is None:
            raise ShopError("unknown_command", status=404)
        with self.lock:
            self.operator = session
            if run not in _ANY_BASKET and args.get("basket") != self.basket.uid:
                raise ShopError("basket_gone")
            command_id = text(args, "id")
            if not command_id:
                raise ShopError("bad_request", status=422, field="id")
            if command_id not in self.basket.applied:
                basket = self.basket
                run(self, session, args)
                basket.note(command_id)
                self._changed()
            return view(self, session.lang, session.person.role)

    def _scan_typed(self, session: Session, args: dict[str, Any]) -> None:
        self._take(text(args, "code", codes.MAX_CHARS * 40)[: codes.MAX_CHARS + 1])

    def _add_tile(self, session: Session, args: dict[str, Any]) -> None:
        product = catalog.by_id(self.box.db, self._open().versions, whole(args, "product"))
        if product is None:
            raise ShopError("product_gone", status=404)
        qty = whole(args, "qty") if args.get("qty") is not None else 1000 * self.multiplier
        if product.unit == "kg" and args.get("qty") is None:
            raise ShopError("needs_weight")
        if product.unit == "pc" and qty % 1000:
            raise ShopError("whole_pieces")
        self._add(product, qty, None, None)

    def _qty(self, session: Session, args: dict[str, Any]) -> None:
        qty = whole(args, "qty")
        if qty % 1000:
            raise ShopError("whole_pieces")
        self.basket.set_qty(whole(args, "line"), qty)

    def _remove(self, session: Session, args: dict[str, Any]) -> None:
        self.basket.remove(whole(args, "line"))
        self.basket.undo_until_ns = self.box.env.clock.mono_ns() + UNDO_NS

    def _clear(self, session: Session, args: dict[str, Any]) -> None:
        self.basket.clear()
        self.basket.undo_until_ns = self.box.env.clock.mono_ns() + UNDO_NS

    def _undo(self, session: Session, args: dict[str, Any]) -> None:
        self.basket.undo()
        self.basket.undo_until_ns = 0

    def _multiply(self, session: Session, args: dict[str, Any]) -> None:
        n = whole(args, "n")
        if not 1 <= n <= MAX_MULTIPLIER:
            raise ShopError("qty_out_of_bounds", limit=MAX_MULTIPLIER)
        self.multiplier = n

    def _member(self, session: Session, args: dict[str, Any]) -> None:
        typed = text(args, "code").strip()
        digits = typed.replace(" ", "")
        code = codes.identify(typed, ())
        found = None
        if code.kind == "member":
            found = members.by_card(self.box.db, code.text)
        elif digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 15:
            found = members.by_phone(self.box, digits)
        if found is None:
            raise ShopError("member_unknown", status=404)
        self._open().member = found.id
        self._sound("member")

    def _detach(self, session: Session, args: dict[str, Any]) -> None:
        self.basket.member = None

    def _pay(self, session: Session, args: dict[str, Any]) -> None:
        uid = text(args, "basket")
        if uid != self.basket.uid:
            done = checkout.find_sale(self.box.db, self.box, uid)
            if done is None:
                raise ShopError("basket_gone")
            self.done = done
            return
        given = args.get("tenders")
        if not isinstance(given, list):
            raise ShopError("bad_request", status=422, field="tenders")
        tenders = [_tender(entry) for entry in given]
        self.done = checkout.complete_sale(self.box, self.basket, tenders, self._station(session))
        self.basket = baskets.fresh(self.box, self.lane.id)
        self.notice, self.multiplier = None, 1
        self._sound("done")

    def _void(self, session: Session, args: dict[str, Any]) -> None:
        person = self.staff.approve(
            "sale.void", self.lane.id, session.person, text(args, "staff"), text(args, "pin", 16)
        )
        reason = text(args, "reason", 80)
        if not reason.strip():
            raise ShopError("reason_missing", status=422)
        approval = voids.Approval(person.id, person.uid, reason.strip())
        done = voids.void_sale(self.box, text(args, "sale"), text(args, "id"), self._station(session), approval)
        self.done = None
        back = {kind: fmt_money(-amount, self.box.currency) for kind, amount in tenders_of(self.box.db, done.uid)}
        slug = "voided" if set(back) == {"cash"} else "voided_card" if set(back) == {"card"} else "voided_both"
        self._tell("info", slug, receipt=done.receipt, **back)

    def _reprint(self, session: Session, args: dict[str, Any]) -> None:
        if self.lane.printer is None:
            raise ShopError("no_printer")
        printing.reprint(self.box, text(args, "sale"), text(args, "id"), self.lane.printer, self.lane.id)

    def _resolve(self, session: Session, args: dict[str, Any]) -> None:
        printed = args.get("printed") is True
        printing.resolve(self.box, whole(args, "job"), self.lane.id, printed, text(args, "id"))

    def _dismiss(self, session: Session, args: dict[str, Any]) -> None:
        self.notice, self.done, self.closed = None, None, None
        self.basket.restored = False

    # -- what the web asks --------------------------------------------------------------------------------------------

    def view(self, lang: str, role: str | None = None) -> dict[str, Any]:
        """What the screen shows now (see till_view)."""
        with self.lock:
            return view(self, lang, role)

    def catalog(self, lang: str) -> dict[str, Any]:
        """Categories and tiles of the grid, of the catalogue that the next basket takes."""
        return catalog_view(self.box, lang)

    def search(self, query: str, lang: str) -> list[dict[str, Any]]:
        """Products that match a name, initials, pinyin initials or code."""
        return search_view(self.box, query, lang)

    def receipt(self, sale_uid: str) -> bytes:
        """The receipt as a picture (PNG), from the very bytes a printer would get. ShopError("no_printer")."""
        if self.looks.picture is None:
            raise ShopError("no_printer")
        return self.looks.picture(self.lane.id, sale_id(self.box, sale_uid))

    def log_out(self, session: Session) -> None:
        """Nobody works here any more; the basket stays."""
        with self.lock:
            if self.operator is not None and self.operator.token_hash == session.token_hash:
                self.operator = None
                self._changed()

    # -- small ones ---------------------------------------------------------------------------------------------------

    def _station(self, session: Session) -> Station:
        person = session.person
        return Station(self.lane.id, self.lane.mode, person.id, person.uid, session.lang, self.lane.printer)

    def _lang(self) -> str:
        return self.operator.lang if self.operator else self.box.config.store.languages[0]

    def _open(self) -> baskets.Basket:
        """The basket to put something into; the finished sale's screen closes, prices are those of the first line."""
        self.done = self.closed = None
        if not self.basket.lines and self.basket.member is None:
            versions = catalog.current(self.box.db)
            if versions != self.basket.versions:  # undo must not bring lines with the old prices back
                self.basket.versions, self.basket.history = versions, []
        return self.basket

    def _tell(self, level: str, slug: str, code: str = "", **params: object) -> None:
        self.seq += 1
        self.notice = Notice(self.seq, level, slug, code, params)
        self.beep = Beep(self.seq, "error" if level == "error" else "attention")

    def _sound(self, sound: str, line: int | None = None) -> None:
        self.seq += 1
        self.beep = Beep(self.seq, sound, line)

    def _changed(self) -> None:
        self.rev += 1
        kept: tuple[str, tuple[baskets.Line, ...], int | None] | None
        kept = (self.basket.uid, self.basket.lines, self.basket.member)
        if kept != self._kept and (self.basket.lines or self._kept is None or self._kept[0] == self.basket.uid):
            # A new, empty basket needs no row: the sale's transaction has just deleted the old one.
            try:
                baskets.save(self.box, self.basket)
            except DatabaseError as error:
                # Only a crash would ask for it. The scanner's thread must not die of it; the next change tries again.
                log.warning("the open basket of lane %s could not be kept: %s", self.lane.id, error)
                kept = None
        self._kept = kept
        self.bus.publish("till.changed", lane=self.lane.id)


Command = Callable[[Till, Session, dict[str, Any]], None]
_COMMANDS: dict[str, Command] = {
    "scan": Till._scan_typed,
    "add": Till._add_tile,
    "qty": Till._qty,
    "remove": Till._remove,
    "clear": Till._clear,
    "undo": Till._undo,
    "multiply": Till._multiply,
    "member": Till._member,
    "member/detach": Till._detach,
    "pay": Till._pay,
    "void": Till._void,
    "reprint": Till._reprint,
    "print/resolve": Till._resolve,
    "notice/dismiss": Till._dismiss,
    **till_shift.COMMANDS,
    **till_offers.COMMANDS,
}
# These are about a finished sale or about nothing in the basket, so a changed basket does not stop them.
_ANY_BASKET = (
    Till._pay, Till._void, Till._reprint, Till._resolve, Till._dismiss, *till_shift.COMMANDS.values(),
    till_offers.answer_call,
)  # fmt: skip


def _tender(entry: Any) -> checkout.Tender:
    if not isinstance(entry, dict):
        raise ShopError("bad_request", status=422, field="tenders")
    reference = text(entry, "reference", 40).strip() if entry.get("reference") else None
    if reference is not None and not codes.safe_reference(reference):
        raise ShopError("reference_looks_like_card", status=422)
    return checkout.Tender(text(entry, "kind", 16), whole(entry, "received"), reference)


def new_command_id(box: Box) -> str:
    """An id for a command that no screen sent (replay, tests)."""
    return new_uid(box.env.rng)
