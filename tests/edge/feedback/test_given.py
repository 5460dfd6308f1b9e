"""What a customer says is kept with a name only if they want it, and forgotten in time."""

from __future__ import annotations

import json
from typing import Any

import pytest

from edge.base.said import MOST_TEXT, tidy
from edge.consent import set_consent
from edge.errors import ShopError
from edge.feedback import forget
from edge.feedback.given import Said, give
from edge.journal import verify
from edge.privacy.wipe import wipe
from tests.edge.shop import BREAD, MILK, Hands, Shop


def kept(shop: Shop, uid: str = "f1") -> dict[str, Any]:
    names = ("score", "topics", "text", "member", "sale", "staff", "mode")
    (found,) = shop.ask(f"SELECT {', '.join(names)} FROM feedback WHERE uid = ?", uid)  # noqa: S608
    return dict(zip(names, found, strict=True))


def events(shop: Shop) -> list[tuple[dict[str, Any], str | None]]:
    found = shop.ask("SELECT body, private FROM journal WHERE stream = 'c' ORDER BY id")
    return [(json.loads(b)["data"], p) for b, p in found if json.loads(b)["type"] == "feedback.given"]


def consent(shop: Shop, member: int, granted: bool = True) -> None:
    with shop.box.transaction():
        set_consent(shop.box, member, "behaviour", granted, "till")


def test_without_consent_it_is_nobodys(shop: Shop, till: Hands) -> None:
    till.sell((MILK,), member="gold")
    give(shop.box, "f1", "k1", Said(2, ("waiting",)), "live", member=shop.member("gold"))
    assert kept(shop) == {
        "score": 2, "topics": '["waiting"]', "text": None, "member": None, "sale": None, "staff": None, "mode": "live",
    }  # fmt: skip
    ((data, private),) = events(shop)
    assert "member" not in data and "sale" not in data and private is None


def test_with_consent_it_goes_with_the_last_sale_and_who_sold_it(shop: Shop, till: Hands) -> None:
    gold = shop.member("gold")
    consent(shop, gold)
    till.sell((MILK,), member="gold")
    till.sell((BREAD,), member="gold")
    till.sell((BREAD,), member="silver")
    give(shop.box, "f1", "k1", Said(1, (), "the milk was sour"), "live", member=gold)
    found = kept(shop)
    last = shop.ask("SELECT id, uid, staff FROM sale WHERE member = ? ORDER BY id DESC LIMIT 1", gold)[0]
    assert (found["member"], found["sale"], found["staff"]) == (gold, last[0], last[2])
    ((data, private),) = events(shop)
    assert data["sale"] == last[1] and data["member"] == shop.one("SELECT uid FROM member WHERE id = ?", gold)
    assert {"staff", "shift"} <= set(data) and "sour" not in json.dumps(data)
    assert json.loads(private or "{}") == {"text": "the milk was sour"}


def test_a_sale_of_last_week_is_not_what_it_is_about(shop: Shop, till: Hands) -> None:
    gold = shop.member("gold")
    consent(shop, gold)
    till.sell((MILK,), member="gold")
    shop.clock.advance(4 * 86_400)
    give(shop.box, "f1", "k1", Said(1), "live", member=gold)
    assert (kept(shop)["member"], kept(shop)["sale"]) == (gold, None)


def test_a_later_word_replaces_the_one_before(shop: Shop) -> None:
    give(shop.box, "f1", "k1", Said(4, ("fresh",)), "live")
    give(shop.box, "f1", "k1", Said(2, ("waiting", "staff"), "slow"), "live")
    assert (kept(shop)["score"], kept(shop)["text"]) == (2, "slow")
    assert shop.ask("SELECT theme, mood FROM feedback_theme ORDER BY theme") == [("queue", "-"), ("staff", "-")]
    assert len(json.loads(shop.one("SELECT events FROM feedback"))) == 2


def test_who_takes_the_consent_back_meanwhile_is_named_no_more(shop: Shop, till: Hands) -> None:
    """The same face, tapped again after the consent was taken back at a till: it was kept with her name."""
    gold = shop.member("gold")
    consent(shop, gold)
    till.sell((MILK,), member="gold")
    give(shop.box, "f1", "k1", Said(2), "live", member=gold)
    consent(shop, gold, granted=False)
    give(shop.box, "f1", "k1", Said(1, (), "slow"), "live", member=gold)
    assert (kept(shop)["member"], kept(shop)["sale"], kept(shop)["staff"]) == (None, None, None)


@pytest.mark.parametrize("said", [Said(0), Said(6), Said(3, ("price", "price")), Said(3, ("<b>",))])
def test_what_is_no_face_or_reason_is_refused(shop: Shop, said: Said) -> None:
    with pytest.raises(ShopError, match="bad_request"):
        give(shop.box, "f1", "k1", said, "live")


@pytest.mark.parametrize(
    ("typed", "kept_text"),
    [
        ("  two\n\nlines\t ", "two lines"), ("\x1b[31mred\x00", "[31mred"), ("a\u202egnp", "agnp"),
        ("👩\u200d🌾 好", "👩\u200d🌾 好"),
        ("x" * 10_000, "x" * MOST_TEXT), ("=1+1", "=1+1"), ("'; DROP TABLE feedback; --", "'; DROP TABLE feedback; --"),
        ("\ud800", ""),
    ],
)  # fmt: skip
def test_what_was_typed_steers_nothing(shop: Shop, typed: str, kept_text: str) -> None:
    assert tidy(typed) == kept_text
    give(shop.box, "f1", "k1", Said(3, (), typed), "live")
    assert (kept(shop)["text"] or "") == kept_text


def test_after_twelve_months_the_words_are_gone_and_the_chain_still_holds(shop: Shop) -> None:
    give(shop.box, "f1", "k1", Said(2, ("price",), "too dear"), "live")
    give(shop.box, "f1", "k1", Said(2, ("price",), "far too dear"), "live")
    shop.clock.advance(364 * 86_400)
    assert forget.forget_old(shop.box) == 0
    shop.clock.advance(2 * 86_400)
    assert forget.forget_old(shop.box) == 1
    assert kept(shop)["text"] is None and kept(shop)["score"] == 2
    assert [private for _, private in events(shop)] == [None, None]
    assert shop.ask("SELECT theme, words FROM feedback_theme") == [("price", "[]")]
    assert list(verify(shop.box.db, shop.box.source)) == []


def test_a_member_who_is_forgotten_takes_the_words_along(shop: Shop, till: Hands) -> None:
    gold = shop.member("gold")
    consent(shop, gold)
    till.sell((MILK,), member="gold")
    give(shop.box, "f1", "k1", Said(1, (), "my name is Li"), "live", member=gold)
    give(shop.box, "f2", "k1", Said(1, (), "somebody else"), "live")
    with shop.box.transaction():
        wipe(shop.db, gold)
    assert (kept(shop)["member"], kept(shop)["text"], kept(shop)["sale"]) == (None, None, None)
    assert kept(shop, "f2")["text"] == "somebody else"
