"""A QR code as SVG: one path, sharp at any size. The library is loaded when somebody is first shown a code."""

from __future__ import annotations

_QUIET = 4  # modules of white around it, as the standard wants


def qr_svg(text: str) -> str:
    """The code of a short text (of characters that QR codes are made for; medium correction)."""
    import qrcode
    from qrcode.constants import ERROR_CORRECT_M

    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=_QUIET)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
    dark = "".join(f"M{x} {y}h1v1h-1z" for y, line in enumerate(matrix) for x, on in enumerate(line) if on)
    size = len(matrix)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{dark}"/></svg>'
    )
