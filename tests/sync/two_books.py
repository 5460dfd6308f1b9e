"""What must be true of points in two stores, whenever one looks; the boxes, headquarters and how they talk."""

from __future__ import annotations

import random
import shutil
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from edge import box as boxes
from edge import members, merging
from edge.base.clock import FakeClock
from edge.base.config import StoreIdentity
from edge.base.sqlite import row
from edge.env import Env
from edge.errors import ShopError
from edge.points import lots, remote
from edge.privacy import erase
from sync.boxdb import BoxStore
from sync.hq import ledger, people
from sync.hq.env import HqEnv
from sync.hq.inbox import Inbox
from sync.hq.store import Store
from sync.messages import Batch
from sync.topics import Address
from tests.edge.goods import quick_pins, widen
from tests.edge.shop import CARDS, NOW_US, Hands, Shop, build, config_of, copy_of

WHERE = st.sampled_from([0, 1])
CAP = 40_000  # points that a member may spend in a day at a box


class Store2(Shop):
    """The shop under another store's and box's name."""

    def __post_init__(self) -> None:
        self.env = Env(self.clock, random.Random(self.seed), self.clock.advance)
        store = StoreIdentity("demo", "S02", "box-2", "Asia/Shanghai", "CNY", ("zh-CN", "en"))
        self.config = replace(config_of(self.folder), store=store)
        self.open()


def open_second(template: Path, folder: Path) -> Shop:
    """A store whose box was filled by headquarters: the same goods and members, and what the first box had booked."""
    copy_of(template, folder)
    env = Env(FakeClock(NOW_US), random.Random(5), lambda seconds: None)
    config = config_of(folder)
    box = boxes.open_box(config, env)
    first = remote.chain(box)
    with box.transaction() as db:
        db.execute_sql("INSERT INTO ledger_origin SELECT id, ? || '#' || id FROM ledger", (first,))
        db.execute_sql("UPDATE box SET store = 'S02', box = 'box-2'")
        boxes.new_epoch(db, env, "first")
    box.close()
    return Store2(folder, seed=6)


class TwoStores(RuleBasedStateMachine):
    """Two boxes, headquarters, and what must hold.

    They are the real ones, without broker and threads: batches of the journal go up and entries of the other box come
    down when the machine says so.
    """

    template: Path
    lease = False

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        first = Shop(copy_of(self.template, self.folder / "one"), seed=4)
        self.shops = [first, open_second(self.template, self.folder / "two")]
        redeem = {
            "points": 1, "minor": 1, "step": 10, "member_day": CAP, "box_day": 10 * CAP, "unseen_days": 3_000,
            "lease": self.lease, "wait_days": 0,
        }  # fmt: skip
        for shop in self.shops:
            shop.setting("redeem", redeem)
            shop.setting("tenders", ["cash", "card", "points"])
            shop.tills["1"].log_in()
            shop.tills["2"].log_in()
            quick_pins(shop)
        self.uids = {name: first.one("SELECT uid FROM member WHERE id = ?", first.member(name)) for name in CARDS}
        self.hq = Store(self.folder / "hq.db", HqEnv(FakeClock(NOW_US), random.Random(1)))
        self.inbox, self.seen = Inbox(self.hq), [0, 0]
        self.everybody_is_told()

    def teardown(self) -> None:
        try:
            self.heal()
            self.all_agree()
            self.nothing_expired_that_was_spent()
        finally:
            for shop in self.shops:
                shop.close()
            self.hq.release()
            self.hq.db.close()
            shutil.rmtree(self.folder)

    # -- who is who

    def person(self, name: str) -> str:
        """Whom headquarters and both boxes will take a card's owner for in the end."""
        return people.survivor(self.hq, self.uids[name])

    def row_of(self, where: int, uid: str) -> int:
        return int(self.shops[where].one("SELECT id FROM member WHERE uid = ?", uid))

    def till(self, where: int) -> Hands:
        return self.shops[where].tills["1"]

    # -- headquarters

    @rule(where=WHERE, most=st.sampled_from([1, 3, 1_000]), times=st.integers(1, 2))
    def send(self, where: int, most: int, times: int) -> None:
        """Some of a box's events reach headquarters, once or twice."""
        shop = self.shops[where]
        epoch = shop.box.source.epoch
        source = self.hq.source("demo", shop.config.store.box, epoch, "a")
        store = BoxStore(shop.db, "demo", shop.config.store.box)
        events = store.events(epoch, "a", source.upto, most)
        if not events:
            return
        before = store.at(epoch, "a", source.upto)
        assert before is not None
        for _ in range(times):
            taken = self.inbox.take(
                Address("demo", shop.config.store.box, "a"), Batch(epoch, "a", "s", before.hash, tuple(events))
            )
            assert taken.verdict == "ok" and not taken.resend
        assert row(self.hq.db, "SELECT COUNT(*) FROM dead_letter") == (0,)

    @rule(where=WHERE, most=st.sampled_from([1, 5, 1_000]))
    def hear(self, where: int, most: int) -> None:
        """A box is told of what others booked, who was merged or erased, and what is lent to it."""
        shop = self.shops[where]
        delta = ledger.since(self.hq, shop.config.store.box, self.seen[where], limit=most)
        leases = [
            (uid, ledger.lend(self.hq, uid, shop.config.store.box, 10_000)) for uid in self.uids.values()
        ] if self.lease else []  # fmt: skip
        remote.take_in(shop.box, delta.entries, delta.as_of_us, leases)
        self.seen[where] = delta.upto
        for gone in self.uids.values():
            kept = people.survivor(self.hq, gone)
            if kept != gone:
                with suppress(ShopError):
                    merging.merge(shop.box, self.row_of(where, gone), self.row_of(where, kept), None, channel="hq")
        for uid in people.tombstones(self.hq):
            erase.take_tombstone(shop.box, uid, "hq")

    def everybody_is_told(self) -> None:
        for where in (0, 1):
            self.send(where, 1_000, 1)
        for where in (0, 1):
            self.hear(where, 1_000)

    def heal(self) -> None:
        """The link holds long enough for everything to arrive, and for what that leads to."""
        for _ in range(6):
            self.everybody_is_told()

    # -- what must be true

    def standing(self, where: int, uid: str) -> int:
        """Points of a person at a box: of all whom headquarters takes for one. (Two stores that merged the same two the
        other way round keep different cards of hers until somebody settles it; the points are the same.)"""
        one = {x for x in self.uids.values() if people.survivor(self.hq, x) == uid}
        return sum(
            points for other, points in self.shops[where].ask(
                "SELECT m.uid, SUM(g.points) FROM ledger g JOIN member m ON m.id = g.member GROUP BY 1"
            ) if other in one
        )  # fmt: skip

    def all_agree(self) -> None:
        for uid in {people.survivor(self.hq, uid) for uid in self.uids.values()}:
            at_hq = people.standing(self.hq, uid)[0]
            there = [self.standing(where, uid) for where in (0, 1)]
            assert there == [at_hq, at_hq], f"{uid} has {there} in the stores and {at_hq} at headquarters"
        for shop in self.shops:
            assert shop.one("SELECT COALESCE(SUM(points), 0) FROM ledger") == row(
                self.hq.db, "SELECT COALESCE(SUM(points), 0) FROM ledger"
            )[0]  # type: ignore[index]

    def nothing_expired_that_was_spent(self) -> None:
        """Once all is known everywhere: points expire once, and never those that somebody had spent in time."""
        for shop in self.shops:
            wrong = shop.ask(
                "SELECT lot, SUM(points) FROM ledger GROUP BY lot HAVING SUM(points) < 0 "
                "AND SUM(CASE WHEN reason = 'expire' THEN points ELSE 0 END) < 0"
            )
            assert wrong == [], f"expired and spent: {wrong}"

    @invariant()
    def a_balance_is_the_sum_of_its_lots(self) -> None:
        for shop in self.shops:
            for member, points in shop.ask("SELECT member, SUM(points) FROM ledger GROUP BY member"):
                left = sum(lot.left for lot in lots.of_member(shop.db, member))
                assert left == points == members.standing(shop.db, member).points

    @invariant()
    def points_come_from_money_or_a_signature(self) -> None:
        """What is earned was paid for; whatever else moves points makes none."""
        for shop in self.shops:
            own = "NOT EXISTS (SELECT 1 FROM ledger_origin WHERE entry = g.id)"
            for sale, points, paid in shop.ask(
                "SELECT g.sale, SUM(g.points), (SELECT COALESCE(SUM(amount), 0) FROM tender t WHERE t.sale = g.sale "
                f"AND t.kind <> 'points') FROM ledger g WHERE g.reason = 'earn' AND {own} GROUP BY g.sale"
            ):
                most = max(tier.multiplier for tier in shop.box.rules.tiers)
                assert points * 100 * 10_000 <= max(0, paid) * most, sale
            for what, total in shop.ask(
                f"SELECT reason, SUM(points) FROM ledger g WHERE {own} AND reason IN ('merge', 'fill') GROUP BY reason"
            ):
                assert total == 0, what
            assert shop.one(f"SELECT COALESCE(SUM(points), 0) FROM ledger g WHERE reason = 'expire' AND {own}") <= 0
            spent = shop.ask(
                "SELECT e.id, -e.points, COALESCE((SELECT SUM(r.points) FROM ledger r WHERE r.reverses = e.id), 0) "
                "FROM ledger e WHERE e.reason = 'redeem'"
            )
            assert all(0 <= back <= points for _, points, back in spent)

    @invariant()
    def a_sale_given_back_whole_leaves_nothing(self) -> None:
        """Its points are taken back (or have expired), what it spent is restored: together they come to nothing."""
        for shop in self.shops:
            wrong = shop.ask(
                "SELECT s.id FROM sale s WHERE s.kind = 'sale' AND s.lane = '1' "
                "AND NOT EXISTS (SELECT 1 FROM sale_line l WHERE l.sale = s.id "
                "AND l.qty <> (SELECT COALESCE(-SUM(r.qty), 0) FROM sale_line r WHERE r.original = l.sale "
                "AND r.original_n = l.n)) AND (SELECT COALESCE(SUM(points), 0) FROM ledger g "
                "WHERE g.sale = s.id OR g.reverses IN (SELECT id FROM ledger e WHERE e.sale = s.id) OR "
                "(g.reason = 'expire' AND g.lot IN (SELECT id FROM ledger e WHERE e.sale = s.id AND e.reason = 'earn'))"
                ") <> 0"
            )
            assert wrong == []

    @invariant()
    def a_day_has_its_limit(self) -> None:
        for shop in self.shops:
            spent = shop.ask(
                "SELECT g.member, date(g.at_us / 1000000 + 28800, 'unixepoch') AS day, -SUM(g.points) FROM ledger g "
                "WHERE g.reason = 'redeem' AND NOT EXISTS (SELECT 1 FROM ledger_origin WHERE entry = g.id) "
                "AND NOT EXISTS (SELECT 1 FROM ledger r WHERE r.reverses = g.id) GROUP BY 1, 2"
            )
            assert all(points <= CAP for _, _, points in spent)

    @invariant()
    def nobody_is_overdrawn_further_than_the_shop_risks(self) -> None:
        """Below zero goes only what came back with goods, and without leases what two stores gave on one day each."""
        for uid in {people.survivor(self.hq, uid) for uid in self.uids.values()}:
            risk = self._gone_back(uid) + (0 if self.lease else self._risked(uid))
            assert people.standing(self.hq, uid)[0] >= -risk, uid

    def _gone_back(self, uid: str) -> int:
        found = row(
            self.hq.db, "SELECT COALESCE(-SUM(points), 0) FROM ledger WHERE points < 0 AND reason IN "
            "('return', 'reverse', 'adjust') AND member IN "
            "(SELECT ?1 UNION SELECT gone FROM member_alias WHERE kept = ?1)", (uid,),
        )  # fmt: skip
        return int(found[0]) if found else 0

    def _risked(self, uid: str) -> int:
        found = row(
            self.hq.db, "SELECT COUNT(DISTINCT l.source || ':' || s.business_date) FROM ledger l "
            "JOIN sale s ON s.event = l.event WHERE l.reason = 'redeem' AND l.member IN "
            "(SELECT ?1 UNION SELECT gone FROM member_alias WHERE kept = ?1)", (uid,),
        )  # fmt: skip
        return CAP * int(found[0]) if found else 0


def widened(folder: Path) -> Path:
    """The shop with more on its shelves, as a template."""
    build(folder)
    shop = Shop(folder, seed=4)
    widen(shop)
    shop.close()
    return folder
