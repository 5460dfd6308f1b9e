"""Forward decay gives what decaying every purchase anew would give, after ten years and under any clock."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from peewee import SqliteDatabase

from edge.base.sqlite import row, rows
from edge.db import execute_script
from edge.migrations import __file__ as migrations
from edge.recommend import model

DAY_US = 86_400 * 1_000_000
NOW = 1_795_327_200_000_000


def empty() -> SqliteDatabase:
    """Only the learned tables, in memory."""
    from pathlib import Path

    db = SqliteDatabase(":memory:")
    db.execute_sql("CREATE TABLE member (id INTEGER PRIMARY KEY)")
    execute_script(db, (Path(migrations).parent / "0003_recommend.sql").read_text())
    return db


def weights(db: SqliteDatabase, now_us: int, member: int = 1) -> dict[int, tuple[float, float]]:
    """product -> (decayed by time, decayed by basket) as of now."""
    found = row(db, "SELECT baskets, origin_us, origin_basket FROM model_member WHERE member = ?", (member,))
    assert found is not None
    by_time = model.scale((found[1] - now_us) / model.HALF_LIFE_US)
    by_basket = model.scale((found[2] - found[0]) * model.BITS_A_BASKET)
    sql = "SELECT product, w, wb FROM model_buy WHERE member = ?"
    return {product: (w * by_time, wb * by_basket) for product, w, wb in rows(db, sql, (member,))}


def directly(baskets: list[tuple[int, list[int]]], now_us: int) -> dict[int, tuple[float, float]]:
    """The definition: every purchase decayed from then to now."""
    found: dict[int, tuple[float, float]] = {}
    for number, (at_us, products) in enumerate(baskets, 1):
        for product in products:
            w, wb = found.get(product, (0.0, 0.0))
            time, steps = 0.5 ** ((now_us - at_us) / model.HALF_LIFE_US), 0.97 ** (len(baskets) - number)
            found[product] = (w + time, wb + steps)
    return found


def bought(db: SqliteDatabase, baskets: list[tuple[int, list[int]]]) -> None:
    for at_us, products in baskets:
        model.add_purchase(db, 1, at_us, products)


@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.lists(st.integers(1, 5), min_size=1, max_size=4, unique=True)),
        min_size=1,
        max_size=25,
    )
)
def test_it_is_the_definition(steps: list[tuple[int, list[int]]]) -> None:
    day, baskets = 0, []
    for after, products in steps:
        day += after
        baskets.append((NOW + day * DAY_US, products))
    db, now = empty(), NOW + day * DAY_US
    bought(db, baskets)
    found, expected = weights(db, now), directly(baskets, now)
    assert found.keys() == expected.keys()
    for product, values in expected.items():
        assert found[product] == pytest.approx(values, rel=1e-9, abs=1e-12)


def test_ten_years_of_daily_shopping_stay_finite_and_right() -> None:
    baskets = [(NOW + day * DAY_US, [1, 2] if day % 2 else [1]) for day in range(3653)]
    db, now = empty(), baskets[-1][0]
    bought(db, baskets)
    biggest = row(db, "SELECT max(w), max(wb) FROM model_buy")
    assert biggest is not None and all(value < 2**50 for value in biggest)
    member = row(db, "SELECT origin_us, origin_basket FROM model_member")
    assert member is not None and member[0] > NOW and member[1] > 1, "the origins have moved up"
    expected = directly(baskets, now)
    for product, values in weights(db, now).items():
        assert values == pytest.approx(expected[product], rel=1e-9)


def test_without_moved_origins_a_long_life_would_overflow() -> None:
    """The fault that the origins are there for: a century of baskets, a thousand a year."""
    db = empty()
    bought(db, [(NOW + n * DAY_US * 365 // 1000, [1]) for n in range(100_000)][::2500])
    for _ in range(30_000):
        model.add_purchase(db, 2, NOW, [1])
    assert all(math.isfinite(value) for pair in rows(db, "SELECT w, wb FROM model_buy") for value in pair)


@pytest.mark.fault("F22")
@pytest.mark.parametrize("at_us", [0, NOW, 4_102_444_800_000_000, 2**62])
def test_no_clock_breaks_the_weights(at_us: int) -> None:
    db = empty()
    bought(db, [(NOW, [1]), (at_us, [2]), (NOW + DAY_US, [1, 2])])
    assert all(math.isfinite(value) and value >= 0 for pair in weights(db, NOW + DAY_US).values() for value in pair)


def test_what_people_come_back_for_weighs_more() -> None:
    assert model.factor(buyers=50, extra=200) > model.factor(buyers=50, extra=5) > model.factor(buyers=500, extra=5)
    assert model.factor(0, 0) == pytest.approx(math.sqrt(6 / 20 + 0.05))


def test_forgetting_a_member_leaves_no_trace() -> None:
    db = empty()
    model.add_basket(db, [1, 2])
    model.add_purchase(db, 1, NOW, [1, 2])
    before = rows(db, "SELECT * FROM model_product ORDER BY product")
    model.add_purchase(db, 2, NOW, [2, 3])
    model.forget(db, 2)
    assert not rows(db, "SELECT * FROM model_buy WHERE member = 2")
    assert not rows(db, "SELECT * FROM model_member WHERE member = 2")
    assert [r for r in rows(db, "SELECT * FROM model_product ORDER BY product") if r[1]] == before


def test_pairs_count_both_ways_and_a_voided_basket_is_taken_out() -> None:
    db = empty()
    model.add_basket(db, [1, 2, 3])
    model.add_basket(db, [1, 2])
    assert rows(db, "SELECT n FROM model_pair WHERE (a, b) IN ((1, 2), (2, 1))") == [(2,), (2,)]
    model.add_basket(db, [1, 2, 3], sign=-1)
    assert rows(db, "SELECT a, b, n FROM model_pair ORDER BY a") == [(1, 2, 1), (2, 1, 1)]
    assert rows(db, "SELECT product, sales FROM model_product ORDER BY product") == [(1, 1), (2, 1)]


def test_a_monster_basket_has_a_bounded_number_of_pairs() -> None:
    db = empty()
    model.add_basket(db, list(range(1, 501)))
    found = row(db, "SELECT COUNT(*) FROM model_pair")
    assert found == (model.MAX_PAIRED * (model.MAX_PAIRED - 1),)
