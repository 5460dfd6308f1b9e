"""Issues: opened when enough complain, owned, closed with a note, and the customer asked once."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from edge.base.ids import new_uid
from edge.consent import set_consent
from edge.errors import ShopError
from edge.feedback import board, issues
from edge.feedback.given import Said, give
from tests.edge.shop import CARDS, Hands, Shop
from tests.edge.test_kiosk import Desk

DAY = 86_400


def complain(shop: Shop, n: int, topic: str = "waiting", score: int = 2, mode: str = "live") -> None:
    for _ in range(n):
        give(shop.box, new_uid(shop.box.env.rng), "k1", Said(score, (topic,)), mode)


def desk(shop: Shop) -> SimpleNamespace:
    return SimpleNamespace(uid=shop.one("SELECT uid FROM staff LIMIT 1"))


def close(shop: Shop, theme: str, note: str = "a second till opens at six") -> issues.Issue:
    issue = issues.newest(shop.box)[theme]
    return issues.change(shop.box, issue.uid, desk(shop), state="closed", owner=None, note=note)


def test_three_complaints_within_two_weeks_open_an_issue(shop: Shop) -> None:
    complain(shop, 2)
    complain(shop, 1, score=5)
    complain(shop, 1, mode="training")
    assert issues.open_due(shop.box) == 0, "praise and practice are no complaints"
    complain(shop, 1)
    assert issues.open_due(shop.box) == 1
    assert issues.open_due(shop.box) == 0, "once"
    issue = issues.newest(shop.box)["queue"]
    assert (issue.state, issue.owner, issue.note) == ("open", None, "")


def test_complaints_of_long_ago_open_none(shop: Shop) -> None:
    complain(shop, 2)
    shop.clock.advance(15 * DAY)
    complain(shop, 1)
    assert issues.open_due(shop.box) == 0


def test_closing_needs_a_note_and_begins_the_count_anew(shop: Shop) -> None:
    complain(shop, 3)
    issues.open_due(shop.box)
    with pytest.raises(ShopError, match="note_needed"):
        close(shop, "queue", " ")
    closed = close(shop, "queue")
    assert closed.state == "closed" and closed.closed_us
    shop.clock.advance(60)
    assert issues.open_due(shop.box) == 0, "what was mended is not held against the shop twice"
    complain(shop, 3)
    assert issues.open_due(shop.box) == 1
    with pytest.raises(ShopError, match="issue_open"):
        issues.change(shop.box, closed.uid, desk(shop), state="working", owner=None, note="again")


def test_an_owner_is_somebody_who_works_here(shop: Shop) -> None:
    uid = issues.open_issue(shop.box, "clean")
    owner = shop.one("SELECT uid FROM staff LIMIT 1")
    assert issues.change(shop.box, uid, desk(shop), state="working", owner=owner, note="").owner == owner
    for wrong, slug in (("nobody", "staff_unknown"),):
        with pytest.raises(ShopError, match=slug):
            issues.change(shop.box, uid, desk(shop), state="working", owner=wrong, note="")
    with pytest.raises(ShopError, match="issue_unknown"):
        issues.change(shop.box, "none", desk(shop), state="working", owner=None, note="")
    with pytest.raises(ShopError, match="issue_open"):
        issues.open_issue(shop.box, "clean")
    with pytest.raises(ShopError, match="theme_unknown"):
        issues.open_issue(shop.box, "weather")


@pytest.fixture
def sad(shop: Shop) -> int:
    """A member who consents, and complained about waiting some days ago."""
    member = shop.member("gold")
    with shop.box.transaction():
        set_consent(shop.box, member, "behaviour", True, "till")
    complain(shop, 2)
    give(shop.box, "hers", "k1", Said(1, ("waiting",)), "live", member=member)
    issues.open_due(shop.box)
    shop.clock.advance(2 * DAY)
    return member


def test_who_complained_is_asked_once_after_something_was_done(shop: Shop, sad: int) -> None:
    assert issues.to_ask(shop.box, sad) is None, "nothing was done yet"
    close(shop, "queue")
    assert issues.to_ask(shop.box, shop.member("silver")) is None, "not she who said nothing"
    issue = issues.newest(shop.box)["queue"]
    assert issues.to_ask(shop.box, sad) == (issue.id, "queue")
    assert issues.to_ask(shop.box, sad) is None, "never again"
    issues.answer(shop.box, issue.id, sad, "better", "live")
    issues.answer(shop.box, issue.id, sad, "same", "live")
    assert (issues.newest(shop.box)["queue"].better, issues.newest(shop.box)["queue"].same) == (1, 0)
    with pytest.raises(ShopError, match="bad_request"):
        issues.answer(shop.box, issue.id, sad, "worse", "live")


def test_who_withdraws_consent_is_not_asked(shop: Shop, sad: int) -> None:
    close(shop, "queue")
    with shop.box.transaction():
        set_consent(shop.box, sad, "behaviour", False, "kiosk")
    assert issues.to_ask(shop.box, sad) is None


def test_a_question_goes_from_the_open_kiosk_when_consent_is_withdrawn_at_a_till(shop: Shop, sad: int) -> None:
    close(shop, "queue")
    kiosk = Desk(shop)
    assert kiosk.scan(CARDS["gold"])["feedback"]["ask"] == "queue"
    with shop.box.transaction():
        set_consent(shop.box, sad, "behaviour", False, "till")
    assert kiosk.tap("stay")["feedback"]["ask"] is None
    with pytest.raises(ShopError, match="question_gone"):
        kiosk.tap("better", answer="same")
    assert issues.newest(shop.box)["queue"].same == 0


def test_the_board_shows_trend_hours_and_what_is_done(shop: Shop, till: Hands) -> None:
    complain(shop, 3)
    shop.clock.advance(31 * DAY)
    complain(shop, 5)
    complain(shop, 1, score=5)
    complain(shop, 2, "clean", mode="training")
    issues.open_due(shop.box)
    found = board.board(shop.box, 30)
    (theme,) = found["themes"]
    assert (theme["theme"], theme["bad"], theme["good"], theme["before"]) == ("queue", 5, 1, 3)
    assert sum(theme["hours"]) == 5 and theme["weeks"][-1] == 5 and theme["weeks"][-5] == 3
    assert theme["issue"]["state"] == "open" and found["faces"] == [0, 5, 0, 0, 1]
