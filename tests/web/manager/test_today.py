"""Today: figures beside a week before, the drawers, what waits for a person, and how it looks."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, expect

from tests.web.cashier import Client
from tests.web.manager.desk import Desk, put, sell
from tests.web.manager.eyes import SIZES, Eyes
from tests.web.shop import CASHIER, Shop


def test_a_sale_counts_today_in_its_tender_and_its_hour(desk: Desk, client: Client) -> None:
    before = desk.get("/today")
    sell(desk.shop, client)
    after = desk.get("/today")
    price = desk.shop.product()[2]
    assert (after["sales"], after["net"]) == (before["sales"] + 1, before["net"] + price)

    def cash(day: dict[str, object]) -> int:
        return sum(each["amount"] for each in day["tenders"] if each["kind"] == "cash")  # type: ignore[attr-defined]

    assert cash(after) - cash(before) == price
    assert sum(hour["today"] or 0 for hour in after["hours"]) == after["net"]
    assert sum(each["amount"] for each in after["tenders"]) == after["net"]
    lane = next(each for each in after["lanes"] if each["lane"] == "1")
    assert lane["operator"] and lane["shift"]["sales"] >= 1 and not lane["shift"]["old"]


def test_a_week_before_stands_beside_it(desk: Desk) -> None:
    day = desk.get("/today")
    assert 0 <= day["before_net"] <= day["before_whole"] and day["before_whole"] > 0
    assert sum(hour["before"] for hour in day["hours"]) == day["before_whole"]


def test_what_waits_for_a_person_is_said(desk: Desk, client: Client) -> None:
    put(desk.shop, client)
    session = desk.shop.daemon.staff.working_at("1")
    assert session is not None
    desk.shop.daemon.tills["1"].do(session, "hold", {"basket": client.view()["basket"]["uid"], "id": "h1"})
    try:
        held = next(each for each in desk.get("/today")["todo"] if each["slug"] == "held")
        assert held["count"] == 1 and held["amount"] == desk.shop.product()[2]
    finally:
        desk.shop.box.db.execute_sql("DELETE FROM held")


def test_pins_typed_wrong_and_voids_by_one_person_are_shown(desk: Desk, client: Client) -> None:
    for n in range(5):
        client.log_in(CASHIER, "2", f"90817{n}")
    assert {each["slug"] for each in desk.get("/today")["flags"]} >= {"guessed_person", "guessed_lane"}


def test_looking_at_today_does_not_keep_a_desk_open_that_everybody_left(desk: Desk) -> None:
    door = desk.app.extensions["tillbox.door"]
    seen = dict(door.idle._seen)
    desk.get("/today")
    assert door.idle._seen == seen
    desk.get("/me")
    assert door.idle._seen != seen


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_the_page_in_both_languages_and_all_sizes(
    shop: Shop, client: Client, browser: Browser, windows: ExitStack, lang: str, size: tuple[int, int]
) -> None:
    sell(shop, client)
    eyes = Eyes.at(shop, browser, windows, "today", lang, size)
    eyes.look_closely()
    expect(eyes.page.locator(".stat")).to_have_count(3)
    expect(eyes.page.locator(".lane")).to_have_count(2)


def test_a_sale_shows_without_a_reload(shop: Shop, client: Client, browser: Browser, windows: ExitStack) -> None:
    eyes = Eyes.at(shop, browser, windows, "today")
    before = eyes.page.locator(".stat.main .big").inner_text()
    sell(shop, client)
    expect(eyes.page.locator(".stat.main .big")).not_to_have_text(before, timeout=15_000)
