"""Text that leaves for a spreadsheet: nothing in it may be taken for a formula."""

from __future__ import annotations

# What Excel, WPS and LibreOffice begin a formula with, full-width forms too; and what some of them skip before it.
_BEGINS = "=+-@\t\r\n＝＋－＠"
_SKIPPED = " \u00a0\u3000\ufeff\u200b'\""


def safe(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet might run; a plain number stays one."""
    start = text.lstrip(_SKIPPED)
    if start[:1] and start[0] in _BEGINS and not _number(text):
        return "'" + text
    return text


def _number(text: str) -> bool:
    return text.isascii() and text.removeprefix("-").replace(".", "", 1).isdigit()
