"""PINs: what is guessed first is refused, with the reason; what is kept is slow to try out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge import pins
from edge.base.i18n import LANGS, t
from edge.errors import ShopError


@pytest.mark.parametrize(
    ("pin", "why"),
    [
        ("", "digits"), ("12345a", "digits"), ("１２３４５７", "digits"), ("-12345", "digits"), ("123 456", "digits"),
        ("12345", "length"), ("1357924680135", "length"),
        ("111111", "few"), ("112112", "few"), ("121212", "few"), ("888888", "few"),
        ("123456", "ladder"), ("987654", "ladder"), ("246802", "ladder"), ("789012", "ladder"), ("135791", "ladder"),
        ("123123", "repeat"), ("147147", "repeat"), ("112233", "repeat"), ("12341234", "repeat"),
        ("5201314", "common"), ("159753", "common"), ("123321", "common"), ("147258369", "common"),
        ("100200", "common"),
    ],
)  # fmt: skip
def test_a_weak_pin_is_refused_with_the_reason(pin: str, why: str) -> None:
    assert pins.weakness(pin) == why and why in pins.WEAKNESSES
    with pytest.raises(ShopError) as raised:
        pins.check(pin)
    assert raised.value.slug == f"pin_weak_{why}"
    assert all(t(lang, f"errors.{raised.value.slug}") for lang in LANGS)


@pytest.mark.parametrize("pin", ["271828", "905713", "660742", "19870416", "730924"])
def test_an_unusual_pin_is_taken(pin: str) -> None:
    pins.check(pin)


def test_every_pin_of_the_list_is_one_that_nothing_else_refuses() -> None:
    assert len(pins.common()) > 200
    assert {pins.weakness(pin) for pin in pins.common()} == {"common"}


@given(st.from_regex(r"[0-9]{6,12}", fullmatch=True))
def test_what_is_taken_has_three_digits_and_no_plain_pattern(pin: str) -> None:
    if pins.weakness(pin) is None:
        assert len(set(pin)) >= 3
        assert not any(pin == pin[:n] * (len(pin) // n) for n in range(1, len(pin)) if len(pin) % n == 0)


def test_a_pin_is_kept_as_argon2id_with_19_mib_and_a_salt_of_its_own() -> None:
    hasher = pins.Hasher()
    one, two = hasher.hash("271828"), hasher.hash("271828")
    assert one != two
    assert all(each.startswith("$argon2id$v=19$m=19456,t=2,p=1$") for each in (one, two))
    assert hasher.verify(one, "271828") and hasher.verify(two, "271828")
    assert not hasher.verify(one, "271829")


@pytest.mark.parametrize("pin", ["", "271828", "$argon2id$"])
def test_who_has_no_pin_yet_comes_in_by_none(pin: str) -> None:
    assert not pins.Hasher().verify(pins.NO_PIN, pin)
