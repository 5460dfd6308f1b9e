"""What must be true of the books at any moment of a day, reckoned anew from the documents one by one."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis.stateful import invariant

from edge import accounts
from edge.evidence import check
from edge.points import lots
from edge.promo import desk
from edge.reports import z_report
from tests.edge.test_days import Day

MEMBERS = ["bronze", "silver", "gold", "silent"]


class Books(Day):
    """Invariants of any day, however it is lived (see whole_day.py)."""

    def __init__(self) -> None:
        super().__init__()
        # What was taken in parts by cart, and what went in and out of the drawer beside the sales by lane and shift.
        self.taken: dict[str, list[tuple[str, int, str | None]]] = {}
        self.cash = Counter[tuple[str, int]]()

    def teardown(self) -> None:
        try:
            assert list(check(self.shop.box)) == []
        finally:
            super().teardown()

    def agrees(self, report: dict[str, Any], lane: str, shift: int) -> None:
        """A report is the sum of its documents, reckoned here one by one."""
        kinds, tenders, taxes, shelves = Counter[str](), Counter[str](), Counter[tuple[str, int]](), Counter[str]()
        cuts = Counter[str]()
        net = rounding = sold = back = saved = 0
        documents = "SELECT id, kind, total, rounding, saving FROM sale WHERE shift = ? ORDER BY id"
        for sale, kind, total, rounded, saving in self.shop.ask(documents, shift):
            kinds[kind] += 1
            net, rounding, saved = net + total, rounding + rounded, saved + saving
            for way, amount in self.shop.ask("SELECT kind, amount FROM tender WHERE sale = ?", sale):
                tenders[way] += amount
            for group, rate, tax in self.shop.ask("SELECT tax_group, rate, tax FROM sale_tax WHERE sale = ?", sale):
                taxes[group, rate] += tax
            for shelf, amount in self.shop.ask("SELECT category, total FROM sale_line WHERE sale = ?", sale):
                shelves[shelf] += amount
                sold += max(0, amount) if kind != "void" else 0
                back -= min(0, amount) if kind != "void" else 0
            for what, amount in self.shop.ask("SELECT kind, amount FROM line_discount WHERE sale = ?", sale):
                cuts["promo" if what.startswith("promo:") else what] += amount
        cuts["member"] = saved - sum(cuts.values())
        assert (report["sales"], report["returns"], report["voids"]) == (kinds["sale"], kinds["return"], kinds["void"])
        assert (report["net"], report["rounding"], report["gross"], report["refunds"]) == (net, rounding, sold, back)
        assert report["tenders"] == dict(tenders)
        assert sum(report["tenders"].values()) == net + rounding
        assert {(x["group"], x["rate"]): x["tax"] for x in report["taxes"]} == dict(taxes)
        assert {x["id"]: x["total"] for x in report["categories"]} == dict(shelves)
        assert report["discounts"] == {k: v for k, v in cuts.items() if v}
        assert report["expected"] == self.cash[lane, shift] + tenders["cash"]

    @invariant()
    def the_shelf_is_opening_plus_moves(self) -> None:
        wrong = self.shop.ask(
            "SELECT k.product, k.qty, SUM(f.qty) FROM stock k JOIN stock_flow f ON f.product = k.product "
            "GROUP BY k.product HAVING k.qty <> SUM(f.qty)"
        )
        assert wrong == []

    @invariant()
    def every_document_adds_up(self) -> None:
        wrong = self.shop.ask(
            "SELECT id FROM sale s WHERE "
            "s.total + s.rounding <> (SELECT COALESCE(SUM(amount), 0) FROM tender t WHERE t.sale = s.id) "
            "OR s.total <> (SELECT SUM(total) FROM sale_line l WHERE l.sale = s.id) "
            "OR s.saving <> (SELECT SUM(discount) FROM sale_line l WHERE l.sale = s.id) "
            "OR s.tax <> (SELECT SUM(tax) FROM sale_line l WHERE l.sale = s.id) "
            "OR s.tax <> (SELECT SUM(tax) FROM sale_tax x WHERE x.sale = s.id) "
            "OR s.total <> (SELECT SUM(gross) FROM sale_tax x WHERE x.sale = s.id) "
            "OR s.points <> (SELECT COALESCE(SUM(points), 0) FROM ledger g WHERE g.sale = s.id AND g.member = s.member "
            "AND g.reason NOT IN ('redeem', 'restore'))"
        )
        assert wrong == []
        assert not self.shop.ask("SELECT 1 FROM tender WHERE kind <> 'cash' AND (amount <> received OR change <> 0)")
        assert not self.shop.ask("SELECT 1 FROM tender WHERE kind = 'cash' AND (amount <> received - change)")

    @invariant()
    def the_drawer_holds_what_was_sold(self) -> None:
        sold = self.shop.one("SELECT COALESCE(SUM(total + rounding), 0) FROM sale")
        assert self.shop.one("SELECT COALESCE(SUM(amount), 0) FROM tender") == sold

    @invariant()
    def tax_by_group_is_that_of_the_lines(self) -> None:
        assert self.shop.ask(
            "SELECT sale, tax_group, rate, SUM(total), SUM(tax) FROM sale_line GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
        ) == self.shop.ask("SELECT sale, tax_group, rate, gross, tax FROM sale_tax ORDER BY 1, 2, 3")

    @invariant()
    def nothing_is_given_back_twice(self) -> None:
        """Of no line more than was sold, in pieces, money, tax or discount; and all of it is exactly all of it."""
        wrong = self.shop.ask(
            "SELECT l.sale, l.n FROM sale_line l JOIN sale s ON s.id = l.sale, (SELECT original, original_n, "
            "-SUM(qty) AS qty, -SUM(total) AS total, -SUM(tax) AS tax, -SUM(discount) AS discount FROM sale_line "
            "WHERE original IS NOT NULL GROUP BY 1, 2) r WHERE r.original = l.sale AND r.original_n = l.n AND "
            "(s.kind <> 'sale' OR (l.qty > 0 AND (r.qty > l.qty OR r.total > l.total OR r.tax > l.tax "
            "OR (r.qty = l.qty AND (r.total, r.tax, r.discount) <> (l.total, l.tax, l.discount)))))"
        )
        assert wrong == []

    @invariant()
    def cuts_are_given_back_with_their_goods(self) -> None:
        wrong = self.shop.ask(
            "SELECT d.sale, d.n, d.kind FROM line_discount d JOIN sale_line l ON l.sale = d.sale AND l.n = d.n WHERE "
            "l.qty > 0 AND l.qty = (SELECT -SUM(qty) FROM sale_line WHERE original = l.sale AND original_n = l.n) "
            "AND d.amount <> (SELECT -SUM(b.amount) FROM sale_line r JOIN line_discount b ON b.sale = r.sale "
            "AND b.n = r.n WHERE r.original = l.sale AND r.original_n = l.n AND b.kind = d.kind)"
        )
        assert wrong == []

    @invariant()
    def promotions_are_used_as_often_as_they_may_be(self) -> None:
        """And what came off by one that was given back in full is used by nobody."""
        uses = self.shop.ask("SELECT promotion, member, business_date, SUM(times) FROM promo_use GROUP BY 1, 2, 3")
        assert all(times >= 0 for *_, times in uses)
        for stored in desk.everything(self.shop.box):
            limits, mine = stored.promotion.limits, [x[1:] for x in uses if x[0] == stored.promotion.uid]
            by_member = Counter[int]()
            for member, _, times in mine:
                by_member[member] += times
            assert limits.total is None or by_member.total() <= limits.total
            assert limits.member is None or max(by_member.values(), default=0) <= limits.member
            assert limits.day is None or all(times <= limits.day for *_, times in mine)
        left = self.shop.ask(
            "SELECT 1 FROM promo_use u WHERE EXISTS (SELECT 1 FROM sale WHERE original = u.sale AND kind = 'void') "
            "GROUP BY u.promotion, u.sale HAVING SUM(u.times) <> 0"
        )
        assert left == []

    @invariant()
    def stored_value_is_what_was_put_on_less_what_was_spent(self) -> None:
        for card, balance in self.shop.ask(
            "SELECT c.code, SUM(e.amount) FROM value_ledger e JOIN value_card c ON c.id = e.card GROUP BY 1"
        ):
            assert balance >= 0
            charged = self.shop.one(
                "SELECT COALESCE(SUM(total), 0) FROM sale_line WHERE category = '#stored' AND code = ?", card
            )
            spent = self.shop.one(
                "SELECT COALESCE(SUM(amount), 0) FROM tender WHERE kind = 'stored' AND reference = ?", card
            )
            assert balance == charged - spent

    @invariant()
    def nobody_owes_more_than_the_limit(self) -> None:
        for name in MEMBERS:
            assert accounts.owed(self.shop.box, self.shop.member(name)) <= self.shop.box.rules.account_limit

    @invariant()
    def what_a_terminal_took_is_booked_or_waits(self) -> None:
        open_carts = {self.till(lane).till.basket.uid: self.till(lane).till.basket.paid for lane in ("1", "2")}
        for uid, parts in self.taken.items():
            booked = self.shop.ask(
                "SELECT t.kind, t.amount, t.reference FROM tender t JOIN sale s ON s.id = t.sale WHERE s.uid = ?", uid
            )
            assert not Counter(parts) - Counter(map(tuple, booked or open_carts.get(uid, ())))

    @invariant()
    def balances_are_what_the_sales_earned(self) -> None:
        """Points are entries that name their lot; what a return takes back is never more than was earned."""
        undoing = "SELECT 1 FROM ledger WHERE reason IN ('return', 'reverse', 'restore') AND reverses IS NULL"
        assert not self.shop.ask(undoing)
        for sale, earned, score, back, lower, left, expired, voided in self.shop.ask(
            "SELECT e.sale, e.points, e.score, COALESCE(-SUM(r.points), 0), COALESCE(-SUM(r.score), 0), "
            "(SELECT SUM(l.qty + COALESCE((SELECT SUM(qty) FROM sale_line WHERE original = l.sale "
            "AND original_n = l.n), 0)) FROM sale_line l WHERE l.sale = e.sale AND l.qty > 0 AND l.total <> 0 "
            "AND l.category NOT LIKE '#%'), "
            "(SELECT COALESCE(-SUM(points), 0) FROM ledger WHERE lot = e.id AND reason = 'expire'), "
            "(SELECT COALESCE(SUM(reason = 'reverse'), 0) FROM ledger WHERE reverses = e.id) "
            "FROM ledger e LEFT JOIN ledger r ON r.reverses = e.id WHERE e.reason = 'earn' GROUP BY e.id"
        ):
            assert 0 <= back <= earned and 0 <= lower <= score, sale
            if left == 0:
                assert (back, lower) == (earned if voided else earned - expired, score), sale
        silent = self.shop.member("silent")
        assert self.shop.one("SELECT COALESCE(SUM(points), 0) FROM ledger WHERE member = ?", silent) == 0

    @invariant()
    def points_never_come_from_nothing(self) -> None:
        """Whoever earns has paid: with money, with goods whose points go back, or with empty bottles."""
        step = self.shop.box.rules.minor_per_point
        for sale, score in self.shop.ask("SELECT sale, score FROM ledger WHERE reason = 'earn'"):
            money, back, empties, goods = self.shop.ask(
                "SELECT (SELECT COALESCE(SUM(amount), 0) FROM tender WHERE sale = ?1 "
                "AND kind NOT IN ('stored', 'points')), "
                "(SELECT COALESCE(-SUM(score), 0) FROM ledger WHERE sale = ?1 AND reason = 'return'), "
                "COALESCE(SUM(CASE WHEN category = '#deposit' AND qty < 0 THEN -total END), 0), "
                "COALESCE(SUM(CASE WHEN category NOT LIKE '#%' AND qty > 0 THEN total END), 0) "
                "FROM sale_line WHERE sale = ?1", sale,
            )[0]  # fmt: skip
            assert score * step <= min(goods, max(0, money + back * step + empties)), sale

    @invariant()
    def what_points_pay_is_what_the_ledger_gives(self) -> None:
        """100 points are 1.00: so much of each document, never more back than was spent, and no lot out of nothing."""
        wrong = self.shop.ask(
            "SELECT id FROM sale s WHERE mode <> 'training' AND "
            "(SELECT COALESCE(SUM(amount), 0) FROM tender WHERE sale = s.id AND kind = 'points') <> "
            "(SELECT COALESCE(-SUM(points), 0) FROM ledger WHERE sale = s.id AND reason IN ('redeem', 'restore'))"
        )
        assert wrong == []
        back = self.shop.ask(
            "SELECT e.id FROM ledger e JOIN ledger r ON r.reverses = e.id WHERE e.reason = 'redeem' GROUP BY e.id "
            "HAVING SUM(r.points) > -e.points OR SUM(r.reason <> 'restore')"
        )
        assert back == []
        scoring = "SELECT 1 FROM ledger WHERE reason NOT IN ('earn', 'return', 'reverse') AND score <> 0"
        assert not self.shop.ask(scoring)
        assert self.shop.one("SELECT COALESCE(SUM(points), 0) FROM ledger WHERE reason IN ('transfer', 'fill')") == 0
        assert not self.shop.ask(
            "SELECT lot FROM ledger GROUP BY lot HAVING SUM(id = lot) <> 1 OR COUNT(DISTINCT member) > 1 "
            "OR SUM(CASE WHEN id = lot OR reason IN ('restore', 'fill', 'reverse') THEN 0 ELSE max(0, points) END) > 0"
        )

    @invariant()
    def nobody_may_spend_what_is_not_there(self) -> None:
        box = self.shop.box
        for name in MEMBERS:
            member = self.shop.member(name)
            found = lots.purse(box.db, member, lots.today_of(box))
            assert lots.spendable(box, member) == found.spendable  # the sum alone, and lot by lot
            assert 0 <= found.spendable <= sum(max(0, lot.left) for lot in found.lots)

    @invariant()
    def reports_are_numbered_without_a_gap_and_add_up(self) -> None:
        for lane in ("1", "2"):
            total = 0
            for n, (number, body) in enumerate(
                self.shop.ask("SELECT number, json(body) FROM z_report WHERE lane = ? ORDER BY number", lane), 1
            ):
                report = z_report(self.shop.box, lane, n)[0]
                assert number == n and body
                total += report["gross"]
                assert report["perpetual"] == total
