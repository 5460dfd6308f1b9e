"""The kiosk in a real browser: a visit by card, each tap once, and nothing left of it afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from edge import codes
from edge.demo.data import DemoMember, demo_store
from edge.errors import ShopError
from edge.members import has_consent
from edge.privacy import erase
from tests.web.cashier import Cashier, Client
from tests.web.shop import Shop, wait

LANGS = ("zh-CN", "en")


class Visitor:
    """A customer before the kiosk; taps counts what she tapped."""

    def __init__(self, shop: Shop, context: BrowserContext) -> None:
        self.shop, self.context, self.page, self.taps = shop, context, context.new_page(), 0
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda m: self.wrong.append(m.text) if m.type == "error" else None)

    def opens(self) -> None:
        self.page.goto("/kiosk/k1")
        expect(self.page.locator("#slip h1")).not_to_be_empty()

    def swipes(self, member: DemoMember) -> None:
        self.shop.swipe(codes.member_code(member.number), "k1")
        expect(self.page.locator("#slip .points b")).to_be_visible()

    def tap(self, key: str) -> None:
        self.page.click(f'[data-key="{key}"]')
        self.taps += 1

    def sees_nobody(self) -> None:
        expect(self.page.locator(".ways")).to_be_visible()
        expect(self.page.locator("#slip .points")).to_have_count(0)


@pytest.fixture
def member(shop: Shop) -> DemoMember:
    """A regular of the shop who consents to offers and has three of them."""
    suggester = shop.daemon.kiosks["k1"].suggester
    for found in demo_store().members:
        row = shop.box.db.execute_sql(
            "SELECT member FROM member_card WHERE code = ?", (codes.member_code(found.number),)
        ).fetchone()
        if "offers" in found.consents and len(suggester.offers(row[0])) == 3:
            return found
    raise AssertionError("the sample store has no such member")


@pytest.fixture
def visitor(shop: Shop, browser: Browser) -> Iterator[Visitor]:
    context = browser.new_context(viewport={"width": 1080, "height": 1920}, base_url=shop.address)
    made = Visitor(shop, context)
    made.opens()
    yield made
    context.close()
    assert not made.wrong


def traces(visitor: Visitor, member: DemoMember) -> list[str]:
    """Where anything personal of the member can still be found in this browser."""
    page = visitor.page
    secrets = [member.name, f"{member.name[:1]}**", member.phone[-4:], codes.member_code(member.number)]
    found = [f"DOM: {secret}" for secret in secrets if secret in page.content()]
    text = page.evaluate("() => document.body.innerText + JSON.stringify({...document.body.dataset})")
    found += [f"text: {secret}" for secret in secrets if secret in text]
    for store in ("localStorage", "sessionStorage"):
        found += [store for _ in range(page.evaluate(f"() => {store}.length"))]
    if page.evaluate("() => indexedDB.databases().then((all) => all.length)"):
        found.append("indexedDB")
    if page.evaluate("() => caches.keys().then((all) => all.length)"):
        found.append("caches")
    cookies = visitor.context.cookies()
    found += [f"cookie {c['name']}" for c in cookies if c["name"] != "tillbox-k1" or not c["httpOnly"]]
    found += [f"cookie {c['name']}: {s}" for c in cookies for s in secrets if s in c["value"]]
    return found


# ---- a visit


def test_card_and_leave_are_one_tap_in_all(visitor: Visitor, member: DemoMember) -> None:
    visitor.swipes(member)
    page = visitor.page
    expect(page.locator("#slip h1")).to_contain_text(f"{member.name[:1]}**")
    expect(page.locator("#slip .sub")).to_contain_text(f"{member.phone[:3]}••••••••")
    expect(page.locator(".track")).to_have_attribute("role", "progressbar")
    expect(page.locator(".card")).to_have_count(3)
    for reason in page.locator(".card .tx p").all_inner_texts():
        assert reason and not any(c.isdigit() for c in reason)
    visitor.tap("leave")
    visitor.sees_nobody()
    assert visitor.taps == 1


def test_a_face_is_one_tap_and_each_topic_one_more(visitor: Visitor, member: DemoMember) -> None:
    visitor.swipes(member)
    visitor.tap("face-5")
    visitor.tap("topic-fresh")
    expect(visitor.page.locator('[data-key="topic-fresh"]')).to_have_attribute("aria-pressed", "true")
    expect(visitor.page.locator('[data-key="face-5"]')).to_have_attribute("aria-pressed", "true")
    assert visitor.taps == 2
    (body,) = visitor.shop.box.db.execute_sql(
        "SELECT body FROM journal WHERE stream = 'c' AND body LIKE '%feedback.given%' ORDER BY id DESC LIMIT 1"
    ).fetchone()
    assert '"score":5' in body and '"topics":["fresh"]' in body


def test_the_language_changes_in_one_tap_and_nothing_reloads(visitor: Visitor, member: DemoMember) -> None:
    visitor.swipes(member)
    page = visitor.page
    page.evaluate("() => { window.same = true; }")
    visitor.tap("language")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#offers-title")).to_contain_text("For you")
    expect(page.locator('[data-key="language"]')).to_be_focused()
    assert page.evaluate("() => window.same") and visitor.taps == 1


def test_not_for_me_leaves_a_place_to_undo(visitor: Visitor, member: DemoMember) -> None:
    visitor.swipes(member)
    page = visitor.page
    name = page.locator(".card .tx b").first.inner_text()
    page.locator(".card .no").first.click()
    expect(page.locator(".card.gone")).to_contain_text(name)
    assert visitor.shop.box.db.execute_sql("SELECT COUNT(*) FROM offer_decline").fetchone() == (1,)
    page.locator(".card.gone .no").click()
    expect(page.locator(".card.gone")).to_have_count(0)
    assert visitor.shop.box.db.execute_sql("SELECT COUNT(*) FROM offer_decline").fetchone() == (0,)


def test_turn_off_is_one_tap_and_turn_on_another(visitor: Visitor, member: DemoMember) -> None:
    visitor.swipes(member)
    page, db = visitor.page, visitor.shop.box.db
    (row,) = db.execute_sql(
        "SELECT member FROM member_card WHERE code = ?", (codes.member_code(member.number),)
    ).fetchone()
    visitor.tap("off")
    expect(page.locator(".card")).to_have_count(0)
    assert not has_consent(db, row, "offers")
    visitor.tap("on")
    expect(page.locator('[data-key="off"]')).to_be_visible()
    assert has_consent(db, row, "offers") and visitor.taps == 2
    wait(lambda: db.execute_sql("SELECT COUNT(*) FROM model_buy WHERE member = ?", (row,)).fetchone()[0] > 0, 10)


def test_low_reach_changes_the_order_of_the_document(visitor: Visitor, member: DemoMember) -> None:
    visitor.swipes(member)
    page = visitor.page
    order = "() => [...document.querySelector('#stage').children].map((each) => each.id)"
    assert page.evaluate(order) == ["slip", "actions", "offers", "rate", "panel"]
    before = page.locator('[data-key="off"]').bounding_box()
    visitor.tap("reach")
    expect(page.locator("html")).to_have_class(re.compile(r"\breach\b"))
    assert page.evaluate(order) == ["slip", "rate", "offers", "actions", "panel"]
    after = page.locator('[data-key="off"]').bounding_box()
    assert before and after and after["y"] > before["y"] > 1920 / 3


def test_call_staff_is_seen_at_the_till_and_answered(visitor: Visitor, till: Cashier) -> None:
    visitor.tap("call")
    expect(till.page.locator("#call-bar")).to_be_visible()
    expect(till.page.locator("#call-title")).to_contain_text("k1")
    till.page.click("#call-answer")
    expect(till.page.locator("#call-bar")).to_be_hidden()
    expect(visitor.page.locator('[data-key="call"]')).to_contain_text("店员来了")


def test_a_card_that_is_none_is_said_in_words(visitor: Visitor) -> None:
    visitor.shop.scan("TBX000000000099", "k1")
    expect(visitor.page.locator("#said")).to_contain_text("没有认出")


# ---- nothing is left


@pytest.mark.fault("F92")
def test_after_finish_nothing_of_the_member_is_left(visitor: Visitor, member: DemoMember) -> None:
    page, length = visitor.page, visitor.page.evaluate("() => history.length")
    token = next(c["value"] for c in visitor.context.cookies() if c["name"] == "tillbox-k1")
    visitor.swipes(member)
    for key in ("language", "large", "face-4"):
        visitor.tap(key)
    assert traces(visitor, member), "while she stands there it is shown"
    visitor.tap("leave")
    visitor.sees_nobody()
    assert traces(visitor, member) == []
    assert page.evaluate("() => history.length") == length
    assert next(c["value"] for c in visitor.context.cookies()) != token, "the session is another one"
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.go_back(wait_until="commit")
    page.wait_for_timeout(300)
    assert page.url == "about:blank" or traces(visitor, member) == []
    page.go_forward(wait_until="commit")
    visitor.sees_nobody()
    assert traces(visitor, member) == []


@pytest.mark.fault("F92")
def test_silence_asks_counts_down_and_clears(shop: Shop, browser: Browser, member: DemoMember) -> None:
    context = browser.new_context(viewport={"width": 1080, "height": 1920}, base_url=shop.address)
    visitor = Visitor(shop, context)
    visitor.page.clock.install()
    visitor.opens()
    page = visitor.page
    visitor.swipes(member)
    page.clock.run_for(39_000)
    expect(page.locator("#idle")).to_be_hidden()
    page.clock.run_for(2_000)
    expect(page.locator("#idle")).to_be_visible()
    expect(page.locator("#idle-stay")).to_be_focused()
    with page.expect_response("**/stay"):  # what the server says of it counts as the touch, too
        page.click("#idle-stay")
    expect(page.locator("#idle")).to_be_hidden()
    page.clock.run_for(39_000)
    expect(page.locator("#slip .points")).to_be_visible()
    page.clock.run_for(22_000)
    visitor.sees_nobody()
    assert traces(visitor, member) == []
    assert shop.daemon.kiosks["k1"].visit.member is None, "the server forgot too"
    context.close()


@pytest.mark.fault("F92", "F91")
def test_a_reload_and_a_second_window_show_nobody(visitor: Visitor, member: DemoMember) -> None:
    visitor.swipes(member)
    visitor.page.reload()
    visitor.sees_nobody()
    assert traces(visitor, member) == []
    visitor.swipes(member)
    second = visitor.context.new_page()
    second.goto("/kiosk/k1")
    expect(second.locator(".ways")).to_be_visible()
    expect(visitor.page.locator("#slip .points")).to_have_count(0)
    assert traces(visitor, member) == []


@pytest.mark.fault("F112")
def test_without_the_newest_pages_token_nothing_is_told(shop: Shop, client: Client, member: DemoMember) -> None:
    shop.daemon.kiosks["k1"].adopt()
    shop.swipe(codes.member_code(member.number), "k1")
    wait(lambda: shop.daemon.kiosks["k1"].visit.member is not None)
    for path in ("/api/kiosk/k1/state", "/api/kiosk/k1/stream"):
        assert client.get(path).status_code == 401
    assert client.post("/api/kiosk/k1/leave").status_code == 401
    assert client.get("/api/kiosk/nowhere/state").status_code == 401
    assert client.get("/kiosk/1").status_code == 404, "a till is no kiosk"
    assert client.get("/kiosk/k1").status_code == 200
    assert client.get("/api/kiosk/k1/state").json["member"] is None
    assert client.get("/till/k1").status_code in (302, 401, 404)


def test_a_refusal_is_told_in_the_language_of_the_visit_with_amounts_as_amounts(
    shop: Shop, client: Client, member: DemoMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    def owes(*_: object, **__: object) -> None:
        raise ShopError("member_owes", owed=4_550)

    monkeypatch.setattr(erase, "erase", owes)
    client.get("/kiosk/k1")
    shop.swipe(codes.member_code(member.number), "k1")
    wait(lambda: shop.daemon.kiosks["k1"].visit.member is not None)
    digits = shop.box.db.execute_sql(
        "SELECT phone_last4 FROM member WHERE id = ?", (shop.daemon.kiosks["k1"].visit.member,)
    ).fetchone()[0]
    for lang, said in (("en", "¥45.50 is still owed on account."), ("zh-CN", "这位会员还有挂账 ¥45.50 未还")):
        client.post("/api/kiosk/k1/language", {"lang": lang})
        answer = client.post("/api/kiosk/k1/mine/erase", {"digits": digits})
        assert answer.status_code == 409 and (answer.json or {})["title"].startswith(said)


@pytest.mark.fault("F113")
def test_no_menu_no_selection_no_shortcut_leads_out(visitor: Visitor) -> None:
    page = visitor.page
    kept = page.evaluate("""() => ['contextmenu', 'dragstart', 'drop', 'selectstart'].map((name) => {
      const event = new Event(name, {bubbles: true, cancelable: true});
      document.querySelector('#slip h1').dispatchEvent(event);
      return event.defaultPrevented; })""")
    assert kept == [True] * 4
    for key in ("p", "n", "o", "l"):
        stopped = page.evaluate(
            """(key) => {
              const event = new KeyboardEvent('keydown', {key, ctrlKey: true, bubbles: true, cancelable: true});
              document.body.dispatchEvent(event);
              return event.defaultPrevented; }""",
            key,
        )
        assert stopped
    assert page.locator("a, input, textarea, iframe").count() == 0


# ---- the till beside it


def test_the_till_suggests_and_takes_an_answer(till: Cashier, member: DemoMember) -> None:
    shop, page = till.shop, till.page
    shop.swipe(codes.member_code(member.number))
    shop.scan(shop.product(0)[0])
    expect(page.locator("#offer")).to_be_visible()
    name = page.locator("#offer-name").inner_text().split(" · ")[0]
    assert page.locator("#offer-why").inner_text()
    page.click("#offer-add")
    expect(page.locator("#offer")).to_be_hidden()
    expect(page.locator(".line", has_text=name)).to_be_visible()


def test_the_home_page_offers_tills_and_the_kiosk(shop: Shop, client: Client) -> None:
    home = client.get("/").text
    assert 'href="/till/1"' in home and 'href="/kiosk/k1"' in home and 'href="/till/k1"' not in home
