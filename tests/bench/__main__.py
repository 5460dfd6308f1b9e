"""`make bench`: every budget that can be measured so far, each beside its raw reference of the same run.

`python -m tests.bench sale http` runs only these. The exit code is 1 when one is over its limit. Times on a machine
that does other work at the same time mean little; the ratios hold better.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time

from tests.bench.report import Row, table
from tests.bench.shop import DISK, fill_store, folder

BENCHES = ("sale", "http", "scan", "memory", "sync", "recommend", "search", "promo", "journey")
LONG = ("import",)  # only when it is asked for: some minutes


def main() -> int:
    """Run what was asked for and print the table."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    names = f"of {', '.join(BENCHES)} (default: all these); {', '.join(LONG)}: some minutes"
    parser.add_argument("benches", nargs="*", metavar="BENCH", help=names)
    parser.add_argument("--rows", type=int, help="of the import (default: 1,000,000)")
    args = parser.parse_args()
    chosen = args.benches or list(BENCHES)
    if args.rows:
        importlib.import_module("tests.bench.bench_import").rows_wanted = args.rows
    unknown = set(chosen) - {*BENCHES, *LONG}
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    rows: list[Row] = []
    with folder(DISK) as place:
        say("filling the sample store")
        template = fill_store(place / "store")
        for name in chosen:
            began = time.monotonic()
            say(f"bench {name}")
            rows += importlib.import_module(f"tests.bench.bench_{name}").run(template)
            say(f"bench {name}: {time.monotonic() - began:.0f} s")
    print(f"\n{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}\n")
    print(table(rows))
    return 1 if any(row.ok is False for row in rows) else 0


def say(words: str) -> None:
    """Progress, beside the table."""
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
