"""Points in two stores that are often apart: the sums agree once they meet, none come from nothing, and nobody is
overdrawn further than the shop chose to risk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.sync.two_books import TwoStores, widened
from tests.sync.two_stores import Chain, LentChain


@pytest.fixture
def template(tmp_path: Path) -> Iterator[Path]:
    folder = widened(tmp_path / "wide")
    TwoStores.template = folder
    yield folder
    del TwoStores.template
    shutil.rmtree(folder)


@pytest.mark.fault("F60", "F61", "F62", "F63", "F64", "F66")
@pytest.mark.parametrize("machine", [Chain, LentChain], ids=["caps", "leases"])
def test_points_agree_in_two_stores_whatever_happens(machine: type[TwoStores], template: Path, soak: bool) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=1_000 if soak else 12, stateful_step_count=40, deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
            report_multiple_bugs=False,
        ),
        _min_steps=20,
    )  # fmt: skip
