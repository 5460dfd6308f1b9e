"""Whole days at the till, in any order of scans, sales, voids, crashes and price changes: the books always agree."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from edge import journal
from edge.errors import ShopError
from tests.edge.shop import APPLES_PLU, BREAD, GUM, MILK, OPENING, WINE, Hands, Shop, copy_of, label

LANES = st.sampled_from(["1", "2"])
CODES = st.one_of(
    st.sampled_from([MILK, WINE, BREAD, GUM, "6901234567890", "5901234123457", "130123456789012345"]),
    st.integers(0, 5_000).map(lambda grams: label(APPLES_PLU, grams)),
    st.integers(0, 5_000).map(lambda fen: label(APPLES_PLU, amount=fen, template="22PPPPPAAAAAC")),
)


class Day(RuleBasedStateMachine):
    """Two lanes of one box. Commands that are refused are part of the day; nothing else may go wrong."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.shop = Shop(copy_of(self.template, self.folder / "data"))
        for lane in ("1", "2"):
            self.shop.tills[lane].log_in()
        self.uids: list[str] = []

    def teardown(self) -> None:
        try:
            assert list(journal.verify(self.shop.db, self.shop.box.source)) == []
        finally:
            self.shop.close()
        shutil.rmtree(self.folder)

    def till(self, lane: str) -> Hands:
        return self.shop.tills[lane]

    def tap(self, lane: str, command: str, **args: object) -> None:
        uid = self.till(lane).till.basket.uid
        if uid not in self.uids:
            self.uids.append(uid)
        with suppress(ShopError):  # a refusal; the invariants see that nothing came of it
            self.till(lane).do(command, **args)

    @rule(lane=LANES, code=CODES)
    def scan(self, lane: str, code: str) -> None:
        self.till(lane).scan(code)

    @rule(lane=LANES, name=st.sampled_from(["bronze", "silver", "gold", "silent"]))
    def attach(self, lane: str, name: str) -> None:
        self.till(lane).attach(name)

    @rule(lane=LANES, line=st.integers(1, 4), qty=st.integers(-1, 20))
    def change_quantity(self, lane: str, line: int, qty: int) -> None:
        self.tap(lane, "qty", line=line, qty=qty * 1_000)

    @rule(lane=LANES, command=st.sampled_from(["undo", "clear", "member/detach"]))
    def change_of_mind(self, lane: str, command: str) -> None:
        self.tap(lane, command)

    @rule(lane=LANES, extra=st.sampled_from([0, 1, 500, 100_000]), taps=st.integers(1, 2))
    def pay(self, lane: str, extra: int, taps: int) -> None:
        basket = self.till(lane).view()["basket"]
        if basket["age"]:
            self.tap(lane, "age", ok=True)
        tenders = [{"kind": "cash", "received": basket["cash_due"] + extra}]
        for n in range(taps):
            self.tap(lane, "pay", basket=basket["uid"], id=f"{basket['uid']}-{n}", tenders=tenders)

    @rule(lane=LANES, codes=st.lists(CODES, min_size=1, max_size=5), extra=st.sampled_from([0, 3_000]))
    def serve_a_customer(self, lane: str, codes: list[str], extra: int) -> None:
        for code in codes:
            self.scan(lane, code)
        self.pay(lane, extra, 1)

    @rule(lane=LANES)
    def pay_too_little(self, lane: str) -> None:
        due = self.till(lane).view()["basket"]["cash_due"]
        self.tap(lane, "pay", tenders=[{"kind": "cash", "received": due - 1}])

    @rule(lane=LANES, taps=st.integers(1, 2))
    def void_the_last(self, lane: str, taps: int) -> None:
        last = self.till(lane).view()["last_sale"]
        if last is None:
            return
        manager = self.shop.person("manager")
        self.shop.staff._verify = lambda hashed, pin: True  # type: ignore[method-assign]  # 20 ms each otherwise
        name = f"void-{last['uid']}"
        for _ in range(taps):
            self.tap(lane, "void", sale=last["uid"], reason="r", id=name)
            self.tap(lane, "approve", staff=manager.uid, pin="905713")

    @rule(milk=st.integers(1, 3_000))
    def load_prices(self, milk: int) -> None:
        self.shop.prices(milk=milk)

    @rule(days=st.sampled_from([-400, -1, 1, 400]))
    def step_the_clock(self, days: int) -> None:
        self.shop.clock.set_wall(self.shop.clock.now_us() + days * 86_400_000_000)

    @rule(new_boot=st.booleans())
    def crash(self, new_boot: bool) -> None:
        before = {lane: self.till(lane).view()["basket"] for lane in ("1", "2")}
        if new_boot:
            self.shop.reboot()
        else:
            self.shop.restart()
        for lane, basket in before.items():
            after = self.till(lane).view()["basket"]
            assert (after["total"], after["cash_due"]) == (basket["total"], basket["cash_due"])
            assert [(x["name"], x["qty"], x["total"]) for x in after["lines"]] == [
                (x["name"], x["qty"], x["total"]) for x in basket["lines"]
            ]
            self.till(lane).log_in()

    @precondition(lambda self: self.uids)
    @rule(lane=LANES, data=st.data())
    def an_old_page_pays_again(self, lane: str, data: st.DataObject) -> None:
        uid = data.draw(st.sampled_from(self.uids))
        if uid != self.till(lane).till.basket.uid:
            self.tap(lane, "pay", basket=uid, tenders=[{"kind": "cash", "received": 10**7}])

    @invariant()
    def receipt_numbers_have_no_gap(self) -> None:
        for lane in ("1", "2"):
            numbers = self.shop.numbers(lane)
            assert numbers == list(range(1, len(numbers) + 1))

    @invariant()
    def every_document_adds_up(self) -> None:
        wrong = self.shop.ask(
            "SELECT id FROM sale s WHERE "
            "s.total + s.rounding <> (SELECT SUM(received - change) FROM tender t WHERE t.sale = s.id) "
            "OR s.total <> (SELECT SUM(total) FROM sale_line l WHERE l.sale = s.id) "
            "OR s.tax <> (SELECT SUM(tax) FROM sale_line l WHERE l.sale = s.id) "
            "OR s.tax <> (SELECT SUM(tax) FROM sale_tax x WHERE x.sale = s.id) "
            "OR s.total <> (SELECT SUM(gross) FROM sale_tax x WHERE x.sale = s.id) "
            "OR s.points <> (SELECT COALESCE(SUM(points), 0) FROM ledger g WHERE g.sale = s.id)"
        )
        assert wrong == []

    @invariant()
    def the_drawer_holds_what_was_sold(self) -> None:
        sold = self.shop.one("SELECT COALESCE(SUM(total + rounding), 0) FROM sale")
        assert self.shop.one("SELECT COALESCE(SUM(received - change), 0) FROM tender") == sold

    @invariant()
    def the_shelf_is_opening_plus_moves(self) -> None:
        shelf = self.shop.ask("SELECT product, qty FROM stock ORDER BY 1")
        moved = dict(
            self.shop.ask(
                "SELECT l.product, SUM(l.qty) FROM sale_line l JOIN sale s ON s.id = l.sale "
                "WHERE s.lane <> 'old' GROUP BY 1"
            )
        )
        assert shelf == [(product, OPENING - moved.get(product, 0)) for product, _ in shelf]

    @invariant()
    def a_voided_sale_and_its_void_are_nothing(self) -> None:
        left = self.shop.ask(
            "SELECT v.id FROM sale v JOIN sale o ON o.id = v.original WHERE v.kind = 'void' AND "
            "(v.total + o.total, v.tax + o.tax, v.rounding + o.rounding, v.points + o.points, v.score + o.score) "
            "<> (0, 0, 0, 0, 0)"
        )
        assert left == []

    @invariant()
    def balances_are_what_the_sales_earned(self) -> None:
        assert self.shop.ask(
            "SELECT member, SUM(points), SUM(score) FROM ledger GROUP BY 1 ORDER BY 1"
        ) == self.shop.ask(
            "SELECT member, SUM(points), SUM(score) FROM sale WHERE member IN (SELECT member FROM ledger) "
            "GROUP BY 1 ORDER BY 1"
        )
        assert not self.shop.ask(
            "SELECT 1 FROM sale WHERE (points <> 0 OR score <> 0) AND member NOT IN (SELECT member FROM ledger)"
        )
        assert (
            self.shop.one("SELECT COALESCE(SUM(points), 0) FROM ledger WHERE member = ?", self.shop.member("silent"))
            == 0
        )

    @invariant()
    def the_screen_counts_what_is_there(self) -> None:
        for lane in ("1", "2"):
            view = self.till(lane).view()
            sales = self.shop.one(
                "SELECT COUNT(*) FROM sale s JOIN shift h ON h.id = s.shift AND h.closed_us IS NULL "
                "WHERE s.lane = ? AND s.kind = 'sale'",
                lane,
            )
            assert (view["shift"]["sales"] if view["shift"] else 0) == sales
            papers = "SELECT COUNT(*) FROM print_job WHERE lane = ? AND kind <> 'drawer' AND state = 'queued'"
            assert view["print_queue"] == self.shop.one(papers, lane)
            assert view["basket"]["total"] == sum(line["total"] for line in view["basket"]["lines"])

    @invariant()
    def there_is_one_event_a_document(self) -> None:
        documents = self.shop.one("SELECT COUNT(*) FROM sale")
        assert self.shop.one('SELECT COUNT(*) FROM journal WHERE body LIKE \'%"type":"sale.%\'') == documents


@pytest.fixture
def day(built_shop: Path) -> Iterator[type[Day]]:
    Day.template = built_shop
    yield Day
    del Day.template


@pytest.mark.fault("F90", "F91", "F102", "F105")
def test_the_books_agree_after_any_day(day: type[Day], soak: bool) -> None:
    run_state_machine_as_test(
        day,
        settings=settings(
            max_examples=400 if soak else 8, stateful_step_count=40, deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )  # fmt: skip


def checks(machine: Day) -> None:
    """All invariants now."""
    for name in (
        "receipt_numbers_have_no_gap", "every_document_adds_up", "the_drawer_holds_what_was_sold",
        "the_shelf_is_opening_plus_moves", "a_voided_sale_and_its_void_are_nothing",
        "balances_are_what_the_sales_earned", "the_screen_counts_what_is_there", "there_is_one_event_a_document",
    ):  # fmt: skip
        getattr(machine, name)()


@pytest.mark.fault("F90", "F105")
def test_the_books_agree_after_a_busy_day(day: type[Day], soak: bool) -> None:
    """The machine above tries odd orders; this one sells: some hundred customers, most of them members."""
    machine, rng = day(), random.Random(8)
    try:
        for n in range(3_000 if soak else 150):
            lane = rng.choice("12")
            if rng.random() < 0.7:
                machine.attach(lane=lane, name=rng.choice(["bronze", "silver", "gold", "silent"]))
            goods = [MILK, MILK, WINE, BREAD, GUM, label(grams=rng.randint(0, 5_000)), "6901234567890"]
            machine.serve_a_customer(
                lane=lane, codes=rng.choices(goods, k=rng.randint(1, 6)), extra=rng.choice([0, 500])
            )
            if rng.random() < 0.15:
                machine.void_the_last(lane=lane, taps=rng.randint(1, 2))
            if rng.random() < 0.03:
                machine.crash(new_boot=rng.random() < 0.5)
            if rng.random() < 0.02:
                machine.load_prices(milk=rng.randint(1, 3_000))
            if n % 25 == 0:
                checks(machine)
        checks(machine)
        assert machine.shop.one("SELECT COUNT(*) FROM sale WHERE kind = 'void'") > 10
        assert machine.shop.one("SELECT COUNT(*) FROM sale") > 120
    finally:
        machine.teardown()
