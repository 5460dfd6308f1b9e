"""The wheel and the editable install both carry every file that the program opens, and the locks can be trusted."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("edge", "drivers", "web", "sync")
LOCKS = ("requirements.lock", "requirements-test.lock")

# run inside the fresh environment, from a folder without a checkout: what does the installed tillbox find?
QUESTION = """
import importlib.metadata, json, sys
from edge import resources
inside = {package: str(resources.package_file(package)) for package in resources.PACKAGES}
print(json.dumps({
    "packages": inside,
    "files": {package: sorted(str(p.relative_to(inside[package])) for p in resources.package_file(package).rglob("*")
                              if p.is_file() and "__pycache__" not in p.parts) for package in inside},
    "units": sorted(p.name for p in resources.units_folder().iterdir()),
    "commands": sorted(e.name for e in importlib.metadata.distribution("tillbox").entry_points),
    "version": importlib.metadata.version("tillbox"),
}))
"""


def sources() -> list[str]:
    """What git keeps of this checkout, with files that are new and not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def travelling_files() -> dict[str, set[str]]:
    """package -> its files: all of them must reach an installation."""
    return {p: {n.removeprefix(f"{p}/") for n in sources() if n.startswith(f"{p}/")} for p in PACKAGES}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources, so that building leaves nothing behind in the real ones."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in sources():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    pip(sys.executable, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(out), str(checkout))
    (built,) = out.glob("tillbox-*.whl")
    return built


def pip(python: str | Path, *arguments: str) -> None:
    """This environment's pip, working on the environment of `python`."""
    tool = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check", "--no-input", "-q"]
    done = subprocess.run([*tool, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, f"pip {' '.join(arguments)}:\n{done.stdout}{done.stderr}"


def environment(folder: Path) -> Path:
    """A fresh virtual environment that sees this one's libraries, but not this one's tillbox."""
    venv.create(folder)
    (site,) = folder.glob("lib/python*/site-packages")
    # a .pth line adds a folder without following the .pth files in it: an editable tillbox there stays out of sight
    libraries = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (site / "libraries.pth").write_text("\n".join(sorted(libraries)) + "\n")
    return folder / "bin" / "python"


def ask(python: Path, folder: Path) -> dict:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run([python, "-c", QUESTION], cwd=folder, capture_output=True, text=True, env=clean)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def from_wheel(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, Path]:
    folder = tmp_path_factory.mktemp("from-wheel")
    python = environment(folder / "venv")
    pip(python, "install", "--no-deps", "--no-index", "--ignore-installed", str(wheel))
    return ask(python, folder), python


@pytest.fixture(scope="module")
def editable(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, Path]:
    folder = tmp_path_factory.mktemp("editable")
    python = environment(folder / "venv")
    pip(python, "install", "--no-deps", "--no-index", "--no-build-isolation", "--ignore-installed", "-e", str(checkout))
    return ask(python, folder), python


@pytest.mark.parametrize("how", ["from_wheel", "editable"])
def test_an_installation_finds_every_file(how: str, request: pytest.FixtureRequest) -> None:
    found, _ = request.getfixturevalue(how)
    for package, wanted in travelling_files().items():
        missing = sorted(wanted - set(found["files"][package]))
        assert not missing, f"{package}: not in the installation: {missing}"
    assert set(found["units"]) >= {name.removeprefix("systemd/") for name in sources() if name.startswith("systemd/")}
    assert {"tillbox", "tillbox-hq"} <= set(found["commands"])


@pytest.mark.parametrize("how", ["from_wheel", "editable"])
def test_the_installed_commands_answer(how: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    _, python = request.getfixturevalue(how)
    for name in ("tillbox", "tillbox-hq"):
        done = subprocess.run([python.parent / name, "--help"], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert name in done.stdout


def test_the_installed_till_makes_its_pages_from_the_installed_files(
    from_wheel: tuple[dict, Path], checkout: Path
) -> None:
    found, _ = from_wheel
    for package, place in found["packages"].items():
        assert "site-packages" in place, f"{package} was found at {place}, not in the installation"
        assert not place.startswith(str(checkout))


def test_the_wheel_holds_four_packages_the_units_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    version = wheel.name.split("-")[1]
    assert tops == {*PACKAGES, f"tillbox-{version}.data", f"tillbox-{version}.dist-info"}
    assert f"tillbox-{version}.dist-info/licenses/LICENSE" in names
    data = [name for name in names if ".data/" in name]
    assert {name.split("/share/tillbox/")[1] for name in data} == {n for n in sources() if n.startswith("systemd/")}


def test_the_changelog_knows_the_version(from_wheel: tuple[dict, Path]) -> None:
    assert f"## {from_wheel[0]['version']}" in (ROOT / "CHANGELOG.md").read_text()


# ---- locks


def pins(lock: str) -> dict[str, list[tuple[str, int]]]:
    """name -> [(version, number of hashes), …] of a lock file."""
    found: dict[str, list[tuple[str, int]]] = {}
    for block in re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text()):
        if match := re.match(r"([a-z0-9._-]+)==([^ ;]+)", block):
            found.setdefault(match[1], []).append((match[2], block.count("--hash=sha256:")))
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_library_has_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert pins(lock)
    assert all(hashes for versions in pins(lock).values() for _, hashes in versions)
    assert "://" not in text and "index-url" not in text and "find-links" not in text


def test_the_locks_do_not_contradict_each_other() -> None:
    run, test = (pins(lock) for lock in LOCKS)
    assert not run.keys() & test.keys(), "a library stands in both lock files"
    assert (ROOT / LOCKS[1]).read_text().count("-r requirements.lock") == 1


def test_what_setup_asks_for_is_locked_and_installed_as_locked() -> None:
    """A library added to setup.py but not locked, or a machine that drifted from the lock, shows here."""
    import importlib.metadata

    run = pins("requirements.lock")
    everything = run | pins("requirements-test.lock")
    for wanted in importlib.metadata.requires("tillbox") or []:
        name = re.match(r"[A-Za-z0-9._-]+", wanted)[0].lower().replace("_", "-")
        assert name in (everything if 'extra == "test"' in wanted.replace("'", '"') else run), f"{name} is not locked"
    for name, versions in everything.items():
        try:
            here = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # for another system
        assert here in [version for version, _ in versions], f"{name} {here} is installed, the lock says {versions}"


def test_the_library_that_is_built_here_finds_its_builder_in_the_lock() -> None:
    """evdev comes as source: what builds it must be pinned as well, and young enough."""
    ((version, hashes),) = pins("requirements.lock")["setuptools"]
    assert hashes and int(version.split(".")[0]) >= 77
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    assert [re.split(r"[<>=]", name)[0] for name in asked] == ["setuptools"]


# ---- scripts and units


def test_a_second_bootstrap_has_nothing_to_do() -> None:
    """On an installed machine it ends at once and says nothing: no network is touched."""
    if sys.prefix != str(ROOT / ".venv"):
        pytest.fail("run the tests with make test: they belong into .venv")
    done = subprocess.run(
        [ROOT / "tools/bootstrap", "test"],
        capture_output=True,
        text=True,
        timeout=30,
        env=os.environ | {"PIP_NO_INDEX": "1"},
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_bootstrap_without_root_names_the_packages_and_the_command(tmp_path: Path) -> None:
    """A machine with nothing installed, and a user who may not install: one sentence that says what to do."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("bash", "dirname", "mktemp", "rm", "tr", "flock", "cat", "env", "true"):
        (programs / name).symlink_to(shutil.which(name) or pytest.fail(f"{name} is missing here"))
    for name, answer in {"id": "echo 1000", "apt-get": "exit 9", "sudo": "exit 1", "python3": "exit 1"}.items():
        (programs / name).write_text(f"#!/bin/sh\n{answer}\n")
        (programs / name).chmod(0o755)
    done = subprocess.run(
        [shutil.which("bash") or "bash", ROOT / "tools/bootstrap", "run"],
        capture_output=True,
        text=True,
        env={"PATH": str(programs)},
    )
    assert done.returncode == 1
    assert "sudo apt-get install --no-install-recommends python3-venv" in done.stderr
    assert "gcc" in done.stderr and done.stdout == ""
