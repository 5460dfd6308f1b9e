"""A document is found again by whatever somebody still knows of it."""

from __future__ import annotations

import pytest

from edge.receipt_search import count, search
from tests.edge.shop import BREAD, MILK, Hands, Shop


@pytest.fixture
def three(till: Hands) -> list[str]:
    """Milk in cash, bread by card, both."""
    receipts = [till.sell([MILK]).receipt]
    till.scan(BREAD)
    till.do("pay", tenders=[{"kind": "card", "received": 995, "reference": "T4711"}])
    receipts += [till.view()["done"]["receipt"], till.sell([MILK, BREAD]).receipt]
    return receipts


def test_the_newest_come_first(shop: Shop, three: list[str]) -> None:
    assert [found["receipt"] for found in search(shop.box, "", "en")][:3] == three[::-1]
    assert len(search(shop.box, "", "en", limit=2)) == 2


@pytest.mark.parametrize(
    ("text", "which"),
    [
        ("S01-1-1-000002", [1]), ("TBRS01-1-1-000002", [1]), ("S02-1-1-000002", []), ("2", [1]),
        ("12.50", [0]), ("9.95", [1]), ("4711", [1]), ("Wholemeal", [2, 1]), (MILK, [2, 0]), ("MILK", [2, 0]),
        ("100%", []), ("'; DROP TABLE sale", []),
    ],
)  # fmt: skip
def test_by_what_is_known_of_it(shop: Shop, three: list[str], text: str, which: list[int]) -> None:
    found = [each["receipt"] for each in search(shop.box, text, "en") if each["lane"] == "1"]
    assert found == [three[n] for n in which]


def test_by_the_day_it_was_sold(shop: Shop, three: list[str]) -> None:
    assert [each["receipt"] for each in search(shop.box, "2026-11-22", "en")][:3] == three[::-1]
    assert search(shop.box, "2020-01-01", "en") == []


def test_it_tells_what_it_was(shop: Shop, till: Hands, three: list[str]) -> None:
    found = search(shop.box, three[1], "zh-CN")[0]
    assert (found["kind"], found["total"], found["tenders"], found["by"], found["voided"]) == (
        "sale", 995, ["card"], "陈晓", False,
    )  # fmt: skip
    till.void(search(shop.box, three[2], "en")[0]["uid"])
    assert search(shop.box, three[2], "en")[0]["voided"] is True


@pytest.mark.parametrize("text", ["S01-1-1-" + "9" * 30, "S01-1-" + "9" * 30 + "-1", "²", "١٢", "9" * 40, "12.5٠"])
def test_a_number_that_is_none_finds_nothing(shop: Shop, till: Hands, text: str) -> None:
    till.sell()
    assert search(shop.box, text, "en") == []
    assert count(shop.box, text) == 0
