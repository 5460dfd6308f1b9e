"""Where the files that travel with tillbox lie, whether it was installed as a wheel or runs from a checkout.

Files inside a package (templates, words, migrations) lie beside their modules either way. The systemd units lie in no
package: a wheel puts them under the environment's share/, an editable install leaves them in the checkout.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("edge", "drivers", "web", "sync")


def package_file(package: str, *parts: str) -> Path:
    """The path of a file or folder inside one of tillbox's packages, without importing that package.

    Raises FileNotFoundError if it did not travel with this installation.
    """
    spec = find_spec(package)
    places = list(spec.submodule_search_locations or ()) if spec else []
    for place in places:
        path = Path(place, *parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"{'/'.join((package, *parts))} is not part of this installation; install tillbox again")


def units_folder() -> Path:
    """The folder with tillbox's systemd units. Raises FileNotFoundError if they did not travel along."""
    installed = Path(sys.prefix, "share", "tillbox", "systemd")
    checkout = Path(__file__).resolve().parent.parent / "systemd"
    for folder in (installed, checkout):
        if (folder / "tillbox.service").is_file():
            return folder
    raise FileNotFoundError("the systemd units are not part of this installation; install tillbox again")


@cache
def icon_names() -> frozenset[str]:
    """The pictures that the till's grid has."""
    text = package_file("web", "static", "icons.svg").read_text(encoding="utf-8")
    return frozenset(re.findall(r'<symbol id="i-([a-z0-9-]+)"', text))
