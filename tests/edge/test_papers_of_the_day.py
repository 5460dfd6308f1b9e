"""What the paper says of everything but a plain sale: returns, exchanges, discounts, notes, stored value, accounts."""

from __future__ import annotations

import pytest

from edge import report_paper, till_lines
from edge.shifts import current
from tests.edge.goods import BOTTLE, CARD, COLA, PHONE, pay_as_planned, take_back, top_up, widen
from tests.edge.shop import BREAD, GUM, MILK, Hands, Shop
from tests.edge.test_receipts import paper, said


@pytest.fixture
def till(shop: Shop) -> Hands:
    """Lane 1 with the cashier at work, in a shop with more on its shelves."""
    widen(shop)
    hands = shop.tills["1"]
    hands.log_in()
    return hands


def newest(shop: Shop) -> list[str]:
    """The lines of the newest document's receipt."""
    return said(paper(shop, shop.one("SELECT uid FROM sale ORDER BY id DESC LIMIT 1"))).splitlines()


def test_a_return_says_so_names_its_receipt_and_is_below_zero(shop: Shop, till: Hands) -> None:
    receipt = till.sell([MILK, MILK], "gold").receipt
    take_back(till, receipt, n1=1_000)
    pay_as_planned(till)
    lines = newest(shop)
    assert lines[:2] == ["Corner shop", "RETURN"]
    assert lines[4:7] == ["Milk 1 l | \u221212.50", f"  Back from receipt {receipt}", "  Member price | 1.00"]
    assert "Total | \u2212¥11.50" in lines and "Cash returned | ¥11.50" in lines
    assert not any(line.startswith("Change") for line in lines)
    assert "VAT 13% included | \u2212¥1.33" in lines


def test_an_exchange_shows_both_ways(shop: Shop, till: Hands) -> None:
    receipt = till.sell([MILK]).receipt
    take_back(till, receipt, n1=None)
    till.scan(BREAD)
    pay_as_planned(till)
    lines = newest(shop)
    assert lines[1] == "EXCHANGE"
    assert "Milk 1 l | \u221212.50" in lines and "Wholemeal bread | 9.95" in lines
    assert "Cash returned | ¥2.50" in lines and "Cash rounding | ¥0.05" in lines


def test_goods_without_a_receipt_are_told_so(shop: Shop, till: Hands) -> None:
    till.do("return/blind", product=shop.product("MILK").id, qty=1_000, price=1_000, reason="gift")
    till.approve()
    pay_as_planned(till)
    lines = newest(shop)
    assert lines[1] == "RETURN"
    assert "  Back without a receipt" in lines
    assert "Milk 1 l | \u221210.00" in lines


def test_empties_are_no_return(shop: Shop, till: Hands) -> None:
    till.do("empties", product=shop.product(BOTTLE).id, qty=3_000)
    pay_as_planned(till)
    lines = newest(shop)
    assert "RETURN" not in lines and "  Back without a receipt" not in lines
    assert "Bottle deposit | \u22121.50" in lines and "Cash returned | ¥1.50" in lines


def test_each_discount_stands_by_its_name(shop: Shop, till: Hands) -> None:
    till.attach("gold")
    till.scan(MILK)
    till.add("BREAD")
    till.do("line/discount", line=2, percent=1_000, reason="dented")
    till.do("discount", amount=100, reason="regular")
    till.pay_cash()
    lines = newest(shop)
    at = lines.index("Milk 1 l | 12.50")
    assert lines[at + 1 : at + 3] == ["  Member price | \u22121.00", "  Discount on the whole cart | \u22120.56"]
    at = lines.index("Wholemeal bread | 9.95")
    assert lines[at + 1 : at + 3] == ["  Discount on the whole cart | \u22120.44", "  Discount | \u22121.00"]


def test_what_expires_soon_is_told_on_receipt_and_report(shop: Shop, till: Hands) -> None:
    shop.setting("markdowns", [[3, 2_000]])
    till.scan(MILK)
    till.till.basket.change(1, **till_lines.dated(till.till, shop.product("MILK"), "", "2026-11-23"))
    till.pay_cash()
    assert "  Reduced, expires soon | \u22122.50" in newest(shop)
    shift = current(shop.box, "1")
    assert shift is not None
    assert "Reduced, expires soon | \u2212¥2.50" in said(report_paper.compose(shop.box, f"x:{shift.id}", "en"))


def test_another_price_stands_beside_the_shelfs(shop: Shop, till: Hands) -> None:
    till.scan(MILK)
    till.do("line/price", line=1, price=1_000, reason="last one")
    till.approve()
    till.pay_cash()
    lines = newest(shop)
    at = lines.index("Milk 1 l | 10.00")
    assert lines[at + 1] == "  Shelf price 12.50"
    assert "last one" not in "\n".join(lines)  # why is the shop's business


def test_a_lines_note_and_serial_number_are_the_customers_proof(shop: Shop, till: Hands) -> None:
    till.add(PHONE)
    till.do("line/trace", line=1, serial="SN-4711")
    till.scan(GUM)
    till.do("line/note", line=2, note="for the party")
    till.pay_cash()
    lines = newest(shop)
    assert "  Serial number SN-4711" in lines and "  Note: for the party" in lines


def test_a_deposit_is_a_line_of_its_own(shop: Shop, till: Hands) -> None:
    till.add(COLA, 2_000)
    till.pay_cash()
    lines = newest(shop)
    at = lines.index("Bottle deposit | 1.00")
    assert lines[at + 1] == "  2 × 0.50"


def test_stored_value_tells_what_is_left_and_never_the_whole_number(shop: Shop, till: Hands) -> None:
    top_up(till, 5_000)
    charged = newest(shop)
    till.scan(MILK)
    till.do("pay", tenders=[{"kind": "stored", "received": 1_250, "reference": CARD}])
    paid = newest(shop)
    at = charged.index("Stored value | 50.00")
    assert charged[at + 1 : at + 3] == [f"  Card ending in {CARD[-4:]}", "  Balance ¥50.00"]
    at = paid.index("Stored value | ¥12.50")
    assert paid[at + 1 : at + 3] == [f"  Card ending in {CARD[-4:]}", "  Balance ¥37.50"]
    assert CARD not in "\n".join(charged + paid)


def test_an_old_receipt_keeps_the_balance_of_its_day(shop: Shop, till: Hands) -> None:
    top_up(till, 5_000)
    uid = shop.one("SELECT uid FROM sale ORDER BY id DESC LIMIT 1")
    before = paper(shop, uid)
    top_up(till, 700)
    assert paper(shop, uid) == before


def test_what_goes_back_onto_a_card_says_so(shop: Shop, till: Hands) -> None:
    top_up(till, 5_000)
    till.scan(MILK)
    till.do("pay", tenders=[{"kind": "stored", "received": 1_250, "reference": CARD}])
    receipt = till.view()["done"]["receipt"]
    take_back(till, receipt, n1=None)
    pay_as_planned(till)
    lines = newest(shop)
    at = lines.index("Returned to stored value | ¥12.50")
    assert lines[at + 2] == "  Balance ¥50.00"


def test_an_account_tells_the_debt_and_wants_a_signature(shop: Shop, till: Hands) -> None:
    till.attach("gold")
    till.scan(MILK)
    till.do("pay", tenders=[{"kind": "account", "received": 1_150}])
    till.approve()
    bought = newest(shop)
    till.attach("gold")
    till.do("account/pay", amount=1_000)
    till.pay_cash()
    paid = newest(shop)
    assert "On account | ¥11.50" in bought and "Owed on account in all | ¥11.50" in bought
    assert bought[bought.index("Owed on account in all | ¥11.50") + 1].startswith("Signature")
    assert "Account payment | 10.00" in paid and "Owed on account in all | ¥1.50" in paid
    assert not any(line.startswith("Signature") for line in paid)


def test_a_void_of_cuts_and_stored_value_says_it_all_backwards(shop: Shop, till: Hands) -> None:
    top_up(till, 5_000)
    till.scan(MILK)
    till.do("line/discount", line=1, amount=100, reason="dented")
    till.do("pay", tenders=[{"kind": "stored", "received": 1_150, "reference": CARD}])
    till.void(shop.one("SELECT uid FROM sale ORDER BY id DESC LIMIT 1"))
    lines = newest(shop)
    assert "Milk 1 l | \u221212.50" in lines and "  Discount | 1.00" in lines
    assert "Returned to stored value | ¥11.50" in lines and "  Balance ¥50.00" in lines
    assert not any("Back from" in line for line in lines)


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_everything_has_words_in_both_languages(shop: Shop, lang: str) -> None:
    till = shop.tills["1"]
    till.log_in(lang=lang)
    widen(shop)
    top_up(till, 5_000)
    till.attach("gold")
    till.scan(MILK)
    till.add(COLA, 2_000)
    till.do("line/note", line=1, note="N")
    till.do("discount", percent=500, reason="R")
    left = till.view()["basket"]["total"]
    till.do("tender/take", tender={"kind": "card", "received": 100})
    till.do("tender/take", tender={"kind": "stored", "received": 200, "reference": CARD})
    till.do("pay", tenders=[{"kind": "account", "received": left - 300}])
    till.approve()
    receipt = till.view()["done"]["receipt"]
    take_back(till, receipt, n1=None, n2=None)
    pay_as_planned(till)
    lines = newest(shop)
    if lang == "zh-CN":
        assert "退货单" in lines and "  退自小票 " + receipt in lines
        assert any(line.startswith("退回储值卡 | ") for line in lines)
        assert any(line.startswith("冲减挂账 | ") for line in lines)
        assert not any("Milk" in line or "Returned" in line for line in lines)
    else:
        assert any(line.startswith("Taken off the account | ") for line in lines)
