"""Members at headquarters: a tombstone wins over what comes later, and whoever was merged counts for the survivor."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from edge import evidence, journal, merging
from edge.base.chain import chain_hash
from edge.base.sqlite import rows
from edge.feedback.given import Said, give
from edge.privacy import erase
from sync.hq import HqServices, feedback, people, queries
from tests.edge.privacy_desk import CARD, NAME, PHONE, enrol, traces, uid_of
from tests.edge.shop import MILK, Shop
from tests.sync.counter import Counter
from tests.sync.shop import TestBox, let_in
from tests.sync.test_documents import drain, headquarters, shop  # noqa: F401 (fixtures)

WORDS = (NAME.encode(), PHONE.encode(), CARD.encode())


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    counter = Counter(tmp_path)
    yield counter
    counter.close()


def chain_holds(services: HqServices) -> bool:
    """Every event's hash by the one before, its bytes and the digest of what was private."""
    for source, name in rows(services.store.db, "SELECT id, name FROM source"):
        before = journal.genesis(name)
        for seq, body, value, digest in rows(
            services.store.db, "SELECT seq, body, hash, digest FROM event WHERE source = ? ORDER BY seq", (source,)
        ):
            if chain_hash(before, name[-1], seq, body, digest) != value:
                return False
            before = value
    return True


def test_an_erased_member_is_gone_at_headquarters_too_and_the_chain_holds(
    shop: Shop, headquarters: HqServices, tmp_path: Path  # noqa: F811
) -> None:
    till, member = shop.tills["1"], enrol(shop)
    till.log_in()
    till.scan(CARD)
    till.sell([MILK])
    drain(shop, headquarters)
    people.finish(headquarters.store)
    assert traces(tmp_path / "hq", WORDS)
    erase.erase(shop.box, member, shop.person("manager"), channel="till")
    erase.finish(shop.box)
    drain(shop, headquarters)
    assert people.finish(headquarters.store)
    assert traces(tmp_path / "hq", WORDS) == [] and traces(tmp_path / "box", WORDS) == []
    assert chain_holds(headquarters) and not list(evidence.check(shop.box))
    assert people.tombstones(headquarters.store) == [uid_of(shop, member)]
    assert rows(headquarters.store.db, "SELECT SUM(total), COUNT(member) FROM sale WHERE lane = '1'") == [(1_150, 0)]


def test_headquarters_that_begins_anew_gets_everything_but_what_was_private(
    shop: Shop, headquarters: HqServices  # noqa: F811
) -> None:
    """After the erasure the events are sent without their private parts, and their hashes still fit."""
    member = enrol(shop)
    erase.erase(shop.box, member, None, channel="kiosk")
    erase.finish(shop.box)
    drain(shop, headquarters)
    assert chain_holds(headquarters)
    assert rows(headquarters.store.db, "SELECT COUNT(*) FROM event WHERE state = 'dead'") == [(0,)]
    uid = uid_of(shop, member)
    assert rows(headquarters.store.db, "SELECT COUNT(*) FROM member_private WHERE member = ?", (uid,)) == [(0,)]


def test_while_somebody_reads_headquarters_the_log_is_cut_later(
    shop: Shop, headquarters: HqServices, tmp_path: Path  # noqa: F811
) -> None:
    member, store = enrol(shop), headquarters.store
    drain(shop, headquarters)
    erase.erase(shop.box, member, None, channel="kiosk")
    with closing(sqlite3.connect(store.db.database, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM member").fetchone()
        drain(shop, headquarters)
        assert not people.finish(store)
        assert traces(tmp_path / "hq", WORDS)
        reader.execute("COMMIT")
    assert people.finish(store) and traces(tmp_path / "hq", WORDS) == []


@pytest.mark.fault("F64")
def test_a_box_that_was_offline_for_a_month_brings_an_erased_member_back_as_nobody(
    counter: Counter, tmp_path: Path
) -> None:
    """Box 1 erased her; box 2 knows nothing of it, corrected her name and sold to her, and is only now connected."""
    uid = counter.box.enrol("Lin Yue", "13800005021")
    counter.give_events(1, 1)
    counter.box.record("a", "member.erased", {"member": uid, "merged": [], "channel": "till"})
    counter.give_events(2, 2)
    other = TestBox(tmp_path / "other", "box-2", seed=9)
    let_in(counter.config, other)
    other.sell(2_599, uid)
    other.record("a", "member.changed", {"member": uid}, private={"name": "Lin Yue"})
    counter.hq.receiver.handle("tb/1/demo/box-2/up/a", other.batch(1, 2))
    assert counter.all("SELECT total, member FROM sale") == [(2_599, None)]
    assert counter.all("SELECT COUNT(*) FROM event_private") == [(0,)]
    assert counter.all("SELECT state FROM event ORDER BY id") == [("done",)] * 4
    assert queries.members(counter.hq.store, "live") == ([], 0)
    other.close()


@pytest.mark.fault("F63")
def test_what_a_box_books_for_a_merged_member_counts_for_the_survivor_whenever_it_comes(counter: Counter) -> None:
    """Headquarters merged the two while the box was offline; the box goes on to sell to the one that is gone."""
    one, two = counter.box.enrol("Lin Yue", "13800005021"), counter.box.enrol("Yue Lin", "13900000001")
    counter.box.sell(1_000, one)
    counter.give_events(1, 3)
    assert people.merge(counter.hq.store, one, two)
    counter.box.sell(2_000, one)
    counter.box.sell(4_000, two)
    counter.give_events(4, 5)
    assert people.standing(counter.hq.store, two) == people.standing(counter.hq.store, one) == (70, 70)
    (found,), total = queries.members(counter.hq.store, "live")
    assert (found.uid, found.points, found.visits, total) == (two, 70, 3, 1)
    assert counter.all("SELECT member, SUM(points) FROM ledger GROUP BY 1 ORDER BY 2") == [(one, 30), (two, 40)], (
        "what the box booked is kept as it was booked"
    )


def test_a_merge_at_a_box_and_one_at_headquarters_never_count_twice(
    shop: Shop, headquarters: HqServices  # noqa: F811
) -> None:
    till = shop.tills["1"]
    till.log_in()
    till.sell([MILK], "bronze")
    one, two = shop.member("bronze"), shop.member("silver")
    drain(shop, headquarters)
    store, uids = headquarters.store, (uid_of(shop, one), uid_of(shop, two))
    before = sum(people.standing(store, uid)[0] for uid in uids)
    assert people.merge(store, *uids)
    merging.merge(shop.box, one, two, None, channel="hq")
    till.sell([MILK], "bronze")
    drain(shop, headquarters)
    points = shop.one("SELECT SUM(points) FROM ledger WHERE member = ?", two)
    assert people.standing(store, uids[1])[0] == points > before
    assert people.standing(store, uids[0])[0] == points


def test_merges_in_a_row_and_in_a_ring_end_at_one(counter: Counter) -> None:
    store = counter.hq.store
    assert people.merge(store, "b", "a") and people.merge(store, "a", "c")
    assert not people.merge(store, "c", "b") and not people.merge(store, "b", "c")
    assert {people.survivor(store, uid) for uid in "abc"} == {"c"}
    for n, (gone, kept) in enumerate([("x", "y"), ("y", "x"), ("y", "z")], 1):
        counter.box.record("a", "member.merged", {"member": gone, "into": kept, "ledger": []})
        counter.give_events(n, n)
    assert {people.survivor(store, uid) for uid in "xyz"} == {"z"}


def test_what_an_erased_member_said_is_nobodys_whenever_it_comes(
    shop: Shop, headquarters: HqServices, tmp_path: Path  # noqa: F811
) -> None:
    """Feedback travels in another chain than the erasure: what is sent again after it may bring nothing back."""
    member, store = enrol(shop), headquarters.store
    said = Said(1, ("waiting",), "call me, Ouyang")
    give(shop.box, "f1", "k1", said, "live", member=member)
    drain(shop, headquarters)
    feedback.sort(store, lambda *_: [("queue", "-", ("Ouyang",))], 1)
    give(shop.box, "f2", "k1", said, "live", member=member)
    erase.erase(shop.box, member, None, channel="kiosk")
    erase.finish(shop.box)
    drain(shop, headquarters)
    assert people.finish(store)
    assert traces(tmp_path / "hq", (b"Ouyang",)) == []
    kept = rows(store.db, "SELECT uid, score, text, member, sale, staff FROM feedback ORDER BY uid")
    assert kept == [("f1", 1, None, None, None, None), ("f2", 1, None, None, None, None)]
    assert rows(store.db, "SELECT theme, words FROM feedback_theme") == [("queue", "[]")]


def test_so_is_what_was_said_with_a_receipt_of_hers(counter: Counter) -> None:
    uid, store = counter.box.enrol(), counter.hq.store
    counter.box.sell(2_599, uid)
    counter.box.sell(1_000)
    counter.give_events(1, 3)
    for sale, member in counter.all("SELECT uid, member FROM sale ORDER BY event"):
        answer = feedback.Answer(1, (), "it was me" if member else "somebody", "en", with_sale=True)
        feedback.take(store, counter.config, "box-1", sale, answer)
    counter.box.record("a", "member.erased", {"member": uid, "merged": [], "channel": "till"})
    counter.give_events(4, 4)
    found = counter.all("SELECT text, sale IS NOT NULL, score FROM feedback ORDER BY text IS NULL")
    assert found == [("somebody", 1, 1), (None, 0, 1)]


def test_figures_of_a_day_do_not_change_with_an_erasure(counter: Counter) -> None:
    uid = counter.box.enrol()
    counter.box.sell(2_599, uid)
    counter.give_events(1, 2)
    today = date.fromisoformat(counter.all("SELECT business_date FROM sale")[0][0])
    before, points = queries.days(counter.hq.store, "live", today), queries.member_totals(counter.hq.store, "live")[1]
    counter.box.record("a", "member.erased", {"member": uid, "merged": [], "channel": "till"})
    counter.give_events(3, 3)
    assert queries.days(counter.hq.store, "live", today) == before
    assert queries.member_totals(counter.hq.store, "live") == (0, points)
