"""A document's rows: written by fixed SQL, which must stay in step with the schema."""

from __future__ import annotations

import pytest

from edge import sales
from tests.edge.shop import APPLES_PLU, BREAD, Hands, Shop, label


@pytest.mark.parametrize(("table", "columns"), [("sale_tax", 5), ("tender", 7)])
def test_rows_written_by_position_have_the_tables_columns(shop: Shop, table: str, columns: int) -> None:
    """sales._insert writes these without naming columns: a new column must be added there too."""
    assert shop.one("SELECT COUNT(*) FROM pragma_table_info(?)", table) == columns


@pytest.mark.parametrize("table", ["sale", "sale_line", "line_extra", "line_discount", "ledger"])
def test_rows_written_by_name_name_every_column_in_the_tables_order(shop: Shop, table: str) -> None:
    sql = {
        "sale": sales._SALE, "sale_line": sales._LINE, "line_extra": sales._EXTRA, "line_discount": sales._DISCOUNT,
        "ledger": sales._LEDGER,
    }[table]  # fmt: skip
    named = [name.strip() for name in sql[sql.index("(") + 1 : sql.index(")")].split(",")]
    assert named == [name for (name,) in shop.ask("SELECT name FROM pragma_table_info(?)", table)]
    assert sql.count("?") == len(named)


def test_a_label_and_a_sale_keep_the_code_that_was_scanned(shop: Shop, till: Hands) -> None:
    text = label(grams=1_250)
    sale = till.sell([text, BREAD]).sale
    assert shop.ask("SELECT sku, code FROM sale_line WHERE sale = ? ORDER BY n", sale) == [
        ("APPLES", text),
        ("BREAD", BREAD),
    ]
    assert APPLES_PLU in text
