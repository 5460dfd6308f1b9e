"""Is there room, and can it be written? (faults F06 to F08, F11)"""

from __future__ import annotations

import os
from collections.abc import Iterator

from edge.health.base import Check, Finding, House, fail, ok, warn

WARN_MB, FAIL_MB, WAL_MB, INODES = 200, 100, 32, 2_000


class DiskCheck(Check):
    name = "disk"

    def run(self, house: House) -> Iterator[Finding]:
        assert house.config is not None
        data = house.config.data
        try:
            facts = os.statvfs(data)
        except OSError as error:
            yield fail("missing", path=data, why=error.strerror)
            return
        free = facts.f_bavail * facts.f_frsize // 1_000_000
        if facts.f_flag & os.ST_RDONLY:
            yield fail("readonly", path=data)
        elif free < FAIL_MB:
            yield fail("full", path=data, free=free)
        elif facts.f_files and facts.f_favail < INODES:
            yield fail("inodes", path=data, free=facts.f_favail)
        elif free < WARN_MB:
            yield warn("low", path=data, free=free)
        else:
            yield ok("room", path=data, free=free)
        wal = house.config.database.with_name("box.db-wal")
        if wal.exists() and (size := wal.stat().st_size // 1_000_000) > WAL_MB:
            yield warn("wal", size=size)
