"""`tillbox restore`: what a backup knows is back, what it does not know lies aside, and no number is given twice."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from edge import journal, maintain
from edge.base.i18n import LANGS, t
from edge.cli import main
from edge.db import exclusive
from edge.restore import Refused, renumber, restore
from tests.edge.shop import Hands, Shop

Said = pytest.CaptureFixture[str]


def config_file(shop: Shop, box: str = "box-1") -> str:
    path = shop.folder.parent / "tillbox.toml"
    path.write_text(
        f'[store]\ntenant = "demo"\nstore = "S01"\nbox = "{box}"\n[data]\npath = "{shop.folder}"\n[[lane]]\nid = "1"\n'
    )
    return str(path)


def back_up(shop: Shop) -> Path:
    assert maintain.backup(shop.box).slug == "saved"
    return maintain.backups(shop.folder)[0]


def die(shop: Shop) -> None:
    """The process is killed: its log stays beside the database (a good end would have tidied it up)."""
    shop.tills["1"].log_in()
    left = shop.folder.parent / "left"
    subprocess.run(["cp", "-r", str(shop.folder), str(left)], check=True)
    shop.close()
    shutil.rmtree(shop.folder)
    left.rename(shop.folder)
    assert Path(f"{shop.config.database}-wal").stat().st_size > 0


def contents(folder: Path) -> dict[str, bytes]:
    """Every file but the locks, which are empty."""
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.suffix != ".lock"
    }


@pytest.mark.fault("F14", "F68")
def test_a_backup_comes_back_and_the_left_over_log_goes_aside_whole(shop: Shop, till: Hands, capsys: Said) -> None:
    till.sell()
    saved, known = back_up(shop), shop.one("SELECT COUNT(*) FROM sale")
    till.sell()
    old = shop.box.source
    die(shop)
    before = contents(shop.folder)
    assert main(["restore", str(saved), "--config", config_file(shop)]) == 0
    said = capsys.readouterr().out

    (aside,) = shop.folder.glob("set-aside-*")
    assert str(aside) in said and "series 2" in said
    assert (aside / "box.db").read_bytes() == before["box.db"]
    assert (aside / "box.db-wal").read_bytes() == before["box.db-wal"]
    assert saved.read_bytes() == before[str(saved.relative_to(shop.folder))]
    assert not (shop.folder / "restoring").exists()
    with closing(sqlite3.connect(aside / "box.db")) as lost:
        assert lost.execute("SELECT COUNT(*) FROM sale").fetchone() == (known + 1,), "the later sale can be read there"

    shop.open()
    assert shop.one("PRAGMA integrity_check") == "ok"
    assert shop.one("SELECT COUNT(*) FROM sale") == known
    assert shop.one("SELECT COUNT(*) FROM session") == 0
    assert shop.box.series == 2 and shop.box.source.epoch != old.epoch
    (event,) = journal.read(shop.db, shop.box.source.epoch, "a", 0)
    body = json.loads(event.body)
    assert body["type"] == "box.restored"
    assert body["data"] == {"reason": "restore", "file": saved.name, "previous": old.epoch, "series": 2}
    hands = shop.tills["1"]
    hands.log_in()
    assert hands.sell().receipt == "S01-1-2-000001"
    for source in (old, shop.box.source):
        assert list(journal.verify(shop.db, source)) == []


@pytest.mark.fault("F68")
def test_a_second_restore_of_the_same_backup_takes_a_series_of_its_own(shop: Shop, till: Hands) -> None:
    till.sell()
    saved = back_up(shop)
    shop.close()
    series = [restore(shop.config, shop.env, saved).series for _ in range(3)]
    assert series == [2, 3, 4]
    assert len(list(shop.folder.glob("set-aside-*"))) == 3, "within one second, too"


def test_a_new_card_has_nothing_to_set_aside(shop: Shop, tmp_path: Path, capsys: Said) -> None:
    saved = back_up(shop).rename(tmp_path / "stick.db")
    shop.close()
    shutil.rmtree(shop.folder)
    assert main(["restore", str(saved), "--config", config_file(shop)]) == 0
    assert "old files" not in capsys.readouterr().out
    shop.open()
    assert shop.box.series == 2


@pytest.mark.fault("F09")
def test_a_damaged_database_gives_way_to_its_backup(shop: Shop) -> None:
    saved = back_up(shop)
    shop.close()
    shop.config.database.write_bytes(b"\xff" * 4096)
    opened = restore(shop.config, shop.env, saved)
    assert opened.aside and (opened.aside / "box.db").read_bytes() == b"\xff" * 4096
    shop.open()
    assert shop.one("PRAGMA integrity_check") == "ok"


@pytest.mark.parametrize("lock", ["serve.lock", "sync.lock", "maintain.lock"])
def test_nobody_restores_under_a_running_till(shop: Shop, capsys: Said, lock: str) -> None:
    saved, config = back_up(shop), config_file(shop)
    die(shop)
    before = contents(shop.folder)
    for what in (str(saved), "--new-epoch"):
        with exclusive(shop.folder / lock):
            assert main(["restore", what, "--config", config]) == 1
        assert "systemctl stop tillbox tillbox-sync" in capsys.readouterr().err
    assert contents(shop.folder) == before
    shop.open()


def torn(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(20 * 1024)
        file.write(b"\xff" * 4096)


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE schema_info SET version = 999, min_reader = 999")


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE box SET box = 'box-2'")


@pytest.mark.fault("F106")
@pytest.mark.parametrize(
    ("spoil", "slug"),
    [
        (torn, "damaged"),
        (newer, "newer"),
        (foreign, "other_box"),
        (lambda path: path.write_text("not a database"), "damaged"),
        (lambda path: path.write_bytes(b""), "damaged"),
        (lambda path: path.unlink(), "unreadable"),
    ],
)
def test_a_wrong_file_is_refused_and_nothing_was_touched(
    shop: Shop, spoil: Callable[[Path], object], slug: str
) -> None:
    saved = back_up(shop)
    spoil(saved)
    die(shop)
    before = contents(shop.folder)
    with pytest.raises(Refused) as refused:
        restore(shop.config, shop.env, saved)
    assert refused.value.slug == slug
    for lang in LANGS:
        assert str(saved) in t(lang, f"restore.{slug}", **refused.value.params)
    assert contents(shop.folder) == before
    shop.open()


def test_the_database_is_not_restored_from_itself(shop: Shop) -> None:
    with pytest.raises(Refused, match="itself"):
        restore(shop.config, shop.env, shop.config.database)


@pytest.mark.fault("F06")
def test_a_full_disk_leaves_all_as_it_was(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    saved = back_up(shop)
    die(shop)
    before = contents(shop.folder)

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("edge.restore.schema.migrate", full)
    with pytest.raises(Refused, match="broke"):
        restore(shop.config, shop.env, saved)
    assert contents(shop.folder) == before
    shop.open()


@pytest.mark.fault("F68")
def test_a_regressed_box_keeps_its_data_and_numbers_anew(shop: Shop, till: Hands, capsys: Said) -> None:
    till.sell()
    sales = shop.one("SELECT COUNT(*) FROM sale")
    shop.close()
    assert main(["restore", "--new-epoch", "--config", config_file(shop)]) == 0
    assert "series 2" in capsys.readouterr().out
    shop.open()
    assert (shop.box.series, shop.one("SELECT COUNT(*) FROM sale")) == (2, sales)
    assert shop.one("SELECT reason FROM epoch WHERE n = 2") == "regressed"
    shop.close()
    assert renumber(shop.config, shop.env).series == 3
    shop.open()


@pytest.mark.parametrize("wrong", [[], ["some.db", "--new-epoch"]])
def test_a_file_or_new_epoch_and_not_both(shop: Shop, capsys: Said, wrong: list[str]) -> None:
    assert main(["restore", *wrong, "--config", config_file(shop)]) == 2
    assert "tillbox restore --new-epoch" in capsys.readouterr().err
