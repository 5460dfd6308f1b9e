"""`tillbox code`: a one-time code for a forgotten PIN where no manager can make one; for whoever may read the data."""

from __future__ import annotations

import argparse

from edge.audit import note
from edge.base.config import load
from edge.base.i18n import t
from edge.box import open_box
from edge.cli import owner
from edge.env import Env
from edge.errors import TillboxError
from edge.forgotten import CODE_S
from edge.staff import StaffService


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tillbox code`, beside --config."""
    parser.add_argument("name", help="of the person, in Chinese or English, as on the log-in page")


def run(args: argparse.Namespace, lang: str) -> int:
    """Print a code that its person types in the place of the PIN; then they choose a new one."""
    config = load(args.config)
    owner.become(config.data)
    box = open_box(config, Env())
    try:
        staff = StaffService(box)
        wanted = args.name.strip().casefold()
        found = [p for p in staff.people() if wanted in (p.name_zh.casefold(), p.name_en.casefold())]
        if len(found) != 1:
            names = ", ".join(person.name(lang) for person in staff.people())
            raise TillboxError(f"nobody, or more than one, is called {args.name!r}; these work here: {names}")
        code, hashed = staff.codes.new()
        with box.transaction():
            staff.codes.keep(found[0].id, hashed, None)
            note(box, "code_made", None, person=found[0].uid, where="terminal")
        print(t(lang, "cli.code_made", code=code, name=found[0].name(lang), minutes=CODE_S // 60))
    finally:
        box.close()
    return 0
