"""A technician with a blank machine: files of answers, and a terminal that types."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from edge.cli import main

PIN = "905713"
ANSWERS: dict[str, Any] = {
    "store_name_zh": "街角小店",
    "store_name_en": "Corner shop",
    "manager_name_zh": "王敏",
    "manager_pin": PIN,
}


def as_toml(answers: dict[str, Any], more: str = "") -> str:
    """The file of answers a technician would write."""

    def value(v: Any) -> str:
        return str(v).lower() if isinstance(v, bool) else str(v) if isinstance(v, int) else f'"{v}"'

    return "\n".join(f"{key} = {value(v)}" for key, v in answers.items()) + "\n" + more


class Technician:
    """Runs `tillbox` commands on one blank folder. Each gives (exit code, what was printed)."""

    def __init__(self, folder: Path, said: Callable[[], str]) -> None:
        self.folder, self._said = folder, said
        self.config, self.data = folder / "etc" / "tillbox.toml", folder / "data"

    def run(self, *words: str) -> tuple[int, str]:
        code = main([*words, "--config", str(self.config)])
        return code, self._said()

    def set_up(self, answers: dict[str, Any] | None = None, more: str = "", *options: str) -> tuple[int, str]:
        path = self.folder / "answers.toml"
        path.write_text(as_toml(ANSWERS if answers is None else answers, more), encoding="utf-8")
        path.chmod(0o600)
        return self.run("setup", "--answers", str(path), "--data", str(self.data), "--lang", "en", *options)

    def files(self) -> set[str]:
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file()}


@pytest.fixture
def technician(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Technician]:
    def said() -> str:
        captured = capsys.readouterr()
        return captured.out + captured.err

    yield Technician(tmp_path, said)
