"""Rules for more points at the till: earned once, shown before, gone again with the very line that earned them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge import evidence
from edge.settings import DEFAULTS
from tests.edge.goods import CARD, COLA, pay_as_planned, quick_pins, take_back, top_up, widen
from tests.edge.points.purse import give, open_for_points
from tests.edge.shop import BREAD, GUM, MILK, Hands, Shop

NAME = {"zh-CN": "规则", "en": "Rule"}
DRINKS = {"id": "drinks", "name": NAME, "give": "times", "value": 30_000, "categories": ["drink"]}
GUM_PLUS = {"id": "gum", "name": NAME, "give": "plus", "value": 7, "skus": ["GUM"]}
NO_BREAD = {"id": "bread", "name": NAME, "give": "none", "skus": ["BREAD"]}
SUNDAY = {"id": "sunday", "name": NAME, "give": "times", "value": 20_000, "weekdays": [6]}


@pytest.fixture(autouse=True)
def wide(shop: Shop) -> Shop:
    widen(shop)
    quick_pins(shop)
    return shop


def rule(shop: Shop, *rules: dict[str, Any]) -> None:
    shop.setting("loyalty", {**deepcopy(DEFAULTS["loyalty"]), "earn": list(rules)})


def standing(shop: Shop, name: str = "bronze") -> tuple[int, int]:
    return shop.ask(
        "SELECT COALESCE(SUM(points), 0), COALESCE(SUM(score), 0) FROM ledger WHERE member = ?", shop.member(name)
    )[0]  # type: ignore[return-value]


def test_the_screen_says_before_what_the_sale_earns(shop: Shop, till: Hands) -> None:
    rule(shop, DRINKS, GUM_PLUS, NO_BREAD)
    till.attach("bronze")
    for code in (MILK, GUM, BREAD):
        till.scan(code)
    shown = till.view()["basket"]["points"]
    till.pay_cash()
    assert till.till.done is not None and till.till.done.points == shown
    # (11.50 × 3 + 3.33) of 24.78, of which 24.70 were paid in coins; 7 for the gum
    assert standing(shop) == (37 + 7, 14)


def test_without_rules_no_line_has_a_share(shop: Shop, till: Hands) -> None:
    till.sell([MILK, GUM], "bronze")
    rule(shop, SUNDAY)  # all lines alike: points follow the money
    till.sell([MILK, GUM], "bronze")
    assert shop.ask("SELECT * FROM line_points") == []
    assert standing(shop) == (14 + 29, 28)


def test_points_go_back_with_the_line_that_earned_them(shop: Shop, till: Hands) -> None:
    rule(shop, DRINKS, GUM_PLUS, NO_BREAD)
    receipt = till.sell([MILK, GUM, BREAD], "bronze").receipt
    shares = dict(shop.ask("SELECT n, points FROM line_points ORDER BY n"))
    assert shares == {1: 34, 2: 10, 3: 0} and standing(shop)[0] == 44
    take_back(till, receipt, n3=None)
    pay_as_planned(till)
    assert standing(shop)[0] == 44, "the bread earned nothing"
    take_back(till, receipt, n2=None)
    pay_as_planned(till)
    assert standing(shop)[0] == 34
    take_back(till, receipt, n1=None)
    pay_as_planned(till)
    assert standing(shop) == (0, 0)


def test_another_rule_in_between_changes_nothing_of_what_goes_back(shop: Shop, till: Hands) -> None:
    rule(shop, DRINKS)
    receipt = till.sell([MILK, BREAD], "bronze").receipt
    rule(shop, NO_BREAD)
    take_back(till, receipt, n1=None, n2=None)
    pay_as_planned(till)
    assert standing(shop) == (0, 0)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from([MILK, GUM, BREAD, "COLA"]), min_size=1, max_size=6),
    st.randoms(use_true_random=False),
    st.sampled_from(["bronze", "silver", "gold"]),
)
def test_a_sale_given_back_in_any_parts_leaves_nothing(
    shop: Shop, till: Hands, codes: list[str], random: Any, name: str
) -> None:
    rule(shop, DRINKS, GUM_PLUS, NO_BREAD)
    before = standing(shop, name)
    done = till.sell([code if code != "COLA" else COLA for code in codes], name)
    pieces = shop.ask(
        "SELECT n, qty / 1000 FROM sale_line WHERE sale = ? AND category NOT LIKE '#%'", done.sale
    )
    steps = [n for n, count in pieces for _ in range(count)]
    random.shuffle(steps)
    for n in steps:
        take_back(till, done.receipt, **{f"n{n}": 1_000})
        pay_as_planned(till)
    assert standing(shop, name) == before


def test_a_void_takes_all_of_it_back(shop: Shop, till: Hands) -> None:
    rule(shop, DRINKS, GUM_PLUS)
    done = till.sell([MILK, GUM], "bronze")
    till.void(done.uid)
    assert standing(shop) == (0, 0)


def test_deposits_and_stored_value_earn_nothing_by_any_rule(shop: Shop, till: Hands) -> None:
    everything = {**SUNDAY, "id": "all"}
    rule(shop, everything, {**DRINKS, "id": "both", "categories": ["drink", "#deposit", "deposit"]})
    top_up(till, 1_000)
    till.attach("bronze")
    till.scan(COLA)
    till.do("pay", tenders=[{"kind": "stored", "received": 300, "reference": CARD}, {"kind": "cash", "received": 50}])
    assert standing(shop) == (0, 0), "the coins paid the deposit"


def test_birthday_points_need_the_member_s_word(shop: Shop, till: Hands) -> None:
    rule(shop, {"id": "bday", "name": NAME, "give": "times", "value": 20_000, "birthday": 0})
    member = shop.member("bronze")
    shop.db.execute_sql("UPDATE member SET birthday = '11-22' WHERE id = ?", (member,))
    till.sell([MILK], "bronze")
    assert standing(shop) == (11, 11)
    shop.db.execute_sql(
        "INSERT INTO consent (member, purpose, granted, text_version, at_us, channel) "
        "VALUES (?, 'birthday', 1, 1, 0, 'till')", (member,),
    )  # fmt: skip
    till.sell([MILK], "bronze")
    assert standing(shop) == (11 + 23, 22)


def test_the_event_says_what_each_line_earned_and_the_rows_are_held_to_it(shop: Shop, till: Hands) -> None:
    rule(shop, DRINKS)
    done = till.sell([MILK, BREAD], "bronze")
    body = shop.one("SELECT body FROM journal WHERE body LIKE '%\"sale.completed\"%' ORDER BY id DESC LIMIT 1")
    assert '"shares":[{"n":1,"points":34,"score":' in body
    shop.db.execute_sql("UPDATE line_points SET points = 99 WHERE sale = ? AND n = 1", (done.sale,))
    assert "share_changed" in {finding.slug for finding in evidence.check(shop.box)}


def test_what_points_paid_earns_nothing_by_any_rule(shop: Shop, till: Hands) -> None:
    """Half of the drink is paid with points: half of its bonus and its multiplied points, and back by its line."""
    open_for_points(shop)
    rule(shop, DRINKS, {**GUM_PLUS, "id": "milk", "skus": ["MILK"], "value": 10})
    give(shop, 600, "bronze")
    till.attach("bronze")
    till.scan(MILK)
    till.do("pay", tenders=[{"kind": "points", "received": 575}, {"kind": "cash", "received": 570}])
    receipt = till.view()["done"]["receipt"]
    assert shop.ask("SELECT points, score FROM line_points") == [(17 + 4, 5)]  # 5.70 of 11.50
    assert standing(shop) == (600 - 575 + 21, 5)
    take_back(till, receipt, n1=None)
    pay_as_planned(till)
    assert standing(shop) == (600, 0)
