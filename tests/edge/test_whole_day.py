"""A store's whole day in any order: whatever is sold, cut, given back, held, voided, counted, crashed or tapped twice,
the books agree, nothing is given back twice, and points never come from nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.edge.goods import top_up, widen
from tests.edge.shop import Shop, copy_of
from tests.edge.whole_day import WholeDay


@pytest.fixture
def day(built_shop: Path, tmp_path: Path) -> Iterator[type[WholeDay]]:
    """The machine, whose shop has more on its shelves."""
    folder = tmp_path / "wide"
    shop = Shop(copy_of(built_shop, folder), seed=4)  # or the day would give the same ids again
    widen(shop)
    shop.tills["1"].log_in()
    top_up(shop.tills["1"], 30_000)
    shop.close()
    WholeDay.template = folder
    yield WholeDay
    del WholeDay.template
    shutil.rmtree(folder)


@pytest.mark.fault("F90", "F91", "F100", "F101", "F102", "F105")
def test_the_books_agree_after_any_whole_day(day: type[WholeDay], soak: bool) -> None:
    run_state_machine_as_test(
        day,
        settings=settings(
            max_examples=2_000 if soak else 50, stateful_step_count=50 if soak else 40, deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
            report_multiple_bugs=False,
        ),
        _min_steps=30,  # left alone, half of the days are shorter
    )  # fmt: skip
