"""Today's figures are sums over today, however many years there were before it."""

from __future__ import annotations

from edge.today import Days
from tests.edge.shop import Hands, Shop

DAY_S = 86_400


def test_before_the_first_shift_of_a_day_no_old_sale_is_looked_at(shop: Shop, till: Hands) -> None:
    for day in range(2):
        till.sell()
        till.do("shift/close", counted=0)
        shop.db.execute_sql("UPDATE shift SET closed_us = opened_us WHERE closed_us IS NULL")
        shop.clock.advance(DAY_S)
        till.log_in()
        assert Days(shop.box).begun()[1] == shop.one("SELECT MAX(id) FROM sale"), f"day {day}"
    newest = shop.one("SELECT MAX(id) FROM sale")
    till.sell()
    assert Days(shop.box).begun()[1] == newest
    assert Days(shop.box).figures()["sales"] == 1
