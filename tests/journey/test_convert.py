"""The converter sells what the table says, row by row, and lists apart what was no sale."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pyarrow.compute as pc
import pytest

from edge import codes
from edge.demo.data import read_products
from edge.settings import DEFAULTS
from tests.journey.convert import (
    Journey,
    Row,
    card,
    code_of,
    convert,
    ean,
    label,
    reason_apart,
    write_catalogue,
    write_replay,
)
from tests.journey.table import basket_ids, rows_of, sold, sums, transactions

COUNT = 200


@pytest.fixture(scope="module")
def journey() -> Journey:
    return convert(COUNT)


def test_the_table_is_the_one_that_was_studied() -> None:
    table = transactions()
    assert table.num_rows == 1_469_307
    assert pc.sum(pc.equal(table["quantity"], 0)).as_py() == 8_869
    real = sold(table)
    rest = pc.subtract(real["cents"], pc.multiply(pc.divide(real["cents"], real["quantity"]), real["quantity"]))
    assert pc.sum(pc.not_equal(rest, 0)).as_py() == 44_595
    assert pc.min(table["quantity"]).as_py() == 0
    assert pc.min(table["cents"]).as_py() == 0
    assert pc.max(table["cents"]).as_py() == 84_000  # every amount fits the five digits of a label
    assert len(pc.unique(table["product_id"])) < 100_000  # and every product could have a PLU


def test_a_multiple_of_the_price_is_scanned_and_anything_else_labelled() -> None:
    def sells(quantity: int, value: int) -> dict[str, object]:
        return code_of(Row(1, 1, 42, quantity, value), price=139, plu="00007")

    assert sells(1, 139) == {"code": ean(42), "n": 1}
    assert sells(3, 417) == {"code": ean(42), "n": 3}
    assert sells(3, 400) == {"code": label("00007", 3000, 400)}
    assert sells(2, 139) == {"code": label("00007", 2000, 139)}
    assert sells(99, 99 * 139) == {"code": ean(42), "n": 99}
    assert sells(17_000, 3_500) == {"code": label("00007", 1000, 3_500)}  # fuel: not seventeen thousand pieces


@pytest.mark.parametrize(
    ("quantity", "value", "reason"),
    [(0, 0, "quantity 0"), (0, 261, "quantity 0"), (2, 0, "nothing paid"), (1, 100_000, "more than a label holds"),
     (-1, 100, "quantity 0"), (1, -100, "nothing paid"), (1, 99_999, None), (1, 1, None)],
)  # fmt: skip
def test_what_is_no_sale_is_listed_apart(quantity: int, value: int, reason: str | None) -> None:
    assert reason_apart(Row(1, 1, 1, quantity, value)) == reason


def test_every_row_is_sold_or_listed_apart(journey: Journey) -> None:
    rows = rows_of(basket_ids(COUNT))
    lines = sum(len(basket["codes"]) for basket in journey.baskets)
    assert lines + len(journey.apart) == rows.num_rows
    zero = pc.sum(pc.equal(rows["quantity"], 0)).as_py()
    assert Counter(reason for _, reason in journey.apart)["quantity 0"] == zero > 0


def test_the_sums_are_those_of_the_table(journey: Journey) -> None:
    assert sums(basket_ids(COUNT)) == {
        "sales": COUNT,
        "lines": sum(len(basket["codes"]) for basket in journey.baskets),
        "turnover": sum(basket["expect"]["total"] for basket in journey.baskets),
    }


def test_both_ways_of_selling_and_several_households_take_part(journey: Journey) -> None:
    ways = Counter("n" in code for basket in journey.baskets for code in basket["codes"])
    assert min(ways[True], ways[False]) > 500
    assert len(journey.households) >= 5


def test_the_till_reads_every_code_as_it_was_meant(journey: Journey) -> None:
    labels = DEFAULTS["labels"]
    for basket in journey.baskets:
        assert codes.identify(basket["member"], labels).kind == "member"
        for code in basket["codes"]:
            found = codes.identify(code["code"], labels)
            assert found.kind == ("product" if "n" in code else "label"), code


def test_cards_and_check_digits_agree_with_the_till() -> None:
    for number in (1, 97, 900, 2_469, 9_999_999_999):
        assert card(number) == codes.member_code(number)
    for digits in ("0", "699000000001", "2800007030000040"):
        assert codes.check_ok(digits + str(codes.check_digit(digits)))
    assert label("00007", 3000, 400) == codes.weighed_label("28PPPPPWWWWWAAAAAC", "00007", 3000, 400)


def test_the_files_can_be_read_back(journey: Journey, tmp_path: Path) -> None:
    write_catalogue(journey, tmp_path / "catalogue.csv")
    write_replay(journey, tmp_path / "baskets.ndjson")
    products = read_products(tmp_path / "catalogue.csv")
    assert {int(p.sku): p.price for p in products} == journey.products
    assert all(codes.check_ok(p.gtin) for p in products)
    lines = (tmp_path / "baskets.ndjson").read_text().splitlines()
    assert [json.loads(line) for line in lines] == journey.baskets
