"""The shift at the screen: its Z report once more, and an X report that is put away."""

from __future__ import annotations

import pytest

from edge.errors import ShopError
from tests.edge.shop import MILK, Hands, Shop


def test_the_z_report_is_printed_again_as_a_copy(shop: Shop, till: Hands) -> None:
    till.sell([MILK])
    z = till.do("shift/close", counted=1_250)["closed"]["z"]
    till.do("shift/reprint", z=z)
    assert shop.ask("SELECT copy_no FROM print_job WHERE ref = ? ORDER BY id", f"z:1:{z}") == [(0,), (1,)]
    with pytest.raises(ShopError, match="report_unknown"):
        till.do("shift/reprint", z=z + 1)


def test_an_x_report_stays_until_it_is_put_away_or_somebody_sells(till: Hands) -> None:
    till.sell([MILK])
    assert till.do("shift/report")["report"]["gross"] == 1_250
    assert till.do("notice/dismiss")["report"] is None
    till.do("shift/report")
    assert till.scan(MILK)["report"] is None
