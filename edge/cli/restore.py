"""`tillbox restore FILE`: a backup in the place of the database; `--new-epoch`: only event and receipt numbers anew."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path

from edge.base.config import load
from edge.base.i18n import t
from edge.cli import owner
from edge.db import exclusive
from edge.env import Env
from edge.errors import AlreadyRunning
from edge.restore import Refused, renumber, restore
from sync.status import LOCK


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tillbox restore`, beside --config."""
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a backup of this box")
    parser.add_argument(
        "--new-epoch", action="store_true", help="without FILE: keep the data, begin event and receipt numbers anew"
    )


def run(args: argparse.Namespace, lang: str) -> int:
    """Restore, and tell where the old files are and what to do next. Exit code 1 when refused, 2 when asked wrongly."""
    if (args.file is None) is not args.new_epoch:
        print(t(lang, "restore.usage"), file=sys.stderr)
        return 2
    config = load(args.config)
    owner.become(config.data)
    config.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with ExitStack() as stack:
            for name in ("serve.lock", LOCK, "maintain.lock"):
                stack.enter_context(exclusive(config.data / name))
            opened = renumber(config, Env()) if args.new_epoch else restore(config, Env(), args.file)
    except AlreadyRunning:
        print(t(lang, "restore.running"), file=sys.stderr)
        return 1
    except Refused as error:
        print(t(lang, f"restore.{error.slug}", **error.params), file=sys.stderr)
        return 1
    if args.file is not None:
        print(t(lang, "restore.done", file=args.file, path=config.database))
    if opened.aside is not None:
        print(t(lang, "restore.aside", aside=opened.aside))
    print(t(lang, "restore.numbers", series=opened.series))
    print(t(lang, "restore.next"))
    return 0
