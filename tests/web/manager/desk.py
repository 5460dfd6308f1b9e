"""What a manager does at the desk, for tests: bare requests, each answer of which must be what the document says."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from jsonschema import Draft202012Validator
from werkzeug.routing import MapAdapter
from werkzeug.test import TestResponse

from edge import catalog
from edge.codes import gtin14
from tests.web.cashier import Client
from tests.web.shop import CASHIER, MANAGER, Shop
from web.api.openapi import _ARGUMENT, document

PLACE = "~manager"


class Desk:
    """A manager who is logged in at the desk."""

    def __init__(self, shop: Shop) -> None:
        self.client, self.shop = Client(shop), shop
        assert self.client.log_in(MANAGER, PLACE).status_code == 200
        self.app = shop.daemon.app
        with self.app.app_context():
            self.document = document(self.app)
        self.adapter: MapAdapter = self.app.url_map.bind("localhost")

    def get(self, path: str, status: int = 200) -> Any:
        """What the API says."""
        return self._checked("GET", path, self.client.get(f"/api/manager{path}"), status)

    def raw(self, path: str) -> TestResponse:
        """The whole answer of a GET."""
        return self.client.get(f"/api/manager{path}")

    def send(
        self, method: str, path: str, body: Any = None, status: int = 200, key: str | None = None, **headers: str | None
    ) -> Any:
        """Change something; a key of its own unless given."""
        answer = self.ask(method, path, body, key, **headers)
        return self._checked(method, path, answer, status)

    def ask(
        self, method: str, path: str, body: Any = None, key: str | None = None, **headers: str | None
    ) -> TestResponse:
        """The whole answer of a call that changes something."""
        ours = self.client.headers(**{"Idempotency_Key": key or uuid4().hex, **headers})
        given = {} if body is None else body
        return self.client.flask.open(f"/api/manager{path}", method=method, json=given, headers=ours)

    def post(self, path: str, body: Any = None, status: int = 200, **more: Any) -> Any:
        return self.send("POST", path, body, status, **more)

    def prove(self) -> None:
        """The PIN once more."""
        self.post("/pin", {"pin": self.shop.pin(MANAGER)})

    def _checked(self, method: str, path: str, answer: TestResponse, status: int) -> Any:
        assert answer.status_code == status, f"{method} {path}: {answer.status} {answer.text}"
        fits(self.document, self.adapter, method, f"/api/manager{path}", answer)
        return answer.json if "json" in answer.mimetype else answer.data


def put(shop: Shop, client: Client, n: int = 0) -> None:
    """A cashier at lane 1 has one piece of the nth product in the cart."""
    if client.get("/api/till/1/state").status_code != 200:
        client.log_in(CASHIER)
    product = catalog.find(shop.box, catalog.current(shop.box.db), (gtin14(shop.product(n)[0]),))
    assert product is not None
    assert client.do("add", product=product.id).status_code == 200


def sell(shop: Shop, client: Client, n: int = 0) -> str:
    """One piece of the nth product is sold at lane 1 for cash; returns the sale's uid."""
    put(shop, client, n)
    answer = client.do("pay", tenders=[{"kind": "cash", "received": 100_000}])
    assert answer.status_code == 200, answer.text
    return str(answer.json["last_sale"]["uid"])


def fits(doc: dict[str, Any], adapter: MapAdapter, method: str, path: str, answer: TestResponse) -> None:
    """Whether an answer is one that the document declares for its route; AssertionError with what is wrong."""
    rule, _ = adapter.match(path.partition("?")[0], method=method, return_rule=True)
    operation = doc["paths"][_ARGUMENT.sub(r"{\g<name>}", rule.rule)][method.lower()]
    said = operation["responses"].get(str(answer.status_code))
    assert said is not None, f"{method} {path} is not said to answer {answer.status}: {answer.text[:300]}"
    if "$ref" in said:
        said = doc["components"]["responses"][said["$ref"].rpartition("/")[2]]
    assert answer.mimetype in said["content"], f"{method} {path}: {answer.mimetype} is not declared"
    if "json" not in answer.mimetype:
        return
    found = sorted(validator(doc, said["content"][answer.mimetype]["schema"]).iter_errors(answer.json), key=str)
    assert not found, f"{method} {path}: {found[0].json_path}: {found[0].message[:300]}"


def validator(doc: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    """Checks values against a schema of the document."""
    return Draft202012Validator({**schema, "components": {"schemas": doc["components"]["schemas"]}})
