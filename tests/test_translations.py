"""Both languages say everything, with the same gaps to fill, and what the program asks for exists."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from functools import cache
from pathlib import Path

import pytest

from edge.base import i18n
from edge.kiosk_panels import PANELS

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("edge", "drivers", "web", "sync")
AREAS = i18n.areas()
KEY = re.compile(rf"(?:{'|'.join(AREAS)})\.[a-z0-9_]+")


@cache
def entries() -> dict[str, dict[str, str]]:
    """ "area.key" -> {language: words}."""
    folder = ROOT / "edge" / "base" / "words"
    return {
        f"{path.stem}.{key}": entry
        for path in sorted(folder.glob("*.toml"))
        for key, entry in tomllib.loads(path.read_text(encoding="utf-8")).items()
    }


@cache
def sources(suffix: str) -> dict[str, str]:
    """The product's files with this suffix, those of others (vendor) left out."""
    files = [p for package in PACKAGES for p in sorted((ROOT / package).rglob(f"*{suffix}"))]
    return {str(p.relative_to(ROOT)): p.read_text(encoding="utf-8") for p in files if "vendor" not in p.parts}


def gaps(words: str) -> set[str]:
    """The names in {braces}."""
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


# ---- what the catalogues say


def test_every_verdict_of_headquarters_has_words() -> None:
    from sync.messages import VERDICTS

    assert {f"cli.sync_verdict_{verdict}" for verdict in VERDICTS if verdict != "ok"} <= set(entries())


def test_every_entry_is_said_in_both_languages() -> None:
    wrong = [key for key, entry in entries().items() if set(entry) != set(i18n.LANGS) or not all(entry.values())]
    assert not wrong


def test_both_languages_have_the_same_gaps() -> None:
    wrong = [key for key, entry in entries().items() if len({frozenset(gaps(words)) for words in entry.values()}) != 1]
    assert not wrong


def test_the_languages_are_not_mixed_up() -> None:
    """English words hold no hanzi; Chinese words hold some. Names of languages and print tests may mix."""
    hanzi, latin = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]{2}")
    wrong = []
    for key, entry in entries().items():
        chinese, english = (re.sub(r"\{.*?\}", "", entry[lang]) for lang in ("zh-CN", "en"))
        mixed = hanzi.search(english) or (latin.search(english) and not hanzi.search(chinese))
        if mixed and chinese != english and not key.split(".")[1].startswith(("lang_", "test_")):
            wrong.append(key)
    assert not wrong


def test_no_key_is_written_twice_in_other_letters() -> None:
    assert all(re.fullmatch(r"[a-z0-9_]+\.[a-z0-9_]+", key) for key in entries())


# ---- what the program asks for


def python_calls() -> list[tuple[str, ast.Call, list[str]]]:
    """(place, call, keys) of every t(lang, "area.key", …) in Python; both keys of `a if x else b`."""
    found = []
    for name, text in sources(".py").items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("t", "i18n.t") and len(node.args) > 1:
                constants = [c.value for c in ast.walk(node.args[1]) if isinstance(c, ast.Constant)]
                keys = [k for k in constants if isinstance(k, str) and KEY.fullmatch(k)]
                if not isinstance(node.args[1], ast.JoinedStr):
                    found.append((f"{name}:{node.lineno}", node, keys))
    return found


def test_every_key_that_python_asks_for_exists_with_all_its_gaps_filled() -> None:
    wrong = []
    for place, call, keys in python_calls():
        given = {word.arg for word in call.keywords}
        for key in keys:
            if key not in entries():
                wrong.append(f"{place} asks for {key}")
            elif None not in given and not gaps(entries()[key]["en"]) <= given:
                wrong.append(f"{place} fills {sorted(given)} of {key}: {entries()[key]['en']}")
    assert not wrong, "\n".join(wrong)


def test_every_key_that_a_page_asks_for_exists() -> None:
    wrong = []
    for suffix, pattern in (
        (".html", rf"""(?:\btr?\(|data-t[a-z-]*=)\s*["']({KEY.pattern})["']"""),
        (".js", rf"""["'`]({KEY.pattern})["'`]"""),
    ):
        for name, text in sources(suffix).items():
            asked = [key for key in re.findall(pattern, text) if not key.endswith("_")]  # that is only a beginning
            wrong += [f"{name} asks for {key}" for key in asked if key not in entries()]
    assert not [w for w in wrong if not w.endswith((".js", ".css"))], "\n".join(wrong)


def test_every_gap_that_a_script_must_fill_is_filled() -> None:
    wrong = []
    for name, text in sources(".js").items():
        for key, given in re.findall(rf"""\bt\(["']({KEY.pattern})["'](\)|\s*,\s*\{{[^}}]*\}})""", text):
            missing = [gap for gap in gaps(entries().get(key, {"en": ""})["en"]) if not re.search(rf"\b{gap}\b", given)]
            wrong += [f"{name}: {key} needs {gap}" for gap in missing]
    assert not wrong, "\n".join(wrong)


def test_nothing_is_translated_that_nobody_asks_for() -> None:
    """A key is used if it stands in a source, or if a source builds keys of its beginning and names its end."""
    text = "\n".join(t for suffix in (".py", ".js", ".html") for t in sources(suffix).values())
    asked = set(KEY.findall(text))
    built = set(re.findall(rf"""["'`]((?:{"|".join(AREAS)})\.[a-z0-9_]*)\$?\{{""", text))
    built |= {f"kiosk_{panel.name}." for panel in PANELS}  # title and hint, in kiosk-panels.js
    words = set(re.findall(r"[a-z0-9_]+", text))

    def used(key: str) -> bool:
        ends = (key.removeprefix(prefix) for prefix in built if key.startswith(prefix))
        return (
            key in asked
            or any(end in words or set(end.split("_")) <= words for end in ends)
            or (key.endswith("_one") and used(key.removesuffix("_one")))
        )

    assert not [key for key in entries() if not used(key)]


# ---- how the words are given out


@pytest.mark.parametrize("lang", i18n.LANGS)
def test_all_words_can_be_said(lang: str) -> None:
    for key, entry in entries().items():
        assert i18n.t(lang, key, **dict.fromkeys(gaps(entry[lang]), "x"))


def test_an_unknown_key_is_an_error_not_an_empty_label() -> None:
    with pytest.raises(KeyError):
        i18n.t("en", f"{AREAS[0]}.no_such_words")


# ---- what the shop refuses


def refusals() -> list[tuple[str, str]]:
    """(place, slug) of every ShopError(…) and every notice of a till; what a slug is made of shows as *."""
    found = []
    for name, text in sources(".py").items():
        if not name.startswith(("edge/", "web/")):
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            at = {"ShopError": 0, "till.tell": 1, "self.tell": 1 if name.startswith("edge/till") else None}.get(called)
            if at is not None:
                found += [(f"{name}:{node.lineno} {called}", slug) for slug in slugs(node.args[at])]
    return found


def slugs(node: ast.expr) -> list[str]:
    """The slugs an expression may be; [] where it is another error's, handed on."""
    if isinstance(node, ast.IfExp):
        return slugs(node.body) + slugs(node.orelse)
    if isinstance(node, ast.JoinedStr):
        return ["".join(str(x.value) if isinstance(x, ast.Constant) else "*" for x in node.values)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def test_every_refusal_has_words() -> None:
    """A slug of ShopError has errors.<slug>; what a screen's scanner tells has its notice_<slug> or that."""
    errors = {key.removeprefix("errors.") for key in entries() if key.startswith("errors.")}
    notices = {key.partition(".notice_")[2] for key in entries() if key.startswith(("till.", "stockroom."))}
    wrong = []
    for place, slug in refusals():
        known = errors | notices if place.endswith("tell") else errors
        if not any(re.fullmatch(slug.replace("*", "[a-z_]+"), each) for each in known):
            wrong.append(f"{place} has no words for {slug}")
    assert not wrong, "\n".join(wrong)
    assert len({slug for _, slug in refusals()}) > 80  # it does find them


def test_a_receipt_that_gives_nothing_back_says_why_in_each_of_its_states() -> None:
    assert {"errors.receipt_voided", "errors.receipt_done"} <= set(entries())
