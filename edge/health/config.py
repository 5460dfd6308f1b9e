"""Can tillbox.toml be read and used?"""

from __future__ import annotations

from collections.abc import Iterator

from edge.health.base import Check, Finding, House, fail, ok


class ConfigCheck(Check):
    name = "config"
    needs_config = False

    def run(self, house: House) -> Iterator[Finding]:
        if house.config is None:
            yield fail("bad", why=house.trouble)
        else:
            yield ok("good", path=house.path, lanes=len(house.config.lanes), devices=len(house.config.devices))
