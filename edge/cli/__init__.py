"""The commands `tillbox` and `tillbox-hq`. Composition root: it may import everything, nothing imports it.

Each command imports what it needs when it runs, so that `tillbox sync status` does not load a printer library.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from edge.base import log
from edge.base.config import ConfigError, load
from edge.base.i18n import LANGS, t
from edge.env import Env
from edge.errors import TillboxError

DEFAULT_CONFIG = Path("/etc/tillbox/tillbox.toml")
Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """The command `tillbox`; returns the exit code. What goes wrong is one sentence on standard error."""
    given = sys.argv[1:] if argv is None else argv
    return _run(build_parser(given), given)


def main_hq(argv: Sequence[str] | None = None) -> int:
    """The command `tillbox-hq`."""
    return _run(build_hq_parser(), argv)


def _run(parser: argparse.ArgumentParser, argv: Sequence[str] | None) -> int:
    args = parser.parse_args(argv)
    log.setup(args.log_level)
    try:
        command: Command = args.run
        return command(args)
    except (TillboxError, ConfigError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def build_parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """Every command of the box. Those that take a module have their options only if they are in `given`."""
    parser = _parser("tillbox", "The till: sells, prints, rewards; everything works with the internet unplugged.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add(commands, "serve", "run the till: devices, selling, printing, the screens", _serve)
    sync = commands.add_parser("sync", help="bring the journal to headquarters; `sync status` tells how far it is")
    _config_option(sync)
    sync.set_defaults(run=_sync)
    status = sync.add_subparsers(metavar="").add_parser("status", help="pending events and the age of the last answer")
    _config_option(status)
    status.add_argument("--json", action="store_true", help="for programs")
    status.set_defaults(run=_sync_status)
    _add(commands, "migrate", "make or upgrade the database; run before serve", _migrate)
    _add(commands, "verify", "check the journal's hash chains; names the first changed event", _verify)
    _technician(commands, given)
    replay = _add(commands, "replay", "sell the baskets of a file through a simulated scanner", _replay)
    replay.add_argument("file", type=Path, help="one basket a line, as JSON (see README)")
    replay.add_argument("--lane", help="the lane that sells (default: the first)")
    replay.add_argument("--limit", type=int, help="only the first N baskets")
    replay.add_argument("--verify", action="store_true", help="compare each total with the one in the file")
    replay.add_argument("--lang", choices=LANGS, default=_lang())
    demo = commands.add_parser("demo", help="a sample store with everything simulated, in one terminal")
    demo.add_argument("--folder", type=Path, default=_demo_folder(), help="where its data stay (default: %(default)s)")
    demo.add_argument("--fresh", action="store_true", help="forget the data of earlier runs and start anew")
    demo.add_argument("--port", type=int, default=8080, help="of the till's screens (default: %(default)s)")
    demo.add_argument("--hq-port", type=int, default=8090, help="of headquarters' page (default: %(default)s)")
    demo.add_argument("--days", type=int, default=730, help="how much history to invent (default: %(default)s)")
    demo.add_argument("--lang", choices=LANGS, default=_lang())
    demo.set_defaults(run=_demo)
    return parser


# What whoever installs a box and mends it types -> the module it takes. The till itself runs for years: it loads none.
TECHNICIAN = {
    "setup": ("setup", "make a blank box a shop: configuration, database, first manager"),
    "doctor": ("doctor", "check clock, disk, database, devices, broker and more; says why and how to mend"),
    "setting": ("setting", "show the shop's rules, and switch those that need no page"),
    "code": ("code", "make a one-time code for a forgotten PIN, where no manager can"),
    "enrol": ("enrol", "bind a scanner or card reader to a lane: scan the code that is shown with it"),
    "export": ("exporter", "products, members, sales and more as a CSV or XLSX file"),
    "config": ("config", "print the effective configuration with secrets masked"),
    "maintain": ("maintain", "look the database over, back it up, tidy up; the nightly timer runs it"),
    "restore": ("restore", "put a backup in the place of the database; the old files stay, numbers begin anew"),
    "grant": ("grant", "give the till its devices and printers, and no others (root)"),
    "import": ("importer", "products, prices, stock, members or staff from CSV or XLSX"),
    "audit": ("audit", "prove that the books are as they were written"),
}
_WITH_MORE_BELOW = ("import", "audit")


def _technician(commands: Any, given: Sequence[str]) -> None:
    lang = _lang()
    for name, (room, about) in TECHNICIAN.items():
        parser = commands.add_parser(name, help=about)
        if name not in given:
            continue
        module = import_module(f"edge.cli.{room}")
        if name in _WITH_MORE_BELOW:
            module.add_commands(parser, _add, lang)
            continue
        _config_option(parser)
        parser.set_defaults(run=partial(module.run, lang=lang))
        module.add_arguments(parser)


def build_hq_parser() -> argparse.ArgumentParser:
    """Every command of headquarters and its options."""
    parser = _parser("tillbox-hq", "Headquarters: receives every event of every box once, and shows it.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add(commands, "serve", "receive events and serve the page", _hq_serve, "hq.toml")
    box = commands.add_parser("box", help="let boxes in")
    add = box.add_subparsers(metavar="COMMAND", required=True).add_parser("add", help="make a box's key and print it")
    _config_option(add, "hq.toml")
    add.add_argument("box", help="the box's name, as in its tillbox.toml")
    add.set_defaults(run=_hq_box_add)
    password = _add(commands, "password", "set the page's password; it is shown once", _hq_password, "hq.toml")
    password.add_argument("user", nargs="?", default="hq")
    return parser


def _parser(prog: str, about: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=prog, description=about)
    parser.add_argument("--log-level", default="INFO", choices=("DEBUG", "INFO", "WARNING", "ERROR"))
    return parser


def _add(commands: Any, name: str, about: str, run: Command, config: str = "") -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=about)
    _config_option(parser, config)
    parser.set_defaults(run=run)
    return parser


def _config_option(parser: argparse.ArgumentParser, name: str = "") -> None:
    default = DEFAULT_CONFIG.with_name(name) if name else DEFAULT_CONFIG
    parser.add_argument("--config", type=Path, default=default, help="default: %(default)s")


def _lang() -> str:
    chosen = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh-CN" if chosen.startswith("zh") else "en"


def _demo_folder() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "tillbox-demo"


def _serve(args: argparse.Namespace) -> int:
    from edge.daemon import serve

    return serve(load(args.config), Env())


def _sync(args: argparse.Namespace) -> int:
    from sync.agent import main as run

    return run(args.config)


def _sync_status(args: argparse.Namespace) -> int:
    from edge.box import open_box
    from sync.status import status

    config = load(args.config)
    found = status(open_box(config, Env()).db, config)
    if args.json:
        print(json.dumps(found))
        return 0
    lang = _lang()
    if not found["hq"]:
        print(t(lang, "cli.sync_no_hq"))
        return 0
    age = found["last_ack_age_s"]
    print(t(lang, "cli.sync_pending", n=sum(found["pending"].values()), **found["pending"]))
    print(t(lang, "cli.sync_never") if age is None else t(lang, "cli.sync_age", age=_age(age)))
    print(t(lang, "cli.sync_up") if found["connected"] else t(lang, "cli.sync_down", why=found["error"] or "-"))
    if found["verdict"] != "ok":
        print(t(lang, f"cli.sync_verdict_{found['verdict']}"))
    return 0 if found["verdict"] == "ok" else 1


def _age(seconds: float) -> str:
    whole = int(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}"


def _migrate(args: argparse.Namespace) -> int:
    from edge.box import create
    from edge.cli import owner

    config = load(args.config)
    owner.become(config.data)
    create(config, Env())
    print(t(_lang(), "cli.migrated", path=config.database))
    return 0


def _verify(args: argparse.Namespace) -> int:
    from edge import journal
    from edge.box import open_box

    box = open_box(load(args.config), Env())
    wrong = 0
    for sentence in journal.verify(box.db, box.source):
        wrong += 1
        print(sentence)
    print(t(_lang(), "cli.verify_bad" if wrong else "cli.verify_ok", n=wrong))
    return 1 if wrong else 0


def _replay(args: argparse.Namespace) -> int:
    from edge.cli.replay import run

    return run(load(args.config), args)


def _demo(args: argparse.Namespace) -> int:
    from edge.cli.demo import run

    return run(args)


def _hq_serve(args: argparse.Namespace) -> int:
    from edge.cli.hq_page import serve
    from sync.hq import main as run

    return run(args.config, serve)


def _hq_box_add(args: argparse.Namespace) -> int:
    from sync.hq import provision
    from sync.hq.config import load as load_hq

    try:
        print(provision(load_hq(args.config).data, args.box))
    except ValueError as error:
        raise ConfigError(str(error)) from None
    return 0


def _hq_password(args: argparse.Namespace) -> int:
    from sync.hq import set_console_password
    from sync.hq.config import load as load_hq

    print(set_console_password(load_hq(args.config).data, args.user))
    return 0
