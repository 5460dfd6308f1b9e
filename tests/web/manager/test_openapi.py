"""The OpenAPI document: valid, complete, nothing else in it, and what it shows as examples fits."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from edge import stock_desk
from edge.till import _COMMANDS
from tests.web.cashier import Client
from tests.web.manager.desk import fits, validator
from tests.web.shop import CASHIER, Shop
from web import stock
from web.api import shapes, stock_shapes, till_shapes
from web.api.frame import find
from web.api.openapi import _ARGUMENT, document
from web.api.others import OTHERS
from web.api.table import TABLE


@pytest.fixture(scope="module")
def doc(open_shop: Shop) -> dict[str, Any]:
    with open_shop.daemon.app.app_context():
        return document(open_shop.daemon.app)


def operations(doc: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in doc["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


def test_the_document_is_valid(doc: dict[str, Any]) -> None:
    errors = [f"{error.json_path}: {error.message[:200]}" for error in OpenAPIV31SpecValidator(doc).iter_errors()]
    assert not errors


def test_every_route_of_the_api_is_in_it_and_nothing_else(open_shop: Shop, doc: dict[str, Any]) -> None:
    routes = {
        (method.lower(), _ARGUMENT.sub(r"{\g<name>}", rule.rule))
        for rule in open_shop.daemon.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/")
    }
    assert {(method, path) for method, path, _ in operations(doc)} == routes


def test_every_route_s_shapes_are_declared(open_shop: Shop) -> None:
    ours = {f"manager.{row.endpoint}" for row in TABLE}
    named = {
        rule.endpoint for rule in open_shop.daemon.app.url_map.iter_rules() if rule.rule.startswith("/api/")
    }
    assert named - ours == set(OTHERS)


def test_what_is_not_below_api_speaks_no_json(open_shop: Shop) -> None:
    pages = {rule.rule for rule in open_shop.daemon.app.url_map.iter_rules() if not rule.rule.startswith("/api/")}
    assert all("json" not in page for page in pages)
    client = Client(open_shop)
    for page in sorted(pages):
        lane = "k1" if page.startswith("/kiosk") else "1"
        path = page.replace("<path:filename>", "logo.svg").replace("<lane>", lane).replace("<section>", "today")
        assert client.get(path).mimetype in ("text/html", "image/svg+xml"), path


def test_every_command_of_the_till_has_its_shape_and_no_other(open_shop: Shop) -> None:
    assert set(till_shapes.TILL) == set(_COMMANDS)


def test_what_a_command_of_the_till_reads_is_in_its_shape() -> None:
    """Looked up in the text of each: what it asks its arguments for by name."""
    reads = re.compile(r'(?:args(?:\.get\(|\[)|\b(?:text|whole)\(args, )"(\w+)"')
    untold = {
        name: missing
        for name, run in _COMMANDS.items()
        if (missing := set(reads.findall(inspect.getsource(run))) - {"basket", "id", *till_shapes.TILL[name][1]})
    }
    assert not untold


def test_every_command_of_the_stock_screen_has_its_shape_and_no_other() -> None:
    assert set(stock_shapes.STOCK) == set(stock_desk._COMMANDS) == set(stock.COMMANDS)


def test_the_document_is_served_to_anybody_and_is_what_it_says_it_is(open_shop: Shop, doc: dict[str, Any]) -> None:
    client = Client(open_shop)
    answer = client.get("/api/openapi.json")
    assert answer.status_code == 200 and answer.json["openapi"].startswith("3.1.")
    assert answer.json == doc
    fits(doc, open_shop.daemon.app.url_map.bind("localhost"), "GET", "/api/openapi.json", answer)


def test_every_operation_says_who_may_and_what_may_go_wrong(doc: dict[str, Any]) -> None:
    for method, path, operation in operations(doc):
        where = f"{method} {path}"
        assert operation["summary"].endswith(".") and operation["x-action"] and operation["x-roles"], where
        statuses = set(operation["responses"])
        assert {"400", "401", "403", "500"} <= statuses, where
        assert method == "get" or {"409", "413", "415", "422", "429"} <= statuses, where
        assert bool(operation["security"]) == ("anyone" not in operation["x-roles"]), where


def test_every_unsafe_call_of_the_manager_wants_a_key(doc: dict[str, Any]) -> None:
    for method, path, operation in operations(doc):
        keys = [p["$ref"].rpartition("/")[2] for p in operation["parameters"] if "$ref" in p]
        if path.startswith("/api/manager/"):
            assert ("IdempotencyKey" in keys) == (method != "get"), f"{method} {path}"
        elif path.startswith(("/api/till/", "/api/stock/", "/api/kiosk/", "/api/tech/", "/api/bench/")):
            assert ("CommandKey" in keys) == (method != "get"), f"{method} {path}"


def test_what_can_t_be_taken_back_is_marked(doc: dict[str, Any]) -> None:
    marked = {operation["operationId"] for _, _, operation in operations(doc) if operation.get("x-step-up")}
    assert marked == {f"manager_{row.endpoint}" for row in TABLE if row.step_up}


def test_every_schema_is_one_and_its_examples_fit(doc: dict[str, Any]) -> None:
    for name, schema in doc["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        for part in inner(schema):
            for value in part.get("examples", ()):
                assert not list(validator(doc, part).iter_errors(value)), f"{name}: {value!r} does not fit {part}"


def test_an_example_of_every_request_and_answer_fits(doc: dict[str, Any]) -> None:
    for row in TABLE:
        _, spoken = find(row)
        for shape in (spoken.body, spoken.answer, *spoken.query.values()):
            if shape is not None:
                value = shapes.example(shape)
                assert not list(Draft202012Validator(shape).iter_errors(value)), f"{row.view}: {value!r}"
                assert shapes.wrong(shape, value) is None, f"{row.view}: {value!r}"


def inner(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if "type" in schema or "anyOf" in schema:
            yield schema
        for value in schema.values():
            yield from inner(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from inner(value)


def test_the_cashier_s_answers_are_as_declared(shop: Shop, doc: dict[str, Any]) -> None:
    """A short day at the till: every answer against the document."""
    client, adapter = Client(shop), shop.daemon.app.url_map.bind("localhost")

    def get(path: str) -> None:
        fits(doc, adapter, "GET", path, client.get(path))

    def post(path: str, body: dict[str, Any]) -> None:
        fits(doc, adapter, "POST", path, client.post(path, body))

    person = {"lane": "1", "staff": shop.uid(CASHIER), "pin": shop.pin(CASHIER)}
    get("/api/till/1/state")
    post("/api/login", {**person, "pin": "000000"})
    post("/api/login", person)
    for path in ("/api/till/1/state", "/api/till/1/catalog", "/api/till/1/search?q=milk", "/api/bench/state"):
        get(path)
    code, _, _ = shop.product()
    for n, (command, args) in enumerate(
        [
            ("scan", {"code": code}),
            ("scan", {"code": "690"}),
            ("scan", {"code": shop.card(100)}),
            ("qty", {"line": 1, "qty": 3000}),
            ("qty", {"line": 1, "qty": 1}),
            ("remove", {"line": 9}),
            ("pay", {"tenders": [{"kind": "cash", "received": 100000}]}),
            ("void", {"sale": "none", "reason": "x"}),
            ("shift/close", {"counted": 0}),
            ("shift/open", {"float": 100}),
        ]
    ):
        basket = client.view()["basket"]["uid"]
        post(f"/api/till/1/{command}", {"basket": basket, "id": f"doc-{n}", **args})
        get("/api/till/1/state")
    client.get("/kiosk/k1")
    get("/api/kiosk/k1/state")
    post("/api/kiosk/k1/rate", {"score": 5})
    post("/api/kiosk/k1/rate", {"score": 9})
