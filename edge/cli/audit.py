"""`tillbox audit verify`: holds every event to the chain and every row to its event; says what was changed first."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from edge.base.config import ConfigError, load
from edge.base.i18n import LANGS, t
from edge.box import open_box
from edge.env import Env
from edge.errors import TillboxError
from edge.evidence import Checked, check

_ABOUT = "compare every sale, point, stored value, stock move, Z report and note with its event and the hash chain"
_CODES = (
    "exit code: 0 when all is as it was written, 1 when something was changed (the first thing is named), "
    "2 when it could not be checked"
)


def add_commands(parser: argparse.ArgumentParser, add: Callable[..., argparse.ArgumentParser], lang: str) -> None:
    """The command below `tillbox audit`."""
    below = parser.add_subparsers(metavar="COMMAND", required=True)
    verify = add(below, "verify", _ABOUT, lambda args: run(args, args.lang or lang))
    verify.description, verify.epilog = f"{_ABOUT}; reads only, the till may sell meanwhile", _CODES
    verify.add_argument("--all", action="store_true", help="name everything, not only what was changed first")
    verify.add_argument("--lang", choices=LANGS, default=None)


def run(args: argparse.Namespace, lang: str) -> int:
    """0: all is as it was written; 1: something was changed; 2: it could not be checked."""
    try:
        box = open_box(load(args.config), Env())
    except (TillboxError, ConfigError) as error:
        print(f"tillbox audit verify: {error}", file=sys.stderr)
        return 2
    checked, found = Checked(), 0
    try:
        # One state of the books, however much is sold meanwhile.
        with box.db.atomic("DEFERRED"):
            for finding in check(box, checked):
                found += 1
                print(t(lang, f"evidence.{finding.slug}", **finding.params), flush=True)
                if not args.all:
                    print(t(lang, "evidence.first"))
                    return 1
    finally:
        box.close()
    slug = "many" if found else "whole"
    print(t(lang, f"evidence.{slug}", n=found, events=checked.events, rows=checked.rows))
    return 1 if found else 0
