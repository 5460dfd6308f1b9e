"""A third party's driver, as a distribution of its own: a scanner whose loop stops turning when a file appears."""

from __future__ import annotations

from pathlib import Path

_MODULE = """
import time
from pathlib import Path
from drivers.base import DeviceState, InputDevice
from drivers.options import Option
from drivers.registry import DriverInfo


class Hanging(InputDevice):
    def __init__(self, name, driver, clock, file):
        super().__init__(name, driver)
        self.file = Path(file)

    def run(self, emit):
        self._set_state(DeviceState.READY)
        while not self._closed.is_set():
            self.progress()
            while self.file.exists():  # not even close() gets it out of this
                time.sleep(0.05)
            time.sleep(0.05)


INFO = DriverInfo("scanner", lambda name, driver, clock, options: Hanging(name, driver, clock, **options),
                  {"file": Option(str)})
"""


def write(folder: Path) -> None:
    """The distribution, as pip would lay it into site-packages."""
    facts = folder / "hanging_scanner-1.0.dist-info"
    facts.mkdir(parents=True)
    (folder / "hanging_scanner.py").write_text(_MODULE)
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: hanging-scanner\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text("[tillbox.drivers]\nhanging-scanner = hanging_scanner:INFO\n")


def config(data: Path | str, port: int, hang: Path | str) -> str:
    """A box whose only scanner is that one."""
    return f"""
[store]
tenant = "demo"
store = "S01"
box = "box-1"
[data]
path = "{data}"
[web]
port = {port}
[[lane]]
id = "1"
printer = "printer-1"
[[device]]
name = "scanner-1"
driver = "hanging-scanner"
lane = "1"
file = "{hang}"
[[device]]
name = "printer-1"
driver = "simulated-printer"
"""
