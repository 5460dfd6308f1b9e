"""Search over 50,000 products, by what a cashier types: beside the plain scan (LIKE over all) of the same run.

Both end with the same fifty products read. Times are CPU time of the thread that asks: the scan is all CPU, too.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

from edge import catalog, catalog_index
from edge.base.sqlite import rows
from edge.box import Box
from edge.catalog import Versions
from tests.bench import many
from tests.bench.report import Row, against, bound, equal, p50, percentile, told
from tests.bench.shop import DISK, copy_store, folder, open_store

PRODUCTS, ASKED, LIMIT = 50_000, 60, 50
SHARE = 0.25  # of the plain scan's time, at most
WORST_MS = 25.0
_SCAN = (
    "SELECT id FROM product WHERE version = ? AND active = 1 AND search LIKE ? ESCAPE '\\' "
    "ORDER BY frequent DESC, id LIMIT ?"
)


def run(template: Path) -> list[Row]:
    """All rows of this bench."""
    with folder(DISK) as place:
        copy_store(template, place)
        box = open_store(place)
        try:
            began = time.process_time()
            versions = _grow(box)
            filled = time.process_time() - began
            size = catalog_index.path_of(box.db, versions.catalog).stat().st_size
            about = told("S", f"{PRODUCTS:,} products and their index", f"{filled:.1f} s", f"{size / 1e6:.1f} MB")
            return [*_measure(box, versions), about]
        finally:
            box.close()


def _grow(box: Box) -> Versions:
    now = catalog.current(box.db)
    shelves = catalog.categories(box.db, now)
    return catalog.load(box, shelves, many.products(PRODUCTS, shelves[0].id))


def _typed(box: Box, versions: Versions, rng: random.Random) -> dict[str, Callable[[], str]]:
    """What is typed, by kind, as parts of products that are there."""
    facts = rows(
        box.db, "SELECT name_zh, initials, sku, gtin, name_en FROM product WHERE version = ?", (versions.catalog,)
    )

    def part(column: int, size: int, anywhere: bool = True) -> str:
        text = str(rng.choice(facts)[column]).split(" ")[0]
        start = rng.randrange(max(1, len(text) - size + 1)) if anywhere else 0
        return text[start : start + size]

    return {
        "two characters of a Chinese name": lambda: part(0, 2),
        "four characters of a Chinese name": lambda: part(0, 4),
        "three initials": lambda: part(1, 3),
        "five initials": lambda: part(1, 5, anywhere=False),
        "an English word": lambda: str(rng.choice(facts)[4]).split(" ")[0],
        "a code's last six digits": lambda: str(rng.choice(facts)[3])[-6:],
        "a whole code": lambda: str(rng.choice(facts)[rng.choice((2, 3))]),
        "what is not there": lambda: "龘" + part(0, 1),
    }


def _measure(box: Box, versions: Versions) -> list[Row]:
    found, worst, same = list[Row](), list[float](), 0
    typed = _typed(box, versions, random.Random(5))
    for kind, make in typed.items():
        ours, theirs = list[float](), list[float]()
        for n in range(ASKED):
            text = make()
            began = time.thread_time_ns()
            hits = catalog.search(box.db, versions, text, LIMIT)
            ours.append((time.thread_time_ns() - began) / 1e6)
            began = time.thread_time_ns()
            _scanned(box, versions, text)
            theirs.append((time.thread_time_ns() - began) / 1e6)
            if n < 5:
                ids = catalog_index.plain(box.db, versions.catalog, catalog_index.folded(text), LIMIT)
                same += [hit.id for hit in hits] == ids
        worst += ours
        found.append(against("S", f"search by {kind}, p50", "ms", p50(ours), p50(theirs), SHARE))
    return [
        *found,
        bound("S", f"search, all of these, p99 of {PRODUCTS:,} products", "ms", percentile(worst, 99), WORST_MS),
        equal("S", "searches that find what looking at all finds, in its order", same, 5 * len(typed)),
    ]


def _scanned(box: Box, versions: Versions, text: str) -> list[catalog.Product]:
    """The search without an index: every product's text is looked at."""
    ids = rows(box.db, _SCAN, (versions.catalog, f"%{catalog_index.folded(text)}%", LIMIT))
    return [known for (n,) in ids if (known := catalog.by_id(box.db, versions, n)) is not None]
