"""The web boundary: who may speak to it, in which form, and what every answer carries."""

from __future__ import annotations

import pytest

from tests.web.cashier import Client
from tests.web.shop import CASHIER
from web.base import HEADERS, MAX_BODY


def slug(answer: object) -> str:
    """The problem's stable name."""
    assert getattr(answer, "mimetype", "") == "application/problem+json"
    found = answer.json  # type: ignore[attr-defined]
    assert set(found) == {"type", "title", "detail", "status", "params"} and found["title"]
    return str(found["type"]).removeprefix("tillbox:")


@pytest.mark.fault("F112")
@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "192.168.1.7", "box-1", "localhost.evil.com"]
)
def test_another_host_name_is_refused(client: Client, host: str) -> None:
    """DNS rebinding: the name in the request must be one that the technician wrote down."""
    assert client.get("/", Host=host).status_code == 400
    assert client.get("/static/js/till.js", Host=host).status_code == 400
    assert client.post("/api/lang", {"lang": "en"}, Host=host, Origin=f"http://{host}").status_code == 400


def test_the_names_of_the_loopback_are_taken(client: Client) -> None:
    for host in ("127.0.0.1:8080", "localhost", "[::1]:8080"):
        assert client.get("/", Host=host).status_code == 200


@pytest.mark.fault("F112")
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": None},
        {"Origin": None, "Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://evil.example", "Sec_Fetch_Site": "same-origin"},
        {"X_Tillbox": None},
        {"X_Tillbox": "0"},
    ],
)
def test_an_unsafe_request_that_is_not_our_page_s_is_refused(client: Client, headers: dict[str, str | None]) -> None:
    client.log_in(CASHIER)
    before = client.view()
    answer = client.post("/api/till/1/multiply", {"basket": before["basket"]["uid"], "id": "x", "n": 5}, **headers)
    assert (answer.status_code, slug(answer)) == (403, "foreign_origin")
    assert client.view()["basket"] == before["basket"]


@pytest.mark.fault("F112")
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_only_json_is_taken(client: Client, kind: str) -> None:
    """What a foreign page could send without asking first never reaches a route."""
    answer = client.flask.post("/api/lang", data='{"lang":"en"}', content_type=kind, headers=client.headers())
    assert (answer.status_code, slug(answer)) == (415, "not_json")


@pytest.mark.parametrize("body", ["", "{", "[]", '"en"', "1", "null", '{"lang": 5}', '{"lang": "xx"}', "NaN", "{}"])
def test_a_body_of_another_shape_is_a_bad_request(client: Client, body: str) -> None:
    answer = client.flask.post("/api/lang", data=body, content_type="application/json", headers=client.headers())
    assert (answer.status_code, slug(answer)) == (400, "bad_request")


def test_a_large_body_is_refused_unread(client: Client) -> None:
    answer = client.post("/api/lang", {"lang": "e" * MAX_BODY})
    assert (answer.status_code, slug(answer)) == (413, "too_large")


def test_another_method_or_address_is_a_problem_too(client: Client) -> None:
    assert slug(client.get("/no/such/page")) == "not_found"
    assert client.get("/api/login").status_code == 405
    assert client.flask.put("/api/login", json={}, headers=client.headers()).status_code == 405
    assert client.get("/login/9").status_code == 404


def test_what_nobody_expected_shows_a_sentence_and_no_trace(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client.shop.daemon.staff, "people", lambda: 1 / 0)
    answer = client.get("/login/1")
    assert (answer.status_code, slug(answer)) == (500, "unexpected")
    assert "Zero" not in answer.text and "Traceback" not in answer.text


@pytest.mark.parametrize(
    "path", ["/", "/login/1", "/bench", "/static/js/till.js", "/no/such", "/api/till/1/state", "/till/1"]
)
def test_every_answer_carries_the_safety_headers(client: Client, path: str) -> None:
    answer = client.get(path)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy


def test_nothing_but_the_program_s_own_files_may_be_stored(client: Client) -> None:
    client.log_in(CASHIER)
    for path in ("/", "/till/1", "/api/till/1/state", "/api/till/1/catalog", "/no/such"):
        assert client.get(path).headers["Cache-Control"] == "no-store"
    assert client.get("/static/js/till.js").headers["Cache-Control"] == "no-cache"


def test_pages_hold_nothing_inline_and_nothing_from_elsewhere(client: Client) -> None:
    client.log_in(CASHIER)
    for path in ("/", "/login/1", "/till/1", "/bench"):
        page = client.get(path).text.replace("&#34;", '"').split("<body")[0] + client.get(path).text.split("<body")[1]
        assert "<script>" not in page and "<style" not in page and " style=" not in page and " onclick=" not in page
        assert "http://" not in page.replace("http://www.w3.org", "") and "https://" not in page


def test_static_files_stay_in_their_folder(client: Client) -> None:
    for path in ("/static/../base.py", "/static/%2e%2e/base.py", "/static/..%2fbase.py", "/static/js"):
        assert client.get(path).status_code == 404


def test_the_session_cookie_is_out_of_reach(client: Client) -> None:
    cookie = client.log_in(CASHIER).headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie
    assert "Expires" not in cookie and "Max-Age" not in cookie


def test_problems_speak_the_language_of_the_screen(client: Client) -> None:
    client.post("/api/lang", {"lang": "en"})
    assert client.get("/nothing").json["title"] == "There is nothing at this address."  # type: ignore[index]
    client.post("/api/lang", {"lang": "zh-CN"})
    assert client.get("/nothing").json["title"] == "这个地址不存在。"  # type: ignore[index]
