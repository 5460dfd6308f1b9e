"""The till is given exactly the devices and printers of its configuration, in words that udev and systemd take."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge import grants
from edge.base.config import DeviceConfig
from edge.cli import main


def device(**options: object) -> DeviceConfig:
    return DeviceConfig("d", "any", "1", options)


def given(entry: DeviceConfig) -> list[str]:
    """The lines of the rules that do something."""
    return [line for line in grants.rules([entry]).splitlines() if line and not line.startswith("#")]


@pytest.mark.fault("F80")
@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"port": "/dev/ttyACM0"}, 'SUBSYSTEM=="tty", KERNEL=="ttyACM0"'),
        ({"port": "/dev/serial/by-id/usb-Zebra_1-if00"}, 'SYMLINK=="serial/by-id/usb-Zebra_1-if00"'),
        ({"path": "/dev/usb/lp0"}, 'SUBSYSTEM=="usbmisc", KERNEL=="lp0"'),
        ({"path": "/dev/input/event7"}, 'SUBSYSTEM=="input", KERNEL=="event7"'),
        ({"path": "/dev/input/by-path/p-usb-0:1:1.0-event-kbd"}, 'SYMLINK=="input/by-path/p-usb-0:1:1.0-event-kbd"'),
        (
            {"id": "05e0:1200", "port": "usb-0000:00:14.0-1/input0", "serial": "S1"},
            (
                'SUBSYSTEM=="input", KERNEL=="event*", ATTRS{id/vendor}=="05e0", ATTRS{id/product}=="1200", '
                'ATTRS{phys}=="usb-0000:00:14.0-1/input0", ATTRS{uniq}=="S1"'
            ),
        ),
    ],
)
def test_a_configured_device_is_given_and_no_other(options: dict[str, object], match: str) -> None:
    assert given(device(**options)) == [f'{match}, ENV{{TILLBOX_DEVICE}}="1"']


@pytest.mark.parametrize("options", [{}, {"host": "192.0.2.7", "port": 9100}, {"spool": "papers"}, {"path": "a/file"}])
def test_what_has_no_device_file_is_given_none(options: dict[str, object]) -> None:
    assert given(device(**options)) == []


@pytest.mark.parametrize("value", ['x", GROUP="root', "a\nSUBSYSTEM==*", "*", "[a-z]", "a|b", "$env{X}", "%k", "\\"])
def test_a_hostile_value_stays_one_value(value: str) -> None:
    """A serial number is what the device says it is."""
    (line,) = given(device(serial=value))
    inside = line.split('ATTRS{uniq}=="')[1].split('", ENV{TILLBOX_DEVICE}')[0]
    assert not set(inside) & set('"*[]|$%\\\n')
    assert line.count('"') == 8


def test_a_network_printer_is_reached_by_its_address_only() -> None:
    text, names = grants.addresses([device(host="192.0.2.7"), device(host="fd00::7"), device(host="printer.lan")])
    assert text.splitlines()[1:] == ["[Service]", "IPAddressAllow=192.0.2.7", "IPAddressAllow=fd00::7"]
    assert names == ["printer.lan"]


CONFIG = """
[store]
tenant = "demo"
store = "S01"
box = "box-1"
[data]
path = "data"
[[lane]]
id = "1"
printer = "printer-1"
[[device]]
name = "printer-1"
driver = "escpos-usb"
[[device]]
name = "printer-2"
driver = "escpos-network"
host = "{host}"
"""


def test_the_command_lays_both_files_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "tillbox.toml"
    path.write_text(CONFIG.format(host="192.0.2.7"))
    command = ["grant", "--config", str(path), "--root", str(tmp_path / "root")]
    assert main(command) == 0
    assert 'KERNEL=="lp0"' in (tmp_path / "root" / grants.RULES).read_text(), "the driver's own default"
    assert "IPAddressAllow=192.0.2.7" in (tmp_path / "root" / grants.DROP_IN).read_text()
    capsys.readouterr()
    assert main(command) == 0
    assert "as they were" in capsys.readouterr().out


def test_a_printer_by_name_is_refused_with_what_to_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "tillbox.toml"
    path.write_text(CONFIG.format(host="printer.lan"))
    assert main(["grant", "--config", str(path), "--root", str(tmp_path / "root")]) == 1
    said = capsys.readouterr().err
    assert "printer.lan" in said and "192.168.1.50" in said
