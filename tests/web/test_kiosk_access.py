"""Everybody can use the kiosk: axe in both languages and every mode, sizes of what is touched, nothing cut off."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, expect

from edge import kiosk_panels
from edge.demo.data import DemoMember
from edge.kiosk_state import Panel
from tests.web.shop import Shop
from tests.web.test_access import clean
from tests.web.test_kiosk import Visitor, member  # noqa: F401 (a fixture)

LANGS = ("zh-CN", "en")
SIZES = ((1080, 1920), (800, 1280), (1280, 800))
MODES = ((), ("large",), ("contrast",), ("reach",), ("large", "reach"), ("large", "contrast"))
# Everything that is touched: at least 64 px, main actions 88, 8 px apart, inside the screen and the lower two thirds.
MEASURE_JS = """() => {
  const wrong = [], nodes = [...document.querySelectorAll('.kiosk button')].filter((node) => node.offsetParent);
  const shown = nodes.map((node) => [node, node.getBoundingClientRect()]);
  for (const [node, box] of shown) {
    const key = node.dataset.key, main = /^(face-|leave|open-)/.test(key);
    if (Math.min(box.width, box.height) < (main ? 87.5 : 63.5)) wrong.push(`${key} is ${box.width} x ${box.height}`);
    if (box.bottom > innerHeight + .5 || box.right > innerWidth + .5) wrong.push(`${key} leaves the screen`);
    if (innerHeight > innerWidth && box.top < innerHeight / 3) wrong.push(`${key} is too high up`);
    for (const [other, to] of shown) {
      const x = Math.max(to.left - box.right, box.left - to.right);
      const gap = Math.max(x, to.top - box.bottom, box.top - to.bottom);
      if (other !== node && gap < 7.5) wrong.push(`${key} and ${other.dataset.key} are ${gap} apart`);
    }
    const card = node.closest('.card')?.getBoundingClientRect();
    if (card && (box.top < card.top - 1 || box.bottom > card.bottom + 1)) wrong.push(`${key} is cut by its card`);
    const over = Math.max(node.scrollWidth - node.clientWidth, node.scrollHeight - node.clientHeight);
    if (over > 2) wrong.push(`${key} overflows by ${over}`);
  }
  for (const node of document.querySelectorAll('.card .tx, #rate, #slip, .why, .head, .act, .panel-head')) {
    if (!node.offsetParent) continue;
    if (node.scrollHeight > node.clientHeight + 24) wrong.push(`${node.className || node.id} is cut`);
    const box = node.getBoundingClientRect();
    if (box.bottom > innerHeight + .5) wrong.push(`${node.className || node.id} leaves the screen`);
  }
  for (const card of document.querySelectorAll('#offers:not([hidden]) .card')) {
    const frame = card.getBoundingClientRect();
    for (const node of card.querySelectorAll('.price, .tx b, .tx p')) {
      const box = node.getBoundingClientRect();
      const out = box.top < frame.top || box.bottom > frame.bottom || box.right > frame.right;
      if (out) wrong.push(`${node.textContent} is cut`);
    }
  }
  const dock = document.querySelector('.dock').getBoundingClientRect();
  for (const node of document.querySelectorAll('.stage > section:not([hidden])'))
    if (node.getBoundingClientRect().bottom > dock.top + 1) wrong.push(`${node.id} lies under the dock`);
  return wrong;
}"""


def visit(shop: Shop, browser: Browser, stack: ExitStack, size: tuple[int, int]) -> Visitor:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, base_url=shop.address)
    stack.callback(context.close)
    made = Visitor(shop, context)
    made.opens()
    return made


def speak(visitor: Visitor, lang: str) -> None:
    if lang != "zh-CN":
        visitor.tap("language")
    expect(visitor.page.locator("html")).to_have_attribute("lang", lang)


@pytest.mark.parametrize("lang", LANGS)
def test_axe_finds_nothing(shop: Shop, browser: Browser, member: DemoMember, lang: str) -> None:  # noqa: F811
    with ExitStack() as stack:
        visitor = visit(shop, browser, stack, SIZES[0])
        page = visitor.page
        speak(visitor, lang)
        found = clean(page, "nobody there")
        shop.scan("TBX000000000099", "k1")
        expect(page.locator("#said")).to_be_visible()
        found += clean(page, "unknown card")
        visitor.swipes(member)
        found += clean(page, "member")
        visitor.tap("face-2")
        visitor.tap("call")
        page.locator(".card .no").first.click()
        expect(page.locator(".card.gone")).to_be_visible()
        found += clean(page, "rated, called, declined")
        visitor.tap("why")
        found += clean(page, "panel")
        visitor.tap("back")
        for mode in ("large", "contrast", "reach"):
            visitor.tap(mode)
            found += clean(page, mode)
        visitor.tap("off")
        expect(page.locator(".why.off")).to_be_visible()
        found += clean(page, "offers off")
        visitor.tap("on")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("lang", LANGS)
def test_all_can_be_touched_and_nothing_is_cut(
    shop: Shop,
    browser: Browser,
    member: DemoMember,  # noqa: F811
    lang: str,
    size: tuple[int, int],
) -> None:
    wrong = []
    with ExitStack() as stack:
        visitor = visit(shop, browser, stack, size)
        for modes in MODES:
            visitor.opens()
            speak(visitor, lang)
            visitor.swipes(member)
            for mode in modes:
                visitor.tap(mode)
            for rated in (False, True):
                if rated:
                    visitor.tap("face-4")
                    visitor.tap("topic-fresh")
                visitor.page.wait_for_timeout(150)
                where = f"{modes} {'rated' if rated else ''}"
                wrong += [f"{where}: {words}" for words in visitor.page.evaluate(MEASURE_JS)]
                visitor.tap("why")
                expect(visitor.page.locator("#panel-title")).to_be_focused()
                wrong += [f"{where} panel: {words}" for words in visitor.page.evaluate(MEASURE_JS)]
                visitor.tap("back")
                expect(visitor.page.locator("#offers")).to_be_visible()
    assert not wrong, "\n".join(sorted(set(wrong)))


@pytest.fixture
def gifts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two main actions beside the offers, as where points buy something."""
    made = [Panel("why", sign, lambda kiosk, lang: {}, lambda kiosk, lang: "6") for sign in ("gift", "ticket")]
    monkeypatch.setattr(kiosk_panels, "PANELS", tuple(made))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_there_is_room_for_main_actions(
    shop: Shop,
    browser: Browser,
    member: DemoMember,  # noqa: F811
    gifts: None,
    size: tuple[int, int],
) -> None:
    wrong = []
    with ExitStack() as stack:
        visitor = visit(shop, browser, stack, size)
        for modes in MODES:
            visitor.opens()
            speak(visitor, "en")
            visitor.swipes(member)
            for mode in modes:
                visitor.tap(mode)
            visitor.page.wait_for_timeout(150)
            expect(visitor.page.locator(".act")).to_have_count(2)
            wrong += [f"{modes}: {words}" for words in visitor.page.evaluate(MEASURE_JS)]
    assert not wrong, "\n".join(sorted(set(wrong)))


def test_the_whole_visit_goes_by_keyboard(shop: Shop, browser: Browser, member: DemoMember) -> None:  # noqa: F811
    with ExitStack() as stack:
        visitor = visit(shop, browser, stack, SIZES[0])
        visitor.swipes(member)
        page, seen = visitor.page, []
        for _ in range(30):
            page.keyboard.press("Tab")
            seen.append(page.evaluate("() => document.activeElement.dataset.key"))
            if seen[-1] == "leave":
                break
        assert seen[-1] == "leave" and {"off", "face-1", "call", "language"} <= set(seen)
        assert seen.index("off") < seen.index("face-1") < seen.index("language"), "focus follows what the eye sees"
        page.keyboard.press("Enter")
        visitor.sees_nobody()
