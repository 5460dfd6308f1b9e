"""What all papers of the till share: who the shop is, the mark of a copy, times and amounts as they are written."""

from __future__ import annotations

from edge import shifts
from edge.base.document import Item, Text
from edge.base.i18n import t
from edge.base.money import Currency, fmt_money
from edge.box import Box


def copy_mark(box: Box, lang: str, copy_no: int, copied_us: int | None) -> list[Item]:
    """COPY with its count and time at the top of every paper but the first; nothing on that (copy_no 0)."""
    if not copy_no:
        return []
    items: list[Item] = [Text(t(lang, "receipt.copy", n=copy_no), "center", 2, bold=True)]
    if copied_us is not None:
        items.append(Text(t(lang, "receipt.copied_at", at=when(box, copied_us)), "center"))
    return items


def shop(box: Box, lang: str) -> Item:
    """The store's name."""
    return Text(box.rules.store_name[lang], "center", 2, bold=True)


def when(box: Box, us: int) -> str:
    """An instant as the shop's clocks show it."""
    return shifts.local(us, box.config.store.zone).strftime("%Y-%m-%d %H:%M")


def plain(minor: int, currency: Currency) -> str:
    """An amount without the currency's sign, for columns."""
    return fmt_money(minor, Currency(currency.code, currency.exponent, ""))


def percent(rate_bp: int) -> str:
    """Basis points as percent: 13%, 6.25%."""
    return f"{rate_bp // 100}%" if rate_bp % 100 == 0 else f"{rate_bp / 100:.2f}%"
