"""README, changelog and units name what the program has, and nothing that it has not."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers import registry
from edge import cli
from edge.base import config
from edge.replay_file import read_baskets
from sync import topics
from sync.hq import config as hq_config

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


class Caught(Exception):
    """Carries the parser out of a command that was about to use it."""


def parser_of(
    main: Callable[[list[str]], int], monkeypatch: pytest.MonkeyPatch, given: list[str]
) -> argparse.ArgumentParser:
    """The very parser that the command uses when this is typed, not a copy made for tests."""

    def caught(self: argparse.ArgumentParser, *_: object, **__: object) -> None:
        raise Caught(self)

    with monkeypatch.context() as patch:
        patch.setattr(argparse.ArgumentParser, "parse_args", caught)
        with pytest.raises(Caught) as found:
            main(given)
    parser = found.value.args[0]
    assert isinstance(parser, argparse.ArgumentParser)
    return parser


def commands(parser: argparse.ArgumentParser, name: str) -> Iterator[str]:
    """Every command below a parser: "tillbox sync status"."""
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not below or not below[0].required:
        yield name
    for action in below:
        for word, inner in action.choices.items():
            yield from commands(inner, f"{name} {word}")


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Every command there is."""
    found = set(commands(parser_of(cli.main, monkeypatch, list(cli.TECHNICIAN)), "tillbox"))
    return (found | set(commands(parser_of(cli.main_hq, monkeypatch, []), "tillbox-hq"))) - {"tillbox", "tillbox-hq"}


def blocks(kind: str) -> list[str]:
    """The fenced blocks of one kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


# ---- commands and targets


def test_every_command_is_explained(known: set[str]) -> None:
    assert not [command for command in sorted(known) if not re.search(rf"`{command}\b", README)]


def test_no_command_is_promised_that_does_not_exist(known: set[str]) -> None:
    named = re.findall(r"`(tillbox(?:-hq)?(?: [a-z]+)+)", README)
    assert named
    assert not [words for words in named if not any(f"{words} ".startswith(f"{command} ") for command in known)]


def test_every_make_target_is_explained_and_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", MAKEFILE, re.MULTILINE))
    assert {"run", "test", "lint", "bench", "soak", "vm"} <= targets
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", README, re.MULTILINE))
    assert named == targets


@pytest.mark.parametrize("unit", sorted((ROOT / "systemd").glob("*[!@].service")), ids=lambda path: path.name)
def test_the_command_of_a_unit_is_one_the_program_takes(unit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = re.findall(r"^ExecStart=(.*)$", unit.read_text(), re.MULTILINE)
    program, *arguments = shlex.split(line)
    main = {"tillbox": cli.main, "tillbox-hq": cli.main_hq}[Path(program).name]
    parser_of(main, monkeypatch, arguments).parse_args(arguments)


# ---- configuration


def asked_keys(load: Callable[[Path], object], path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """[section] -> the keys that the program looks for in it, seen while it reads the file."""
    seen: list[config.Section] = []
    remember = config.Section.__init__

    def init(self: config.Section, where: str, table: object) -> None:
        seen.append(self)
        remember(self, where, table)

    monkeypatch.setattr(config.Section, "__init__", init)
    load(path)
    found: dict[str, set[str]] = {}
    for section in seen:
        name = re.search(r"\[+([a-z]+)\]+", section.where)
        found.setdefault(name[1] if name else "", set()).update(section.asked)
    return found


def written_keys(block: str) -> dict[str, set[str]]:
    """[section] -> the keys that a README block shows, those in comments too."""
    found: dict[str, set[str]] = {}
    section = ""
    for line in block.splitlines():
        if match := re.match(r"\[+([a-z]+)\]+", line):
            section = match[1]
        elif match := re.match(r"(?:# *)?([a-z_]+) *= ", line):
            found.setdefault(section, set()).add(match[1])
    return found


@pytest.fixture
def examples(tmp_path: Path) -> tuple[Path, Path]:
    """tillbox.toml and hq.toml as README shows them, with the secrets they point to."""
    box, hq = blocks("toml")
    for secret in re.findall(r'_file = "([^"]+)"', box + hq):
        (tmp_path / secret).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / secret).write_text("ab" * 32)
    (tmp_path / "tillbox.toml").write_text(box, encoding="utf-8")
    (tmp_path / "hq.toml").write_text(hq, encoding="utf-8")
    return tmp_path / "tillbox.toml", tmp_path / "hq.toml"


def test_the_replay_example_is_accepted(tmp_path: Path) -> None:
    (block,) = blocks("json")
    (tmp_path / "baskets").write_text(block)
    (basket,) = read_baskets(tmp_path / "baskets")
    assert basket.codes == (("6990000079202", 3), ("69910371", 1)) and basket.expected == 1400


def test_the_examples_are_accepted(examples: tuple[Path, Path]) -> None:
    box = config.load(examples[0])
    assert box.hq is not None and box.lanes and box.devices
    for device in box.devices:
        registry.check(device.name, device.driver, registry.find(device.driver).options, device.options)
    assert hq_config.load(examples[1]).tenant == box.store.tenant


@pytest.mark.parametrize(("number", "load"), [(0, config.load), (1, hq_config.load)], ids=["tillbox.toml", "hq.toml"])
def test_every_key_is_shown(
    number: int, load: Callable[[Path], object], examples: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asked_keys(load, examples[number], monkeypatch)
    shown = written_keys(blocks("toml")[number])
    for section, keys in asked.items():
        if section:
            assert keys <= shown.get(section, set()), f"[{section}]"
        else:
            assert keys <= set(shown)


def test_every_driver_and_each_of_its_options_is_explained() -> None:
    rows = {match[1]: match[0] for match in re.finditer(r"^\| `([a-z-]+)` \|.*$", README, re.MULTILINE)}
    for name, driver in registry.BUILT_IN.items():
        assert name in rows, f"{name} is not in README's table of drivers"
        missing = [option for option in driver.options if f"`{option}`" not in rows[name]]
        assert not missing, f"{name}: {missing}"
    assert set(rows) == set(registry.BUILT_IN)


def test_every_topic_is_named() -> None:
    text = README.replace("<tenant>", "T").replace("<box>", "B")
    named = [
        *(topics.up("T", "B", kind) for kind in ("<stream>", "state")),
        topics.down("T", "B", "ack"),
        topics.hq_state("T"),
    ]
    assert not [topic for topic in named if topic not in text]


# ---- the rest of the house


def test_pictures_and_files_that_readme_points_to_are_there() -> None:
    links = re.findall(r"\]\(([^)#]+)\)|src=\"([^\"]+)\"", README)
    local = [link for pair in links for link in pair if link and "://" not in link]
    assert "web/static/img/till.png" in local
    assert not [link for link in local if not (ROOT / link).is_file()]


def test_the_changelog_tells_each_version_with_its_day() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert headings and all(re.fullmatch(r"Unreleased|\d+\.\d+\.\d+ – \d{4}-\d\d-\d\d", line) for line in headings)


def test_no_path_of_one_machine_got_into_the_documents() -> None:
    for name in ("README.md", "CHANGELOG.md", "Makefile", "tests/faults.md"):
        assert not re.search(r"/(home|root|Users)/", (ROOT / name).read_text(encoding="utf-8")), name
