"""Everything that cashiers do in a whole day, in any order: the rules of the machine behind test_whole_day.py."""

from __future__ import annotations

from typing import Any

from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from edge import accounts
from edge.errors import ShopError
from edge.inventory import By, Entry, Paper, book
from edge.points.book import expire
from edge.promo import desk
from edge.reports import of_shift, z_report
from edge.shifts import current
from tests.edge.books import MEMBERS, Books
from tests.edge.goods import BOTTLE, CARD, CARD2, COLA, PHONE, quick_pins, widen
from tests.edge.promo.forms import form
from tests.edge.shop import BREAD, GUM, MILK, WINE, label
from tests.edge.test_days import LANES

GOODS = st.sampled_from([MILK, MILK, BREAD, GUM, WINE, COLA, PHONE, label(grams=333), label(grams=1_000)])
TAPS = st.integers(1, 2)
PRICES = st.sampled_from([None, 0, 1, 333, 995, 10_000])
OFF = st.one_of(st.none(), st.tuples(st.sampled_from(["percent", "amount"]), st.integers(1, 10_000)))
REASON = "because"
PROMOTIONS = [
    form("n_for_m", "PAIR", value={"buy": 2, "pay": 1}, limits={"total": 3}),
    form("percent", "TENTH", value={"bp": 1_000}, scope={"categories": ["food"]}, when={"member": True}),
    form("percent", "TOP", value={"bp": 333}, stack="with", scope={"skus": ["MILK", "APPLES"]}),
    form("spend_get", "SPEND", value={"every": 1_000, "off": 99}, limits={"day": 1}),
    form("gift", "GIFT", value={"spend": 2_000, "gift": "GUM"}, limits={"member": 1}),
]


def loaded(day: WholeDay) -> bool:
    """Whether something lies in a cart; most taps need that."""
    return any(day.till(lane).till.basket.lines for lane in ("1", "2"))


def sold(day: WholeDay) -> bool:
    return day.shop.one("SELECT COUNT(*) FROM sale WHERE shift IS NOT NULL AND kind = 'sale' AND lane <> 'old'") > 0


class WholeDay(Books):
    """The day of test_days, with everything else that a cashier does. Whoever is asked for approval gives it."""

    def __init__(self) -> None:
        super().__init__()
        quick_pins(self.shop)

    def tap(self, lane: str, command: str, taps: int = 1, /, **args: object) -> dict[str, Any] | None:
        """A tap, or the same one twice; a second person allows what needs one. None: it was refused."""
        hands = self.till(lane)
        quick_pins(self.shop)
        given = {"id": f"t{self.shop.env.rng.getrandbits(64):x}", "basket": hands.till.basket.uid, **args}
        self.uids.append(str(given["basket"]))
        shown = None
        for _ in range(taps):
            try:
                shown = hands.do(command, **given)
                if shown["approval"]:
                    shown = hands.approve()
            except ShopError as error:
                event(f"{command}: {error.slug}")
                if shown is None:
                    return None
        return shown

    def busy(self, lane: str) -> str:
        """The lane, or the other one if only there is something in the cart."""
        other = "2" if lane == "1" else "1"
        return other if self.till(other).till.basket.lines and not self.till(lane).till.basket.lines else lane

    def pick(self, lane: str, n: int) -> int:
        """The number of one of the lines in the cart."""
        lines = self.till(lane).till.basket.lines
        return lines[n % len(lines)].n if lines else 1

    @rule(milk=st.integers(1, 3_000))
    def load_prices(self, milk: int) -> None:
        widen(self.shop, milk=milk)

    @initialize(chosen=st.sets(st.sampled_from(range(len(PROMOTIONS)))))
    def begin_with_offers(self, chosen: set[int]) -> None:
        for n in sorted(chosen):
            desk.put(self.shop.box, PROMOTIONS[n], None)

    @rule(n=st.sampled_from(range(len(PROMOTIONS))))
    def change_what_is_on_offer(self, n: int) -> None:
        known = desk.newest(self.shop.box, PROMOTIONS[n]["uid"])
        if known is None:
            desk.put(self.shop.box, PROMOTIONS[n], None)
        else:
            desk.turn(self.shop.box, PROMOTIONS[n]["uid"], "paused" if known.state == "active" else "active", None)

    # -- what lies in the cart

    @rule(lane=LANES, codes=st.lists(GOODS, min_size=1, max_size=4), member=st.sampled_from([None, None, *MEMBERS]))
    def fill_a_cart(self, lane: str, codes: list[str], member: str | None) -> None:
        if member:
            self.attach(lane, member)
        for code in codes:
            self.scan(lane, code)
        basket = self.till(lane).till.basket
        for line in basket.lines:
            if line.missing == "serial":
                self.tap(lane, "line/trace", line=line.n, serial=f"SN{self.shop.env.rng.getrandbits(32):x}")
        if self.till(lane).view()["basket"]["age"]:
            self.tap(lane, "age", ok=True)

    @precondition(loaded)
    @rule(lane=LANES, n=st.integers(0, 5), price=PRICES, taps=TAPS)
    def ask_another_price(self, lane: str, n: int, price: int | None, taps: int) -> None:
        lane = self.busy(lane)
        self.tap(lane, "line/price", taps, line=self.pick(lane, n), price=price, reason=REASON)

    @precondition(loaded)
    @rule(lane=LANES, n=st.integers(-1, 5), off=OFF)
    def take_something_off(self, lane: str, n: int, off: tuple[str, int] | None) -> None:
        lane = self.busy(lane)
        args = {"reason": REASON} | ({off[0]: off[1]} if off else {})
        if n < 0:
            self.tap(lane, "discount", **args)
        else:
            self.tap(lane, "line/discount", line=self.pick(lane, n), **args)

    @precondition(loaded)
    @rule(lane=LANES, n=st.integers(0, 5), what=st.sampled_from(["note", "remove", "qty"]), qty=st.integers(-3, 9))
    def change_a_line(self, lane: str, n: int, what: str, qty: int) -> None:
        lane = self.busy(lane)
        args = {"note": {"note": "wrap it"}, "remove": {}, "qty": {"qty": qty * 1_000}}[what]
        self.tap(lane, f"line/{what}" if what == "note" else what, line=self.pick(lane, n), **args)

    @rule(lane=LANES, bottles=st.integers(0, 12))
    def bring_empties(self, lane: str, bottles: int) -> None:
        self.tap(lane, "empties", product=self.shop.product(BOTTLE).id, qty=bottles * 1_000)

    @rule(lane=LANES, card=st.sampled_from([CARD, CARD2]), amount=st.sampled_from([1, 500, 5_000, 100_000]))
    def top_up(self, lane: str, card: str, amount: int) -> None:
        self.tap(lane, "value/top-up", card=card, amount=amount)

    @precondition(loaded)
    @rule(lane=LANES, to=st.sampled_from([None, "1", "2"]))
    def put_aside(self, lane: str, to: str | None) -> None:
        lane = self.busy(lane)
        self.tap(lane, "hold", **({"lane": to} if to else {}))

    @rule(lane=LANES, n=st.integers(0, 3))
    def take_up(self, lane: str, n: int) -> None:
        held = [uid for (uid,) in self.shop.ask("SELECT uid FROM held ORDER BY uid")]
        if held:
            self.tap(lane, "recall", held=held[n % len(held)])

    # -- goods that come back

    @precondition(sold)
    @rule(
        lane=LANES, n=st.integers(0, 20), lines=st.sets(st.integers(0, 4), min_size=1),
        part=st.sampled_from([1, 2, 3]), everything=st.booleans(), fit=st.sampled_from([True, True, False]),
    )  # fmt: skip
    def bring_back(self, lane: str, n: int, lines: set[int], part: int, everything: bool, fit: bool = True) -> None:
        """Lines of one of the sales of any lane, all of each or a part."""
        sales = [uid for (uid,) in self.shop.ask("SELECT uid FROM sale WHERE kind = 'sale' ORDER BY id DESC LIMIT 21")]
        if not sales or self.tap(lane, "return/open", sale=sales[n % len(sales)]) is None:
            return
        found = self.till(lane).till.returning
        assert found is not None
        for i, sold in enumerate(found.lines):
            if everything or i in lines:
                left = sold.source.left
                qty = left if part == 1 else max(1_000 if sold.unit == "pc" else 1, left // part // 1_000 * 1_000)
                self.tap(lane, "return/take", line=sold.source.n, qty=qty, fit=fit)

    @rule(lane=LANES, sku=st.sampled_from(["MILK", "WINE", "COLA"]), price=st.sampled_from([None, 0, 995]))
    def bring_back_without_receipt(self, lane: str, sku: str, price: int | None) -> None:
        args = {} if price is None else {"price": price}
        self.tap(lane, "return/blind", product=self.shop.product(sku).id, qty=1_000, reason=REASON, **args)

    # -- money

    @precondition(loaded)
    @rule(lane=LANES, kind=st.sampled_from(["card", "stored", "account"]), share=st.sampled_from([1, 2, 3]),
          card=st.sampled_from([CARD, CARD2]), taps=TAPS)  # fmt: skip
    def take_a_part(self, lane: str, kind: str, share: int, card: str, taps: int) -> None:
        lane = self.busy(lane)
        basket = self.till(lane).till.basket
        uid, amount = basket.uid, self.till(lane).view()["basket"]["left"] // share
        part = {"kind": kind, "received": amount, "reference": card if kind == "stored" else None}
        before = len(basket.paid)
        self.tap(lane, "tender/take", taps, tender=part)
        if len(basket.paid) > before:
            self.taken.setdefault(uid, []).append((kind, amount, part["reference"]))  # type: ignore[arg-type]

    @precondition(loaded)
    @rule(lane=LANES, name=st.sampled_from(MEMBERS), share=st.sampled_from([1, 1, 2, 3]), taps=TAPS)
    def pay_with_points(self, lane: str, name: str, share: int, taps: int) -> None:
        """As much as the screen says is possible, or a part of it."""
        lane = self.busy(lane)
        if self.till(lane).till.basket.member is None:
            self.attach(lane, name)
        basket = self.till(lane).till.basket
        if basket.member is None:
            return
        amount = self.till(lane).till.points(None)["most"]["amount"] // share // 100 * 100
        before = len(basket.paid)
        self.tap(lane, "tender/take", taps, tender={"kind": "points", "received": amount})
        if len(basket.paid) > before:
            self.taken.setdefault(basket.uid, []).append(("points", amount, None))

    @rule(lane=LANES, n=st.integers(0, 2))
    def reverse_a_part(self, lane: str, n: int) -> None:
        uid, paid = self.till(lane).till.basket.uid, self.till(lane).till.basket.paid
        if paid and self.tap(lane, "tender/drop", n=n % len(paid)) is not None:
            self.taken[uid].remove(paid[n % len(paid)])

    @precondition(loaded)
    @rule(lane=LANES, how=st.sampled_from(["planned", "planned", "planned", "cash", "card", "stored", "account"]),
          taps=TAPS)  # fmt: skip
    def settle(self, lane: str, how: str, taps: int) -> None:
        """What is left to pay, or what is to be given back, in one of several ways."""
        lane = self.busy(lane)
        basket = self.till(lane).view()["basket"]
        if basket["age"]:
            self.tap(lane, "age", ok=True)
        if basket["refund"] and how == "planned":
            tenders = [
                {"kind": x["kind"], "received": x["amount"], "reference": x["reference"]} for x in basket["refund"]
            ]
        elif how in ("planned", "cash"):
            tenders = [{"kind": "cash", "received": self._coins(abs(basket["left"]))}] if basket["left"] else []
        else:
            tenders = [{"kind": how, "received": abs(basket["left"]), "reference": CARD if how == "stored" else None}]
        self.tap(lane, "pay", taps, tenders=tenders)

    @rule(lane=LANES, part=st.sampled_from([1, 1, 2, 3]), more=st.sampled_from([0, 0, 1]))
    def pay_off_an_account(self, lane: str, part: int, more: int) -> None:
        """All or a part of what somebody owes, or more than that."""
        owing = {name: accounts.owed(self.shop.box, self.shop.member(name)) for name in MEMBERS}
        name = max(owing, key=lambda x: owing[x])
        self.attach(lane, name)
        if self.tap(lane, "account/pay", amount=max(1, owing[name] // part) + more) is not None:
            self.settle(lane, "planned", 1)

    # -- whole visits, so that there is much to give back

    @rule(
        lane=LANES, codes=st.lists(GOODS, min_size=1, max_size=4), member=st.sampled_from([None, *MEMBERS]),
        cut=OFF, cart_cut=OFF, part=st.sampled_from([None, None, "card", "stored", "account", "points"]),
        how=st.sampled_from(["cash", "cash", "card", "stored", "account"]),
    )  # fmt: skip
    def serve(
        self, lane: str, codes: list[str], member: str | None, cut: tuple[str, int] | None,
        cart_cut: tuple[str, int] | None, part: str | None, how: str,
    ) -> None:  # fmt: skip
        self.fill_a_cart(lane, codes, member)
        if cut:
            self.take_something_off(lane, 0, cut)
        if cart_cut:
            self.take_something_off(lane, -1, cart_cut)
        if part == "points":
            self.pay_with_points(lane, "gold", 1, 1)
        elif part:
            self.take_a_part(lane, part, 2, CARD, 1)
        self.settle(lane, how, 1)

    @precondition(sold)
    @rule(lane=LANES, n=st.integers(0, 20), part=st.sampled_from([1, 2]), codes=st.lists(GOODS, max_size=2))
    def exchange(self, lane: str, n: int, part: int, codes: list[str]) -> None:
        self.bring_back(lane, n, {0}, part, part == 1)
        if codes:
            self.fill_a_cart(lane, codes, None)
        self.settle(lane, "planned", 1)

    def _coins(self, amount: int) -> int:
        return amount // 10 * 10

    # -- points without a sale

    @rule(lane=LANES, name=st.sampled_from(MEMBERS), points=st.sampled_from([-5_000, -77, 0, 50, 3_000]), taps=TAPS)
    def correct_points(self, lane: str, name: str, points: int, taps: int) -> None:
        self.attach(lane, name)
        self.tap(lane, "points/adjust", taps, points=points, reason=REASON)

    @rule(name=st.sampled_from(MEMBERS), joins=st.booleans())
    def join_or_leave_the_family(self, name: str, joins: bool) -> None:
        family = ("f1" if joins else None, self.shop.member(name))
        self.shop.db.execute_sql("UPDATE member SET family = ? WHERE id = ?", family)

    @rule(lane=LANES, giver=st.sampled_from(MEMBERS), taker=st.sampled_from(MEMBERS), points=st.sampled_from([1, 700]))
    def hand_points_on(self, lane: str, giver: str, taker: str, points: int) -> None:
        self.attach(lane, giver)
        uid = self.shop.one("SELECT uid FROM member WHERE id = ?", self.shop.member(taker))
        self.tap(lane, "points/transfer", to=uid, points=points)

    @rule(days=st.sampled_from([0, 400, 800]))
    def let_points_expire(self, days: int) -> None:
        self.shop.clock.set_wall(self.shop.clock.now_us() + days * 86_400_000_000)
        expire(self.shop.box)

    # -- what is no sale

    @rule(kind=st.sampled_from(["delivery", "write_off", "correction"]), sku=st.sampled_from(["MILK", "COLA", "GUM"]),
          qty=st.integers(1, 40))  # fmt: skip
    def move_goods(self, kind: str, sku: str, qty: int) -> None:
        entry = Entry(self.shop.product(sku).id, qty * 1_000)
        reason = {"delivery": "", "write_off": "broken", "correction": "miscounted"}[kind]
        uid = f"d{self.shop.env.rng.getrandbits(64):x}"
        try:
            book(self.shop.box, Paper(uid, kind, [entry], reason=reason), By(self.shop.person("manager")))
        except ShopError as error:
            event(f"{kind}: {error.slug}")

    @rule(codes=st.lists(GOODS, min_size=1, max_size=3), member=st.sampled_from([None, "gold"]))
    def practise(self, codes: list[str], member: str | None) -> None:
        self.till("3").log_in()
        self.fill_a_cart("3", codes, member)
        self.settle_all("3")

    def settle_all(self, lane: str) -> None:
        basket = self.till(lane).view()["basket"]
        if basket["left"] > 0:
            self.tap(lane, "pay", tenders=[{"kind": "cash", "received": self._coins(basket["left"])}])

    # -- the drawer and the shift

    @rule(lane=LANES, kind=st.sampled_from(["in", "out"]), amount=st.integers(1, 50_000), taps=TAPS)
    def move_money(self, lane: str, kind: str, amount: int, taps: int) -> None:
        if self.tap(lane, f"cash/{kind}", taps, amount=amount, reason=REASON) is not None:
            shift = current(self.shop.box, lane)
            assert shift is not None
            self.cash[lane, shift.id] += amount if kind == "in" else -amount

    @rule(lane=LANES, amount=st.integers(0, 50_000))
    def open_shift(self, lane: str, amount: int) -> None:
        if self.tap(lane, "shift/open", float=amount) is not None:
            shift = current(self.shop.box, lane)
            assert shift is not None
            self.cash[lane, shift.id] += amount

    @rule(lane=LANES, notes=st.integers(0, 30), held=st.booleans(), taps=TAPS)
    def close_shift(self, lane: str, notes: int, held: bool, taps: int) -> None:
        shift = current(self.shop.box, lane)
        shown = self.tap(lane, "shift/close", taps, counts={"1000": notes, "10": 1}, held=held)
        if shown is not None:
            assert shift is not None
            closed = shown["closed"]
            assert closed["counted"] == notes * 1_000 + 10
            assert closed["difference"] == closed["counted"] - closed["expected"]
            self.agrees(z_report(self.shop.box, lane, closed["z"])[0], lane, shift.id)

    @rule(lane=LANES)
    def look_at_the_shift(self, lane: str) -> None:
        shift = current(self.shop.box, lane)
        if shift is not None:
            self.agrees(of_shift(self.shop.box, shift, "live"), lane, shift.id)
