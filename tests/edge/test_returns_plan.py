"""What goods that come back cost the machine, however many years of sales lie in it."""

from __future__ import annotations

import re

from tests.edge.goods import CARD, pay_as_planned, quick_pins, take_back, top_up, widen
from tests.edge.shop import MILK, Hands, Shop


def whole_tables(shop: Shop, statements: list[str]) -> set[str]:
    """Which tables of years the statements read from end to end."""
    found = set()
    for sql in {sql for sql in statements if sql.startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))}:
        names = {alias or table: table for table, alias in re.findall(r"(?:FROM|JOIN) (\w+)(?: ([a-z]\w*)\b)?", sql)}
        for (_, _, _, step) in shop.ask(f"EXPLAIN QUERY PLAN {sql}"):
            scan = re.fullmatch(r"SCAN (\w+)|SEARCH (\w+) USING (?:INTEGER )?PRIMARY KEY \(\w+<\?\)", step)
            if scan is not None:
                found.add(names.get(scan[1] or scan[2], scan[1] or scan[2]))
    return found & {"sale", "sale_line", "tender", "ledger", "journal", "value_ledger"}


def test_no_sale_waits_while_another_is_given_back(shop: Shop, till: Hands) -> None:
    """The till writes while nobody else can: it must not look through years of sales meanwhile."""
    widen(shop)
    quick_pins(shop)
    top_up(till, 5_000)
    till.attach("gold")
    till.scan(MILK)
    receipt = till.do("pay", tenders=[{"kind": "stored", "received": 1_150, "reference": CARD}])["done"]["receipt"]
    till.attach("gold")
    till.scan(MILK)
    seen: list[str] = []
    shop.db.connection().set_trace_callback(seen.append)
    till.do("pay", tenders=[{"kind": "account", "received": 1_150}])
    done = till.approve()["done"]
    till.void(done["sale"])
    take_back(till, receipt, n1=None)
    pay_as_planned(till)
    till.attach("gold")
    till.scan(MILK)
    till.do("pay", tenders=[{"kind": "account", "received": 1_150}])
    till.approve()
    till.attach("gold")
    till.do("account/pay", amount=1_150)
    till.pay_cash()
    shop.db.connection().set_trace_callback(None)
    assert whole_tables(shop, seen) == set()
