"""Completing a sale: one transaction, all or nothing.

What must be atomic is one event, so HQ sees a sale, its ledger entries and its tenders together or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edge import shifts
from edge.base.sqlite import row
from edge.basket import Basket
from edge.box import Box
from edge.errors import ShopError
from edge.loyalty import Earned, earn, tier_of
from edge.pricing import Priced, Totals, cash_due
from edge.sales import (
    Done,
    Head,
    Slot,
    Station,
    enqueue_prints,
    find_sale,
    next_slot,
    record_document,
    store_document,
)
from edge.shifts import Shift

MAX_AMOUNT = 100_000_000
JUST_US = 5 * 60 * 1_000_000


@dataclass(slots=True)
class Tender:
    """What the customer paid with, in minor units.

    "cash": received is what was handed over; the change is computed. "card": received is what the store's own terminal
    approved (the cashier saw it), reference what its slip says; a card gives no change.
    """

    kind: str
    received: int
    reference: str | None = None


def complete_sale(box: Box, basket: Basket, tenders: Sequence[Tender], at: Station) -> Done:
    """Make the basket a paid sale: lines, tenders, tax, ledger, stock, print job and one event, in one transaction.

    The same basket again gives the same sale (again=True). Raises ShopError: basket_empty, tender_short, tender_kind,
    card_too_much, amount_out_of_bounds, shift_needed; then nothing was written and the basket is as it was.
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
        paid = _settle(box, totals.total, tenders)
        done = _write_sale(box, basket, priced, totals, paid, series, slot, at)
        db.execute_sql("DELETE FROM basket WHERE lane = ? AND uid = ?", (at.lane, basket.uid))
    box.announce("sale", lane=at.lane, uid=done.uid, kind="sale")
    return done


def just_completed(box: Box, lane: str) -> Done | None:
    """The lane's newest document if it is a sale of the last minutes: after a crash nobody may have seen its end."""
    found = row(box.db, "SELECT uid, kind, at_us FROM sale WHERE lane = ? ORDER BY id DESC LIMIT 1", (lane,))
    if found is None or found[1] != "sale" or not 0 <= box.env.clock.now_us() - found[2] < JUST_US:
        return None
    return find_sale(box.db, box, found[0])


@dataclass(slots=True)
class _Paid:
    """How the total was settled. parts: (kind, amount, received, change, reference) of each tender; cash: any coins."""

    parts: list[tuple[str, int, int, int, str | None]]
    amount: int
    change: int
    rounding: int
    cash: bool


def _settle(box: Box, total: int, tenders: Sequence[Tender]) -> _Paid:
    """Cards first, to the cent; what is left is due in coins, and only that is rounded."""
    rules, parts, left, handed, cash = box.rules, [], total, 0, False
    if not tenders or any(tender.kind not in rules.tenders for tender in tenders):
        raise ShopError("tender_kind", status=422)
    for x in tenders:
        if not 0 <= x.received <= MAX_AMOUNT:
            raise ShopError("amount_out_of_bounds", status=422)
        if x.kind == "cash":
            handed, cash = handed + x.received, True
        else:
            parts.append((x.kind, x.received, x.received, 0, x.reference))
            left -= x.received
    if not 0 <= total <= MAX_AMOUNT:
        raise ShopError("amount_out_of_bounds", status=422)
    if left < 0:
        raise ShopError("card_too_much", status=422)
    if left == 0 and not handed and parts:
        return _Paid(parts, total, 0, 0, False)
    due = cash_due(left, rules.cash_step, rules.cash_mode)
    if handed < due or not cash:
        raise ShopError("tender_short", status=422, missing=due - handed)
    parts.append(("cash", due, handed, handed - due, None))
    return _Paid(parts, total - left + due, handed - due, due - left, True)


def _write_sale(
    box: Box, basket: Basket, priced: list[Priced], totals: Totals, paid: _Paid, series: int, slot: Slot, at: Station
) -> Done:
    sale, entry, now = slot.sale, slot.entry, box.env.clock.now_us()
    shift = slot.shift or shifts.begin(box, at.lane, at.staff, at.mode)
    member, before, earned = slot.member, slot.before, _earned(box, slot, paid.amount, shift, at.mode)
    head = Head(
        sale, basket.uid, "sale", at, series, slot.number, shift, now, member.uid if member else None,
        totals.total, totals.tax, totals.saving, paid.rounding, earned.points, earned.score, before,
        tier_of(before.score, box.rules.tiers).id if before else None,
    )  # fmt: skip
    lines, rates = [], box.rules.tax
    for i, (x, p, tax) in enumerate(zip(basket.lines, priced, totals.line_tax, strict=True), 1):
        product = x.product
        group = product.tax_group
        lines.append(
            (sale, i, product.id, product.sku, x.code or product.gtin, product.name(at.lang), x.qty, product.unit,
             p.unit_price, p.discount, p.total, group, rates[group], tax, None)
        )  # fmt: skip
    taxes = [(sale, g.group, g.rate, g.gross, g.tax) for g in totals.taxes]
    tender = [(sale, n, *part) for n, part in enumerate(paid.parts, 1)]
    entries = []
    if member is not None and (earned.points or earned.score):
        entries = [(entry, member.id, entry, earned.points, earned.score, "earn", sale, box.rules.rule_version,
                    earned.expires_on, head.at_us, None)]  # fmt: skip
    after = slot.head if slot.shift else None  # the opened shift was an event of its own
    seq = record_document(box, head, "sale.completed", lines, tender, taxes, entries, after)
    versions = (basket.versions.catalog, basket.versions.price)
    store_document(box, head, member.id if member else None, versions, seq, lines, tender, taxes, entries)
    enqueue_prints(box, at, basket.uid, sale, head.at_us, drawer=paid.cash)
    return Done(
        sale, basket.uid, head.receipt(box), paid.amount, paid.amount + paid.change, paid.change, earned.points,
        member=member.name if member else None, score=before.score + earned.score if before else 0,
    )  # fmt: skip


def _earned(box: Box, slot: Slot, paid: int, shift: Shift, mode: str) -> Earned:
    if slot.member is None or slot.before is None or not slot.member.points_consent or mode == "training":
        return Earned(0, 0, None)
    return earn(paid, slot.before.score, box.rules, shift.business_date)
