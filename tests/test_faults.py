"""The table of faults says the truth about the tests."""

from __future__ import annotations

import pytest

from tests import faults

TEXT = faults.TABLE.read_text(encoding="utf-8")


def test_the_table_is_up_to_date() -> None:
    assert faults.written(TEXT) == TEXT, "run: python -m tests.faults"


def test_every_mark_names_a_fault_of_the_table() -> None:
    assert set(faults.provoked()) <= set(faults.rows(TEXT))


def test_every_row_says_what_must_be_true_and_by_when() -> None:
    rows = faults.rows(TEXT)
    assert len(rows) == TEXT.count("\n| F") - TEXT.count("\n| Fault "), "a row is not in the form of the table"
    for number, (happens, issue, _) in rows.items():
        assert happens, number
        assert issue == "later" or issue.isdigit(), f"{number}: {issue!r}"


def test_what_this_version_answers_for_is_provoked() -> None:
    """Rows of issues that are done need a test."""
    done = {"2"}
    without = [number for number, (_, issue, tests) in faults.rows(TEXT).items() if issue in done and not tests]
    assert not without


@pytest.mark.parametrize(
    ("source", "numbers"),
    [
        ('@pytest.mark.fault("F84")\ndef test_a(): ...', ["F84"]),
        ('@pytest.mark.fault("F41", "F42")\ndef test_a(): ...', ["F41", "F42"]),
        (
            '@pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.fault("F47"))])\ndef test_a(x): ...',
            ["F47"],
        ),
        ("@pytest.mark.timeout(5)\ndef test_a(): ...", []),
    ],
)
def test_marks_are_read_from_the_source(source: str, numbers: list[str]) -> None:
    import ast

    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef)
    assert faults.marks(node.decorator_list) == numbers
