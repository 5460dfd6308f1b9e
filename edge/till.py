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
from edge import (
    audit,
    badges,
    catalog,
    checkout,
    codes,
    drafts,
    gs1,
    tier_prices,
    till_catch,
    till_coupons,
    till_drawer,
    till_hold,
    till_lines,
    till_member,
    till_offers,
    till_pay,
    till_points,
    till_privacy,
    till_return,
    till_rewards,
    till_shift,
)  # fmt: skip
from edge.approvals import ApprovalNeeded, Pending
from edge.args import text
from edge.base.config import LaneConfig
from edge.base.ids import new_uid
from edge.box import Box
from edge.bus import Bus
from edge.errors import ShopError
from edge.lane import LaneState, Looks
from edge.permissions import ALLOW, permission
from edge.promo import desk as promotions
from edge.receipts import sale_id
from edge.staff import Person, Session, StaffService
from edge.till_view import catalog_view, search_view, view

log = logging.getLogger(__name__)

# What of a basket its row holds: it is written when any of it has changed.
_Kept = tuple[Any, ...]


class Till(LaneState):
    """One lane. Every public method takes the lane's lock."""

    def __init__(self, box: Box, lane: LaneConfig, staff: StaffService, bus: Bus, looks: Looks | None = None) -> None:
        super().__init__(box, lane, looks or Looks(), drafts.restore(box, lane.id))
        self.staff, self.bus, self.lock = staff, bus, threading.RLock()
        self.operator = staff.working_at(lane.id)
        if not self.basket.lines and self.basket.member is None:
            self.done = checkout.just_completed(box, lane.id)
        promotions.settle(box, lane.id, self.basket)
        self._last_scan: tuple[str, str, int] = ("", "", 0)
        self._kept: _Kept | None = None
        tier_prices.apply(box, self.basket)

    # -- scans --------------------------------------------------------------------------------------------------------

    def on_scan(self, scan: Scan) -> None:
        """A code from a device that is bound to this lane. Never raises for what a code may hold."""
        with self.lock:
            if self.elsewhere is not None and self.elsewhere.wants():
                self.elsewhere.take(scan, scan.problem is None and self._repeated(scan))
                return
            if scan.problem:
                self.tell("error", f"scan_{scan.problem}", code=scan.text)
            elif self._repeated(scan):
                self.repeats += 1
                self.tell("info", "repeat_dropped", code=scan.text[:32], count=self.repeats)
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
        if codes.is_badge(text):
            self._badge(text)
            return
        if self.operator is None:
            self.tell("error", "log_in_first")
            return
        if permission("sale.sell", self.operator.person.role) != ALLOW:
            self.tell("error", "denied")
            return
        if len(text) > codes.MAX_CHARS:
            self.tell("error", "scan_too_long", code=redact(text))
            return
        self.staff.idle.touch(self.operator)
        code = gs1.identify(self.box, text, symbology)
        try:
            if not self.catch or not self._caught(code, text):
                self._route(code)
        except ShopError as error:
            self.tell("error", error.slug, code=code.text, **error.params)

    def _route(self, code: codes.Code) -> None:
        if code.kind in ("product", "label", "bad_check", "unknown"):
            self._product_code(code)
        elif code.kind == "member":
            till_member.scanned(self, code)
        elif code.kind == "receipt":
            self._receipt(code)
        elif code.kind == "coupon":
            till_coupons.show(self, code.text)
        elif code.kind == "value":
            till_catch.keep(self, "value", code.text)
        elif code.kind == "unreadable":
            self.tell("error", "scan_control", code=redact(code.text))
        else:  # payment codes have their place, but not here and now
            self.tell("warn", f"{code.kind}_code", code=code.text)

    def _product_code(self, code: codes.Code) -> None:
        product = catalog.find(self.box, self.open_basket().versions, code.candidates)
        if product is None:
            self._no_product(code)
        else:
            till_lines.scanned(self, product, code)

    def _no_product(self, code: codes.Code) -> None:
        if code.plu and codes.is_payment(code.text):
            # One Alipay code in ten has a label's check digit; without such a product it is no label.
            self._route(codes.payment_code(code.text))
        else:
            self.tell("error", "bad_check" if code.kind == "bad_check" else "unknown_code", code=code.text)

    def _receipt(self, code: codes.Code) -> None:
        self._as_command("return/open", receipt=code.text)

    def _caught(self, code: codes.Code, scanned: str) -> bool:
        """Whether the scan was for the dialog that is open."""
        line = till_catch.taken(self, code, scanned)
        if line:
            self._as_command("return/take", line=line)
        return line is not None

    def _as_command(self, command: str, **args: Any) -> None:
        """A scan that does what a tap would."""
        assert self.operator is not None
        self._run(self.operator, command, {**args, "id": new_command_id(self.box)})

    def _badge(self, text: str) -> None:
        try:
            badges.held(self, self.staff, text, self.allow)
        except ShopError as error:
            self.tell("error", error.slug, code="", **error.params)

    # -- commands of the screen ---------------------------------------------------------------------------------------

    def do(self, session: Session, command: str, args: dict[str, Any]) -> dict[str, Any]:
        """Run one command and give the new view. ShopError when it can't be done; then nothing changed.

        args carries "basket" (the uid the screen shows) and "id" (the command's own); a command seen before is only
        answered. A basket that is no longer open gives ShopError("basket_gone"), but "pay" finds its finished sale.
        A command that needs a second person waits for one; the view says so (approval). args may say what the page has
        ("fixed", see till_view).
        """
        run = _COMMANDS.get(command)
        if run is None:
            raise ShopError("unknown_command", status=404)
        with self.lock:
            self.operator = session
            self.staff.idle.touch(session)
            has = str(args.get("fixed", ""))
            if args.get("id") in self.basket.applied:
                return view(self, session.lang, session.person.role, has)
            if command not in _ANY_BASKET and args.get("basket") != self.basket.uid:
                raise ShopError("basket_gone")
            if not text(args, "id"):
                raise ShopError("bad_request", status=422, field="id")
            self._run(session, command, args)
            return view(self, session.lang, session.person.role, has)

    def _run(self, session: Session, command: str, args: dict[str, Any]) -> None:
        basket, desk = self.basket, self.desk
        try:
            _COMMANDS[command](self, session, args)
        except ShopError as error:
            if error.slug == "promotion_used_up":
                basket.force = None  # what it is without is on the screen before anybody pays
                self._changed()
            raise
        except ApprovalNeeded as needed:
            now = self.box.env.clock.mono_ns()
            desk.pending = Pending(
                needed.action, needed.facts, command, args, session, now, self.staff.who_may(needed.action),
                desk.granted,
            )
            self.sound("attention")
        else:
            if command not in _BESIDE:
                desk.pending = None
            basket.note(args["id"])
            if self.basket is not basket and command != "pay":  # which has its own way to be asked twice
                self.basket.note(args["id"])
        self._changed()

    def _approve(self, session: Session, args: dict[str, Any]) -> None:
        """{staff, pin}: the second person types their PIN. {cancel: true}: nobody does."""
        pending = self.desk.waiting(self.box.env.clock.mono_ns())
        if args.get("cancel") is True:
            self.desk.pending = None
            return
        if pending is None:
            raise ShopError("approval_gone")
        self.allow(self.staff.prove(self.lane.id, text(args, "staff"), text(args, "pin", 16), "approval"), "pin")

    def allow(self, person: Person, by: str = "badge") -> None:
        """Run what waits, with the name of who allowed it. ShopError("approval_other"), and what the command raises."""
        pending = self.desk.pending
        assert pending is not None
        good = permission(pending.action, person.role, self.box.rules.permissions) == ALLOW
        with self.box.transaction():
            audit.note(
                self.box, "approved" if good else "approval_refused", pending.session.person, lane=self.lane.id,
                approver=person, reason=str(pending.args.get("reason", ""))[:80], mode=self.lane.mode,
                what=pending.action, by=by,
            )  # fmt: skip
        if not good:
            raise ShopError("approval_other", status=403)
        self.desk.pending, self.desk.granted = None, {**pending.given, pending.action: person}
        try:
            self._run(pending.session, pending.command, pending.args)
        except ShopError:
            self._changed()  # it waits no more, and the screen must know
            raise
        finally:
            self.desk.granted = {}

    def _scan_typed(self, session: Session, args: dict[str, Any]) -> None:
        typed = text(args, "code", codes.MAX_CHARS * 40)[: codes.MAX_CHARS + 1]
        if codes.is_badge(typed):
            raise ShopError("badge_typed", status=403)  # its number can be read off somebody's chest
        self._take(typed)

    # -- what the web asks --------------------------------------------------------------------------------------------

    def view(self, lang: str, role: str | None = None, has: str = "") -> dict[str, Any]:
        """What the screen shows now (see till_view)."""
        with self.lock:
            return view(self, lang, role, has)

    def catalog(self, lang: str) -> dict[str, Any]:
        """Categories and tiles of the grid, of the catalogue that the next basket takes."""
        return catalog_view(self.box, lang)

    def search(self, query: str, lang: str) -> list[dict[str, Any]]:
        """Products that match a name, initials, pinyin initials or code."""
        return search_view(self.box, query, lang)

    def points(self, amount: int | None) -> dict[str, Any]:
        """What the cart's member may pay with points (see till_points.look)."""
        with self.lock:
            return till_points.look(self, amount)

    def rewards(self, lang: str) -> dict[str, Any]:
        """What the open cart's member may take for points (see till_rewards)."""
        with self.lock:
            return till_rewards.listed(self, lang)

    def receipt(self, sale_uid: str) -> bytes:
        """The receipt as a picture (PNG), from the very bytes a printer would get. ShopError("no_printer")."""
        if self.looks.picture is None:
            raise ShopError("no_printer")
        return self.looks.picture(self.lane.id, sale_id(self.box, sale_uid))

    def door(self, lang: str) -> dict[str, Any]:
        """What the lane's own log-in page is told: who holds a badge there, or why one was refused."""
        with self.lock:
            badge, said = self.badge(), self.notice
            refused = said if said is not None and said.slug in _AT_THE_DOOR else None
            return {
                "badge": badge.view(lang) if badge else None,
                "refused": {"seq": refused.seq, "slug": refused.slug, "params": refused.params} if refused else None,
            }

    def take_ticket(self, secret: str) -> Person:
        """Who held a badge under the scanner (see badges.take)."""
        with self.lock:
            return badges.take(self, self.staff, secret)

    def settle(self) -> None:
        """Somebody came, went or was shut out: look who works here now. The basket stays."""
        with self.lock:
            before, now = self.operator, self.staff.working_at(self.lane.id)
            if before is None or now is None or before.person.id != now.person.id:
                # What was asked of a second person, was asked by who is gone; what was said to nobody is old.
                self.desk.pending, self.ticket, self.catch = None, None, ""
                self.notice = self.notice if before else None
            self.operator = now
            self._changed()

    # -- small ones ---------------------------------------------------------------------------------------------------

    def _changed(self) -> None:
        self.rev += 1
        # Before the basket is kept: whoever shows it is awake by then, and waits for the lane's lock.
        self.bus.publish("till.changed", lane=self.lane.id)
        basket = self.basket
        if self.box.rules.price_lists:
            tier_prices.apply(self.box, basket)
        if self.box.promotions != ():
            promotions.settle(self.box, self.lane.id, basket)
        kept: _Kept | None
        kept = (
            basket.uid, basket.lines, basket.member, basket.cut, basket.age_ok, basket.paid, basket.coupons,
        )  # fmt: skip
        if kept != self._kept and (basket.lines or basket.coupons or self._kept is None or self._kept[0] == basket.uid):
            # A new, empty basket needs no row: the sale's transaction has just deleted the old one.
            try:
                drafts.save(self.box, basket)
            except DatabaseError as error:
                # Only a crash would ask for it. The scanner's thread must not die of it; the next change tries again.
                log.warning("the open basket of lane %s could not be kept: %s", self.lane.id, error)
                kept = None
        self._kept = kept


Command = Callable[[Any, Session, dict[str, Any]], None]
_COMMANDS: dict[str, Command] = {
    "scan": Till._scan_typed,
    "approve": Till._approve,
    **till_catch.COMMANDS,
    **till_coupons.COMMANDS,
    **till_lines.COMMANDS,
    **till_return.COMMANDS,
    **till_hold.COMMANDS,
    **till_pay.COMMANDS,
    **till_drawer.COMMANDS,
    **till_shift.COMMANDS,
    **till_offers.COMMANDS,
    **till_points.COMMANDS,
    **till_rewards.COMMANDS,
    **till_privacy.COMMANDS,
    **till_member.COMMANDS,
}
# Why a badge lets nobody in.
_AT_THE_DOOR = frozenset({"unknown_badge", "badge_wait", "denied"})
# What a screen does on its own while somebody is called: the question stands.
_BESIDE = frozenset({"approve", "scan", "catch", "return/close", "notice/dismiss"})
# These are about a finished sale or about nothing in the basket, so a changed basket does not stop them.
_ANY_BASKET = frozenset({
    "pay", "void", "reprint", "print/resolve", "notice/dismiss", "call/answer", "approve", "return/close", "catch",
    "held/change", "member/correct", "member/consent", "member/note", "member/note-drop", "member/card-block",
    *till_drawer.COMMANDS, *till_shift.COMMANDS,
})  # fmt: skip


def new_command_id(box: Box) -> str:
    """An id for a command that no screen sent (replay, tests)."""
    return new_uid(box.env.rng)
