"""`tillbox import …`: a dry run that lists what would be refused, then all rows are written, or none.

The same command again, after it was killed, goes on where it was.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from edge.base.config import Config, load
from edge.base.i18n import LANGS, t
from edge.box import Box, open_box
from edge.cli.progress import Bar
from edge.db import exclusive
from edge.env import Env
from edge.errors import ShopError
from edge.importer import jobs, members, products, reader, staff, work
from edge.importer.reader import Column
from edge.importer.report import ImportRefused, Remark
from edge.tables import csv_blocks

LISTED = 200
_COLUMNS: dict[str, tuple[Column, ...]] = {
    **products.KINDS, "members": members.COLUMNS, "staff": staff.COLUMNS,
}  # fmt: skip
_ABOUT = {
    "products": "products, prices and opening stock become the next version of the catalogue",
    "prices": "new prices of products that the shop has",
    "stock": "opening stock of products that are not counted yet",
    "members": "members with their card and consents",
    "staff": "people with their role and PIN",
}


def add_commands(parser: argparse.ArgumentParser, add: Callable[..., argparse.ArgumentParser], lang: str) -> None:
    """Below `tillbox import` one command a kind of file."""
    kinds = parser.add_subparsers(metavar="WHAT", required=True)
    for kind, about in _ABOUT.items():
        one = add(kinds, kind, about, lambda args, kind=kind: run(kind, args, args.lang or lang))
        one.add_argument("file", type=Path, nargs="?", metavar="FILE", help="CSV (UTF-8, UTF-16 or GB18030) or XLSX")
        one.add_argument("--template", action="store_true", help="print an example file with every column")
        one.add_argument("--dry-run", action="store_true", help="only list what would be refused; write nothing")
        one.add_argument("--skip-refused", action="store_true", help="write the good rows, leave the refused out")
        one.add_argument("--refused", type=Path, metavar="OUT.csv", help="write every refusal into this file")
        one.add_argument("--lang", choices=LANGS, default=None)
        if kind == "products":
            one.add_argument("--replace", action="store_true", help="what is not in the file is no longer sold")
    about = "carry on the import that was cut short or waits"
    resume = add(kinds, "resume", about, lambda args: _resume(args, args.lang or lang))
    resume.add_argument("--cancel", action="store_true", help="give it up instead")
    resume.add_argument("--lang", choices=LANGS, default=None)


def run(kind: str, args: argparse.Namespace, lang: str) -> int:
    """Check, list, and write unless told otherwise. 0: all well; 1: rows were refused, or the file was."""
    if args.template:
        sys.stdout.write(reader.template(_COLUMNS[kind]))
        return 0
    if args.file is None:
        print(t(lang, "importer.no_file", kind=kind), file=sys.stderr)
        return 2
    config = load(args.config)
    return _told(config, lang, lambda box: _staff(box, args, lang) if kind == "staff" else _run(box, kind, args, lang))


def _told(config: Config, lang: str, command: Callable[[Box], int]) -> int:
    box = open_box(config, Env())
    try:
        return command(box)
    except ImportRefused as refused:
        print(refused.words(lang), file=sys.stderr)
    except ShopError as refused:
        print(t(lang, f"errors.{refused.slug}", **refused.params), file=sys.stderr)
    finally:
        box.close()
    return 1


def _run(box: Box, kind: str, args: argparse.Namespace, lang: str) -> int:
    then = work.ASK if args.dry_run else work.GOOD if args.skip_refused else work.ALL
    uid = _same(box, kind, args, then, lang) or work.start(
        box, kind, args.file, then=then, replace=getattr(args, "replace", False), name=str(args.file)
    )
    carry_on(box, uid, lang)
    return _say(box, uid, lang, dry=args.dry_run, refused=args.refused)


def _same(box: Box, kind: str, args: argparse.Namespace, then: str, lang: str) -> str | None:
    """The import of this very file that was cut short; another one that a command left behind is given up."""
    uid = work.unfinished(box)
    if uid is None or jobs.status(box, uid).state == "running":
        return None  # start() says why not
    asked = work.asked(box, uid)
    wanted = (kind, getattr(args, "replace", False), then, work.digest_of(args.file), str(args.file.resolve()))
    if (asked.kind, asked.replace, asked.then, asked.digest, asked.path) == wanted:
        print(t(lang, "importer.goes_on"))
        return uid
    if not asked.own:
        work.cancel(box, uid)
    return None


def carry_on(box: Box, uid: str, lang: str) -> None:
    """Step by step to the end, or to where somebody must say yes."""
    bar = Bar(sys.stderr)
    with work.Work(box, uid) as going:
        while going.step():
            state = jobs.status(box, uid)
            done, total = (state.rows, 0) if state.step == "check" else (state.done, state.total)
            if state.step == "check" and state.total:
                words = t(lang, "importer.checking", n=state.rows)
                bar(min(state.done, state.total - 1), state.total, words)
            else:
                step = t(lang, f"importer.step_{state.step}")
                bar(min(done, max(0, total - 1)), total or done + 1, f"{step} {done}")


def _say(box: Box, uid: str, lang: str, *, dry: bool, refused: Path | None = None) -> int:
    found = jobs.status(box, uid)
    if found.error is not None:
        raise found.error
    _head(found.file, found.rows, found.encoding, lang)
    few = [[remark for _, remark in jobs.refusals(box, uid, notes=notes, limit=LISTED)] for notes in (True, False)]
    total = jobs.refusal_count(box, uid)
    _list(few[0], few[1], found.notes, total, found.refused, lang)
    if refused is not None:
        _write_refused(refused, jobs.refused_table(box, uid, lang))
    if found.state == "checked":
        work.cancel(box, uid)
        if dry:
            print(t(lang, "importer.dry", n=found.good, rows=found.rows))
            return 1 if found.refused else 0
        print(t(lang, "importer.none_written", n=found.refused))
        return 1
    if found.state == "cancelled":
        print(t(lang, "importer.cancelled"))
        return 1
    total = found.result.get("total", 0)
    print(t(lang, f"importer.done_{found.kind}", n=found.good, total=total, refused=found.refused))
    return 0


def _resume(args: argparse.Namespace, lang: str) -> int:
    return _told(load(args.config), lang, lambda box: _resume_in(box, args.cancel, lang))


def _resume_in(box: Box, cancel: bool, lang: str) -> int:
    uid = work.unfinished(box)
    if uid is None:
        print(t(lang, "importer.none_open"))
        return 0
    if cancel:
        work.cancel(box, uid)
        print(t(lang, "importer.cancelled"))
        return 0
    carry_on(box, uid, lang)
    if jobs.status(box, uid).state == "checked":  # a screen asks somebody
        return 0
    return _say(box, uid, lang, dry=False)


def _staff(box: Box, args: argparse.Namespace, lang: str) -> int:
    """A list of people is short: read whole, and written or not."""
    with exclusive(box.config.data / work.LOCK):
        report, table = staff.check(box, args.file)
        _head(str(args.file), report.rows, reader.encoding_words(table.encoding), lang)
        _list(report.notes, report.refusals, len(report.notes), len(report.refusals), report.refused_rows, lang)
        if args.refused is not None:
            _write_refused(args.refused, jobs.table_of(report.refusals, lang))
        if args.dry_run:
            print(t(lang, "importer.dry", n=len(report.good), rows=report.rows))
            return 1 if report.refusals else 0
        if report.refusals and not args.skip_refused:
            print(t(lang, "importer.none_written", n=report.refused_rows))
            return 1
        bar = Bar(sys.stderr)
        count = staff.write(
            box, report, lambda done, total: bar(done, total, t(lang, "importer.progress", done=done, total=total))
        )
    print(t(lang, "importer.done_staff", n=count, total=count, refused=report.refused_rows))
    return 0


def _head(file: str, rows: int, encoding: str, lang: str) -> None:
    print(t(lang, "importer.read", file=file, rows=rows, encoding=encoding))
    if encoding == "GB18030":
        print(f"  {t(lang, 'importer.encoding')}")


def _list(
    notes: list[Remark], refusals: list[Remark], all_notes: int, all_refusals: int, refused: int, lang: str
) -> None:  # fmt: skip
    for title, remarks, count in (("notes", notes, all_notes), ("refusals", refusals, all_refusals)):
        if remarks:
            print(t(lang, f"importer.{title}", n=count, rows=refused))
            for remark in remarks[:LISTED]:
                print(f"  {remark.words(lang)}")
            if count > LISTED:
                print(f"  {t(lang, 'importer.more', n=count - LISTED)}")


def _write_refused(path: Path, table: Iterable[list[str]]) -> None:
    with path.open("wb") as file:
        path.chmod(0o600)
        for block in csv_blocks(table):
            file.write(block)
