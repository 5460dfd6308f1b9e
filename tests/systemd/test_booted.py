"""The services on a booted system (make soak): they start in their sandboxes, come back when killed or hung."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.systemd.booted import Machine, booted

KILLS = 10


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with booted(tmp_path_factory.mktemp("machine")) as made:
        made.wait(lambda: made.unit("tillbox.service", "ActiveState") == ["active"], 90)
        yield made


def pid(machine: Machine, name: str = "tillbox.service") -> str:
    (found,) = machine.unit(name, "MainPID")
    return found


def test_the_till_and_sync_run_as_their_user_with_no_power(machine: Machine) -> None:
    assert machine.page()
    for name in ("tillbox.service", "tillbox-sync.service"):
        assert machine.unit(name, "ActiveState", "NRestarts", "Type") == ["active", "0", "notify"]
        facts = machine.run("cat", f"/proc/{pid(machine, name)}/status")
        assert machine.run("id", "-u", "tillbox").strip() in facts.split("Uid:")[1].split("\n")[0].split()
        assert "CapEff:\t0000000000000000" in facts and "NoNewPrivs:\t1" in facts and "Seccomp:\t2" in facts
    assert machine.unit("tillbox-migrate.service", "Result", "ExecMainStatus") == ["success", "0"]


def test_what_is_killed_is_back_within_five_seconds(machine: Machine) -> None:
    slowest = 0.0
    for _ in range(KILLS):
        old = pid(machine)
        machine.run("kill", "-9", old)
        slowest = max(
            slowest,
            machine.wait(lambda old=old: pid(machine) not in ("0", old) and machine.page(), 30),  # type: ignore[misc]
        )
    print(f"killed {KILLS} times; the page was back after {slowest:.1f} s at the latest")
    assert slowest <= 10  # the Pi's measure is 60 s from power to selling; 5 s is the service's own start


def test_a_till_that_hangs_is_started_anew_by_the_watchdog(machine: Machine) -> None:
    old, (restarts,) = pid(machine), machine.unit("tillbox.service", "NRestarts")
    hang = machine.top / "etc/tillbox/hang"
    hang.touch()
    began = time.monotonic()
    machine.wait(lambda: pid(machine) != old, 45)
    hang.unlink()
    took = time.monotonic() - began
    machine.wait(machine.page, 30)
    log = machine.run("journalctl", "-u", "tillbox.service", "--no-pager", "-n", "50")
    assert "input:scanner-1 hangs" in log and "Watchdog timeout" in log
    assert int(machine.unit("tillbox.service", "NRestarts")[0]) == int(restarts) + 1
    print(f"hung; ended by the watchdog after {took:.0f} s")
    assert took <= 33


def test_the_nightly_care_runs_in_its_sandbox(machine: Machine) -> None:
    machine.run("systemctl", "start", "--no-block", "tillbox-maintain.service")
    machine.wait(lambda: machine.unit("tillbox-maintain.service", "ActiveState", "ExecMainPID")[0] == "inactive", 150)
    assert machine.unit("tillbox-maintain.service", "Result") == ["success"]
    assert "/var/lib/tillbox/backup/box-" in machine.run("journalctl", "-u", "tillbox-maintain", "--no-pager")
    assert machine.unit("tillbox-maintain.timer", "ActiveState") == ["active"]
