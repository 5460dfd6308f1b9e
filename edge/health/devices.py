"""Is every configured device there, and can it be opened?"""

from __future__ import annotations

from collections.abc import Iterator

from edge.health.base import Check, Finding, House, fail, ok, warn


class DevicesCheck(Check):
    name = "devices"
    patience_s = 8.0

    def run(self, house: House) -> Iterator[Finding]:
        found = house.devices()
        for device in found:
            params = {"device": device.name, "driver": device.driver, "why": device.detail or "–"}
            if device.state == "refused":
                yield fail("refused", **params)
            elif device.state == "closed":
                yield fail("closed", **params)
            elif device.state == "lost":
                yield fail("lost", **params)
            elif device.state == "degraded":
                yield warn("degraded", **params)
            else:
                yield ok("ready", **params)
        if not found:
            yield ok("none")
