"""Bank cards are refused before anything is made of them; goods and member cards never are."""

from __future__ import annotations

import random

import pytest

from drivers.cards import BANK_CARD, Guard, ReaderGuard, prefixes
from drivers.framing import Frame, Framer, to_scan
from edge import codes
from edge.base import cards
from tests.drivers import swipes

VISA = "4111111111111111"


def reads(text: str, guard: Guard) -> list[Frame]:
    return Framer(max_chars=256, guard=guard).feed(text.encode() + b"\r", 0)


@pytest.mark.fault("F81")
def test_of_ten_thousand_swipes_none_gets_through_a_reader() -> None:
    rng = random.Random(81)
    for _ in range(10_000):
        pan, text = swipes.swipe(rng)
        frames = reads(text, ReaderGuard(("627700",)))
        assert [f.problem for f in frames] == [BANK_CARD] * len(frames), text
        assert all(f.text == "" for f in frames)
        assert frames, pan


@pytest.mark.fault("F81")
def test_a_track_is_refused_from_scanners_too() -> None:
    rng = random.Random(82)
    for _ in range(2_000):
        _, text = swipes.swipe(rng)
        if text[0] in "%;+":
            assert {f.problem for f in reads(text, Guard())} == {BANK_CARD}, text


def test_of_a_hundred_thousand_article_codes_none_is_refused() -> None:
    rng = random.Random(83)
    guard = Guard()
    for _ in range(100_000):
        length = rng.choice(codes.GTIN_LENGTHS)
        body = "".join(rng.choice("0123456789") for _ in range(length - 1))
        code = body + str(codes.check_digit(body))
        assert guard.judge(bytearray(code.encode())) == (code.encode(), None)
        assert codes.identify(code, ()).kind == "product"


def test_a_member_s_card_is_read_whatever_its_number() -> None:
    rng = random.Random(84)
    for _ in range(20_000):
        code = codes.member_code(rng.randrange(10**10))
        for swiped in (code, f"%{code}?", f"%{code}?;123?"):
            assert reads(swiped, ReaderGuard()) == [Frame(code)]


@pytest.mark.parametrize("text", ["0012345678", "04a1b2c3d4e5f6", "123,45678"])
def test_the_number_of_a_contactless_card_goes_on(text: str) -> None:
    assert reads(text, ReaderGuard()) == [Frame(text)]


@pytest.mark.parametrize("text", [";6277001234567890=4912?", "%B6277001234567890^LI/MING^4912?", "6277001234567890"])
def test_of_the_store_s_own_magnetic_cards_only_the_number_goes_on(text: str) -> None:
    assert reads(text, ReaderGuard(("627700",))) == [Frame("6277001234567890")]
    assert reads(text, ReaderGuard())[0].problem != "control"


@pytest.mark.fault("F82")
@pytest.mark.parametrize("text", ["%E?;E?+E?", ";E?", "%E?", "%"])
def test_a_swipe_that_the_reader_calls_garbled_is_incomplete(text: str) -> None:
    assert reads(text, ReaderGuard()) == [Frame("", "incomplete")]


@pytest.mark.fault("F82")
@pytest.mark.parametrize(
    "text", ["%B4111 1111?1111^DOE/JOHN^2512?", ";411111111111=?", "%B411111111111 DOE", ";4111111111111111=25", "%B41"]
)
def test_a_damaged_swipe_shows_nothing(text: str) -> None:
    assert [(f.text, f.problem is None) for f in reads(text, ReaderGuard())] == [("", False)]


@pytest.mark.fault("F82")
def test_of_half_a_swipe_nothing_is_shown() -> None:
    for guard in (Guard(), ReaderGuard()):
        framer = Framer(guard=guard)
        framer.feed(b"%B4111111111111111^DOE/JO", 0)
        assert [to_scan("x", f, 0).text for f in framer.reset()] == [""]


class Watched(bytearray):
    """Remembers what it held when it was emptied."""

    left = b"?"

    def clear(self) -> None:
        self.left = bytes(self)
        super().clear()


@pytest.mark.parametrize("text", [f";{VISA}=2512?", VISA, "6901234567892", "9" * 400])
def test_the_buffer_is_overwritten_after_every_code(text: str) -> None:
    for end in ("code", "unplugged"):
        framer = Framer(guard=ReaderGuard())
        framer._buffer = watched = Watched()
        framer.feed(text.encode(), 0)
        assert bytes(watched) == text.encode()
        assert framer.feed(b"\r", 0) if end == "code" else framer.reset()
        assert watched.left == bytes(len(text))


@pytest.mark.parametrize(
    ("digits", "answer"),
    [
        (VISA, True), ("4111 1111 1111 1111", True), ("4111-1111-1111-1111", True), ("4111111111111112", False),
        ("378282246310005", True), ("6200000000000005", True), ("3530111333300000", True), ("30569309025904", True),
        ("7000000000000003", False), ("41111111111111", False), ("", False), ("abc", False), (VISA + "x", False),
    ],
)  # fmt: skip
def test_a_card_number_is_a_range_a_length_and_a_check_digit(digits: str, answer: bool) -> None:
    assert cards.is_number(digits.encode()) is answer


def test_the_first_digits_of_own_cards_are_checked() -> None:
    assert prefixes(" 627700, 9160001 ,") == ("627700", "9160001")
    assert prefixes("") == ()
    for wrong in ("62x7", "627", "1234567890123"):
        with pytest.raises(ValueError, match="write the first 4 to 12 digits"):
            prefixes(wrong)
