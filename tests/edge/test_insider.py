"""The same member on many sales within an hour is written down: it may be a cashier's own card (F122)."""

from __future__ import annotations

import orjson
import pytest

from edge.insider import Insider
from tests.edge.shop import CARDS, MILK, Hands, Shop

HOUR_S = 3_600.0


@pytest.fixture
def insider(shop: Shop) -> Insider:
    return Insider(shop.box)


def sell(till: Hands, member: str | None, times: int, every_s: float = 60.0) -> None:
    """Sales to this member, each looked at after it."""
    for _ in range(times):
        till.shop.clock.advance(every_s)
        till.sell([MILK], member)


def found(shop: Shop) -> list[dict[str, object]]:
    return [orjson.loads(d) for (d,) in shop.ask("SELECT detail FROM audit WHERE action = 'member_often' ORDER BY id")]


@pytest.mark.fault("F122")
def test_the_fifth_sale_within_an_hour_is_written_down_with_everybody_behind_it(
    shop: Shop, till: Hands, insider: Insider
) -> None:
    sell(till, "silver", 4)
    insider.look()
    assert found(shop) == []
    till.log_in("manager")
    sell(till, "silver", 1)
    insider.look()
    (flag,) = found(shop)
    assert flag["member"] == shop.one("SELECT uid FROM member WHERE id = ?", shop.member("silver"))
    assert flag["n"] == 5 and flag["lanes"] == ["1"] and len(flag["sales"]) == 5  # type: ignore[arg-type]
    assert flag["people"] == [shop.person("cashier").uid, shop.person("manager").uid]
    body = shop.one("SELECT body FROM journal WHERE stream = 'a' ORDER BY seq DESC LIMIT 1")
    assert '"audit.member_often"' in body and CARDS["silver"] not in body and "Silver" not in body


@pytest.mark.fault("F122")
def test_nothing_is_blocked_and_it_is_said_once_an_hour(shop: Shop, till: Hands, insider: Insider) -> None:
    for _ in range(8):
        sell(till, "silver", 1)
        insider.look()
    assert len(found(shop)) == 1 and len(shop.numbers()) == 8
    Insider(shop.box).look()  # a restart
    assert len(found(shop)) == 1
    sell(till, "silver", 60)
    insider.look()
    assert len(found(shop)) == 2


@pytest.mark.fault("F122")
def test_a_regular_who_comes_often_in_a_day_is_not(shop: Shop, till: Hands, insider: Insider) -> None:
    for _ in range(12):
        shop.clock.advance(16 * 60)
        till.log_in()
        sell(till, "silver", 1)
        insider.look()
    assert found(shop) == []


@pytest.mark.fault("F122")
def test_other_members_practice_returns_and_strangers_do_not_count(shop: Shop, till: Hands, insider: Insider) -> None:
    sell(till, "silver", 4)
    sell(till, "gold", 4)
    sell(till, None, 4)
    training = shop.tills["3"]
    training.log_in()
    sell(training, "silver", 4)
    till.log_in()
    till.void(till.sell([MILK], "bronze").uid)
    insider.look()
    assert found(shop) == []


@pytest.mark.fault("F122")
def test_all_lanes_count_together_and_the_store_says_how_many(shop: Shop, till: Hands, insider: Insider) -> None:
    shop.setting("alerts", {"member_sales_per_hour": 2})
    shop.tills["2"].log_in()
    sell(till, "silver", 2)
    sell(shop.tills["2"], "silver", 1)
    insider.look()
    assert found(shop)[0]["lanes"] == ["1", "2"]
