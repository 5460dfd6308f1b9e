"""`tillbox export WHAT FILE`: a table of the shop as CSV or XLSX, by the end of the file's name."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from edge import exports
from edge.base.config import load
from edge.base.i18n import LANGS, t
from edge.box import open_box
from edge.cli.progress import Bar
from edge.env import Env
from edge.errors import TillboxError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to export, and where to."""
    parser.add_argument("what", choices=exports.KINDS, help="the table")
    parser.add_argument("file", type=Path, metavar="FILE", help="ends in .csv or .xlsx; is made for you alone")
    parser.add_argument("--lang", choices=LANGS, default=None, help="of the heads")


def run(args: argparse.Namespace, lang: str) -> int:
    """Write the file, whole or not at all."""
    lang = args.lang or lang
    form = args.file.suffix.lower().removeprefix(".")
    box = open_box(load(args.config), Env())
    part = args.file.with_name(f"{args.file.name}.part")
    try:
        if form not in exports.FORMS:
            raise TillboxError(t(lang, "errors.export_unknown"))
        found = exports.export(box, args.what, form, lang, None)
        bar, size = Bar(sys.stderr), 0
        with part.open("wb") as file:
            part.chmod(0o600)
            for block in found.blocks:
                size += file.write(block)
                bar(size, size + 1, f"{size / 1e6:.1f} MB")
        part.replace(args.file)
    except OSError as error:
        raise TillboxError(f"{args.file}: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)
        box.close()
    print(t(lang, "export.written", n=found.rows, path=args.file))
    if exports.personal(args.what):
        print(t(lang, "export.personal"))
    return 0
