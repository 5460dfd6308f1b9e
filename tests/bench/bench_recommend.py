"""Recommendation on 200,000 sale lines: what a suggestion and what learning a sale cost, beside the limits.

2,000 members and 4,000 products with the shape of a grocery: few products sell much, members come back to their own
forty. Learning is measured as the jobs do it (small transactions on the connection that does not sync). Times are CPU
time of the thread that asks, as the limits are.
"""

from __future__ import annotations

import random
import time
from itertools import accumulate, islice
from pathlib import Path

from edge.base.sqlite import row
from edge.box import Box
from edge.recommend import learn
from edge.recommend.suggest import Suggester
from tests.bench.report import Row, bound, p50, percentile, told
from tests.bench.shop import DISK, copy_store, folder, open_store

MEMBERS, PRODUCTS, SALES, LINES, OWN = 2_000, 4_000, 40_000, 5, 40
STEPS, ASKED = 1_500, 1_500
QUERY_MS, UPDATE_MS = 5.0, 3.0
_COLUMNS = (
    "id, uid, kind, lane, series, number, shift, business_date, at_us, clock, mode, staff, member, currency, exponent, "
    "lang, total, tax, saving, rounding, points, score, catalog_version, price_version, rule_version, seq"
)


def run(template: Path) -> list[Row]:
    """All rows of this bench."""
    with folder(DISK) as place:
        copy_store(template, place)
        box = open_store(place)
        try:
            members = _grow(box, random.Random(17))
            return _measure(box, members, random.Random(18), place)
        finally:
            box.close()


def _grow(box: Box, rng: random.Random) -> list[int]:
    """Make products, members with consent, and their purchases; returns the members' row ids."""
    with box.transaction() as db:
        connection, versions = db.connection(), row(db, "SELECT MAX(version) FROM product")
        assert versions is not None
        first = row(db, "SELECT MAX(id) + 1 FROM item") or (1,)
        products = list(range(first[0], first[0] + PRODUCTS))
        categories = [c for (c,) in db.execute_sql("SELECT id FROM category WHERE version = ?", versions).fetchall()]
        connection.executemany("INSERT INTO item VALUES (?, ?)", [(p, f"B{p}") for p in products])
        connection.executemany(
            "INSERT INTO product (version, id, sku, name_zh, name_en, search, category, icon, unit, tax_group) "
            "VALUES (?, ?, ?, '品', 'Product', '', ?, 'tag', 'pc', 'A')",
            [(versions[0], p, f"B{p}", rng.choice(categories)) for p in products],
        )
        price = row(db, "SELECT version FROM pointer WHERE name = 'price'") or (1,)
        connection.executemany("INSERT INTO price VALUES (?, ?, 'base', 500)", [(price[0], p) for p in products])
        start = row(db, "SELECT MAX(id) + 1 FROM member") or (1,)
        members = list(range(start[0], start[0] + MEMBERS))
        connection.executemany(
            "INSERT INTO member (id, uid, joined_us) VALUES (?, ?, 0)", [(m, f"bench{m}") for m in members]
        )
        connection.executemany(
            "INSERT INTO consent (member, purpose, granted, text_version, at_us, channel) VALUES (?, ?, 1, 1, 0, '')",
            [(m, learn.PURPOSE) for m in members],
        )
        _sell(box, rng, products, members)
    return members


def _sell(box: Box, rng: random.Random, products: list[int], members: list[int]) -> None:
    connection = box.db.connection()
    shares = list(accumulate(1 / (n + 10) for n in range(len(products))))
    taste = {m: rng.choices(products, cum_weights=shares, k=OWN) for m in members}
    shift, staff = row(box.db, "SELECT MAX(id) FROM shift") or (1,), row(box.db, "SELECT MIN(id) FROM staff") or (1,)
    first = row(box.db, "SELECT MAX(id) + 1 FROM sale") or (1,)
    now, marks = box.env.clock.now_us(), ", ".join("?" * (_COLUMNS.count(",") + 1))
    sales, lines = [], []
    for n in range(SALES):
        sale, member = first[0] + n, rng.choice(members)
        at = now - (SALES - n) * 1_500_000_000
        sales.append(
            (sale, f"bench-{n}", "sale", "bench", 1, n + 1, *shift, "2026-01-01", at, "synced", "demo", *staff, member,
             "CNY", 2, "en", 2500, 0, 0, 0, 25, 25, 1, 1, 0, 0)
        )  # fmt: skip
        own, other = rng.choices(taste[member], k=LINES), rng.choices(products, cum_weights=shares, k=LINES)
        basket = {mine if rng.random() < 0.7 else any_ for mine, any_ in zip(own, other, strict=True)}
        lines += [
            (sale, i, p, f"B{p}", "Product", 1000, "pc", 500, 0, 500, "A", 1300, 0) for i, p in enumerate(basket, 1)
        ]
    connection.executemany(f"INSERT INTO sale ({_COLUMNS}) VALUES ({marks})", sales)  # noqa: S608 (fixed names)
    connection.executemany(
        "INSERT INTO sale_line (sale, n, product, sku, name, qty, unit, unit_price, discount, total, tax_group, rate, "
        f"tax) VALUES ({', '.join('?' * 13)})", lines,
    )  # fmt: skip


def _measure(box: Box, members: list[int], rng: random.Random, place: Path) -> list[Row]:
    lines = row(box.db, "SELECT COUNT(*) FROM sale_line") or (0,)
    size = _size(box)
    newest = row(box.db, "SELECT MAX(id) FROM sale") or (0,)
    while (state := row(box.db, "SELECT sale FROM model_state")) and state[0] < newest[0] - STEPS:
        learn.catch_up(box, sales=min(200, newest[0] - STEPS - state[0]))
    updates = []
    for _ in range(STEPS):
        began = time.thread_time_ns()
        learn.catch_up(box, sales=1)
        updates.append((time.thread_time_ns() - began) / 1e6)
    kiosk, till, suggester = [], [], Suggester(box)
    for member in rng.choices(members, k=ASKED):
        began = time.thread_time_ns()
        found = suggester.offers(member)
        kiosk.append((time.thread_time_ns() - began) / 1e6)
        basket = [s.product.id for s in found] + [s.why.product for s in islice(suggester.beside(member, []), 3)]
        began = time.thread_time_ns()
        next(suggester.beside(member, basket), None)
        till.append((time.thread_time_ns() - began) / 1e6)
    mean = sum(updates) / len(updates)
    return [
        bound("R", f"three offers at a kiosk, {lines[0]:,} lines, p99", "ms", percentile(kiosk, 99), QUERY_MS),
        told("R", "three offers at a kiosk, p50", f"{p50(kiosk):.3g} ms"),
        bound("R", "a suggestion beside a basket, p99", "ms", percentile(till, 99), QUERY_MS),
        told("R", "a suggestion beside a basket, p50", f"{p50(till):.3g} ms"),
        bound("R", "learning a sale, mean", "ms", mean, UPDATE_MS),
        told("R", "learning a sale, p99", f"{percentile(updates, 99):.3g} ms"),
        told("R", "the learned tables", f"{(_size(box) - size) / 1e6:.3g} MB"),
    ]


def _size(box: Box) -> int:
    pages = row(box.db, "PRAGMA page_count") or (0,)
    return int(pages[0]) * 1024
