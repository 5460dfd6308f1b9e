"""Retention (S20), in virtual time: behaviour 90 days, texts a year, both by the shop's rules; documents stay."""

from __future__ import annotations

import random

import pytest

from edge import evidence, journal, maintain
from edge.base.clock import FakeClock
from edge.env import Env
from edge.feedback.given import Said, give
from edge.privacy import keep
from edge.privacy.keep import Kept
from edge.recommend import declines
from sync.boxdb import BoxStore
from tests.edge.privacy_desk import enrol
from tests.edge.shop import Hands, Shop

DAY_S = 86_400


def behave(shop: Shop, n: int = 3) -> None:
    """A member says no to so many offers."""
    member = shop.member("silver")
    for sku in ("GUM", "MILK", "BREAD", "HAMPER")[:n]:
        with shop.box.transaction():
            declines.decline(shop.box, member, shop.product(sku).id, "till")


def behaviour(shop: Shop) -> int:
    return int(shop.one("SELECT COUNT(*) FROM journal WHERE stream = 'c'"))


def proved(shop: Shop) -> bool:
    return not list(journal.verify(shop.db, shop.box.source)) and not list(evidence.check(shop.box))


def test_behaviour_goes_after_ninety_days_and_what_is_left_still_proves(shop: Shop) -> None:
    behave(shop, 3)
    shop.clock.advance(60 * DAY_S)
    behave(shop, 2)
    shop.clock.advance(29 * DAY_S)
    assert keep.apply(shop.box) == Kept(0, 0)
    shop.clock.advance(2 * DAY_S)
    assert keep.apply(shop.box) == Kept(3, 0)
    assert behaviour(shop) == 2 and proved(shop)
    behave(shop, 1)
    assert keep.apply(shop.box) == Kept(0, 0) and proved(shop)


def test_the_newest_event_stays_so_that_the_chain_goes_on(shop: Shop) -> None:
    behave(shop, 2)
    shop.clock.advance(400 * DAY_S)
    assert keep.apply(shop.box) == Kept(1, 0)
    behave(shop, 1)
    assert behaviour(shop) == 2 and proved(shop)


def test_the_shop_may_keep_it_longer_or_shorter(shop: Shop) -> None:
    shop.setting("retention", {"behaviour_days": 10, "feedback_days": 365})
    behave(shop, 2)
    shop.clock.advance(11 * DAY_S)
    assert keep.apply(shop.box) == Kept(1, 0)


def test_documents_and_points_stay(shop: Shop, till: Hands) -> None:
    till.sell(member="silver")
    before = shop.ask("SELECT stream, COUNT(*) FROM journal WHERE stream <> 'c' GROUP BY 1")
    sales = shop.ask("SELECT * FROM sale")
    shop.clock.advance(4_000 * DAY_S)
    assert keep.apply(shop.box) == Kept(0, 0)
    assert shop.ask("SELECT stream, COUNT(*) FROM journal WHERE stream <> 'c' GROUP BY 1") == before
    assert shop.ask("SELECT * FROM sale") == sales


def test_what_a_customer_wrote_goes_after_a_year_and_its_stars_stay(shop: Shop) -> None:
    with shop.box.transaction():
        shop.box.record("a", "feedback.given", {"score": 2}, private={"text": "the milk was sour"})
    enrol(shop)
    shop.clock.advance(364 * DAY_S)
    assert keep.apply(shop.box) == Kept(0, 0)
    shop.clock.advance(2 * DAY_S)
    assert keep.apply(shop.box) == Kept(0, 1)
    assert shop.ask("SELECT private FROM journal WHERE body LIKE '%feedback.given%'") == [(None,)]
    assert shop.one("SELECT COUNT(*) FROM journal WHERE private IS NOT NULL") == 5, "who enrolled is not touched"
    assert proved(shop)


def test_nothing_goes_while_nobody_knows_what_day_it_is(shop: Shop) -> None:
    behave(shop)
    shop.close()
    shop.clock = FakeClock(shop.clock.now_us() + 400 * DAY_S * 1_000_000, "boot-9", quality="holdover")
    shop.env = Env(shop.clock, random.Random(1), shop.clock.advance)
    shop.open()
    assert keep.apply(shop.box) is None
    assert maintain.retention(shop.box).slug == "clock_unsure"
    assert behaviour(shop) == 3


def test_a_cut_that_nobody_told_of_is_found(shop: Shop) -> None:
    behave(shop)
    (hash_,) = shop.ask("SELECT hash FROM journal WHERE stream = 'c' AND seq = 2")[0]
    shop.db.execute_sql("DELETE FROM journal WHERE stream = 'c' AND seq <= 2")
    assert [f.slug for f in evidence.check(shop.box)] == ["events_missing"]
    shop.db.execute_sql("INSERT INTO journal_floor VALUES (?, 'c', 2, ?)", (shop.box.source.epoch, hash_))
    assert [f.slug for f in evidence.check(shop.box)] == ["floor_untold"]


def test_sync_still_knows_the_place_where_the_chain_was_cut(shop: Shop) -> None:
    behave(shop)
    epoch = shop.box.source.epoch
    store = BoxStore(shop.db, "demo", "box-1")
    before = store.at(epoch, "c", 2)
    shop.clock.advance(400 * DAY_S)
    assert keep.apply(shop.box) == Kept(2, 0)
    assert store.at(epoch, "c", 2) == before and store.at(epoch, "c", 1) is None
    assert [e.seq for e in store.events(epoch, "c", 2, 10)] == [3]


@pytest.mark.parametrize(("acked", "gone"), [(0, 0), (1, 0), (2, 1), (3, 2)])
def test_with_headquarters_only_what_it_has_may_go(shop: Shop, acked: int, gone: int) -> None:
    behave(shop)
    shop.clock.advance(400 * DAY_S)
    object.__setattr__(shop.box.config, "hq", object())
    head = shop.ask("SELECT hash FROM journal WHERE stream = 'c' AND seq = ?", acked)
    shop.db.execute_sql(
        "INSERT INTO sync_cursor VALUES ('c', ?, ?, ?, 1, 'hq')",
        (shop.box.source.epoch, acked, head[0][0] if head else None),
    )
    assert keep.apply(shop.box) == Kept(gone, 0)
    assert proved(shop)


def test_what_nobody_scans_for_is_nowhere_kept(shop: Shop, till: Hands) -> None:
    """Raw scans need no retention: a code that is no article is shown and forgotten."""
    till.scan("4711081500007")
    till.scan("HTTP://EXAMPLE.ORG/SOMEBODY")
    assert b"4711081500007" not in shop.bytes_at_rest()
    assert b"EXAMPLE.ORG" not in shop.bytes_at_rest()


def test_what_a_face_was_given_for_goes_with_the_rest(shop: Shop) -> None:
    for n in range(3):
        give(shop.box, f"{n:016d}", "1", Said(4, ("fresh",)), "live")
    shop.clock.advance(91 * DAY_S)
    assert keep.apply(shop.box) == Kept(2, 0)
