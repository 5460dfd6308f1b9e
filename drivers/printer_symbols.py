"""QR and CODE128 as pictures in printer dots, sized so that a scanner reads them from paper."""

from __future__ import annotations

import barcode
import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M

QR_MODULE = 6  # dots, 0.75 mm at 203 dpi
QR_MAX_BYTES = 500  # more gives modules too small to read on paper
QUIET_QR = 4  # modules of white around a QR, by its standard
QUIET_BARCODE = 10
BAR_HEIGHT = 80
BAR_MIN_MODULE = 2  # dots; thinner bars fade on thermal paper


def qr_image(data: str, width: int) -> Image.Image | None:
    """A QR at most `width` dots wide with its quiet zone, mode "1"; None when the data does not fit."""
    if not data or len(data.encode("utf-8", "replace")) > QR_MAX_BYTES:
        return None
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_QR)
    code.add_data(data.encode("utf-8", "replace"))
    code.make(fit=True)
    matrix = code.get_matrix()
    module = min(QR_MODULE, width // len(matrix))
    if module < 2:
        return None
    small = Image.new("1", (len(matrix), len(matrix)), 1)
    small.putdata([0 if dark else 1 for row in matrix for dark in row])
    return small.resize((small.width * module, small.height * module), Image.Resampling.NEAREST)


def code128_image(data: str, width: int) -> Image.Image | None:
    """A CODE128 with quiet zones, mode "1"; None when the data is not printable ASCII or too long to be readable."""
    if not data or not (data.isascii() and data.isprintable()):
        return None
    bars = barcode.get("code128", data).build()[0]
    modules = len(bars) + 2 * QUIET_BARCODE
    module = min(3, width // modules)
    if module < BAR_MIN_MODULE:
        return None
    row = Image.new("1", (modules, 1), 1)
    for x, bar in enumerate(bars, QUIET_BARCODE):
        row.putpixel((x, 0), 0 if bar == "1" else 1)
    return row.resize((modules * module, BAR_HEIGHT), Image.Resampling.NEAREST)
