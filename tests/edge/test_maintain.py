"""The nightly care: backups that can be read, seven of them, never of a damaged database, and no sale waits for it."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from edge import maintain
from edge.base.i18n import LANGS, t
from edge.cli import main
from tests.edge.shop import Hands, Shop

DAY_S = 86_400


def outcomes(shop: Shop) -> list[str]:
    return [line.slug for line in maintain.care(shop.box, wait=False)]


def test_one_run_tells_a_line_for_each_step(shop: Shop) -> None:
    found = list(maintain.care(shop.box, wait=False))
    assert [line.slug for line in found] == [
        "whole", "erased", "saved", "copies", "tiers", "birthdays", "kept", "expired", "offers_forgotten", "pruned",
        "forgotten", "comments", "cut",
    ]  # fmt: skip
    for line in found:
        for lang in LANGS:
            assert "{" not in t(lang, f"maintain.{line.slug}", **line.params)


@pytest.mark.fault("F14")
def test_the_backup_is_a_whole_database_with_every_sale(shop: Shop, till: Hands) -> None:
    till.scan("6901234567892")
    outcomes(shop)
    (newest,) = maintain.backups(shop.folder)
    with sqlite3.connect(newest) as copy:
        for table in ("sale", "journal", "member", "ledger"):
            assert copy.execute(f"SELECT COUNT(*) FROM {table}").fetchone() == (
                shop.one(f"SELECT COUNT(*) FROM {table}"),
            )
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    copy.close()
    assert newest.stat().st_mode & 0o777 == 0o600
    assert newest.parent.stat().st_mode & 0o777 == 0o700


def test_seven_days_are_kept_and_a_second_run_of_a_day_replaces_its_own(shop: Shop) -> None:
    begun = datetime.fromtimestamp(shop.clock.now_us() / 1e6, ZoneInfo("Asia/Shanghai")).date()
    for _ in range(10):
        outcomes(shop)
        outcomes(shop)
        shop.clock.advance(DAY_S)
    days = [(begun + timedelta(days=n)).isoformat() for n in range(9, 2, -1)]
    assert [path.name for path in maintain.backups(shop.folder)] == [f"box-{day}.db" for day in days]
    assert not list((shop.folder / "backup").glob("part*"))


@pytest.mark.fault("F09")
def test_a_damaged_database_is_told_and_no_good_backup_is_lost(shop: Shop) -> None:
    outcomes(shop)
    (good,) = maintain.backups(shop.folder)
    shop.db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    root = shop.one("SELECT rootpage FROM sqlite_master WHERE name = 'journal'")
    with shop.config.database.open("r+b") as file:
        file.seek((root - 1) * 1024)
        file.write(b"\xff" * 1024)
    shop.clock.advance(DAY_S)
    found = list(maintain.care(shop.box, wait=False))
    assert [line.level for line in found] == ["fail"]
    assert maintain.backups(shop.folder) == [good]
    if found[0].slug == "damaged":
        assert str(good) in t("en", "maintain.damaged", **found[0].params)


@pytest.mark.fault("F06")
def test_a_full_disk_gets_no_backup_and_the_others_stay(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes(shop)
    before = maintain.backups(shop.folder)
    shop.clock.advance(DAY_S)
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 10_000_000})())
    assert outcomes(shop) == [
        "whole", "erased", "no_room", "copies", "tiers", "birthdays", "kept", "expired", "offers_forgotten", "pruned",
        "forgotten", "comments", "cut",
    ]  # fmt: skip
    assert maintain.backups(shop.folder) == before


def test_a_copy_that_can_not_be_proved_is_thrown_away(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maintain, "_prove", lambda path, least: "page 7 is torn")
    assert outcomes(shop)[2] == "bad_copy"
    assert list((shop.folder / "backup").iterdir()) == []


def test_old_print_jobs_go_but_not_copies_nor_what_waits_for_somebody(shop: Shop) -> None:
    now = shop.clock.now_us()
    old, young = now - 91 * DAY_S * 1_000_000, now - 89 * DAY_S * 1_000_000
    jobs = [("a", 0, "printed", old), ("b", 0, "sent", old), ("c", 0, "dropped", old), ("d", 1, "printed", old)]
    jobs += [("e", 0, "uncertain", old), ("f", 0, "queued", old), ("g", 0, "printed", young)]
    for uid, copy, state, at in jobs:
        shop.db.execute_sql(
            "INSERT INTO print_job (uid, printer, lane, kind, copy_no, state, queued_us) "
            "VALUES (?, 'p', '1', 'receipt', ?, ?, ?)",
            (uid, copy, state, at),
        )
    outcomes(shop)
    left = {uid for (uid,) in shop.ask("SELECT uid FROM print_job WHERE length(uid) = 1")}
    assert left == set("defg")


def test_the_log_is_empty_afterwards(shop: Shop, till: Hands) -> None:
    till.scan("6901234567892")
    log = Path(f"{shop.config.database}-wal")
    assert log.stat().st_size > 0
    outcomes(shop)
    assert log.stat().st_size == 0


def test_the_cut_gives_way_to_a_sale_at_once(shop: Shop, till: Hands) -> None:
    """Somebody is in the middle of writing: the care does not wait for that, and makes nobody wait."""
    till.scan("6901234567892")
    with shop.box.transaction() as db:
        db.execute_sql("UPDATE basket SET body = body")
        assert maintain.checkpoint(shop.box).slug == "cut_later"


def test_it_waits_until_nobody_sells_but_not_for_ever(shop: Shop, till: Hands) -> None:
    assert maintain.wait_for_quiet(shop.box)
    begun = shop.clock.mono_ns()
    real = shop.env.sleep

    def sleep(seconds: float) -> None:
        real(seconds)
        till.scan("6901234567892")

    from dataclasses import replace

    shop.box.env = replace(shop.env, sleep=sleep)
    assert not maintain.wait_for_quiet(shop.box)
    assert 900 <= (shop.clock.mono_ns() - begun) / 1e9 < 920


def test_the_command_tells_what_it_did(shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "tillbox.toml"
    path.write_text(
        f'[store]\ntenant = "demo"\nstore = "S01"\nbox = "box-1"\n[data]\npath = "{shop.folder}"\n[[lane]]\nid = "1"\n'
    )
    assert main(["maintain", "--now", "--config", str(path)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 13 and all(line.startswith("✓ ") for line in said)
