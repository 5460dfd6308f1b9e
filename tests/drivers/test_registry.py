"""A device's section in the configuration: what is right works, what is wrong is said in a sentence."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import Any

import pytest

from drivers import registry
from drivers.base import Clock, Device, InputDevice, Printer
from drivers.errors import DeviceMisconfigured, DriverError
from drivers.options import Option
from edge.base.clock import SystemClock

MINIMAL = {
    "simulated-scanner": {},
    "simulated-cardreader": {},
    "simulated-printer": {},
    "serial-scanner": {"port": "/dev/ttyS0"},
    "evdev-scanner": {"port": "usb-0000:00:14.0-2/input0"},
    "evdev-cardreader": {"id": "0801:0002", "loyalty": "627700, 9160001"},
    "escpos-serial": {"port": "/dev/ttyS1"},
    "escpos-network": {"host": "192.0.2.7"},
    "escpos-usb": {},
    "escpos-file": {"path": "/tmp/paper.bin"},  # noqa: S108 - nothing is opened
}


def test_every_driver_is_made_with_what_it_needs_and_opens_nothing(clock: SystemClock) -> None:
    assert registry.names() == sorted(MINIMAL)
    for driver, options in MINIMAL.items():
        device = registry.create(driver, "it", options, clock)
        assert (device.name, device.driver, device.state) == ("it", driver, "starting")
        assert device.kind == registry.find(driver).kind
        assert isinstance(device, Printer if device.kind == "printer" else InputDevice)
        device.close()
        device.close()


@pytest.mark.parametrize(
    ("driver", "options", "sentence"),
    [
        ("serial-scaner", {}, 'device "it": there is no driver "serial-scaner"; did you mean "serial-scanner"?'),
        ("zebra", {}, "known are: escpos-file, escpos-network,"),
        ("serial-scanner", {}, 'device "it": driver "serial-scanner" needs the option "port"'),
        ("serial-scanner", {"prot": "x"}, 'has no option "prot"; did you mean "port"?'),
        ("serial-scanner", {"port": 7}, 'device "it": port must be a text in quotes, not 7'),
        ("serial-scanner", {"port": " "}, "port is empty"),
        ("serial-scanner", {"port": "x", "baudrate": 9601}, "baudrate must be one of 1200, 2400,"),
        ("serial-scanner", {"port": "x", "idle_ms": 19}, "idle_ms must be between 20 and 2000, not 19"),
        ("simulated-scanner", {"max_chars": True}, "max_chars must be a whole number, not True"),
        (
            "evdev-scanner",
            {},
            "needs path, port, id or serial, so that it reads no other keyboard; `tillbox enrol` finds",
        ),
        ("evdev-scanner", {"id": "05E0-1200"}, "id must look like \"05e0:1200\" (maker and model), not '05E0-1200'"),
        (
            "evdev-cardreader",
            {"id": "0801:0002", "loyalty": "6x"},
            "loyalty holds '6x'; write the first 4 to 12 digits",
        ),
        ("escpos-serial", {"port": "x", "flow": "xon"}, "flow must be one of 'dsrdtr', 'rtscts', 'xonxoff', 'none'"),
        ("escpos-network", {"host": "x", "port": 65536}, "port must be between 1 and 65535"),
        ("escpos-network", {"host": "x", "answers": "no"}, "answers must be true or false"),
        ("escpos-file", {"path": "/nowhere/at/all"}, 'the folder of path "/nowhere/at/all" does not exist'),
        ("simulated-printer", {"paper_mm": 76}, "paper_mm must be one of 80, 58, not 76"),
    ],
)
def test_what_is_wrong_is_said(driver: str, options: dict[str, Any], sentence: str, clock: SystemClock) -> None:
    with pytest.raises(DeviceMisconfigured) as raised:
        registry.create(driver, "it", options, clock)
    assert sentence in str(raised.value)
    assert isinstance(raised.value, DriverError)


class Bell(Device):
    """A third party's device."""

    kind = "scanner"


def make_bell(name: str, driver: str, clock: Clock, options: dict[str, Any]) -> Device:
    bell = Bell(name, driver)
    bell.detail = options["tone"]
    return bell


BELL = registry.DriverInfo("scanner", make_bell, {"tone": Option(str, "low", choices=("low", "high"))})
LIAR = registry.DriverInfo("scanner", lambda *given: given)  # type: ignore[arg-type, return-value]
NO_DRIVER = object()


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Packages installed by a third party."""
    here = "tests.drivers.test_registry"
    found = [
        EntryPoint("bell", f"{here}:BELL", registry.GROUP),
        EntryPoint("simulated-scanner", f"{here}:BELL", registry.GROUP),
        EntryPoint("gone", "package_that_is_not_there:DRIVER", registry.GROUP),
        EntryPoint("empty", f"{here}:NOTHING", registry.GROUP),
        EntryPoint("other", f"{here}:NO_DRIVER", registry.GROUP),
        EntryPoint("liar", f"{here}:LIAR", registry.GROUP),
    ]
    monkeypatch.setattr(registry, "entry_points", lambda group: found if group == registry.GROUP else [])


@pytest.mark.usefixtures("others")
def test_a_third_party_adds_a_driver_with_options_of_its_own(clock: SystemClock) -> None:
    assert "bell" in registry.names()
    assert registry.create("bell", "it", {"tone": "high"}, clock).detail == "high"
    with pytest.raises(DeviceMisconfigured, match="tone must be one of 'low', 'high'"):
        registry.create("bell", "it", {"tone": "loud"}, clock)


@pytest.mark.usefixtures("others")
def test_a_third_party_cannot_take_a_name_of_ours(clock: SystemClock) -> None:
    assert not isinstance(registry.create("simulated-scanner", "it", {}, clock), Bell)


@pytest.mark.usefixtures("others")
@pytest.mark.parametrize(
    ("driver", "sentence"),
    [
        ("gone", "cannot be loaded: No module named 'package_that_is_not_there'"),
        ("empty", "cannot be loaded"),
        ("other", "is no DriverInfo"),
        ("liar", "did not make a device"),
    ],
)
def test_a_broken_package_of_a_third_party_is_named(driver: str, sentence: str, clock: SystemClock) -> None:
    with pytest.raises(DeviceMisconfigured, match=sentence):
        registry.create(driver, "it", {}, clock)
