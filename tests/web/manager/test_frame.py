"""The frame of the manager's API: what is checked before a function sees it, and what is refused in which words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from jsonschema import Draft202012Validator

from tests.web.cashier import Client
from tests.web.manager.desk import PLACE, Desk
from tests.web.shop import CASHIER, MANAGER, TECHNICIAN
from web.api import shapes
from web.api.shapes import body, by_name, choice, flag, many, null_or, obj, opt, text, whole

# ---- who may come in


@pytest.mark.parametrize("name", [CASHIER, TECHNICIAN])
def test_only_managers_log_in_at_the_desk(client: Client, name: str) -> None:
    answer = client.log_in(name, PLACE)
    assert answer.status_code == 403 and answer.json["type"] == "tillbox:denied"
    assert name not in client.get(f"/login/{PLACE}").text


def test_a_cashier_who_tries_ends_nobody_s_session(desk: Desk, client: Client) -> None:
    client.log_in(CASHIER, PLACE)
    desk.get("/me")


def test_without_log_in_pages_lead_to_the_pin_and_calls_are_refused(client: Client) -> None:
    answer = client.get("/manager/today")
    assert answer.status_code == 302 and answer.headers["Location"].startswith(f"/login/{PLACE}?then=")
    assert client.get("/api/manager/me").status_code == 401
    assert client.post("/api/manager/pin", {"pin": "1"}).status_code == 401


@pytest.mark.parametrize("lane", ["1", "~tech"])
def test_a_session_of_another_place_is_none_here(client: Client, lane: str) -> None:
    client.log_in(MANAGER, lane)
    assert client.get("/api/manager/me").status_code == 401


def test_after_the_pin_the_page_that_was_wanted_comes_but_no_foreign_one(client: Client) -> None:
    assert "&#34;next&#34;: &#34;/manager/today&#34;" in client.get(f"/login/{PLACE}?then=/manager/today").text
    for wrong in ("//evil.example", "/manager/../till/1", "https://evil.example", "/manager/unknown", "/till/1"):
        assert "&#34;next&#34;: &#34;/manager&#34;" in client.get(f"/login/{PLACE}?then={wrong}").text


def test_the_desk_knows_its_person_and_the_store(desk: Desk) -> None:
    found = desk.get("/me")
    assert found["person"]["role"] == "manager" and found["can"]["staff.change"] == "allow"
    assert {lane["id"] for lane in found["lanes"]} == {"1", "2"} and found["currency"]["code"] == "CNY"


# ---- what is checked


def refused(desk: Desk, status: int, method: str, path: str, sent: Any = None, **more: Any) -> tuple[str, str | None]:
    answer = desk.ask(method, path, sent, **more)
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json" and answer.json["status"] == status
    return answer.json["type"].removeprefix("tillbox:"), answer.json["params"].get("field")


def test_a_body_with_unknown_missing_or_wrong_fields_is_refused_with_the_field(desk: Desk) -> None:
    assert refused(desk, 422, "POST", "/pin", {}) == ("field_missing", "pin")
    assert refused(desk, 422, "POST", "/pin", {"pin": 123456}) == ("field_wrong", "pin")
    assert refused(desk, 422, "POST", "/pin", {"pin": "1", "extra": 1}) == ("field_unknown", "extra")
    assert refused(desk, 400, "POST", "/pin", [1]) == ("bad_request", None)


def test_words_are_in_the_language_of_the_session_and_name_the_field(desk: Desk) -> None:
    desk.client.post("/api/lang", {"lang": "en", "lane": PLACE})
    assert desk.ask("POST", "/pin", {}).json["title"] == "“pin” is missing."
    desk.client.post("/api/lang", {"lang": "zh-CN", "lane": PLACE})
    assert desk.ask("POST", "/pin", {}).json["title"] == "缺少“pin”。"


def test_a_query_that_is_not_known_or_is_wrong_is_refused(desk: Desk) -> None:
    for path, slug in (("/me?x=1", "field_unknown"),):
        answer = desk.raw(path)
        assert answer.status_code == 422 and answer.json["type"] == f"tillbox:{slug}"


def test_a_key_is_needed_and_must_be_one(desk: Desk) -> None:
    assert refused(desk, 400, "POST", "/pin", {"pin": "1"}, Idempotency_Key=None) == ("key_missing", None)
    for wrong in ("", " ", "a b", "x" * 65, "ü"):
        found = refused(desk, 400, "POST", "/pin", {"pin": "1"}, Idempotency_Key=wrong)
        assert found == ("field_wrong", "Idempotency-Key"), wrong


def test_the_pin_once_more_is_guarded_like_every_pin(desk: Desk) -> None:
    for n in range(5):
        assert refused(desk, 403, "POST", "/pin", {"pin": f"00000{n}"})[0] == "pin_wrong"
    assert refused(desk, 429, "POST", "/pin", {"pin": desk.shop.pin(MANAGER)})[0] == "pin_wait"


def test_a_wrong_pin_is_remembered_with_its_key_but_not_what_it_was(desk: Desk) -> None:
    desk.post("/pin", {"pin": "000001"}, status=403, key="k1")
    kept = desk.shop.box.db.execute_sql("SELECT key, what, answer FROM request_seen WHERE key LIKE '%:k1'").fetchall()
    assert len(kept) == 1 and "000001" not in str(kept)
    desk.post("/pin", {"pin": desk.shop.pin(MANAGER)}, status=403, key="k1")
    desk.post("/pin", {"pin": desk.shop.pin(MANAGER)}, key="k2")


# ---- shapes: our walk says what JSON Schema says

LEAVES = some.sampled_from(
    [
        text(5),
        text(9, 2),
        text(20, lines=True),
        whole(-3, 7),
        flag(),
        choice("a", "b"),
        null_or(whole(0, 3)),
        null_or(obj("Inner", x=whole(0, 1))),
        many(whole(0, 2), 3, 1),
        by_name(flag(), "^\\d+$"),
        null_or(choice("a")),
    ]
)
SHAPES = some.dictionaries(some.sampled_from("abc"), some.tuples(LEAVES, some.booleans()), max_size=3).flatmap(
    lambda fields: some.sampled_from([obj, body]).map(
        lambda make: make("", {name: opt(shape) if left_out else shape for name, (shape, left_out) in fields.items()})
    )
)
VALUES = some.recursive(
    some.none() | some.booleans() | some.integers(-5, 9) | some.text("ab\n1", max_size=6) | some.floats(0.1, 0.9),
    lambda inner: (
        some.lists(inner, max_size=4)
        | some.dictionaries(some.sampled_from(["a", "b", "c", "x", "1"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(SHAPES, VALUES)
def test_our_walk_agrees_with_a_real_validator(shape: dict[str, Any], value: Any) -> None:
    assert (shapes.wrong(shape, value) is None) == Draft202012Validator(shape).is_valid(value)


@given(SHAPES)
def test_the_example_of_a_shape_fits_it(shape: dict[str, Any]) -> None:
    assert shapes.wrong(shape, shapes.example(shape)) is None


def test_whole_numbers_are_whole() -> None:
    shape = obj(n=whole(0, 5))
    assert shapes.wrong(shape, {"n": 1}) is None
    for wrong in (True, 1.0, 1.5, "1", None, 6, -1):
        assert shapes.wrong(shape, {"n": wrong}) == shapes.Wrong("field_wrong", "n")


def test_a_deep_field_is_named_with_its_place() -> None:
    shape = body(lines=many(body(qty=whole(0))))
    assert shapes.wrong(shape, {"lines": [{"qty": 1}, {"qty": "x"}]}) == shapes.Wrong("field_wrong", "lines.1.qty")
