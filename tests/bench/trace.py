"""What a process wrote to its files, from strace's record: whole 4 kB blocks between one disk sync and the next.

/proc/self/io counts whole folios where the kernel has large ones, so it can say four times what reaches the device.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

CALLS = "pwrite64,write,ftruncate,fdatasync,fsync"
BLOCK = 4096
_WRITE = re.compile(r"pwrite64\(\d+<(?P<path>[^>]*)>, .*, (?P<size>\d+), (?P<at>\d+)\)")
_SYNC = re.compile(r"f(?:data)?sync\(\d+<(?P<path>[^>]*)>")


@dataclass(frozen=True, slots=True)
class Trace:
    """Bytes in whole blocks, of all files of a database and of its log alone; syncs of either."""

    bytes: int
    log_bytes: int
    log_syncs: int
    syncs: int


def read_trace(lines: Iterable[str]) -> Trace:
    """Count the writes of box.db and box.db-wal; what is not yet synced at the end counts too."""
    open_blocks: dict[str, set[int]] = {}
    blocks: dict[str, int] = {}
    syncs: dict[str, int] = {}
    for line in lines:
        if found := _WRITE.search(line):
            first, last = int(found["at"]) // BLOCK, (int(found["at"]) + int(found["size"]) - 1) // BLOCK
            open_blocks.setdefault(found["path"], set()).update(range(first, last + 1))
        elif found := _SYNC.search(line):
            path = found["path"]
            syncs[path] = syncs.get(path, 0) + 1
            blocks[path] = blocks.get(path, 0) + len(open_blocks.pop(path, ()))
    for path, left in open_blocks.items():
        blocks[path] = blocks.get(path, 0) + len(left)
    return Trace(
        _sum(blocks, ".db", ".db-wal") * BLOCK, _sum(blocks, ".db-wal") * BLOCK,
        _sum(syncs, ".db-wal"), _sum(syncs, ".db", ".db-wal"),
    )  # fmt: skip


def _sum(counted: dict[str, int], *ends: str) -> int:
    return sum(n for path, n in counted.items() if path.endswith(ends))
