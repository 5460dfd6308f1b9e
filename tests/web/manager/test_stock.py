"""Stock at the desk: what there is, what runs low, expires or is below zero; changed elsewhere."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.web.cashier import Client
from tests.web.manager.desk import Desk, sell
from tests.web.manager.eyes import LAPTOP, SIZES, Eyes
from tests.web.shop import Shop


def of(desk: Desk, n: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = desk.get(f"/stock?q={desk.shop.product(n)[0]}")["rows"][0]
    return found


def test_a_sale_takes_from_the_stock_and_is_its_last_move(desk: Desk, client: Client) -> None:
    before = of(desk)
    sell(desk.shop, client)
    after = of(desk)
    assert after["stock"] == before["stock"] - 1000
    found = desk.get(f"/stock/products/{after['product']}")
    assert found["stock"] == after["stock"]
    assert (found["moves"][0]["reason"], found["moves"][0]["qty"]) == ("sale", -1000)


def test_all_products_in_pages(desk: Desk) -> None:
    found = desk.get("/stock")
    assert len(found["rows"]) == 50 and found["pages"] == -(-found["total"] // 50)


def test_what_is_below_zero_and_low_is_listed(desk: Desk) -> None:
    row, db = of(desk), desk.shop.box.db
    db.execute_sql("UPDATE stock SET qty = -2000 WHERE product = ?", (row["product"],))
    try:
        below = desk.get("/stock/lists/negative")
        assert row["product"] in [each["product"] for each in below["rows"]]
        assert desk.get("/stock/lists/low")["total"] >= 0
        assert desk.get("/stock/lists/expiring")["day_known"] in (True, False)
        todo = {each["slug"]: each["count"] for each in desk.get("/today")["todo"]}
        assert todo["stock_below"] == below["total"]
    finally:
        db.execute_sql("UPDATE stock SET qty = ? WHERE product = ?", (row["stock"], row["product"]))


def test_what_is_not_there_is_not_found(desk: Desk) -> None:
    for path in ("/stock/lists/other", "/stock/products/999999"):
        answer = desk.raw(path)
        assert answer.status_code == 404 and answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_the_page_and_its_lists_in_both_languages_and_all_sizes(
    shop: Shop, browser: Browser, windows: ExitStack, lang: str, size: tuple[int, int]
) -> None:
    eyes = Eyes.at(shop, browser, windows, "stock", lang, size)
    eyes.look_closely()
    for name in ("low", "expiring", "negative"):
        eyes.page.locator("select").select_option(name)
        expect(eyes.page.locator("input[type=search]")).to_be_hidden()
        eyes.look_closely()
    eyes.page.locator("select").select_option("all")
    eyes.page.locator(".rows .link").first.click()
    expect(eyes.dialog().locator(".facts")).to_be_visible()
    eyes.look_closely()


def test_the_way_to_the_stock_screen_of_a_lane(shop: Shop, browser: Browser, windows: ExitStack) -> None:
    eyes = Eyes.at(shop, browser, windows, "stock", "en", LAPTOP)
    links = [link.get_attribute("href") for link in eyes.page.locator(".work a").all()]
    assert links == ["/stock/1", "/stock/2"]
    eyes.open("stock?list=negative")
    expect(eyes.page.locator("select")).to_have_value("negative")
