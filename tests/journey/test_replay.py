"""The main job on a grocer's baskets: the box and headquarters hold what the file says, to the cent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge import journal
from edge.base.sqlite import row, rows
from edge.loyalty import tier_of
from tests.journey.convert import convert
from tests.journey.headquarters import drain
from tests.journey.shop import Shop, expected_standings, open_shop
from tests.journey.table import basket_ids, sums

COUNT = 200


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The box after it sold the first 200 baskets."""
    shop = open_shop(convert(COUNT), tmp_path_factory.mktemp("journey"))
    summary = shop.replay()
    assert summary.refused == []
    assert summary.mismatches == []
    yield shop
    shop.box.close()


def test_sales_lines_and_turnover_are_those_of_the_table(shop: Shop) -> None:
    file, box = sums(basket_ids(COUNT)), shop.sums()
    assert {name: box[name] for name in file} == file
    assert box["cash"] == box["line_total"] == file["turnover"]


def test_points_and_tiers_follow_from_the_totals(shop: Shop) -> None:
    expected = expected_standings(shop, COUNT)
    assert shop.standings() == expected
    assert shop.sums()["points"] == sum(points for points, _ in expected.values())
    assert len({tier_of(score, shop.box.rules.tiers).id for _, score in expected.values()}) >= 2


def test_each_line_is_one_row_of_the_table_with_its_pieces(shop: Shop) -> None:
    """Quantities too: scanned pieces, keyed pieces and labels."""
    wanted: Counter[tuple[str, int, int]] = Counter()
    journey = convert(COUNT)
    for basket in journey.baskets:
        for code in basket["codes"]:
            if "n" in code:
                product = int(code["code"][4:12])
                wanted[str(product), code["n"] * 1000, code["n"] * journey.products[product]] += 1
            else:
                sku = next(p for p, plu in journey.plus.items() if plu == code["code"][2:7])
                wanted[str(sku), int(code["code"][7:12]), int(code["code"][12:17])] += 1
    assert Counter(rows(shop.box.db, "SELECT sku, qty, total FROM sale_line")) == wanted


def test_one_event_a_sale_in_a_whole_chain(shop: Shop) -> None:
    assert list(journal.verify(shop.box.db, shop.box.source)) == []
    found = row(shop.box.db, "SELECT COUNT(*) FROM journal WHERE json_extract(body, '$.type') = 'sale.completed'")
    assert found == (COUNT,)


def test_headquarters_holds_the_same_after_a_real_broker(shop: Shop, tmp_path: Path) -> None:
    held, file = drain(shop, tmp_path), sums(basket_ids(COUNT))
    assert (held.sales, held.lines, held.turnover) == (file["sales"], file["lines"], file["turnover"])
    assert held.points == shop.sums()["points"]
    assert held.standings == expected_standings(shop, COUNT)
    assert held.dead == 0
