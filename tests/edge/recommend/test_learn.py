"""Learning: nothing by name without consent, nothing of a void, and a rebuild that gives the very same tables."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from edge.base.sqlite import open_database, row, rows
from edge.box import Box
from edge.db import MIGRATIONS, migrate, schema_version
from edge.recommend import learn
from tests.edge.goods import COLA, pay_as_planned, take_back, top_up, widen
from tests.edge.recommend.conftest import Buyer
from tests.edge.shop import BREAD, GUM, MILK, Shop

TABLES = ("model_member", "model_buy", "model_product", "model_pair", "model_state")


def learned(box: Box) -> dict[str, list[tuple[Any, ...]]]:
    return {table: sorted(rows(box.db, f"SELECT * FROM {table}")) for table in TABLES}  # noqa: S608 (fixed names)


def bought(shop: Shop, member: int) -> dict[str, int]:
    """sku -> how often, as learned."""
    return dict(
        shop.ask("SELECT i.sku, b.n FROM model_buy b JOIN item i ON i.id = b.product WHERE b.member = ?", member)
    )


def test_purchases_are_counted_by_basket_not_by_piece(shop: Shop, buyer: Callable[..., Buyer]) -> None:
    anna = buyer()
    anna.buys("MILK", "MILK", "BREAD", times=3)
    assert bought(shop, anna.id) == {"MILK": 3, "BREAD": 3}


def test_nothing_is_learned_by_name_without_consent(shop: Shop, buyer: Callable[..., Buyer]) -> None:
    silent = buyer("silent", consent=False)
    silent.buys("MILK", "BREAD", times=3)
    assert bought(shop, silent.id) == {}
    assert shop.one("SELECT COUNT(*) FROM model_member") == 0
    assert shop.one("SELECT n FROM model_pair LIMIT 1") == 3, "what lies together is nobody's name"


def test_withdrawn_consent_forgets_at_once_and_given_again_learns_anew(shop: Shop, buyer: Callable[..., Buyer]) -> None:
    anna = buyer()
    anna.buys("MILK", times=4)
    before = learned(shop.box)
    anna.agrees(False)
    assert bought(shop, anna.id) == {} and shop.one("SELECT SUM(buyers) FROM model_product") == 0
    anna.agrees()
    assert {k: v for k, v in learned(shop.box).items() if k != "model_state"} == {
        k: v for k, v in before.items() if k != "model_state"
    }


def test_a_void_is_unlearned(shop: Shop, buyer: Callable[..., Buyer]) -> None:
    anna = buyer()
    anna.buys("MILK", times=2)
    before = learned(shop.box)
    sale = anna.buys("MILK", "GUM", every_days=0)
    assert bought(shop, anna.id) == {"MILK": 3, "GUM": 1}
    shop.tills["1"].void(sale)
    learn.catch_up_fully(shop.box)
    assert {k: v for k, v in learned(shop.box).items() if k != "model_state"} == {
        k: v for k, v in before.items() if k != "model_state"
    }


def test_an_exchange_teaches_what_was_taken_not_what_came_back(shop: Shop, buyer: Callable[..., Buyer]) -> None:
    anna, till = buyer(), shop.tills["1"]
    till.log_in()
    receipt = till.sell([MILK], "bronze").receipt
    take_back(till, receipt, n1=None)
    till.scan(GUM)
    pay_as_planned(till)
    learn.catch_up_fully(shop.box)
    assert bought(shop, anna.id) == {"MILK": 1, "GUM": 1}
    learn.rebuild(shop.box)
    assert bought(shop, anna.id) == {"MILK": 1, "GUM": 1}


def test_deposits_and_money_on_cards_are_no_taste(shop: Shop, buyer: Callable[..., Buyer]) -> None:
    widen(shop)
    anna, till = buyer(), shop.tills["1"]
    anna.buys(COLA)
    till.attach("bronze")
    top_up(till, 1_000)
    learn.catch_up_fully(shop.box)
    assert shop.ask("SELECT product FROM model_buy WHERE member = ?", anna.id) == [(shop.product(COLA).id,)]
    learn.rebuild(shop.box)
    assert shop.ask("SELECT product FROM model_buy WHERE member = ?", anna.id) == [(shop.product(COLA).id,)]


def test_training_teaches_nothing(shop: Shop, buyer: Callable[..., Buyer]) -> None:
    anna, hands = buyer(), shop.tills["3"]
    hands.log_in()
    hands.sell((MILK,), member="bronze")
    learn.catch_up_fully(shop.box)
    assert bought(shop, anna.id) == {} and shop.ask("SELECT * FROM model_pair") == []


def test_a_rebuild_gives_the_very_same_tables(shop: Shop, buyer: Callable[..., Buyer]) -> None:
    anna, gold = buyer(), buyer("gold")
    for basket in (("MILK", "BREAD"), ("MILK",), ("GUM", "MILK", "WINE")):
        anna.buys(*basket)
        gold.buys(*reversed(basket), every_days=500)
    shop.tills["1"].void(gold.buys("BREAD", every_days=0))
    anna.agrees(False)
    anna.agrees()
    learn.catch_up_fully(shop.box)
    before = learned(shop.box)
    assert learn.rebuild(shop.box) == shop.one("SELECT COUNT(*) FROM sale WHERE kind IN ('sale', 'void')")
    assert learned(shop.box) == before


def test_a_rebuild_of_the_sample_store_gives_the_same_tables(demo: Box) -> None:
    before = learned(demo)
    assert len(before["model_buy"]) > 1000
    learn.rebuild(demo)
    assert learned(demo) == before


def test_learning_goes_in_small_steps_and_goes_on_where_it_stopped(shop: Shop) -> None:
    shop.tills["1"].log_in()
    for _ in range(learn.BATCH + 3):
        shop.tills["1"].sell((MILK, BREAD, GUM))
    rest = shop.one("SELECT COUNT(*) FROM sale")
    while count := learn.catch_up(shop.box):
        assert count <= learn.BATCH
        rest -= count
    assert rest == 0


@pytest.mark.fault("F22")
def test_a_purchase_of_the_future_is_taken_for_one_of_today(shop: Shop, buyer: Callable[..., Buyer]) -> None:
    anna = buyer()
    sale = anna.buys("MILK", every_days=0)
    shop.db.execute_sql("UPDATE sale SET at_us = ? WHERE uid = ?", (shop.clock.now_us() * 2, sale))
    learn.rebuild(shop.box)
    assert shop.one("SELECT last_us FROM model_buy WHERE member = ?", anna.id) == shop.clock.now_us()


def test_the_thread_learns_what_is_sold(shop: Shop, buyer: Callable[..., Buyer]) -> None:
    anna, learner = buyer(), learn.Learner(shop.box)
    thread = threading.Thread(target=learner.run)
    thread.start()
    try:
        shop.tills["1"].log_in()
        shop.tills["1"].sell((MILK,), member="bronze")
        learner.wake()
        deadline = time.monotonic() + 5
        while not bought(shop, anna.id) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert bought(shop, anna.id) == {"MILK": 1}
    finally:
        learner.stop()
        thread.join()


def test_a_store_of_the_first_schema_gets_the_tables_and_keeps_its_sales(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """The database as issue 2 left it: its migration alone, then this release's."""
    import shutil

    from edge import db as schema

    old = tmp_path / "migrations"
    old.mkdir()
    for name in ("__init__.py", "0001_first.py", "0001_first.sql"):
        shutil.copy(MIGRATIONS / name, old / name)
    path = tmp_path / "box.db"
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", old)
        patch.setattr(schema, "SCHEMA_VERSION", 1)
        first = open_database(path)
        migrate(first)
        first.execute_sql("INSERT INTO item (sku) VALUES ('MILK')")
        assert schema_version(first)[0] == 1
        first.close()
    db = open_database(path)
    assert migrate(db)
    assert row(db, "SELECT sku FROM item") == ("MILK",) and row(db, "SELECT sale, consent FROM model_state") == (0, 0)
    assert migrate(db) == []
    db.close()
