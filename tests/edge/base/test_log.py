"""The log: card numbers and payment codes never reach it, and nobody can forge a line."""

from __future__ import annotations

import io
import logging
import random

import pytest

from edge.base.log import RedactingFormatter, redact, setup


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("code 130123456789012345", "code 13…2345"),  # WeChat
        ("2801234567890123", "28…0123"),  # Alipay, 16 digits
        ("6212345678901234567", "62…4567"),  # UnionPay
        (";6222021234567890=2512", ";62…7890=2512"),  # a card's second track
        ("%B6222021234567^LI/YUE^", "%B62…4567^LI/YUE^"),
        ("EAN 6901234567809 at 12.50", "EAN 6901234567809 at 12.50"),
        ("EAN 6901234567892 at 12.50", "EAN 69…7892 at 12.50"),  # by range and check digit it could be a card
        ("receipt S01-1-1-000042", "receipt S01-1-1-000042"),
        ("card 4222222222222.", "card 42…2222."),  # an old Visa card, 13 digits
        ("card 30569309025904.", "card 30…5904."),  # Diners, 14 digits
        ("case 16901234567899 in", "case 16901234567899 in"),  # GTIN-14
        ("4222222222223", "4222222222223"),  # wrong check digit: no card
        (";4222222222223=2512", ";42…2223=2512"),  # but on a track everything is one
        ("1" * 40, "11…1111"),
    ],
)
def test_payment_codes_and_card_numbers_are_masked(text: str, shown: str) -> None:
    assert redact(text) == shown


def test_ten_thousand_secrets_leave_no_trace() -> None:
    rng = random.Random(1)
    for _ in range(10_000):
        secret = "".join(rng.choices("0123456789", k=rng.randint(15, 24)))
        assert secret not in redact(f"scanned {secret}!")


@pytest.mark.fault("F117")
@pytest.mark.parametrize("hostile", ["a\nERROR forged", "a\r\nb", "\x1b[31mred", "bell\x07", "\x9b2J", "nul\x00"])
def test_control_characters_cannot_forge_a_line_or_colour_a_terminal(hostile: str) -> None:
    shown = redact(hostile)
    assert all(c.isprintable() for c in shown)


def logged(text: str, *args: object, error: BaseException | None = None) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(RedactingFormatter("%(levelname)s %(message)s"))
    info = (type(error), error, error.__traceback__) if error else None
    handler.emit(logging.LogRecord("test", logging.WARNING, "x.py", 1, text, args, info))
    return stream.getvalue()


def test_arguments_are_redacted_too() -> None:
    assert logged("scan %s", "130123456789012345") == "WARNING scan 13…2345\n"


def test_a_traceback_keeps_its_lines_but_not_its_secrets() -> None:
    try:
        raise ValueError("130123456789012345")
    except ValueError as error:
        text = logged("died", error=error)
    assert "130123456789012345" not in text
    assert "Traceback" in text and text.count("\n") > 3


def test_libraries_speak_only_when_something_is_wrong() -> None:
    root, before = logging.getLogger(), (logging.getLogger().handlers[:], logging.getLogger().level)
    try:
        setup("INFO")
        assert isinstance(root.handlers[0].formatter, RedactingFormatter)
        assert logging.getLogger("waitress").level == logging.WARNING
    finally:
        root.handlers[:], root.level = before
        for name in ("waitress", "peewee", "PIL", "escpos"):
            logging.getLogger(name).setLevel("NOTSET")
