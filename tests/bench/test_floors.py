"""The references are what they say: the very same rows, whole blocks between syncs, every shared page once."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.checkout import Tender, complete_sale
from tests.bench import raw_sale
from tests.bench.bench_sale import make_basket, station
from tests.bench.floor_http import shifted
from tests.bench.report import against, at_least, bound, equal, table, told
from tests.bench.shop import copy_store, fill_store, open_store, raw_connection
from tests.bench.trace import read_trace


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample store after three days."""
    return fill_store(tmp_path_factory.mktemp("bench") / "store", days=3)


def test_the_floor_writes_the_rows_that_the_till_wrote(template: Path, tmp_path: Path) -> None:
    copy_store(template, tmp_path / "box")
    box = open_store(tmp_path / "box")
    at = station(box)
    complete_sale(box, make_basket(box, 0), [Tender("cash", 100_000)], at)  # opens the shift
    box.db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    copy_store(tmp_path / "box", tmp_path / "raw")
    basket = make_basket(box, 1)
    complete_sale(box, basket, [Tender("cash", 100_000)], at)
    ours, floor = raw_connection(tmp_path / "box"), raw_connection(tmp_path / "raw")
    raw_sale.write(floor, raw_sale.inserts(floor), raw_sale.read_back(ours, basket.uid))
    for name in (*raw_sale.TABLES, "stock", "basket"):
        rows = [connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for connection in (ours, floor)]
        assert rows[0] == rows[1], name
        assert rows[0] or name == "basket"
    for connection in (ours, floor):
        connection.close()
    box.close()


def test_the_floor_can_write_a_sale_again_and_again(template: Path, tmp_path: Path) -> None:
    copy_store(template, tmp_path / "box")
    box = open_store(tmp_path / "box")
    basket = make_basket(box, 0)
    complete_sale(box, basket, [Tender("cash", 100_000)], station(box))
    floor = raw_connection(tmp_path / "box")
    sale, count = raw_sale.read_back(floor, basket.uid), "SELECT COUNT(*) FROM sale_line"
    before = floor.execute(count).fetchone()[0]
    for n in (1, 2, 3):
        raw_sale.write(floor, raw_sale.inserts(floor), shifted(sale, n, f"uid-{n}"))
    assert floor.execute(count).fetchone()[0] == before + 3 * len(sale.rows["sale_line"])
    assert floor.execute("PRAGMA foreign_key_check").fetchall() == []
    floor.close()
    box.close()


def test_a_block_counts_once_between_two_syncs_of_its_file() -> None:
    lines = [
        '1 openat(AT_FDCWD, "/x/box.db", O_RDWR) = 3</x/box.db>',
        '1 pwrite64(4</x/box.db-wal>, ""..., 24, 0) = 24',
        '1 pwrite64(4</x/box.db-wal>, ""..., 1024, 24) = 1024',
        "1 fdatasync(4</x/box.db-wal>)            = 0",
        '1 pwrite64(4</x/box.db-wal>, ""..., 1024, 3500) = 1024',
        "1 fdatasync(4</x/box.db-wal>)            = 0",
        '1 pwrite64(3</x/box.db>, ""..., 1024, 8192) = 1024',
        '1 pwrite64(5</x/other.txt>, ""..., 1024, 0) = 1024',
    ]
    trace = read_trace(lines)
    assert (trace.log_bytes, trace.bytes) == (3 * 4096, 4 * 4096)
    assert (trace.log_syncs, trace.syncs) == (2, 2)


def test_the_table_says_what_is_over() -> None:
    rows = [
        against("1", "slow", "µs", 200, 100, 1.5),
        against("1", "fast", "µs", 120, 100, 1.5),
        at_least("5", "drain", "1/s", 40, 100, 0.5),
        bound("4", "memory", "MiB", 81, 80),
        equal("main", "sales", 2000, 2000),
        told("3", "the floor's p99", "3 ms"),
    ]
    assert [row.ok for row in rows] == [False, True, False, False, True, None]
    lines = table(rows).splitlines()
    assert len(lines) == 2 + len(rows)
    assert lines[2].endswith("OVER")
    assert lines[3].endswith("ok")
    assert lines[-1].endswith("3 ms")
