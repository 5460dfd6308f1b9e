"""Logging set-up: one line a record on standard error, with card numbers and payment codes redacted last."""

from __future__ import annotations

import logging
import re
from typing import Any

# A payment code or card number is a run of 13-24 digits that is no known GTIN length we must show; receipts and
# SKUs are never pure digits of that length in our logs, so every such run is masked.
_DIGITS = re.compile(r"\d{15,24}|(?<=[;B])\d{12,19}(?=[=^])")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")


def redact(text: str) -> str:
    """Mask long digit runs to first two and last four; control characters become "?" (no forged log lines)."""
    text = _DIGITS.sub(lambda m: f"{m[0][:2]}…{m[0][-4:]}", text)
    return _CONTROL.sub("?", text)


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
