"""A Debian root with tillbox installed into it, booted by systemd-nspawn: real units, users and sandboxes, no hardware.

The root is $TILLBOX_TEST_ROOT, or is made once by mmdebstrap in ~/.cache/tillbox-test-root (two minutes, network). It
is never written to: all changes go to a folder laid over it. Python's libraries are those of this environment.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import program
from tests.systemd import plugin

ROOT = Path(__file__).parents[2]
WRAPPER = """#!/bin/sh
export PYTHONPATH=/src:/plugins:/libs PYTHONDONTWRITEBYTECODE=1
exec /usr/bin/python3 -c "{code}" "$@"
"""
CODE = "import sys; sys.argv[0] = '{name}'; from edge.cli import {main}; sys.exit({main}())"


def debian() -> Path:
    """A Debian 12 root with systemd and Python."""
    if os.geteuid() != 0:
        pytest.fail("booting a system needs root: sudo make soak", pytrace=False)
    program("systemd-nspawn", "systemd-container")
    root = Path(os.environ.get("TILLBOX_TEST_ROOT") or Path.home() / ".cache/tillbox-test-root")
    if not (root / "usr/bin/python3").exists():
        tool = program("mmdebstrap", "mmdebstrap")
        include = "--include=python3,iproute2,procps,dbus,udev"
        subprocess.run([tool, "--quiet", "--variant=important", include, "bookworm", root], check=True)
    if not (root / f"usr/bin/python3.{sys.version_info.minor}").exists():
        pytest.fail(
            f"{root} has another Python than {sys.version.split()[0]}: run make soak on Debian 12", pytrace=False
        )
    return root


class Machine:
    """The booted root. Commands run inside it, as its root."""

    def __init__(self, top: Path, leader: int) -> None:
        self.top, self.leader = top, leader

    def run(self, *command: str) -> str:
        """What a command inside says."""
        inside = ["nsenter", "-t", str(self.leader), "-m", "-u", "-i", "-n", "-p", "-r", "-w", "--", *command]
        done = subprocess.run(inside, capture_output=True, text=True, timeout=120)
        return done.stdout + done.stderr

    def unit(self, name: str, *keys: str) -> list[str]:
        """Properties of a unit."""
        found = dict(line.split("=", 1) for line in self.run("systemctl", "show", name).splitlines() if "=" in line)
        return [found.get(key, "") for key in keys]

    def wait(self, true: Callable[[], bool], seconds: float) -> float:
        """Wait until something is so; how long it took. Fails with the log."""
        began = time.monotonic()
        while not true():
            if time.monotonic() - began > seconds:
                pytest.fail(f"not within {seconds} s\n{self.run('journalctl', '-b', '--no-pager', '-n', '60')}")
            time.sleep(0.2)
        return time.monotonic() - began

    def page(self) -> bool:
        """Does the till's page answer?"""
        ask = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:8080/', timeout=3).status)"
        return self.run("python3", "-c", ask).strip() == "200"


@contextmanager
def _laid_over(lower: Path, folder: Path) -> Iterator[Path]:
    top = folder / "top"
    # not on the disk of the tests if that is an overlay itself: those can't be stacked
    subprocess.run(["mount", "--mkdir", "-t", "tmpfs", "tillbox", folder / "tmpfs"], check=True)
    try:
        for name in ("up", "work"):
            (folder / "tmpfs" / name).mkdir()
        options = f"lowerdir={lower},upperdir={folder}/tmpfs/up,workdir={folder}/tmpfs/work"
        subprocess.run(["mount", "--mkdir", "-t", "overlay", "overlay", "-o", options, top], check=True)
        try:
            yield top
        finally:
            subprocess.run(["umount", "-l", top], check=False)
    finally:
        subprocess.run(["umount", "-l", folder / "tmpfs"], check=False)


def _prepare(top: Path, folder: Path) -> None:
    subprocess.run([ROOT / "systemd/install", "--root", top], check=True, stdout=subprocess.DEVNULL)
    for name, main in (("tillbox", "main"), ("tillbox-hq", "main_hq")):
        path = top / "opt/tillbox/bin" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(WRAPPER.format(code=CODE.format(name=name, main=main)))
        path.chmod(0o755)
    plugin.write(folder / "plugins")
    (top / "etc/tillbox/tillbox.toml").write_text(plugin.config("/var/lib/tillbox", 8080, "/etc/tillbox/hang"))
    subprocess.run(["systemd-sysusers", f"--root={top}"], check=True, capture_output=True)
    (top / "etc/machine-id").write_text("")
    # a copy of the sources that the service's user may enter, wherever the checkout lies
    for name in ("edge", "drivers", "web", "sync"):
        shutil.copytree(ROOT / name, folder / "src" / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (folder, *folder.parents):
        if path.stat().st_uid == os.geteuid() and path != Path("/"):
            path.chmod(path.stat().st_mode | 0o055)


@contextmanager
def booted(folder: Path) -> Iterator[Machine]:
    """Boot it, and end it."""
    with _laid_over(debian(), folder) as top:
        _prepare(top, folder)
        libs = sysconfig.get_path("purelib")
        binds = [f"--bind-ro={folder}/src:/src", f"--bind-ro={folder}/plugins:/plugins", f"--bind-ro={libs}:/libs"]
        command = [
            "systemd-nspawn",
            "--quiet",
            "--register=no",
            "--keep-unit",
            "--private-network",
            "-M",
            "tillbox-test",
        ]
        with (folder / "console").open("wb") as console:
            process = subprocess.Popen(
                [*command, "-D", top, *binds, "-b"], stdout=console, stderr=console, stdin=subprocess.DEVNULL
            )
        try:
            yield Machine(top, _leader(process))
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def _leader(process: subprocess.Popen[bytes]) -> int:
    """The machine's first process, seen from here."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        for pid in children.read_text().split():
            try:
                if Path(f"/proc/{pid}/comm").read_text().strip() == "systemd":
                    return int(pid)
            except OSError:
                continue
        time.sleep(0.1)
    pytest.fail("the machine did not start; see the file console in the test's folder")
