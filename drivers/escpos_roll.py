"""The paper of the imagined printer: takes commands, keeps strips of black and white and the lines of text."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from drivers.escpos_tokens import Token
from drivers.printer_raster import EM, load_font
from drivers.wrapping import char_columns

CELL = 12  # dots of one column of the fixed font
GLYPH = 30  # dots of height that a letter takes with its tail
SPACING = 30  # dots from line to line after ESC 2
MAX_ROWS = 40_000  # 5 m of paper; hostile bytes may ask for more
_MONO = 1  # index of the fixed-width face in the font collection


@dataclass(slots=True)
class _Style:
    align: int = 0  # 0 left, 1 centre, 2 right
    bold: bool = False
    wide: int = 1
    high: int = 1
    chinese: bool = False
    spacing: int = SPACING


@dataclass(frozen=True, slots=True)
class _Char:
    char: str
    wide: int
    high: int
    bold: bool

    @property
    def dots(self) -> int:
        return char_columns(self.char) * CELL * self.wide


class Roll:
    """Feed it tokens in order, then `end`. `width` in dots."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._style = _Style()
        self._line: list[_Char] = []
        self._lines: list[str] = []
        self._strips: list[Image.Image] = []
        self._rows = 0
        self._font: ImageFont.FreeTypeFont | None = None

    def take(self, token: Token) -> None:
        """Obey one command; what only a real printer needs (status, drawer) is passed over."""
        args, style = token.args, self._style
        match token.name:
            case "text":
                self._text(args)
            case "LF" | "FF":
                self._feed_line()
            case "ESC @":
                self._style = _Style()
                self._line.clear()
            case "ESC a":
                style.align = args[0] % 48 % 3
            case "ESC E" | "ESC G":
                style.bold = bool(args[0] & 1)
            case "ESC !":
                style.bold, style.high = bool(args[0] & 8), 2 if args[0] & 16 else 1
                style.wide = 2 if args[0] & 32 else 1
            case "GS !":
                style.wide, style.high = (args[0] >> 4 & 7) + 1, (args[0] & 7) + 1
            case "FS &" | "FS .":
                style.chinese = token.name == "FS &"
            case "ESC 2":
                style.spacing = SPACING
            case "ESC 3":
                style.spacing = args[0]
            case "ESC d" | "ESC J":
                self._feed_dots(args[0] * (style.spacing if token.name == "ESC d" else 1))
            case "GS v":
                self._raster(args)
            case "GS V" | "ESC i" | "ESC m":
                self._cut()

    def end(self) -> None:
        """No more bytes: what stands in the line buffer would stay there; it is shown."""
        if self._line:
            self._feed_line()

    def lines(self) -> list[str]:
        """The printed lines of text, without the spaces at their ends."""
        return [line.rstrip() for line in self._lines]

    def picture(self) -> Image.Image:
        """All strips below each other, mode "1", at least one row high."""
        sheet = Image.new("1", (self.width, max(1, self._rows)), 1)
        y = 0
        for strip in self._strips:
            sheet.paste(strip, (0, y))
            y += strip.height
        return sheet

    def _text(self, raw: bytes) -> None:
        decoded = raw.decode("gb18030" if self._style.chinese else "cp437", "replace")
        style = self._style
        for char in decoded:
            cell = _Char(char, style.wide, style.high, style.bold)
            if self._line and sum(c.dots for c in self._line) + cell.dots > self.width:
                self._feed_line()
            self._line.append(cell)

    def _feed_line(self) -> None:
        """Print the line buffer; an empty one is an empty line."""
        self._lines.append("".join(c.char for c in self._line))
        high = max((c.high for c in self._line), default=1)
        strip = Image.new("1", (self.width, max(self._style.spacing, GLYPH * high)), 1)
        x = self._left(sum(c.dots for c in self._line))
        for char in self._line:
            strip.paste(self._glyph(char), (x, GLYPH * (high - char.high)))
            x += char.dots
        self._line.clear()
        self._add(strip)

    def _glyph(self, char: _Char) -> Image.Image:
        """One character in its cell, enlarged as printers do: dot by dot."""
        cell = Image.new("1", (max(1, char.dots // char.wide), GLYPH), 1)
        draw = ImageDraw.Draw(cell)
        draw.fontmode = "1"
        if self._font is None:
            self._font = load_font(EM, index=_MONO)
        for dx in (0, 1) if char.bold else (0,):
            draw.text((dx, GLYPH // 2), char.char, font=self._font, fill=0, anchor="lm")
        return cell.resize((cell.width * char.wide, GLYPH * char.high), Image.Resampling.NEAREST)

    def _raster(self, args: bytes) -> None:
        """GS v 0 m xL xH yL yH data: rows of bits, 1 = black."""
        self.end()
        mode, height = args[1] & 3, int.from_bytes(args[4:6], "little")
        width = 8 * int.from_bytes(args[2:4], "little")
        if not width or not height:
            return
        image = Image.frombytes("1", (width, height), args[6:], "raw", "1;I")
        image = image.resize((width << (mode & 1), height << (mode >> 1)), Image.Resampling.NEAREST)
        strip = Image.new("1", (self.width, image.height), 1)
        strip.paste(image, (self._left(image.width), 0))
        self._add(strip)

    def _cut(self) -> None:
        """A dashed line where the knife goes."""
        self.end()
        strip = Image.new("1", (self.width, 2), 1)
        for x in range(0, self.width, 16):
            strip.paste(0, (x, 0, x + 8, 2))
        self._add(strip)

    def _feed_dots(self, rows: int) -> None:
        self.end()
        if rows:
            self._add(Image.new("1", (self.width, rows), 1))

    def _left(self, dots: int) -> int:
        """Where something `dots` wide begins."""
        free = max(0, self.width - dots)
        return (0, free // 2, free)[self._style.align]

    def _add(self, strip: Image.Image) -> None:
        if self._rows + strip.height <= MAX_ROWS:
            self._strips.append(strip)
            self._rows += strip.height
