"""A document as pictures in printer dots, so that every script prints alike on every printer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from drivers.errors import DeviceMisconfigured
from drivers.printer_symbols import code128_image, qr_image
from drivers.text_safe import clean
from drivers.wrapping import wrap
from edge.base.document import Barcode, Cut, Document, Feed, Item, Qr, Row, Rule, Text

FONT = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
EM = 24  # dots: 24 hanzi on 80 mm paper
LINE = 32  # dots from line to line
GAP = 12  # dots at least between a row's sides


def load_font(size: int, path: Path | None = None, index: int = 0) -> ImageFont.FreeTypeFont:
    """The receipt's font in dots; DeviceMisconfigured names the package when it is not installed."""
    path = path or FONT
    try:
        return ImageFont.truetype(str(path), size, index=index, layout_engine=ImageFont.Layout.BASIC)
    except OSError as error:
        raise DeviceMisconfigured(
            f"the receipt font {path} is missing: install the package fonts-wqy-microhei"
        ) from error


@dataclass(frozen=True, slots=True)
class _Line:
    """Text at dot x of one line; several _Lines may share a y."""

    x: int
    text: str
    size: int = 1
    bold: bool = False


class ReceiptRaster:
    """Draws documents for one paper width (a multiple of 8 dots). One owner thread at a time."""

    def __init__(self, width: int = 576, font: Path | None = None) -> None:
        self.width = width
        self._path = font
        self._fonts: dict[int, ImageFont.FreeTypeFont] = {}

    def papers(self, doc: Document) -> list[Image.Image]:
        """One picture (mode "1", white 1) a paper: the items up to each Cut, empty papers left out."""
        return [self._draw(items) for items in split_papers(doc.items)]

    def _draw(self, items: Sequence[Item]) -> Image.Image:
        """Lay the blocks below each other on one picture."""
        blocks = [block for item in items for block in self._blocks(item)]
        paper = Image.new("1", (self.width, sum(b.height for b in blocks)), 1)
        y = 0
        for block in blocks:
            paper.paste(block, ((self.width - block.width) // 2, y))
            y += block.height
        return paper

    def _blocks(self, item: Item) -> Iterator[Image.Image]:
        match item:
            case Text():
                for line in self._paragraph(item):
                    yield self._block([line], item.size)
            case Row():
                yield from self._row(item)
            case Rule():
                block = self._blank(LINE // 2)
                ImageDraw.Draw(block).rectangle((0, LINE // 4, self.width - 1, LINE // 4 + 1), fill=0)
                yield block
            case Feed():
                yield self._blank(LINE * max(0, min(item.lines, 20)))
            case Barcode():
                yield from self._barcode(item.data)
            case Qr():
                yield from self._qr(item)

    def _paragraph(self, item: Text) -> Iterator[_Line]:
        for text in wrap(clean(item.text), self.width, partial(self._measure, item.size)):
            free = max(0, self.width - self._measure(item.size, text))
            x = {"left": 0, "center": free // 2, "right": free}[item.align]
            yield _Line(x, text, item.size, item.bold)

    def _row(self, row: Row) -> Iterator[Image.Image]:
        """The left side wraps beside the right one, which stands on its last line; a huge right side wraps too."""
        measure = partial(self._measure, row.size)
        right = clean(row.right)
        room = self.width - measure(right) - GAP
        if room < self.width // 3:
            yield from self._blocks(Text(row.left, "left", row.size, row.bold))
            yield from self._blocks(Text(row.right, "right", row.size, row.bold))
            return
        *first, last = wrap(clean(row.left), room, measure)
        for text in first:
            yield self._block([_Line(0, text, row.size, row.bold)], row.size)
        amount = _Line(self.width - measure(right), right, row.size, row.bold)
        yield self._block([_Line(0, last, row.size, row.bold), amount], row.size)

    def _barcode(self, data: str) -> Iterator[Image.Image]:
        """CODE128 with its text; where it is too wide to read, a QR; where nothing fits, the text."""
        image = code128_image(data, self.width) or qr_image(data, self.width)
        if image is not None:
            yield self._blank(LINE // 4)
            yield image
        yield from self._blocks(Text(data, "center"))

    def _qr(self, item: Qr) -> Iterator[Image.Image]:
        image = qr_image(item.data, self.width)
        yield from [image] if image is not None else self._blocks(Text(item.data))
        if item.caption:
            yield from self._blocks(Text(item.caption, "center"))

    def _block(self, lines: list[_Line], size: int) -> Image.Image:
        """One line of text over the whole width, `size` times the normal height."""
        block = self._blank(LINE * size)
        draw = ImageDraw.Draw(block)
        draw.fontmode = "1"
        for line in lines:
            font = self._font(line.size)
            for dx in (0, 1) if line.bold else (0,):
                draw.text((line.x + dx, LINE * size // 2), line.text, font=font, fill=0, anchor="lm")
        return block

    def _blank(self, height: int) -> Image.Image:
        return Image.new("1", (self.width, height), 1)

    def _font(self, size: int) -> ImageFont.FreeTypeFont:
        if size not in self._fonts:
            self._fonts[size] = load_font(EM * size, self._path)
        return self._fonts[size]

    def _measure(self, size: int, text: str) -> int:
        return round(self._font(size).getlength(text, mode="1"))


def split_papers(items: Sequence[Item]) -> list[list[Item]]:
    """The items of each paper: up to each Cut and after the last, papers without any item left out."""
    papers: list[list[Item]] = [[]]
    for item in items:
        if isinstance(item, Cut):
            papers.append([])
        else:
            papers[-1].append(item)
    return [paper for paper in papers if paper]
