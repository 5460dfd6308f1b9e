"""Does the database fit this release?"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

from edge.db import SCHEMA_VERSION
from edge.health.base import Check, Finding, House, fail, ok, warn
from edge.health.database import read_only


class SchemaCheck(Check):
    name = "schema"

    def run(self, house: House) -> Iterator[Finding]:
        assert house.config is not None
        store = house.config.store
        try:
            with closing(read_only(house.config.database)) as db:
                version, min_reader = db.execute("SELECT version, min_reader FROM schema_info").fetchone()
                box = db.execute("SELECT tenant, store, box, currency FROM box").fetchone()
        except (sqlite3.Error, TypeError):
            yield fail("none")
            return
        if box is not None and tuple(box) != (store.tenant, store.store, store.box, store.currency):
            yield fail(
                "other_box", found="/".join(box), wanted=f"{store.tenant}/{store.store}/{store.box}/{store.currency}"
            )
        elif min_reader > SCHEMA_VERSION:
            yield fail("newer", version=version, ours=SCHEMA_VERSION)
        elif version < SCHEMA_VERSION:
            yield fail("older", version=version, ours=SCHEMA_VERSION)
        elif version > SCHEMA_VERSION:
            yield warn("ahead", version=version, ours=SCHEMA_VERSION)
        else:
            yield ok("fits", version=version)
