"""What a printer would make of bytes: a picture, the text, and what else happens (cuts, drawer kicks).

Preview, reprint and bench show the very bytes that were sent; tests prove on them what never reaches a printer.
"""

from __future__ import annotations

import io

from PIL import Image

from drivers.escpos_events import Event, PaperBytes, events, papers
from drivers.escpos_roll import Roll
from drivers.escpos_tokens import Token, tokens

__all__ = ["Event", "PaperBytes", "events", "papers", "picture", "text"]

MARGIN = 24  # dots of white around the picture


def picture(data: bytes) -> bytes:
    """The paper as a PNG (black and white), 576 dots wide or 384 when its pictures are that narrow, with a margin."""
    strip = _roll(data).picture()
    sheet = Image.new("1", (strip.width + 2 * MARGIN, strip.height + 2 * MARGIN), 1)
    sheet.paste(strip, (MARGIN, MARGIN))
    out = io.BytesIO()
    sheet.save(out, "PNG", optimize=True)
    return out.getvalue()


def text(data: bytes) -> str:
    """The lines that were sent as text; pictures are left out."""
    return "\n".join(_roll(data).lines())


def _roll(data: bytes) -> Roll:
    commands = list(tokens(data))
    roll = Roll(_width(commands))
    for token in commands:
        roll.take(token)
    roll.end()
    return roll


def _width(commands: list[Token]) -> int:
    """Dots of the paper: 58 mm only when there are pictures and none is wider."""
    widths = [8 * int.from_bytes(t.args[2:4], "little") for t in commands if t.name == "GS v"]
    return 384 if widths and max(widths) <= 384 else 576
