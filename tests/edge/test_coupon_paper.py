"""A coupon on receipt paper: what it says in each language, and that a name is only ever text."""

from __future__ import annotations

import pytest

from edge import coupon_paper
from edge.base.document import Qr, Text
from edge.errors import ShopError
from tests.edge.shop import MILK, Hands, Shop
from tests.edge.test_coupons import coupon, shown, start


@pytest.mark.fault("F117")
@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_a_coupon_on_paper_says_what_until_when_and_how_often(shop: Shop, lang: str) -> None:
    start(shop, names={"zh-CN": "<b>满减", "en": "=1+<b>"})
    code = coupon(shop, member="silver", expires_on="2026-12-31")
    paper = coupon_paper.compose(shop.box, f"coupon:{code}", lang)
    assert [x.data for x in paper.items if isinstance(x, Qr)] == [code]
    words = [x.text for x in paper.items if isinstance(x, Text)]
    assert any("2026-12-31" in x for x in words) and any("<b>" in x for x in words)
    with shop.box.transaction():
        coupon_paper.queue(shop.box, "1", "printer-1", code, "job", lang)
    spooler = shop.spooler()
    assert spooler.print_next()
    assert shop.one("SELECT state FROM print_job WHERE uid = 'job'") in ("printed", "sent")


def test_a_name_with_control_characters_is_no_promotion(shop: Shop) -> None:
    for name in ("a\x1b@b", "a\nb", "a\x00", "\u202eabc"):
        with pytest.raises(ShopError, match="promotion_field"):
            start(shop, names={"zh-CN": name, "en": "x"})


def test_what_is_good_for_nothing_is_not_printed(shop: Shop, till: Hands) -> None:
    start(shop)
    code = coupon(shop)
    shown(till, MILK, MILK, code)
    till.pay_cash()
    with pytest.raises(ShopError, match="coupon_used"), shop.box.transaction():
        coupon_paper.queue(shop.box, "1", "printer-1", code, "job", "en")
