"""From bytes to codes: whole codes only, however the bytes come."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.framing import GUARD, Frame, Framer, to_scan

MS = 1_000_000
CODES = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffd\u2028\u2029"), min_size=1)


def frames(data: bytes, **options: object) -> list[Frame]:
    return Framer(**options).feed(data, 0)  # type: ignore[arg-type]


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\t", b"\r\n\r\n"])
def test_a_terminator_ends_a_code(end: bytes) -> None:
    assert frames(b"6901234567892" + end + b"40170725" + end) == [Frame("6901234567892"), Frame("40170725")]


@given(st.lists(CODES, max_size=6), st.sampled_from([b"\r", b"\n", b"\r\n", b"\t"]), st.data())
def test_any_split_of_the_stream_gives_the_same_codes(codes: list[str], end: bytes, data: st.DataObject) -> None:
    stream = b"".join(code.encode() + end for code in codes)
    framer, found, pos, now = Framer(), [], 0, 0
    while pos < len(stream):
        size = data.draw(st.integers(1, len(stream) - pos))
        now += data.draw(st.integers(0, 500)) * MS  # the process may have been busy meanwhile
        found += framer.feed(stream[pos : pos + size], now)
        pos += size
    assert found == frames(stream)
    assert [f.text for f in found if f.problem is None] == [c for c in codes if len(c) <= 128]


@given(st.binary(max_size=3000), st.lists(st.tuples(st.integers(1, 400), st.integers(0, 2000)), max_size=40))
def test_no_bytes_and_no_pauses_break_it_and_no_code_holds_a_control(
    noise: bytes, steps: list[tuple[int, int]]
) -> None:
    framer, found, now = Framer(max_chars=16), [], 0
    for size, pause_ms in steps:
        found += framer.feed(noise[:size], now)
        noise = noise[size:]
        now += pause_ms * MS
        found += framer.tick(now)
    for frame in found + framer.feed(noise, now) + framer.reset():
        assert len(frame.text) <= 128
        if frame.problem is None:
            assert 0 < len(frame.text) <= 16
            assert all(c >= " " or c == "\x1d" for c in frame.text)


@pytest.mark.fault("F70")
def test_half_a_code_is_refused_after_the_pause_together_with_its_late_rest() -> None:
    framer = Framer(idle_s=0.1)
    assert framer.feed(b"69012", 0) == []
    assert framer.tick(99 * MS) == []
    assert framer.tick(100 * MS) == [Frame("69012", "incomplete")]
    assert framer.feed(b"34567892\r", 200 * MS) == []  # the rest is no code, though it looks like an EAN-8
    assert framer.feed(b"40170725\r", 250 * MS) == [Frame("40170725")]


def test_after_half_a_code_and_a_longer_pause_the_next_code_counts() -> None:
    framer = Framer(idle_s=0.1)
    framer.feed(b"69012", 0)
    assert len(framer.tick(100 * MS)) == 1
    assert framer.feed(b"40170725\r", GUARD * 100 * MS) == [Frame("40170725")]


def test_bytes_that_waited_while_the_process_was_busy_are_no_pause() -> None:
    framer = Framer(idle_s=0.1)
    assert framer.feed(b"69012", 0) == []
    assert framer.feed(b"34567892\r", 3000 * MS) == [Frame("6901234567892")]


def test_without_terminator_the_pause_ends_a_code() -> None:
    framer = Framer(idle_s=0.1, idle_ends=True)
    assert framer.feed(b"69012", 0) == []
    assert framer.feed(b"34567892", 50 * MS) == []
    assert framer.tick(120 * MS) == []
    assert framer.tick(150 * MS) == [Frame("6901234567892")]
    assert not framer.pending


def test_after_an_unplug_half_a_code_is_a_problem_and_the_next_byte_a_beginning() -> None:
    framer = Framer()
    framer.feed(b"69012", 0)
    assert framer.reset() == [Frame("69012", "incomplete")]
    assert framer.reset() == []
    assert framer.feed(b"40170725\r", 1) == [Frame("40170725")]


@pytest.mark.fault("F74")
@pytest.mark.parametrize("size", [129, 513, 4096])
def test_a_code_that_is_too_long_is_one_problem(size: int) -> None:
    assert frames(b"7" * size + b"\r123\r") == [Frame("7" * 128, "too_long"), Frame("123")]
    assert frames("码".encode() * size + b"\r") == [Frame("码" * 128, "too_long")]


def test_the_longest_code_passes() -> None:
    assert frames(b"7" * 128 + b"\r") == [Frame("7" * 128)]
    assert frames("码".encode() * 128 + b"\r") == [Frame("码" * 128)]


@pytest.mark.fault("F83")
def test_a_device_stuck_sending_costs_no_memory() -> None:
    framer = Framer()
    framer.feed(b"7" * 4096, 0)
    tracemalloc.start()
    for _ in range(100):
        framer.feed(b"7" * 4096, 0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50_000  # of 400 kB; other threads of the run allocate, too
    assert framer.feed(b"\r", 0) == [Frame("7" * 128, "too_long")]


@pytest.mark.fault("F74")
@pytest.mark.parametrize("code", [*(c for c in range(0x20) if c not in b"\t\r\n\x1d"), 0x7F])
def test_a_code_with_a_control_character_is_refused(code: int) -> None:
    (frame,) = frames(b"690" + bytes([code]) + b"123\r")
    assert frame.problem == "control"


@pytest.mark.parametrize("text", ["a\x85b", "a\x9bb", "a\u2028b"])
def test_a_code_with_a_hidden_line_end_or_c1_is_refused(text: str) -> None:
    assert frames(text.encode() + b"\r")[0].problem == "control"


def test_the_separator_of_gs1_codes_stays() -> None:
    assert frames(b"]d20106901234567892\x1d10AB\r") == [Frame("]d20106901234567892\x1d10AB")]


@pytest.mark.fault("F84")
def test_noise_on_the_line_is_a_problem_and_the_next_code_counts() -> None:
    assert frames(b"\xff\xfe\x80\xc0\r6901234567892\r") == [Frame("\ufffd" * 4, "control"), Frame("6901234567892")]


@pytest.mark.fault("F75")
@pytest.mark.parametrize("text", ["https://x.example/?a=1&b=2", "<script>x</script>", "'; DROP TABLE x", "=1+1"])
def test_a_qr_with_a_link_or_a_script_is_text(text: str) -> None:
    assert frames(text.encode() + b"\r") == [Frame(text)]


def test_of_a_refused_code_only_a_masked_beginning_is_shown() -> None:
    scan = to_scan("reader-1", Frame("%B4111111111111111^DOE/JOHN^2912" + "0" * 90, "too_long"), 5)
    assert scan.problem == "too_long"
    assert len(scan.text) == 32
    assert scan.text.startswith("%B41••••••••••••11^DOE")
    assert to_scan("scanner-1", Frame("a\x1b[2Jb", "control"), 5).text == "a[2Jb"
