"""Feedback at the kiosk's screen: a face, a reason, a few words, and "better now?" once."""

from __future__ import annotations

from contextlib import ExitStack
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Page, expect

from edge import codes
from edge.consent import set_consent
from edge.demo.data import DemoMember, demo_store
from edge.feedback import issues
from edge.feedback.given import Said, give
from tests.web.shop import Shop

WORDS = {
    "zh-CN": ("写几句", "发送", "已收到您写的话", "现在好些了吗", "已转告店里，谢谢。"),
    "en": (
        "Write a few words", "Send", "Your words are noted", "Is it better now?", "Passed on to the shop. Thank you.",
    ),  # fmt: skip
}

FITS = """[...document.querySelectorAll('#write button, #write textarea')].every((e) => {
  const r = e.getBoundingClientRect();
  return r.bottom <= innerHeight && r.right <= innerWidth && r.left >= 0 && r.height >= 64;
})"""


def opens(shop: Shop, browser: Browser, windows: ExitStack, lang: str, size: tuple[int, int] = (1080, 1920)) -> Page:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, base_url=shop.address)
    windows.callback(context.close)
    page = context.new_page()
    page.goto("/kiosk/k1")
    expect(page.locator("#slip h1")).not_to_be_empty()
    if lang == "en":
        page.click('[data-key="language"]')
        expect(page.locator("html")).to_have_attribute("lang", "en")
    return page


@pytest.mark.parametrize("lang", WORDS)
@pytest.mark.parametrize("size", [(1080, 1920), (800, 1280), (1280, 800)])
def test_a_face_a_reason_and_a_few_words(shop: Shop, browser: Browser, lang: str, size: tuple[int, int]) -> None:
    write, send, noted, _, _ = WORDS[lang]
    with ExitStack() as windows:
        page = opens(shop, browser, windows, lang, size)
        page.click('[data-key="face-2"]')
        page.click('[data-key="topic-waiting"]')
        page.get_by_role("button", name=write).click()
        for key in "slow":
            page.click(f'#write-keys [data-osk="{key}"]')
        page.click('#write-keys [data-osk=" "]')
        page.locator("#write-text").press_sequentially("till")
        assert page.evaluate(FITS)
        page.get_by_role("button", name=send).click()
        expect(page.get_by_role("button", name=noted)).to_be_visible()
        expect(page.locator("#write-text")).to_have_count(0)
        found = shop.box.db.execute_sql(
            "SELECT score, topics, text, lang, member FROM feedback ORDER BY id DESC LIMIT 1"
        ).fetchone()
        assert found == (2, '["waiting"]', "slow till", lang, None)


def test_what_somebody_types_or_reads_is_not_the_next_one_s(shop: Shop, browser: Browser) -> None:
    one, two = (codes.member_code(member.number) for member in demo_store().members[:2])
    with ExitStack() as windows:
        page = opens(shop, browser, windows, "en")
        page.click('[data-key="face-2"]')
        page.get_by_role("button", name=WORDS["en"][0]).click()
        page.locator("#write-text").press_sequentially("my name is")
        shop.swipe(one, "k1")
        expect(page.locator("#slip .points b")).to_be_visible()
        expect(page.locator("#write")).to_be_hidden()
        expect(page.locator("#write-text")).to_have_count(0)
        page.click('[data-key="ladder"]')
        expect(page.locator("#ladder")).to_be_visible()
        shop.swipe(two, "k1")
        expect(page.locator("#ladder")).to_be_hidden()


@pytest.fixture
def sad(shop: Shop) -> DemoMember:
    """A member who consents, complained about the choice of goods last week, and the shop did something since."""
    clock = shop.box.env.clock
    member = demo_store().members[5]
    (number,) = shop.box.db.execute_sql(
        "SELECT member FROM member_card WHERE code = ?", (codes.member_code(member.number),)
    ).fetchone()
    with shop.box.transaction():
        set_consent(shop.box, number, "behaviour", True, "till")
    uid = f"sad{clock.now_us()}"
    give(shop.box, uid, "k1", Said(1, ("choice",)), "demo", member=number)
    shop.box.db.execute_sql(
        "UPDATE feedback SET at_us = at_us - 172800000000, business_date = '2000-01-01' WHERE uid = ?", (uid,)
    )
    known = issues.newest(shop.box).get("stock")
    issue = known.uid if known and known.state != "closed" else issues.open_issue(shop.box, "stock")
    person = SimpleNamespace(uid="test")
    issues.change(shop.box, issue, person, state="closed", owner=None, note="twice as much")
    return member


@pytest.mark.parametrize("lang", WORDS)
def test_who_complained_is_asked_once_whether_it_is_better(
    shop: Shop, browser: Browser, sad: DemoMember, lang: str
) -> None:
    _, _, _, question, thanks = WORDS[lang]
    with ExitStack() as windows:
        page = opens(shop, browser, windows, lang)
        shop.swipe(codes.member_code(sad.number), "k1")
        expect(page.locator("#rate-title")).to_contain_text(question)
        page.click('[data-key="better-better"]')
        expect(page.locator("#rate-title")).to_have_text(thanks)
        assert issues.newest(shop.box)["stock"].better == 1
        page.click('[data-key="leave"]')
        expect(page.locator(".ways")).to_be_visible()
        shop.swipe(codes.member_code(sad.number), "k1")
        expect(page.locator("#slip .points b")).to_be_visible()
        expect(page.locator('[data-key="face-1"]')).to_be_visible()
        expect(page.locator('[data-key="better-better"]')).to_have_count(0)
