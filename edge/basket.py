"""The open basket of a lane: held by the server, saved at every change, restored after a crash.

Its uid is the idempotency key of the sale it becomes. Commands carry an id of their own; one that was applied before
is answered, not applied again (double tap, retry, second tab).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from edge import catalog
from edge.base.ids import new_uid
from edge.base.money import line_amount, tax_included
from edge.box import Box
from edge.catalog import Product, Versions
from edge.errors import ShopError
from edge.pricing import Cut, Priced, Taxed, Totals, add_up, part_of, price_line, share_cut
from edge.promo.cart import Force, Goods, Promoted, promoted
from edge.promo.kinds import Item

MAX_QTY = 9_999_000
MAX_LINES = 500
_KEPT_IDS, _KEPT_UNDO = 32, 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A price that somebody asked instead of the shelf's (minor units), why, and who allowed it (row id)."""

    price: int
    reason: str = ""
    approver: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What a return line takes back from: line n of a document (row id, uid) as it was sold; `before` of it is back.

    Quantities in thousandths (> 0); amounts as they stood on the line. cuts: (kind, amount, reason) of what was taken
    off by hand. fit: it goes back on the shelf.
    """

    sale: int
    uid: str
    n: int
    receipt: str
    qty: int
    before: int
    unit_price: int
    discount: int
    total: int
    tax: int
    group: str
    rate: int
    cuts: tuple[tuple[str, int, str], ...] = ()
    fit: bool = True

    @property
    def left(self) -> int:
        return self.qty - self.before

    def part(self, amount: int, qty: int) -> int:
        """The share of one of its amounts that belongs to the next qty thousandths."""
        return part_of(amount, self.before, qty, self.qty)

    def parts(self, qty: int) -> tuple[tuple[str, int], ...]:
        """Its share of each cut, below zero; together with the member's never more than that of the whole discount."""
        found, before = [], 0
        for kind, amount, _ in self.cuts:
            share = self.part(before + amount, qty) - self.part(before, qty)
            if share:
                found.append((kind, -share))
            before += amount
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a product, its quantity (thousandths; below zero: given back), and what else was said of it.

    amount and code: of a priced label. tied: the line whose deposit this is.
    """

    n: int
    product: Product
    qty: int
    amount: int | None = None
    code: str | None = None
    asked: Asked | None = None
    cut: Cut | None = None
    source: Source | None = None
    tied: int | None = None
    note: str = ""
    lot: str = ""
    serial: str = ""
    expiry: str = ""

    @property
    def label(self) -> bool:
        """Whether quantity and amount come from a scale label and so can't be changed by + and −."""
        return self.amount is not None or self.product.unit == "kg"

    @property
    def special(self) -> bool:
        """Whether there is more to it than a product and its quantity."""
        flags = self.product.flags
        return bool(
            self.asked is not None or self.source is not None or self.cut is not None
            or (flags and not _TELLING.isdisjoint(flags)) or self.note or self.lot or self.serial or self.expiry
        )  # fmt: skip

    @property
    def missing(self) -> str:
        """What must still be said of it before it is sold: "serial", "lot", "card", or ""."""
        flags = self.product.flags
        if self.qty < 0 or not flags:
            return ""
        if "serial" in flags and not self.serial:
            return "serial"
        if "lot" in flags and not self.lot:
            return "lot"
        return "card" if "stored" in flags and not self.code else ""

    @property
    def charge(self) -> bool:
        """Whether it is a deposit or stored value: money that passes through, of which nothing is taken off."""
        return not CHARGES.isdisjoint(self.product.flags)

    @property
    def given(self) -> bool:
        """Whether it is a reward, which points pay for."""
        return self.cut is not None and self.cut.part == REWARD


CHARGES = frozenset({"deposit", "stored", "account"})
REWARD = "reward"  # what makes a line goods for points: a cut of this part
_TELLING = CHARGES | {"serial", "lot"}


@dataclass
class Basket:
    """The state of one open sale. lines are immutable values, so a past state can be kept for undo.

    paid: tenders that were taken already, such as a card that the terminal approved: (kind, amount, reference).
    coupons: (code, uid of its promotion) of those that the customer showed. force: the promotions that count, as of
    began_us, when the first thing was put in (see promo.open_basket); None in a shop without any.
    """

    uid: str
    lane: str
    versions: Versions
    lines: tuple[Line, ...] = ()
    member: int | None = None
    next_n: int = 1
    selected: int | None = None
    cut: Cut | None = None
    age_ok: bool = False
    paid: tuple[tuple[str, int, str | None], ...] = ()
    coupons: tuple[tuple[str, str], ...] = ()
    applied: list[str] = field(default_factory=list)
    history: list[tuple[tuple[Line, ...], Cut | None, str, tuple[tuple[str, str], ...]]] = field(default_factory=list)
    undo_until_ns: int = 0
    restored: bool = False
    began_us: int | None = None
    force: Force | None = field(default=None, compare=False)
    # What was reckoned last and from what: every view asks again, and then the sale.
    _bare: tuple[tuple[Line, ...], bool, list[Priced]] | None = field(default=None, init=False, compare=False)
    _priced: tuple[list[Priced], Cut | None, list[Priced]] | None = field(default=None, init=False, compare=False)
    _promoted: tuple[tuple[Line, ...], bool, Force, Promoted] | None = field(default=None, init=False, compare=False)
    _totals: tuple[list[Priced], dict[str, int], Totals] | None = field(default=None, init=False, compare=False)
    _apart: tuple[tuple[Line, ...], tuple[Line, ...], bool] = field(default=((), (), False), init=False, compare=False)

    @property
    def special(self) -> tuple[Line, ...]:
        """The lines with which there is more to do (see Line.special)."""
        return self._looked_at()[1]

    @property
    def adult(self) -> bool:
        """Whether something in it is only for grown-ups."""
        return self._looked_at()[2]

    def _looked_at(self) -> tuple[tuple[Line, ...], tuple[Line, ...], bool]:
        if self._apart[0] is not self.lines:
            lines = self.lines
            adult = any("age18" in x.product.flags and x.qty > 0 for x in lines)
            self._apart = (lines, tuple(x for x in lines if x.special), adult)
        return self._apart

    def priced(self) -> list[Priced]:
        """Each line's amounts, with member prices once a member is attached, what promotions take off, and its share
        of the basket's cut."""
        bare = self._lines_alone() if self.force is None else self.promoted(self.force).priced
        cut, kept = self.cut, self._priced
        if cut is None:
            return bare
        if kept is not None and kept[0] is bare and kept[1] is cut:
            return kept[2]
        amounts = share_cut(bare, [line.source is None and not line.charge for line in self.lines], cut)
        self._priced = (bare, cut, amounts)
        return amounts

    def _lines_alone(self) -> list[Priced]:
        member, kept = self.member is not None, self._bare
        if kept is not None and kept[0] is self.lines and kept[1] is member:
            return kept[2]
        # Lines are values: those that are still there cost what they did.
        done = dict(zip(map(id, kept[0]), kept[2], strict=True)) if kept is not None and kept[1] is member else {}
        amounts = [done.get(id(line)) or _price(line, member) for line in self.lines]
        self._bare = (self.lines, member, amounts)
        return amounts

    def promoted(self, force: Force) -> Promoted:
        """The lines under these promotions, before the basket's own cut."""
        member, kept = self.member is not None, self._promoted
        if kept is not None and kept[0] is self.lines and kept[1] is member and kept[2] is force:
            return kept[3]
        found = promoted([_goods(line, member) for line in self.lines], force)
        if kept is not None:  # a line of which nothing changed is the very same, so that nothing draws it anew
            before = {id(line): p for line, p in zip(kept[0], kept[3].priced, strict=True)}
            found.priced = [_same(before.get(id(x)), p) for x, p in zip(self.lines, found.priced, strict=True)]
        self._promoted = (self.lines, member, force, found)
        return found

    def totals(self, rates: dict[str, int]) -> Totals:
        """What the basket adds up to at the store's tax rates (basis points by group)."""
        amounts, kept = self.priced(), self._totals
        if kept is not None and kept[0] is amounts and kept[1] is rates:
            return kept[2]
        totals = add_up([_taxed(line, p, rates) for line, p in zip(self.lines, amounts, strict=True)], rates)
        self._totals = (amounts, rates, totals)
        return totals

    def add(
        self, product: Product, qty: int, amount: int | None = None, code: str | None = None, *, apart: bool = False,
        back: bool = False, **said: Any,
    ) -> Line:  # fmt: skip
        """Put qty thousandths in; pieces of a product that is there already count up its line.

        said: what else is known of it (see Line); only a line of which the same is said counts up, and none if this one
        is wanted apart. back: it is given back without a receipt, as somebody allowed; qty is below zero.
        """
        self.restored = False
        if product.unit == "pc" and amount is None and not apart and qty > 0:
            for x in self.lines:
                if x.product.id == product.id and x == Line(x.n, x.product, abs(x.qty), None, x.code, **said):
                    return self.set_qty(x.n, x.qty + qty)
        line = Line(self.next_n, product, qty, amount, code, **said)
        _check_qty(abs(qty) if qty < 0 and (back or line.source or "deposit" in product.flags) else qty)
        if len(self.lines) >= MAX_LINES:
            raise ShopError("too_many_lines", limit=MAX_LINES)
        self._change((*self.lines, line), "")
        self.next_n += 1
        self.selected = line.n
        return line

    def tie(self, line: Line, deposit: Product) -> None:
        """Charge a deposit with a line that was just put in or counted up; undo takes both back."""
        tied = next((x for x in self.lines if x.tied == line.n), None)
        if tied is None:
            tied = Line(self.next_n, deposit, line.qty, tied=line.n)
            self.next_n += 1
            self.lines = _after(self.lines, line.n, tied)

    def set_qty(self, n: int, qty: int) -> Line:
        """Change a line's quantity. ShopError when the line is gone, comes from a label, or qty is out of bounds."""
        line = self.line(n)
        if line.label or line.serial or line.tied is not None:
            raise ShopError("label_qty_fixed")
        if (line.qty < 0 and line.source is None and not line.charge) or "account" in line.product.flags or line.given:
            raise ShopError("line_as_it_is")  # so many were allowed, not more; a debt is paid off once
        _check_qty(abs(qty) if (qty < 0) == (line.qty < 0) else 0)
        if line.source is not None and -qty > line.source.left:
            raise ShopError("return_too_many", left=line.source.left // 1000)
        return self.change(n, qty=qty)

    def change(self, n: int, **said: Any) -> Line:
        """Say something else of a line; a deposit that is tied to it follows its quantity."""
        changed = replace(self.line(n), **said)
        follow: Callable[[Line], Line] = lambda x: replace(x, qty=changed.qty) if x.tied == n else x  # noqa: E731
        self._change(tuple(changed if x.n == n else follow(x) for x in self.lines), "")
        self.selected = n
        return changed

    def take_off(self, cut: Cut | None) -> None:
        """Take something off the whole basket, or no longer."""
        self._change(self.lines, "")
        self.cut = cut

    def hold(self, coupons: tuple[tuple[str, str], ...]) -> None:
        """Have these coupons in it from now on."""
        self._change(self.lines, "coupon", coupons)

    def remove(self, n: int) -> Line:
        """Take a line out, and the deposit with it."""
        line = self.line(n)
        if line.tied is not None:
            raise ShopError("label_qty_fixed")
        self._change(tuple(x for x in self.lines if n not in (x.n, x.tied)), "remove")
        self.selected = self.lines[-1].n if self.lines else None
        return line

    def clear(self) -> None:
        """Take everything out; undo brings it back."""
        if self.lines:
            self._change((), "clear")
            self.selected = None

    def undo(self) -> None:
        """Back to the lines before the last change."""
        if not self.history:
            raise ShopError("nothing_to_undo")
        self.lines, self.cut, _, self.coupons = self.history.pop()
        self.selected = self.lines[-1].n if self.lines else None

    def line(self, n: int) -> Line:
        """The line numbered n; ShopError("line_gone") otherwise."""
        found = next((x for x in self.lines if x.n == n), None)
        if found is None:
            raise ShopError("line_gone")
        return found

    def note(self, command_id: str) -> None:
        """Remember that this command was applied."""
        self.applied = [*self.applied[-_KEPT_IDS + 1 :], command_id]

    def _change(self, lines: tuple[Line, ...], what: str, coupons: tuple[tuple[str, str], ...] | None = None) -> None:
        self.history = [*self.history[-_KEPT_UNDO + 1 :], (self.lines, self.cut, what, self.coupons)]
        self.lines = lines
        if coupons is not None:
            self.coupons = coupons
        elif not lines:  # what comes next may be another customer's
            self.cut, self.age_ok, self.coupons = None, False, ()


def _price(line: Line, member: bool) -> Priced:
    source = line.source
    if source is not None:
        qty = -line.qty
        discount, total = -source.part(source.discount, qty), -source.part(source.total, qty)
        return Priced(source.unit_price, total + discount, discount, total, source.parts(qty))
    if line.qty < 0:
        back = line_amount(line.product.price if line.asked is None else line.asked.price, line.qty)
        return Priced(line.product.price, back, 0, back)
    price = line.asked.price if line.asked is not None else None
    return price_line(line.product, line.qty, member=member, amount=line.amount, price=price, cut=line.cut)


def _same(before: Priced | None, now: Priced) -> Priced:
    return before if before == now and before is not None else now


def _goods(line: Line, member: bool) -> Goods:
    """The line as promotions see it. They are not about what comes back, deposits and stored value, rewards, nor a
    price that somebody asked instead of the shelf's."""
    product = line.product
    bargained = line.asked is not None and "open_price" not in product.flags
    if line.source is not None or line.qty < 0 or line.charge or bargained or line.given:
        return Goods(None, _price(line, member))
    whole = line if line.cut is None else replace(line, cut=None)
    listed = _price(whole, False)
    less = _price(whole, True).discount if member else 0
    counted = product.unit == "pc" and (line.amount is None or line.qty == 1000)
    pieces = line.qty // 1000 if counted else 1
    item = Item(
        product.sku, product.category, product.brand, pieces, listed.total // pieces,
        1000 if counted else line.qty, counted, less // pieces,
    )  # fmt: skip
    return Goods(item, listed, line.cut)


def _taxed(line: Line, priced: Priced, rates: dict[str, int]) -> Taxed:
    source = line.source
    if source is not None:
        return priced, source.group, (source.rate, -source.part(source.tax, -line.qty))
    if line.product.tax_group == "#":  # money that passes through
        return priced, "#", (0, 0)
    if priced.total < 0:
        rate = rates[line.product.tax_group]
        return priced, line.product.tax_group, (rate, tax_included(priced.total, rate))
    return priced, line.product.tax_group, None


def _after(lines: tuple[Line, ...], n: int, line: Line) -> tuple[Line, ...]:
    at = next(i for i, x in enumerate(lines) if x.n == n) + 1
    return (*lines[:at], line, *lines[at:])


def _check_qty(qty: int) -> None:
    if not 0 < qty <= MAX_QTY:
        raise ShopError("qty_out_of_bounds", limit=MAX_QTY // 1000)


def fresh(box: Box, lane: str) -> Basket:
    """An empty basket on today's catalogue."""
    return Basket(new_uid(box.env.rng), lane, catalog.current(box.db))
