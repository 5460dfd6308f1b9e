"""Who may do what at the stock screen, what it refuses, and that everybody can use it."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.cashier import Client
from tests.web.counterman import Counterman, at
from tests.web.manager.desk import fits
from tests.web.shop import CASHIER, MANAGER, TECHNICIAN, Shop
from tests.web.test_access import CLOSE_JS, LANGS, NAMELESS_JS, SMALL_JS, STATIC, clean
from web.api.openapi import document

OVER_JS = """() => {
  const page = document.documentElement;
  return [page.scrollWidth - innerWidth, page.scrollHeight - innerHeight];
}"""
ROWS = (".foot button, .foot a", ".rail button", ".ctl button")


# ---- who may


def test_a_technician_sees_the_lists_and_nothing_else(stocked: Shop, browser: Browser, windows: ExitStack) -> None:
    technician = at(stocked, browser, windows, TECHNICIAN)
    shown = [t.get_attribute("data-tab") for t in technician.page.locator("#rail button:visible").all()]
    assert shown == ["low", "expiring", "negative"]


def test_a_cashier_s_request_to_book_is_denied(stocked: Shop, client: Client) -> None:
    client.log_in(CASHIER)
    for command in ("head", "clear", "book", "count/start", "count/book", "count/drop"):
        answer = client.post(f"/api/stock/1/{command}", {"id": "x", "list": "y"})
        assert (answer.status_code, answer.json["type"]) == (403, "tillbox:denied"), command
    assert client.get("/api/stock/1/review").status_code == 403


@pytest.mark.fault("F77", "F102")
@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("put", {}, 422),
        ("put", {"id": "a"}, 422),
        ("put", {"id": "a", "product": 10**12}, 422),
        ("put", {"id": "a", "product": 1, "qty": 1.5}, 422),
        ("put", {"id": "a", "product": 1, "qty": -1}, 422),
        ("line", {"id": "a", "line": "1", "qty": {}}, 404),
        ("tab", {"id": "a", "tab": ["low"]}, 422),
        ("scan", {"id": "a", "code": None}, 422),
        ("head", {"id": "a", "supplier": "x" * 500}, 422),
        ("book", {"id": "a"}, 422),
        ("count/book", {"id": "a", "count": "no"}, 404),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    stocked: Shop, client: Client, path: str, body: dict[str, Any], status: int
) -> None:
    client.log_in(MANAGER)
    answer = client.post(f"/api/stock/1/{path}", body)
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json" and answer.json["title"]


def test_addresses_that_are_none_are_not_found(stocked: Shop, client: Client) -> None:
    client.log_in(MANAGER)
    for path in ("list/secret", "product/999999", "product/99999999999999999999999", "product/x"):
        assert client.get(f"/api/stock/1/{path}").status_code == 404, path
    assert client.get("/stock/nosuch").status_code in (302, 401, 404)


def test_answers_are_what_the_api_s_document_says(stocked: Shop, client: Client) -> None:
    client.log_in(MANAGER)
    app, code = stocked.daemon.app, stocked.product(0)[0]
    with app.app_context():
        doc = document(app)
    urls = app.url_map.bind("localhost")
    calls: list[tuple[str, dict[str, Any] | None]] = [
        ("tab", {"tab": "delivery"}), ("scan", {"code": code}), ("line", {"line": "1", "qty": 2_000, "lot": "L1"}),
        ("undo", {}), ("state", None), ("tab", {"tab": "count"}), ("count/start", {"scope": ""}),
        ("scan", {"code": code}), ("review", None), ("scan", {"code": "5901234123457"}), ("list/low", None),
        ("list/expiring", None), ("list/negative", None), ("product/1", None), ("leave", {"visit": 0}),
    ]  # fmt: skip
    for n, (path, args) in enumerate(calls):
        address = f"/api/stock/1/{path}"
        answer = client.get(address) if args is None else client.post(address, {"id": f"c{n}", **args})
        assert answer.status_code == 200, f"{path}: {answer.text}"
        fits(doc, urls, "GET" if args is None else "POST", address, answer)


def walk(screen: Counterman) -> Iterator[str]:
    """Each state of the screen by name."""
    page: Page = screen.page
    yield "empty"
    screen.scan(*[screen.shop.product(n)[0] for n in range(3)])
    screen.key("2")
    yield "goods in"
    screen.key("Escape")
    screen.tap("#do-details")
    screen.tap("#details [data-keys]")
    yield "details, keyboard"
    screen.key("Escape")
    screen.tap("#do-supplier")
    yield "supplier"
    screen.key("Escape")
    page.locator("#q").fill("a")
    screen.visible("#found")
    yield "found"
    screen.tap("#q-clear")
    screen.scan("5901234123457")
    screen.key("Delete")
    screen.visible("#undo")
    yield "unknown code, undo"
    screen.tab("write_off")
    screen.scan(screen.shop.product(0)[0])
    yield "write-off"
    screen.tab("count")
    yield "no count"
    screen.tap("#do-book")
    screen.visible("#do-drop")
    screen.scan(screen.shop.product(0)[0])
    yield "count"
    screen.tap("#do-book")
    screen.visible("#review")
    yield "review"
    screen.key("Escape")
    for tab in ("low", "expiring", "negative"):
        screen.tab(tab)
        page.wait_for_timeout(300)
        if page.locator("#lines .ln").count():
            screen.tap("#lines .ln >> nth=0")
            expect(page.locator("#side-info dl").last).to_be_visible()
        yield tab


@pytest.mark.parametrize("lang", LANGS)
def test_axe_finds_nothing_in_any_state(stocked: Shop, browser: Browser, windows: ExitStack, lang: str) -> None:
    screen = at(stocked, browser, windows, lang=lang)
    found = [line for where in walk(screen) for line in clean(screen.page, where)]
    assert not found, "\n".join(found)
    assert screen.page.locator("html").get_attribute("lang") == lang


@pytest.mark.parametrize("size", [(1024, 600), (1280, 800), (1920, 1080)])
@pytest.mark.parametrize("lang", LANGS)
def test_targets_are_large_and_the_page_never_scrolls(
    stocked: Shop, browser: Browser, windows: ExitStack, lang: str, size: tuple[int, int]
) -> None:
    screen = at(stocked, browser, windows, lang=lang, size=size)
    wrong = []
    for where in walk(screen):
        small = screen.page.evaluate(SMALL_JS)
        close = [x for row in ROWS for x in screen.page.evaluate(CLOSE_JS, row)]
        over = screen.page.evaluate(OVER_JS)
        nameless = screen.page.evaluate(NAMELESS_JS)
        wrong += [f"{where}: {x}" for x in (small, close, over if over != [0, 0] else [], nameless) if x]
        book = screen.page.locator("#do-book")
        if book.is_visible():
            box = book.bounding_box()
            assert box and box["y"] + box["height"] <= size[1], where
    assert not wrong, "\n".join(map(str, wrong))


def test_the_page_weighs_little(screen: Counterman) -> None:
    loaded = screen.page.evaluate("performance.getEntriesByType('resource').map((x) => new URL(x.name).pathname)")
    for kind, most in (("js", 60_000), ("css", 20_000)):
        files = {path for path in loaded if path.endswith(f".{kind}")}
        assert files and sum(len(gzip.compress((STATIC / path[8:]).read_bytes())) for path in files) <= most
    for _ in walk(screen):
        assert screen.page.evaluate("document.querySelectorAll('*').length") <= 1500


def test_every_picture_s_symbol_exists(screen: Counterman) -> None:
    symbols = (STATIC / "icons.svg").read_text()
    for _ in walk(screen):
        used = screen.page.evaluate(
            "[...document.querySelectorAll('use')].map((use) => use.getAttribute('href').split('#')[1])"
        )
        assert not {name for name in used if f'id="{name}"' not in symbols}
