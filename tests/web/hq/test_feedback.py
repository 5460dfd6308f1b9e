"""Feedback at headquarters: the one page that is open to all, by a receipt's link, and the console's board."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from edge.base.links import feedback_link
from edge.base.sqlite import rows
from edge.cli import hq_comments
from edge.feedback.lexicon import VERSION
from edge.feedback.reading import reader
from sync.hq import feedback
from sync.hq.feedback import Answer
from tests.web.hq.desk import PASSWORD, USER, Desk
from web.hq.feedback import PER_HOUR, PER_MINUTE, Limits

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
SALE = "abcdefghijklmnopqrstuvwx23"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    desk.box("box-1")
    yield desk
    desk.close()


def path(desk: Desk, sale: str = SALE) -> str:
    return feedback_link("", bytes.fromhex(desk.config.key_file("box-1").read_text()), "box-1", sale)


def answers(desk: Desk) -> list[tuple[int, str, str | None, str | None]]:
    return rows(desk.hq.store.db, "SELECT score, topics, text, sale FROM feedback")  # type: ignore[return-value]


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_a_receipts_link_opens_without_log_in_or_cookie(desk: Desk, lang: str) -> None:
    page = desk.get(f"{path(desk)}?lang={lang}")
    assert page.status_code == 200 and "Set-Cookie" not in page.headers
    assert f'lang="{lang}"' in page.text and "<script" not in page.text
    sent = desk.post(path(desk), score="2", topic="waiting", text="slow", lang=lang)
    assert sent.status_code == 200 and "Set-Cookie" not in sent.headers
    assert answers(desk) == [(2, '["waiting"]', "slow", None)]
    desk.post(path(desk), score="5", lang=lang)
    assert answers(desk) == [(5, "[]", None, None)], "one answer a receipt"


@pytest.mark.fault("F123")
def test_a_link_that_no_box_signed_opens_nothing(desk: Desk) -> None:
    good = path(desk)
    other = good.replace(SALE, "b" + SALE[1:])
    for wrong in (good[:-1] + "x", other, good.replace("box-1", "box-9"), "/say/box-1/x/y"):
        assert desk.get(wrong).status_code == 404
        assert desk.post(wrong, score="5").status_code == 404
    assert answers(desk) == []


def test_what_is_no_face_is_asked_again_and_a_strangers_form_is_refused(desk: Desk) -> None:
    for score in ("", "0", "6", "1e1", "５"):
        assert desk.post(path(desk), score=score, text="<script>alert(1)</script>").status_code == 422
    assert "<script>" not in desk.post(path(desk), score="", text="<script>").text
    assert desk.post(path(desk), origin="https://evil.example", score="5").status_code == 403
    assert desk.post(path(desk), origin=None, score="5").status_code == 403
    assert answers(desk) == []


def test_what_the_customer_wants_looked_at_together_is(desk: Desk) -> None:
    desk.post(path(desk), score="1", with_sale="yes")
    assert answers(desk) == [(1, "[]", None, SALE)]


@pytest.mark.fault("F123")
def test_answers_and_visits_are_limited(desk: Desk) -> None:
    sent = [desk.post(path(desk), score="3").status_code for _ in range(PER_HOUR + 1)]
    assert sent == [200] * PER_HOUR + [429]
    desk.clock.advance(3_601)
    assert desk.post(path(desk), score="3").status_code == 200
    found = [desk.get("/say/box-1/guess/guess").status_code for _ in range(PER_MINUTE)]
    assert found[-1] == 429 and 404 in found


def test_limits_forget_and_stay_small() -> None:
    limits = Limits(2, 1_000)
    assert [limits.allow("a", at) for at in (0, 1, 2, 1_002)] == [True, True, False, True]
    for n in range(10_003):
        limits.allow(str(n), 5_000)
    assert len(limits._seen) < 10


def fill(desk: Desk) -> None:
    """Some answers, read."""
    said = [
        (1, ("waiting",), "Waited 25 minutes, one till open"), (2, (), "收银台就开一个,排队排到腿麻"),
        (2, ("price",), "Label said 2.50, till said 3.20"), (5, ("staff",), "The lady at the till was lovely"),
    ]  # fmt: skip
    for n, (score, topics, text) in enumerate(said):
        feedback.take(desk.hq.store, desk.config, "box-1", f"{SALE}{n}", Answer(score, topics, text, "en"))
    box, at = desk.boxes[0], desk.clock.now_us()
    issue = {"issue": "i1", "theme": "queue", "at": at}
    box.record("b", "issue.opened", issue | {"by": None})
    change = issue | {"state": "closed", "owner": "u", "by": "u"}
    box.record("b", "issue.changed", change, private={"note": "A second till opens at six"})
    box.record("b", "issue.answered", {"issue": "i1", "theme": "queue", "answer": "better"})
    desk.bring(box, "b")
    known = reader()
    feedback.sort(
        desk.hq.store,
        lambda text, score, topics: [(x.theme, x.mood, x.words) for x in known.read(text, score, topics).themes],
        VERSION,
    )


def test_the_board_is_for_those_who_log_in(desk: Desk) -> None:
    fill(desk)
    assert desk.get("/feedback").status_code == 302
    desk.log_in()
    page = desk.get("/feedback").text
    for words in ("Waiting", "Waited 25 minutes", "because of", "A second till opens at six", "1 say better"):
        assert words in page
    assert page.index("Waiting") < page.index("Prices and labels")


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_a_customer_says_it_on_a_phone(desk: Desk, browser: Browser, lang: str) -> None:
    with desk.served() as url:
        page = browser.new_page(base_url=url, locale=lang, viewport={"width": 360, "height": 740})
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto(path(desk))
        expect(page.locator("html")).to_have_attribute("lang", lang)
        assert not Axe().run(page, options=RULES).response["violations"]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        targets = "[...document.querySelectorAll('fieldset label, button')]"
        assert page.evaluate(f"{targets}.every((each) => each.getBoundingClientRect().height >= 48)")
        page.locator(".face-2").click()
        page.locator(".topics label").nth(4).click()
        page.locator("textarea").fill("排了二十分钟 slow")
        page.locator("button").click()
        expect(page.locator("h1")).to_contain_text({"zh-CN": "收到了", "en": "Received"}[lang])
        assert answers(desk) == [(2, '["waiting"]', "排了二十分钟 slow", None)]
        assert page.context.cookies() == [] and not complaints
        page.close()


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_the_board_can_be_read_by_everybody(desk: Desk, browser: Browser, lang: str) -> None:
    fill(desk)
    with desk.served() as url:
        page = browser.new_page(base_url=url, locale=lang, viewport={"width": 1280, "height": 800})
        page.goto(f"/login?lang={lang}")
        page.locator("[name=user]").fill(USER)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("button.primary").click()
        page.goto("/feedback")
        expect(page.locator('[data-theme="queue"] .comments li')).to_have_count(2)
        assert not Axe().run(page, options=RULES).response["violations"]
        page.close()


def test_the_job_of_its_own_reads_what_waits(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.post(path(desk), score="1", text="Waited 25 minutes, one till open")
    monkeypatch.setattr(hq_comments, "load", lambda path: desk.config)
    assert feedback.waiting(desk.hq.store, VERSION) == 1
    assert hq_comments.read(desk.config.path) == 1
    assert rows(desk.hq.store.db, "SELECT theme, mood FROM feedback_theme") == [("queue", "-")]
    assert feedback.waiting(desk.hq.store, VERSION) == 0
