"""`tillbox setup`: a blank box becomes a shop, by questions on the terminal or from a file of answers."""

from __future__ import annotations

import argparse
import getpass
import os
import pwd
import sys
from pathlib import Path
from typing import Any

from drivers import registry
from drivers.errors import DriverError
from drivers.options import check
from edge.base.i18n import LANGS, t
from edge.env import Env
from edge.setup import answers, apply, plan
from edge.setup.questions import Question
from edge.setup.refusals import Refused, SetupError

SERVICE_USER = "tillbox"
SERVICE = Path("/etc/systemd/system/tillbox.service")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tillbox setup`, beside --config."""
    parser.add_argument("--answers", type=Path, metavar="FILE", help="answer all questions from this TOML file")
    parser.add_argument("--data", type=Path, default=plan.DEFAULT_DATA, help="default: %(default)s")
    parser.add_argument("--force", action="store_true", help="replace a configuration that is there; a copy stays")
    parser.add_argument("--owner", help="the user the till runs as (default, for root: tillbox)")
    parser.add_argument("--lang", choices=LANGS, default=None, help="of the questions")


def run(args: argparse.Namespace, lang: str) -> int:
    """Ask, plan, carry out, and say what to do next."""
    lang = args.lang or lang
    owner = _owner(args.owner, lang)
    if args.answers:
        _warn_if_open(args.answers, lang)
        ask_pin = (lambda: _pin_twice(lang)) if sys.stdin.isatty() else None
        given = answers.from_file(args.answers, check_device, lang, ask_pin)
    else:
        given = answers.from_person(Terminal(lang), check_device, lang, devices_here())
    todo = plan.make(given, args.data.absolute())
    for slug, params in apply.apply(todo, args.config.absolute(), Env(), force=args.force, owner=owner):
        print(f"  {t(lang, f'setup.did_{slug}', **params)}")
    option = "" if str(args.config) == "/etc/tillbox/tillbox.toml" else f" --config {args.config}"
    service = not option and SERVICE.exists()
    print(t(lang, "setup.next_box" if service else "setup.next", option=option, port=given["port"]))
    return 0


def check_device(name: str, driver: str, options: dict[str, Any]) -> str:
    """The kind of the driver's devices; Refused with the driver's own sentence when an option is wrong."""
    try:
        info = registry.find(driver, name)
        check(name, driver, info.options, options)
    except DriverError as error:
        raise Refused("device", why=error) from None
    return info.kind


def devices_here() -> dict[str, list[str]]:
    """What is plugged in now, written as an answer would be."""
    serial = sorted(Path("/dev/serial/by-id").glob("*")) or sorted(Path("/dev").glob("ttyACM*"))
    return {
        "scanner": [f"serial-scanner port={path}" for path in serial],
        "printer": [f"escpos-usb path={path}" for path in sorted(Path("/dev/usb").glob("lp*"))],
    }


class Terminal:
    """Questions on the terminal: the default in brackets is taken by Enter; secrets are not echoed."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        print(t(lang, "setup.welcome"))

    def ask(self, question: Question, words: str, hint: str, default: str | None) -> str:
        """One answer; the hint stands above the question."""
        if hint:
            print(f"\n  {hint}")
        prompt = f"{words} [{default}]: " if default else f"{words}: "
        try:
            text = getpass.getpass(prompt) if question.secret and sys.stdin.isatty() else input(prompt)
        except EOFError:
            raise SetupError(t(self.lang, "setup.stopped")) from None
        return text if text.strip() else default or ""

    def say(self, words: str) -> None:
        """A refusal."""
        print(f"  ✗ {words}")


def _pin_twice(lang: str) -> str:
    first = getpass.getpass(f"{t(lang, 'setup.q_manager_pin')}: ")
    if getpass.getpass(f"{t(lang, 'setup.q_again')}: ") != first:
        raise Refused("pin_differs")
    return first


def _warn_if_open(path: Path, lang: str) -> None:
    if path.exists() and path.stat().st_mode & 0o077:
        print(t(lang, "setup.answers_open", path=path), file=sys.stderr)


def _owner(name: str | None, lang: str) -> apply.Owner | None:
    """Root makes the files of the service's user; anybody else makes his own."""
    if name is None and os.geteuid() != 0:
        return None
    try:
        user = pwd.getpwnam(name or SERVICE_USER)
    except KeyError:
        if name is None:
            return None
        raise SetupError(t(lang, "setup.no_user", name=name)) from None
    return apply.Owner(user.pw_uid, user.pw_gid)
