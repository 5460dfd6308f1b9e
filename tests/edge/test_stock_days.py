"""Weeks in a stock room, in any order: stock and lots stay the sum of what moved them; nothing is booked twice."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from edge import inventory, journal, stocktake
from edge.errors import ShopError
from edge.inventory import By, Entry
from tests.edge.shop import BREAD, MILK, OPENING, Shop, copy_of
from tests.edge.stockroom import Room

SKUS = ("MILK", "BREAD", "APPLES", "LATTE")
SOLD = st.lists(st.sampled_from([MILK, BREAD, "LATTE"]), min_size=1, max_size=4)
LOTS = st.sampled_from([("", ""), ("L7", "2027-01-31"), ("L8", ""), ("", "2026-12-01")])
LINES = st.lists(st.tuples(st.sampled_from(SKUS), st.integers(-2, 30), LOTS), min_size=1, max_size=6)
STAFF = st.sampled_from(["cashier", "manager"])


class Weeks(RuleBasedStateMachine):
    """A shop that sells, takes back, books in, writes off and counts, with crashes between.

    should: what the shelf holds by a reckoning of our own, thousandths by SKU; None: not counted yet.
    """

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.shop = Shop(copy_of(self.template, self.folder / "data"))
        self.room = Room(self.shop)
        self.shop.setting("gs1", {"on": True})
        self.shop.tills["1"].log_in()
        self.papers = 0
        self.should: dict[str, int | None] = {**dict.fromkeys(SKUS, OPENING), "LATTE": None}

    def teardown(self) -> None:
        try:
            assert list(journal.verify(self.shop.db, self.shop.box.source)) == []
        finally:
            self.shop.close()
        shutil.rmtree(self.folder)

    def move(self, sku: str, qty: int) -> None:
        now = self.should[sku]
        self.should[sku] = None if now is None else now + qty

    def entries(self, lines: list[tuple[str, int, tuple[str, str]]]) -> list[Entry]:
        return [Entry(self.room.id(sku), 1000 * n, *lot) for sku, n, lot in lines]

    @rule(codes=SOLD)
    def sell(self, codes: list[str]) -> None:
        self.shop.tills["1"].sell(codes)
        for code in codes:
            self.move({MILK: "MILK", BREAD: "BREAD"}.get(code, code), -1000)

    @rule(lot=st.sampled_from(["10L7", "10L8", "17270131", "1726120110L9"]))
    def sell_of_a_lot(self, lot: str) -> None:
        hands = self.shop.tills["1"]
        hands.scan(f"01{MILK.zfill(14)}{lot}")
        if hands.view()["basket"]["lines"]:
            hands.pay_cash()
            self.move("MILK", -1000)

    @rule(qty=st.integers(1, 3), fit=st.booleans())
    def sell_and_take_back(self, qty: int, fit: bool) -> None:
        hands = self.shop.tills["1"]
        receipt = hands.sell([MILK] * 3).receipt
        hands.scan(f"TBR{receipt}")
        hands.do("return/take", line=1, qty=1000 * qty, fit=fit)
        hands.do("pay", tenders=[{"kind": "cash", "received": 1_250 * qty}])
        self.move("MILK", -3000 + (1000 * qty if fit else 0))

    @rule(lines=LINES, times=st.integers(1, 2))
    def deliver(self, lines: list[tuple[str, int, tuple[str, str]]], times: int) -> None:
        self.papers += 1
        uid, booked = f"p{self.papers}", False
        for _ in range(times):
            with suppress(ShopError):
                done = inventory.deliver(self.room.box, uid, self.entries(lines), self.room.by)
                assert done.again == booked
                booked = True
        for sku, n, _ in lines if booked else ():
            self.should[sku] = (self.should[sku] or 0) + 1000 * n

    @rule(lines=LINES, kind=st.sampled_from(["write_off", "correction"]))
    def write_off(self, lines: list[tuple[str, int, tuple[str, str]]], kind: str) -> None:
        self.papers += 1
        paper = inventory.Paper(f"p{self.papers}", kind, self.entries(lines), reason="broken")
        with suppress(ShopError):  # nothing, less than nothing, or goods that are not counted
            inventory.book(self.room.box, paper, self.room.by)
            for sku, n, _ in lines:
                self.move(sku, 1000 * n if kind == "correction" else -1000 * n)

    @rule(role=STAFF, sku=st.sampled_from(SKUS), off=st.integers(-3, 3), lot=LOTS)
    def count(self, role: str, sku: str, off: int, lot: tuple[str, str]) -> None:
        by = By(self.shop.person(role), "1", "live")
        count = stocktake.current(self.room.box, "live") or stocktake.start(self.room.box, by)
        if count.state == "open":
            there = max(0, round(1000 * (self.room.there(sku) or 0)) + 1000 * off)
            stocktake.tally(self.room.box, count, by, self.room.id(sku), there, *lot)
            self.should[sku] = self.should[sku] or 0

    @rule(drop=st.booleans(), both=st.booleans())
    def end_the_count(self, drop: bool, both: bool) -> None:
        count = stocktake.current(self.room.box, "live")
        if count is None:
            return
        if drop:
            # What began to be counted by this count alone is not counted any more.
            stocktake.drop(self.room.box, count, self.room.by)
            for sku in SKUS:
                self.should[sku] = None if self.room.there(sku) is None else self.should[sku]
            return
        found = stocktake.review(self.room.box, count)
        choices: dict[int, str | int] = {x.product: stocktake.SUM for x in found.twice} if both else {}
        names = {self.room.id(sku): sku for sku in SKUS}
        for x in stocktake.book(self.room.box, count, self.room.by, choices).found:
            self.move(names[x.product], x.difference or 0)

    @rule()
    def crash(self) -> None:
        self.shop.restart()
        self.room = Room(self.shop)
        self.shop.tills["1"].log_in()

    @rule(days=st.sampled_from([-40, -1, 1, 40]))
    def step_the_clock(self, days: int) -> None:
        self.shop.clock.set_wall(self.shop.clock.now_us() + days * 86_400_000_000)

    @invariant()
    def stock_is_opening_plus_moves(self) -> None:
        assert self.room.wrong() == []

    @invariant()
    def stock_is_what_we_reckoned(self) -> None:
        there = {sku: self.room.there(sku) for sku in SKUS}
        assert {sku: None if qty is None else round(qty * 1000) for sku, qty in there.items()} == self.should

    @invariant()
    def what_was_booked_was_told_once(self) -> None:
        told = [(e["data"]["doc"], e["data"]["part"]) for e in self.room.events()]
        assert len(told) == len(set(told))
        assert {doc for doc, _ in told} == {uid for (uid,) in self.shop.ask("SELECT uid FROM stock_doc")}


@pytest.fixture
def weeks(built_shop: Path) -> Iterator[type[Weeks]]:
    Weeks.template = built_shop
    yield Weeks
    del Weeks.template


@pytest.mark.fault("F102", "F105")
def test_the_stock_is_right_after_any_weeks(weeks: type[Weeks], soak: bool) -> None:
    run_state_machine_as_test(
        weeks,
        settings=settings(
            max_examples=400 if soak else 8, stateful_step_count=30, deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )  # fmt: skip
