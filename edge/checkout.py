"""Completing a sale: one transaction, all or nothing.

What must be atomic is one event, so HQ sees a sale, its ledger entries and its tenders together or not at all. A return
is a sale whose lines are below zero, and an exchange one that has both kinds.
"""

from __future__ import annotations

from collections.abc import Sequence

from edge import returns, shifts, storedvalue
from edge.base.sqlite import row
from edge.basket import CHARGES, Basket, Line
from edge.box import Box
from edge.errors import ShopError
from edge.loyalty import earn, tier_of
from edge.pricing import Priced, Totals
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


def complete_sale(box: Box, basket: Basket, tenders: Sequence[Tender], at: Station) -> Done:
    """Make the basket a paid sale: lines, tenders, tax, ledger, stock, print job and one event, in one transaction.

    The same basket again gives the same sale (again=True). Raises ShopError: basket_empty, age_check, line_incomplete,
    return_changed, shift_needed, and what settling and stored value may refuse; then nothing was written and the basket
    is as it was.
    """
    with box.transaction() as db:
        series = 0 if at.mode == "training" else box.series
        slot = next_slot(box, at.lane, series, basket.uid, basket.member)
        if slot.known and (existing := find_sale(db, box, basket.uid)):
            return existing
        if not basket.lines:
            raise ShopError("basket_empty")
        priced = basket.priced()
        totals = basket.totals(box.rules.tax)
        special = basket.special
        if basket.adult and not basket.age_ok:
            raise ShopError("age_check")
        if special:
            _may_be_sold(box, special)
        given = [*(Tender(*x) for x in basket.paid), *tenders] if basket.paid else tenders
        paid = settle(box, totals.total, given, member=basket.member is not None)
        done = _write_sale(box, basket, priced, totals, paid, series, slot, at, special)
        db.execute_sql("DELETE FROM basket WHERE lane = ? AND uid = ?", (at.lane, basket.uid))
    box.announce("sale", lane=at.lane, uid=done.uid, kind=done.kind)
    return done


def just_completed(box: Box, lane: str) -> Done | None:
    """The lane's newest document if it is a sale of the last minutes: after a crash nobody may have seen its end."""
    found = row(box.db, "SELECT uid, kind, at_us FROM sale WHERE lane = ? ORDER BY id DESC LIMIT 1", (lane,))
    if found is None or found[1] == "void" or not 0 <= box.env.clock.now_us() - found[2] < JUST_US:
        return None
    return find_sale(box.db, box, found[0])


def _may_be_sold(box: Box, special: Sequence[Line]) -> None:
    for line in special:
        if missing := line.missing:
            raise ShopError("line_incomplete", line=line.n, what=missing)
    returns.still_open(box, special)


def _write_sale(
    box: Box, basket: Basket, priced: list[Priced], totals: Totals, paid: Paid, series: int, slot: Slot, at: Station,
    special: Sequence[Line],
) -> Done:  # fmt: skip
    sale, now, member, before = slot.sale, box.env.clock.now_us(), slot.member, slot.before
    shift = slot.shift or shifts.begin(box, at.lane, at.staff, at.mode)
    body, earning, kind = _lines(box, basket, priced, totals, sale, at.lang, special)
    body.taxes = [(sale, g.group, g.rate, g.gross, g.tax) for g in totals.taxes]
    body.tenders = [(sale, n, *part) for n, part in enumerate(paid.parts, 1)]
    # Coins that were rounded away are not paid; a document that also gives back is reckoned by its lines.
    base = earning - paid.stored + (paid.rounding if earning == totals.total else 0)
    points, score = _points(box, slot, body, base, shift, at.mode, now)
    if special and at.mode != "training":
        points, score = _points_back(box, special, body, slot, now)
    head = Head(
        sale, basket.uid, kind, at, series, slot.number, shift, now, member.uid if member else None,
        totals.total, totals.tax, totals.saving, paid.rounding, points, score, before,
        tier_of(before.score, box.rules.tiers).id if before else None,
    )  # fmt: skip
    after = slot.head if slot.shift else None  # the opened shift was an event of its own
    seq = record_document(box, head, "sale.returned" if kind == "return" else "sale.completed", body, after)
    versions = (basket.versions.catalog, basket.versions.price)
    store_document(box, head, body, member.id if member else None, versions, seq)
    if (special or paid.stored) and at.mode != "training":
        _move_value(box, special, basket, priced, paid, sale, now)  # its rows name the sale's
    enqueue_prints(box, at, basket.uid, sale, now, drawer=paid.cash)
    return Done(
        sale, basket.uid, head.receipt(box), paid.amount, paid.amount + paid.change, paid.change, points,
        member=member.name if member else None, score=before.score + score if before else 0, kind=kind,
    )  # fmt: skip


def _points(
    box: Box, slot: Slot, body: Body, base: int, shift: Shift, mode: str, now: int
) -> tuple[int, int]:
    """Book what the paid lines earn into the body; (points, score)."""
    member, before = slot.member, slot.before
    if member is None or before is None or not member.points_consent or mode == "training":
        return 0, 0
    earned = earn(base, before.score, box.rules, shift.business_date)
    if earned.points or earned.score:
        body.entries.append(
            (slot.entry, member.id, slot.entry, earned.points, earned.score, "earn", slot.sale,
             box.rules.rule_version, earned.expires_on, now, None)
        )  # fmt: skip
    return earned.points, earned.score


def _move_value(
    box: Box, special: Sequence[Line], basket: Basket, priced: list[Priced], paid: Paid, sale: int, now: int
) -> None:
    """Money goes onto stored-value cards that were topped up, and off (or back onto) those that paid."""
    amounts = {line.n: p.total for line, p in zip(basket.lines, priced, strict=True)}
    for line in special:
        if "stored" in line.product.flags and line.code:
            storedvalue.top_up(box, line.code, amounts[line.n], sale, now)
    for kind, amount, _, _, reference in paid.parts:
        if kind == "stored":
            storedvalue.pay(box, reference or "", amount, sale, now)


def _points_back(box: Box, special: Sequence[Line], body: Body, slot: Slot, now: int) -> tuple[int, int]:
    """Lines that came back take their points with them; (points, score) of the member in all."""
    returns.reverse_points(box, special, body, slot.sale, slot.entry + len(body.entries), now)
    mine = [entry for entry in body.entries if slot.member is not None and entry[1] == slot.member.id]
    return sum(entry[3] for entry in mine), sum(entry[4] for entry in mine)


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
    if not special and basket.cut is None:
        return body, totals.total, "sale"
    sold = [(x, p) for x, p in zip(basket.lines, priced, strict=True) if x.qty > 0]
    passed = _special_lines(box, body, priced, sale, basket)
    return body, sum(p.total for _, p in sold) - passed, "sale" if sold else "return"


def _special_lines(box: Box, body: Body, priced: Sequence[Priced], sale: int, basket: Basket) -> int:
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
            body.discounts += returns.cuts_back(box, source, -x.qty, sale, i + 1)
        body.lines[i] = record
        if x.asked is not None or x.note or x.lot or x.serial or x.expiry:
            listed = x.product.price if x.asked is not None else None
            body.extras.append((sale, i + 1, listed, *(value or None for value in (x.note, x.lot, x.serial, x.expiry))))
        for kind, amount in p.parts:
            cut = x.cut if kind == "line" else basket.cut
            body.discounts.append((sale, i + 1, kind, amount, cut.reason if cut else "", cut.approver if cut else None))
    return passed
