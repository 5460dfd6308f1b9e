"""The device bench: every sample does what its name says, and faults are switched on the real simulated devices."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.simulated import SimulatedPrinter, SimulatedScanner
from edge import codes
from edge.base.i18n import LANGS
from edge.bench import DeviceBench
from edge.errors import ShopError
from edge.printing import Spooler
from tests.edge.shop import Hands, Shop


@pytest.fixture
def changes() -> list[str]:
    return []


@pytest.fixture
def bench(shop: Shop, changes: list[str]) -> DeviceBench:
    shop.printer = SimulatedPrinter("printer-1", "simulated-printer", shop.clock, mode="text")
    devices: dict[str, Any] = {
        "scanner-1": SimulatedScanner("scanner-1", "simulated-scanner", shop.clock),
        "printer-1": shop.printer,
    }
    lanes = {"scanner-1": "1", "printer-1": "1"}
    return DeviceBench(shop.box, devices, lanes, lambda data: b"PNG" + data[:4], lambda: changes.append("changed"))


def test_devices_are_listed_with_their_lane_and_switches(bench: DeviceBench) -> None:
    scanner, printer = bench.devices()
    assert (scanner["name"], scanner["kind"], scanner["lane"]) == ("scanner-1", "scanner", "1")
    assert (printer["name"], printer["kind"]) == ("printer-1", "printer")
    assert printer["faults"]["no_paper"] is False and scanner["faults"]["unplug"] is False


def test_a_switched_fault_is_the_devices_own_and_is_told(shop: Shop, bench: DeviceBench, changes: list[str]) -> None:
    bench.fault("printer-1", "no_paper", True)
    assert bench.devices()[1]["faults"]["no_paper"]
    assert shop.printer is not None and shop.printer.faults()["no_paper"]
    assert changes == ["changed"]


@pytest.mark.parametrize(
    "use",
    [
        lambda bench: bench.fault("printer-9", "no_paper", True),
        lambda bench: bench.fault("printer-1", "no_such", True),
        lambda bench: bench.scan("scanner-9", "1"),
        lambda bench: bench.scan("printer-1", "1"),
        lambda bench: bench.papers("printer-9"),
    ],
)
def test_an_unknown_device_or_fault_is_refused(bench: DeviceBench, use) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ShopError) as caught:
        use(bench)
    assert (caught.value.slug, caught.value.status) == ("device_unknown", 404)


def test_papers_are_shown_newest_first(shop: Shop, bench: DeviceBench, till: Hands) -> None:
    till.sell()
    till.sell()
    spooler = Spooler(shop.box, shop.printer)  # type: ignore[arg-type]
    while spooler.print_next():
        pass
    papers = bench.papers("printer-1")
    assert len(papers) >= 2
    assert [int(paper["id"]) for paper in papers] == sorted((int(paper["id"]) for paper in papers), reverse=True)
    assert bench.picture("printer-1", papers[0]["id"]).startswith(b"PNG")


@pytest.mark.parametrize("paper", ["99", "", "-1", "x", "²", "1.5"])
def test_a_paper_that_is_not_there_is_none(bench: DeviceBench, paper: str) -> None:
    with pytest.raises(KeyError):
        bench.picture("printer-1", paper)


@pytest.mark.parametrize("lang", LANGS)
def test_every_sample_of_goods_sells_and_every_member_is_known(bench: DeviceBench, till: Hands, lang: str) -> None:
    samples = bench.samples(lang)
    assert len(samples["products"]) == 6
    for sample in samples["products"]:
        view = till.scan(sample["code"])
        assert view["scan"]["sound"] in ("ok", "attention"), sample
        assert view["notice"] is None, sample
    for sample in samples["members"]:
        assert till.scan(sample["code"])["scan"]["sound"] == "member", sample
    for sample in samples["staff"]:
        assert till.scan(sample["code"])["notice"]["slug"] == "badge"


@pytest.mark.fault("F74", "F77", "F78")
@pytest.mark.parametrize(
    ("at", "slug"),
    [(0, "bad_check"), (1, "unknown_code"), (2, "scan_too_long"), (3, "scan_control"), (4, "payment_code"), (5, None)],
)
def test_every_bad_sample_gets_its_clear_reaction(bench: DeviceBench, till: Hands, at: int, slug: str | None) -> None:
    sample = bench.samples("en")["bad"][at]
    assert sample["name"] and bench.samples("zh-CN")["bad"][at]["name"] != sample["name"]
    view = till.do("scan", code=sample["code"])
    assert view["notice"]["slug"] == (
        slug or ("unknown_card" if codes.identify(sample["code"], ()).kind == "member" else "bad_check")
    )
    assert view["scan"]["sound"] in ("error", "attention")
    assert view["basket"]["lines"] == []
