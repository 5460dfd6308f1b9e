"""`tillbox setting`: what can be switched without a page, and what it refuses."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from edge.cli import setting
from edge.errors import TillboxError
from tests.edge.shop import CONFIG, MILK, Hands, Shop


@pytest.fixture
def path(shop: Shop) -> Path:
    path = shop.folder / "tillbox.toml"
    path.write_text(CONFIG)
    return path


def run(path: Path, *given: str) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path)
    setting.add_arguments(parser)
    return setting.run(parser.parse_args(["--config", str(path), *given]), "en")


def test_all_are_shown_and_one_alone(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(path) == 0
    assert 'gs1 = {"on": false}' in capsys.readouterr().out.splitlines()
    assert run(path, "scan.repeat_window_ms") == 0
    assert capsys.readouterr().out == "400\n"


def test_a_till_that_runs_takes_the_change(path: Path, shop: Shop, till: Hands) -> None:
    code = f"010{MILK}17270131"
    assert till.scan(code)["notice"]["slug"] == "unknown_code"
    assert run(path, "gs1.on", "true") == 0
    shop.box.reload_rules()  # what the jobs thread does when the number of the settings changes
    assert till.scan(code)["basket"]["count"] == 1
    assert run(path, "gs1.on", "false") == 0
    assert shop.one("SELECT COUNT(*) FROM setting WHERE name = 'gs1' AND by_whom = 'technician'") == 2


def test_a_permission_is_switched_for_cashiers(path: Path, shop: Shop, till: Hands) -> None:
    assert run(path, "permissions.sale.void", "deny") == 0
    assert run(path, "permissions.drawer.open", "allow") == 0
    shop.box.reload_rules()
    assert shop.box.rules.permissions == {"sale.void": "deny", "drawer.open": "allow"}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("gs1.on", "yes"), "gs1.on must be true or false, not 'yes'"),
        (("scan.repeat_window_ms", "5001"), "must be a whole number between 0 and 5000, not '5001'"),
        (("tax.A", "0"), "'tax.A' can't be changed here; these can: cash.step, gs1.on, scan.repeat_window_ms"),
        (("staff.idle_min", "1"), "staff.idle_min must be a whole number between 2 and 15, not '1'"),
        (("permissions.sale.void", "maybe"), "permissions.sale.void must be one of allow, approve, deny, not 'maybe'"),
        (("permissions.sale.sell", "deny"), "'permissions.sale.sell' can't be changed here"),
        (("gs2.on",), "there is no setting 'gs2.on'; `tillbox setting` shows all"),
    ],
)
def test_what_is_wrong_is_said(path: Path, given: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(TillboxError) as raised:
        run(path, *given)
    assert sentence in str(raised.value)
