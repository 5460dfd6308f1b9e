"""QR codes for screens: the dark squares of a code as one path, which a page can draw at any size."""

from __future__ import annotations

from functools import lru_cache

import qrcode
from qrcode.constants import ERROR_CORRECT_M


@lru_cache(maxsize=64)
def path(data: str) -> tuple[int, str]:
    """(modules on a side, the "d" of an SVG path in units of modules), without a quiet zone."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(data)
    code.make(fit=True)
    matrix = code.get_matrix()
    runs = []
    for y, line in enumerate(matrix):
        x = 0
        while x < len(line):
            width = 0
            while x + width < len(line) and line[x + width]:
                width += 1
            if width:
                runs.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width + 1
    return len(matrix), "".join(runs)
