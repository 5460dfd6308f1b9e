"""Feedback at headquarters: what boxes send is stored, what receipts invite is kept once, old words go."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from edge.base import links
from edge.base.sqlite import rows
from sync.hq import feedback
from sync.hq.feedback import Answer
from sync.hq.store import Store
from tests.web.hq.desk import Desk

SALE = "abcdefghijklmnopqrstuvwx23"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.close()


def say(desk: Desk, name: str = "till-1", **more: Any) -> None:
    """A box tells of a face; private: what was typed."""
    box = next((each for each in desk.boxes if each.name == name), None) or desk.box(name)
    private = {"text": more.pop("text")} if "text" in more else None
    at = desk.clock.now_us()
    data = {"feedback": "f1", "lane": "k1", "score": 2, "topics": ["waiting"], "lang": "en", "at": at,
            "business_date": "2026-11-22", "hour": 18}  # fmt: skip
    box.record("c", "feedback.given", data | more, private=private)
    desk.bring(box, "b", "c")


def kept(store: Store) -> list[tuple[Any, ...]]:
    return rows(store.db, "SELECT uid, source, score, topics, text FROM feedback ORDER BY at_us, uid")


def read(text: str, score: int, topics: tuple[str, ...]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [("queue", "-", ("line",))] if "line" in text or "waiting" in topics else []


def test_a_face_is_stored_with_its_words_and_a_later_one_replaces_it(desk: Desk) -> None:
    say(desk)
    say(desk, score=1, text="long line")
    assert kept(desk.hq.store) == [("f1", "kiosk", 1, '["waiting"]', "long line")]
    assert rows(desk.hq.store.db, "SELECT DISTINCT state FROM event WHERE type = 'feedback.given'") == [("done",)]


def test_a_box_of_the_first_release_is_understood(desk: Desk) -> None:
    box = desk.box("old")
    box.record("c", "feedback.given", {"feedback": "f9", "lane": "k1", "score": 5, "topics": []})
    desk.bring(box, "b", "c")
    assert kept(desk.hq.store) == [("f9", "kiosk", 5, "[]", None)]


@pytest.mark.parametrize(
    "wrong",
    [{"score": 6}, {"topics": "waiting"}, {"at": "today"}, {"hour": 24}, {"lane": None},
     {"business_date": "2026-13-45"}, {"business_date": 20261122}],
)  # fmt: skip
def test_what_is_no_feedback_is_refused_and_blocks_nothing(desk: Desk, wrong: dict[str, Any]) -> None:
    say(desk, **wrong)
    assert kept(desk.hq.store) == []
    say(desk, feedback="f2")
    assert [uid for uid, *_ in kept(desk.hq.store)] == ["f2"]


def test_an_issue_comes_with_its_state_note_and_answers(desk: Desk) -> None:
    box, at = desk.box("till-1"), desk.clock.now_us()
    issue = {"issue": "i1", "theme": "queue", "at": at}
    box.record("b", "issue.opened", issue | {"by": None})
    change = issue | {"state": "closed", "owner": "u", "by": "u"}
    box.record("b", "issue.changed", change, private={"note": "two tills"})
    for answer in ("better", "same", "better"):
        box.record("b", "issue.answered", {"issue": "i1", "theme": "queue", "answer": answer})
    desk.bring(box, "b", "c")
    found = rows(desk.hq.store.db, "SELECT state, owner, note, better, same FROM feedback_issue")
    assert found == [("closed", "u", "two tills", 2, 1)]
    assert rows(desk.hq.store.db, "SELECT reason FROM dead_letter") == []


def test_the_job_reads_each_comment_once_and_the_console_counts_them(desk: Desk) -> None:
    say(desk, text="long line")
    say(desk, feedback="f2", score=5, topics=[])
    assert feedback.waiting(desk.hq.store, 1) == 2
    assert feedback.sort(desk.hq.store, read, 1) == 2
    assert feedback.sort(desk.hq.store, read, 1) == 0
    (theme,) = feedback.themes(desk.hq.store, "live", date(2026, 11, 22))
    assert (theme.name, theme.bad, theme.busiest, dict(theme.boxes)) == ("queue", 1, 18, {"till-1": 1})
    assert [comment.text for comment in theme.comments] == ["long line"]
    assert feedback.faces(desk.hq.store, "live", date(2026, 11, 22)) == [0, 1, 0, 0, 1]


def test_words_of_a_year_ago_are_erased_beside_their_event_too(desk: Desk) -> None:
    say(desk, text="long line")
    feedback.sort(desk.hq.store, read, 1)
    desk.clock.advance(366 * 86_400)
    assert feedback.forget_old(desk.hq.store) == 1
    assert kept(desk.hq.store)[0][-1] is None
    assert rows(desk.hq.store.db, "SELECT private FROM event_private") == []
    assert rows(desk.hq.store.db, "SELECT words FROM feedback_theme") == [("[]",)]
    assert feedback.forget_old(desk.hq.store) == 0


def test_one_answer_a_receipt_and_nothing_of_the_sale_unless_wanted(desk: Desk) -> None:
    store, config = desk.hq.store, desk.hq.config
    feedback.take(store, config, "till-1", SALE, Answer(2, ("waiting",), "slow \u202e\x00", "en"))
    feedback.take(store, config, "till-1", SALE, Answer(4, (), "better", "en"))
    assert [values[1:] for values in kept(store)] == [("receipt", 4, "[]", "better")]
    assert SALE not in json.dumps(rows(store.db, "SELECT uid, sale FROM feedback"))
    feedback.take(store, config, "till-1", SALE, Answer(4, (), "", "en", with_sale=True))
    assert rows(store.db, "SELECT sale, text FROM feedback") == [(SALE, None)]
    for wrong in (Answer(0), Answer(3, ("<b>",))):
        with pytest.raises(ValueError, match="no such"):
            feedback.take(store, config, "till-1", SALE, wrong)


def test_a_link_is_the_boxs_own_and_for_one_sale(desk: Desk) -> None:
    desk.box("till-1")
    key = bytes.fromhex(desk.hq.config.key_file("till-1").read_text())
    link = links.feedback_link("https://hq.example", key, "till-1", SALE)
    place, box, sale, signature = link.removeprefix("https://hq.example/").split("/")
    assert place == "say" and feedback.invited(desk.hq.config, box, sale, signature)
    assert not feedback.invited(desk.hq.config, box, "b" + sale[1:], signature)
    assert not feedback.invited(desk.hq.config, "till-2", sale, signature)
    for wrong in ("../../etc", "", "hq"):
        assert not feedback.invited(desk.hq.config, wrong, sale, signature)
    for wrong in ("", signature[:-1], signature.upper(), "é" * 20, "\ud800"):
        assert not feedback.invited(desk.hq.config, box, sale, wrong)


def test_what_is_erased_while_it_is_read_leaves_no_word(desk: Desk) -> None:
    """Comments are read by a process of its own; the one that receives does not wait for it."""
    say(desk, text="long line, Ouyang", member="m1")
    store = desk.hq.store

    def slow(text: str, score: int, topics: tuple[str, ...]) -> list[tuple[str, str, tuple[str, ...]]]:
        store.db.execute_sql("UPDATE feedback SET text = NULL, member = NULL")
        return [("queue", "-", ("Ouyang",))] if text else []

    feedback.sort(store, slow, 1)
    assert rows(store.db, "SELECT * FROM feedback_theme") == [] and feedback.waiting(store, 1) == 0
