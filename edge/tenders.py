"""How a total is settled: kinds of money, in which order they count, and what is given back.

Money that is counted to the cent comes first (card, stored value); what is left is due in coins, and only that is
rounded. A total below zero is given back by the same rules. A provider of its own (a payment code's, say) is one more
kind here, with what it needs beyond an amount.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edge.box import Box
from edge.errors import ShopError
from edge.pricing import cash_due

MAX_AMOUNT = 100_000_000


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of money. card: it names a stored-value card; member: only a known customer may pay with it.

    points: it is taken from the member's points.
    """

    name: str
    coins: bool = False
    card: bool = False
    member: bool = False
    points: bool = False


# What this release knows; the setting `tenders` says which of them a shop takes.
KINDS = {
    kind.name: kind
    for kind in (
        Kind("cash", coins=True), Kind("card"), Kind("stored", card=True), Kind("account", member=True),
        Kind("points", member=True, points=True),
    )
}


@dataclass(slots=True)
class Tender:
    """What the customer pays with, or gets back where the total is below zero; in minor units, never below zero.

    "cash": received is what was handed over; the change is computed. "card": received is what the store's own terminal
    approved (the cashier saw it), reference what its slip says; a card gives no change. "stored": reference is the code
    of the stored-value card. "account": written down for the member. "points": taken from the member's points.
    """

    kind: str
    received: int
    reference: str | None = None


Part = tuple[str, int, int, int, str | None]


@dataclass(slots=True)
class Paid:
    """How a total was settled. parts: (kind, amount, received, change, reference) of each tender; cash: any coins.

    amount is what was settled (the total and its rounding), stored what of it came off cards of ours, points what was
    paid with points.
    """

    parts: list[Part]
    amount: int
    change: int
    rounding: int
    cash: bool
    stored: int = 0
    points: int = 0


def settle(box: Box, total: int, tenders: Sequence[Tender], *, member: bool) -> Paid:
    """Settle a total with what was given. ShopError: tender_kind, tender_needs, amount_out_of_bounds, tender_too_much,
    tender_short (missing: minor units)."""
    taken, parts = box.rules.tenders, list[Part]()
    if not tenders and total:
        raise ShopError("tender_kind", status=422)
    sign = -1 if total < 0 else 1
    left, handed, coins, stored, points = abs(total), 0, False, 0, 0
    for x in tenders:
        kind = KINDS.get(x.kind)
        if kind is None or (x.kind not in taken and not (kind.points and sign < 0)):  # points always go back
            raise ShopError("tender_kind", status=422)
        if not 0 <= x.received <= MAX_AMOUNT:
            raise ShopError("amount_out_of_bounds", status=422)
        if kind.coins:
            handed, coins = handed + x.received, True
            continue
        if (kind.card and not x.reference) or (kind.member and not member and (sign > 0 or not kind.points)):
            raise ShopError("tender_needs", status=422, kind=x.kind)
        amount = sign * x.received
        parts.append((x.kind, amount, amount, 0, x.reference))
        left -= x.received
        stored += amount if kind.card else 0
        points += amount if kind.points else 0
    if abs(total) > MAX_AMOUNT:
        raise ShopError("amount_out_of_bounds", status=422)
    if left < 0:
        raise ShopError("card_too_much", status=422)
    if left == 0 and not handed and (parts or not tenders):
        return Paid(parts, total, 0, 0, False, stored, points)
    due = cash_due(left, box.rules.cash_step, box.rules.cash_mode)
    if handed < due or not coins:
        raise ShopError("tender_short", status=422, missing=due - handed)
    if sign < 0 and handed > due:
        raise ShopError("card_too_much", status=422)
    parts.append(("cash", sign * due, sign * handed, handed - due if sign > 0 else 0, None))
    return Paid(parts, total - sign * (left - due), handed - due, sign * (due - left), True, stored, points)
