"""Texts that somebody may put into a name, a caption or a code to make a device do something else."""

from __future__ import annotations

KICK = "\x1bp\x00\x32\x32"  # opens the cash drawer
REAL_TIME_KICK = "\x10\x14\x01\x00\x01"  # opens it even in the middle of other data
CONTROLS = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))]
REORDER = ["\u202e", "\u202d", "\u2066", "\u2067", "\u2068", "\u2069", "\u200e", "\u200f", "\u061c"]
HIDDEN = ["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u2028", "\u2029", "\ud800", "\udfff", "\ue000"]
COMMANDS = [
    KICK,
    REAL_TIME_KICK,
    "\x1b@",
    "\x1dV\x00",
    "\x1d(A\x02\x00\x00\x02",
    "\x10\x04\x01",
    "\x10\x05\x02",
    "\x1dr\x01",
    "\x1c.",
    "\x1c&",
    "\x1dv0\x00\xff\xff\xff\xff",
    "\x1b*\x21\xff\xff",
    "\x1b=\x00",
    "\x1bc5\x01",
    "\x9b31m",
    "\x1b[2J",
    "\x1b]0;title\x07",
]
WORDS = [
    "<script>alert(1)</script>",
    "'; DROP TABLE sale; --",
    '=HYPERLINK("http://x")',
    "+1-1",
    "@SUM(A1)",
    "{0.__class__}",
    "%s%n%d",
    "../../etc/passwd",
    "$(reboot)",
    "😀👨‍👩‍👧‍👦🇨🇳",
    "e\u0301\u0301\u0301\u0301\u0301",
    "Ω≈ç√∫˜µ≤≥÷",
    "ﷺ" * 3,
    "啊" * 300,
    "A" * 300,
    " " * 300,
    "",
]


def texts() -> list[str]:
    """Over 200 of them."""
    found = [f"A{c}B" for c in (*CONTROLS, *REORDER, *HIDDEN)]
    found += [f"{c}中文" for c in CONTROLS]
    found += [f"苹果{command}Apple" for command in COMMANDS]
    return found + COMMANDS + WORDS
