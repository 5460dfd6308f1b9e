"""A shop's day at one till: every tap is counted against the budgets of the screen's contract, and in the evening the Z
report is what the documents say."""

from __future__ import annotations

from contextlib import ExitStack

import orjson
from playwright.sync_api import Browser

from tests.web.cashier import Cashier
from tests.web.day import FLOAT, Day
from tests.web.shop import CASHIER, Shop
from tests.web.wares import Wares


def test_a_whole_day_at_the_till(full_shop: tuple[Shop, Wares], browser: Browser) -> None:
    shop, wares = full_shop
    first = shop.box.db.execute_sql("SELECT COALESCE(MAX(id), 0) FROM sale").fetchone()[0]
    with ExitStack() as windows:
        till = Cashier.at(shop, browser, windows, CASHIER, "en")
        day = Day(till, wares)
        day.open_shift()
        for sale in (
            day.three_items, day.an_odd_amount, day.by_card, day.a_member_by_card, day.a_member_by_phone,
            day.more_of_one, day.a_line_taken_out_and_back, day.a_serial_number, day.a_lot, day.an_open_price,
            day.someone_old_enough, day.someone_too_young, day.the_age_is_asked_again_before_paying,
            day.a_deposit_and_empty_bottles, day.weighed_goods_in_a_bowl, day.another_price,
            day.a_small_discount_alone, day.a_large_discount_with_a_badge, day.a_note, day.a_held_cart,
            day.card_and_cash, day.a_gift_card_is_filled_and_pays, day.on_account_and_paid_off,
            day.the_last_receipt_again, day.a_void, day.a_return, day.an_exchange, day.a_return_without_receipt,
            day.the_drawer, day.a_receipt_found_and_copied, day.three_items, day.by_card,
        ):  # fmt: skip
            sale()
        day.next()
        day.x_report()
        assert day.sold >= 33
        day.close_shift(in_the_drawer(shop))
        till.see("#closed-word", "Exactly right")
        till.tap("#closed [data-close]")
        till.wrong = [each for each in till.wrong if "status of 4" not in each]
    the_books_agree(shop, first, day.sold)


def in_the_drawer(shop: Shop) -> int:
    """The coins that lie there: float, cash of the documents, put in and taken out."""
    ask = shop.box.db.execute_sql
    shift = ask("SELECT id FROM shift WHERE lane = '1' AND closed_us IS NULL").fetchone()[0]
    paid = (
        "SELECT COALESCE(SUM(t.amount), 0) FROM tender t JOIN sale s ON s.id = t.sale "
        "WHERE s.shift = ? AND t.kind = 'cash'"
    )
    moved = "SELECT COALESCE(SUM(iif(kind = 'out', -amount, amount)), 0) FROM cash_move WHERE shift = ?"
    return FLOAT + int(ask(paid, (shift,)).fetchone()[0]) + int(ask(moved, (shift,)).fetchone()[0])


def the_books_agree(shop: Shop, first: int, documents: int) -> None:
    """The Z report is the sum of the day's documents; their receipt numbers have no gap."""
    ask = shop.box.db.execute_sql
    body = ask("SELECT body FROM z_report WHERE lane = '1' ORDER BY number DESC LIMIT 1").fetchone()[0]
    z = orjson.loads(body)
    kinds = dict(ask("SELECT kind, COUNT(*) FROM sale WHERE id > ? GROUP BY kind", (first,)).fetchall())
    assert (z["sales"], z["returns"], z["voids"]) == (kinds["sale"], kinds["return"], kinds["void"])
    assert sum(kinds.values()) == documents and kinds["return"] >= 2
    total, rounding = ask("SELECT SUM(total), SUM(rounding) FROM sale WHERE id > ?", (first,)).fetchone()
    assert z["net"] == total and sum(z["tenders"].values()) == total + rounding
    assert z["gross"] - z["refunds"] - z["voided"] == z["net"]
    assert sum(category["total"] for category in z["categories"]) == z["net"]
    tax = ask("SELECT SUM(x.tax) FROM sale_tax x WHERE x.sale > ?", (first,)).fetchone()[0]
    assert sum(group["tax"] for group in z["taxes"]) == tax
    assert z["no_sales"] == 1 and (z["cash_in"], z["cash_out"]) == (5_000, 2_000)
    numbers = [n for (n,) in ask("SELECT number FROM sale WHERE id > ? AND lane = '1' ORDER BY id", (first,))]
    assert numbers == list(range(numbers[0], numbers[0] + documents))
