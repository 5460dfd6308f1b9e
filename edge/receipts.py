"""The receipt of a paid document as a neutral Document, built from the stored rows alone.

What was printed once can so be shown, copied and read back for years: the names and amounts are those of the sale.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from edge import members, receipt_parts
from edge.base.document import Barcode, Cut, Document, Feed, Item, Qr, Row, Rule, Text
from edge.base.i18n import t
from edge.base.links import feedback_link
from edge.base.money import Currency, fmt_money
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.codes import RECEIPT_PREFIX
from edge.errors import ShopError
from edge.paper import copy_mark, percent, shop, when
from edge.points import redeem
from edge.recommend import receipt_word
from edge.sales import receipt_number


@dataclass(frozen=True, slots=True)
class _Sale:
    id: int
    uid: str
    kind: str
    lane: str
    series: int
    number: int
    at_us: int
    clock: str
    mode: str
    staff: int
    reason: str | None
    member: int | None
    original: int | None
    exponent: int
    currency: str
    lang: str
    total: int
    saving: int
    rounding: int
    points: int
    points_after: int | None
    tier: str | None

    @property
    def paid(self) -> receipt_parts.Paid:
        return receipt_parts.Paid(self.id, self.kind, self.lang, self.member, self.mode)


_SALE = (
    "SELECT id, uid, kind, lane, series, number, at_us, clock, mode, staff, reason, member, original, exponent, "
    "currency, lang, total, saving, rounding, points, points_after, tier FROM sale WHERE id = ?"
)


def compose(box: Box, sale_id: int, copy_no: int = 0, copied_us: int | None = None) -> Document:
    """The document of a sale or void; copy_no > 0 marks it COPY with its count and time. ShopError("sale_unknown")."""
    found = row(box.db, _SALE, (sale_id,))
    if found is None:
        raise ShopError("sale_unknown", status=404)
    sale = _Sale(*found)
    number = receipt_number(box, sale.lane, sale.series, sale.number)
    items: list[Item] = [
        *copy_mark(box, sale.lang, copy_no, copied_us),
        *_head(box, sale, number),
        *receipt_parts.lines(box, sale.paid, _currency(box, sale)),
        Rule(),
        *_sums(box, sale),
        *_member(box, sale),
        *([] if copy_no else _word(box, sale)),
        *_foot(box, sale, number),
    ]
    return Document(lang=sale.lang, items=tuple(items), title=number)


def test_page(box: Box, lang: str) -> Document:
    """A page that shows both scripts, a barcode and a cut."""
    items = (
        Text(t(lang, "receipt.test_title"), "center", 2, bold=True),
        Text(t(lang, "receipt.test_text")),
        Barcode(f"{RECEIPT_PREFIX}{box.config.store.store}-TEST"),
        Cut(),
    )
    return Document(lang=lang, items=items, title="test")


def _head(box: Box, sale: _Sale, number: str) -> list[Item]:
    lang = sale.lang
    items: list[Item] = [shop(box, lang)]
    if header := box.rules.receipt["header"].get(lang):
        items.append(Text(header, "center"))
    if sale.mode != "live":
        items.append(Text(t(lang, f"receipt.{sale.mode}"), "center", bold=True))
    if sale.kind == "void":
        items.append(Text(t(lang, "receipt.void", number=_original(box, sale)), "center", bold=True))
    elif (way := receipt_parts.direction(box, sale.id)) != "sale":
        items.append(Text(t(lang, f"receipt.title_{way}"), "center", 2, bold=True))
    person = row(box.db, "SELECT name_zh, name_en FROM staff WHERE id = ?", (sale.staff,)) or ("", "")
    items += [
        Feed(),
        Row(t(lang, "receipt.receipt_no", number=number), when(box, sale.at_us)),
        Text(t(lang, "receipt.cashier", name=person[0 if lang == "zh-CN" else 1], lane=sale.lane)),
    ]
    if sale.clock == "unknown":
        items.append(Text(t(lang, "receipt.clock_unsure")))
    if sale.reason:
        items.append(Text(t(lang, "receipt.reason", reason=sale.reason)))
    return [*items, Rule()]


def _original(box: Box, sale: _Sale) -> str:
    found = row(box.db, "SELECT lane, series, number FROM sale WHERE id = ?", (sale.original,))
    return receipt_number(box, *found) if found else ""


def _currency(box: Box, sale: _Sale) -> Currency:
    return Currency(sale.currency, sale.exponent, box.currency.symbol)


def _sums(box: Box, sale: _Sale) -> list[Item]:
    lang, currency = sale.lang, _currency(box, sale)
    pieces = row(
        box.db,
        "SELECT SUM(CASE unit WHEN 'pc' THEN abs(qty) / 1000 ELSE 1 END) FROM sale_line WHERE sale = ?",
        (sale.id,),
    )
    items: list[Item] = []
    if sale.rounding:
        count = pieces[0] if pieces else 0
        items.append(Row(t(lang, "receipt.subtotal", count=count), fmt_money(sale.total, currency)))
        items.append(Row(t(lang, "receipt.rounding"), fmt_money(sale.rounding, currency)))
    items.append(Row(t(lang, "receipt.total"), fmt_money(sale.total + sale.rounding, currency), bold=True, size=2))
    items += receipt_parts.tenders(box, sale.paid, currency)
    taxes = "SELECT rate, SUM(tax) FROM sale_tax WHERE sale = ? AND rate > 0 GROUP BY rate ORDER BY rate"
    for rate, tax in rows(box.db, taxes, (sale.id,)):
        items.append(Row(t(lang, "receipt.tax_line", rate=percent(rate)), fmt_money(tax, currency)))
    return items


def _member(box: Box, sale: _Sale) -> list[Item]:
    member = members.survivor(box.db, sale.member) if sale.member else None
    if member is None:
        return []
    lang = sale.lang
    known = next((each for each in box.rules.tiers if each.id == sale.tier), None)
    tier = f" · {known.name(lang)}" if known else ""
    return [
        Rule(),
        Text(t(lang, "receipt.member", name=member.on_paper) + tier),
        Row(t(lang, "receipt.points_earned"), f"{sale.points:+d}".replace("-", "\u2212")),
        *_moved(box, sale),
        Row(t(lang, "receipt.points_after"), f"{sale.points_after or 0:,}"),
    ]


def _moved(box: Box, sale: _Sale) -> list[Item]:
    """Points that were spent or given back; few receipts have any."""
    moved = redeem.moved_by(box, sale.id)
    if not moved:
        return []
    return [Row(t(sale.lang, "receipt.points_used" if moved < 0 else "receipt.points_back"), f"{abs(moved):,}")]


def _word(box: Box, sale: _Sale) -> list[Item]:
    """The one calm line for a member, if one was chosen (see recommend/receipt_word)."""
    said = receipt_word.line(box, sale.uid, sale.member, sale.lang) if sale.member and sale.kind == "sale" else None
    return [Text(said)] if said else []


def _foot(box: Box, sale: _Sale, number: str) -> list[Item]:
    items: list[Item] = [Feed()]
    if footer := box.rules.receipt["footer"].get(sale.lang):
        items.append(Text(footer, "center"))
    return [*items, *_say(box, sale), Feed(), Barcode(RECEIPT_PREFIX + number), Qr(RECEIPT_PREFIX + number), Cut()]


def _say(box: Box, sale: _Sale) -> list[Item]:
    """Where to say how it was: headquarters' page for this receipt, if it has one for customers."""
    hq = box.config.hq
    if hq is None or not hq.public or sale.kind != "sale" or sale.mode == "training":
        return []
    link = feedback_link(hq.public, hq.key, box.config.store.box, sale.uid)
    return [Feed(), Text(t(sale.lang, "receipt.say"), "center"), Qr(link)]


def sale_id(box: Box, uid: str) -> int:
    """The row id of a document's uid; ShopError("sale_unknown")."""
    found: tuple[Any, ...] | None = row(box.db, "SELECT id FROM sale WHERE uid = ?", (uid,))
    if found is None:
        raise ShopError("sale_unknown", status=404)
    return int(found[0])
