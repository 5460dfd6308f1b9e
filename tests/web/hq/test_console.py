"""Headquarters' console: who gets in, what it refuses, and that it shows exactly what the boxes booked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from sync.hq import ledger, queries, set_console_password
from tests.web.hq.desk import PASSWORD, USER, Desk
from web.hq import look

PAGES = ("/", "/members", "/boxes", "/part/live", "/part/members", "/part/boxes")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.close()


@pytest.fixture
def full(desk: Desk) -> Desk:
    desk.fill()
    desk.log_in()
    return desk


def words(html: str) -> str:
    """The text of a page, in one line."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", html)))


def test_every_page_is_closed_without_a_log_in(desk: Desk) -> None:
    open_to_all = {"hq.login", "hq.enter", "hq.static", "hq.say", "hq.said"}
    for rule in desk.app.url_map.iter_rules():
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            path = rule.rule.replace("<path:filename>", "css/hq.css")
            answer = desk.client.open(
                path, method=method, data={"x": "1"}, headers={"Origin": "http://localhost"}, buffered=True
            )
            if rule.endpoint in open_to_all:
                continue
            closed = answer.status_code == 401 or answer.headers.get("Location") == "/login"
            assert closed, (rule.rule, method, answer.status_code)


def test_the_right_password_opens_and_signing_out_closes(desk: Desk) -> None:
    desk.log_in()
    assert all(desk.get(path).status_code == 200 for path in PAGES)
    cookie = desk.client.get_cookie("tillbox_hq")
    assert cookie is not None and cookie.http_only and cookie.same_site == "Strict"
    assert desk.post("/logout").status_code == 302
    assert desk.get("/").headers["Location"] == "/login"
    desk.client.set_cookie("tillbox_hq", cookie.value)  # the old cookie, kept by somebody
    assert desk.get("/").headers["Location"] == "/login"


@pytest.mark.fault("F110")
def test_guessing_is_slowed_down_by_user_and_by_device_and_a_restart_forgives_nothing(desk: Desk) -> None:
    for _ in range(5):
        answer = desk.post("/login", user=USER, password="guess", lang="en")
    assert answer.status_code == 429
    for n in range(6):
        desk.clock.advance(2**n)
        answer = desk.post("/login", user=USER, password="guess", lang="en")
        assert answer.status_code == 429 and f"Wait {2 ** (n + 1)} seconds" in words(answer.text)
    right = desk.post("/login", user=USER, password=PASSWORD)
    assert right.status_code == 429  # the back-off also stands before the right one
    other = desk.post("/login", user="somebody else", password="guess")
    assert other.status_code == 429
    from web.hq.app import create_app

    again = create_app(desk.hq).test_client()
    answer = again.post("/login", data={"user": USER, "password": PASSWORD}, headers={"Origin": "http://localhost"})
    assert answer.status_code == 429
    desk.clock.advance(1000)
    desk.log_in()


def test_an_unknown_name_and_a_wrong_password_look_the_same(desk: Desk) -> None:
    one, two = (words(desk.post("/login", user=u, password="x", lang="en").text) for u in (USER, "nobody"))
    assert one == two


def test_a_session_ends_by_itself(desk: Desk) -> None:
    desk.log_in()
    desk.clock.advance(31 * 60)
    assert desk.get("/").status_code == 302
    desk.log_in()
    for _ in range(8 * 3):
        assert desk.get("/").status_code == 200
        desk.clock.advance(20 * 60 + 1)
    assert desk.get("/").status_code == 302


@pytest.mark.fault("F112")
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost:81"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "same-site"},
        {"Origin": "http://localhost", "Content-Type": "text/plain"},
        {"Origin": "http://localhost", "Content-Type": "application/json"},
    ],
    ids=str,
)
def test_nothing_changes_at_a_stranger_s_request(desk: Desk, headers: dict[str, str]) -> None:
    desk.log_in()
    for path in ("/logout", "/lang", "/login"):
        headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        assert desk.client.post(path, data="lang=zh-CN", headers=headers).status_code in (403, 415)
    assert desk.get("/").status_code == 200
    assert '<html lang="en">' in desk.get("/").text


@pytest.mark.fault("F112")
def test_another_host_name_is_refused(desk: Desk) -> None:
    assert desk.get("/login", Host="evil.example").status_code == 400
    assert desk.get("/login", Host="127.0.0.1:8090").status_code == 200


def test_every_answer_carries_the_strict_headers(full: Desk) -> None:
    for path in (*PAGES, "/login", "/nothing-here", "/static/css/hq.css"):
        answer = full.get(path)
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'self';"), path
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        if not path.startswith("/static"):
            assert answer.headers["Cache-Control"] == "no-store"
        if answer.mimetype == "text/html":
            assert not re.search(r"<script(?![^>]* src=)|<style| style=| on\w+=|https?://", answer.text), path


def test_a_large_body_and_an_unknown_page_get_a_sentence(full: Desk) -> None:
    assert full.post("/lang", lang="x" * 100_000).status_code == 413
    answer = full.get("/nothing-here")
    assert answer.status_code == 404 and "There is no such page." in words(answer.text)
    assert full.get("/static/../app.py").status_code == 404


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_both_languages_say_everything(desk: Desk, lang: str) -> None:
    desk.fill()
    assert f'<html lang="{lang}">' in desk.get(f"/login?lang={lang}").text
    desk.log_in(lang)
    for path in ("/", "/members", "/boxes"):
        page = words(desk.get(path).text)
        if lang == "en":
            foreign = re.sub(r"中文|[林悦韩梅李雷王小明陈静赵磊孙]", "", page)
            assert not re.search("[\u4e00-\u9fff]", foreign), path
        else:
            assert "Sales" not in page and "Members" not in page and "Boxes" not in page, path
    desk.post("/lang", lang="en" if lang == "zh-CN" else "zh-CN", page="members")
    assert f'<html lang="{lang}">' not in desk.get("/members").text


def test_today_s_figures_are_the_sums_of_what_was_sold(full: Desk) -> None:
    store = full.hq.store
    total, count = store.db.execute_sql(
        "SELECT SUM(total), COUNT(*) FROM sale WHERE business_date = '2026-11-22'"
    ).fetchone()
    page = words(full.get("/").text)
    assert f"¥{total // 100:,}.{total % 100:02d}" in page
    assert f"Sales today {count - 1}" in page and "Voided: 1" in page


def test_the_newest_sale_stands_first_and_appears_without_a_reload(full: Desk) -> None:
    before = full.get("/").text
    rev = re.search(r'data-rev="([^"]+)"', before)
    assert rev is not None
    assert full.get(f"/part/live?mode=live&rev={rev[1]}").status_code == 204
    box = full.boxes[0]
    full.sell(box, 1234567)
    full.bring(box)
    part = full.get(f"/part/live?mode=live&rev={rev[1]}")
    assert part.status_code == 200
    first = words(part.text.split("<tbody>")[1].split("</tr>")[0])
    assert "¥12,345.67" in first and "18:42:07" in first


def test_members_points_are_the_sum_of_the_stored_entries(full: Desk) -> None:
    row = r'<td class="strong">([^<]*)</td>.*?num strong">([\d,]+)</td>'
    shown = dict(re.findall(row, full.get("/members").text, re.S))
    found, count = queries.members(full.hq.store, "live")
    assert count == len(found) == 11
    assert sum(m.points for m in found) == queries.member_totals(full.hq.store, "live")[1] > 0
    assert int(shown["王小明"].replace(",", "")) in [m.points for m in found if m.name == "王小明"]


def test_who_is_below_zero_stands_first_and_is_told_apart(full: Desk) -> None:
    (last, *_), _ = queries.members(full.hq.store, "live", "李雷")
    row = full.hq.store.db.execute_sql("SELECT source, event FROM ledger WHERE member = ?", (last.uid,)).fetchone()
    full.hq.store.db.execute_sql(
        "INSERT INTO ledger (source, entry, event, member, mode, lot, points, score, reason) "
        "VALUES (?, 99999, ?, ?, 'live', 1, ?, 0, 'redeem')", (*row, last.uid, -last.points - 500),
    )  # fmt: skip
    page = words(full.get("/members").text.split("<tbody>")[1].split("</tr>")[0])
    assert "李雷" in page and "-500" in page.replace("−", "-") and "below zero" in page
    assert ledger.overdrawn(full.hq.store) == [(last.uid, -500)]


def test_a_void_is_no_visit(desk: Desk) -> None:
    box = desk.box("box-1")
    member = box.enrol()
    desk.sell(box, 1000, member)
    desk.clock.advance(60)
    desk.sell(box, -1000, member, kind="void")
    desk.bring(box)
    (found,), _ = queries.members(desk.hq.store, "live")
    assert found.visits == 1
    assert found.last_us == desk.hq.store.db.execute_sql("SELECT at_us FROM sale WHERE kind = 'sale'").fetchone()[0]


def test_a_hostile_name_is_only_text(full: Desk) -> None:
    page = full.get("/members").text
    assert "<b>孙</b>" not in page and "&lt;b&gt;孙" in page


def test_phones_are_masked_and_members_found_by_name_or_last_digits(full: Desk) -> None:
    page = full.get("/members").text
    assert not re.search(r"138\d{8}", page) and "138••••" in page
    assert words(full.get("/members?q=Anna").text).count("138••••") == 1
    phone = full.hq.store.db.execute_sql("SELECT phone FROM member_private WHERE name = '李雷'").fetchone()[0]
    assert "李雷" in full.get(f"/members?q={phone[-4:]}").text
    for q in ("%", "_", "'", "\\", '"><script>', "x" * 5000, "没有"):
        answer = full.client.get("/members", query_string={"q": q})
        assert answer.status_code == 200 and "No member found." in words(answer.text), q


@pytest.mark.parametrize("page", ["-1", "x", "9" * 40, "1e9", ""])
def test_a_page_number_that_is_none_shows_a_page(full: Desk, page: str) -> None:
    assert full.get(f"/members?page={page}").status_code == 200


def test_members_come_in_pages_of_fifty(desk: Desk) -> None:
    box = desk.box("box-1")
    for n in range(120):
        box.enrol(f"member {n}")
    desk.bring(box)
    desk.log_in()
    seen = set()
    for page in range(3):
        text = desk.get(f"/members?page={page}").text
        assert f"Page {page + 1} of 3" in words(text)
        seen |= set(re.findall(r"member \d+", text))
    assert len(seen) == 120


@pytest.mark.fault("F69")
def test_boxes_show_backlog_gaps_holes_and_dead_letters(desk: Desk) -> None:
    from sync import topics

    desk.fill()
    one, two = desk.boxes
    for _ in range(4):
        desk.sell(two, 500)
    last = two.db.execute_sql("SELECT MAX(seq) FROM journal").fetchone()[0]
    desk.hq.receiver.handle(topics.up("demo", "box-2", "a"), two.batch(last, last))  # a gap
    desk.birth(two)
    desk.hq.receiver.handle(topics.up("demo", "box-1", "a"), b"rubbish")
    desk.hq.store.condemn(desk.hq.store.box("demo", "box-1"), one.source.epoch, "regressed")
    desk.birth(one, online=False)
    desk.log_in()
    page = words(desk.get("/boxes").text)
    assert "Older copy" in page and "Run sudo tillbox restore --new-epoch on it." in page
    assert "cut off: the last line has no end" in page
    rows = {box.name: box for box in queries.boxes(desk.hq.store)}
    assert (rows["box-2"].backlog, rows["box-2"].gaps) == (4, 1)
    assert (rows["box-1"].dead, rows["box-1"].online) == (1, False)


def test_training_is_never_in_the_figures_of_another_mode(desk: Desk) -> None:
    box = desk.box("box-1")
    member = box.enrol()
    desk.sell(box, 1000, member)
    desk.sell(box, 70_000, member, mode="training")
    desk.bring(box)
    desk.log_in()
    assert "¥700.00" not in words(desk.get("/").text)
    assert "¥700.00" in words(desk.get("/?mode=training").text)
    assert queries.member_totals(desk.hq.store, "live") == (1, 10)
    assert queries.member_totals(desk.hq.store, "training")[1] == 0
    assert desk.get("/?mode=nonsense").status_code == 200


def test_a_demo_store_shows_its_demo_figures_at_once(desk: Desk) -> None:
    box = desk.box("box-1")
    desk.sell(box, 1000, mode="demo")
    desk.bring(box)
    desk.log_in()
    page = words(desk.get("/").text)
    assert "¥10.00" in page and "Demo" in page


def test_an_empty_headquarters_says_what_to_do(desk: Desk) -> None:
    desk.log_in()
    for path, text in (("/", "No sales yet."), ("/members", "No members yet."), ("/boxes", "tillbox-hq box add")):
        assert text in words(desk.get(path).text)


def test_a_password_is_made_up_when_none_is_given_and_a_short_one_is_refused(tmp_path: Path) -> None:
    made = set_console_password(tmp_path, "hq")
    assert len(made) >= 16
    with pytest.raises(ValueError, match="10 characters"):
        set_console_password(tmp_path, "hq", "short")


def test_the_password_is_not_in_the_database(desk: Desk) -> None:
    desk.log_in()
    cookie = desk.client.get_cookie("tillbox_hq")
    assert cookie is not None
    desk.hq.store.release()
    for path in desk.config.data.glob("hq.db*"):
        data = path.read_bytes()
        assert PASSWORD.encode() not in data and cookie.value.encode() not in data


@pytest.mark.parametrize(("score", "tier"), [(-5, "bronze"), (0, "bronze"), (999, "bronze"), (1000, "silver"),
                                             (2999, "silver"), (3000, "gold"), (10**9, "gold")])  # fmt: skip
def test_every_tier_is_reachable(score: int, tier: str) -> None:
    assert look.tier(score) == tier


@pytest.mark.parametrize(
    ("phone", "shown"), [("13800005021", "138••••5021"), ("12345", "••••"), ("", "–"), (None, "–")]
)
def test_a_phone_shows_three_and_four_digits(phone: str | None, shown: str) -> None:
    assert look.masked_phone(phone) == shown
