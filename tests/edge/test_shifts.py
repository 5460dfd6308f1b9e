"""Shifts: which business day a sale belongs to."""

from __future__ import annotations

import json

import pytest
from peewee import IntegrityError

from edge import reports, shifts
from tests.edge.shop import MILK, Hands, Shop


def open_at(shop: Shop, lane: str = "2") -> shifts.Shift:
    with shop.box.transaction():
        return shifts.current(shop.box, lane) or shifts.begin(shop.box, lane, shop.person("cashier").id, "live")


@pytest.mark.fault("F28")
def test_a_sale_after_midnight_belongs_to_the_day_its_shift_was_opened(shop: Shop, till: Hands) -> None:
    shop.clock.advance(9 * 3_600)  # 23:00
    till.log_in()
    till.sell()
    till.scan(MILK)
    shop.clock.advance(2 * 3_600)  # 01:00, with an open basket
    till.log_in()
    till.pay_cash()
    assert shop.ask("SELECT DISTINCT business_date FROM sale WHERE lane = '1'") == [("2026-11-22",)]
    assert till.view()["clock"] == "01:00"


@pytest.mark.fault("F27")
def test_the_day_is_the_stores_not_greenwichs(shop: Shop) -> None:
    shop.clock.set_wall(1_795_305_600_000_000 - 60_000_000)  # 2026-11-22 00:00 UTC minus a minute: 07:59 in Shanghai
    assert open_at(shop).business_date == "2026-11-22"


@pytest.mark.parametrize(
    ("us", "zone", "text"),
    [
        (1_795_327_200_000_000, "Asia/Shanghai", "2026-11-22 14:00"),
        (1_774_746_000_000_000, "Europe/Berlin", "2026-03-29 03:00"),  # the hour that summer time skips
        (1_774_745_999_000_000, "Europe/Berlin", "2026-03-29 01:59"),
        (1_835_395_200_000_000, "Asia/Shanghai", "2028-02-29 08:00"),
    ],
)
@pytest.mark.fault("F27")
def test_instants_are_shown_in_the_stores_time(us: int, zone: str, text: str) -> None:
    assert shifts.local(us, zone).strftime("%Y-%m-%d %H:%M") == text


def test_a_lane_has_one_open_shift(shop: Shop) -> None:
    first = open_at(shop)
    assert open_at(shop) == first == shifts.current(shop.box, "2")
    with pytest.raises(IntegrityError), shop.box.transaction():
        shifts.open_shift(shop.box, "2", shop.person("cashier").id, "live")
    assert open_at(shop, "1").uid != first.uid


def test_opening_is_told_with_its_float(shop: Shop) -> None:
    with shop.box.transaction():
        shift = shifts.open_shift(shop.box, "2", shop.person("cashier").id, "live", 20_000)
    event = json.loads(shop.one("SELECT body FROM journal WHERE stream = 'a' ORDER BY seq DESC LIMIT 1"))
    assert event["type"] == "shift.opened"
    assert event["data"] == {"shift": shift.uid, "lane": "2", "business_date": "2026-11-22", "float": 20_000}


def test_after_closing_the_next_sale_opens_another(shop: Shop, till: Hands) -> None:
    till.sell()
    shift = shifts.current(shop.box, "1")
    assert shift is not None
    with shop.box.transaction():
        reports.close_shift(shop.box, shift, shop.person("cashier").id, "live")
    assert shifts.current(shop.box, "1") is None
    till.sell()
    after = shifts.current(shop.box, "1")
    assert after is not None and after.id != shift.id
