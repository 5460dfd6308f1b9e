"""From a file of answers, or a person at a terminal, to values that were all checked.

A file is checked as a whole: every refused answer is listed at once, not one a run.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from edge.base.i18n import t
from edge.setup.questions import CheckDevice, Given, Question, questions
from edge.setup.refusals import Complaint, Refused, SetupError

_LANE_KEYS = ("id", "scanner", "printer")


class Asker(Protocol):
    """Whoever answers: a terminal, or a test."""

    def ask(self, question: Question, words: str, hint: str, default: str | None) -> str: ...
    def say(self, words: str) -> None: ...


def from_file(path: Path, check_device: CheckDevice, lang: str, ask_pin: Callable[[], str] | None = None) -> Given:
    """The values of a file of answers. SetupError lists all that must be written otherwise.

    ask_pin is called when the file holds no manager_pin, so that no secret needs to lie in a file.
    """
    raw = _flatten(_read(path, lang))
    given: Given = {}
    complaints: list[Complaint] = []
    seen: set[str] = set()
    for question in questions(given, check_device):
        seen.add(question.key)
        try:
            text = raw.get(question.key, question.default(given))
            if text is None and question.key == "manager_pin" and ask_pin is not None and not complaints:
                text = ask_pin()
            if text is None:
                raise Refused("missing", question=question.key.partition(".")[0])
            given[question.key] = question.parse(text, given)
        except Refused as refused:
            complaints.append(Complaint(question.key, refused))
    complaints += [Complaint(key, _unknown(key, seen)) for key in raw if key not in seen]
    if complaints:
        lines = "\n  ".join(complaint.words(lang) for complaint in complaints)
        raise SetupError(f"{t(lang, 'setup.refused', path=path, n=len(complaints))}\n  {lines}")
    return given


def from_person(asker: Asker, check_device: CheckDevice, lang: str, found: dict[str, list[str]]) -> Given:
    """The values that a person gives, asked again until each is right. found: kind -> devices seen on this machine."""
    given: Given = {}
    for question in questions(given, check_device):
        words = t(lang, f"setup.q_{question.name}", lane=question.lane)
        hint = t(lang, f"setup.hint_{question.name}", lane=question.lane)
        if here := found.get(question.word):
            hint = f"{hint} {t(lang, 'setup.found_here', devices='; '.join(here))}"
        while question.key not in given:
            text = asker.ask(question, words, hint, question.default(given)).strip()
            try:
                value = question.parse(text, given)
                if question.key == "manager_pin" and asker.ask(question, t(lang, "setup.q_again"), "", None) != text:
                    raise Refused("pin_differs")
                given[question.key] = value
            except Refused as refused:
                asker.say(refused.words(lang))
    return given


def _read(path: Path, lang: str) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise SetupError(t(lang, "setup.file_unreadable", path=path, why=error.strerror)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SetupError(t(lang, "setup.file_no_toml", path=path, why=error)) from None


def _flatten(table: dict[str, Any]) -> dict[str, str]:
    """Everything as the text that a person would have typed: [[lane]] gives lanes, scanner.<lane>, printer.<lane>."""
    raw: dict[str, str] = {}
    for key, value in table.items():
        if key == "lane" and isinstance(value, list) and all(isinstance(entry, dict) for entry in value):
            ids = [str(entry.get("id", n)) for n, entry in enumerate(value, 1)]
            raw["lanes"] = ", ".join(ids)
            for lane, entry in zip(ids, value, strict=True):
                raw |= {
                    f"{k}.{lane}" if k in _LANE_KEYS else f"lane.{k}": _text(v) for k, v in entry.items() if k != "id"
                }
        else:
            raw[key] = _text(value)
    return raw


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{key}={each}" for key, each in value.items())
    return str(value)


def _unknown(key: str, seen: set[str]) -> Refused:
    near = difflib.get_close_matches(key, seen, n=1)
    return Refused("unknown", near=near[0]) if near else Refused("unknown_all", known=", ".join(sorted(seen)))
