"""Products and prices in versions: a load never shows half of itself, an open basket keeps what it began with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from edge import catalog
from edge.catalog import ProductRow, Versions
from tests.edge.shop import CATEGORIES, GUM, MILK, PRODUCTS, Hands, Shop


def found(shop: Shop, *candidates: str) -> str | None:
    product = catalog.find(shop.box, catalog.current(shop.db), candidates)
    return product.sku if product else None


def test_a_product_has_its_names_price_and_flags(shop: Shop) -> None:
    milk, wine = shop.product("MILK"), shop.product("WINE")
    assert (milk.name("zh-CN"), milk.name("en")) == ("纯牛奶 1L", "Milk 1 l")
    assert (milk.price, milk.member_price, milk.unit, milk.tax_group) == (1_250, 1_150, "pc", "A")
    assert (wine.flags, wine.member_price) == (("age18",), None)


@pytest.mark.fault("F77")
def test_an_unknown_code_is_no_product(shop: Shop) -> None:
    assert found(shop, "5901234123457", "05901234123457") is None
    assert found(shop) is None


def test_codes_are_tried_in_their_order(shop: Shop) -> None:
    assert found(shop, "nothing", "0" + MILK, "GUM") == "MILK"
    assert found(shop, "GUM", "0" + MILK) == "GUM"


def test_a_twelve_digit_code_is_found_as_thirteen_too(shop: Shop, till: Hands) -> None:
    till.scan(GUM)
    assert till.scan("0" + GUM)["basket"]["lines"][0]["qty"] == 2_000


def test_further_barcodes_of_a_product_are_found_whatever_their_padding(shop: Shop) -> None:
    rows = [replace(PRODUCTS[0], codes=("0036000291452", "HOUSE-7")), *PRODUCTS[1:]]
    catalog.load(shop.box, CATEGORIES, rows)
    hands = shop.tills["1"]
    hands.log_in()
    for code in ("036000291452", "0036000291452", "HOUSE-7"):
        assert hands.scan(code)["basket"]["lines"][0]["name"] == "Milk 1 l", code


@pytest.mark.parametrize("text", ["milk", "MILK 1", "纯牛", "cnn", "CNN", "690123456", " Milk "])
def test_search_knows_names_initials_and_codes(shop: Shop, text: str) -> None:
    assert [p.sku for p in catalog.search(shop.db, catalog.current(shop.db), text)] == ["MILK"]


@pytest.mark.parametrize("text", ["%", "_", "\\", "", "   ", "' OR 1=1", "x" * 500])
def test_search_takes_signs_for_signs(shop: Shop, text: str) -> None:
    assert catalog.search(shop.db, catalog.current(shop.db), text) == []


def test_the_frequent_products_come_first(shop: Shop) -> None:
    rows = [replace(p, frequent=p.sku == "WINE") for p in PRODUCTS]
    catalog.load(shop.box, CATEGORIES, rows)
    tiles = catalog.tiles(shop.db, catalog.current(shop.db))
    assert [p.sku for p in tiles][:2] == ["WINE", "MILK"]
    assert len(tiles) == len(PRODUCTS)


def test_categories_keep_the_stores_order(shop: Shop) -> None:
    catalog.load(shop.box, CATEGORIES[::-1], PRODUCTS)
    assert catalog.categories(shop.db, catalog.current(shop.db)) == list(CATEGORIES[::-1])


def test_a_load_is_a_new_version_and_the_old_one_stays_readable(shop: Shop) -> None:
    before = catalog.current(shop.db)
    milk = shop.product("MILK")
    shop.prices(milk=1_390)
    after = catalog.current(shop.db)
    assert after == Versions(before.catalog + 1, before.price + 1)
    assert shop.product("MILK").price == 1_390
    assert catalog.by_id(shop.db, before, milk.id) == milk
    assert shop.product("MILK").id == milk.id, "a product keeps its id through all versions"


def test_a_load_that_dies_half_way_changes_nothing_and_can_be_repeated(shop: Shop) -> None:
    before = catalog.current(shop.db)

    def rows() -> Iterator[ProductRow]:
        yield from (ProductRow(f"X{n}", f"新{n}", f"New {n}", "food", "pc", "A", 100) for n in range(600))
        raise ConnectionError("the stick was pulled out")

    with pytest.raises(ConnectionError):
        catalog.load(shop.box, CATEGORIES, rows())
    assert catalog.current(shop.db) == before
    assert found(shop, "X1") is None
    shop.prices(milk=1_390)
    assert shop.product("MILK").price == 1_390
    assert found(shop, "X1") is None


def test_a_product_of_an_unknown_tax_group_is_refused_by_name(shop: Shop) -> None:
    before = catalog.current(shop.db)
    with pytest.raises(ValueError, match=r"MILK: tax group 'Q' is not one of A, B, C, Z"):
        catalog.load(shop.box, CATEGORIES, [replace(PRODUCTS[0], tax_group="Q")])
    assert catalog.current(shop.db) == before


@pytest.mark.fault("F102")
@pytest.mark.parametrize("price", [-1, 100_000_001, 10**9])
def test_a_price_out_of_bounds_never_gets_in(shop: Shop, price: int) -> None:
    from peewee import IntegrityError

    before = catalog.current(shop.db)
    with pytest.raises(IntegrityError):
        catalog.load(shop.box, CATEGORIES, [replace(PRODUCTS[0], price=price)])
    assert catalog.current(shop.db) == before


def test_who_shows_the_catalogue_hears_of_a_new_one(shop: Shop) -> None:
    heard: list[str] = []
    shop.box.after_commit.append(lambda topic, data: heard.append(topic))
    change = "SELECT version FROM change WHERE topic = 'catalog'"
    before = shop.one(change)
    shop.prices(milk=1_390)
    assert heard == ["catalog"]
    assert shop.one(change) == before + 1


def test_counting_the_shelf_is_a_move_of_the_difference(shop: Shop) -> None:
    milk = shop.product("MILK").id
    catalog.set_stock(shop.box, {"MILK": 7_000}, "count")
    assert catalog.stock(shop.db)[milk] == 7_000
    assert shop.ask("SELECT qty, reason FROM stock_move WHERE product = ? ORDER BY id", milk)[-1] == (-93_000, "count")
    assert shop.one("SELECT SUM(qty) FROM stock_flow WHERE product = ?", milk) == 7_000


def test_an_unknown_sku_is_named(shop: Shop) -> None:
    with pytest.raises(ValueError, match="'MLIK'"):
        catalog.set_stock(shop.box, {"MILK": 1, "MLIK": 1}, "count")
    assert catalog.stock(shop.db)[shop.product("MILK").id] == 100_000, "nothing of the chunk was kept"


def test_two_products_cannot_have_one_barcode_and_the_refusal_names_both(shop: Shop) -> None:
    before = catalog.current(shop.db)
    twin = replace(PRODUCTS[0], sku="TWIN")
    with pytest.raises(ValueError, match="already that of MILK; TWIN"):
        catalog.load(shop.box, CATEGORIES, [*PRODUCTS, twin])
    assert catalog.current(shop.db) == before


def test_a_deposit_is_named_by_its_sku_whatever_the_order(shop: Shop) -> None:
    glass = ProductRow("GLASS", "押金瓶", "Bottle deposit", "drink", "pc", "Z", 100, flags=("deposit",))
    catalog.load(shop.box, CATEGORIES, [replace(PRODUCTS[0], deposit="GLASS", low=6_000), glass, *PRODUCTS[1:]])
    assert shop.product("MILK").deposit == shop.product("GLASS").id
    version = catalog.current(shop.db).catalog
    assert shop.ask("SELECT sku, low FROM product WHERE version = ? AND low IS NOT NULL", version) == [("MILK", 6_000)]


@pytest.mark.parametrize("deposit", ["NOSUCH", "BREAD", "MILK"])
def test_a_deposit_that_is_none_is_refused_by_name(shop: Shop, deposit: str) -> None:
    before = catalog.current(shop.db)
    with pytest.raises(ValueError, match=f"MILK: its deposit {deposit}"):
        catalog.load(shop.box, CATEGORIES, [replace(PRODUCTS[0], deposit=deposit), *PRODUCTS[1:]])
    assert catalog.current(shop.db) == before


def test_what_was_sold_before_a_product_was_counted_is_none_of_its_moves(shop: Shop, till: Hands) -> None:
    tea = ProductRow("TEA", "茶叶蛋", "Tea egg", "food", "pc", "A", 200)
    catalog.load(shop.box, CATEGORIES, [*PRODUCTS, tea])
    till.sell(["TEA", "TEA", "TEA"])
    product = shop.product("TEA").id
    assert product not in catalog.stock(shop.db), "not counted"
    catalog.set_stock(shop.box, {"TEA": 9_000}, "opening")
    till.sell(["TEA"])
    assert catalog.stock(shop.db)[product] == 8_000
    assert shop.one("SELECT SUM(qty) FROM stock_flow WHERE product = ?", product) == 8_000
