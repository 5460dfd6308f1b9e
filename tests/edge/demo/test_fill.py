"""The sample store after it was filled: what the plan said is what the box holds, to the fen."""

from __future__ import annotations

import json
import random
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from edge import catalog, codes, journal, lots, members
from edge.base.money import line_amount
from edge.base.sqlite import integrity, row, rows
from edge.box import Box
from edge.demo.data import demo_store
from edge.demo.fill import SEED, fill, is_filled
from edge.demo.plan import Purchase, planned_quantities, purchase_plan
from edge.loyalty import tier_of
from tests.edge.demo.conftest import TOML, new_box

STORE = demo_store()
BY_SKU = {product.sku: product for product in STORE.products}
LAST = date(2026, 11, 21)


@pytest.fixture(scope="module")
def plan() -> list[Purchase]:
    return purchase_plan(STORE, SEED, LAST)


def total_of(purchase: Purchase) -> int:
    """What the plan comes to, reckoned from the files: member prices for members, small change dropped."""
    total = 0
    for sku, qty in purchase.lines:
        p = BY_SKU[sku]
        price = p.member_price if purchase.member is not None and p.member_price else p.price
        total += line_amount(price, qty)
    return total // 10 * 10


def bodies(box: Box) -> list[tuple[str, str | None, bytes]]:
    entries = journal.read(box.db, box.source.epoch, "a", 0, 100_000)
    return [(entry.body, entry.private, entry.hash) for entry in entries]


def test_the_box_took_in_what_the_plan_says(filled_box: Box, plan: list[Purchase]) -> None:
    paid = rows(filled_box.db, "SELECT total + rounding FROM sale WHERE kind = 'sale' ORDER BY id")
    assert [values[0] for values in paid] == [total_of(purchase) for purchase in plan]
    turnover = row(filled_box.db, "SELECT SUM(amount) FROM tender")
    assert turnover == (sum(total_of(purchase) for purchase in plan if not purchase.void),)
    lines = row(filled_box.db, "SELECT COUNT(*) FROM sale_line l JOIN sale s ON s.id = l.sale WHERE s.kind = 'sale'")
    assert lines == (sum(len(purchase.lines) for purchase in plan),)


def test_each_sale_has_the_planned_time_lane_and_member(filled_box: Box, plan: list[Purchase]) -> None:
    cards = dict(rows(filled_box.db, "SELECT member, code FROM member_card"))
    found = rows(filled_box.db, "SELECT business_date, lane, member, mode FROM sale WHERE kind = 'sale' ORDER BY id")
    for (day, lane, member, mode), purchase in zip(found, plan, strict=True):
        assert (day, lane, mode) == (purchase.day.isoformat(), purchase.lane, "demo")
        expected = None if purchase.member is None else codes.member_code(purchase.member)
        assert cards.get(member) == expected


def test_all_three_tiers_are_populated(filled_box: Box) -> None:
    tiers: Counter[str] = Counter()
    for (member,) in rows(filled_box.db, "SELECT id FROM member"):
        score = members.standing(filled_box.db, member).score
        tiers[tier_of(score, filled_box.rules.tiers).id] += 1
    assert sum(tiers.values()) == 60
    assert min(tiers["bronze"], tiers["silver"], tiers["gold"]) >= 8


def test_score_is_one_a_yuan_and_points_follow_the_tier(filled_box: Box, plan: list[Purchase]) -> None:
    scores: Counter[str] = Counter()
    points: Counter[str] = Counter()
    consents = {codes.member_code(member.number): member.consents for member in STORE.members}
    for purchase in plan:
        card = codes.member_code(purchase.member) if purchase.member else None
        if card is None or purchase.void or "points" not in consents[card]:
            continue
        fen, tier = total_of(purchase), tier_of(scores[card], filled_box.rules.tiers)
        points[card] += fen * tier.multiplier // 1_000_000
        scores[card] += fen // 100
    for card, member in rows(filled_box.db, "SELECT code, member FROM member_card"):
        standing = members.standing(filled_box.db, member)
        assert (standing.points, standing.score) == (points[card], scores[card]), card


def test_the_drawn_member_is_silver(filled_box: Box) -> None:
    lin = members.by_card(filled_box.db, codes.member_code(4_200_001))
    assert lin is not None
    assert (lin.name, lin.phone) == ("林晓雯", "138••••5021")
    score = members.standing(filled_box.db, lin.id).score
    assert tier_of(score, filled_box.rules.tiers).id == "silver"


def test_shelves_hold_what_the_file_says_after_two_years(filled_box: Box) -> None:
    stock = catalog.stock(filled_box.db)
    for product in catalog.tiles(filled_box.db, catalog.current(filled_box.db)):
        if (counted := BY_SKU[product.sku].stock) is not None:
            assert stock[product.id] == counted, product.name_en
    flow = rows(filled_box.db, "SELECT product, SUM(qty) FROM stock_flow GROUP BY product")
    assert {product: qty for product, qty in flow if product in stock} == stock


def test_every_code_of_the_files_finds_its_product(filled_box: Box) -> None:
    versions = catalog.current(filled_box.db)
    for p in STORE.products:
        if p.gtin:
            text = p.gtin
        else:
            text = codes.weighed_label("21PPPPPWWWWWC", p.plu, 500)
        code = codes.identify(text, filled_box.rules.labels)
        found = catalog.find(filled_box, versions, code.candidates)
        assert found is not None, p.name_en
        assert (found.sku, found.price, found.member_price) == (p.sku, p.price, p.member_price)


def test_staff_can_log_in_and_have_badges(filled_box: Box) -> None:
    badges = {values[0] for values in rows(filled_box.db, "SELECT badge FROM staff")}
    assert badges == {codes.staff_code(person.number) for person in STORE.staff}
    assert all(codes.identify(badge, ()).kind == "staff" for badge in badges)


def test_consents_are_rows_and_missing_ones_mean_no(filled_box: Box) -> None:
    for member in STORE.members:
        found = members.by_card(filled_box.db, codes.member_code(member.number))
        assert found is not None
        for purpose in members.PURPOSES:
            assert members.has_consent(filled_box.db, found.id, purpose) == (purpose in member.consents)


def test_a_void_has_a_reason_and_an_approver(filled_box: Box, plan: list[Purchase]) -> None:
    found = rows(filled_box.db, "SELECT approver, reason, total + rounding FROM sale WHERE kind = 'void' ORDER BY id")
    assert [-total for *_, total in found] == [total_of(purchase) for purchase in plan if purchase.void]
    assert all(approver and reason for approver, reason, _ in found)


def test_receipts_are_gapless_and_every_day_has_its_own_closed_shift(filled_box: Box) -> None:
    for lane in ("1", "2"):
        numbers = rows(filled_box.db, "SELECT number FROM sale WHERE lane = ? ORDER BY id", (lane,))
        assert [values[0] for values in numbers] == list(range(1, len(numbers) + 1))
    assert row(filled_box.db, "SELECT COUNT(*) FROM shift WHERE closed_us IS NULL") == (0,)
    doubled = "SELECT 1 FROM shift GROUP BY lane, business_date HAVING COUNT(*) > 1"
    assert row(filled_box.db, doubled) is None
    nothing_queued = row(filled_box.db, "SELECT COUNT(*) FROM print_job")
    assert nothing_queued == (0,)


def test_the_journal_is_whole_and_names_nobody(filled_box: Box) -> None:
    assert list(journal.verify(filled_box.db, filled_box.source)) == []
    text = "\n".join(body for body, _, _ in bodies(filled_box))
    for member in STORE.members:
        assert member.name not in text
        assert member.phone not in text
    times = re.findall(r'"time":"([^"]+)"', text)
    assert times == sorted(times)


def test_the_same_seed_gives_the_same_journal(make_box: Callable[..., Box]) -> None:
    first, second, other = make_box("first"), make_box("second"), make_box("other")
    fill(first, days=60)
    fill(second, days=60)
    fill(other, days=60, seed=1)
    assert bodies(first) == bodies(second)
    assert bodies(first) != bodies(other)


def test_a_fill_that_is_cut_short_leaves_an_empty_box(make_box: Callable[..., Box]) -> None:
    box, whole = make_box("cut"), make_box("whole")

    def pull_the_plug(done: int, total: int, words: str) -> None:
        if done > total // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill(box, pull_the_plug, days=30)
    assert not is_filled(box)
    for table in ("journal", "sale", "member", "staff", "product", "stock", "shift"):
        assert row(box.db, f"SELECT COUNT(*) FROM {table}") == (0,)
    box.env.rng.seed(0)
    fill(box, days=30)
    fill(whole, days=30)
    assert [json.loads(body)["data"] for body, *_ in bodies(box)] == [
        json.loads(body)["data"] for body, *_ in bodies(whole)
    ]


KILLED = """
import os, pathlib, signal, sys
from edge.demo.fill import fill
from tests.edge.demo.conftest import new_box

def progress(done, total, words):
    if done > total // 2:
        os.kill(os.getpid(), signal.SIGKILL)

fill(new_box(pathlib.Path(sys.argv[1])), progress, days=60)
"""


def test_a_killed_fill_can_be_done_again(tmp_path: Path) -> None:
    folder = tmp_path / "killed"
    root = Path(__file__).resolve().parents[3]
    ended = subprocess.run([sys.executable, "-c", KILLED, str(folder)], cwd=root, check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL
    box = new_box(folder)
    try:
        assert integrity(box.config.database) == "ok"
        assert not is_filled(box)
        fill(box, days=5)
        assert list(journal.verify(box.db, box.source)) == []
    finally:
        box.close()


def test_a_filled_box_is_not_filled_twice(make_box: Callable[..., Box]) -> None:
    box = make_box()
    fill(box, days=3)
    assert is_filled(box)
    with pytest.raises(ValueError, match="catalogue"):
        fill(box, days=3)


def test_progress_goes_up_to_the_end_in_either_language(make_box: Callable[..., Box]) -> None:
    for lang, words in (("en", "sales"), ("zh-CN", "交易")):
        seen: list[tuple[int, int, str]] = []
        fill(make_box(lang), lambda *step, seen=seen: seen.append(step), lang=lang, days=20)  # type: ignore[misc]
        assert [done for done, _, _ in seen] == sorted(done for done, _, _ in seen)
        assert seen[-1][0] == seen[-1][1] > 50
        assert words in seen[-1][2]


def test_a_box_with_one_lane_sells_everything_there(make_box: Callable[..., Box]) -> None:
    box = make_box("single", TOML.partition('[[lane]]\nid = "2"')[0])
    filled = fill(box, days=10)
    assert rows(box.db, "SELECT DISTINCT lane FROM sale") == [("1",)]
    assert filled.sales == len(purchase_plan(STORE, SEED, LAST, 10))


def test_voided_goods_are_back(plan: list[Purchase]) -> None:
    sample = random.Random(1).choice([purchase for purchase in plan if purchase.void])
    assert planned_quantities([sample]) == {}


def test_the_last_delivery_brought_goods_with_lots_and_dates(filled_box: Box) -> None:
    dates = [(x.lot, x.left) for x in lots.dated(filled_box, 30)]
    assert dates == [("Y1109", -2), ("M1121", 1), ("Y1118", 5), ("F2409A", 8), ("G1120", 10)]
    assert row(filled_box.db, "SELECT supplier, lines FROM stock_doc") == ("滨江配送", 6)
    assert rows(filled_box.db, "SELECT lot, expiry, SUM(qty) FROM lot_flow GROUP BY 1, 2 ORDER BY 2, 1") == rows(
        filled_box.db, "SELECT lot, expiry, qty FROM stock_lot ORDER BY 2, 1"
    )
