"""systemd/install: twice is once, systemd takes what it lays, the shop's data stay, and it refuses clearly."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import program

ROOT = Path(__file__).parents[2]
INSTALL = ROOT / "systemd/install"


def install(*arguments: str | Path, path: str | None = None) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": path or os.environ["PATH"], "LC_ALL": "C"}
    return subprocess.run([INSTALL, *map(str, arguments)], capture_output=True, text=True, env=environ)


def tree(root: Path) -> dict[str, tuple[int, int, str]]:
    """path -> (mode, time of the last change, content or target)."""
    found = {}
    for path in sorted(root.rglob("*")):
        facts = path.lstat()
        if path.is_symlink():
            content = str(path.readlink())
        else:
            content = path.read_text() if path.is_file() else ""
        found[str(path.relative_to(root))] = (facts.st_mode, facts.st_mtime_ns, content)
    return found


@pytest.fixture
def laid(tmp_path: Path) -> Path:
    """A folder with everything in it."""
    root = tmp_path / "root"
    root.mkdir()
    done = install("--root", root)
    assert (done.returncode, done.stderr) == (0, "")
    return root


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder of programs to be root with, and nothing else that could change this machine."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("bash", "dirname", "sed", "cat", "env"):
        (programs / name).symlink_to(program(name, "coreutils"))
    answer(programs, "id", "echo 0")
    return programs


def answer(programs: Path, name: str, script: str) -> None:
    (programs / name).write_text(f"#!/bin/bash\n{script}\n")
    (programs / name).chmod(0o755)


def test_a_second_run_changes_nothing_and_says_nothing(laid: Path) -> None:
    before = tree(laid)
    done = install("--root", laid)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert tree(laid) == before


def test_a_changed_or_missing_file_is_put_right(laid: Path) -> None:
    before = {name: facts[::2] for name, facts in tree(laid).items()}
    (laid / "etc/udev/rules.d/70-tillbox.rules").write_text("# gone\n")
    (laid / "etc/systemd/system/tillbox.service").unlink()
    (laid / "etc/systemd/system/multi-user.target.wants/tillbox.service").unlink()
    (laid / "etc/sysusers.d/tillbox.conf").chmod(0o666)
    assert len(install("--root", laid).stdout.splitlines()) == 4
    assert {name: facts[::2] for name, facts in tree(laid).items()} == before


def test_a_box_starts_the_till_and_a_server_headquarters(laid: Path, tmp_path: Path) -> None:
    def started(root: Path) -> set[str]:
        return {path.name for path in (root / "etc/systemd/system").glob("*.wants/*")}

    assert started(laid) == {"tillbox.service", "tillbox-sync.service", "tillbox-maintain.timer"}
    (tmp_path / "hq").mkdir()
    install("--root", tmp_path / "hq", "--hq")
    assert started(tmp_path / "hq") == {"tillbox-hq.service"}
    install("--root", laid, "--screen", "2")
    assert "tillbox-kiosk@2.service" in started(laid)


def test_every_link_leads_to_a_file_that_was_laid_or_will_be_installed(laid: Path) -> None:
    for path in laid.rglob("*"):
        if path.is_symlink():
            target = str(path.readlink())
            assert target.startswith("/opt/tillbox/bin/") or (laid / target[1:]).is_file(), path


def test_uninstall_takes_all_of_it_and_leaves_the_shop(laid: Path) -> None:
    install("--root", laid, "--screen", "2")
    for name in ("etc/tillbox/tillbox.toml", "var/lib/tillbox/box.db", "opt/tillbox/bin/tillbox"):
        (laid / name).parent.mkdir(parents=True, exist_ok=True)
        (laid / name).write_text("the shop's")
    for name in ("etc/udev/rules.d/69-tillbox-devices.rules", "etc/systemd/system/tillbox.service.d/printers.conf"):
        (laid / name).parent.mkdir(parents=True, exist_ok=True)
        (laid / name).write_text("granted")
    done = install("--root", laid, "--uninstall")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{laid}/var/lib/tillbox" in done.stdout
    left = [name for name in tree(laid) if not (laid / name).is_dir()]
    assert left == ["etc/tillbox/tillbox.toml", "var/lib/tillbox/box.db"]
    assert install("--root", laid, "--uninstall").returncode == 0


def test_the_users_are_what_systemd_takes(laid: Path) -> None:
    """Into a folder: systemd's own program makes the users of the file laid there."""
    for name in ("passwd", "group"):
        shutil.copy(f"/etc/{name}", laid / "etc" / name)
    tool = program("systemd-sysusers", "systemd")
    done = subprocess.run([tool, f"--root={laid}", "tillbox.conf"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    users = {line.split(":")[0]: line.split(":") for line in (laid / "etc/passwd").read_text().splitlines()}
    groups = {line.split(":")[0]: line.split(":")[3] for line in (laid / "etc/group").read_text().splitlines()}
    assert {"tillbox", "tillbox-hq", "tillbox-kiosk"} <= users.keys()
    assert {users[name][6] for name in users if name.startswith("tillbox")} == {"/usr/sbin/nologin"}
    assert groups["tillbox-dev"] == ""
    # (a machine without udev has no such group)
    assert "tillbox" not in groups.get("input", ""), "the till reads the configured devices only"


def test_the_folders_are_the_tills_and_closed(laid: Path) -> None:
    text = (laid / "etc/tmpfiles.d/tillbox.conf").read_text()
    assert "d /var/lib/tillbox 0700 tillbox tillbox -" in text.splitlines()
    if os.geteuid() == 0:  # only root can give a folder away
        for name in ("passwd", "group"):
            shutil.copy(f"/etc/{name}", laid / "etc" / name)
        subprocess.run([program("systemd-sysusers", "systemd"), f"--root={laid}", "tillbox.conf"], check=True)
        tool = [program("systemd-tmpfiles", "systemd"), "--create", f"--root={laid}", "tillbox.conf"]
        done = subprocess.run(tool, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
        folder = (laid / "var/lib/tillbox").stat()
        passwd = (laid / "etc/passwd").read_text()
        assert (folder.st_mode & 0o777, f"tillbox:x:{folder.st_uid}:" in passwd) == (0o700, True)


def test_the_rules_leave_every_device_alone_that_was_not_granted(laid: Path) -> None:
    """udev itself is not asked (there is none in most test machines): keys, operators and labels are looked at."""
    rules = (laid / "etc/udev/rules.d/70-tillbox.rules").read_text()
    lines = [line for line in rules.splitlines() if line and not line.startswith("#")]
    assert lines[0] == 'ENV{TILLBOX_DEVICE}!="1", GOTO="tillbox_end"'
    word = r'(ENV\{[A-Z_]+\}|SUBSYSTEM|ACTION|GOTO|LABEL|GROUP|MODE|TAG)(==|!=|=|\+=|-=)"[^"]*"'
    for line in lines:
        assert re.fullmatch(rf"{word}(, {word})*", line), line
    assert 'GROUP="tillbox-dev", MODE="0660"' in lines
    assert lines[-1] == 'LABEL="tillbox_end"'


# ---- refusals


def test_who_is_not_root_is_told_the_command(machine: Path) -> None:
    answer(machine, "id", "echo 1000")
    done = install("--screen", "2", path=str(machine))
    assert done.returncode == 1
    assert f"sudo {INSTALL} --screen 2" in done.stderr and "--root DIR" in done.stderr


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (None, "there is no systemd here; install Debian 12 or newer"),
        ("echo 'systemd 247 (247.3-7)'", "systemd 247 is too old, 252 is needed"),
        ("echo something else", "there is no systemd here"),
    ],
)
def test_a_machine_that_can_not_run_the_units_is_refused(machine: Path, script: str | None, said: str) -> None:
    if script:
        answer(machine, "systemctl", script)
    done = install(path=str(machine))
    assert done.returncode == 1
    assert said in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rot", "/x"], "there is no option --rot"),
        (["--root"], "--root needs a folder"),
        (["--root", "/nowhere/at/all"], "mkdir -p /nowhere/at/all"),
        (["--wheels", "/nowhere/at/all"], "--wheels needs a folder with tillbox's wheel"),
        (["--screen"], "--screen needs the id of a lane"),
    ],
)
def test_a_wrong_option_is_refused_with_the_right_one(arguments: list[str], said: str) -> None:
    done = install(*arguments)
    assert done.returncode == 1
    assert said in done.stderr


def test_a_till_without_configuration_names_setup(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from edge.cli import main

    for command in ("serve", "sync", "migrate", "maintain", "grant"):
        assert main([command, "--config", str(tmp_path / "tillbox.toml")]) == 1, command


def test_the_installer_is_sound_bash() -> None:
    subprocess.run(["bash", "-n", INSTALL], check=True)
    if tool := shutil.which("shellcheck"):
        done = subprocess.run([tool, INSTALL, ROOT / "tools/check-units"], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
