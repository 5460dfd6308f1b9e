"""A document as text for printers with a Chinese font (GB18030): small, fast, for slow serial lines."""

from __future__ import annotations

from typing import Any

from PIL import Image

from drivers.printer_escpos_library import put_image
from drivers.printer_raster import split_papers
from drivers.printer_symbols import code128_image, qr_image
from drivers.text_safe import clean
from drivers.wrapping import columns, wrap
from edge.base.document import Barcode, Document, Feed, Item, Qr, Row, Rule, Text

FS_CHINESE = b"\x1c&"  # two bytes are one hanzi from here on; python-escpos never says so
CELL = 12  # dots: 48 columns on 80 mm, 32 on 58 mm
_SAME = str.maketrans({"¥": "￥", "•": "*", "\u00a0": " ", "–": "-"})


def put_document(printer: Any, doc: Document, width: int = 576) -> None:
    """Write all papers of a document, each cut, to a python-escpos printer of `width` dots."""
    for items in split_papers(doc.items):
        printer.hw("INIT")
        printer._raw(FS_CHINESE)  # noqa: SLF001 - the library offers no other way for bytes of ours
        for item in items:
            _put(printer, item, width)
        printer.cut()


def encode(text: str) -> bytes:
    """GB18030 of what every Chinese printer knows (one- and two-byte codes); anything else is "?"."""
    return b"".join(_encode_char(c) for c in clean(text).translate(_SAME))


def _encode_char(char: str) -> bytes:
    code = char.encode("gb18030", "replace")
    return code if len(code) <= 2 else b"?"


def _printable(text: str) -> str:
    """What will be on paper, for measuring."""
    return encode(text).decode("gb18030")


def _put(printer: Any, item: Item, width: int) -> None:
    cells = width // CELL
    match item:
        case Text():
            lines = wrap(_printable(item.text), cells // item.size, columns)
            _put_lines(printer, lines, item.align, item.size, item.bold)
        case Row():
            _put_lines(printer, _row_lines(item, cells // item.size), "left", item.size, item.bold)
        case Rule():
            _put_lines(printer, ["-" * cells])
        case Feed():
            _put_lines(printer, [""] * max(0, min(item.lines, 20)))
        case Barcode():
            symbol = code128_image(item.data, width) or qr_image(item.data, width)
            _put_symbol(printer, symbol, width)
            _put(printer, Text(item.data, "center"), width)
        case Qr():
            symbol = qr_image(item.data, width)
            _put_symbol(printer, symbol, width)
            caption = item.caption if symbol else f"{item.data} {item.caption}"
            if caption:
                _put(printer, Text(caption, "center"), width)


def _put_lines(printer: Any, lines: list[str], align: str = "left", size: int = 1, bold: bool = False) -> None:
    """Lines in one style, which is said in full each time: nothing leaks from the item before."""
    printer.set(align=align, bold=bold, custom_size=True, width=size, height=size)
    for line in lines:
        printer._raw(encode(line) + b"\n")  # noqa: SLF001


def _row_lines(row: Row, cells: int) -> list[str]:
    left, right = _printable(row.left), _printable(row.right)
    room = cells - columns(right) - 1
    if room < cells // 3:
        rest = wrap(right, cells, columns)
        return wrap(left, cells, columns) + [" " * (cells - columns(line)) + line for line in rest]
    lines = wrap(left, room, columns)
    lines[-1] += " " * (cells - columns(lines[-1]) - columns(right)) + right
    return lines


def _put_symbol(printer: Any, symbol: Image.Image | None, width: int) -> None:
    """A symbol in the middle of a picture of full width: the library's centring leaks into the text after it."""
    if symbol is None:
        return
    strip = Image.new("1", (width, symbol.height), 1)
    strip.paste(symbol, ((width - symbol.width) // 2, 0))
    printer.set(align="left")
    put_image(printer, strip)
