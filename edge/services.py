"""What the web is handed: one object that says who needs what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from edge.base.config import Config
from edge.box import Box
from edge.bus import Bus
from edge.env import Env
from edge.kiosk import Kiosk
from edge.staff import StaffService
from edge.till import Till


class Bench(Protocol):
    """The simulated devices under the fingers (only where one is configured)."""

    def devices(self) -> list[dict[str, Any]]:
        """[{name, kind, lane, state, faults: {name: bool}}]"""

    def scan(self, device: str, code: str) -> None:
        """Let a simulated scanner or card reader read the code. ShopError("device_unknown")."""

    def fault(self, device: str, name: str, on: bool) -> None:
        """Switch a fault. ShopError("device_unknown")."""

    def papers(self, printer: str) -> list[dict[str, Any]]:
        """[{id, title, png}] newest first."""

    def picture(self, printer: str, paper: str) -> bytes:
        """PNG of one paper; KeyError when it is gone."""

    def samples(self, lang: str) -> dict[str, list[dict[str, Any]]]:
        """Codes to tap: products, members, staff, bad."""


class TechDesk(Protocol):
    """What the technician's page shows and may ask for. Nothing here waits for a device."""

    def state(self, lang: str) -> dict[str, Any]:
        """{checks, checked_us, checking, devices, scans}"""

    def check(self) -> None:
        """Run the checks soon."""

    def test_print(self, printer: str, lang: str) -> None:
        """Print a test paper soon. ShopError("device_unknown")."""


@dataclass(frozen=True)
class Services:
    """Everything the till's web app uses. bench is None without simulated devices: then no bench page exists."""

    env: Env
    config: Config
    box: Box
    tills: dict[str, Till]
    staff: StaffService
    bus: Bus
    bench: Bench | None
    kiosks: dict[str, Kiosk] = field(default_factory=dict)
    desk: TechDesk | None = None
