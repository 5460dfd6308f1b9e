"""What reaches the printer: text that can be read back, and never a command that somebody hid in a name."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from drivers import escpos_reader
from drivers.escpos_tokens import tokens
from drivers.printer_escpos import EscposPrinter
from drivers.printer_escpos_library import dummy, put_image
from drivers.printer_text import encode
from drivers.printer_transport import FileTransport
from edge.base.document import Barcode, Cut, Document, Feed, Item, Qr, Row, Rule, Text
from tests.drivers import hostile, papers

OURS = {"ESC @", "FS &", "ESC a", "ESC E", "GS !", "text", "LF", "ESC d", "GS V", "GS v"}


def render(doc: Document, mode: str = "text", width: int = 576, drawer: str = "pin2") -> bytes:
    return EscposPrinter("printer-1", "escpos-file", FileTransport("unused"), width, mode, drawer).render(doc)


def with_texts(texts: list[str]) -> Document:
    """A receipt that holds each text in every place that takes one."""
    items: list[Item] = []
    for text in texts:
        items += [Text(text, bold=True), Row(text, text, size=2), Qr(text[:40], text), Barcode(text)]
    return Document("zh-CN", (*items, Rule(), Feed(), Cut()), "".join(texts)[:80])


def commands(data: bytes) -> set[str]:
    return {token.name for token in tokens(data)}


@pytest.mark.fault("F117")
@pytest.mark.fault("F89")
@pytest.mark.parametrize("mode", ["text", "raster"])
def test_no_text_opens_the_drawer_cuts_or_commands(mode: str) -> None:
    for start in range(0, len(hostile.texts()), 25):
        data = render(with_texts(hostile.texts()[start : start + 25]), mode)
        assert [event.kind for event in escpos_reader.events(data)] == ["cut"]
        assert commands(data) <= OURS


def test_the_reader_would_have_seen_it() -> None:
    for kick in (hostile.KICK, hostile.REAL_TIME_KICK):
        data = f"apple{kick}\n".encode("latin-1")
        assert [event.kind for event in escpos_reader.events(data)] == ["kick"]


@pytest.mark.fault("F117")
@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=3), st.sampled_from([576, 384]))
def test_no_text_at_all_is_a_command(texts: list[str], width: int) -> None:
    data = render(Document("en", (*(Text(t) for t in texts), *(Row(t, t) for t in texts), Cut()), ""), "text", width)
    assert commands(data) <= OURS
    assert {event.kind for event in escpos_reader.events(data)} <= {"cut"}


@pytest.mark.fault("F89")
@settings(max_examples=30, deadline=None)
@given(st.binary(min_size=72 * 40, max_size=72 * 40), st.lists(st.integers(0, 2875), max_size=30))
def test_no_picture_opens_the_drawer(dots: bytes, places: list[int]) -> None:
    """Real printers obey DLE commands even within a picture, so no picture may hold one by chance or design."""
    black = bytearray(dots)
    for place in places:
        black[place : place + 5] = b"\x10\x14\x01\x00\x01"
    image = Image.frombytes("1", (576, 40), bytes(b ^ 0xFF for b in black))
    printer = dummy(576)
    put_image(printer, image)
    for command in (b"\x10\x14", b"\x10\x04", b"\x10\x05"):
        assert command not in printer.output
    wrong = sum((a ^ b).bit_count() for a, b in zip(printer.output[8:], black, strict=True))
    assert wrong == sum(black.count(b"\x10" + c) for c in (b"\x14", b"\x04", b"\x05"))  # one dot for each, no more


def test_text_is_read_back_as_it_was_written() -> None:
    lines = escpos_reader.text(render(papers.CHINESE)).splitlines()
    assert lines[0] == "好邻居便利店"
    assert "2026-11-22 18:42  收银员 王芳" in lines
    assert "农夫山泉饮用天然水 550ml                  ￥2.00" in lines
    assert "合计            ￥139.86" in lines  # twice as wide: 24 columns
    assert "会员 138****5021　银卡" in lines
    assert papers.NUMBER in lines
    assert "谢谢惠顾，欢迎再来！" in lines
    english = escpos_reader.text(render(papers.ENGLISH)).splitlines()
    assert "Total           ￥139.86" in english
    assert "3 kg)" + " " * 35 + "￥128.00" in english


@pytest.mark.parametrize("width", [576, 384])
def test_long_names_are_wrapped_beside_the_amount(width: int) -> None:
    name = "特级冰糖心苹果" * 9
    data = render(Document("zh-CN", (Row(name, "￥12.00"), Cut()), ""), "text", width)
    lines = [line for line in escpos_reader.text(data).splitlines() if line]
    assert "".join(lines).replace(" ", "") == name + "￥12.00"
    assert all(len(line) < len(name) for line in lines)
    assert lines[-1].endswith("￥12.00")


def test_an_amount_too_wide_stands_on_lines_of_its_own() -> None:
    doc = Document("en", (Row("Total", "1" * 30, size=2), Cut()), "")
    assert escpos_reader.text(render(doc, "text", 384)).split() == ["Total", "1" * 16, "1" * 14]


def test_forty_lines_all_arrive() -> None:
    found = escpos_reader.text(render(papers.long(40)))
    for n in range(1, 41):
        assert f"商品 {n:02d} Product number {n}" in found


def test_what_the_chinese_font_lacks_is_a_question_mark() -> None:
    assert encode("a中￥") == b"a\xd6\xd0\xa3\xa4"
    assert encode("¥") == "￥".encode("gb18030")
    assert encode("😀𠮷é") == b"??" + "é".encode("gb18030")
    assert encode("a\x1bp\x00b") == b"apb"


def test_every_line_says_its_style_so_that_none_leaks() -> None:
    doc = Document("en", (Qr("x", "caption"), Text("left"), Text("big", "right", 3, True), Text("small"), Cut()), "")
    state: dict[str, bytes] = {}
    seen = {}
    for token in tokens(render(doc)):
        if token.name in ("ESC a", "ESC E", "GS !"):
            state[token.name] = token.args
        elif token.name == "text":
            seen[token.args] = dict(state)
    plain = {"ESC a": b"\x00", "ESC E": b"\x00", "GS !": b"\x00"}
    assert seen[b"left"] == seen[b"small"] == plain
    assert seen[b"big"] == {"ESC a": b"\x02", "ESC E": b"\x01", "GS !": b"\x22"}
    assert seen[b"caption"] == {**plain, "ESC a": b"\x01"}


@pytest.mark.fault("F89")
def test_the_drawer_opens_by_its_own_job_only() -> None:
    printer = EscposPrinter("printer-1", "escpos-file", FileTransport("unused"), drawer="pin2")
    kick = printer.drawer_bytes()
    assert kick == hostile.KICK.encode("latin-1")
    assert [event.kind for event in escpos_reader.events(kick)] == ["kick"]
    assert escpos_reader.papers(kick) == []
    other = EscposPrinter("printer-1", "escpos-file", FileTransport("unused"), drawer="pin5")
    assert other.drawer_bytes() == b"\x1bp\x01\x32\x32"
    none = EscposPrinter("printer-1", "escpos-file", FileTransport("unused"))
    assert none.drawer_bytes() is None
