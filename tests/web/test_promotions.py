"""Promotions at the cashier's screen: what comes off is said at the line, and why behind one tap."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, expect

from edge import member_desk, members, shifts
from edge.codes import member_code as code_of
from edge.demo.data import demo_store
from edge.member_desk import By
from edge.promo import desk
from tests.edge.promo.forms import form
from tests.web.cashier import Cashier, Client
from tests.web.shop import CASHIER, MANAGER, Shop, wait
from tests.web.test_access import LANGS, clean
from tests.web.test_dialogs import reach


@pytest.fixture
def on_offer(shop: Shop) -> Iterator[tuple[Shop, list[str]]]:
    """Two for one of one product, everything a tenth off on top, and another product as a gift; three codes."""
    goods = [shop.product(n) for n in range(3)]
    skus = [
        shop.box.db.execute_sql("SELECT sku FROM product WHERE gtin = ? LIMIT 1", (code,)).fetchone()[0]
        for code, _, _ in goods
    ]
    forms = [
        form("n_for_m", "W1", names={"zh-CN": "买一送一", "en": "Two for one"}, value={"buy": 2, "pay": 1},
             scope={"skus": [skus[0]]}),
        form("percent", "W2", value={"bp": 1000}, stack="with", scope={"skus": skus[:2]}),
        form("gift", "W3", value={"count": 3, "gift": skus[2]}),
    ]  # fmt: skip
    for each in forms:
        desk.put(shop.box, each, None)
    yield shop, [code for code, _, _ in goods]
    for each in forms:
        desk.turn(shop.box, each["uid"], "ended", None)
        shop.box.db.execute_sql("DELETE FROM promotion WHERE uid = ?", (each["uid"],))
    desk.forget(shop.box)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("size", [(1280, 800), (1024, 600)])
def test_why_the_price_is_what_it_is(
    on_offer: tuple[Shop, list[str]], browser: Browser, lang: str, size: tuple[int, int]
) -> None:
    shop, codes = on_offer
    name = {"zh-CN": "买一送一", "en": "Two for one"}[lang]
    with ExitStack() as windows:
        till = Cashier.at(shop, browser, windows, CASHIER, lang, size=size)
        till.scan(codes[0])
        till.page.wait_for_timeout(450)
        till.scan(codes[0], codes[1])
        till.see("#lines .line >> nth=0", name)
        till.see("#gift", {"zh-CN": "赠品", "en": "Gift"}[lang])
        assert not clean(till.page, "cart") + reach(till)
        till.tap("#deals-open")
        till.see("#deals-list", name)
        expect(till.page.locator("#deals-list section")).to_have_count(2)
        assert not clean(till.page, "deals") + reach(till)
        till.key("Escape")
        till.visible("#deals", False)
        till.tap("#gift-add")
        till.visible("#gift", False)
        till.see("#lines .line >> nth=2", "0.00")


def test_a_birthday_counts_no_more_in_an_open_cart_once_the_consent_is_withdrawn(shop: Shop, client: Client) -> None:
    member = demo_store().members[7]
    found = members.by_card(shop.box.db, card := code_of(member.number))
    assert found is not None
    by = By("desk", person=shop.daemon.staff.person(shop.uid(MANAGER)))
    member_desk.consent(shop.box, found, "birthday", True, by)
    today = shifts.local(shop.box.env.clock.now_us(), shop.box.config.store.zone)
    member_desk.correct(shop.box, found, by, {"birthday": today.strftime("%m-%d")})
    rule = form("percent", "BD", value={"bp": 5000}, when={"birthday": 3})
    desk.put(shop.box, rule, None)
    desk.forget(shop.box)
    try:
        client.log_in(CASHIER)
        client.do("member", code=card)
        shop.scan(shop.product(0)[0])
        wait(lambda: client.view()["basket"]["count"] == 1)
        assert client.view()["basket"]["lines"][0]["promos"]
        member_desk.consent(shop.box, found, "birthday", False, by)
        shop.scan(shop.product(1)[0])
        wait(lambda: client.view()["basket"]["count"] == 2)
        assert not any(line.get("promos") for line in client.view()["basket"]["lines"])
        client.do("clear")
    finally:
        desk.turn(shop.box, "BD", "ended", None)
        shop.box.db.execute_sql("DELETE FROM promotion WHERE uid = 'BD'")
        desk.forget(shop.box)
