"""`tillbox import products|staff|members FILE.csv`: all refusals listed first; then all rows are written, or none."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from edge.base.config import load
from edge.base.i18n import LANGS, t
from edge.box import Box, open_box
from edge.cli.progress import Bar
from edge.db import exclusive
from edge.env import Env
from edge.importer import members, products, reader, staff
from edge.importer.reader import Column, Table
from edge.importer.report import Progress, Report
from edge.resources import package_file

LISTED = 200
_COLUMNS: dict[str, tuple[Column, ...]] = {
    "products": products.COLUMNS, "staff": staff.COLUMNS, "members": members.COLUMNS,
}  # fmt: skip
_ABOUT = {
    "products": "products, prices and opening stock become the next version of the catalogue",
    "staff": "people with their role and PIN",
    "members": "members with their card and consents",
}


def add_commands(commands: Any, add: Callable[..., argparse.ArgumentParser], lang: str) -> None:
    """`tillbox import` and one command a kind of file below it."""
    parser = commands.add_parser("import", help="products, staff or members from a CSV file, with a dry run")
    kinds = parser.add_subparsers(metavar="WHAT", required=True)
    for kind, about in _ABOUT.items():
        one = add(kinds, kind, about, lambda args, kind=kind: run(kind, args, args.lang or lang))
        one.add_argument(
            "file", type=Path, nargs="?", metavar="FILE.csv", help="UTF-8 or GB18030; comma, semicolon or tab"
        )
        one.add_argument("--template", action="store_true", help="print an example file with every column")
        one.add_argument("--dry-run", action="store_true", help="only list what would be refused; write nothing")
        one.add_argument("--skip-refused", action="store_true", help="write the good rows, leave the refused out")
        one.add_argument("--lang", choices=LANGS, default=None)
        if kind == "products":
            one.add_argument("--replace", action="store_true", help="what is not in the file is no longer sold")


def run(kind: str, args: argparse.Namespace, lang: str) -> int:
    """Check, list, and write unless told otherwise. 0: all well; 1: rows were refused, or the file was."""
    if args.template:
        sys.stdout.write(reader.template(_COLUMNS[kind]))
        return 0
    if args.file is None:
        print(t(lang, "importer.no_file", kind=kind), file=sys.stderr)
        return 2
    config = load(args.config)
    box = open_box(config, Env())
    try:
        with exclusive(config.data / "import.lock"):
            report, table = _check(kind, box, args.file, lang)
            _list(report, table, args.file, lang)
            if args.dry_run:
                print(t(lang, "importer.dry", n=len(report.good), rows=report.rows))
                return 1 if report.refusals else 0
            if report.refusals and not args.skip_refused:
                print(t(lang, "importer.none_written", n=report.refused_rows))
                return 1
            count = _write(kind, box, report, args, lang)
        print(t(lang, f"importer.done_{kind}", n=len(report.good), total=count, refused=report.refused_rows))
        return 0
    finally:
        box.close()


def _check(kind: str, box: Box, file: Path, lang: str) -> tuple[Report, Table]:
    if kind == "products":
        return products.check(box, file, lang, _icons())
    return staff.check(box, file, lang) if kind == "staff" else members.check(box, file, lang)


def _write(kind: str, box: Box, report: Report, args: argparse.Namespace, lang: str) -> int:
    bar = Bar(sys.stderr)
    tell: Progress = lambda done, total: bar(done, total, t(lang, "importer.progress", done=done, total=total))  # noqa: E731
    if kind == "products":
        return products.write(box, report, tell, replace=args.replace)
    return staff.write(box, report, tell) if kind == "staff" else members.write(box, report, tell)


def _list(report: Report, table: Table, file: Path, lang: str) -> None:
    print(t(lang, "importer.read", file=file, rows=report.rows, encoding=table.encoding))
    if table.encoding != "UTF-8":
        print(f"  {t(lang, 'importer.encoding')}")
    for title, remarks in (("notes", report.notes), ("refusals", report.refusals)):
        if remarks:
            print(t(lang, f"importer.{title}", n=len(remarks), rows=report.refused_rows))
            for remark in remarks[:LISTED]:
                print(f"  {remark.words(lang)}")
            if len(remarks) > LISTED:
                print(f"  {t(lang, 'importer.more', n=len(remarks) - LISTED)}")


def _icons() -> frozenset[str]:
    """The pictures that the till's grid has."""
    text = package_file("web", "static", "icons.svg").read_text(encoding="utf-8")
    return frozenset(re.findall(r'<symbol id="i-([a-z0-9-]+)"', text))
