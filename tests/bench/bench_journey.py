"""The main job: 2,000 baskets of a grocer, from the scanner to headquarters, to the cent."""

from __future__ import annotations

from pathlib import Path

from tests.bench.report import Row, equal, told
from tests.bench.shop import DISK, folder
from tests.journey.convert import convert
from tests.journey.headquarters import drain
from tests.journey.shop import expected_standings, open_shop
from tests.journey.table import basket_ids, sums

BASKETS = 2_000


def run(template: Path) -> list[Row]:
    """What box and headquarters hold, beside the sums of the file."""
    file = sums(basket_ids(BASKETS))
    with folder(DISK) as path:
        shop = open_shop(convert(BASKETS), path / "shop")
        summary = shop.replay()
        box, expected = shop.sums(), expected_standings(shop, BASKETS)
        points = sum(each for each, _ in expected.values())
        standings = shop.standings()
        held = drain(shop, path)
        shop.box.close()
    rate, events = summary.sales / summary.seconds, held.sales / held.seconds
    return [
        equal("main", "codes refused, totals that differ", (len(summary.refused), len(summary.mismatches)), (0, 0)),
        *_same("box", box, {**file, "points": points}),
        equal("main", "box: every member's points and score", standings == expected, True),
        *_same(
            "HQ",
            {"sales": held.sales, "lines": held.lines, "turnover": held.turnover, "points": held.points},
            {**file, "points": points},
        ),
        equal("main", "HQ: every member's points and score", held.standings == expected, True),
        equal("main", "HQ: events it could not use", held.dead, 0),
        told(
            "main", "baskets a second, scan to cash", f"{rate:.0f}/s, {summary.scans} scans in {summary.seconds:.0f} s"
        ),
        told("main", "drained to headquarters", f"{events:.0f} sales/s, {held.seconds:.1f} s with the start"),
    ]


def _same(where: str, found: dict[str, int], wanted: dict[str, int]) -> list[Row]:
    return [equal("main", f"{where}: {name}", found[name], value) for name, value in wanted.items()]
