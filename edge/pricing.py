"""From what lies in the basket to what is owed: pure functions, integers only.

Tax is included in prices and computed per rate group and receipt, then shared to the lines by largest remainder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from edge.base.money import allocate, line_amount, round_to_step, tax_included
from edge.catalog import Product


@dataclass(slots=True)
class Priced:
    """One line with its amounts. discount is what the customer saves against the list price (≥ 0)."""

    unit_price: int
    list_total: int
    discount: int
    total: int


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


def price_line(product: Product, qty: int, *, member: bool, amount: int | None = None) -> Priced:
    """The price of qty thousandths; amount is what a priced label says and then counts as it stands."""
    if amount is not None:
        return Priced(product.price, amount, 0, amount)
    listed = line_amount(product.price, qty)
    if member and product.member_price is not None and product.member_price < product.price:
        total = line_amount(product.member_price, qty)
        return Priced(product.price, listed, listed - total, total)
    return Priced(product.price, listed, 0, listed)


def add_up(lines: Sequence[tuple[Priced, str]], rates: dict[str, int]) -> Totals:
    """Totals of (priced line, tax group); KeyError for a group without a rate."""
    members: dict[str, list[int]] = {}
    total = saving = 0
    for i, (priced, group) in enumerate(lines):
        members.setdefault(group, []).append(i)
        total, saving = total + priced.total, saving + priced.discount
    line_tax, taxes = [0] * len(lines), []
    for group, indexes in sorted(members.items()):
        amounts = [lines[i][0].total for i in indexes]
        gross = sum(amounts)
        tax = tax_included(gross, rates[group])
        for i, share in zip(indexes, allocate(tax, amounts), strict=True):
            line_tax[i] = share
        taxes.append(TaxGroup(group, rates[group], gross, tax))
    return Totals(total, saving, sum(entry.tax for entry in taxes), tuple(taxes), tuple(line_tax))


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
