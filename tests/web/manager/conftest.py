"""Fixtures of the manager's desk."""

from __future__ import annotations

import pytest

from tests.web.manager.desk import Desk
from tests.web.shop import Shop


@pytest.fixture
def desk(shop: Shop) -> Desk:
    """A manager's requests, logged in at the desk."""
    return Desk(shop)
