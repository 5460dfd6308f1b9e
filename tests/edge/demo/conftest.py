"""A new box of the sample store, on a clock and dice that the test owns."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edge import box as boxes
from edge.base.clock import FakeClock
from edge.base.config import load
from edge.box import Box
from edge.env import Env

# 2026-11-22 14:00 in Shanghai
NOW_US = 1_795_327_200_000_000
TOML = """
[store]
tenant = "demo"
store = "S01"
box = "box-1"
zone = "Asia/Shanghai"
currency = "CNY"
languages = ["zh-CN", "en"]

[data]
path = "{path}"

[[lane]]
id = "1"
mode = "demo"

[[lane]]
id = "2"
mode = "demo"
"""


def new_box(folder: Path, toml: str = TOML) -> Box:
    """A box that was just set up; the same folder name or not, its journal depends on nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "tillbox.toml"
    path.write_text(toml.format(path=folder))
    config, env = load(path), Env(FakeClock(NOW_US), random.Random(5), lambda seconds: None)
    boxes.create(config, env)
    return boxes.open_box(config, env)


@pytest.fixture
def make_box(tmp_path: Path) -> Iterator[Callable[..., Box]]:
    """make_box(name) -> an empty box in a folder of that name."""
    made: list[Box] = []

    def make(name: str = "box", toml: str = TOML) -> Box:
        made.append(new_box(tmp_path / name, toml))
        return made[-1]

    yield make
    for box in made:
        box.close()


@pytest.fixture(scope="module")
def filled_box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """The whole sample store with its two years, made once a module; only for reading."""
    from edge.demo.fill import fill

    box = new_box(tmp_path_factory.mktemp("filled"))
    fill(box)
    yield box
    box.close()
