"""Fixtures of the screens: one shop for all tests of a session, for a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from edge import stocktake
from edge.inventory import By
from tests.ports import free_port
from tests.web.cashier import Cashier, Client
from tests.web.counterman import Counterman, at
from tests.web.shop import CASHIER, MANAGER, Shop
from tests.web.wares import Wares, widen


@pytest.fixture(scope="session")
def open_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The shop, serving; its two lanes are shared by the tests of the session."""
    shop = Shop(Path(tmp_path_factory.mktemp("shop")), free_port())
    shop.start()
    yield shop
    shop.stop()


@pytest.fixture
def shop(open_shop: Shop) -> Iterator[Shop]:
    """The shop with empty carts, nobody logged in and every device well."""
    open_shop.tidy()
    yield open_shop
    open_shop.tidy()


@pytest.fixture
def client(shop: Shop) -> Client:
    """A browser's requests without the browser, nobody logged in."""
    return Client(shop)


@pytest.fixture
def windows(shop: Shop, browser: Browser) -> Iterator[ExitStack]:
    """Closes whatever windows a test opens; a script error or a refused resource in any of them fails the test."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def till(shop: Shop, browser: Browser, windows: ExitStack) -> Cashier:
    """Lane 1 before the eyes of a logged-in cashier, in English, at 1280 x 800."""
    return Cashier.at(shop, browser, windows, CASHIER, "en")


@pytest.fixture
def stocked(shop: Shop) -> Iterator[Shop]:
    """The shop with no open list or count, and without what other tests booked."""
    yield shop
    for table in ("stock_list_line", "stock_list"):
        shop.box.db.execute_sql(f"DELETE FROM {table}")  # noqa: S608 (fixed names)
    manager = next(p for p in shop.daemon.staff.people() if p.name_en == MANAGER)
    count = stocktake.current(shop.box, "demo")
    if count is not None:
        stocktake.drop(shop.box, count, By(manager, "1", "demo"))
    for desk in shop.daemon.app.extensions["tillbox.stock"].values():
        desk.leave()
        desk.tab, desk.notice, desk.touched = "delivery", None, ""


@pytest.fixture
def screen(stocked: Shop, browser: Browser, windows: ExitStack) -> Counterman:
    """The manager at lane 1's stock screen, in English, at 1280 x 800."""
    return at(stocked, browser, windows)


@pytest.fixture(scope="session")
def full_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shop, Wares]]:
    """A shop of its own with goods that ask for something, every kind of payment, and shifts opened by hand."""
    shop = Shop(Path(tmp_path_factory.mktemp("full")), free_port(), days=2)
    shop.start()
    wares = widen(shop)
    yield shop, wares
    shop.stop()
