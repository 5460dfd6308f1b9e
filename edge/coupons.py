"""Coupons: each is good once, for one promotion, for whoever shows it or for the member whose it is.

A coupon is used by the sale that it took something off, in that sale's transaction; one that took nothing off stays
open. It counts at the box that issued it: of others' coupons nothing is known here, so nothing is given for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edge import audit, codes, lots, shifts
from edge.base.sqlite import row, rows
from edge.basket import Basket
from edge.box import Box
from edge.errors import ShopError
from edge.people import Person
from edge.pricing import PROMO, Priced
from edge.promo import desk
from edge.sales import Body, receipt_number

MAX_BATCH = 2_000
_EVENT = 500  # coupons an event tells of at most: it must fit into a message

_COLUMNS = "code, promotion, serial, member, state, issued_us, expires_on, used_sale, batch, reason"
_ONE = f"SELECT {_COLUMNS} FROM coupon WHERE code = ?"
_MINE = (
    f"SELECT {_COLUMNS} FROM coupon WHERE member = ? AND state = 'open' "
    "ORDER BY expires_on IS NULL, expires_on, issued_us, code"
)
_INSERT = "INSERT INTO coupon VALUES (?, ?, ?, ?, 'open', ?, ?, NULL, ?, ?)"
_OTHER_CART = (
    "SELECT lane FROM basket WHERE lane <> ?1 AND instr(body, ?2) UNION ALL SELECT '' FROM held WHERE instr(body, ?2)"
)
# Lines that a promotion took something off, and how much of each is back by now.
_LINES = (
    "SELECT l.n, l.qty, (SELECT COALESCE(-SUM(r.qty), 0) FROM sale_line r WHERE r.original = l.sale "
    "AND r.original_n = l.n) FROM line_discount d JOIN sale_line l ON l.sale = d.sale AND l.n = d.n "
    "WHERE d.sale = ? AND d.kind = ?"
)


@dataclass(frozen=True, slots=True)
class Issued:
    """A coupon as it is stored; expires_on is the last day on which it counts."""

    code: str
    promotion: str
    serial: int
    member: int | None
    state: str
    issued_us: int
    expires_on: str | None
    used_sale: int | None
    batch: str
    reason: str


# What a document does to a coupon: its code, its promotion, what it is then ("used" or "open").
Change = tuple[str, str, str]


def issue(
    box: Box, promotion: str, count: int, batch: str, reason: str, *, member: tuple[int, str] | None = None,
    expires_on: str | None = None, who: Person | None = None, mode: str = "live",
) -> list[str]:  # fmt: skip
    """Make so many coupons of a promotion, inside a transaction; their codes. The same batch again gives its coupons.

    member: whose they are (row id, uid). ShopError("coupon_count").
    """
    found = [code for (code,) in rows(box.db, "SELECT code FROM coupon WHERE batch = ? ORDER BY serial", (batch,))]
    if found:
        return found
    if not 0 < count <= MAX_BATCH:
        raise ShopError("coupon_count", status=422, limit=MAX_BATCH)
    last = row(box.db, "SELECT COALESCE(MAX(serial), 0) FROM coupon WHERE promotion = ?", (promotion,)) or (0,)
    made = [(codes.coupon_code(box.env.rng.getrandbits(60)), last[0] + i) for i in range(1, count + 1)]
    now, whose = box.env.clock.now_us(), member or (None, None)
    box.db.connection().executemany(
        _INSERT, [(code, promotion, n, whose[0], now, expires_on, batch, reason) for code, n in made]
    )
    for i in range(0, count, _EVENT):
        told = [{"code": code, "serial": n} for code, n in made[i : i + _EVENT]]
        box.record("a", "coupon.issued", {
            "batch": batch, "promotion": promotion, "member": whose[1], "expires": expires_on, "reason": reason,
            "staff": who.uid if who else None, "coupons": told,
        }, mode=mode)  # fmt: skip
    return [code for code, _ in made]


def void(box: Box, code: str, who: Person, reason: str, lane: str) -> None:
    """Nobody can use it any more. Inside a transaction. ShopError: coupon_unknown, coupon_used."""
    found = look(box, code)
    if found.state == "used":
        raise refusal(box, found)
    if found.state == "open":
        box.db.execute_sql("UPDATE coupon SET state = 'void' WHERE code = ?", (found.code,))
        audit.note(box, "coupon_voided", who, lane=lane, reason=reason, code=found.code, promotion=found.promotion)


def look(box: Box, code: str) -> Issued:
    """The coupon with this code, however it was typed. ShopError("coupon_unknown")."""
    known = codes.identify(code, ())
    found = row(box.db, _ONE, (known.text,)) if known.kind == "coupon" else None
    if found is None:
        raise ShopError("coupon_unknown", status=404)
    return Issued(*found)


def of_member(box: Box, member: int) -> list[Issued]:
    """A member's coupons that may be used now: open, and their promotion runs. First to expire first."""
    found = [Issued(*x) for x in rows(box.db, _MINE, (member,))]
    ends = {p.uid: p.when.ends for p in desk.active(box)} if found else {}
    return [
        x for x in found
        if x.promotion in ends and not past(box, x.expires_on) and not past(box, ends[x.promotion])
    ]  # fmt: skip


def of_others(box: Box, shown: Sequence[tuple[str, str]], member: int | None) -> list[str]:
    """The codes of those of a cart's coupons that another member holds."""
    return [code for code, _ in shown if look(box, code).member not in (None, member)]


def past(box: Box, day: str | None) -> bool:
    """Whether a last day is over. Never while the box does not know what day it is."""
    left = lots.days_left(box, day or "")
    return left is not None and left < 0


def before(box: Box, day: str) -> bool:
    """Whether a first day is still to come. Never while the box does not know what day it is."""
    left = lots.days_left(box, day)
    return left is not None and left > 0


def may_use(box: Box, code: str, member: int | None) -> Issued:
    """The coupon, if a cart of this customer (row id) may have it.

    ShopError: coupon_unknown, coupon_used (receipt, at), coupon_void, coupon_expired (day), coupon_needs_member,
    coupon_not_yours.
    """
    found = look(box, code)
    if found.state != "open":
        raise refusal(box, found)
    if past(box, found.expires_on):
        raise ShopError("coupon_expired", day=found.expires_on)
    if found.member is not None and found.member != member:
        raise ShopError("coupon_not_yours" if member is not None else "coupon_needs_member")
    return found


def put_in(basket: Basket, code: str, promotion: str) -> None:
    """Put a coupon into a cart. ShopError("coupon_twice")."""
    if code in dict(basket.coupons):
        raise ShopError("coupon_twice")
    basket.hold((*basket.coupons, (code, promotion)))


def take_out(basket: Basket, *codes_: str) -> None:
    """Take coupons out of a cart; those that are not there are."""
    basket.hold(tuple(x for x in basket.coupons if x[0] not in codes_))


def in_other_cart(box: Box, code: str, lane: str) -> str | None:
    """The lane whose open cart has this coupon, "" for one that is put aside; None when no other cart has it."""
    found = row(box.db, _OTHER_CART, (lane, code))
    return None if found is None else str(found[0])


def refusal(box: Box, found: Issued) -> ShopError:
    """Why a coupon that is not open is good for nothing."""
    if found.state == "void":
        return ShopError("coupon_void")
    at_us = (row(box.db, "SELECT at_us FROM sale WHERE id = ?", (found.used_sale,)) or (0,))[0]
    at = shifts.local(at_us, box.config.store.zone).strftime("%Y-%m-%d %H:%M")
    return ShopError("coupon_used", receipt=used_on(box, found), at=at)


def used_on(box: Box, found: Issued) -> str | None:
    """The number of the receipt that used it."""
    named = row(box.db, "SELECT lane, series, number FROM sale WHERE id = ?", (found.used_sale,))
    return receipt_number(box, *named) if named else None


# -- what documents do to coupons -------------------------------------------------------------------------------------


def taken_off(promotion: str, priced: Sequence[Priced]) -> int:
    """What a promotion takes off lines, in minor units."""
    return sum(amount for p in priced for kind, amount in p.parts if kind == PROMO + promotion)


def of_basket(box: Box, basket: Basket) -> list[Change]:
    """What completing a cart does to its coupons, inside the sale's transaction. ShopError as may_use.

    Of several for one promotion as many are used as it was; one for which nothing came off stays open.
    """
    if basket.force is None:
        return []
    found = basket.promoted(basket.force)
    left = {uid: 1 if found.rules[uid].limits.basket else times for uid, times in found.used.items()}
    changes: list[Change] = []
    for code, promotion in basket.coupons:
        if left.get(promotion, 0) > 0:
            left[promotion] -= 1
            changes.append((may_use(box, code, basket.member).code, promotion, "used"))
    return changes


def of_return(box: Box, body: Body) -> list[Change]:
    """Coupons of sales of which this document gives back all that they took something off; before it is written."""
    found: list[Change] = []
    for sale in body.originals:
        for code, promotion in _of_sale(box, sale):
            now = {line[14]: -line[6] for line in body.lines if line[16] == sale}
            lines = rows(box.db, _LINES, (sale, PROMO + promotion))
            if all(qty <= back + now.get(n, 0) for n, qty, back in lines):
                found.append((code, promotion, "open"))
    return found


def of_void(box: Box, sale: int) -> list[Change]:
    """The coupons that a voided sale (row id) had used."""
    return [(code, promotion, "open") for code, promotion in _of_sale(box, sale)]


def _of_sale(box: Box, sale: int) -> list[tuple[str, str]]:
    return rows(box.db, "SELECT code, promotion FROM coupon WHERE used_sale = ? ORDER BY code", (sale,))
