"""The process dies at any statement of a sale, a void or a print: the files it leaves are opened again by another.

At each statement that changes something, the data folder is copied as a SIGKILL would leave it. (Power cuts, which may
lose what was not yet synced, and kills of the real processes have tests of their own.)
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from drivers import escpos_reader
from drivers.simulated import SimulatedPrinter
from edge import journal
from tests.edge.shop import BREAD, MILK, WINE, Hands, Shop, label


@dataclass
class Wreck:
    """What was left at one statement."""

    statement: str
    folder: Path
    papers: int

    def open(self) -> Shop:
        return Shop(self.folder, seed=99)  # other dice than those of the process that died


@pytest.fixture
def wrecks(shop: Shop, tmp_path: Path) -> Callable[[Callable[[], Any]], list[Wreck]]:
    """wrecks(act) -> the folder as it was at each statement of act, and after it."""

    def collect(act: Callable[[], Any]) -> list[Wreck]:
        found: list[Wreck] = []

        def keep(statement: str) -> None:
            if statement.startswith(("SELECT", "PRAGMA")):
                return  # nothing has changed since the one before
            folder = tmp_path / f"wreck-{len(found)}"
            subprocess.run(["cp", "-r", str(shop.folder), str(folder)], check=True)  # another process: no lock is lost
            found.append(Wreck(statement, folder, len(whole(shop.printer))))

        connections = [shop.box.db.connection(), shop.box.draft.connection()]
        for connection in connections:
            connection.set_trace_callback(keep)
        try:
            act()
        finally:
            for connection in connections:
                connection.set_trace_callback(None)
        keep("afterwards")
        return found

    return collect


def whole(printer: SimulatedPrinter | None) -> list[str]:
    """The texts of the papers that came out whole and say something."""
    texts = [escpos_reader.text(paper.data) for paper in printer.papers() if paper.whole] if printer else []
    return [text for text in texts if text.strip()]


def is_sound(shop: Shop) -> None:
    assert shop.one("PRAGMA integrity_check") == "ok"
    assert shop.ask("PRAGMA foreign_key_check") == []
    assert list(journal.verify(shop.db, shop.box.source)) == []
    for lane in ("1", "2"):
        assert shop.numbers(lane) == list(range(1, len(shop.numbers(lane)) + 1))


def document(shop: Shop, uid: str) -> dict[str, int]:
    """How many rows of each kind a document has; all noughts when it is not there."""
    sale = "(SELECT id FROM sale WHERE uid = ?)"
    tables = ("sale_line", "sale_tax", "tender", "ledger", "print_job")
    counts = {table: shop.one(f"SELECT COUNT(*) FROM {table} WHERE sale = {sale}", uid) for table in tables}
    events = shop.one(
        'SELECT COUNT(*) FROM journal WHERE body LIKE \'%"type":"sale.%\' AND body LIKE ?', f'%"uid":"{uid}"%'
    )
    return {**counts, "sale": shop.one("SELECT COUNT(*) FROM sale WHERE uid = ?", uid), "event": events}


@pytest.mark.fault("F01", "F02", "F105")
def test_a_sale_is_there_whole_or_its_basket_comes_back(
    till: Hands, wrecks: Callable[[Callable[[], Any]], list[Wreck]]
) -> None:
    till.attach("gold")
    for code in (MILK, MILK, label(grams=1_250), BREAD):
        till.scan(code)
    before = till.view()["basket"]
    seen = set()
    for wreck in wrecks(till.pay_cash):
        shop = wreck.open()
        try:
            is_sound(shop)
            rows, basket = document(shop, before["uid"]), shop.tills["1"].view()["basket"]
            if rows["sale"]:
                assert rows == {
                    "sale": 1, "sale_line": 3, "sale_tax": 3, "tender": 1, "ledger": 1, "print_job": 2, "event": 1,
                }, wreck.statement  # fmt: skip
                assert (basket["lines"], basket["uid"] == before["uid"]) == ([], False)
            else:
                assert not any(rows.values()), wreck.statement
                assert (basket["uid"], basket["total"], basket["restored"]) == (before["uid"], before["total"], True)
            seen.add(rows["sale"])
            # Whatever had happened: the customer pays once more on a page that still shows the basket.
            hands = shop.tills["1"]
            hands.log_in()
            done = hands.pay_cash(10_000, basket=before["uid"])["done"]
            assert (done["sale"], done["receipt"]) == (before["uid"], "S01-1-1-000001")
            assert document(shop, before["uid"])["sale"] == 1
            assert shop.numbers() == [1]
        finally:
            shop.close()
    assert seen == {0, 1}


@pytest.mark.fault("F01", "F101")
def test_a_void_is_there_whole_or_not_at_all(till: Hands, wrecks: Callable[[Callable[[], Any]], list[Wreck]]) -> None:
    sale = till.sell([WINE, MILK], "silver").uid
    seen = set()
    for wreck in wrecks(lambda: till.void(sale, id="tap")):
        shop = wreck.open()
        try:
            is_sound(shop)
            rows = document(shop, "tap")
            if rows["sale"]:
                assert rows == {
                    "sale": 1, "sale_line": 2, "sale_tax": 1, "tender": 1, "ledger": 1, "print_job": 2, "event": 1,
                }, wreck.statement  # fmt: skip
            else:
                assert not any(rows.values()), wreck.statement
            seen.add(rows["sale"])
            hands = shop.tills["1"]
            hands.log_in()
            shop.staff._verify = lambda hashed, pin: True  # type: ignore[method-assign]  # 20 ms each otherwise
            hands.void(sale, id="tap")
            assert shop.one("SELECT SUM(total) FROM sale WHERE lane = '1'") == 0
            assert shop.numbers() == [1, 2]
        finally:
            shop.close()
    assert seen == {0, 1}


@pytest.mark.fault("F03")
def test_a_receipt_comes_out_once_or_somebody_is_asked(
    shop: Shop, till: Hands, wrecks: Callable[[Callable[[], Any]], list[Wreck]]
) -> None:
    till.sell()
    spooler = shop.spooler()
    assert spooler.print_next()  # the drawer

    def again(wreck: Wreck) -> tuple[int, str]:
        """(originals that came out in all, the job's state) after the next start has done all it does by itself."""
        after = wreck.open()
        try:
            spooler = after.spooler()
            spooler.recover()
            while spooler.print_next():
                pass
            texts = whole(after.printer)
            assert not [text for text in texts if "COPY" in text], "nobody asked for a copy"
            return wreck.papers + len(texts), str(after.one("SELECT state FROM print_job WHERE kind = 'receipt'"))
        finally:
            after.close()

    found = [again(wreck) for wreck in wrecks(spooler.print_next)]
    assert {originals for originals, _ in found} <= {0, 1}
    assert all(state == "uncertain" for originals, state in found if originals == 0), found
    assert {state for _, state in found} == {"printed", "uncertain"}


def test_an_open_basket_is_there_as_it_was_before_or_after_the_scan(
    till: Hands, wrecks: Callable[[Callable[[], Any]], list[Wreck]]
) -> None:
    till.scan(MILK)
    seen = set()
    for wreck in wrecks(lambda: till.scan(WINE)):
        shop = wreck.open()
        try:
            is_sound(shop)
            seen.add(shop.tills["1"].view()["basket"]["total"])
        finally:
            shop.close()
    assert seen == {1_250, 1_250 + 8_800}
