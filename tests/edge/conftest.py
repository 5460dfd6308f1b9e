"""The small shop of tests/edge/shop.py, fresh for each test (built once, copied)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.edge.shop import Hands, Shop, build, copy_of
from tests.edge.stockroom import Counterman, Room


@pytest.fixture(scope="session")
def built_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the shop on its first morning; only for copying."""
    folder = tmp_path_factory.mktemp("shop") / "data"
    build(folder)
    return folder


@pytest.fixture
def new_shop(built_shop: Path, tmp_path: Path) -> Iterator[Callable[[], Shop]]:
    """Gives another copy of the shop at each call."""
    made: list[Shop] = []

    def make() -> Shop:
        made.append(Shop(copy_of(built_shop, tmp_path / f"data-{len(made)}")))
        return made[-1]

    yield make
    for shop in made:
        shop.close()


@pytest.fixture
def shop(new_shop: Callable[[], Shop]) -> Shop:
    """The shop, with nobody logged in."""
    return new_shop()


@pytest.fixture
def till(shop: Shop) -> Hands:
    """Lane 1 with the cashier at work."""
    hands = shop.tills["1"]
    hands.log_in()
    return hands


@pytest.fixture
def other_till(shop: Shop) -> Hands:
    """Lane 2, with the manager at work."""
    hands = shop.tills["2"]
    hands.log_in("manager")
    return hands


@pytest.fixture
def training_till(shop: Shop) -> Hands:
    """Lane 3, where nothing counts."""
    hands = shop.tills["3"]
    hands.log_in()
    return hands


@pytest.fixture
def room(shop: Shop) -> Room:
    """The shop's stock room."""
    return Room(shop)


@pytest.fixture
def screen(room: Room) -> Counterman:
    """The stock screen of lane 1, with the manager before it."""
    return Counterman(room.shop)
