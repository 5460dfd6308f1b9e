"""Coupons and rewards before real screens: offered and used in one tap at the till, redeemed in three at the kiosk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from edge import codes, coupons, rewards
from edge.base.ids import new_uid
from edge.demo.data import demo_store
from edge.points import lots
from edge.promo import desk
from tests.web.cashier import Cashier
from tests.web.shop import CASHIER, Shop
from tests.web.test_kiosk import Visitor

LANGS = ("zh-CN", "en")


@pytest.fixture
def campaign(shop: Shop) -> Iterator[str]:
    """Five off from ten, with a coupon; its uid. It ends with the test: the shop is everybody's."""
    uid = new_uid(shop.env.rng)
    names = {"zh-CN": "满 1 减 0.5", "en": "0.50 off from 1"}
    desk.put(shop.box, {
        "uid": uid, "names": names, "kind": "threshold", "value": {"steps": [[100, 50]]}, "coupon": True,
    }, None)  # fmt: skip
    yield uid
    for reward in rewards.listed(shop.box):
        with shop.box.transaction():
            rewards.end(shop.box, reward.uid, None)
    desk.turn(shop.box, uid, "ended", None)


def rich(shop: Shop) -> tuple[int, str, str, str]:
    """(row id, uid, card, last digits of the phone) of a member with points to spend."""
    for member in demo_store().members:
        card = codes.member_code(member.number)
        found = shop.box.db.execute_sql(
            "SELECT m.id, m.uid, m.phone_last4 FROM member_card c JOIN member m ON m.id = c.member WHERE c.code = ?",
            (card,),
        ).fetchone()
        if found and found[2] and lots.spendable(shop.box, found[0]) > 400:
            return found[0], found[1], card, found[2]
    raise AssertionError("the sample store has nobody with points")


def issue(shop: Shop, campaign: str, member: tuple[int, str] | None = None) -> str:
    with shop.box.transaction():
        return coupons.issue(shop.box, campaign, 1, new_uid(shop.env.rng), "test", member=member)[0]


def reward(shop: Shop, campaign: str) -> str:
    names = {"zh-CN": "5 角券", "en": "A coupon"}
    with shop.box.transaction():
        return rewards.put(shop.box, names, 100, "coupon", campaign, 30, None).uid


@pytest.mark.parametrize("lang", LANGS)
def test_a_members_coupon_is_offered_and_used_in_one_tap(
    shop: Shop, browser: Browser, windows: ExitStack, campaign: str, lang: str
) -> None:
    member, uid, card, _ = rich(shop)
    code = issue(shop, campaign, (member, uid))
    till = Cashier.at(shop, browser, windows, CASHIER, lang)
    till.scan(card, shop.product()[0])
    till.see("#offer-name", "满 1 减 0.5" if lang == "zh-CN" else "0.50 off from 1")
    before = till.taps
    till.tap("#offer-add")  # T5
    assert till.taps - before == 1
    till.see("#offer-why", "已减 ¥0.50" if lang == "zh-CN" else "¥0.50 off")
    till.visible("#offer-add", False)
    assert not Axe().run(till.page).response["violations"]
    till.tap("#offer-no")
    till.visible("#offer-add")
    till.scan(code)
    till.see("#notice-text", "¥0.50")
    assert coupons.look(shop.box, code).state == "open"
    till.tap("#notice-dismiss")
    till.tap("#pay-cash")
    till.page.locator("#cash-notes button").first.click()
    till.visible("#done")
    assert coupons.look(shop.box, code).state == "used"


def test_a_used_coupon_says_so_in_words(shop: Shop, browser: Browser, windows: ExitStack, campaign: str) -> None:
    code = issue(shop, campaign)
    with shop.box.transaction():
        shop.box.db.execute_sql("UPDATE coupon SET state = 'void' WHERE code = ?", (code,))
    till = Cashier.at(shop, browser, windows, CASHIER, "en")
    shop.scan(code)
    till.see("#notice-text", "This voucher was withdrawn.")


@pytest.mark.parametrize("lang", LANGS)
def test_a_coupon_for_points_at_the_till(
    shop: Shop, browser: Browser, windows: ExitStack, campaign: str, lang: str
) -> None:
    member, _, card, _ = rich(shop)
    reward(shop, campaign)
    before = lots.spendable(shop.box, member)
    till = Cashier.at(shop, browser, windows, CASHIER, lang)
    till.scan(card, shop.product()[0])
    till.tap("#do-more")
    till.tap("#more-rewards")
    row = till.page.locator("#rewards-list button").first
    expect(row).to_contain_text("100")
    assert not Axe().run(till.page).response["violations"]
    row.click()
    till.see("#notice-text", "5 角券" if lang == "zh-CN" else "A coupon")
    till.visible("#offer-add")
    assert lots.spendable(shop.box, member) == before - 100


@pytest.mark.parametrize("lang", LANGS)
def test_a_reward_is_redeemed_at_the_kiosk_in_three_taps_and_four_digits(
    shop: Shop, browser: Browser, campaign: str, lang: str
) -> None:
    member, _, card, digits = rich(shop)
    uid, before = reward(shop, campaign), lots.spendable(shop.box, member)
    context = browser.new_context(viewport={"width": 1080, "height": 1920}, base_url=shop.address)
    visitor = Visitor(shop, context)
    visitor.opens()
    if lang == "en":
        visitor.tap("language")
    shop.swipe(card, "k1")
    expect(visitor.page.locator("#slip .points b")).to_be_visible()
    visitor.taps = 0
    visitor.tap("open-rewards")
    visitor.tap(f"take-{uid}")
    assert not Axe().run(visitor.page).response["violations"]
    wrong = "0000" if digits != "0000" else "1111"
    for typed in (wrong, digits):
        for digit in typed:
            visitor.page.click(f'[data-key="key-{digit}"]')
        visitor.tap("confirm")
        if typed == wrong:
            expect(visitor.page.locator(".wrong")).to_be_visible()
            visitor.taps -= 1
    expect(visitor.page.locator(".qr.big")).to_be_visible()
    assert visitor.taps == 3  # K4
    assert lots.spendable(shop.box, member) == before - 100
    assert not Axe().run(visitor.page).response["violations"]
    visitor.tap("ok")
    expect(visitor.page.locator(".coupon")).to_have_count(1)
    assert not Axe().run(visitor.page).response["violations"]
    visitor.tap("leave")
    visitor.sees_nobody()
    context.close()
    assert not visitor.wrong
