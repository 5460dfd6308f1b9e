"""The main job on a grocer's baskets: the box and headquarters hold what the file says, to the cent."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from edge import journal
from edge.base.config import HqLink
from edge.base.sqlite import row, rows
from edge.loyalty import tier_of
from sync.agent import Agent
from sync.boxdb import BoxStore
from sync.hq import provision
from tests.broker import running_broker
from tests.journey.convert import card, convert
from tests.journey.shop import Shop, open_shop
from tests.journey.table import basket_ids, sums, totals_in_order
from tests.sync.shop import QUICK, hq_config, running_hq, until

COUNT = 200


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The box after it sold the first 200 baskets."""
    shop = open_shop(convert(COUNT), tmp_path_factory.mktemp("journey"))
    summary = shop.replay()
    assert summary.refused == []
    assert summary.mismatches == []
    yield shop
    shop.box.close()


def expected_standings(shop: Shop) -> dict[str, tuple[int, int]]:
    """card -> (points, score), reckoned from the table's own totals by the rule of the shop."""
    points: Counter[int] = Counter()
    scores: Counter[int] = Counter()
    for household, cents in totals_in_order(basket_ids(COUNT)):
        multiplier = tier_of(scores[household], shop.box.rules.tiers).multiplier
        points[household] += cents * multiplier // (100 * 10_000)
        scores[household] += cents // 100
    return {card(household): (points[household], scores[household]) for household in scores}


def test_sales_lines_and_turnover_are_those_of_the_table(shop: Shop) -> None:
    file, box = sums(basket_ids(COUNT)), shop.sums()
    assert {name: box[name] for name in file} == file
    assert box["cash"] == box["line_total"] == file["turnover"]


def test_points_and_tiers_follow_from_the_totals(shop: Shop) -> None:
    expected = expected_standings(shop)
    assert shop.standings() == expected
    assert shop.sums()["points"] == sum(points for points, _ in expected.values())
    assert len({tier_of(score, shop.box.rules.tiers).id for _, score in expected.values()}) >= 2


def test_each_line_is_one_row_of_the_table_with_its_pieces(shop: Shop) -> None:
    """Quantities too: scanned pieces, keyed pieces and labels."""
    wanted: Counter[tuple[str, int, int]] = Counter()
    journey = convert(COUNT)
    for basket in journey.baskets:
        for code in basket["codes"]:
            if "n" in code:
                product = int(code["code"][4:12])
                wanted[str(product), code["n"] * 1000, code["n"] * journey.products[product]] += 1
            else:
                sku = next(p for p, plu in journey.plus.items() if plu == code["code"][2:7])
                wanted[str(sku), int(code["code"][7:12]), int(code["code"][12:17])] += 1
    assert Counter(rows(shop.box.db, "SELECT sku, qty, total FROM sale_line")) == wanted


def test_one_event_a_sale_in_a_whole_chain(shop: Shop) -> None:
    assert list(journal.verify(shop.box.db, shop.box.source)) == []
    found = row(shop.box.db, "SELECT COUNT(*) FROM journal WHERE json_extract(body, '$.type') = 'sale.completed'")
    assert found == (COUNT,)


def test_headquarters_holds_the_same_after_a_real_broker(shop: Shop, tmp_path: Path) -> None:
    """The whole way: journal, sync agent, mosquitto, receiver, headquarters' own tables."""
    box = shop.box
    with running_broker(tmp_path, {"hq": "secret-hq", "box-1": "secret-box-1"}) as broker:
        config = hq_config(tmp_path / "hq", broker.port)
        key = bytes.fromhex(provision(config.data, "box-1"))
        link = HqLink(broker.host, broker.port, "box-1", "secret-box-1", key)
        agent, stop = Agent(replace(box.config, hq=link), box.env, QUICK), threading.Event()
        thread = threading.Thread(target=agent.run, args=(stop,), name="agent")
        with running_hq(config) as hq:
            thread.start()
            try:
                store = BoxStore(box.db, "demo", "box-1")
                until(lambda: sum(store.pending().values()) == 0, what="everything acknowledged")
            finally:
                stop.set()
                thread.join()
            db = hq.store.db
            found = row(db, "SELECT COUNT(*), SUM(lines), SUM(total), SUM(points) FROM sale")
            by_member = rows(db, "SELECT member, SUM(points), SUM(score) FROM ledger GROUP BY member")
            dead = row(db, "SELECT COUNT(*) FROM dead_letter")
            hq.store.release()
    file = sums(basket_ids(COUNT))
    assert found == (file["sales"], file["lines"], file["turnover"], shop.sums()["points"])
    cards = dict(rows(box.db, "SELECT m.uid, c.code FROM member m JOIN member_card c ON c.member = m.id"))
    assert {cards[uid]: (points, score) for uid, points, score in by_member} == expected_standings(shop)
    assert dead == (0,)
