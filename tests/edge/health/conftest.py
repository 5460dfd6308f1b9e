"""A house to look at: the tests' small shop, with devices and headquarters as the test wants them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from edge.base.config import Config
from edge.health.base import Check, DeviceFact, Finding, House
from tests.edge.shop import Shop

ANSWERED = {
    "hq": True, "running": True, "connected": True, "pending": {"a": 0, "b": 0, "c": 0}, "last_ack_age_s": 4.0,
    "verdict": "ok", "refused": 0, "error": None,
}  # fmt: skip


@pytest.fixture
def house(shop: Shop) -> Iterator[House]:
    shop.config.data.chmod(0o700)
    for key in (shop.config.data / "keys").iterdir():
        key.chmod(0o600)
    yield House(shop.config.path, shop.config, "", shop.env, list, lambda: dict(ANSWERED), lambda: False)


def found(check: Check, house: House) -> list[tuple[str, str]]:
    """[(level, slug)] of a check."""
    return [(finding.level.value, finding.slug) for finding in check.run(house)]


def with_config(house: House, **changes: Any) -> House:
    assert house.config is not None
    config: Config = replace(house.config, **changes)
    return replace(house, config=config)


def with_devices(house: House, *facts: DeviceFact) -> House:
    return replace(house, devices=lambda: list(facts))


Look = Callable[[Check, House], list[Finding]]
