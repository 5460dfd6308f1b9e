"""Words in Chinese and English. Each area has one file with both languages beside each other."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

LANGS = ("zh-CN", "en")
_FOLDER = Path(__file__).parent / "words"


@cache
def _area(name: str) -> dict[str, dict[str, str]]:
    with (_FOLDER / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def t(lang: str, key: str, **params: object) -> str:
    """The words for "area.key" in lang, with {params} filled in. Unknown keys raise KeyError."""
    area, _, name = key.partition(".")
    text = _area(area)[name][lang]
    return text.format(**params) if params else text


def words(lang: str, areas: Iterable[str]) -> dict[str, str]:
    """ "area.key" -> words of every entry of the areas: what a page is given."""
    return {f"{area}.{name}": entry[lang] for area in areas for name, entry in _area(area).items()}


def areas() -> list[str]:
    """The names of all areas that have words."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))
