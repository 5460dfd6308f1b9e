"""The one line that a receipt may carry for its member: calm, counted with all that is offered, never on a copy."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from edge import receipts, restraint
from edge.base.document import Text
from edge.recommend import declines
from tests.edge.recommend.conftest import Buyer
from tests.edge.shop import Shop

TIER, NEXT_TIME = "more tier score to", "For the next time:"


def printed(shop: Shop) -> list[str]:
    """Every text line of the newest receipt, once its paper was made."""
    spooler = shop.spooler()
    while spooler.print_next():
        pass
    return texts(shop)


def texts(shop: Shop, copy_no: int = 0) -> list[str]:
    sale = shop.one("SELECT MAX(id) FROM sale")
    return [item.text for item in receipts.compose(shop.box, sale, copy_no, 0).items if isinstance(item, Text)]


def words(lines: list[str]) -> list[str]:
    return [line for line in lines if TIER in line or NEXT_TIME in line]


@pytest.fixture
def anna(shop: Shop, buyer: Callable[..., Buyer]) -> Buyer:
    """Who buys milk and bread each week."""
    made = buyer("bronze")
    made.buys("MILK", "BREAD", times=4)
    printed(shop)
    shop.clock.advance(8 * 86_400)
    shop.tills["1"].log_in()
    return made


def test_one_thing_for_the_next_time(shop: Shop, anna: Buyer) -> None:
    anna.buys("GUM")
    (line,) = words(printed(shop))
    assert line.startswith(NEXT_TIME)
    assert shop.one("SELECT COUNT(*) FROM offer_shown WHERE surface = 'receipt'") == 2, "the one before, and this"


def test_near_the_next_tier_that_is_the_word(shop: Shop, buyer: Callable[..., Buyer]) -> None:
    shop.db.execute_sql(
        "INSERT INTO ledger (member, lot, points, score, reason, rule_version, at_us) "
        "VALUES (?, 1, 0, 900, 'adjust', 0, 0)",
        (shop.member("bronze"),),
    )
    buyer("bronze").buys("GUM")
    assert words(printed(shop)) == ["97 more tier score to Silver."]


def test_a_copy_carries_none_and_the_paper_made_again_the_same(shop: Shop, anna: Buyer) -> None:
    anna.buys("GUM")
    said = words(printed(shop))
    assert len(said) == 1 and words(texts(shop)) == said
    assert words(texts(shop, copy_no=1)) == []


def test_what_no_printer_made_was_not_said(shop: Shop, anna: Buyer) -> None:
    anna.buys("GUM")
    assert words(texts(shop)) == []


def test_what_was_shown_today_is_not_said_again_on_paper(shop: Shop, anna: Buyer) -> None:
    for sku in ("MILK", "BREAD"):
        restraint.offer(shop.box, anna.id, "kiosk", f"product:{shop.product(sku).id}", "visit")
    anna.buys("GUM", every_days=0)
    assert words(printed(shop)) == []


def test_no_member_no_consent_no_practice_no_return(shop: Shop, buyer: Callable[..., Buyer]) -> None:
    bea = buyer("bronze")
    bea.buys("MILK", times=4)
    bea.agrees(False)
    bea.buys("GUM")
    assert words(printed(shop)) == []
    bea.agrees()
    till = shop.tills["1"]
    till.void(till.sell().uid)
    assert words(printed(shop)) == []


def test_the_caps_and_the_quiet_after_a_no_hold_for_paper_too(shop: Shop, anna: Buyer) -> None:
    for n in range(shop.box.rules.restraint.day):
        restraint.offer(shop.box, anna.id, "kiosk", f"product:{90 + n}", "visit")
    anna.buys("GUM", every_days=0)
    assert words(printed(shop)) == []
    shop.clock.advance(8 * 86_400)
    shop.tills["1"].log_in()
    with shop.box.transaction():
        declines.decline(shop.box, anna.id, 1, "kiosk")
    anna.buys("GUM", every_days=0)
    assert words(printed(shop)) == []


def test_the_shop_may_leave_it_out(shop: Shop, anna: Buyer) -> None:
    now = {"day": 6, "week": 20, "lane_day": 30, "quiet_days": 90, "rest_days": 7}
    shop.setting("restraint", {**now, "receipt": False})
    anna.buys("GUM")
    assert words(printed(shop)) == []


def test_consent_that_was_withdrawn_takes_it_off_what_is_made_again(shop: Shop, anna: Buyer) -> None:
    anna.buys("GUM")
    assert words(printed(shop))
    anna.agrees(False)
    assert words(texts(shop)) == []
