"""Is there something to sell, and somebody to sell it?"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

from edge.health.base import Check, Finding, House, ok, warn
from edge.health.database import read_only

_PRODUCTS = (
    "SELECT COUNT(*) FROM product WHERE active = 1 AND version = (SELECT version FROM pointer WHERE name = 'catalog')"
)


class ShopCheck(Check):
    name = "shop"

    def run(self, house: House) -> Iterator[Finding]:
        assert house.config is not None
        try:
            with closing(read_only(house.config.database)) as db:
                products = db.execute(_PRODUCTS).fetchone()[0]
                staff = dict(db.execute("SELECT role, COUNT(*) FROM staff WHERE active = 1 GROUP BY role").fetchall())
        except sqlite3.Error:
            return  # the database's own checks say what is wrong with it
        if not staff.get("manager"):
            yield warn("no_manager")
        if not products:
            yield warn("no_products")
        if staff.get("manager") and products:
            yield ok("ready", products=products, staff=sum(staff.values()))
