"""Prices at the desk: looked up, changed at once or from a day on, and seen at the till."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from edge import catalog
from tests.web.cashier import Client
from tests.web.manager.desk import Desk, put
from tests.web.manager.eyes import LAPTOP, PHONE, SIZES, Eyes
from tests.web.shop import Shop


def find(desk: Desk, n: int = 0) -> dict[str, Any]:
    """The nth product that is sold by the piece, as the API finds it by its code."""
    found = desk.get(f"/products?q={desk.shop.product(n)[0]}")["rows"]
    assert len(found) == 1
    row: dict[str, Any] = found[0]
    return row


def test_products_are_paged_and_searched(desk: Desk) -> None:
    everything = desk.get("/products")
    assert len(everything["rows"]) == 50 and everything["pages"] == -(-everything["total"] // 50)
    last = desk.get(f"/products?page={everything['pages'] - 1}")["rows"]
    assert last and not {row["id"] for row in last} & {row["id"] for row in everything["rows"]}
    code, name, price = desk.shop.product()
    assert find(desk)["price"] == price
    desk.client.post("/api/lang", {"lang": "en", "lane": "~manager"})
    assert name in [row["name"] for row in desk.get(f"/products?q={name[:6]}")["rows"]]
    assert desk.get("/products?q=nothing-like-it")["total"] == 0


def test_a_price_counts_at_the_till_from_the_next_cart_on(desk: Desk, client: Client) -> None:
    row = find(desk, 3)
    put(desk.shop, client, 3)
    after = desk.post(f"/products/{row['id']}/price", {"list": "base", "amount": row["price"] + 100})
    assert after["price"] == row["price"] + 100 and after["history"][0]["amount"] == after["price"]
    assert client.view()["basket"]["total"] == row["price"]
    client.do("clear")
    put(desk.shop, client, 3)
    assert client.view()["basket"]["total"] == row["price"] + 100


def test_the_same_request_again_changes_nothing_again_and_another_with_its_key_is_refused(desk: Desk) -> None:
    row, key = find(desk, 4), uuid4().hex
    path, body = f"/products/{row['id']}/price", {"list": "base", "amount": row["price"] + 10}
    first = desk.post(path, body, key=key)
    version = catalog.current(desk.shop.box.db)
    assert desk.post(path, body, key=key) == first
    assert catalog.current(desk.shop.box.db) == version
    assert desk.ask("POST", path, {**body, "amount": 1}, key=key).json["type"] == "tillbox:key_reused"


def test_a_price_planned_for_tomorrow_waits_and_can_be_dropped(desk: Desk) -> None:
    row = find(desk, 5)
    tomorrow = desk.get(f"/products/{row['id']}")["tomorrow"]
    body = {"list": "base", "amount": row["price"] + 50, "from": tomorrow}
    after = desk.post(f"/products/{row['id']}/price", body)
    assert after["price"] == row["price"]
    assert [(plan["date"], plan["amount"]) for plan in after["planned"]] == [(tomorrow, row["price"] + 50)]
    plan = after["planned"][0]["uid"]
    assert desk.send("DELETE", f"/price-plans/{plan}") == {"ok": True}
    desk.send("DELETE", f"/price-plans/{plan}", status=404)
    assert desk.get(f"/products/{row['id']}")["planned"] == []


@pytest.mark.parametrize(
    ("body", "slug"),
    [({"list": "base", "amount": -1}, "field_wrong"), ({"list": "base", "amount": 1.5}, "field_wrong"),
     ({"list": "base", "amount": None}, "price_bounds"), ({"list": "other", "amount": 1}, "price_bounds"),
     ({"list": "base"}, "field_missing"), ({"list": "member", "amount": 100_000_000}, "price_member_above"),
     ({"list": "base", "amount": 5, "from": "2020-01-01"}, "price_day"),
     ({"list": "base", "amount": 5, "from": "soon"}, "field_wrong")],
)  # fmt: skip
def test_a_price_that_can_t_be_is_refused(desk: Desk, body: dict[str, Any], slug: str) -> None:
    answer = desk.ask("POST", f"/products/{find(desk)['id']}/price", body)
    assert answer.status_code == 422 and answer.json["type"] == f"tillbox:{slug}"


def test_nothing_changes_while_products_are_loaded(desk: Desk) -> None:
    with catalog.loading(desk.shop.box):
        answer = desk.ask("POST", f"/products/{find(desk)['id']}/price", {"list": "base", "amount": 5})
    assert answer.status_code == 409 and answer.json["type"] == "tillbox:catalog_busy"
    desk.post("/products/999999/price", {"list": "base", "amount": 5}, status=404)


# ---- before the eyes


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_the_page_and_its_dialogs_in_both_languages_and_all_sizes(
    shop: Shop, browser: Browser, windows: ExitStack, lang: str, size: tuple[int, int]
) -> None:
    eyes = Eyes.at(shop, browser, windows, "products", lang, size)
    eyes.look_closely()
    eyes.page.locator(".rows .link").first.click()
    expect(eyes.dialog().locator(".facts")).to_be_visible()
    eyes.look_closely()
    eyes.dialog().locator(".btn.primary").click()
    expect(eyes.dialog().locator("input")).to_have_count(2)
    eyes.look_closely()


def test_a_price_is_changed_at_the_screen_by_keyboard(
    shop: Shop, browser: Browser, windows: ExitStack
) -> None:
    code, name, price = shop.product(6)
    eyes = Eyes.at(shop, browser, windows, "products", "en", LAPTOP)
    eyes.page.keyboard.press("/")
    eyes.page.keyboard.type(code)
    eyes.page.keyboard.press("Enter")
    expect(eyes.page.locator(".rows tbody tr")).to_have_count(1)
    eyes.tap(name)
    eyes.tap("Change the price")
    eyes.page.keyboard.press("Control+a")
    eyes.page.keyboard.type("0.001")
    eyes.page.keyboard.press("Enter")
    expect(eyes.dialog().get_by_role("alert")).to_contain_text("out of bounds")
    eyes.page.keyboard.press("Control+a")
    eyes.page.keyboard.type(f"{price / 100 + 1:.2f}")
    eyes.page.keyboard.press("Enter")
    expect(eyes.page.locator("#toast")).to_contain_text(name)
    product = catalog.find(shop.box, catalog.current(shop.box.db), (f"{int(code):014d}",))
    assert product is not None and product.price == price + 100


def test_a_price_from_tomorrow_on_a_phone(shop: Shop, browser: Browser, windows: ExitStack) -> None:
    eyes = Eyes.at(shop, browser, windows, "products", "zh-CN", PHONE)
    eyes.page.locator(".rows .link").first.click()
    eyes.tap("改售价")
    eyes.dialog().locator("input").first.fill("9999")
    day = eyes.dialog().locator("input[type=date]").get_attribute("min") or ""
    eyes.dialog().locator("input[type=date]").fill(day)
    eyes.tap("保存")
    expect(eyes.dialog()).to_contain_text(day)
    eyes.dialog().get_by_role("button", name="取消").click()
    expect(eyes.dialog()).not_to_contain_text(day)
