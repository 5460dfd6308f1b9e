"""A member who buys at the small shop, and one demo store with its two years for whole-store properties."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from edge.box import Box
from edge.consent import set_consent
from edge.recommend import learn
from tests.edge.demo.conftest import new_box
from tests.edge.shop import Shop

DAY = 86_400


class Buyer:
    """A member with consent, who buys at lane 1; learning is up to date after each thing she does."""

    def __init__(self, shop: Shop, name: str) -> None:
        self.shop, self.name, self.id = shop, name, shop.member(name)

    def agrees(self, granted: bool = True) -> None:
        with self.shop.box.transaction():
            set_consent(self.shop.box, self.id, "offers", granted, "till")
        learn.catch_up_fully(self.shop.box)

    def buys(self, *skus: str, times: int = 1, every_days: float = 7) -> str:
        """So many baskets, some days apart; returns the last one's uid."""
        hands = self.shop.tills["1"]
        if hands.session is None:
            hands.log_in()
        for _ in range(times):
            hands.attach(self.name)
            for sku in skus:
                hands.add(sku, **({"qty": 500} if sku == "APPLES" else {}))
            hands.pay_cash()
            self.shop.clock.advance(every_days * DAY)
            hands.log_in()
        learn.catch_up_fully(self.shop.box)
        assert hands.till.done is not None
        return hands.till.done.uid


@pytest.fixture
def buyer(shop: Shop) -> Callable[..., Buyer]:
    """buyer(name) -> a member of the shop who consents to offers."""

    def make(name: str = "bronze", consent: bool = True) -> Buyer:
        made = Buyer(shop, name)
        if consent:
            made.agrees()
        return made

    return make


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """The sample store with its two years, learned. Whoever changes it puts it back."""
    from edge.demo.fill import fill

    box = new_box(tmp_path_factory.mktemp("demo"))
    fill(box)
    yield box
    box.close()
