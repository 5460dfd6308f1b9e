"""What is suggested, where, with which reason, and how long a "no" lasts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from edge import catalog
from edge.base.i18n import LANGS
from edge.errors import ShopError
from edge.recommend import declines, learn, reasons
from edge.recommend.suggest import Candidate, Suggester, Suggestion
from tests.edge.goods import COLA, widen
from tests.edge.recommend.conftest import DAY, Buyer
from tests.edge.shop import Hands, Shop


@pytest.fixture
def anna(buyer: Callable[..., Buyer]) -> Buyer:
    """She buys milk every week, bread half as often, wine sometimes; and apples from the scale."""
    made = buyer()
    for _ in range(3):
        made.buys("MILK", "BREAD")
        made.buys("MILK", "WINE", "APPLES")
    return made


@pytest.fixture
def hands(shop: Shop, anna: Buyer) -> Hands:
    """Lane 1, where Anna's gum has been scanned."""
    lane = shop.tills["1"]
    lane.log_in()
    lane.attach("bronze")
    lane.add("GUM")
    return lane


def offer(hands: Hands) -> dict[str, Any] | None:
    found: dict[str, Any] | None = hands.view()["offer"]
    return found


def skus(shop: Shop, member: int) -> list[str]:
    return [s.product.sku for s in Suggester(shop.box).offers(member)]


def test_the_kiosk_offers_what_she_buys_and_never_the_wine(shop: Shop, anna: Buyer) -> None:
    found = skus(shop, anna.id)
    assert found[0] == "MILK" and set(found) == {"MILK", "BREAD", "APPLES"}


def test_what_was_bought_lately_comes_before_what_was_bought_long_ago(shop: Shop, buyer: Callable[..., Buyer]) -> None:
    made = buyer()
    made.buys("BREAD", times=4)
    made.buys("APPLES", times=1, every_days=300)
    made.buys("MILK", times=3)
    assert skus(shop, made.id) == ["MILK", "BREAD"], "one purchase of apples is no habit"


def test_the_till_suggests_one_thing_with_its_price_and_reason(hands: Hands) -> None:
    found = offer(hands)
    assert found is not None and found["name"] == "Milk 1 l" and found["price"] == 1_150
    assert found["reason"] == "bought 6 times, usually every week"


def test_the_till_suggests_nothing_before_a_scan_or_without_a_member(shop: Shop, anna: Buyer) -> None:
    lane = shop.tills["1"]
    lane.log_in()
    assert offer(lane) is None
    lane.attach("bronze")
    assert offer(lane) is None
    lane.add("GUM")
    lane.do("member/detach")
    assert offer(lane) is None


def test_training_suggests_nothing(shop: Shop, anna: Buyer) -> None:
    lane = shop.tills["3"]
    lane.log_in()
    lane.attach("bronze")
    lane.add("GUM")
    assert offer(lane) is None


def test_goods_from_the_scale_are_not_for_one_tap(shop: Shop, hands: Hands) -> None:
    hands.add("MILK")
    hands.add("BREAD")
    assert offer(hands) is None


def test_add_puts_one_in_and_nothing_more_is_suggested(hands: Hands) -> None:
    product = offer(hands)["product"]  # type: ignore[index]
    view = hands.do("offer/add", product=product)
    assert [line["name"] for line in view["basket"]["lines"]] == ["Chewing gum", "Milk 1 l"]
    assert view["offer"] is None and view["scan"]["sound"] == "ok"
    assert hands.add("GUM")["offer"] is None


def test_what_is_suggested_costs_its_deposit_and_is_one_piece(shop: Shop, buyer: Callable[..., Buyer]) -> None:
    widen(shop)
    anna = buyer("bronze")
    anna.buys("GUM", COLA, times=4)
    till = shop.tills["1"]
    till.attach("bronze")
    till.add("GUM")
    till.do("multiply", n=3)
    found = offer(till)
    assert found is not None and found["name"] == "Cola"
    view = till.do("offer/add", product=found["product"])
    assert [(line["name"], line["qty"]) for line in view["basket"]["lines"]] == [
        ("Chewing gum", 1_000), ("Cola", 1_000), ("Bottle deposit", 1_000),
    ]  # fmt: skip


def test_what_has_no_price_of_its_own_is_not_for_one_tap(shop: Shop, buyer: Callable[..., Buyer]) -> None:
    widen(shop)
    anna, till = buyer("bronze"), shop.tills["1"]
    till.log_in()
    for _ in range(4):
        till.attach("bronze")
        till.add("GUM")
        till.add("FLOWERS", price=2_500)
        till.pay_cash()
    learn.catch_up_fully(shop.box)
    assert "FLOWERS" not in skus(shop, anna.id)
    till.attach("bronze")
    assert till.add("GUM")["offer"] is None


def test_not_for_me_ends_it_for_this_basket_and_the_product_for_long(shop: Shop, hands: Hands, anna: Buyer) -> None:
    product = offer(hands)["product"]  # type: ignore[index]
    assert hands.do("offer/decline", product=product)["offer"] is None
    assert hands.add("GUM")["offer"] is None
    assert "MILK" not in skus(shop, anna.id), "the kiosk knows at once"
    hands.pay_cash()
    hands.attach("bronze")
    assert hands.add("GUM")["offer"] is None, "after a no, nothing comes unasked for a week"
    hands.pay_cash()
    rules = shop.box.rules.restraint
    shop.clock.advance(rules.rest_days * DAY)
    hands.log_in()
    hands.attach("bronze")
    assert hands.add("GUM")["offer"]["name"] == "Wholemeal bread"
    shop.clock.advance((rules.quiet_days - rules.rest_days - 1) * DAY)
    assert "MILK" not in skus(shop, anna.id)


def test_a_no_survives_a_restart_of_the_till(shop: Shop, hands: Hands) -> None:
    hands.do("offer/decline", product=offer(hands)["product"])  # type: ignore[index]
    shop.restart()
    assert offer(shop.tills["1"]) is None


def test_a_decline_at_the_kiosk_takes_the_suggestion_off_the_till(shop: Shop, hands: Hands, anna: Buyer) -> None:
    product = offer(hands)["product"]  # type: ignore[index]
    with shop.box.transaction():
        declines.decline(shop.box, anna.id, product, "kiosk")
    found = offer(hands)
    assert found is None or found["product"] != product
    with pytest.raises(ShopError, match="offer_gone"):
        hands.do("offer/add", product=product)


def test_withdrawn_consent_takes_the_suggestion_off_the_till(hands: Hands, anna: Buyer) -> None:
    assert offer(hands)
    anna.agrees(False)
    assert offer(hands) is None


def test_what_is_sold_out_or_scanned_meanwhile_is_not_suggested(shop: Shop, hands: Hands) -> None:
    assert offer(hands)["name"] == "Milk 1 l"  # type: ignore[index]
    catalog.set_stock(shop.box, {"MILK": 0}, "count")
    hands.add("GUM")
    assert offer(hands) is None or offer(hands)["name"] == "Wholemeal bread"  # type: ignore[index]
    hands.add("BREAD")
    assert offer(hands) is None


def test_each_further_no_is_quiet_for_twice_as_long(shop: Shop, anna: Buyer) -> None:
    milk, box = shop.product("MILK").id, shop.box
    quiet = []
    for _ in range(6):
        with box.transaction():
            declines.decline(box, anna.id, milk, "kiosk")
        quiet.append((shop.one("SELECT until_us - at_us FROM offer_decline")) // declines.DAY_US)
    assert quiet == [90, 180, 360, 720, 730, 730]


def test_a_no_and_its_undo_are_events_without_a_name(shop: Shop, anna: Buyer) -> None:
    milk, box = shop.product("MILK").id, shop.box
    with box.transaction():
        declines.decline(box, anna.id, milk, "kiosk")
        declines.take_back(box, anna.id, milk, "kiosk")
        declines.take_back(box, anna.id, milk, "kiosk")
    events = shop.ask("SELECT body FROM journal WHERE stream = 'c' AND body LIKE '%\"offer.%' ORDER BY id")
    assert len(events) == 2 and '"offer.declined"' in events[0][0] and '"offer.restored"' in events[1][0]
    assert "Bronze" not in events[0][0] and '"sku":"MILK"' in events[0][0]
    assert declines.quiet(box, anna.id) == frozenset()


def test_something_new_comes_in_when_it_goes_with_the_basket_and_its_shelf_is_hers(
    shop: Shop, buyer: Callable[..., Buyer]
) -> None:
    shop.tills["1"].log_in()
    for _ in range(5):
        shop.tills["1"].sell(("6901010101098", "012345678905"))  # bread and gum, always together
    anna = buyer()
    anna.buys("BREAD")
    hands = shop.tills["1"]
    hands.log_in()
    hands.attach("bronze")
    view = hands.add("BREAD")
    assert view["offer"]["name"] == "Chewing gum" and view["offer"]["reason"] == "often bought with Wholemeal bread"
    hands.do("clear")
    hands.do("member/detach")
    hands.attach("gold")
    assert hands.add("BREAD")["offer"] is None, "no consent, no suggestion"


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("n", [0, 1, 2, 5, 60])
def test_a_kiosk_reason_shows_no_number(shop: Shop, n: int, lang: str) -> None:
    suggestion = Suggestion(shop.product("MILK"), Candidate(1, 1.0, n, 0, 60 * 86_400 * 1_000_000))
    words = reasons.at_kiosk(suggestion, lang)
    assert words and not any(c.isdigit() for c in words)


@pytest.mark.parametrize(
    ("n", "days", "words"),
    [
        (2, 14, "bought 2 times"),
        (5, 8, "bought 5 times, usually every few days"),
        (5, 28, "bought 5 times, usually every week"),
        (5, 60, "bought 5 times, usually every two weeks"),
        (5, 120, "bought 5 times, usually every month"),
        (5, 700, "bought 5 times"),
    ],
)
def test_the_cashier_may_say_how_often(shop: Shop, n: int, days: int, words: str) -> None:
    suggestion = Suggestion(shop.product("MILK"), Candidate(1, 1.0, n, 0, days * 86_400 * 1_000_000))
    assert reasons.at_till(shop.box, suggestion, "en") == words
