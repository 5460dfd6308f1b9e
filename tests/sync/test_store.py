"""Headquarters' database of an earlier release goes on with all that is in it."""

from __future__ import annotations

from edge.base.sqlite import row, rows
from sync.hq import HqServices
from sync.hq.store import VERSION
from tests.edge.shop import Shop
from tests.sync.shop import quick_hq
from tests.sync.test_documents import a_day, drain, headquarters, shop  # noqa: F401 (fixtures)

# As the first release made it: one rate a group on each document.
_FIRST = """CREATE TABLE sale_tax (
  sale INTEGER NOT NULL REFERENCES sale (event), tax_group TEXT NOT NULL,
  rate INTEGER NOT NULL, gross INTEGER NOT NULL, tax INTEGER NOT NULL,
  PRIMARY KEY (sale, tax_group)
) STRICT, WITHOUT ROWID"""


def test_an_older_database_takes_two_rates_of_a_group_too(shop: Shop, headquarters: HqServices) -> None:  # noqa: F811
    """An exchange after a tax rate has changed gives back at the old one and sells at the new."""
    a_day(shop.tills["1"])
    drain(shop, headquarters)
    store, config = headquarters.store, headquarters.config
    kept = rows(store.db, "SELECT * FROM sale_tax")
    store.db.execute_sql("DROP TABLE sale_tax")
    store.db.execute_sql(_FIRST)
    store.connection().executemany("INSERT INTO sale_tax VALUES (?, ?, ?, ?, ?)", kept)
    store.db.execute_sql("DROP INDEX ledger_event")
    for column in ("available", "came_from", "line", "lot_of", "reverses_of", "from_of"):
        store.db.execute_sql(f"ALTER TABLE ledger DROP COLUMN {column}")
    gone = ("member_erased", "member_alias", "lease", "member_tier", "coupon", "feedback_theme", "feedback",
            "feedback_issue")  # fmt: skip
    for table in gone:
        store.db.execute_sql(f"DROP TABLE {table}")
    store.db.execute_sql("UPDATE schema_info SET version = 1, min_reader = 1")
    store.release()
    again = quick_hq(config)
    assert row(again.store.db, "SELECT version FROM schema_info") == (VERSION,)
    assert rows(again.store.db, "SELECT * FROM sale_tax") == kept
    till = shop.tills["1"]
    receipt = till.sell().receipt
    shop.setting("tax", {"A": 1_000, "B": 900, "C": 600, "Z": 0})
    till.scan(f"TBR{receipt}")
    till.do("return/take", line=1)
    till.scan("MILK")
    till.do("pay", tenders=[])
    drain(shop, again)
    assert rows(again.store.db, "SELECT rate, gross FROM sale_tax WHERE sale = (SELECT MAX(event) FROM sale)") == [
        (1_000, 1_250), (1_300, -1_250),
    ]  # fmt: skip
    again.store.release()
