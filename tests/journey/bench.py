"""The main job on 2,000 baskets: `python -m tests.journey.bench [N]`, part of `make bench`.

Prints what was sold and how fast, and fails where box or headquarters differ from the file.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

from edge.cli.progress import Bar
from edge.loyalty import tier_of
from edge.replay import describe
from tests.journey.convert import convert
from tests.journey.headquarters import drain
from tests.journey.shop import expected_standings, open_shop
from tests.journey.table import basket_ids, sums

COUNT = 2_000


def run(count: int, folder: Path) -> dict[str, float]:
    """Sell, drain, compare. AssertionError where a sum differs. Returns the figures to report."""
    journey, file = convert(count), sums(basket_ids(count))
    apart = Counter(reason for _, reason in journey.apart)
    print(f"{count} baskets of {len(journey.households)} households; apart: {dict(apart)}")
    shop = open_shop(journey, folder / "shop")
    try:
        summary = shop.replay(Bar(sys.stderr))
        print("\n".join(describe(summary, shop.box.currency, "en", verify=True)))
        assert summary.good, summary
        box, expected = shop.sums(), expected_standings(shop, count)
        assert {name: box[name] for name in file} == file, (box, file)
        assert shop.standings() == expected
        tiers = Counter(tier_of(score, shop.box.rules.tiers).id for _, score in expected.values())
        print(f"the box equals the file: {box}; tiers {dict(tiers)}")
        held = drain(shop, folder)
        assert (held.sales, held.lines, held.turnover) == (file["sales"], file["lines"], file["turnover"]), held
        assert (held.points, held.standings, held.dead) == (box["points"], expected, 0)
        print(f"headquarters equals the file, {held.seconds:.1f} s after the last sale over a real broker")
        bytes_a_sale = shop.box.config.database.stat().st_size / count
    finally:
        shop.box.close()
    return {
        "sales_per_s": summary.sales / summary.seconds,
        "scans_per_s": summary.scans / summary.seconds,
        "drain_s": held.seconds,
        "database_bytes_per_sale": bytes_a_sale,
    }


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with tempfile.TemporaryDirectory() as folder:
        for name, figure in run(count, Path(folder)).items():
            print(f"{name:>24} {figure:12.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
