"""From what lies in the basket to what is owed: pure functions, integers only.

Tax is included in prices and computed per rate group and receipt, then shared to the lines by largest remainder. What
is taken off a whole basket is shared to its lines in the same way, so that a line can be given back for what was paid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from edge.base.money import allocate, line_amount, round_div, round_to_step, tax_included
from edge.catalog import Product

PROMO = "promo:"


@dataclass(frozen=True, slots=True)
class Cut:
    """Something taken off: kind "percent" (value in basis points) or "amount" (minor units), and why.

    approver is the row id of who allowed it, None when the cashier may. part is what it is booked as: "line" and
    "basket" by hand, "expiry" by the shop's rule for goods that expire soon.
    """

    kind: str
    value: int
    reason: str
    approver: int | None = None
    part: str = "line"

    @property
    def unasked(self) -> bool:
        """Whether it is an amount that nobody allowed: how much that is of the whole changes with what lies there."""
        return self.kind == "amount" and self.approver is None

    def of(self, total: int) -> int:
        """What comes off an amount; never more than all of it."""
        return min(total, round_div(total * self.value, 10_000) if self.kind == "percent" else self.value)


@dataclass(slots=True)
class Priced:
    """One line with its amounts. discount is what the customer saves against unit_price (≥ 0 where total is).

    parts: (kind, amount) of what was taken off by hand or by a rule; the rest of discount is the member's price. A
    promotion's kind is PROMO and its uid.
    """

    unit_price: int
    list_total: int
    discount: int
    total: int
    parts: tuple[tuple[str, int], ...] = ()

    @property
    def by_hand(self) -> tuple[tuple[str, int], ...]:
        """The parts that are no promotion's."""
        return tuple(part for part in self.parts if not part[0].startswith(PROMO))

    def less(self, kind: str, amount: int) -> Priced:
        """The same line with so much more taken off."""
        if not amount:
            return self
        parts = (*self.parts, (kind, amount))
        return Priced(self.unit_price, self.list_total, self.discount + amount, self.total - amount, parts)


# A line as its tax is reckoned: its amounts, its group, and for what is given back (rate, tax) as they were (tax ≤ 0).
Taxed = tuple[Priced, str, tuple[int, int] | None]


@dataclass(slots=True)
class TaxGroup:
    group: str
    rate: int
    gross: int
    tax: int


@dataclass(slots=True)
class Totals:
    """What a receipt adds up to. line_tax shares each group's tax to its lines; saving is the sum of discounts."""

    total: int
    saving: int
    tax: int
    taxes: tuple[TaxGroup, ...]
    line_tax: tuple[int, ...]


def price_line(
    product: Product,
    qty: int,
    *,
    member: bool,
    amount: int | None = None,
    price: int | None = None,
    cut: Cut | None = None,
) -> Priced:
    """The price of qty thousandths.

    amount is what a priced label says and counts as it stands; price is what somebody asked instead of the shelf's, and
    then no member price counts; cut comes off at the end.
    """
    if amount is not None:
        priced = Priced(product.price, amount, 0, amount)
    elif price is not None:
        listed = line_amount(price, qty)
        priced = Priced(price, listed, 0, listed)
    else:
        listed = line_amount(product.price, qty)
        if member and product.member_price is not None and product.member_price < product.price:
            total = line_amount(product.member_price, qty)
            priced = Priced(product.price, listed, listed - total, total)
        else:
            priced = Priced(product.price, listed, 0, listed)
    return priced if cut is None or priced.total <= 0 else priced.less(cut.part, cut.of(priced.total))


def share_cut(amounts: Sequence[Priced], eligible: Sequence[bool], cut: Cut) -> list[Priced]:
    """Take a basket's cut off its eligible lines, by what each comes to."""
    weights = [priced.total if may and priced.total > 0 else 0 for priced, may in zip(amounts, eligible, strict=True)]
    off = cut.of(sum(weights))
    if not off:
        return list(amounts)
    return [p.less("basket", share) for p, share in zip(amounts, allocate(off, weights), strict=True)]


def add_up(lines: Sequence[Taxed], rates: dict[str, int]) -> Totals:
    """Totals of a basket's lines; KeyError for a group without a rate."""
    groups: dict[tuple[str, int], list[int]] = {}
    total = saving = 0
    for i, (priced, group, fixed) in enumerate(lines):
        rate = rates[group] if fixed is None else fixed[0]
        groups.setdefault((group, rate), []).append(i)
        total, saving = total + priced.total, saving + priced.discount
    line_tax, taxes = [0] * len(lines), []
    for (group, rate), indexes in sorted(groups.items()):
        sold = [i for i in indexes if lines[i][2] is None]
        amounts = [lines[i][0].total for i in sold]
        gross = sum(amounts)
        tax = tax_included(gross, rate)
        for i, share in zip(sold, allocate(tax, amounts), strict=True):
            line_tax[i] = share
        for i in indexes if len(sold) < len(indexes) else ():
            if (fixed := lines[i][2]) is not None:
                line_tax[i] = fixed[1]
                gross, tax = gross + lines[i][0].total, tax + fixed[1]
        taxes.append(TaxGroup(group, rate, gross, tax))
    return Totals(total, saving, sum(entry.tax for entry in taxes), tuple(taxes), tuple(line_tax))


def part_of(amount: int, taken_before: int, taken: int, whole: int) -> int:
    """The share of an amount that belongs to `taken` of `whole`, after `taken_before` of it.

    Rounded so that the shares of all parts come to exactly the amount, in whatever steps they are taken.
    """
    return round_div(amount * (taken_before + taken), whole) - round_div(amount * taken_before, whole)


def cash_due(total: int, step: int, mode: str) -> int:
    """What is owed in coins."""
    return round_to_step(total, step, mode)


@lru_cache(maxsize=256)
def suggest_notes(due: int, notes: tuple[int, ...]) -> tuple[int, ...]:
    """Up to three amounts a customer is likely to hand over: exact, the next round sum, the next note."""
    if due <= 0:
        return (0,)
    rounded = sorted({-(-due // note) * note for note in notes} - {due})
    if len(rounded) > 2:
        # The nearest round sum and the smallest single note that covers it all.
        single = min((note for note in notes if note > due), default=rounded[-1])
        rounded = sorted({next(v for v in rounded if v != single), single})
    return (due, *rounded[:2])
