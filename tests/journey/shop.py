"""A grocer's box with the journey's catalogue and its households as members, and what it sold."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from drivers.simulated import SimulatedScanner
from edge import box as boxes
from edge import members, settings
from edge.base.clock import SystemClock
from edge.base.config import load
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.bus import Bus
from edge.demo.data import DemoCategory, read_products
from edge.demo.fill import load_catalogue
from edge.env import Env
from edge.loyalty import tier_of
from edge.replay import Summary, replay
from edge.staff import Session, StaffService
from edge.till import Till
from tests.journey.convert import Journey, card, write_catalogue, write_replay
from tests.journey.table import basket_ids, totals_in_order

TOML = """
[store]
tenant = "demo"
store = "J01"
box = "box-1"
zone = "America/New_York"
currency = "USD"
languages = ["en", "zh-CN"]

[data]
path = "{path}"

[[lane]]
id = "1"
mode = "live"
"""


@dataclass
class Shop:
    """An open box with one lane and somebody at it."""

    box: Box
    till: Till
    session: Session
    baskets: Path

    def replay(self, progress: Callable[[int, int, str], None] = lambda done, total, words: None) -> Summary:
        """Sell the whole file through a simulated scanner, comparing each basket with it."""
        scanner = SimulatedScanner("replay", "simulated-scanner", self.box.env.clock)
        return replay(self.till, self.session, scanner, self.baskets, progress, verify=True)

    def sums(self) -> dict[str, int]:
        """What the box's own rows say."""
        found = row(
            self.box.db,
            "SELECT COUNT(*), SUM(total), SUM(points), (SELECT COUNT(*) FROM sale_line), "
            "(SELECT SUM(amount) FROM tender), (SELECT SUM(total) FROM sale_line) FROM sale",
        )
        assert found is not None
        return dict(zip(("sales", "turnover", "points", "lines", "cash", "line_total"), found, strict=True))

    def standings(self) -> dict[str, tuple[int, int]]:
        """card -> (points, score) of every member."""
        found = rows(
            self.box.db,
            "SELECT c.code, COALESCE(SUM(l.points), 0), COALESCE(SUM(l.score), 0) FROM member_card c "
            "LEFT JOIN ledger l ON l.member = c.member GROUP BY c.code",
        )
        return {code: (points, score) for code, points, score in found}


def open_shop(journey: Journey, folder: Path, toml: str = TOML) -> Shop:
    """Set up the box in the folder, fill it, and put a cashier at lane 1. Cash is not rounded (dollars and cents)."""
    folder.mkdir(parents=True, exist_ok=True)
    config_path = folder / "tillbox.toml"
    config_path.write_text(toml.format(path=folder / "data"))
    config = load(config_path)
    env = Env(SystemClock(), random.Random(9))
    boxes.create(config, env)
    box = boxes.open_box(config, env)
    staff = StaffService(box)
    write_catalogue(journey, folder / "catalogue.csv")
    write_replay(journey, folder / "baskets.ndjson")
    with box.transaction() as db:
        settings.put(db, env, "cash", {"step": 1, "mode": "down", "notes": [100, 500, 1000, 2000]}, "test")
        person = staff.add(name_zh="收银员", name_en="Cashier", role="cashier", pin="271828")
        for household in journey.households:
            members.enrol(box, name=f"Household {household}", card=card(household))
    box.reload_rules()
    load_catalogue(
        box, [DemoCategory("all", "全部", "Everything", "package", "home")], read_products(folder / "catalogue.csv")
    )
    till = Till(box, config.lanes[0], staff, Bus())
    _, session = staff.log_in("1", person.uid, "271828", "en")
    return Shop(box, till, session, folder / "baskets.ndjson")


def expected_standings(shop: Shop, count: int) -> dict[str, tuple[int, int]]:
    """card -> (points, score), reckoned from the table's own totals by the rule of the shop."""
    points: Counter[int] = Counter()
    scores: Counter[int] = Counter()
    for household, cents in totals_in_order(basket_ids(count)):
        multiplier = tier_of(scores[household], shop.box.rules.tiers).multiplier
        points[household] += cents * multiplier // (100 * 10_000)
        scores[household] += cents // 100
    return {card(household): (points[household], scores[household]) for household in scores}
