"""`sudo tillbox maintain` leaves nothing behind that the till's own user could not write."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge.cli import owner

CALLS = ("setgroups", "setgid", "setuid")


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, object]]:
    """What the system was asked, in order; it does nothing."""
    found: list[tuple[str, object]] = []
    for name in CALLS:
        monkeypatch.setattr(os, name, lambda value, name=name: found.append((name, value)))
    return found


def owned_by(path: Path, uid: int, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = type("Facts", (), {"st_uid": uid, "st_gid": uid + 1})()
    real = Path.stat
    monkeypatch.setattr(Path, "stat", lambda self, **more: facts if self == path else real(self, **more))


def test_root_goes_on_as_the_owner_of_the_data_groups_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: list[tuple[str, object]]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    owned_by(tmp_path, 990, monkeypatch)
    owner.become(tmp_path)
    assert said == [("setgroups", []), ("setgid", 991), ("setuid", 990)]


@pytest.mark.parametrize(("me", "its"), [(1000, 990), (990, 990), (0, 0)])
def test_nobody_else_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: list[tuple[str, object]], me: int, its: int
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: me)
    owned_by(tmp_path, its, monkeypatch)
    owner.become(tmp_path)
    owner.become(tmp_path / "not there")
    assert said == []
