"""Bring a new box to life as the sample store: catalogue, staff, stock, members, two years of sales.

Every sale goes through the real basket and checkout, under a clock that is moved through the two years. The whole
history is one transaction: a fill that is cut short leaves an empty box, and the next one begins anew.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from edge import basket as baskets
from edge import catalog, codes, inventory, members, reports, settings, shifts
from edge.base.clock import FakeClock
from edge.base.i18n import t
from edge.base.ids import new_uid
from edge.box import Box
from edge.catalog import CategoryRow, Product, ProductRow, Versions
from edge.checkout import Tender, complete_sale
from edge.demo import comments
from edge.demo.data import DemoCategory, DemoMember, DemoProduct, DemoStore, demo_store
from edge.demo.plan import Purchase, planned_quantities, purchase_plan
from edge.env import Env
from edge.pricing import cash_due, suggest_notes
from edge.recommend import learn
from edge.sales import Station
from edge.staff import Person, StaffService
from edge.voids import Approval, void_sale

SEED = 20261122
Progress = Callable[[int, int, str], None]
_OPENING, _CLOSING = time(7, 0), time(22, 0)
# What the last delivery brought with lot and date: sku, pieces, lot, days from then to its date.
_DATED = (
    ("20004", 6, "M1121", 2), ("20011", 4, "Y1109", -1), ("20011", 8, "Y1118", 6), ("20012", 5, "G1120", 11),
    ("80033", 2, "F2409A", 9), ("80033", 4, "F2503C", 240),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filled:
    """What the fill did; turnover in minor units, of sales less voids."""

    sales: int
    voids: int
    members: int
    turnover: int


def is_filled(box: Box) -> bool:
    """Whether the box has a catalogue already; then fill would add a second history to a first."""
    return catalog.current(box.db).catalog > 0


def fill(
    box: Box,
    progress: Progress = lambda done, total, words: None,
    *,
    lang: str = "en",
    seed: int = SEED,
    store: DemoStore | None = None,
    days: int = 730,
) -> Filled:
    """Fill an empty box, up to yesterday by its own clock. The same seed and day give the same journal.

    progress(done, total, words) is called some hundred times. Raises ValueError when the box is filled already.
    """
    if is_filled(box):
        raise ValueError("the box has a catalogue already")
    store = demo_store() if store is None else store
    zone = ZoneInfo(box.config.store.zone)
    last = datetime.fromtimestamp(box.env.clock.now_us() / 1_000_000, zone).date() - timedelta(days=1)
    plan = purchase_plan(store, seed, last, days)
    first = last - timedelta(days=max([days, *(member.joined_days for member in store.members)]))
    clock = FakeClock(_instant(first, time(6, 0), zone), boot="demo")
    past = replace(box, env=Env(clock, random.Random(seed), lambda seconds: None), after_commit=[])
    with past.transaction():
        history = _History(past, clock, zone, store, plan, lambda n, words, **p: progress(
            n, len(plan), t(lang, f"demo.{words}", **p)))  # fmt: skip
        filled = history.run(last)
    box.reload_rules()
    learn.rebuild(box)
    box.db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    progress(len(plan), len(plan), t(lang, "demo.fill_done", sales=filled.sales, members=filled.members))
    return filled


def load_catalogue(box: Box, categories: Sequence[DemoCategory], products: Sequence[DemoProduct]) -> Versions:
    """Make the products the box's next catalogue and price version."""
    shelves = [CategoryRow(c.id, c.name_zh, c.name_en, c.icon, c.tint) for c in categories]
    return catalog.load(box, shelves, (_row(product) for product in products))


def _row(p: DemoProduct) -> ProductRow:
    return ProductRow(
        sku=p.sku, name_zh=p.name_zh, name_en=p.name_en, category=p.category, unit=p.unit, tax_group=p.tax_group,
        price=p.price, member_price=p.member_price, gtin=p.gtin or None, plu=p.plu or None, icon=p.icon, flags=p.flags,
        initials=p.initials, frequent=p.frequent, low=p.low, deposit=p.deposit or None,
    )  # fmt: skip


def _instant(day: date, at: time, zone: ZoneInfo) -> int:
    """The store's local time as UTC microseconds."""
    moment = datetime.combine(day, at, zone)
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * 1_000_000


class _History:
    """The two years, day by day, on a box whose clock is `clock`."""

    def __init__(
        self,
        box: Box,
        clock: FakeClock,
        zone: ZoneInfo,
        store: DemoStore,
        plan: list[Purchase],
        tell: Callable[..., None],
    ) -> None:
        self.box, self.clock, self.zone = box, clock, zone
        self.store, self.plan, self.tell = store, plan, tell
        self.modes = {lane.id: lane.mode for lane in box.config.lanes}
        self.plus = {product.sku: product.plu for product in store.products}
        self.products: dict[str, Product] = {}
        self.members: dict[int, int] = {}
        self.people: list[Person] = []
        self.sales = self.voids = self.turnover = 0

    def run(self, last: date) -> Filled:
        """Everything in order of time."""
        self._settle_in()
        joining = sorted(self.store.members, key=lambda member: -member.joined_days)
        for day, purchases in groupby(self.plan, key=lambda purchase: purchase.day):
            while joining and last - timedelta(days=joining[0].joined_days - 1) <= day:
                self._enrol(joining.pop(0), last)
            self.tell(self.sales, "fill_day", day=day.isoformat())
            self._trade(day, list(purchases), (last - day).days + 1)
        for member in joining:
            self._enrol(member, last)
        self._deliver(last)
        return Filled(self.sales, self.voids, len(self.members), self.turnover)

    def _move_to(self, day: date, at: time) -> None:
        ahead = _instant(day, at, self.zone) - self.clock.now_us()
        self.clock.advance(max(ahead, 0) / 1_000_000)

    def _settle_in(self) -> None:
        box = self.box
        settings.put(box.db, box.env, "store_name", {"zh-CN": "滨江店", "en": "Riverside"}, "demo")
        settings.put(box.db, box.env, "tenders", ["cash", "card", "points"], "demo")
        box.reload_rules()
        self.tell(0, "fill_catalogue")
        versions = load_catalogue(box, self.store.categories, self.store.products)
        self.products = {product.sku: product for product in catalog.tiles(box.db, versions)}
        self.tell(0, "fill_staff")
        staff = StaffService(box)
        for person in self.store.staff:
            badge = codes.staff_code(person.number)
            added = staff.add(
                name_zh=person.name_zh, name_en=person.name_en, role=person.role, pin=person.pin, badge=badge
            )
            self.people.append(added)
        self.tell(0, "fill_stock")
        sold = planned_quantities(self.plan)
        counts = {p.sku: p.stock + sold.get(p.sku, 0) for p in self.store.products if p.stock is not None}
        for sku, pieces, _, _ in self._dated():
            counts[sku] -= pieces * 1000
        catalog.set_stock(box, counts, "opening")

    def _dated(self) -> list[tuple[str, int, str, int]]:
        counted = {p.sku for p in self.store.products if p.stock is not None}
        return [x for x in _DATED if x[0] in counted]

    def _deliver(self, last: date) -> None:
        """Some goods with lot and date, so that there is something to look after."""
        lines = [
            inventory.Entry(self.products[sku].id, pieces * 1000, lot, (last + timedelta(days=left)).isoformat())
            for sku, pieces, lot, left in self._dated()
        ]
        if lines:
            manager = next(person for person in self.people if person.role == "manager")
            by = inventory.By(manager, self._lane("1"), self.modes[self._lane("1")])
            supplier = t("zh-CN", "demo.supplier")
            inventory.deliver(self.box, new_uid(self.box.env.rng), lines, by, supplier=supplier)

    def _enrol(self, member: DemoMember, last: date) -> None:
        self._move_to(last - timedelta(days=member.joined_days - 1), _OPENING)
        self.members[member.number] = members.enrol(
            self.box,
            name=member.name,
            card=codes.member_code(member.number),
            phone=member.phone,
            birthday=member.birthday,
            consents=member.consents,
            mode=self.modes[self._lane("1")],
        )

    def _trade(self, day: date, purchases: list[Purchase], days_ago: int) -> None:
        said = list(comments.of_day(days_ago))
        for purchase in purchases:
            while said and said[0].minute <= purchase.minute:
                self._hear(day, said.pop(0))
            self._move_to(day, time(purchase.minute // 60, purchase.minute % 60))
            self._sell(purchase)
        for comment in said:
            self._hear(day, comment)
        comments.act(self.box, days_ago, next(person for person in self.people if person.role == "manager"))
        self._move_to(day, _CLOSING)
        for lane, mode in self.modes.items():
            shift = shifts.current(self.box, lane)
            if shift is not None:
                reports.close_shift(self.box, shift, self._cashier(day, lane).id, mode)

    def _hear(self, day: date, comment: comments.DemoComment) -> None:
        self._move_to(day, time(comment.minute // 60, comment.minute % 60))
        lane = next((lane for lane in self.box.config.lanes if lane.kind == "kiosk"), self.box.config.lanes[0])
        comments.say(self.box, comment, lane.id, lane.mode, self.members)

    def _lane(self, planned: str) -> str:
        """The planned lane, or the only one of a box that has no second."""
        return planned if planned in self.modes else next(iter(self.modes))

    def _cashier(self, day: date, lane: str) -> Person:
        cashiers = [person for person in self.people if person.role == "cashier"]
        return cashiers[(day.toordinal() + (lane != "1")) % len(cashiers)]

    def _station(self, purchase: Purchase) -> Station:
        lane = self._lane(purchase.lane)
        cashier = self._cashier(purchase.day, lane)
        return Station(lane, self.modes[lane], cashier.id, cashier.uid)

    def _sell(self, purchase: Purchase) -> None:
        box, at = self.box, self._station(purchase)
        basket = baskets.fresh(box, at.lane)
        if purchase.member is not None:
            basket.member = self.members[purchase.member]
        basket.age_ok = True
        for sku, qty in purchase.lines:
            product = self.products[sku]
            basket.add(product, qty, code=self._label(sku, qty) if product.unit == "kg" else None)
        due = cash_due(basket.totals(box.rules.tax).total, box.rules.cash_step, box.rules.cash_mode)
        received = suggest_notes(due, box.rules.notes)[-1] if purchase.round_note else due
        done = complete_sale(box, basket, [Tender("cash", received)], at)
        self.sales += 1
        self.turnover += done.total
        if purchase.void:
            self._take_back(done.uid, at)
            self.turnover -= done.total

    def _take_back(self, sale: str, at: Station) -> None:
        manager = next(person for person in self.people if person.role == "manager")
        self.clock.advance(40)
        approval = Approval(manager.id, manager.uid, t(at.lang, "demo.void_reason"))
        void_sale(self.box, sale, new_uid(self.box.env.rng), at, approval)
        self.voids += 1

    def _label(self, sku: str, grams: int) -> str:
        return codes.weighed_label(self.box.rules.labels[0], self.plus[sku], grams)
