"""Money as integer minor units; no float comes near it.

Rates are basis points (1300 = 13 %), quantities thousandths (1500 = 1.5 kg).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO 4217 code, its number of decimals and the sign that screens and receipts show."""

    code: str
    exponent: int
    symbol: str


CURRENCIES = {
    c.code: c
    for c in (
        Currency("CNY", 2, "¥"),
        Currency("EUR", 2, "€"),
        Currency("USD", 2, "$"),
        Currency("GBP", 2, "£"),
        Currency("JPY", 0, "¥"),
    )
}


def round_div(numerator: int, denominator: int) -> int:
    """numerator / denominator, half away from zero (the trade's rounding, never banker's)."""
    if denominator <= 0:
        raise ValueError("the denominator must be positive")
    quotient = (2 * abs(numerator) + denominator) // (2 * denominator)
    return quotient if numerator >= 0 else -quotient


def line_amount(unit_price: int, qty: int) -> int:
    """The price of qty thousandths at unit_price a piece or kilogram, rounded once."""
    return round_div(unit_price * qty, 1000)


def tax_included(gross: int, rate_bp: int) -> int:
    """The tax inside a gross amount."""
    return round_div(gross * rate_bp, 10_000 + rate_bp)


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """Split total over weights so that the shares sum to it exactly (largest remainder, ties to the first).

    Weights of one sign; all zero shares nothing unless total is 0 (ValueError otherwise).
    """
    whole = sum(weights)
    if whole == 0:
        if total:
            raise ValueError("nothing to share the amount over")
        return [0] * len(weights)
    sign = -1 if (total < 0) != (whole < 0) else 1
    amount, size = abs(total), abs(whole)
    parts = [divmod(amount * abs(w), size) for w in weights]
    shares = [share for share, _ in parts]
    rest = amount - sum(shares)
    if rest:
        remainders = [remainder for _, remainder in parts]
        # (reverse keeps the first of equals first)
        for i in sorted(range(len(weights)), key=remainders.__getitem__, reverse=True)[:rest]:
            shares[i] += 1
    return shares if sign == 1 else [-share for share in shares]


def round_to_step(amount: int, step: int, mode: str) -> int:
    """A cash amount at the smallest coin: mode "down" (toward zero) or "half_up"; step 1 changes nothing."""
    if step <= 1:
        return amount
    sign = -1 if amount < 0 else 1
    if mode == "down":
        return sign * (abs(amount) // step * step)
    return round_div(amount, step) * step


def fmt_money(minor: int, currency: Currency) -> str:
    """123450 in CNY -> "¥1,234.50"; negative amounts lead with a minus sign (U+2212)."""
    sign = "\u2212" if minor < 0 else ""
    scale = 10**currency.exponent
    units, rest = divmod(abs(minor), scale)
    decimals = f".{rest:0{currency.exponent}d}" if currency.exponent else ""
    return f"{sign}{currency.symbol}{units:,}{decimals}"


def fmt_qty(qty: int, unit: str) -> str:
    """2000 pieces -> "2"; 1250 kg-thousandths -> "1.250"."""
    if unit == "pc" and qty % 1000 == 0:
        return str(qty // 1000)
    sign = "-" if qty < 0 else ""
    return f"{sign}{abs(qty) // 1000}.{abs(qty) % 1000:03d}"
