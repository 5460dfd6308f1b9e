"""A receipt invites to say how it was only where headquarters has a page for customers, and each link is one sale's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edge.base import links
from edge.base.config import HqLink
from edge.base.document import Qr
from edge.receipts import compose, sale_id
from tests.edge.shop import MILK, Hands, Shop

KEY = b"k" * 32


def invitations(shop: Shop, uid: str) -> list[str]:
    items = compose(shop.box, sale_id(shop.box, uid)).items
    return [item.data for item in items if isinstance(item, Qr) and "/say/" in item.data]


@pytest.fixture
def sale(shop: Shop, till: Hands) -> str:
    till.sell((MILK,))
    return str(shop.one("SELECT uid FROM sale ORDER BY id DESC LIMIT 1"))


def test_without_a_page_for_customers_no_receipt_invites(shop: Shop, sale: str) -> None:
    assert invitations(shop, sale) == []
    shop.box.config = replace(shop.box.config, hq=HqLink("127.0.0.1", 1, "box-1", "x", KEY))
    assert invitations(shop, sale) == []


def test_the_invitation_is_signed_for_this_sale_alone(shop: Shop, sale: str) -> None:
    hq = HqLink("127.0.0.1", 1, "box-1", "x", KEY, public="https://hq.example.com")
    shop.box.config = replace(shop.box.config, hq=hq)
    (link,) = invitations(shop, sale)
    assert link.startswith("https://hq.example.com/say/box-1/")
    *_, box, uid, signature = link.split("/")
    assert uid == sale and links.fits(KEY, box, uid, signature)
    assert not links.fits(b"other", box, uid, signature) and not links.fits(KEY, "box-2", uid, signature)
