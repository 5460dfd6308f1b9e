"""Logging set-up: one line a record on standard error, with card numbers and payment codes redacted last."""

from __future__ import annotations

import logging
import re
from typing import Any

from edge.base import cards

# Payment codes and card numbers are runs of digits. From 15 on, nothing that we log is a bare run, so all are masked. A
# run of 13 or 14 is an article's code, unless it is a card number by range and check digit: then it is masked too, and
# with it one article in ten of those that begin with 4 to 6. On a card's track, 12 digits are enough.
_DIGITS = re.compile(r"(?P<track>(?<=[;B])\d{12,19}(?=[=^]))|(?<!\d)\d{13,14}(?!\d)|\d{15,}")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")


def redact(text: str) -> str:
    """Mask long digit runs to first two and last four; control characters become "?" (no forged log lines)."""
    text = _DIGITS.sub(_masked, text)
    return _CONTROL.sub("?", text)


def _masked(found: re.Match[str]) -> str:
    digits = found[0]
    if len(digits) in (13, 14) and not found["track"] and not cards.is_number(digits.encode()):
        return digits
    return f"{digits[:2]}…{digits[-4:]}"


class RedactingFormatter(logging.Formatter):
    """Redacts the message as one line; tracebacks keep their line breaks."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return redact(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:
        return "\n".join(redact(line) for line in super().formatException(ei).split("\n"))


def setup(level: str = "INFO") -> None:
    """Send the root logger to standard error through the redactor. Call once from a composition root."""
    handler = logging.StreamHandler()
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("waitress", "peewee", "PIL", "escpos"):
        logging.getLogger(noisy).setLevel("WARNING")
