"""Voiding the last sale: the exact negative, once, with somebody's word for it."""

from __future__ import annotations

from typing import Any

import pytest
from peewee import OperationalError

from edge import voids
from edge.box import new_epoch
from edge.errors import ShopError
from edge.staff import MAX_WAIT_S
from tests.edge.shop import BREAD, MILK, WINE, Hands, Shop, label


def refused(slug: str, hands: Hands, sale: str, **args: Any) -> None:
    with pytest.raises(ShopError) as caught:
        hands.void(sale, **args)
    assert caught.value.slug == slug


def voids_of(shop: Shop) -> int:
    return int(shop.one("SELECT COUNT(*) FROM sale WHERE kind = 'void'"))


@pytest.mark.fault("F101")
def test_a_void_is_the_exact_negative_of_its_sale(shop: Shop, till: Hands) -> None:
    shop.setting("cash", {"step": 10, "mode": "down", "notes": []})
    sale = till.sell([MILK, MILK, label(grams=1_255), BREAD], "silver")
    till.void(sale.uid)
    original, void = shop.ask("SELECT id FROM sale WHERE lane = '1' ORDER BY id")
    for columns, table in (
        ("total, tax, saving, rounding, points, score", "sale WHERE id"),
        ("qty, discount, total, tax", "sale_line WHERE sale"),
        ("gross, tax", "sale_tax WHERE sale"),
        ("points, score", "ledger WHERE sale"),
    ):
        before = shop.ask(f"SELECT {columns} FROM {table} = ?", *original)
        after = shop.ask(f"SELECT {columns} FROM {table} = ?", *void)
        assert after == [tuple(-value for value in values) for values in before], table
        assert before, table
    assert shop.ask("SELECT SUM(received - change) FROM tender WHERE sale IN (?, ?)", *original, *void) == [(0,)]
    assert shop.ask("SELECT n, original_n FROM sale_line WHERE sale = ?", *void) == [(1, 1), (2, 2), (3, 3)]


def test_after_it_everything_is_as_before_the_sale(shop: Shop, till: Hands) -> None:
    stock, member = shop.ask("SELECT * FROM stock ORDER BY 1"), shop.member("gold")
    standing = shop.ask("SELECT SUM(points), SUM(score) FROM ledger WHERE member = ?", member)
    till.void(till.sell([MILK, WINE], "gold").uid)
    assert shop.ask("SELECT * FROM stock ORDER BY 1") == stock
    assert shop.ask("SELECT SUM(points), SUM(score) FROM ledger WHERE member = ?", member) == standing


@pytest.mark.fault("F65")
def test_a_tier_is_left_again_when_the_sale_that_reached_it_is_voided(shop: Shop, till: Hands) -> None:
    done = till.sell(["HAMPER"], "bronze")
    assert till.attach("bronze")["member"]["tier"] == "silver"
    till.do("member/detach")
    till.void(done.uid)
    member = till.attach("bronze")["member"]
    assert (member["tier"], member["points"], member["score"], member["to_next"]) == ("bronze", 0, 0, 1_000)


def test_the_reversal_names_the_lot_and_the_entry_it_undoes(shop: Shop, till: Hands) -> None:
    till.void(till.sell([WINE], "gold").uid)
    earned, reversed_ = shop.ask(
        "SELECT id, lot, reason, reverses, expires_on, rule_version FROM ledger ORDER BY id DESC LIMIT 2"
    )[::-1]
    assert (earned[2], reversed_[2], reversed_[3], reversed_[1]) == ("earn", "reverse", earned[0], earned[1])
    assert reversed_[4:] == earned[4:]


def test_it_is_a_document_with_the_next_number_and_says_who_and_why(shop: Shop, till: Hands) -> None:
    sale = till.sell()
    till.void(sale.uid, reason="  customer left  ")
    found = shop.ask("SELECT number, staff, approver, reason, original FROM sale WHERE kind = 'void'")[0]
    assert found == (2, shop.person("cashier").id, shop.person("manager").id, "customer left", sale.sale)
    assert shop.numbers() == [1, 2]


@pytest.mark.fault("F90")
def test_voiding_twice_undoes_once(shop: Shop, till: Hands) -> None:
    sale = till.sell()
    till.void(sale.uid, id="tap")
    till.void(sale.uid, id="tap")
    assert voids_of(shop) == 1
    refused("void_twice", till, sale.uid)
    assert voids_of(shop) == 1


def test_the_same_tap_after_a_restart_is_answered_not_done_again(shop: Shop, till: Hands) -> None:
    sale = till.sell()
    till.void(sale.uid, id="tap")
    shop.restart()
    notice = shop.tills["1"].void(sale.uid, id="tap")["notice"]
    said = {"receipt": "S01-1-1-000002", "back": "Give back ¥12.50 in cash"}
    assert (notice["slug"], notice["params"]) == ("voided", said)
    assert voids_of(shop) == 1


def test_a_tap_that_carries_another_documents_name_voids_nothing_and_says_so(shop: Shop, till: Hands) -> None:
    """The command's id becomes the void's uid; one that is taken must not look like a void that was done."""
    first, last = till.sell(), till.sell()
    with pytest.raises(ShopError):
        till.void(last.uid, id=first.uid)
    assert voids_of(shop) == 0


def test_only_the_last_sale_can_be_voided(shop: Shop, till: Hands, other_till: Hands) -> None:
    first, last = till.sell(), till.sell()
    other_till.sell()
    refused("void_not_last", till, first.uid)
    till.void(last.uid)
    refused("void_not_last", till, first.uid)


def test_the_last_sale_before_a_restored_box_is_not_the_last_once_something_was_sold_since(
    shop: Shop, till: Hands
) -> None:
    old = till.sell()
    with shop.box.transaction() as db:
        new_epoch(db, shop.env, "restore")
    shop.restart()
    till = shop.tills["1"]
    till.sell()
    assert shop.numbers(series=2) == [1]
    refused("void_not_last", till, old.uid)


def test_a_restored_box_voids_in_its_own_series(shop: Shop, till: Hands) -> None:
    done = till.sell()
    with shop.box.transaction() as db:
        new_epoch(db, shop.env, "restore")
    shop.restart()
    till = shop.tills["1"]
    till.void(done.uid)
    assert shop.ask("SELECT series, number FROM sale WHERE kind = 'void'") == [(2, 1)]


def test_a_void_cannot_be_voided(shop: Shop, till: Hands) -> None:
    sale = till.sell()
    till.void(sale.uid)
    void = shop.one("SELECT uid FROM sale WHERE kind = 'void'")
    refused("void_kind", till, void)


def test_another_lanes_sale_is_unknown_here(shop: Shop, till: Hands, other_till: Hands) -> None:
    sale = till.sell()
    refused("sale_unknown", other_till, sale.uid)
    refused("sale_unknown", till, "no such sale")


# -- approval ---------------------------------------------------------------------------------------------------------


def test_a_cashier_needs_somebody_who_may(shop: Shop, till: Hands) -> None:
    sale = till.sell()
    refused("approval_other", till, sale.uid, role="cashier")
    assert voids_of(shop) == 0
    till.void(sale.uid, role="manager")
    assert voids_of(shop) == 1


def test_a_manager_approves_by_the_own_pin(shop: Shop, other_till: Hands) -> None:
    other_till.void(other_till.sell().uid, role="manager")
    assert shop.ask("SELECT staff = approver FROM sale WHERE kind = 'void'") == [(1,)]


@pytest.mark.fault("F110")
def test_a_wrong_pin_voids_nothing_and_guessing_is_slow(shop: Shop, till: Hands) -> None:
    sale = till.sell()
    for _ in range(5):
        refused("pin_wrong", till, sale.uid, pin="000001")
    refused("pin_wait", till, sale.uid)
    assert voids_of(shop) == 0
    shop.clock.advance(MAX_WAIT_S)
    till.void(sale.uid)
    assert voids_of(shop) == 1


def test_a_void_needs_a_reason(shop: Shop, till: Hands) -> None:
    refused("reason_missing", till, till.sell().uid, reason="  ")
    assert voids_of(shop) == 0


# -- all or nothing ---------------------------------------------------------------------------------------------------


@pytest.mark.fault("F01")
@pytest.mark.parametrize("step", ["record_document", "store_document", "enqueue_prints"])
def test_a_void_that_breaks_leaves_no_trace_and_no_gap(
    shop: Shop, till: Hands, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    sale = till.sell([WINE], "gold")
    stock, ledger = shop.ask("SELECT * FROM stock"), shop.ask("SELECT * FROM ledger")

    def broken(*args: Any, **named: Any) -> Any:
        raise OperationalError("disk I/O error")

    with monkeypatch.context() as patched:
        patched.setattr(voids, step, broken)
        with pytest.raises(OperationalError):
            till.void(sale.uid, id="tap")
    assert (shop.ask("SELECT * FROM stock"), shop.ask("SELECT * FROM ledger")) == (stock, ledger)
    till.void(sale.uid, id="tap")
    assert voids_of(shop) == 1
    assert shop.numbers() == [1, 2]


def test_a_training_sale_is_voided_as_training(shop: Shop, training_till: Hands) -> None:
    stock = shop.ask("SELECT * FROM stock")
    training_till.void(training_till.sell().uid)
    assert shop.numbers("3", 0) == [1, 2]
    assert shop.ask("SELECT * FROM stock") == stock
    assert {mode for (mode,) in shop.ask("SELECT mode FROM sale WHERE lane = '3'")} == {"training"}


@pytest.mark.fault("F100")
def test_a_wrong_member_after_paying_is_put_right_by_a_void_with_its_reason(shop: Shop, till: Hands) -> None:
    done = till.sell([MILK], "gold")
    till.void(done.uid, reason="wrong member")
    again = till.sell([MILK], "bronze")
    standing = "SELECT COALESCE(SUM(points), 0) FROM ledger WHERE member = ? AND sale >= ?"
    assert shop.one(standing, shop.member("gold"), done.sale) == 0
    assert shop.one(standing, shop.member("bronze"), done.sale) == again.points > 0
    assert shop.ask("SELECT reason FROM sale WHERE kind = 'void'") == [("wrong member",)]


@pytest.mark.fault("F100")
def test_or_if_it_is_not_the_last_by_a_return_which_takes_exactly_its_points(shop: Shop, till: Hands) -> None:
    done = till.sell([MILK], "gold")
    till.sell([BREAD])
    till.do("return/open", receipt=done.receipt)
    till.do("return/take", line=1)
    till.do("pay", tenders=[{"kind": "cash", "received": 1_150}])
    left = "SELECT SUM(points) FROM ledger WHERE member = ? AND sale >= ?"
    assert shop.one(left, shop.member("gold"), done.sale) == 0
