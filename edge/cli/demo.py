"""`tillbox demo`: a sample store in one terminal: till, sync, its own broker, headquarters; all devices simulated."""

from __future__ import annotations

import argparse
import secrets
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from edge.base.config import Config, load
from edge.base.i18n import t
from edge.box import create, open_box
from edge.cli.processes import Family, any_free_port, port_free, wait_for_port
from edge.cli.progress import Bar
from edge.db import exclusive
from edge.demo import fill as demo
from edge.demo import ladder, offers
from edge.demo.data import demo_store
from edge.env import Env
from edge.errors import TillboxError
from edge.feedback import sorting
from sync.broker import write_config
from sync.hq import provision, set_console_password

HOST, BOX, TENANT, HQ_USER = "127.0.0.1", "box-1", "demo", "hq"
BROKER_PATH = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/sbin"
MARK = "tillbox-demo"


def run(args: argparse.Namespace) -> int:
    """Set up what is missing, start everything, and stay until Ctrl-C."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    for port, option in ((args.port, "--port"), (args.hq_port, "--hq-port")):
        if not port_free(HOST, port):
            raise TillboxError(t(args.lang, "cli.demo_port", port=port, option=option))
    if args.fresh:
        _forget(args.folder, args.lang)
    args.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (args.folder / MARK).touch()
    with exclusive(args.folder / "demo.lock"):
        broker = shutil.which("mosquitto", path=BROKER_PATH)
        config = _write_files(args, broker is not None)
        _fill(config, args, stop)
        if stop.is_set():
            return 130
        return _live(args, config, broker, stop)


def _forget(folder: Path, lang: str) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise TillboxError(t(lang, "cli.demo_not_ours", folder=folder))
    shutil.rmtree(folder, ignore_errors=True)


def _write_files(args: argparse.Namespace, with_broker: bool) -> Config:
    """The configurations are written anew at every start (ports may differ); keys and passwords stay."""
    folder, port = args.folder, any_free_port(HOST)
    passwords = {name: _kept(folder / "secrets" / name) for name in (BOX, HQ_USER)}
    if with_broker:
        write_config(folder / "broker", port, passwords, TENANT, HOST)
        (folder / "hq").mkdir(exist_ok=True)
        _keep(folder / "secrets" / f"{BOX}.key", provision(folder / "hq", BOX))
        (folder / "hq.toml").write_text(_HQ.format(tenant=TENANT, web=args.hq_port, host=HOST, port=port, user=HQ_USER))
    hq = _LINK.format(host=HOST, port=port, box=BOX) if with_broker else ""
    path = folder / "tillbox.toml"
    path.write_text(_BOX.format(tenant=TENANT, box=BOX, host=HOST, web=args.port) + hq)
    return load(path)


def _kept(path: Path) -> str:
    if not path.exists():
        _keep(path, secrets.token_urlsafe(24))
    return path.read_text().strip()


def _keep(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text + "\n")


def _fill(config: Config, args: argparse.Namespace, stop: threading.Event) -> None:
    create(config, Env())
    box = open_box(config, Env())
    try:
        if demo.is_filled(box):
            return
        print(t(args.lang, "cli.demo_filling"), flush=True)
        bar = Bar(sys.stdout)

        def progress(done: int, total: int, words: str) -> None:
            if stop.is_set():
                raise KeyboardInterrupt
            bar(done, total, words)

        demo.fill(box, progress, lang=args.lang, days=args.days)
        ladder.launch(box)
        offers.launch(box)
        # in a process of its own, since its dictionary is large and this one stays
        run = f"from {__name__} import read_comments; read_comments({str(config.path)!r})"
        subprocess.run([sys.executable, "-B", "-c", run], check=True)
    finally:
        box.close()


def read_comments(path: str) -> None:
    """Sort what customers of the demo's box said by theme."""
    box = open_box(load(Path(path)), Env())
    try:
        sorting.sort(box)
    finally:
        box.close()


def _live(args: argparse.Namespace, config: Config, broker: str | None, stop: threading.Event) -> int:
    logs = args.folder / "logs"
    family = Family(lambda name, words: print(t(args.lang, "cli.demo_died", name=name, words=words), flush=True))
    password = _start(args, config, broker, family, logs)
    try:
        till = family.start("serve", [*_python(), "serve", "--config", str(config.path)], logs / "serve.log")
        if not wait_for_port(HOST, config.web.port, till):
            raise TillboxError(t(args.lang, "cli.demo_no_start", log=till.log, words=till.last_words()))
        _welcome(args, config, password, print)
        while not stop.wait(0.5):
            family.watch()
        print("\n" + t(args.lang, "cli.demo_stopping"), flush=True)
    finally:
        family.stop()
    print(t(args.lang, "cli.demo_stopped", folder=args.folder))
    return 0


def _start(args: argparse.Namespace, config: Config, broker: str | None, family: Family, logs: Path) -> str | None:
    """Broker, headquarters and sync; returns headquarters' password, or None without a broker."""
    if broker is None or config.hq is None:
        return None
    child = family.start(
        "mosquitto", [broker, "-c", str(args.folder / "broker" / "mosquitto.conf")], logs / "broker.log"
    )
    wait_for_port(HOST, config.hq.port, child, 10)
    hq, secret = args.folder / "hq.toml", args.folder / "secrets" / "hq-page"
    if not secret.exists():
        _keep(secret, set_console_password(args.folder / "hq", HQ_USER))
    family.start("hq", [*_python("main_hq"), "serve", "--config", str(hq)], logs / "hq.log")
    family.start("sync", [*_python(), "sync", "--config", str(config.path)], logs / "sync.log")
    return secret.read_text().strip()


def _python(entry: str = "main") -> list[str]:
    return [sys.executable, "-c", f"import sys; from edge.cli import {entry}; sys.exit({entry}())"]


def _welcome(args: argparse.Namespace, config: Config, password: str | None, say: Callable[..., None]) -> None:
    lang, base = args.lang, f"http://{HOST}:{config.web.port}"
    staff = demo_store().staff
    cashier = next(person for person in staff if person.role == "cashier")
    manager = next(person for person in staff if person.role == "manager")
    name = (lambda p: p.name_zh) if lang == "zh-CN" else (lambda p: p.name_en)
    say()
    for lane in config.lanes:
        say(t(lang, f"cli.demo_{lane.kind}", lane=lane.id, url=f"{base}/{lane.kind}/{lane.id}"))
    say(t(lang, "cli.demo_bench", url=f"{base}/bench"))
    if password is None:
        say(t(lang, "cli.demo_no_broker"))
    else:
        say(t(lang, "cli.demo_hq", url=f"http://{HOST}:{args.hq_port}/", user=HQ_USER, password=password))
    say(t(lang, "cli.demo_staff", cashier=name(cashier), pin=cashier.pin, manager=name(manager), pin2=manager.pin))
    say()
    say(t(lang, "cli.demo_try", till=f"{base}/till/1", bench=f"{base}/bench"))
    say(t(lang, "cli.demo_logs", folder=args.folder), flush=True)


_BOX = """# Written by `tillbox demo` at every start.
[store]
tenant = "{tenant}"
store = "S01"
box = "{box}"

[data]
path = "box"

[web]
host = "{host}"
port = {web}

[[lane]]
id = "1"
mode = "demo"
printer = "printer-1"

[[lane]]
id = "2"
mode = "demo"
printer = "printer-2"

[[lane]]
id = "k1"
kind = "kiosk"
mode = "demo"

[[device]]
name = "scanner-1"
driver = "simulated-scanner"
lane = "1"

[[device]]
name = "scanner-2"
driver = "simulated-scanner"
lane = "2"

[[device]]
name = "cards-1"
driver = "simulated-cardreader"
lane = "1"

[[device]]
name = "scanner-k1"
driver = "simulated-scanner"
lane = "k1"

[[device]]
name = "cards-k1"
driver = "simulated-cardreader"
lane = "k1"

[[device]]
name = "printer-1"
driver = "simulated-printer"

[[device]]
name = "printer-2"
driver = "simulated-printer"
"""

_LINK = """
[hq]
host = "{host}"
port = {port}
user = "{box}"
password_file = "secrets/{box}"
key_file = "secrets/{box}.key"
"""

_HQ = """# Written by `tillbox demo` at every start.
[hq]
tenant = "{tenant}"
data = "hq"
port = {web}

[broker]
host = "{host}"
port = {port}
user = "{user}"
password_file = "secrets/{user}"
"""
