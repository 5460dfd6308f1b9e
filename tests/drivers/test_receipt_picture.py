"""The receipt as a picture: the bytes for the printer, read back, against the stored pictures.

TILLBOX_GOLDEN=write python -m pytest tests/drivers/test_receipt_picture.py   stores them anew (look at them before the
commit). The font is Debian's fonts-wqy-microhei; another build of its rasteriser may set single dots differently.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageChops

from drivers import escpos_reader, printer_raster
from drivers.errors import DeviceMisconfigured
from drivers.escpos_tokens import tokens
from drivers.printer_escpos import EscposPrinter
from drivers.printer_raster import ReceiptRaster
from drivers.printer_symbols import code128_image, qr_image
from drivers.printer_transport import FileTransport
from edge.base.document import Barcode, Cut, Document, Feed, Qr, Row, Text
from tests.drivers import papers

GOLDEN = Path(__file__).parents[1] / "data" / "receipts"
DIFFERENT = 0.002  # of the dots
SIZES = {80: 576, 58: 384}


def printer(mode: str = "raster", width: int = 576) -> EscposPrinter:
    return EscposPrinter("printer-1", "escpos-file", FileTransport("unused"), width, mode)


def seen(doc: Document, mode: str = "raster", width: int = 576) -> Image.Image:
    """The picture of what the printer makes of the bytes."""
    return Image.open(io.BytesIO(escpos_reader.picture(printer(mode, width).render(doc))))


def codes(image: Image.Image) -> set[tuple[str, str]]:
    """What a real decoder reads on the picture: (format, text)."""
    return {(str(code.format), code.text) for code in zxingcpp.read_barcodes(image.convert("L"))}


def rows_with_ink(image: Image.Image) -> int:
    return sum(image.crop((0, y, image.width, y + 1)).getextrema()[0] == 0 for y in range(image.height))


@pytest.mark.parametrize("paper_mm", SIZES)
@pytest.mark.parametrize("mode", ["raster", "text"])
@pytest.mark.parametrize("lang", papers.BOTH)
def test_looks_as_stored(lang: str, mode: str, paper_mm: int) -> None:
    image = seen(papers.BOTH[lang], mode, SIZES[paper_mm])
    stored = GOLDEN / f"receipt-{lang}-{mode}-{paper_mm}mm.png"
    if os.environ.get("TILLBOX_GOLDEN") == "write":
        GOLDEN.mkdir(parents=True, exist_ok=True)
        image.save(stored, optimize=True)
    with Image.open(stored) as expected:
        assert image.size == expected.size
        wrong = ImageChops.logical_xor(image.convert("1"), expected.convert("1")).histogram()[-1]
    assert wrong <= DIFFERENT * image.width * image.height, f"{wrong} dots differ from {stored.name}"


@pytest.mark.parametrize("width", SIZES.values())
@pytest.mark.parametrize("mode", ["raster", "text"])
@pytest.mark.parametrize("lang", papers.BOTH)
def test_qr_and_barcode_are_read_by_a_real_decoder(lang: str, mode: str, width: int) -> None:
    found = codes(seen(papers.BOTH[lang], mode, width))
    assert found == {("QR Code", papers.LINK), ("Code 128", papers.NUMBER)}


def test_a_barcode_too_wide_for_the_paper_becomes_a_qr() -> None:
    doc = Document("en", (Barcode("STORE-01-LANE-A-000048"), Cut()), "")
    assert codes(seen(doc, width=384)) == {("QR Code", "STORE-01-LANE-A-000048")}


def test_a_qr_too_large_for_the_paper_becomes_text() -> None:
    assert qr_image("x" * 501, 576) is None
    assert qr_image("", 576) is None
    doc = Document("en", (Qr("x" * 600, "scan"), Cut()), "")
    assert codes(seen(doc)) == set()
    assert rows_with_ink(seen(doc)) > 100


@pytest.mark.parametrize("data", ["", "码", "a\x1bb", "a\nb"])
def test_what_code128_cannot_hold_is_no_barcode(data: str) -> None:
    assert code128_image(data, 576) is None
    seen(Document("en", (Barcode(data), Text("end"), Cut()), ""))


@pytest.mark.parametrize("width", SIZES.values())
def test_long_names_are_wrapped_not_cut(width: int) -> None:
    name = "特级冰糖心苹果" * 12
    one = ReceiptRaster(width).papers(Document("zh-CN", (Row("苹", "￥1.00"),), ""))[0]
    all_of_it = ReceiptRaster(width).papers(Document("zh-CN", (Row(name, "￥1.00"),), ""))[0]
    room = width - 12 - 7 * 12  # beside "￥1.00"
    assert all_of_it.height >= one.height * (len(name) * 24 // room)
    ink = sum(all_of_it.convert("L").histogram()[:1])
    assert ink > len(name) * 100  # dots: nothing of it is missing
    right = all_of_it.crop((width - 2, 0, width, all_of_it.height - one.height))
    assert right.getextrema()[0] != 0  # and nothing runs out of the paper


def test_a_right_side_as_wide_as_the_paper_has_a_line_of_its_own() -> None:
    narrow = ReceiptRaster(384).papers(Document("en", (Row("Total", "¥1,234,567,890,123,456.00"),), ""))[0]
    assert narrow.height == 64


def test_forty_lines_and_several_papers() -> None:
    data = printer().render(papers.long(40))
    assert len(escpos_reader.papers(data)) == 1
    assert codes(Image.open(io.BytesIO(escpos_reader.picture(data)))) == {("Code 128", papers.NUMBER)}
    two = Document("en", (Text("one"), Cut(), Cut(), Text("two")), "")
    assert [paper.whole for paper in escpos_reader.papers(printer().render(two))] == [True, True]


def test_an_empty_document_is_no_paper() -> None:
    assert printer().render(Document("en", (), "")) == b""
    assert printer().render(Document("en", (Cut(),), "")) == b""


def test_feeds_are_bounded() -> None:
    (paper,) = ReceiptRaster().papers(Document("en", (Feed(10**9), Feed(-3)), ""))
    assert paper.height == 20 * 32


@pytest.mark.fault("F88")
def test_a_picture_needs_no_code_page_of_the_printer() -> None:
    names = {token.name for token in tokens(printer().render(papers.CHINESE))}
    assert names == {"ESC @", "GS v", "ESC d", "GS V"}


def test_large_pictures_go_in_pieces() -> None:
    sent = [t for t in tokens(printer().render(papers.long(40))) if t.name == "GS v"]
    assert len(sent) > 5
    assert max(int.from_bytes(t.args[4:6], "little") for t in sent) <= 128


def test_without_the_font_the_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(DeviceMisconfigured, match="fonts-wqy-microhei"):
        ReceiptRaster(font=tmp_path / "none.ttc").papers(papers.short())
    monkeypatch.setattr(printer_raster, "FONT", tmp_path / "none.ttc")
    with pytest.raises(DeviceMisconfigured, match="fonts-wqy-microhei"):
        printer().render(papers.short())
