"""Which devices are plugged in, read from a sysfs of files."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.discovery import InputInfo, Wanted, find, input_devices
from drivers.errors import DeviceUnavailable
from tests.drivers.keylog import KEYBOARD, SCANNER, TWIN

# As a USB keyboard, a power button and a mouse show them.
KEYBOARD_KEYS = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe"
POWER_KEYS = "10000000000000 0"
MOUSE_KEYS = "1f0000 0 0 0 0"


def plug(sys: Path, number: int, keys: str, **files: str) -> None:
    device = sys / f"event{number}" / "device"
    (device / "capabilities").mkdir(parents=True)
    (device / "id").mkdir()
    (device / "capabilities" / "key").write_text(keys + "\n")
    for name, text in {"id/vendor": "05e0", "id/product": "1200", "name": "Scanner", **files}.items():
        (device / name).write_text(text + "\n")


def test_devices_are_listed_by_number_with_socket_and_model(tmp_path: Path) -> None:
    plug(tmp_path, 10, POWER_KEYS, name="Power Button", phys="PNP0C0C/button/input0")
    plug(tmp_path, 3, KEYBOARD_KEYS, name="Symbol Scanner", phys="usb-0000:00:14.0-2/input0", uniq="S/N 7")
    plug(tmp_path, 4, MOUSE_KEYS, phys="usb-0000:00:14.0-3/input0")
    (tmp_path / "mice").mkdir()
    (tmp_path / "event5").mkdir()  # vanishing
    found = input_devices(tmp_path, Path("/dev/input"))
    assert [(d.node, d.types) for d in found] == [
        ("/dev/input/event3", True), ("/dev/input/event4", False), ("/dev/input/event10", False),
    ]  # fmt: skip
    assert found[0] == InputInfo(
        "/dev/input/event3", "Symbol Scanner", "usb-0000:00:14.0-2/input0", "S/N 7", 0x05E0, 0x1200
    )
    assert found[0].id == "05e0:1200"


def test_without_sysfs_there_is_nothing(tmp_path: Path) -> None:
    assert input_devices(tmp_path / "missing") == []


@pytest.mark.parametrize("wanted", [Wanted(port=TWIN.port), Wanted(port=TWIN.port, id=TWIN.id), Wanted(path=TWIN.node)])
def test_a_device_is_found_by_what_is_said_of_it(wanted: Wanted) -> None:
    assert find(wanted, [KEYBOARD, SCANNER, TWIN]) is TWIN


def test_a_device_is_found_by_a_link_to_its_node(tmp_path: Path) -> None:
    link = tmp_path / "by-path-event"
    link.symlink_to(TWIN.node)
    assert find(Wanted(path=str(link)), [KEYBOARD, SCANNER, TWIN]) is TWIN


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (Wanted(port="usb-9/input0"), "nothing fits port usb-9/input0: plug it"),
        (Wanted(id="05e0:1200"), "2 devices fit id 05e0:1200: say which by its port (usb-1.2/input0, usb-1.3/input0)"),
        (Wanted(port=KEYBOARD.port, id="05e0:1200"), "another device is plugged in there: Desk Keyboard (046d:c31c)"),
        (Wanted(serial="77"), "nothing fits serial 77"),
    ],
)
def test_what_is_not_there_is_said(wanted: Wanted, sentence: str) -> None:
    with pytest.raises(DeviceUnavailable) as raised:
        find(wanted, [KEYBOARD, SCANNER, TWIN])
    assert sentence in str(raised.value)
