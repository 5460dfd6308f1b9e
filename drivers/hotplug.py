"""What was plugged in or out since the last look. A look a second is enough and misses nothing."""

from __future__ import annotations

from collections.abc import Callable

from drivers import discovery
from drivers.discovery import InputInfo


class Hotplug:
    """Compares each look with the one before. The first finds everything new."""

    def __init__(self, devices: Callable[[], list[InputInfo]] = discovery.input_devices) -> None:
        self._devices = devices
        self._known: list[InputInfo] = []

    def look(self) -> tuple[list[InputInfo], list[InputInfo]]:
        """(came, went). A device that was replaced by another on the same node is in both."""
        now = self._devices()
        before, self._known = self._known, now
        return [info for info in now if info not in before], [info for info in before if info not in now]
