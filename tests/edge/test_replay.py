"""Selling a file through a scanner: what the till refuses is told, what it takes is sold, the lane is left clean."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import edge.replay as replaying
from drivers.base import Scan
from drivers.simulated import SimulatedScanner
from edge import codes
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.bus import Bus
from edge.demo.fill import fill
from edge.replay import ReplayError, Summary, describe, replay
from edge.replay_file import ReplayFileError
from edge.staff import Session, StaffService
from edge.till import Till
from tests.edge.demo.conftest import new_box

OAT_MILK, SPRING_WATER = "6990002454908", "69910371"
LIN = codes.member_code(4_200_001)


@dataclass
class Lane:
    """Lane 1 of the sample store with its cashier, and a file to sell."""

    box: Box
    till: Till
    session: Session
    file: Path

    def write(self, *baskets: dict[str, Any]) -> None:
        self.file.write_text("".join(json.dumps({"basket": str(n), **b}) + "\n" for n, b in enumerate(baskets, 1)))

    def scanner(self) -> SimulatedScanner:
        return SimulatedScanner("scanner-r", "simulated-scanner", self.box.env.clock)

    def replay(self, **more: Any) -> Summary:
        return replay(self.till, self.session, self.scanner(), self.file, **more)


@pytest.fixture
def lane(tmp_path: Path) -> Iterator[Lane]:
    box = new_box(tmp_path / "box")
    fill(box, days=1)
    staff = StaffService(box)
    cashier = next(person for person in staff.people() if person.role == "cashier")
    pin = {"陈晓": "271828", "赵雨": "660742"}[cashier.name_zh]
    _, session = staff.log_in("1", cashier.uid, pin, "en")
    yield Lane(box, Till(box, box.config.lanes[0], staff, Bus()), session, tmp_path / "baskets.ndjson")
    box.close()


def newest(lane: Lane, count: int) -> list[tuple[Any, ...]]:
    return rows(lane.box.db, "SELECT total + rounding FROM sale ORDER BY id DESC LIMIT ?", (count,))[::-1]


def test_scanned_keyed_and_weighed_goods_are_sold(lane: Lane) -> None:
    bananas = codes.weighed_label("21PPPPPWWWWWC", "10101", 1250)
    lane.write(
        {"codes": [{"code": SPRING_WATER, "n": 2}, {"code": OAT_MILK}]},
        {"codes": [{"code": SPRING_WATER, "n": 12}], "expect": {"total": 2400}},
        {"codes": [{"code": bananas}], "expect": {"total": 990}},  # 7.98 × 1.25 = 9.98, small change dropped
        {"codes": [{"code": OAT_MILK}], "member": LIN, "expect": {"total": 1290}},
    )
    summary = lane.replay(verify=True)
    assert summary.good, describe(summary, lane.box.currency, "en")
    assert (summary.sales, summary.lines, summary.scans) == (4, 5, 3 + 1 + 1 + 2)
    assert newest(lane, 4) == [(400 + 1490,), (2400,), (990,), (1290,)]
    assert summary.turnover == 1890 + 2400 + 990 + 1290
    assert summary.points == 12


def test_the_same_code_again_and_again_is_never_taken_for_a_double_scan(lane: Lane) -> None:
    lane.write({"codes": [{"code": SPRING_WATER, "n": 3}, {"code": SPRING_WATER, "n": 3}, {"code": SPRING_WATER}]})
    assert lane.replay().turnover == 7 * 200
    assert lane.till.repeats == 0


@pytest.mark.fault("F77")
@pytest.mark.fault("F78")
def test_a_refused_code_is_told_and_the_rest_is_sold(lane: Lane) -> None:
    damaged, unknown = OAT_MILK[:-1] + "9", "6999999999997"
    lane.write(
        {"codes": [{"code": damaged, "n": 5}, {"code": unknown}, {"code": SPRING_WATER}], "expect": {"total": 999}}
    )
    summary = lane.replay(verify=True)
    assert [(bad.code, bad.slug) for bad in summary.refused] == [(damaged, "bad_check"), (unknown, "unknown_code")]
    assert summary.turnover == 200  # one piece: the keyed five went with the refused code
    assert [(bad.expected, bad.found) for bad in summary.mismatches] == [(999, 200)]
    assert not summary.good


def test_a_basket_with_nothing_to_sell_leaves_no_member_behind(lane: Lane) -> None:
    lane.write({"codes": [{"code": "6999999999997"}], "member": LIN}, {"codes": [{"code": OAT_MILK}]})
    summary = lane.replay()
    assert [bad.slug for bad in summary.refused] == ["unknown_code", "basket_empty"]
    assert summary.turnover == 1490  # not the member's price
    assert row(lane.box.db, "SELECT member FROM sale ORDER BY id DESC LIMIT 1") == (None,)


def test_an_unknown_card_is_told_and_the_sale_is_anonymous(lane: Lane) -> None:
    lane.write({"codes": [{"code": OAT_MILK}], "member": codes.member_code(1)})
    summary = lane.replay()
    assert [bad.slug for bad in summary.refused] == ["unknown_card"]
    assert (summary.sales, summary.points) == (1, 0)


def test_nothing_is_sold_from_a_file_that_is_broken_further_down(lane: Lane) -> None:
    lane.write({"codes": [{"code": OAT_MILK}]})
    lane.file.write_text(lane.file.read_text() + "not json\n")
    before = row(lane.box.db, "SELECT COUNT(*) FROM sale")
    with pytest.raises(ReplayFileError, match="line 2"):
        lane.replay()
    assert row(lane.box.db, "SELECT COUNT(*) FROM sale") == before


def test_an_open_basket_is_never_swept_away(lane: Lane) -> None:
    lane.write({"codes": [{"code": OAT_MILK}]})
    lane.till.on_scan(Scan("scanner-1", SPRING_WATER, 0))
    with pytest.raises(ReplayError, match="open basket"):
        lane.replay()
    assert len(lane.till.basket.lines) == 1


def test_only_the_first_few_when_asked(lane: Lane) -> None:
    lane.write(*[{"codes": [{"code": SPRING_WATER}]}] * 5)
    seen: list[tuple[int, int]] = []
    assert lane.replay(limit=3, progress=lambda done, total, words: seen.append((done, total))).sales == 3
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_a_silent_scanner_ends_it_with_a_sentence(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    lane.write({"codes": [{"code": OAT_MILK}]})
    monkeypatch.setattr(replaying, "PATIENCE_S", 0.2)
    scanner = lane.scanner()
    scanner.set_fault("unplug", True)
    with pytest.raises(ReplayError, match="scanner-r gave nothing"):
        replay(lane.till, lane.session, scanner, lane.file)


def test_a_failure_in_the_till_reaches_the_one_who_waits(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(scan: Scan) -> None:
        raise OSError("disk full")

    lane.write({"codes": [{"code": OAT_MILK}]})
    monkeypatch.setattr(lane.till, "on_scan", broken)
    with pytest.raises(ReplayError, match="disk full"):
        lane.replay()


@pytest.mark.parametrize(("lang", "words"), [("en", "was refused"), ("zh-CN", "未能受理")])
def test_the_summary_names_the_first_problems(lane: Lane, lang: str, words: str) -> None:
    lane.write(*[{"codes": [{"code": "6999999999997"}, {"code": SPRING_WATER}]}] * 13)
    said = describe(lane.replay(), lane.box.currency, lang, verify=True)
    assert "¥26.00" in said[0]
    assert sum(words in line for line in said) == 10
    assert "3" in said[-1]


def test_all_well_is_said_only_when_it_was_compared(lane: Lane) -> None:
    lane.write({"codes": [{"code": SPRING_WATER}], "expect": {"total": 200}})
    summary = lane.replay(verify=True)
    assert describe(summary, lane.box.currency, "en", verify=True)[-1] == "every basket equals the file"
    assert len(describe(summary, lane.box.currency, "en")) == 1
