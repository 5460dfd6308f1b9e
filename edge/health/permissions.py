"""Can only the till's user read its data and secrets, and can that user write them? (S14 to S16)"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path

from edge.health.base import Check, Finding, House, fail, ok, warn


class PermissionsCheck(Check):
    name = "permissions"

    def run(self, house: House) -> Iterator[Finding]:
        assert house.config is not None
        data = house.config.data
        private = [data, *_files(data), *_secrets(house.path)]
        bad = False
        for path in private:
            try:
                facts = path.stat()
            except OSError:
                continue
            if facts.st_mode & 0o077:
                bad = True
                level = fail if path.is_file() else warn
                yield level(
                    "open", path=path, mode=f"{facts.st_mode & 0o777:o}", right="600" if path.is_file() else "700"
                )
        strangers = _strangers(data)
        if strangers:
            bad = True
            yield fail("stranger", path=strangers[0], owner=data.stat().st_uid)
        if data.exists() and os.geteuid() == data.stat().st_uid and not os.access(data, os.W_OK):
            bad = True
            yield fail("no_write", path=data)
        if not bad:
            yield ok("private", n=len(private))


def _files(data: Path) -> list[Path]:
    """What holds personal data or keys. The data folder itself is closed, so other files in it need not be."""
    keys = sorted((data / "keys").glob("*")) if os.access(data / "keys", os.X_OK) else []
    return [path for path in (data / "keys", *keys) if path.exists()]


def _secrets(path: Path) -> list[Path]:
    """The files that [hq] of tillbox.toml points to."""
    try:
        hq = tomllib.loads(path.read_text(encoding="utf-8")).get("hq", {})
    except (OSError, ValueError):
        return []
    return [
        path.parent / hq[key] for key in ("password_file", "key_file", "client_key") if isinstance(hq.get(key), str)
    ]


def owner_of(path: Path) -> int:
    """The user that a file or a link belongs to."""
    return path.lstat().st_uid


def _strangers(data: Path) -> list[Path]:
    """Files of the data folder that belong to another user than the folder: the till could not write them."""
    try:
        owner = data.stat().st_uid
        return [path for path in sorted(data.rglob("*")) if owner_of(path) != owner]
    except OSError:
        return []
