"""The sample store's promotions are about goods that it has, and each can be had."""

from __future__ import annotations

import random

import pytest

from edge import basket as baskets
from edge import box as boxes
from edge import catalog, codes, members, rewards
from edge.base.clock import FakeClock
from edge.base.sqlite import rows
from edge.box import Box
from edge.demo import fill, offers
from edge.demo.data import demo_store
from edge.env import Env
from edge.promo import desk
from tests.edge.shop import NOW_US, config_of


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Box:
    """The sample store's shelves, without its history."""
    config = config_of(tmp_path_factory.mktemp("offers") / "data")
    env = Env(FakeClock(NOW_US), random.Random(1), lambda seconds: None)
    boxes.create(config, env)
    box = boxes.open_box(config, env)
    store = demo_store()
    fill.load_catalogue(box, store.categories, store.products)
    with box.transaction():
        members.enrol(box, name="A", card=codes.member_code(1))
    offers.launch(box)
    return box


def saving(box: Box, *skus: str) -> int:
    basket = baskets.fresh(box, "1")
    for sku in skus:
        product = catalog.find(box, basket.versions, (sku,))
        assert product is not None, sku
        basket.add(product, 1000)
    desk.settle(box, "1", basket)
    return basket.totals(box.rules.tax).saving


def test_each_is_about_goods_on_the_shelves(box: Box) -> None:
    assert {p.uid for p in desk.active(box)} == {f"demo-{name}" for name in offers.OFFERS}
    versions = catalog.current(box.db)
    shelves = {shelf.id for shelf in catalog.categories(box.db, versions)}
    for promotion in desk.active(box):
        for scope in (promotion.scope, *(part.scope for part in promotion.parts)):
            assert all(catalog.find(box, versions, (sku,)) for sku in scope.skus)
            assert scope.categories <= shelves


def test_the_second_soda_and_the_breakfast(box: Box) -> None:
    assert saving(box, "10011", "10012") == 175
    assert saving(box, "30001", "10003") == 650 + 1800 - 2190


def test_a_few_members_hold_a_voucher_and_points_buy_two_things(box: Box) -> None:
    assert [(x.kind, x.points) for x in rewards.listed(box)] == [("goods", 200), ("coupon", 500)]
    held = rows(box.db, "SELECT member IS NOT NULL, COUNT(*) FROM coupon WHERE state = 'open' GROUP BY 1")
    assert dict(held) == {0: 4, 1: 1}
