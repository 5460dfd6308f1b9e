"""Words: both languages beside each other, and a missing one is a mistake that shows at once."""

from __future__ import annotations

import pytest

from edge.base.i18n import LANGS, areas, t, words


def test_words_come_in_both_languages() -> None:
    assert t("en", "errors.basket_empty") == "The cart is empty."
    assert t("zh-CN", "errors.basket_empty") == "购物车是空的。"


def test_what_a_sentence_is_about_is_filled_in() -> None:
    assert t("en", "errors.pin_wait", seconds=60) == "Too many wrong PINs. Wait 60 seconds."


@pytest.mark.parametrize(("lang", "key"), [("en", "errors.no_such"), ("fr", "errors.basket_empty")])
def test_an_unknown_word_or_language_is_a_mistake(lang: str, key: str) -> None:
    with pytest.raises(KeyError):
        t(lang, key)


def test_a_page_is_given_whole_areas() -> None:
    for lang in LANGS:
        given = words(lang, ["errors", "receipt"])
        assert given["errors.pin_wrong"] == t(lang, "errors.pin_wrong")
        assert "receipt.total" in given
        assert not [key for key in given if key.startswith("till.")]


def test_areas_are_the_files() -> None:
    assert {"till", "receipt", "errors"} <= set(areas())
