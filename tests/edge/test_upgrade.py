"""A box that has sold with an older release goes on: nothing of what it did becomes doubtful."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from edge import db as schema
from edge.base.clock import FakeClock
from edge.base.sqlite import open_database
from edge.evidence import check
from tests.edge.goods import pay_as_planned, take_back
from tests.edge.shop import BREAD, MILK, NOW_US, Hands, Shop, build

DAY_US = 86_400_000_000
OLD = Path(__file__).parents[1] / "data" / "schema"


@pytest.fixture(params=sorted(path.stem for path in OLD.glob("*.sql")))
def old_shop(request: pytest.FixtureRequest, tmp_path: Path) -> Shop:
    """A shop whose database is of an older schema, opened by this release."""
    folder = tmp_path / "old"
    build(folder)  # for what lies beside the database
    for left in folder.glob("box.db*"):
        left.unlink()
    with sqlite3.connect(folder / "box.db") as db:
        db.execute("PRAGMA page_size = 1024")
        db.executescript((OLD / f"{request.param}.sql").read_text())
    db.close()
    database = open_database(folder / "box.db")
    schema.migrate(database)
    database.close()
    shop = Shop(folder, FakeClock(NOW_US + DAY_US), seed=4)  # another day, and other ids than were given then
    request.addfinalizer(shop.close)
    return shop


def test_its_books_are_whole(old_shop: Shop) -> None:
    assert [(x.slug, x.params) for x in check(old_shop.box)] == []


def test_it_sells_on_and_takes_back_what_the_older_release_sold(old_shop: Shop) -> None:
    till: Hands = old_shop.tills["1"]
    till.log_in()
    sold = till.sell([MILK, BREAD]).receipt
    assert sold in ("S01-1-1-000006", "S01-1-1-000007")
    take_back(till, "S01-1-1-000001", n1=None)
    assert pay_as_planned(till)["done"]["total"] < 0
    assert [x.slug for x in check(old_shop.box)] == []
