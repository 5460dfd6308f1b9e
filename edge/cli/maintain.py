"""`tillbox maintain`: what the nightly timer runs; a line a step. Exit code 1 when a step failed."""

from __future__ import annotations

import argparse

from edge.base.config import load
from edge.base.i18n import t
from edge.box import open_box
from edge.cli import owner
from edge.db import exclusive
from edge.env import Env
from edge.maintain import care

MARKS = {"ok": "✓", "warn": "!", "fail": "✗"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tillbox maintain`, beside --config."""
    parser.add_argument("--now", action="store_true", help="do not wait until nobody sells")


def run(args: argparse.Namespace, lang: str) -> int:
    """Do every step and tell it at once."""
    config, failed = load(args.config), False
    owner.become(config.data)
    with exclusive(config.data / "maintain.lock"):
        box = open_box(config, Env(), autocheckpoint=0)
        try:
            for line in care(box, wait=not args.now):
                failed = failed or line.level == "fail"
                print(f"{MARKS[line.level]} {t(lang, f'maintain.{line.slug}', **line.params)}", flush=True)
        finally:
            box.close()
    return 1 if failed else 0
