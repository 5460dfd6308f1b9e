"""The units as systemd reads them: every line known, every program there, every service closed as far as it can be."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import program

ROOT = Path(__file__).parents[2]
UNITS = sorted(path for path in (ROOT / "systemd").iterdir() if path.suffix in (".service", ".timer"))
SERVICES = [path for path in UNITS if path.suffix == ".service"]


def lines(name: str, key: str) -> list[str]:
    """The values of a key, in order."""
    return re.findall(rf"^{key}=(.*)$", (ROOT / "systemd" / name).read_text(), re.MULTILINE)


def check_units(folder: Path) -> subprocess.CompletedProcess[str]:
    program("systemd-analyze", "systemd")
    environ = os.environ | {"UNITS": str(folder)}
    return subprocess.run([ROOT / "tools/check-units"], capture_output=True, text=True, env=environ)


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """A copy of the units, for spoiling."""
    return Path(shutil.copytree(ROOT / "systemd", tmp_path / "systemd"))


def test_every_unit_is_accepted_and_exposed_less_than_two() -> None:
    done = check_units(ROOT / "systemd")
    assert (done.returncode, done.stderr) == (0, "")
    found = dict(re.findall(r"exposure of (\S+): ([0-9.]+)", done.stdout))
    assert sorted(found) == [f"tillbox{part}.service" for part in ("-hq", "-maintain", "-migrate", "-sync", "")]
    assert max(map(float, found.values())) <= 2.0


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("tillbox-migrate.service", "UMask=", "UMaks=", "Unknown key 'UMaks'"),
        ("tillbox.service", "bin/tillbox serve", "bin/tilbox serve", "is not executable"),
        ("tillbox-maintain.timer", "04:00:00", "25:00:00", "25:00:00"),
        ("tillbox-hq.service", "SystemCallFilter=@system-service", "CapabilityBoundingSet=~", "exposed more than 2.0"),
    ],
)
def test_a_spoiled_unit_is_found(changed: Path, name: str, old: str, new: str, said: str) -> None:
    text = (changed / name).read_text()
    assert old in text
    text = text.replace(old, new)
    if "exposed" in said:
        text = re.sub(r"^(Protect|Restrict|Private|NoNew|System).*\n", "", text, flags=re.MULTILINE)
    (changed / name).write_text(text)
    done = check_units(changed)
    assert done.returncode == 1
    assert said in done.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_every_line_is_explained(unit: Path) -> None:
    text = unit.read_text().splitlines()
    assert text[0].startswith("# "), "it does not say what it is"
    explained = False
    for line in text:
        if line.startswith("#"):
            explained = True
        elif not line or line.startswith("["):
            explained = False
        else:
            assert explained, f"no comment above {line}"


def test_the_till_has_devices_and_this_machine_only() -> None:
    assert lines("tillbox.service", "DevicePolicy") == ["closed"]
    assert lines("tillbox.service", "IPAddressDeny") == ["any"]
    assert lines("tillbox.service", "IPAddressAllow") == ["localhost"]
    assert lines("tillbox.service", "SupplementaryGroups") == ["tillbox-dev"], "not input: that is every keyboard"


def test_every_kind_of_device_that_is_allowed_has_its_module_loaded_before() -> None:
    """systemd looks the number of a kind up once, when the till starts: one that is not there yet stays closed."""
    allowed = {line.split()[0].removeprefix("char-") for line in lines("tillbox.service", "DeviceAllow")}
    modules = {"ttyACM": "cdc_acm", "ttyUSB": "usbserial", "usb": "usblp", "input": "evdev"}
    built_in = {"ttyS", "ttyAMA"}
    loaded = {line for line in (ROOT / "systemd/tillbox.modules.conf").read_text().split("\n") if line[:1] != "#"}
    assert {modules[kind] for kind in allowed - built_in} == loaded - {""}


@pytest.mark.parametrize("name", ["tillbox-sync", "tillbox-maintain", "tillbox-migrate", "tillbox-hq"])
def test_no_other_service_has_a_device(name: str) -> None:
    assert lines(f"{name}.service", "PrivateDevices") == ["yes"]
    assert lines(f"{name}.service", "DeviceAllow") == []


def test_headquarters_can_not_read_a_box() -> None:
    (user,) = lines("tillbox-hq.service", "User")
    assert user not in {name for unit in ("tillbox", "tillbox-sync") for name in lines(f"{unit}.service", "User")}
    assert "-/var/lib/tillbox" in lines("tillbox-hq.service", "InaccessiblePaths")[0].split()


@pytest.mark.fault("F04")
@pytest.mark.parametrize("name", ["tillbox", "tillbox-sync", "tillbox-hq", "tillbox-kiosk@"])
def test_what_keeps_failing_is_tried_for_ever(name: str) -> None:
    """Ten power cuts in two minutes must not use up a limit of starts."""
    assert lines(f"{name}.service", "StartLimitIntervalSec") == ["0"]
    assert lines(f"{name}.service", "Restart") == ["always"]


@pytest.mark.fault("F17")
def test_when_memory_runs_out_the_till_goes_last() -> None:
    scores = {path.stem: int((lines(path.name, "OOMScoreAdjust") or ["0"])[0]) for path in SERVICES}
    assert min(scores, key=lambda name: scores[name]) == "tillbox"
    assert sorted(scores.values())[1] > scores["tillbox"]
    assert not [path.name for path in SERVICES if not lines(path.name, "MemoryMax")]
    assert lines("tillbox-sync.service", "MemoryMax") == ["128M"]


@pytest.mark.fault("F18")
def test_the_machines_own_watchdog_waits_no_longer_than_a_pis_can() -> None:
    (seconds,) = lines("tillbox.system.conf", "RuntimeWatchdogSec")
    assert int(seconds) < 15


@pytest.mark.fault("F07")
def test_the_systems_log_has_a_size_and_a_rate() -> None:
    assert lines("tillbox.journald.conf", "SystemMaxUse") and lines("tillbox.journald.conf", "RateLimitBurst")


def test_a_till_that_hangs_is_back_within_thirty_seconds() -> None:
    """The loop's patience, then the watchdog's."""
    from edge.supervisor import PATIENCE_S

    (seconds,) = lines("tillbox.service", "WatchdogSec")
    assert int(seconds) + PATIENCE_S <= 30
