"""The box: whose database it is, two connections with their own care, and what is told after a commit."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from edge.base.config import Config
from edge.base.sqlite import row
from edge.box import create, new_epoch, open_box
from edge.env import Env
from edge.errors import SchemaMismatch
from tests.edge.shop import Shop, config_of


def test_a_box_that_was_never_made_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(SchemaMismatch, match="does not exist yet: run `tillbox migrate`"):
        open_box(config_of(tmp_path), Env())
    assert list(tmp_path.iterdir()) == [], "and nothing was made by asking"


@pytest.mark.fault("F106")
@pytest.mark.parametrize("other", [{"tenant": "other"}, {"store": "S02"}, {"box": "box-2"}, {"currency": "EUR"}])
def test_another_boxs_database_is_refused(shop: Shop, other: dict[str, str]) -> None:
    config = replace(shop.config, store=replace(shop.config.store, **other))
    with pytest.raises(SchemaMismatch, match="use the data folder of this box") as caught:
        open_box(config, shop.env)
    assert next(iter(other.values())) in str(caught.value)


def test_sales_are_written_with_full_care_and_drafts_with_less(shop: Shop) -> None:
    assert row(shop.box.db, "PRAGMA synchronous") == (2,)
    assert row(shop.box.draft, "PRAGMA synchronous") == (1,)
    for db in (shop.box.db, shop.box.draft):
        assert row(db, "PRAGMA page_size") == (1024,)
        assert row(db, "PRAGMA foreign_keys") == (1,)


def test_the_data_folder_is_nobody_elses(tmp_path: Path) -> None:
    config = config_of(tmp_path / "data")
    create(config, Env())
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_the_first_epoch_and_series_are_one_and_a_restore_takes_the_next(shop: Shop) -> None:
    assert (shop.box.series, shop.box.source.epoch[:2]) == (1, "1-")
    with shop.box.transaction() as db:
        uid = new_epoch(db, shop.env, "restore")
    shop.restart()
    assert (shop.box.series, shop.box.source.epoch) == (2, uid)
    till = shop.tills["1"]
    till.log_in()
    assert till.sell().receipt == "S01-1-2-000001"


def test_what_raises_inside_a_transaction_takes_all_of_it_back(shop: Shop) -> None:
    before = shop.one("SELECT COUNT(*) FROM journal")
    with pytest.raises(ZeroDivisionError), shop.box.transaction():
        shop.box.record("b", "x", {})
        raise ZeroDivisionError
    assert shop.one("SELECT COUNT(*) FROM journal") == before


def test_all_listeners_hear_an_announcement(shop: Shop) -> None:
    heard: list[tuple[int, str, dict[str, object]]] = []
    for n in (1, 2):
        shop.box.after_commit.append(lambda topic, data, n=n: heard.append((n, topic, data)))
    shop.box.announce("sale", lane="1")
    assert heard == [(1, "sale", {"lane": "1"}), (2, "sale", {"lane": "1"})]


def test_a_database_without_an_identity_is_refused(shop: Shop) -> None:
    shop.db.execute_sql("DELETE FROM box")
    with pytest.raises(SchemaMismatch, match="never set up"):
        open_box(shop.config, shop.env)


def test_config_is_only_read(shop: Shop) -> None:
    assert isinstance(shop.box.config, Config)
    assert shop.box.currency.code == "CNY"
