"""Paying with points before a real browser: the figures before, the amount by touch or keys, what is left after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, expect

from edge import members, settings
from edge.points import entries
from tests.web.cashier import Cashier, Client
from tests.web.shop import CASHIER, MANAGER, Shop, wait
from tests.web.test_access import LANGS, clean
from tests.web.test_dialogs import reach


@pytest.fixture
def shop(shop: Shop) -> Iterator[Shop]:
    """A shop that takes points: the one that all share, and as it was afterwards."""
    before = settings.values(shop.box.db)
    _set(shop, {"tenders": [*before["tenders"], "points"]})
    yield shop
    shop.tidy()
    _set(shop, {"tenders": before["tenders"]})


def _set(shop: Shop, values: dict[str, object]) -> None:
    with shop.box.transaction() as db:
        for name, value in values.items():
            settings.put(db, shop.box.env, name, value, "test")
    shop.box.reload_rules()


def with_points(shop: Shop, points: int) -> str:
    """The card of a member who has exactly so many."""
    card, box = shop.card(), shop.box
    member = members.by_card(box.db, card)
    assert member is not None
    with box.transaction():
        number, has = entries.next_number(box), members.standing(box.db, member.id).points
        made = entries.entry(number, member.id, number, points - has, "adjust", box.env.clock.now_us())
        entries.book(box, "adjusted", [made])
    return card


def begin(till: Cashier, points: int) -> None:
    till.scan(*(till.shop.product(n)[0] for n in range(3)))
    till.shop.swipe(with_points(till.shop, points))
    till.visible("#m-points")
    till.see("#m-points", f"{points:,}")


def test_a_customer_chooses_how_much_is_paid_with_points(till: Cashier) -> None:
    begin(till, 2_050)
    due = till.page.locator("#due").inner_text()
    till.tap("#pay-points")
    till.see("#points-able", "2,050")
    till.see("#points-as-of", "as of ")
    till.see("#points-most", "20.00")
    till.see("#points-pay-text", "Choose an amount")
    expect(till.page.locator("#points-pay")).to_be_disabled()
    till.key("7")
    till.see("#points-pay-text", "Pay ¥7.00 with 700 points")
    till.tap("#points-choices button >> nth=1")
    till.see("#points-pay-text", "Pay ¥10.00 with 1,000 points")
    till.key("Enter")
    till.visible("#points", False)
    till.see("#parts", "Paid · Points")
    assert till.page.locator("#due").inner_text() == f"{float(due) - 10:.2f}"
    till.tap("#pay-cash")
    till.tap("#cash-notes button >> nth=0")
    till.visible("#done")
    till.see("#done-points", "used 1,000 points, 1,0")


def test_more_than_can_be_paid_is_refused_where_it_was_typed(till: Cashier) -> None:
    begin(till, 900)
    till.tap("#pay-points")
    till.key("9", "9")
    till.see("#points-problem", "Only 900 points can be used")
    expect(till.page.locator("#points-pay")).to_be_disabled()
    till.key("Backspace", "Backspace", "3", ".", "5")
    till.see("#points-problem", "steps of ¥1.00")
    till.key("Escape")
    till.visible("#points", False)


def test_the_button_is_there_where_points_can_pay(till: Cashier) -> None:
    till.scan(till.shop.product()[0])
    till.visible("#pay-points", False)
    till.shop.swipe(with_points(till.shop, 99))  # not yet one yuan
    till.see("#m-points", "99")
    till.visible("#pay-points", False)
    with_points(till.shop, 100)
    till.visible("#pay-points")


def test_a_part_paid_with_points_is_taken_back_with_a_tap(till: Cashier) -> None:
    begin(till, 500)
    due = till.page.locator("#due").inner_text()
    till.tap("#pay-points")
    till.tap("#points-choices button >> nth=0")
    till.tap("#points-pay")
    till.visible("#points", False)
    till.visible("#pay-points", False)
    till.tap("#parts button")
    expect(till.page.locator("#due")).to_have_text(due)
    till.visible("#pay-points")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("size", [(1280, 800), (1024, 600)])
def test_the_dialog_is_within_everybodys_reach(
    shop: Shop, browser: Browser, windows: ExitStack, lang: str, size: tuple[int, int]
) -> None:
    """Nothing that axe finds; keys and amounts are large, apart and whole, also on a small screen."""
    till = Cashier.at(shop, browser, windows, CASHIER, lang, size=size)
    till.scan(*(shop.product(n)[0] for n in range(3)))
    shop.swipe(with_points(shop, 2_050))
    till.see("#m-points", "2,050")
    found = reach(till)
    till.tap("#pay-points")
    till.visible("#points-choices")
    found += [*reach(till), *clean(till.page, "points")]
    till.key("9", "9", "9")
    till.visible("#points-problem")
    found += [*reach(till), *clean(till.page, "points, refused")]
    assert not found, "\n".join(found)


def test_points_are_given_with_a_reason_and_a_second_person(till: Cashier) -> None:
    card = with_points(till.shop, 100)
    till.shop.swipe(card)
    till.see("#m-points", "100")
    till.tap("#do-more")
    till.tap("#more-give")
    till.key("5", "0")
    till.tap("#why-reasons button >> nth=0")
    till.see("#approve-facts", "+50")
    till.see("#approve-facts", "Card forgotten")
    till.key(*till.shop.pin(MANAGER))
    till.tap("#approve-ok")
    till.see("#m-points", "150")


def test_a_request_for_points_is_answered_in_words(shop: Shop, client: Client) -> None:
    client.log_in(CASHIER)
    nobody = client.get("/api/till/1/points")
    assert (nobody.status_code, nobody.json["type"]) == (422, "tillbox:tender_needs")  # type: ignore[index]
    shop.swipe(with_points(shop, 100))
    wait(lambda: client.view()["member"])
    found = client.get("/api/till/1/points").json
    assert found is not None and "¥1.00" in found["refused"]  # the cart is empty
    assert client.get("/api/till/1/points?amount=1e5").status_code == 422
