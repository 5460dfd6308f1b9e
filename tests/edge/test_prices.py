"""Prices changed one by one: at once, from a day on, never under an open cart, and never during a load."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from edge import catalog, catalog_prune, prices
from edge.base.sqlite import rows
from edge.catalog import Product
from edge.errors import ShopError
from tests.edge.shop import CATEGORIES, MILK, NOW_US, PRODUCTS, Hands, Shop

DAY_US = 86_400_000_000


def now(shop: Shop, sku: str = "MILK") -> Product:
    """A product as the next cart gets it."""
    found = catalog.find(shop.box, catalog.current(shop.db), (sku,))
    assert found is not None
    return found


def change(shop: Shop, amount: int | None, name: str = "base", sku: str = "MILK") -> None:
    """The manager changes a price at once."""
    with catalog.loading(shop.box), shop.box.transaction():
        prices.change(shop.box, shop.person("manager"), now(shop, sku).id, name, amount)


def plan(shop: Shop, day: str, amount: int | None, name: str = "base") -> str:
    with catalog.loading(shop.box), shop.box.transaction():
        return prices.plan(shop.box, shop.person("manager"), now(shop).id, name, amount, day)


def said(shop: Shop) -> list[str]:
    """What the audit says of prices."""
    return [action for (action,) in rows(shop.db, "SELECT action FROM audit WHERE action LIKE 'price%' ORDER BY id")]


def test_a_changed_price_counts_from_the_next_cart_on(shop: Shop, till: Hands) -> None:
    till.scan(MILK)
    change(shop, 1_400)
    assert till.view()["basket"]["lines"][0]["unit_price"] == 1_250, "an open cart keeps its prices"
    till.do("clear")
    till.scan(MILK)
    assert till.view()["basket"]["lines"][0]["unit_price"] == 1_400
    assert now(shop, "BREAD").price == 995
    assert said(shop) == ["price_set"]


def test_one_changed_price_is_one_row_and_not_a_copy_of_all(shop: Shop) -> None:
    before = rows(shop.db, "SELECT COUNT(*) FROM price")
    for amount in (1_300, 1_200, 1_500):
        change(shop, amount)
    assert rows(shop.db, "SELECT COUNT(*) FROM price") == before
    assert rows(shop.db, "SELECT amount FROM price_change ORDER BY version") == [(1_300,), (1_200,), (1_500,)]
    assert now(shop).price == 1_500


def test_a_member_price_is_changed_taken_away_and_given(shop: Shop) -> None:
    change(shop, 1_000, "member")
    assert now(shop).member_price == 1_000
    change(shop, None, "member")
    assert now(shop).member_price is None
    change(shop, 1_100, "member")
    assert (now(shop).price, now(shop).member_price) == (1_250, 1_100)


@pytest.mark.parametrize(
    ("name", "amount", "slug"),
    [("base", -1, "price_bounds"), ("base", 100_000_001, "price_bounds"), ("base", None, "price_bounds"),
     ("other", 5, "price_bounds"), ("member", 1_251, "price_member_above"), ("base", 1_149, "price_member_above"),
     ("base", 1_250, "price_same"), ("member", 1_150, "price_same")],
)  # fmt: skip
@pytest.mark.fault("F102")
def test_a_price_that_can_t_be_is_refused(shop: Shop, name: str, amount: int | None, slug: str) -> None:
    with pytest.raises(ShopError) as refused:
        change(shop, amount, name)
    assert refused.value.slug == slug and said(shop) == []


def test_every_version_that_a_cart_may_hold_stays_as_it_was(shop: Shop) -> None:
    seen = [(catalog.current(shop.db), now(shop).price)]
    for amount in (1_400, 1_300):
        change(shop, amount)
        seen.append((catalog.current(shop.db), amount))
    catalog.load(shop.box, CATEGORIES, PRODUCTS)
    seen.append((catalog.current(shop.db), 1_250))
    change(shop, 1_600)
    seen.append((catalog.current(shop.db), 1_600))
    for versions, price in seen:
        found = catalog.by_id(shop.db, versions, now(shop).id)
        assert found is not None and found.price == price, versions


def test_a_load_is_what_counts_after_it(shop: Shop) -> None:
    change(shop, 1_400)
    catalog.load(shop.box, CATEGORIES, PRODUCTS)
    assert now(shop).price == 1_250
    assert {p.sku: p.price for p in catalog.tiles(shop.db, catalog.current(shop.db))}["MILK"] == 1_250


def test_old_versions_go_but_not_the_load_below_changed_prices(shop: Shop) -> None:
    for amount in (1_400, 1_300, 1_200):
        change(shop, amount)
    shop.clock.advance(3_600)
    with catalog.loading(shop.box):
        catalog_prune.prune(shop.box)
    assert (now(shop).price, now(shop, "BREAD").price) == (1_200, 995)
    catalog.load(shop.box, CATEGORIES, PRODUCTS)
    shop.clock.advance(3_600)
    with catalog.loading(shop.box):
        catalog_prune.prune(shop.box)
    assert now(shop).price == 1_250 and rows(shop.db, "SELECT * FROM price_base") == []


def test_no_price_changes_while_products_are_loaded(shop: Shop) -> None:
    plan(shop, "2026-11-23", 1_400)
    with catalog.loading(shop.box):
        with pytest.raises(ShopError) as refused:
            change(shop, 1_400)
        assert refused.value.slug == "catalog_busy"
        shop.clock.advance(86_400)
        assert prices.begin_due(shop.box) == 0
    assert prices.begin_due(shop.box) == 1


# ---- from a day on


def test_a_planned_price_begins_in_the_morning_of_its_day_at_the_store(shop: Shop) -> None:
    plan(shop, "2026-11-23", 1_400)
    midnight = 10 * 3_600  # it is two in the afternoon
    shop.clock.advance(midnight - 1)
    assert prices.begin_due(shop.box) == 0 and now(shop).price == 1_250
    shop.clock.advance(1)
    assert prices.begin_due(shop.box) == 1 and now(shop).price == 1_400
    assert prices.begin_due(shop.box) == 0
    assert said(shop) == ["price_planned", "price_set"]


def test_plans_survive_a_restart_and_begin_in_their_order(shop: Shop) -> None:
    plan(shop, "2026-11-24", 1_500)
    plan(shop, "2026-11-23", 1_400)
    shop.restart()
    shop.clock.advance(3 * 86_400)
    assert prices.begin_due(shop.box) == 2 and now(shop).price == 1_500


def test_nothing_begins_by_a_clock_that_nobody_trusts(shop: Shop) -> None:
    plan(shop, "2026-11-23", 1_400)
    shop.clock.advance(86_400)
    shop.clock._quality = "unknown"
    assert prices.begin_due(shop.box) == 0 and now(shop).price == 1_250


@pytest.mark.parametrize("day", ["2026-11-22", "2026-11-21", "2027-12-01", "2026-13-01", "soon"])
def test_a_day_that_is_not_to_come_is_refused(shop: Shop, day: str) -> None:
    with pytest.raises(ShopError) as refused:
        plan(shop, day, 1_400)
    assert refused.value.slug == "price_day"


def test_a_plan_can_be_dropped_until_it_has_begun(shop: Shop) -> None:
    first, second = plan(shop, "2026-11-23", 1_400), plan(shop, "2026-11-24", 1_500)
    with shop.box.transaction():
        prices.drop(shop.box, shop.person("manager"), first)
    shop.clock.advance(2 * 86_400)
    assert prices.begin_due(shop.box) == 1 and now(shop).price == 1_500
    for uid in (first, second, "none"):
        with pytest.raises(ShopError) as refused, shop.box.transaction():
            prices.drop(shop.box, shop.person("manager"), uid)
        assert refused.value.slug == "plan_unknown"
    assert prices.planned(shop.box, now(shop).id, "en") == []


def test_who_changed_what_when_is_told_newest_first(shop: Shop) -> None:
    change(shop, 1_400)
    change(shop, None, "member")
    found = prices.history(shop.box, now(shop).id, "en")
    assert [(x["list"], x["amount"], x["by"]) for x in found] == [
        ("member", None, "Min Wang"), ("base", 1_400, "Min Wang"),
    ]  # fmt: skip
    assert NOW_US <= found[0]["at_us"] < NOW_US + DAY_US


def test_pages_of_products(shop: Shop) -> None:
    first, total = prices.page(shop.box, "", 0, 4)
    second, _ = prices.page(shop.box, "", 1, 4)
    assert total == 6 and len(first) == 4 and len(second) == 2
    found, many = prices.page(shop.box, "milk", 0, 4)
    assert [product.sku for product in found] == ["MILK"] and many == 1


STEP = some.tuples(some.sampled_from(["MILK", "BREAD", "GUM", "load"]), some.integers(1_200, 3_000))


@settings(max_examples=25, deadline=None)
@given(some.lists(STEP, max_size=12))
def test_whatever_is_changed_or_loaded_in_any_order_the_newest_word_counts(
    new_shop_of_the_session: Shop, steps: list[tuple[str, int]]
) -> None:
    shop = new_shop_of_the_session
    catalog.load(shop.box, CATEGORIES, PRODUCTS)
    loaded = {product.sku: product.price for product in PRODUCTS}
    expected = dict(loaded)
    for sku, amount in steps:
        if sku == "load":
            catalog.load(shop.box, CATEGORIES, PRODUCTS)
            expected = dict(loaded)
        elif expected[sku] != amount:
            change(shop, amount, sku=sku)
            expected[sku] = amount
    tiles = catalog.tiles(shop.db, catalog.current(shop.db))
    assert {product.sku: product.price for product in tiles} == expected


@pytest.fixture(scope="module")
def new_shop_of_the_session(built_shop, tmp_path_factory):  # type: ignore[no-untyped-def]
    """One shop for all examples of a property."""
    from tests.edge.shop import copy_of

    found = Shop(copy_of(built_shop, tmp_path_factory.mktemp("prices") / "data"))
    yield found
    found.close()
