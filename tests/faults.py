"""The table of faults: what may happen to a till, which issue answers it, and which tests provoke it.

tests/faults.md is kept by hand except for its last column, which comes from `@pytest.mark.fault("F84")` on the tests:
    python -m tests.faults      writes that column again
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

TESTS = Path(__file__).resolve().parent
TABLE = TESTS / "faults.md"
ROW = re.compile(r"^\| (F\d+) \| ([^|]*) \| ([^|]*) \|([^|]*)\|$")


def provoked() -> dict[str, list[str]]:
    """fault -> the tests that carry its mark, as "folder/test_file.py: name", in the order of files and lines."""
    found: dict[str, list[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name.lower().startswith("test"):
                place = f"{path.relative_to(TESTS)}: {node.name}"
                for number in marks(node.decorator_list):
                    if place not in found.setdefault(number, []):
                        found[number].append(place)
    return found


def marks(decorators: list[ast.expr]) -> list[str]:
    """The numbers in pytest.mark.fault(…) below these decorators, those on single parameters too."""
    calls = [node for decorator in decorators for node in ast.walk(decorator) if isinstance(node, ast.Call)]
    faults = [call for call in calls if ast.unparse(call.func) == "pytest.mark.fault"]
    return [str(ast.literal_eval(argument)) for call in faults for argument in call.args]


def rows(text: str) -> dict[str, tuple[str, str, str]]:
    """fault -> (what happens, issue, tests) of the table."""
    found = {}
    for line in text.splitlines():
        if match := ROW.match(line):
            found[match[1]] = (match[2].strip(), match[3].strip(), match[4].strip())
    return found


def written(text: str) -> str:
    """The same table with its last column from the marks."""
    tests = provoked()

    def row(match: re.Match[str]) -> str:
        names = "<br>".join(f"`{name}`" for name in tests.get(match[1], []))
        return f"| {match[1]} | {match[2]} | {match[3]} |{f' {names} ' if names else ' '}|"

    return re.sub(ROW.pattern, row, text, flags=re.MULTILINE)


if __name__ == "__main__":
    TABLE.write_text(written(TABLE.read_text(encoding="utf-8")), encoding="utf-8")
