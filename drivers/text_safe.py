"""Text that may go to a device: no control characters, nothing that reorders or hides what is printed."""

from __future__ import annotations

import unicodedata

_SPACES = {"\t", "\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"}
# Cc: C0, DEL, C1 (ESC, GS, DLE, FS among them); Cf: bidi overrides, zero-width; Cs: lone surrogates; Zl, Zp: separators
_DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def clean(text: str) -> str:
    """The text without control, format, surrogate and private characters; line breaks and tabs become a space."""
    if text.isascii() and text.isprintable():
        return text
    kept = (" " if c in _SPACES else "" if unicodedata.category(c) in _DROPPED else c for c in text)
    return "".join(kept)
