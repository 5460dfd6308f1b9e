"""Coupons at headquarters: what the box says last of each, once, whatever is sent again."""

from __future__ import annotations

from typing import Any

import pytest

from edge import coupons
from edge.base.sqlite import rows
from sync.hq import HqServices
from tests.edge.shop import MILK, Shop
from tests.edge.test_coupons import coupon, start
from tests.edge.test_rewards import coupon_offer
from tests.sync.test_documents import drain, headquarters, shop  # noqa: F401 (fixtures)


def known(headquarters: HqServices) -> list[tuple[Any, ...]]:  # noqa: F811
    return rows(headquarters.store.db, "SELECT code, promotion, state FROM coupon ORDER BY code")


def dead(headquarters: HqServices) -> list[tuple[Any, ...]]:  # noqa: F811
    return rows(headquarters.store.db, "SELECT type FROM event WHERE state = 'dead'")


@pytest.mark.fault("F116")
def test_headquarters_knows_of_each_coupon_what_became_of_it(shop: Shop, headquarters: HqServices) -> None:  # noqa: F811
    start(shop)
    used, gone, left = (coupon(shop) for _ in range(3))
    till = shop.tills["1"]
    till.log_in()
    for code in (MILK, MILK, used):
        till.scan(code)
    till.pay_cash()
    with shop.box.transaction():
        coupons.void(shop.box, gone, shop.person("manager"), "lost", "desk")
    drain(shop, headquarters)
    assert known(headquarters) == sorted([(used, "P", "used"), (gone, "P", "void"), (left, "P", "open")])
    till.void(till.till.done.uid)  # type: ignore[union-attr]
    drain(shop, headquarters)
    assert (used, "P", "open") in known(headquarters) and not dead(headquarters)


def test_a_coupon_for_points_arrives_with_its_points(shop: Shop, headquarters: HqServices) -> None:  # noqa: F811
    uid, till = coupon_offer(shop), shop.tills["1"]
    till.log_in()
    till.attach("gold")
    till.do("reward", reward=uid)
    drain(shop, headquarters)
    assert [state for _, _, state in known(headquarters)] == ["open"] and not dead(headquarters)
    spent = rows(headquarters.store.db, "SELECT SUM(points) FROM ledger WHERE reason = 'redeem'")
    assert spent == [(-300,)]
