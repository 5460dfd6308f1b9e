"""Two stores of one chain and a headquarters between them that is often out of reach: the rules of the machine."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import rule

from edge import members, merging
from edge.errors import ShopError
from edge.points import book, policy
from edge.privacy import erase
from tests.edge.goods import pay_as_planned, quick_pins, session
from tests.edge.shop import BREAD, CARDS, MILK
from tests.sync.two_books import WHERE, TwoStores

DAY_S = 86_400
WHO = st.sampled_from(["bronze", "silver", "gold"])
GOODS = st.lists(st.sampled_from([MILK, MILK, BREAD, "HAMPER", "COLA"]), min_size=1, max_size=3)


class Chain(TwoStores):
    """What customers, cashiers, time and failures do to the points of three members in two stores."""

    # -- what customers do

    @rule(where=WHERE, who=WHO, goods=GOODS, share=st.sampled_from([0, 0, 1, 2, 3]), taps=st.integers(1, 2))
    def sell(self, where: int, who: str, goods: list[str], share: int, taps: int) -> None:
        """A sale, of which a part (none, all, a half, a third) is paid with points, tapped once or twice."""
        till = self.till(where)
        with suppress(ShopError):
            till.do("clear")
        with suppress(ShopError):
            till.do("member/detach")
        till.attach(who)
        for code in goods:
            till.add(code) if not code.isdigit() else till.scan(code)
        basket, customer = till.view()["basket"], till.till.basket.member
        if not basket["lines"]:
            return
        tenders = [{"kind": "cash", "received": basket["cash_due"]}]
        if share and customer is not None:
            part = min(basket["total"] // share, policy.allowance(self.shops[where].box, customer).limit) // 10 * 10
            rest = basket["total"] - part
            tenders = [{"kind": "points", "received": part}] * (part > 0)
            tenders += [{"kind": "cash", "received": rest // 10 * 10}] * (rest > 0)
        name = f"p{self.shops[where].env.rng.getrandbits(64):x}"
        for _ in range(taps):
            self._pay(where, basket["uid"], name, tenders)

    def _pay(self, where: int, basket: str, name: str, tenders: list[dict[str, Any]]) -> None:
        try:
            self.till(where).do("pay", basket=basket, id=name, tenders=tenders)
        except ShopError as error:
            event(f"pay: {error.slug}")

    @rule(where=WHERE, who=WHO, more=st.sampled_from([10, 1_000, 10_000_000]))
    def spend_more_than_there_is(self, where: int, who: str, more: int) -> None:
        """Nobody gets round the limit by asking."""
        till, shop = self.till(where), self.shops[where]
        with suppress(ShopError):
            till.do("clear")
        till.attach(who)
        customer = till.till.basket.member
        if customer is None:
            return
        till.add("HAMPER", 9_000)
        asked = policy.allowance(shop.box, customer).limit // 10 * 10 + more
        before = shop.one("SELECT COUNT(*) FROM sale")
        self._pay(where, till.till.basket.uid, "more", [{"kind": "points", "received": asked}])
        assert shop.one("SELECT COUNT(*) FROM sale") == before
        till.do("clear")

    @rule(where=WHERE, n=st.integers(0, 9), part=st.sampled_from([0, 0, 1]))
    def bring_back(self, where: int, n: int, part: int) -> None:
        """All of one of a store's last sales, or one piece of its first line."""
        shop, till = self.shops[where], self.till(where)
        sold = shop.ask("SELECT uid FROM sale WHERE kind = 'sale' AND lane = '1' ORDER BY id DESC LIMIT 10")
        if not sold:
            return
        with suppress(ShopError):
            till.do("clear")
        with suppress(ShopError):
            till.do("member/detach")
        try:
            till.do("return/open", sale=sold[n % len(sold)][0])
            lines = till.till.returning.lines if till.till.returning else ()
            for line in lines[:1] if part else lines:
                if line.source.left:
                    till.do("return/take", line=line.source.n, qty=1_000 if part else line.source.left)
            if till.till.basket.lines:
                pay_as_planned(till)
        except ShopError as error:
            event(f"return: {error.slug}")

    @rule(where=WHERE, taps=st.integers(1, 2))
    def void_the_last(self, where: int, taps: int) -> None:
        till = self.till(where)
        last = till.view()["last_sale"]
        for _ in range(taps if last else 0):
            with suppress(ShopError):
                till.void(last["uid"], id=f"void-{last['uid']}")

    @rule(where=WHERE, who=WHO, goods=GOODS)
    def put_aside(self, where: int, who: str, goods: list[str]) -> None:
        """A cart that is held earns nothing."""
        till, shop = self.till(where), self.shops[where]
        with suppress(ShopError):
            till.do("clear")
        till.attach(who)
        before = shop.ask("SELECT COUNT(*), SUM(points) FROM ledger")
        for code in goods:
            till.add(code) if not code.isdigit() else till.scan(code)
        with suppress(ShopError):
            till.do("hold")
        assert shop.ask("SELECT COUNT(*), SUM(points) FROM ledger") == before

    # -- what the shop does

    @rule(where=WHERE, who=WHO, points=st.sampled_from([-5_000, -10, 10, 500]))
    def adjust(self, where: int, who: str, points: int) -> None:
        shop = self.shops[where]
        found = members.by_card(shop.db, CARDS[who])
        if found is None:
            return
        try:
            with shop.box.transaction():
                book.adjust(
                    shop.box, found.id, points, "goodwill", session(self.till(where)).person, shop.person("manager")
                )
        except ShopError as error:
            event(f"adjust: {error.slug}")

    @rule(where=WHERE, gone=WHO, kept=WHO)
    def merge(self, where: int, gone: str, kept: str) -> None:
        shop = self.shops[where]
        two = [members.by_card(shop.db, CARDS[name]) for name in (gone, kept)]
        if two[0] is None or two[1] is None:
            return
        try:
            merging.merge(shop.box, two[0].id, two[1].id, shop.person("manager"), channel="till")
        except ShopError as error:
            event(f"merge: {error.slug}")

    @rule(where=WHERE, who=WHO, sure=st.integers(0, 5))
    def erase(self, where: int, who: str, sure: int) -> None:
        shop = self.shops[where]
        found = members.by_card(shop.db, CARDS[who])
        if found is None or sure:
            return  # seldom, or nobody would be left
        with suppress(ShopError):
            erase.erase(shop.box, found.id, shop.person("manager"), channel="till")

    @rule(where=WHERE)
    def let_points_expire(self, where: int) -> None:
        book.expire(self.shops[where].box)

    # -- what happens

    @rule(where=WHERE, days=st.sampled_from([0, 1, 20, 800]))
    def time_passes(self, where: int, days: int) -> None:
        """At one store alone: nobody has the same clock."""
        self.shops[where].clock.advance(days * DAY_S + 60)
        self.till(where).log_in()

    @rule(where=WHERE, days=st.sampled_from([-800, -1, 1, 900]))
    def a_clock_jumps(self, where: int, days: int) -> None:
        """While it isn't trusted nothing expires; then somebody sets it right."""
        clock = self.shops[where].clock
        now, before = clock.now_us(), self.shops[where].one("SELECT COALESCE(SUM(points), 0) FROM ledger")
        clock.set_wall(now + days * DAY_S * 1_000_000)
        clock._quality = "holdover"
        assert book.expire(self.shops[where].box) == 0
        assert self.shops[where].one("SELECT COALESCE(SUM(points), 0) FROM ledger") == before
        clock.set_wall(now)
        clock._quality = "synced"

    @rule(where=WHERE)
    def crash(self, where: int) -> None:
        self.shops[where].restart()
        for lane in ("1", "2"):
            self.shops[where].tills[lane].log_in()
        quick_pins(self.shops[where])


class LentChain(Chain):
    """The same where headquarters lends points to boxes: then nobody can spend what is not there."""

    lease = True
