"""Do the four package names belong to tillbox? Other distributions have an `edge`, a `web`, a `drivers` or a `sync`."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import edge
from edge.health.base import Check, Finding, House, fail, ok
from edge.resources import PACKAGES


class PackagesCheck(Check):
    name = "packages"
    needs_config = False

    def run(self, house: House) -> Iterator[Finding]:
        home = Path(edge.__file__).resolve().parent.parent
        owners = metadata.packages_distributions()
        strangers = False
        for package in PACKAGES:
            spec = find_spec(package)
            places = [Path(place).resolve().parent for place in (spec.submodule_search_locations or ())] if spec else []
            others = sorted(set(owners.get(package, ())) - {"tillbox"})
            if places != [home] or others:
                strangers = True
                yield fail(
                    "stranger", package=package, place=places[0] if places else "–", owners=", ".join(others) or "–"
                )
        if not strangers:
            yield ok("ours", home=home)
