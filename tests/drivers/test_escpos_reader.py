"""The reader of printer bytes, on bytes written by hand: it must not agree with our printer only."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from drivers import escpos_reader
from drivers.escpos_tokens import next_token, tokens

BLOCK = b"\x1dv0\x00\x01\x00\x08\x00" + b"\xff" * 8  # a black square of 8 x 8 dots


def names(data: bytes) -> list[str]:
    return [token.name for token in tokens(data)]


def ink(data: bytes) -> tuple[int, int, int, int] | None:
    """The box of all black dots, without the margin."""
    image = Image.open(io.BytesIO(escpos_reader.picture(data))).convert("L")
    box = image.point(lambda v: 255 - v).getbbox()
    return None if box is None else tuple(v - escpos_reader.MARGIN for v in box)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\x1b@\x1ba\x01hello\n", ["ESC @", "ESC a", "text", "LF"]),
        (b"\x1bp\x00\x19\xfa\x1dV\x00\x1dVA\x03\x1bi", ["ESC p", "GS V", "GS V", "ESC i"]),
        (BLOCK + b"\n", ["GS v", "LF"]),
        (b"\x1b*\x21\x02\x00abcdef\n", ["ESC *", "LF"]),
        (b"\x1dk\x04ABC\x00\x1dkI\x03{B1", ["GS k", "GS k"]),
        (b"\x1d(k\x03\x001QP\x1d(A\x02\x00\x00\x02", ["GS (", "GS ("]),
        (b"\x1bD\x08\x10\x00x", ["ESC D", "text"]),
        (b"\x10\x04\x01\x10\x14\x01\x00\x01\x10\x05\x02", ["DLE EOT", "DLE DC4", "DLE ENQ"]),
        (b"\x1b\x07x", ["unknown", "text"]),
        (b"\x10x", ["unknown", "text"]),
        (b"\x1dv0\x00\x01\x00\xff\xff123", ["unknown"]),
        (b"abc\x1b", ["text", "unknown"]),
    ],
)
def test_bytes_are_cut_into_commands(data: bytes, expected: list[str]) -> None:
    assert names(data) == expected


@given(st.binary(max_size=400))
def test_any_bytes_are_read_without_loss_and_without_end(data: bytes) -> None:
    found = list(tokens(data))
    assert [t.start for t in found] == [0, *(t.end for t in found)][: len(found)]
    assert (found[-1].end if found else 0) == len(data)
    escpos_reader.events(data)
    escpos_reader.papers(data)
    escpos_reader.text(data)
    assert escpos_reader.picture(data).startswith(b"\x89PNG")


@given(st.lists(st.sampled_from([b"\x1b@", b"\x1ba\x01", b"hi", b"\n", BLOCK, b"\x1dV\x00", b"\x1dr\x01"]), max_size=9))
def test_a_command_is_whole_or_awaited(parts: list[bytes]) -> None:
    """What the simulated printer relies on when bytes trickle in."""
    data, pos, ends = b"".join(parts), 0, []
    for size in range(1, len(data) + 1):
        while pos < size and (token := next_token(data[:size], pos)) is not None and token.name != "text":
            pos = token.end
            ends.append(pos)
        if pos < size and data[pos] >= 0x20:
            pos = size
    assert pos == len(data)


def test_cuts_kicks_and_unknown_commands_are_told_in_order() -> None:
    data = b"a\n\x1bp\x00\x32\x32\x1b\x07\x1dV\x00"
    assert [(e.kind, e.at) for e in escpos_reader.events(data)] == [("kick", 2), ("unknown", 7), ("cut", 9)]


def test_papers_end_at_the_cut_and_the_rest_is_not_whole() -> None:
    found = escpos_reader.papers(b"\x1b@one\n\x1bp\x00\x32\x32\x1dV\x00\x1b@two\n")
    assert [(p.data[2:5], p.kicks, p.whole) for p in found] == [(b"one", 1, True), (b"two", 0, False)]
    assert escpos_reader.papers(b"\x1b@\x1bp\x00\x32\x32") == []
    assert escpos_reader.papers(b"\x1dV\x00") == []


def test_pictures_stand_where_the_alignment_says() -> None:
    wide = b"\x1dv0\x00\x48\x00\x01\x00" + b"\x00" * 72  # says that the paper has 576 dots
    assert ink(wide + BLOCK) == (0, 1, 8, 9)
    assert ink(wide + b"\x1ba\x01" + BLOCK) == (284, 1, 292, 9)
    assert ink(wide + b"\x1ba\x02" + BLOCK) == (568, 1, 576, 9)
    assert ink(wide + BLOCK.replace(b"v0\x00", b"v0\x03")) == (0, 1, 16, 17)  # twice as large


def test_narrow_paper_is_seen_by_its_pictures() -> None:
    with Image.open(io.BytesIO(escpos_reader.picture(BLOCK))) as image:
        assert image.width == 384 + 2 * escpos_reader.MARGIN
    with Image.open(io.BytesIO(escpos_reader.picture(b"text\n"))) as image:
        assert image.width == 576 + 2 * escpos_reader.MARGIN


def test_feeds_move_the_paper() -> None:
    assert ink(b"\x1bJ\x05" + BLOCK) == (0, 5, 8, 13)
    assert ink(b"\x1b3\x0a\x1bd\x02" + BLOCK) == (0, 20, 8, 28)


def test_large_letters_are_larger() -> None:
    small, tall, huge = ink(b"H\n"), ink(b"\x1b!\x10H\n"), ink(b"\x1d!\x22H\n")
    assert small and tall and huge
    assert tall[3] - tall[1] == 2 * (small[3] - small[1])
    assert tall[2] - tall[0] == small[2] - small[0]
    assert huge[2] - huge[0] == 3 * (small[2] - small[0])


def test_hanzi_are_read_only_after_the_command_for_them() -> None:
    hanzi = "苹果".encode("gb18030")
    assert escpos_reader.text(b"\x1c&" + hanzi + b"\n") == "苹果"
    assert escpos_reader.text(hanzi + b"\n") == hanzi.decode("cp437")  # what a Western printer makes of it
    assert escpos_reader.text(b"\x1c&\x1b@" + hanzi + b"\n") == hanzi.decode("cp437")


def test_text_too_wide_goes_on_in_the_next_line() -> None:
    assert escpos_reader.text(b"x" * 50 + b"\n").splitlines() == ["x" * 48, "xx"]


def test_an_endless_paper_is_bounded() -> None:
    with Image.open(io.BytesIO(escpos_reader.picture(b"\x1bd\xff" * 2000))) as image:
        assert image.height <= 40_000 + 2 * escpos_reader.MARGIN
