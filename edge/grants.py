"""What the till may open and reach beyond this machine, as udev's and systemd's words for a configuration.

Pure: Config in, texts out. Everything that stands in no configuration stays closed.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from edge.base.config import DeviceConfig

RULES = "etc/udev/rules.d/69-tillbox-devices.rules"
DROP_IN = "etc/systemd/system/tillbox.service.d/printers.conf"
# Values go into quotes and are patterns there: what could end the quotes or mean more than itself becomes "any one".
_UNSAFE = re.compile(r"[^A-Za-z0-9 _./:@,+=-]")
# Device file -> the kernel's own name and subsystem. Anything else below /dev is a link that udev itself made.
_KERNEL = (
    (re.compile(r"/dev/(tty\w+)"), "tty"),
    (re.compile(r"/dev/input/(event\d+)"), "input"),
    (re.compile(r"/dev/usb/(lp\d+)"), "usbmisc"),
)
_INPUT = {"port": "phys", "serial": "uniq"}


def rules(devices: Iterable[DeviceConfig]) -> str:
    """One line for each device that has a device file; 70-tillbox.rules says what follows from it."""
    lines = ["# The devices of tillbox.toml. Written by `tillbox grant`: change the configuration, not this file."]
    for device in devices:
        if match := _match(device):
            lines += ["", f"# {_UNSAFE.sub('?', device.name)}", f'{match}, ENV{{TILLBOX_DEVICE}}="1"']
    return "\n".join(lines) + "\n"


def addresses(devices: Iterable[DeviceConfig]) -> tuple[str, list[str]]:
    """(the drop-in that opens the way to network printers, the hosts that are no addresses and stay closed)."""
    lines = [
        "# The network printers of tillbox.toml. Written by `tillbox grant`: change the configuration, not this file.",
        "[Service]",
    ]
    names = []
    for device in devices:
        if not isinstance(host := device.options.get("host"), str):
            continue
        try:
            lines.append(f"IPAddressAllow={ipaddress.ip_address(host)}")
        except ValueError:
            names.append(host)
    return "\n".join(lines) + "\n", names


def _match(device: DeviceConfig) -> str:
    """udev's words for the device, "" for one without a device file."""
    given = {key: str(value) for key, value in device.options.items() if isinstance(value, str) and value}
    for value in (given.get("path", ""), given.get("port", "")):
        if value.startswith("/dev/"):
            return _by_file(value)
    if "id" not in given and not (given.keys() & _INPUT.keys()):
        return ""
    words = ['SUBSYSTEM=="input"', 'KERNEL=="event*"']
    if vendor_product := re.fullmatch(r"([0-9a-f]{4}):([0-9a-f]{4})", given.get("id", "")):
        words += [f'ATTRS{{id/vendor}}=="{vendor_product[1]}"', f'ATTRS{{id/product}}=="{vendor_product[2]}"']
    words += [f'ATTRS{{{name}}}=="{_safe(given[key])}"' for key, name in _INPUT.items() if key in given]
    return ", ".join(words)


def _by_file(path: str) -> str:
    for pattern, subsystem in _KERNEL:
        if found := pattern.fullmatch(path):
            return f'SUBSYSTEM=="{subsystem}", KERNEL=="{found[1]}"'
    return f'SYMLINK=="{_safe(str(PurePosixPath(path).relative_to("/dev")))}"'


def _safe(value: str) -> str:
    return _UNSAFE.sub("?", value)
