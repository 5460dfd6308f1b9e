"""Whatever a till makes of a day, headquarters books to the cent and the point: the real journal, read by the inbox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge import settings
from edge.base.sqlite import rows
from edge.points import book
from edge.settings import DEFAULTS
from sync import topics
from sync.boxdb import BoxStore
from sync.hq import HqServices, provision, queries
from sync.messages import Batch, encode_batch
from sync.outbox import cut
from tests.edge.shop import BREAD, HAMPER, MILK, WINE, Hands, Shop, build
from tests.sync.shop import hq_config, quick_hq


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    build(tmp_path / "box")
    shop = Shop(tmp_path / "box")
    yield shop
    shop.close()


@pytest.fixture
def headquarters(tmp_path: Path) -> Iterator[HqServices]:
    config = hq_config(tmp_path / "hq")
    provision(config.data, "box-1")
    services = quick_hq(config)
    yield services
    services.store.release()


def a_day(till: Hands) -> None:
    """A sale with a member, part of it back, the rest exchanged, a discount, a void, a price asked."""
    till.log_in()
    first = till.sell([MILK, MILK, BREAD, WINE], "gold")
    till.scan(f"TBR{first.receipt}")
    till.do("return/take", line=1, qty=1_000)
    till.do("pay", tenders=[{"kind": "cash", "received": -till.view()["basket"]["cash_due"]}])
    till.scan(f"TBR{first.receipt}")
    till.do("return/take", line=3)
    till.scan(BREAD)
    till.do("pay", tenders=[{"kind": "cash", "received": -till.view()["basket"]["cash_due"]}])
    till.scan(MILK)
    till.do("line/price", line=1, price=900, reason="damaged")
    till.approve()
    till.do("discount", percent=500, reason="loyal")
    till.pay_cash()
    till.void(till.sell([BREAD], "silver").uid)
    with_points(till)
    till.do("cash/in", amount=5_000, reason="change")
    till.do("shift/close", counted=10_000)


def with_points(till: Hands) -> None:
    """Paid with points, some of it back, a correction, points that wait, points handed on, points that expire."""
    shop = till.shop
    shop.setting("tenders", ["cash", "card", "points"])
    shop.setting("redeem", {**settings.values(shop.db)["redeem"], "wait_days": 14})
    till.attach("gold")
    till.scan(WINE)
    till.do("age", ok=True)
    paid = [{"kind": "points", "received": 2_000}, {"kind": "card", "received": 6_800}]
    receipt = till.do("pay", tenders=paid)["done"]["receipt"]
    till.attach("gold")
    till.scan(BREAD)
    till.do("pay", tenders=[{"kind": "points", "received": 900}, {"kind": "cash", "received": 90}])
    till.scan(f"TBR{receipt}")
    till.do("return/take", line=1)
    plan = till.view()["basket"]["refund"]
    assert [part["kind"] for part in plan] == ["points", "card"]
    till.do("pay", tenders=[{"kind": part["kind"], "received": part["amount"]} for part in plan])
    till.attach("silver")
    till.do("points/adjust", points=250, reason="card forgotten")
    till.approve()
    for name in ("gold", "silver"):
        shop.db.execute_sql("UPDATE member SET family = 'f1' WHERE id = ?", (shop.member(name),))
    till.do("points/transfer", to=shop.one("SELECT uid FROM member WHERE id = ?", shop.member("gold")), points=100)
    till.do("member/detach")
    shop.clock.advance(1_000 * 86_400)
    assert book.expire(shop.box) > 0
    till.log_in()


def drain(shop: Shop, services: HqServices) -> None:
    store = BoxStore(shop.db, "demo", "box-1")
    epoch = shop.box.source.epoch
    for stream in topics.STREAMS:
        at = store.start(epoch, stream)
        while events := cut(store.events(epoch, stream, at.seq, 500)):
            batch = Batch(epoch, stream, "s1", at.hash, tuple(events))
            services.receiver.handle(topics.up("demo", "box-1", stream), encode_batch(batch))
            at = type(at)(events[-1].seq, events[-1].hash)


@pytest.mark.parametrize(
    "sql",
    [
        ("SELECT kind, COUNT(*), SUM(total), SUM(tax), SUM(rounding), SUM(saving), SUM(points), SUM(score) FROM sale "
        "GROUP BY 1"),
        "SELECT COUNT(*), SUM(qty), SUM(total), SUM(discount), SUM(tax) FROM sale_line",
        "SELECT kind, SUM(amount) FROM tender GROUP BY 1",
        "SELECT tax_group, rate, SUM(gross), SUM(tax) FROM sale_tax GROUP BY 1, 2 ORDER BY 1, 2",
        "SELECT reason, COUNT(*), SUM(points), SUM(score) FROM ledger GROUP BY 1",
        "SELECT reason, lot, points, COUNT(reverses), COUNT(came_from) FROM ledger GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    ],
    ids=["documents", "lines", "tenders", "taxes", "points", "lots"],
)
def test_both_books_say_the_same(shop: Shop, headquarters: HqServices, sql: str) -> None:
    a_day(shop.tills["1"])
    drain(shop, headquarters)
    assert rows(headquarters.store.db, sql) == shop.ask(sql)
    assert rows(headquarters.store.db, "SELECT COUNT(*) FROM event WHERE state = 'dead'") == [(0,)]


def test_headquarters_has_the_same_entries(shop: Shop, headquarters: HqServices) -> None:
    """It stores them, and never reckons any: member by member, lot by lot, with what waits and where it came from."""
    a_day(shop.tills["1"])
    drain(shop, headquarters)
    told = rows(
        headquarters.store.db,
        "SELECT entry, member, lot, points, score, reason, expires, reverses, available, came_from, line FROM ledger "
        "ORDER BY entry",
    )
    assert told == shop.ask(
        "SELECT g.id, m.uid, g.lot, g.points, g.score, g.reason, g.expires_on, g.reverses, g.available_on, "
        "g.came_from, g.n FROM ledger g JOIN member m ON m.id = g.member ORDER BY g.id"
    )
    assert {entry[5] for entry in told} == {
        "earn", "return", "reverse", "redeem", "restore", "adjust", "transfer", "expire",
    }  # fmt: skip
    assert any(entry[8] for entry in told) and any(entry[9] for entry in told)
def test_headquarters_shows_the_tier_that_the_box_told(shop: Shop, headquarters: HqServices) -> None:
    """In the box's own words: headquarters has no ladder."""
    loyalty = {**DEFAULTS["loyalty"], "tiers": [
        *DEFAULTS["loyalty"]["tiers"][:2],
        {"id": "jade", "score": 1_001, "multiplier": 12_000, "name": {"zh-CN": "玉卡", "en": "Jade"}},
    ]}  # fmt: skip
    shop.setting("loyalty", loyalty)
    till = shop.tills["1"]
    till.log_in()
    till.sell([HAMPER, MILK], "bronze")
    drain(shop, headquarters)
    uid = shop.one("SELECT uid FROM member WHERE id = ?", shop.member("bronze"))
    found = {row.uid: row for row in queries.members(headquarters.store, "live")[0]}
    assert (found[uid].tier, found[uid].tier_name("zh-CN"), found[uid].tier_name("en")) == ("jade", "玉卡", "Jade")
    assert [row.tier for row in found.values()].count(None) == 1, "who never rose: by the sum of all score"
