"""Every route of the desk x every role: even with a session at the desk, only a manager gets anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.routing import Rule

from edge.permissions import ROLES
from tests.web.cashier import Client
from tests.web.manager.desk import PLACE
from tests.web.manager.routes import MANAGED
from tests.web.shop import Shop
from web.auth import cookie_name

PIN = "739241"
REFUSED = {"tillbox:denied", "tillbox:login_required"}


@pytest.fixture
def at_the_desk(shop: Shop, client: Client, request: pytest.FixtureRequest) -> Iterator[Client]:
    """Somebody of the role with a session at the desk, however they came by it."""
    role: str = request.param
    if role == "nobody":
        yield client
        return
    staff = shop.daemon.staff
    with shop.box.transaction():
        person = staff.add(name_zh=f"测试{role}", name_en=f"Test {role}", role=role, pin=PIN)
    token, _ = staff.open_session(person, PLACE, "en")
    client.flask.set_cookie(cookie_name(PLACE), token, domain="127.0.0.1")
    yield client
    shop.box.db.execute_sql("DELETE FROM session")
    staff.forget()
    shop.box.db.execute_sql("DELETE FROM staff WHERE uid = ?", (person.uid,))


@pytest.mark.parametrize("at_the_desk", ["nobody", *ROLES], indirect=True)
def test_each_role_reaches_what_it_may_and_nothing_else(
    at_the_desk: Client, request: pytest.FixtureRequest
) -> None:
    role = request.node.callspec.params["at_the_desk"]
    wrong = []
    for rule in at_the_desk.shop.daemon.app.url_map.iter_rules():
        if not rule.endpoint.startswith("manager."):
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            raw = getattr(at_the_desk.shop.daemon.app.view_functions[rule.endpoint], "raw", False)
            denied = refused(at_the_desk, method, address(rule), raw=raw)
            allowed = ("anyone" if role == "nobody" else role) in MANAGED[rule.endpoint]
            if denied == allowed:
                wrong.append(f"{role} {method} {rule.rule}: denied {denied}")
    assert not wrong, "\n".join(wrong)


def refused(client: Client, method: str, path: str, *, raw: bool) -> bool:
    """Whether the gate lets nobody by; a body that nothing takes keeps the call from changing anything."""
    body: dict[str, Any] = {"json": {"none": 1}}
    if raw:
        body = {"data": b"none", "content_type": "application/octet-stream"}
    answer: Any = client.flask.open(path, method=method, headers=client.headers(), **body)
    if answer.headers.get("Location", "").startswith("/login/"):
        return True
    return answer.status_code in (401, 403) and answer.json["type"] in REFUSED


def address(rule: Rule) -> str:
    """An address of the rule, about nothing there is."""
    path = rule.rule
    for name in rule.arguments:
        path = path.replace(f"<int:{name}>", "0").replace(f"<{name}>", "today" if name == "section" else "none")
    return path
