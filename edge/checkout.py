"""Completing a sale: one transaction, all or nothing.

What must be atomic is one event, so HQ sees a sale, its ledger entries and its tenders together or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edge import members, shifts
from edge.base.sqlite import row
from edge.basket import Basket
from edge.box import Box
from edge.errors import ShopError
from edge.loyalty import Earned, Standing, earn, tier_of
from edge.pricing import Priced, Totals, cash_due
from edge.sales import (
    Done,
    Head,
    Station,
    enqueue_prints,
    find_sale,
    next_keys,
    record_document,
    store_document,
)
from edge.shifts import Shift

MAX_AMOUNT = 100_000_000
JUST_US = 5 * 60 * 1_000_000


@dataclass(frozen=True, slots=True)
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
        existing = find_sale(db, box, basket.uid)
        if existing is not None:
            return existing
        if not basket.lines:
            raise ShopError("basket_empty")
        priced = basket.priced()
        totals = basket.totals(box.rules.tax)
        paid = _settle(box, totals.total, tenders)
        shift = shifts.ensure_open(box, at.lane, at.staff, at.mode)
        done = _write_sale(box, basket, priced, totals, paid, shift, at)
        db.execute_sql("DELETE FROM basket WHERE lane = ? AND uid = ?", (at.lane, basket.uid))
    box.announce("sale", lane=at.lane, uid=done.uid, kind="sale")
    return done


def just_completed(box: Box, lane: str) -> Done | None:
    """The lane's newest document if it is a sale of the last minutes: after a crash nobody may have seen its end."""
    found = row(box.db, "SELECT uid, kind, at_us FROM sale WHERE lane = ? ORDER BY id DESC LIMIT 1", (lane,))
    if found is None or found[1] != "sale" or not 0 <= box.env.clock.now_us() - found[2] < JUST_US:
        return None
    return find_sale(box.db, box, found[0])


@dataclass(frozen=True, slots=True)
class _Paid:
    """How the total was settled. parts: (kind, amount, received, change, reference) of each tender."""

    parts: tuple[tuple[str, int, int, int, str | None], ...]
    rounding: int

    @property
    def amount(self) -> int:
        return sum(part[1] for part in self.parts)

    @property
    def received(self) -> int:
        return sum(part[2] for part in self.parts)

    @property
    def cash(self) -> bool:
        return any(part[0] == "cash" for part in self.parts)


def _settle(box: Box, total: int, tenders: Sequence[Tender]) -> _Paid:
    """Cards first, to the cent; what is left is due in coins, and only that is rounded."""
    if not tenders or any(tender.kind not in box.rules.tenders for tender in tenders):
        raise ShopError("tender_kind", status=422)
    if not 0 <= total <= MAX_AMOUNT or any(not 0 <= tender.received <= MAX_AMOUNT for tender in tenders):
        raise ShopError("amount_out_of_bounds", status=422)
    parts = [(x.kind, x.received, x.received, 0, x.reference) for x in tenders if x.kind != "cash"]
    left = total - sum(part[1] for part in parts)
    if left < 0:
        raise ShopError("card_too_much", status=422)
    handed = sum(tender.received for tender in tenders if tender.kind == "cash")
    if left == 0 and not handed and parts:
        return _Paid(tuple(parts), 0)
    due = cash_due(left, box.rules.cash_step, box.rules.cash_mode)
    if handed < due or not any(tender.kind == "cash" for tender in tenders):
        raise ShopError("tender_short", status=422, missing=due - handed)
    return _Paid((*parts, ("cash", due, handed, handed - due, None)), due - left)


def _write_sale(
    box: Box, basket: Basket, priced: list[Priced], totals: Totals, paid: _Paid, shift: Shift, at: Station
) -> Done:
    db = box.db
    series = 0 if at.mode == "training" else box.series
    sale, number, entry = next_keys(db, at.lane, series)
    member, before, earned = _loyalty(box, basket, paid.amount, shift, at.mode)
    head = Head(
        sale, basket.uid, "sale", at, series, number, shift, box.env.clock.now_us(), member.uid if member else None,
        totals.total, totals.tax, totals.saving, paid.rounding, earned.points, earned.score, before,
        tier_of(before.score, box.rules.tiers).id if before else None,
    )  # fmt: skip
    lines = [
        (sale, i, x.product.id, x.product.sku, x.code or x.product.gtin, x.product.name(at.lang), x.qty, x.product.unit,
         p.unit_price, p.discount, p.total, x.product.tax_group, box.rules.tax[x.product.tax_group], tax, None)
        for i, (x, p, tax) in enumerate(zip(basket.lines, priced, totals.line_tax, strict=True), 1)
    ]  # fmt: skip
    taxes = [(sale, g.group, g.rate, g.gross, g.tax) for g in totals.taxes]
    tender = [(sale, n, *part) for n, part in enumerate(paid.parts, 1)]
    entries = []
    if member is not None and (earned.points or earned.score):
        entries = [(entry, member.id, entry, earned.points, earned.score, "earn", sale, box.rules.rule_version,
                    earned.expires_on, head.at_us, None)]  # fmt: skip
    seq = record_document(box, head, "sale.completed", lines, tender, taxes, entries)
    versions = (basket.versions.catalog, basket.versions.price)
    store_document(box, head, member.id if member else None, versions, seq, lines, tender, taxes, entries)
    enqueue_prints(box, at, basket.uid, sale, head.at_us, drawer=paid.cash)
    return Done(
        sale, basket.uid, head.receipt(box), paid.amount, paid.received, paid.received - paid.amount, earned.points,
        member=member.name if member else None, score=before.score + earned.score if before else 0,
    )  # fmt: skip


def _loyalty(
    box: Box, basket: Basket, paid: int, shift: Shift, mode: str
) -> tuple[members.Member | None, Standing | None, Earned]:
    nothing = Earned(0, 0, None)
    if basket.member is None:
        return None, None, nothing
    found = members.with_standing(box.db, basket.member)
    if found is None:
        return None, None, nothing
    member, before = found
    if not member.points_consent or mode == "training":
        return member, before, nothing
    return member, before, earn(paid, before.score, box.rules, shift.business_date)
