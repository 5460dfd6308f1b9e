"""The lines of a receipt and how it was settled, from the stored rows alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from edge import accounts, storedvalue
from edge.base.document import Item, Row, Text
from edge.base.i18n import t
from edge.base.money import Currency, fmt_money, fmt_qty
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.paper import plain
from edge.pricing import PROMO
from edge.sales import receipt_number

_LINES = (
    "SELECT l.n, l.name, l.code, l.qty, l.unit, l.unit_price, l.discount, l.total, l.category, o.lane, o.series, "
    "o.number, x.list_price, x.note, x.lot, x.serial, x.expiry FROM sale_line l LEFT JOIN sale o ON o.id = l.original "
    "LEFT JOIN line_extra x ON x.sale = l.sale AND x.n = l.n WHERE l.sale = ? ORDER BY l.n"
)
_CUTS = "SELECT n, kind, amount, reason FROM line_discount WHERE sale = ? ORDER BY n, kind"
_TENDERS = "SELECT kind, amount, received, change, reference FROM tender WHERE sale = ? ORDER BY n"
_OFF = ("line", "basket", "expiry", "reward")


@dataclass(frozen=True, slots=True)
class Paid:
    """The document that its lines and tenders belong to (row ids), as far as they need it."""

    id: int
    kind: str
    lang: str
    member: int | None
    mode: str


@dataclass(frozen=True, slots=True)
class _Line:
    n: int
    name: str
    code: str | None
    qty: int
    unit: str
    unit_price: int
    discount: int
    total: int
    category: str
    lane: str | None
    series: int | None
    number: int | None
    list_price: int | None
    note: str | None
    lot: str | None
    serial: str | None
    expiry: str | None


def lines(box: Box, sale: Paid, currency: Currency) -> list[Item]:
    """Each line with what was said of it: quantity, another price, what was taken off, where it came back from."""
    cuts: dict[int, list[tuple[str, int]]] = {}
    for n, kind, amount, reason in rows(box.db, _CUTS, (sale.id,)):
        # A promotion is told by its name.
        name = reason if kind.startswith(PROMO) else t(sale.lang, f"receipt.off_{kind if kind in _OFF else 'line'}")
        cuts.setdefault(n, []).append((name, amount))
    items: list[Item] = []
    for values in rows(box.db, _LINES, (sale.id,)):
        line = _Line(*values)
        items.append(Row(line.name, plain(line.total + line.discount, currency)))
        items += [Text(f"  {said}") for said in _said(box, sale, line, currency)]
        items += [Row(f"  {name}", plain(-off, currency)) for name, off in _off(sale.lang, line, cuts.get(line.n, []))]
    return items


def _said(box: Box, sale: Paid, line: _Line, currency: Currency) -> list[str]:
    lang, price = sale.lang, plain(line.unit_price, currency)
    if line.category == "#stored":
        return [t(lang, "receipt.value_card", last=tail(line.code or "")), *_balance(box, sale, line.code, currency)]
    found: list[str] = []
    if line.unit == "kg":
        found.append(t(lang, "receipt.weight", qty=fmt_qty(line.qty, line.unit), price=price))
    elif abs(line.qty) != 1000:
        found.append(t(lang, "receipt.quantity", qty=fmt_qty(line.qty, line.unit), price=price))
    if line.qty > 0 and line.list_price is not None and line.list_price != line.unit_price and line.list_price:
        found.append(t(lang, "receipt.list_price", price=plain(line.list_price, currency)))
    if sale.kind != "void" and line.qty < 0:
        found += _came_back(box, lang, line)
    told = (("lot", line.lot), ("serial", line.serial), ("expiry", line.expiry), ("note", line.note))
    return found + [t(lang, f"receipt.line_{name}", **{name: value}) for name, value in told if value]


def _came_back(box: Box, lang: str, line: _Line) -> list[str]:
    if line.lane is not None and line.series is not None and line.number is not None:
        return [t(lang, "receipt.from_receipt", number=receipt_number(box, line.lane, line.series, line.number))]
    return [] if line.category == "#deposit" else [t(lang, "receipt.no_receipt")]


def _off(lang: str, line: _Line, cuts: list[tuple[str, int]]) -> list[tuple[str, int]]:
    member = line.discount - sum(amount for _, amount in cuts)
    found = [(t(lang, "receipt.saving"), member)] if member else []
    return found + cuts


def tenders(box: Box, sale: Paid, currency: Currency) -> list[Item]:
    """How it was paid or given back; what is left on a card or owed on the account, as it was with this document."""
    lang, owing = sale.lang, False
    items: list[Item] = []
    for kind, amount, received, change, reference in rows(box.db, _TENDERS, (sale.id,)):
        back = amount < 0 or (amount == 0 and sale.kind == "void")
        owing = owing or kind == "account"
        word = t(lang, f"receipt.{'refunded' if back else 'received'}_{kind}")
        items.append(Row(word, fmt_money(abs(received), currency)))
        if kind == "stored":
            items.append(Text("  " + t(lang, "receipt.value_card", last=tail(reference or ""))))
            items += [Text(f"  {said}") for said in _balance(box, sale, reference, currency)]
        elif reference:
            items.append(Text("  " + t(lang, "receipt.reference", reference=reference)))
        if kind == "cash" and not back:
            items.append(Row(t(lang, "receipt.change"), fmt_money(change, currency)))
    return [*items, *_account(box, sale, currency, owing)]


def _balance(box: Box, sale: Paid, code: str | None, currency: Currency) -> list[str]:
    """What was on the card after this document; practice does nothing to cards."""
    left = storedvalue.balance_after(box, code or "", sale.id)
    return [] if left is None else [t(sale.lang, "receipt.value_left", amount=fmt_money(left, currency))]


def _account(box: Box, sale: Paid, currency: Currency, owing: bool) -> list[Item]:
    paid_off = row(box.db, "SELECT 1 FROM sale_line WHERE sale = ? AND category = '#account'", (sale.id,))
    if sale.member is None or not (owing or paid_off):
        return []
    owed = accounts.owed(box, sale.member, sale.mode, sale.id)
    items: list[Item] = [Row(t(sale.lang, "receipt.account_owed"), fmt_money(owed, currency))]
    if owing and sale.kind == "sale":
        items.append(Text(t(sale.lang, "receipt.signature")))
    return items


def tail(code: str) -> str:
    """The end of a card's code: whoever has all of it may spend what is on the card."""
    return code[-4:]


def direction(box: Box, sale: int) -> str:
    """Whether a document gives back ("return"), takes in ("sale") or does both ("exchange")."""
    found: tuple[Any, ...] | None = row(
        box.db,
        "SELECT SUM(qty > 0), SUM(qty < 0 AND category <> '#deposit') FROM sale_line WHERE sale = ?", (sale,),
    )  # fmt: skip
    sold, back = found or (0, 0)
    return "exchange" if sold and back else "return" if back else "sale"
