"""Everybody can use the screens: axe on every screen in both languages, targets, sizes, and what a screen weighs."""

from __future__ import annotations

import gzip
import re
from contextlib import ExitStack
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

import web
from tests.web.cashier import Cashier
from tests.web.shop import CASHIER, Shop, wait

STATIC = Path(web.__file__).parent / "static"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
LANGS = ("zh-CN", "en")
SMALL_JS = """() => {
  const open = document.querySelector('dialog[open]');
  const visible = (node) => node.getBoundingClientRect().width && getComputedStyle(node).visibility !== 'hidden';
  const ours = (node) => (!open || open.contains(node)) && !node.closest('.field input');
  return [...document.querySelectorAll('button, a, input, [role=button]')].filter(visible).filter(ours)
    .map((node) => [node.id || node.className, node.getBoundingClientRect()])
    .filter(([, box]) => box.width < 55.5 || box.height < 55.5)
    .map(([name, box]) => `${name} ${box.width} x ${box.height}`);
}"""
CLOSE_JS = """(selector) => {
  const boxes = [...document.querySelectorAll(selector)].map((node) => node.getBoundingClientRect());
  const shown = boxes.filter((box) => box.width), found = [];
  for (const a of shown) for (const b of shown) {
    const x = Math.max(b.left - a.right, a.left - b.right), y = Math.max(b.top - a.bottom, a.top - b.bottom);
    if (a !== b && Math.max(x, y) < 7.5) found.push([a.left, a.top, x, y].map(Math.round));
  }
  return found;
}"""
NAMELESS_JS = """[...document.querySelectorAll('button')]
  .filter((button) => button.offsetParent && !button.textContent.trim() && !button.ariaLabel)
  .map((button) => button.id)"""


def clean(page: Page, where: str) -> list[str]:
    """What axe finds, in one line each."""
    page.wait_for_timeout(200)  # no animation half-way
    context = "dialog[open]" if page.locator("dialog[open]").count() else None  # what lies below is inert
    found = Axe().run(page, context, RULES).response["violations"]
    return [f"{where}: {v['id']} {n['target']} {n['failureSummary'][:300]}" for v in found for n in v["nodes"]]


def states(till: Cashier) -> list[str]:
    """Walk one screen through its states, and say what axe finds in each."""
    shop, page, found = till.shop, till.page, clean(till.page, "empty")
    shop.swipe(shop.card(100))
    till.scan(*[shop.product(n)[0] for n in range(4)], "5901234123457")
    till.tap(".line.sel .del")
    till.key("1", "2", "*")
    found += clean(page, "cart with member, unknown code, undo, multiplier")
    for key, where in (("F2", "quantity"), ("F4", "member"), ("?", "keys")):
        till.key(key)
        found += clean(page, where)
        till.key("Escape")
    till.tap("#do-more")
    found += clean(page, "more")
    till.key("Escape")
    till.tap("#osk")
    page.locator("#q").fill("zzzz")
    wait(lambda: page.locator("#nothing").is_visible())
    found += clean(page, "search with keyboard")
    till.tap('[data-osk="hide"]')
    till.key("Escape")
    shop.printer("no_paper")
    till.tap("#pay-cash")
    found += clean(page, "cash")
    till.tap("#cash-notes button >> nth=0")
    till.visible("#done")
    found += clean(page, "done, no paper")
    till.tap("#done-view")
    found += clean(page, "receipt")
    till.key("Escape")
    till.tap("#do-more")
    till.tap("#more-void")
    found += clean(page, "void")
    till.tap("#why-reasons button >> nth=0")
    till.visible("#approve")
    found += clean(page, "approval")
    till.key("Escape")
    wait(lambda: page.locator("#paper-bar").is_visible())
    page.evaluate("document.getElementById('link-bar').hidden = false")
    found += clean(page, "waiting papers, reconnecting")
    return found


@pytest.mark.parametrize("lang", LANGS)
def test_axe_finds_nothing_in_any_state_of_the_till(
    shop: Shop, browser: Browser, windows: ExitStack, lang: str
) -> None:
    found = states(Cashier.at(shop, browser, windows, CASHIER, lang))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("lang", LANGS)
def test_axe_finds_nothing_on_the_other_pages(shop: Shop, browser: Browser, windows: ExitStack, lang: str) -> None:
    till = Cashier.at(shop, browser, windows, CASHIER, lang)
    found = []
    for path in ("/", "/login/1", "/login/2", "/bench"):
        till.page.goto(path)
        assert till.page.locator("html").get_attribute("lang") == lang
        found += clean(till.page, path)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("size", [(1024, 600), (1280, 800), (1920, 1080)])
@pytest.mark.parametrize("lang", LANGS)
def test_targets_are_large_and_the_page_never_scrolls(
    shop: Shop, browser: Browser, windows: ExitStack, lang: str, size: tuple[int, int]
) -> None:
    till = Cashier.at(shop, browser, windows, CASHIER, lang, size=size)
    till.scan(*[shop.product(n)[0] for n in range(3)], "5901234123457")
    small = {"till": till.page.evaluate(SMALL_JS)}
    for opener, name in (("#pay-cash", "cash"), ("#do-more", "more"), ("#member-add", "member")):
        till.tap(opener)
        small[name] = till.page.evaluate(SMALL_JS)
        till.key("Escape")
    till.tap("#osk")
    small["keyboard"] = till.page.evaluate(SMALL_JS)
    assert not {where: found for where, found in small.items() if found}
    assert till.page.evaluate(CLOSE_JS, ".osk button") == []
    till.tap('[data-osk="hide"]')
    for row in (".tile", ".foot button", ".rail button", ".ctl button, .pay"):
        assert till.page.evaluate(CLOSE_JS, row) == [], f"{row}: less than 8 px between targets"
    over = (
        "() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]"
    )
    assert till.page.evaluate(over) == [0, 0]
    for part in ("#pay-cash", "#do-more", "#me", "#q"):
        box = till.page.locator(part).bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= size[0] and box["y"] + box["height"] <= size[1]


def modules(entry: Path) -> set[Path]:
    """A page's script and all that it imports, each once."""
    found, open_ = {entry}, [entry]
    while open_:
        here = open_.pop()
        new = {here.parent / name for name in re.findall(r'from "\./([\w-]+\.js)"', here.read_text())} - found
        found |= new
        open_ += new
    return found


def test_the_screen_weighs_little(till: Cashier) -> None:
    def packed(*files: Path) -> int:
        return sum(len(gzip.compress(f.read_bytes())) for f in files)

    for page in ("till", "kiosk", "tech", "bench", "login"):
        scripts = modules(STATIC / "js" / f"{page}.js")
        assert packed(*scripts) <= 60_000, f"{page}: {packed(*scripts)}"
    sheets = till.page.evaluate("[...document.styleSheets].map((sheet) => sheet.href.split('/').pop())")
    assert len(sheets) > 3 and packed(*(STATIC / "css" / name for name in sheets)) <= 20_000
    for n in range(8):
        till.page.locator("#rail button").nth(n).click()
        assert till.page.evaluate("document.querySelectorAll('*').length") <= 1500


def test_a_reload_paints_within_two_seconds(till: Cashier) -> None:
    till.page.reload()
    painted = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
    wait(lambda: till.page.evaluate(painted))
    assert till.page.evaluate(painted) < 2000


def test_every_icon_button_has_a_name_and_every_picture_s_symbol_exists(till: Cashier) -> None:
    symbols = (STATIC / "icons.svg").read_text()
    used = till.page.evaluate(
        "[...document.querySelectorAll('use')].map((use) => use.getAttribute('href').split('#')[1])"
    )
    assert not {name for name in used if f'id="{name}"' not in symbols}
    assert not till.page.evaluate(NAMELESS_JS)


def test_keys_alone_sell(till: Cashier) -> None:
    """Tab and Enter reach a product and the payment; nothing needs a pointer."""
    till.page.locator("#shelf").focus()
    till.page.keyboard.press("Tab")
    till.key("Enter")
    till.page.wait_for_timeout(300)
    assert till.lines().count() == 1
    till.key("F9", "Enter")
    till.visible("#done")
    till.key("Enter")
    till.visible("#done", False)


def test_motion_stops_for_those_who_ask(till: Cashier) -> None:
    till.page.emulate_media(reduced_motion="reduce")
    till.scan(till.shop.product()[0])
    till.tap(".line.sel .del")
    till.visible("#undo")
    assert till.page.evaluate("getComputedStyle(document.getElementById('undo-left')).animationName") == "none"
