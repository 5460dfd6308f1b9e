"""Completing a sale: one transaction, all or nothing.

What must be atomic is one event, so HQ sees a sale, its ledger entries and its tenders together or not at all. A return
is a sale whose lines are below zero, and an exchange one that has both kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from edge import accounts, coupons, earning, returns, reward_lines, shifts, storedvalue, tier_gifts, tiers
from edge.base.money import line_amount
from edge.base.sqlite import row
from edge.basket import CHARGES, Basket, Line
from edge.box import Box
from edge.errors import ShopError
from edge.loyalty import Earned, Standing, earn, standing
from edge.points import lots, redeem
from edge.points.entries import uids_of
from edge.pricing import PROMO, Priced, Totals
from edge.promo import desk, uses
from edge.sales import (
    Body,
    Done,
    Head,
    Record,
    Slot,
    Station,
    enqueue_prints,
    find_sale,
    next_slot,
    record_document,
    store_document,
)
from edge.shifts import Shift
from edge.tenders import MAX_AMOUNT, Paid, Tender, settle

__all__ = ["MAX_AMOUNT", "Tender", "complete_sale", "find_sale", "just_completed"]

JUST_US = 5 * 60 * 1_000_000


def complete_sale(
    box: Box, basket: Basket, tenders: Sequence[Tender], at: Station, along: Callable[[int], object] | None = None
) -> Done:
    """Make the basket a paid sale: lines, tenders, tax, ledger, stock, print job and one event, in one transaction.

    The same basket again gives the same sale (again=True). Raises ShopError: basket_empty, age_check, line_incomplete,
    return_changed, shift_needed, account_overpaid, and what settling, stored value and coupons may refuse; then nothing
    was written and the basket is as it was. along: what else belongs to it, called in its transaction with the row id.
    """
    with box.transaction() as db:
        series = 0 if at.mode == "training" else box.series
        slot = next_slot(box, at.lane, series, basket.uid, basket.member)
        if slot.known and (existing := find_sale(db, box, basket.uid)):
            return existing
        if slot.state not in (None, "active"):
            slot = _who_it_is_now(box, at.lane, series, basket)
        if not basket.lines:
            raise ShopError("basket_empty")
        priced = basket.priced()
        totals = basket.totals(box.rules.tax)
        special = basket.special
        if basket.adult and not basket.age_ok:
            raise ShopError("age_check")
        if basket.force is not None and at.mode != "training":
            _may_be_used(box, basket, slot, at)
        if special:
            _may_be_sold(box, basket.member, special, at.mode)
        if basket.paid and totals.total < 0:
            raise ShopError("card_too_much", status=422)  # what was taken in parts is not what is given back
        given = [*(Tender(*x) for x in basket.paid), *tenders] if basket.paid else tenders
        paid = settle(box, totals.total, given, member=slot.member is not None)
        done = _write_sale(box, basket, priced, totals, paid, series, slot, at, special)
        if along is not None:
            along(done.sale)
        db.execute_sql("DELETE FROM basket WHERE lane = ? AND uid = ?", (at.lane, basket.uid))
    box.announce("sale", lane=at.lane, uid=done.uid, kind=done.kind)
    return done


def just_completed(box: Box, lane: str) -> Done | None:
    """The lane's newest document if it is a sale of the last minutes: after a crash nobody may have seen its end."""
    found = row(box.db, "SELECT uid, kind, at_us FROM sale WHERE lane = ? ORDER BY id DESC LIMIT 1", (lane,))
    if found is None or found[1] == "void" or not 0 <= box.env.clock.now_us() - found[2] < JUST_US:
        return None
    return find_sale(box.db, box, found[0])


def _who_it_is_now(box: Box, lane: str, series: int, basket: Basket) -> Slot:
    """The customer was merged or erased while the basket was open: it is the survivor's, or nobody's.

    What was shown is what is paid: an erased member's prices stand for this once.
    """
    found = row(box.db, "SELECT merged FROM member WHERE id = ? AND state = 'merged'", (basket.member,))
    if found:
        basket.member = found[0]
    return next_slot(box, lane, series, basket.uid, found[0] if found else None)


def _may_be_sold(box: Box, member: int | None, special: Sequence[Line], mode: str) -> None:
    for line in special:
        if missing := line.missing:
            raise ShopError("line_incomplete", line=line.n, what=missing)
        if "account" in line.product.flags and line.asked is not None:
            # The customer may be another one by now, or another till may have taken it.
            accounts.may_pay(box, member, line_amount(line.asked.price, line.qty), mode)
    returns.still_open(box, special, mode)


def _may_be_used(box: Box, basket: Basket, slot: Slot, at: Station) -> None:
    """What the basket was priced with holds; but another till may have used a promotion up since."""
    force = basket.force
    assert force is not None
    found = basket.promoted(force)
    if found.used:
        day = slot.shift.business_date if slot.shift else desk.business_date(box, at.lane)
        uses.check(box, found.used, found.rules, basket.member, day, at.lang)


def _count_uses(box: Box, basket: Basket, body: Body, sale: int, shift: Shift) -> None:
    """Of promotions: what the document used, and what it gives back of the documents that its goods came from."""
    if basket.force is not None:
        uses.book(box, basket.promoted(basket.force).used, sale, basket.member, shift.business_date)
    for original in body.originals:
        uses.give_back(box, original, sale)


def _write_sale(
    box: Box, basket: Basket, priced: list[Priced], totals: Totals, paid: Paid, series: int, slot: Slot, at: Station,
    special: Sequence[Line],
) -> Done:  # fmt: skip
    sale, now, member, before = slot.sale, box.env.clock.now_us(), slot.member, slot.before
    shift = slot.shift or shifts.begin(box, at.lane, at.staff, at.mode)
    body, earning, kind = _lines(box, basket, priced, totals, sale, at.lang, special)
    body.taxes = [(sale, g.group, g.rate, g.gross, g.tax) for g in totals.taxes]
    body.tenders = [(sale, n, *part) for n, part in enumerate(paid.parts, 1)]
    points = score = moved = 0
    if at.mode != "training":
        points, score, moved = _points(box, basket, priced, totals, paid, slot, body, special, earning, shift, now)
    head = Head(
        sale, basket.uid, kind, at, series, slot.number, shift, now, member.uid if member else None,
        totals.total, totals.tax, totals.saving, paid.rounding, points, score, before,
        standing(before, box.rules).id if before else None, moved=moved,
    )  # fmt: skip
    after = slot.head if slot.shift else None  # the opened shift was an event of its own
    seq = record_document(box, head, "sale.returned" if kind == "return" else "sale.completed", body, after)
    versions = (basket.versions.catalog, basket.versions.price)
    for move in store_document(box, head, body, member.id if member else None, versions, seq):
        tier_gifts.reached(box, move, at.mode)
    if at.mode != "training" and (basket.force is not None or body.originals):
        _count_uses(box, basket, body, sale, shift)
    if body.value:
        storedvalue.book(box, body.value, sale, now)
    enqueue_prints(box, at, basket.uid, sale, now, drawer=paid.cash)
    return Done(
        sale, basket.uid, head.receipt(box), paid.amount, paid.amount + paid.change, paid.change, points,
        member=member.name or member.phone if member else None, score=before.score + score if before else 0, kind=kind,
        moved=redeem.moved_by(box, sale) if paid.points or special else 0,
        left=before.points + points + moved if before else 0,
    )  # fmt: skip


def _points(
    box: Box, basket: Basket, priced: list[Priced], totals: Totals, paid: Paid, slot: Slot, body: Body,
    special: Sequence[Line], earning: int, shift: Shift, now: int,
) -> tuple[int, int, int]:  # fmt: skip
    """(points, score) that the document earns, points of the member's own that it moves otherwise.

    earning: what of its lines may earn. Stored value and coupons go into the body, too.
    """
    # Coins that were rounded away are not paid, stored value was paid for before.
    unpaid = paid.stored + paid.points - paid.rounding
    if special:
        returns.reverse_points(box, special, body, slot.sale, slot.entry, now)
        unpaid = _unpaid(box, basket, priced, paid, body)
    if special or paid.stored:
        body.value = _value_moves(basket, priced, paid)
    points, score = _earn(box, slot, basket.lines, body, earning - unpaid, shift, now)
    begun, member = len(body.entries), slot.member.id if slot.member else None
    if special:
        body.entries += reward_lines.entries(
            box, basket.lines, priced, member, body.entries, slot.entry + begun, now, shift.business_date, slot.sale
        )  # fmt: skip
    if paid.points > max(0, earning):  # or points would outlive their last day on a card, or come back as coins
        raise ShopError("points_goods", status=422, left=max(0, earning))
    if paid.points:
        body.entries += _spend_points(box, basket, priced, totals.total, paid.points, slot, body, shift, now)
    if special or paid.points:
        body.members = uids_of(box, body.entries)
    if basket.coupons or body.originals:
        body.coupons = [*coupons.of_basket(box, basket), *coupons.of_return(box, body)]
    return points, score, sum(entry[3] for entry in body.entries[begun:] if entry[1] == member)


def _lines(
    box: Box, basket: Basket, priced: list[Priced], totals: Totals, sale: int, lang: str, special: Sequence[Line]
) -> tuple[Body, int, str]:
    """(the document's lines, what of them earns points, its kind)."""
    rates = box.rules.tax
    lines: list[Record] = [
        (sale, i, (product := x.product).id, product.sku, x.code or product.gtin, product.name(lang), x.qty,
         product.unit, p.unit_price, p.discount, p.total, product.tax_group, rates.get(product.tax_group, 0), tax,
         None, product.category, None)
        for i, (x, p, tax) in enumerate(zip(basket.lines, priced, totals.line_tax, strict=True), 1)
    ]  # fmt: skip
    body = Body(lines, [], [], [])
    if not special and basket.cut is None and basket.force is None:
        return body, totals.total, "sale"
    sold = [(x, p) for x, p in zip(basket.lines, priced, strict=True) if x.qty > 0]
    passed = _special_lines(body, basket, priced, sale, lang)
    return body, sum(p.total for _, p in sold) - passed, "sale" if sold else "return"


def _special_lines(body: Body, basket: Basket, priced: Sequence[Priced], sale: int, lang: str) -> int:
    """Fill in what is unusual of any line; returns what of their totals earns no points (deposits, stored value)."""
    passed = 0
    for i, (x, p) in enumerate(zip(basket.lines, priced, strict=True)):
        record, source = body.lines[i], x.source
        if x.charge:
            flag = next(flag for flag in x.product.flags if flag in CHARGES)
            record = (*record[:15], f"#{flag}", None)
            passed += max(0, p.total)
        if source is not None:
            record = (*record[:11], source.group, source.rate, record[13], source.n, record[15], source.sale)
            body.originals[source.sale] = source.uid
            if not source.fit:
                body.unfit.append(i + 1)
        body.lines[i] = record
        if x.asked is not None or x.note or x.lot or x.serial or x.expiry:
            listed = x.product.price if x.asked is not None else None
            body.extras.append((sale, i + 1, listed, *(value or None for value in (x.note, x.lot, x.serial, x.expiry))))
        for kind, amount in p.parts:
            body.discounts.append((sale, i + 1, kind, amount, *_why(basket, x, kind, lang)))
    return passed


def _why(basket: Basket, line: Line, kind: str, lang: str) -> tuple[str, int | None]:
    """(why something came off a line, the row id of who allowed it). A promotion's name says it all."""
    if line.source is not None:
        return next(reason for name, _, reason in line.source.cuts if name == kind), None
    if kind.startswith(PROMO) and basket.force is not None:
        return basket.promoted(basket.force).rules[kind.removeprefix(PROMO)].name(lang), None
    cut = basket.cut if kind == "basket" else line.cut
    return (cut.reason, cut.approver) if cut else ("", None)


def _earn(
    box: Box, slot: Slot, lines: Sequence[Line], body: Body, base: int, shift: Shift, now: int
) -> tuple[int, int]:
    """(points, score) that the document means to its member; what is earned becomes an entry of the ledger."""
    member, before = slot.member, slot.before
    if member is None or before is None:
        return 0, 0
    points = score = 0
    if member.points_consent:
        if box.rules.earning or before.place is not None:
            earned = _by_rules(box, member.id, before, lines, body, base, shift)
        else:
            earned = earn(base, before.score, box.rules, shift.business_date)
        points, score = earned.points, earned.score
        if points or score:
            entry = slot.entry + len(body.entries)
            wait = box.rules.redeem.wait_days
            body.entries.append((entry, member.id, entry, points, score, "earn", slot.sale, box.rules.rule_version,
                                 earned.expires_on, now, None,
                                 lots.day_after(shift.business_date, wait) if wait else None, None, None))  # fmt: skip
    if len(body.entries) > 1 or not points:
        mine = [e for e in body.entries if e[1] == member.id]
        points, score = sum(e[3] for e in mine), sum(e[4] for e in mine)
    return points, score


def _by_rules(
    box: Box, member: int, before: Standing, lines: Sequence[Line], body: Body, base: int, shift: Shift
) -> Earned:
    """The same where the shop has rules of its own; what each line earned is kept where it was not by its money."""
    sold = [
        (x, line.product.brand) for x, line in zip(body.lines, lines, strict=True)
        if x[6] > 0 and not (x[15] or "").startswith("#")
    ]  # fmt: skip
    goods = [earning.Goods(x[3], x[15] or "", x[6], x[10], brand) for x, brand in sold]
    earned = tiers.earned(box, member, before, goods, base, shift.business_date)
    body.shares = [(x[0], x[1], *share) for (x, _), share in zip(sold, earned.shares, strict=False)]
    return earned


def _spend_points(
    box: Box, basket: Basket, priced: Sequence[Priced], total: int, paid: int, slot: Slot, body: Body, shift: Shift,
    now: int,
) -> list[Record]:  # fmt: skip
    """Entries that take what was paid with points out of their lots, or give it back."""
    first, today = slot.entry + len(body.entries), shift.business_date
    if paid < 0:
        return returns.points_back(box, basket.lines, priced, -total, -paid, first, now, today, slot.sale)
    assert slot.member is not None  # see tenders.settle
    points = redeem.cost(box.rules.redeem, paid)
    return redeem.spend(box, slot.member.id, points, first, now, today, slot.sale, before=body.entries)


def _unpaid(box: Box, basket: Basket, priced: Sequence[Priced], paid: Paid, body: Body) -> int:
    """What of an unusual document's goods was not paid with money, and so earns nothing.

    Goods that come back pay for others only as far as their own points go back, too; whatever else would make points of
    nothing: by a change of goods without a receipt, or of what stored value had paid.
    """
    credit = -sum(p.total for x, p in zip(basket.lines, priced, strict=True) if x.qty < 0 and not x.charge)
    back = -sum(entry[4] for entry in body.entries) * box.rules.minor_per_point
    unpaid = max(0, credit - min(credit, back) + paid.stored + paid.points)
    return unpaid - (min(0, paid.rounding) if credit else paid.rounding)


def _value_moves(basket: Basket, priced: Sequence[Priced], paid: Paid) -> list[Record]:
    """Money put on cards of ours, line by line, and what is paid with them or given back to them."""
    moves: list[Record] = [
        (x.code, p.total, "top_up") for x, p in zip(basket.lines, priced, strict=True)
        if "stored" in x.product.flags and x.code
    ]  # fmt: skip
    stored = [part for part in paid.parts if part[0] == "stored"] if paid.stored else ()
    return [*moves, *(storedvalue.paid(part[4] or "", part[1]) for part in stored)]
