"""Every route x every role, written out: a new route without a row here fails, and without an action is closed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from edge.permissions import ROLES, may
from tests.web.cashier import Client
from tests.web.manager.routes import MANAGED
from tests.web.shop import Shop
from web.context import action

ANYONE = set(ROLES)
STAFF = {"cashier", "manager", "technician"}
SELLERS = {"cashier", "manager"}
KEEPERS = {"manager", "technician"}

EXPECTED = {
    "static": ANYONE,
    "auth.home": ANYONE,
    "auth.login_page": ANYONE,
    "auth.login": ANYONE,
    "auth.lang": ANYONE,
    "auth.logout": STAFF,
    "door.stream": ANYONE,
    "door.choose": ANYONE,
    "till.page": STAFF,
    "till.state": STAFF,
    "till.stream": STAFF,
    "till.catalog": STAFF,
    "till.search": STAFF,
    "till.receipt": SELLERS,
    "till.held": SELLERS,
    "till.receipts": SELLERS,
    "till.value": SELLERS,
    "till.rewards": SELLERS,
    "till.points": SELLERS,
    "till.do_scan": SELLERS,
    "till.do_catch": SELLERS,
    "till.do_approve": SELLERS,
    "till.do_age": SELLERS,
    "till.do_line_price": SELLERS,
    "till.do_expired_sell": SELLERS,
    "till.do_line_discount": SELLERS,
    "till.do_line_note": SELLERS,
    "till.do_line_trace": SELLERS,
    "till.do_discount": SELLERS,
    "till.do_empties": SELLERS,
    "till.do_hold": SELLERS,
    "till.do_held_change": SELLERS,
    "till.do_recall": SELLERS,
    "till.do_return_open": SELLERS,
    "till.do_return_take": SELLERS,
    "till.do_return_blind": SELLERS,
    "till.do_return_close": SELLERS,
    "till.do_tender_take": SELLERS,
    "till.do_tender_drop": SELLERS,
    "till.do_value_top_up": SELLERS,
    "till.do_points_adjust": SELLERS,
    "till.do_points_transfer": SELLERS,
    "till.do_account_pay": SELLERS,
    "till.do_drawer_open": SELLERS,
    "till.do_cash_in": SELLERS,
    "till.do_cash_out": SELLERS,
    "till.do_shift_report": SELLERS,
    "till.do_shift_reprint": SELLERS,
    "till.do_add": SELLERS,
    "till.do_qty": SELLERS,
    "till.do_remove": SELLERS,
    "till.do_undo": SELLERS,
    "till.do_clear": SELLERS,
    "till.do_multiply": SELLERS,
    "till.do_member": SELLERS,
    "till.do_member_detach": SELLERS,
    **dict.fromkeys(
        ("till.do_member_enrol", "till.do_member_correct", "till.do_member_consent", "till.do_member_note",
         "till.do_member_note_drop", "till.do_member_card", "till.do_member_card_block", "members.search",
         "members.texts", "members.page", "members.lines"),
        SELLERS,
    ),
    "till.do_notice_dismiss": SELLERS,
    "till.do_pay": SELLERS,
    "till.do_shift_open": SELLERS,
    "till.do_shift_close": SELLERS,
    "till.do_void": SELLERS,
    "till.do_reprint": SELLERS,
    "till.do_print_resolve": SELLERS,
    "till.do_offer_add": SELLERS,
    "till.do_offer_decline": SELLERS,
    "till.do_coupon": SELLERS,
    "till.do_coupon_drop": SELLERS,
    "till.do_coupon_later": SELLERS,
    "till.do_reward": SELLERS,
    "till.do_call_answer": STAFF,
    "kiosk.page": ANYONE,
    "kiosk.state": {"kiosk"},
    "kiosk.stream": {"kiosk"},
    "kiosk.do_stay": {"kiosk"},
    "kiosk.do_leave": {"kiosk"},
    "kiosk.do_language": {"kiosk"},
    "kiosk.do_mode": {"kiosk"},
    "kiosk.do_offer_decline": {"kiosk"},
    "kiosk.do_offer_undo": {"kiosk"},
    "kiosk.do_offers_off": {"kiosk"},
    "kiosk.do_offers_on": {"kiosk"},
    "kiosk.do_reward_choose": {"kiosk"},
    "kiosk.do_reward_back": {"kiosk"},
    "kiosk.do_reward_take": {"kiosk"},
    "kiosk.do_rate": {"kiosk"},
    "kiosk.do_better": {"kiosk"},
    "kiosk.do_call": {"kiosk"},
    "kiosk.do_join": {"kiosk"},
    **dict.fromkeys(
        ("till.do_member_print", "till.do_member_erase", "till.do_member_merge", "till.do_family_join",
         "till.do_family_leave", "privacy.shared", "privacy.preview"),
        SELLERS,
    ),
    **dict.fromkeys(("kiosk.do_mine_print", "kiosk.do_mine_erase"), {"kiosk"}),
    "kiosk.do_panel": {"kiosk"},
    "stock.page": STAFF,
    "stock.state": STAFF,
    "stock.stream": STAFF,
    "stock.leave": STAFF,
    "stock.listed": STAFF,
    "stock.product": STAFF,
    "stock.review": {"manager"},
    "stock.do_tab": STAFF,
    "stock.do_scan": STAFF,
    "stock.do_dismiss": STAFF,
    "stock.do_more": STAFF,
    "stock.do_put": SELLERS,
    "stock.do_line": SELLERS,
    "stock.do_remove": SELLERS,
    "stock.do_undo": SELLERS,
    "stock.do_head": {"manager"},
    "stock.do_clear": {"manager"},
    "stock.do_book": {"manager"},
    "stock.do_count_start": {"manager"},
    "stock.do_count_book": {"manager"},
    "stock.do_count_drop": {"manager"},
    "tech.login_page": ANYONE,
    "tech.page": KEEPERS,
    "tech.state": KEEPERS,
    "tech.check": KEEPERS,
    "tech.test_print": KEEPERS,
    "bench.page": ANYONE,
    "bench.state": ANYONE,
    "bench.scan": ANYONE,
    "bench.fault": ANYONE,
    "bench.paper": ANYONE,
    "openapi.openapi": ANYONE,
    **MANAGED,
}
PINS = {role: f"73{number}924" for number, role in enumerate(ROLES)}


@pytest.fixture(scope="module")
def crew(open_shop: Shop) -> Iterator[dict[str, str]]:
    """role -> uid of a person of that role, made for this test."""
    made = {}
    with open_shop.box.transaction():
        for role in ROLES:
            person = open_shop.daemon.staff.add(
                name_zh=f"测试{role}", name_en=f"Test {role}", role=role, pin=PINS[role]
            )
            made[role] = person.uid
    yield made
    marks = ", ".join("?" * len(made))
    open_shop.box.db.execute_sql("DELETE FROM session")
    open_shop.daemon.staff.forget()
    open_shop.box.db.execute_sql(f"DELETE FROM staff WHERE uid IN ({marks})", tuple(made.values()))


def rules(app: Flask) -> list[Rule]:
    """Every address of the app."""
    return list(app.url_map.iter_rules())


def test_the_table_names_every_route(open_shop: Shop) -> None:
    assert {rule.endpoint for rule in rules(open_shop.daemon.app)} == set(EXPECTED)


def test_every_command_of_the_till_has_its_route_and_each_names_an_action_of_the_table() -> None:
    from edge.permissions import TABLE
    from edge.till import _COMMANDS
    from web.till import COMMANDS

    assert set(COMMANDS) == set(_COMMANDS)
    assert set(COMMANDS.values()) <= set(TABLE)


def test_every_route_declares_its_action(open_shop: Shop) -> None:
    views = open_shop.daemon.app.view_functions
    assert not [name for name, view in views.items() if not getattr(view, "action", "")]


def test_what_is_written_out_here_is_what_the_permissions_say(open_shop: Shop) -> None:
    for endpoint, view in open_shop.daemon.app.view_functions.items():
        assert EXPECTED[endpoint] == {role for role in ROLES if may(view.action, role)}, endpoint  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", ["nobody", *ROLES])
def test_each_role_reaches_what_it_may_and_nothing_else(client: Client, crew: dict[str, str], role: str) -> None:
    signed_in = role not in ("nobody", "anyone")
    wrong = []
    for rule in rules(client.shop.daemon.app):
        if rule.endpoint in MANAGED:
            continue  # a place of its own: tests/web/manager/test_roles.py
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            if signed_in and not client.flask.get_cookie("tillbox-1", "127.0.0.1"):
                body = {"lane": "1", "staff": crew[role], "pin": PINS[role]}
                assert client.post("/api/login", body).status_code == 200
                desk = client.post("/api/login", {**body, "lane": "~tech"})
                assert desk.status_code == (200 if role in KEEPERS else 403)
            path = _address(rule)
            answer = client.get(path) if method == "GET" else client.post(path, {"lane": "1"})
            denied = answer.status_code in (401, 403, 302) and _denied(answer)
            answer.close()
            allowed = ("anyone" if role == "nobody" else role) in EXPECTED[rule.endpoint]
            if denied == allowed:
                wrong.append(f"{role} {method} {path}: {answer.status}")
    assert not wrong, "\n".join(wrong)


def _address(rule: Rule) -> str:
    values = {"lane": "1", "sale": "none", "card": "none", "printer": "printer-1", "paper": "999"}
    values |= {"which": "low", "number": "1", "filename": "logo.svg"}
    path = rule.rule.replace("<path:", "<").replace("<int:", "<")
    for name, value in values.items():
        path = path.replace(f"<{name}>", value)
    return path


def _denied(answer: object) -> bool:
    location = answer.headers.get("Location", "")  # type: ignore[attr-defined]
    if location:
        return str(location).startswith("/login/")
    return answer.json["type"] in ("tillbox:denied", "tillbox:login_required")  # type: ignore[attr-defined, no-any-return]


def test_a_route_without_an_action_is_closed_even_to_a_manager(shop: Shop) -> None:
    from web.base import create_app

    app = create_app(shop.daemon.services)
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    app.add_url_rule("/unknown", "unknown", action("no.such.action")(lambda: "secret"))
    for path in ("/forgotten", "/unknown"):
        answer = app.test_client().get(path, headers={"Host": "127.0.0.1"})
        assert answer.status_code == 401 and "secret" not in answer.text


def test_a_session_of_one_lane_opens_no_other(client: Client, crew: dict[str, str]) -> None:
    client.post("/api/login", {"lane": "1", "staff": crew["manager"], "pin": PINS["manager"]})
    token = client.flask.get_cookie("tillbox-1", "127.0.0.1")
    assert token is not None and client.get("/api/till/1/state").status_code == 200
    client.flask.set_cookie("tillbox-2", token.value, domain="127.0.0.1")
    assert client.get("/api/till/2/state").status_code == 401
