"""The manager's pages: shells that are filled by the API, a log-in of their own, and the routes of that API."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.exceptions import NotFound

from edge.permissions import may
from web.api.frame import ROOT, route
from web.api.table import TABLE
from web.auth import MANAGER, doorkeeper, people, session
from web.context import action, language, page_data, services

blueprint = Blueprint("manager", __name__)
# Each page with its icon, in the order of the nav.
SECTIONS = {
    "today": "chart-column", "shifts": "clock", "receipts": "receipt-text", "stock": "package",
    "products": "tag", "promotions": "percent", "loyalty": "star", "members": "id-card", "feedback": "smile",
    "data": "database", "staff": "users", "settings": "settings-2",
}  # fmt: skip
WORDS = {
    "data": ("importer", "export"), "promotions": ("promo",), "loyalty": ("loyalty",), "members": ("member", "privacy"),
    "feedback": ("feedback",),
}  # fmt: skip
LOGIN = {"title": "manager.login_title", "hint": "manager.login_hint", "nobody": "manager.login_nobody"}


@blueprint.get("/manager")
@action("manager.see")
def home() -> str:
    """Today."""
    return _shell("today")


@blueprint.get("/manager/<section>")
@action("manager.see")
def page(section: str) -> str:
    """Any other page of the nav."""
    if section not in SECTIONS:
        raise NotFound
    return _shell(section)


@blueprint.get(f"/login/{MANAGER}")
@action("page.open")
def login_page() -> str:
    """Tiles of those who may come in, then the PIN pad."""
    keepers = [person for person in people() if may("manager.see", person["role"])]
    wanted = request.args.get("then", "")
    data = page_data(("till", "errors"), lane=MANAGER, next=wanted if _ours(wanted) else "/manager")
    return render_template("tech/login.html", people=keepers, data=data, says=LOGIN)


def _ours(path: str) -> bool:
    first, _, section = path.removeprefix("/").partition("/")
    return first == "manager" and (not section or section in SECTIONS)


def _shell(section: str) -> str:
    doorkeeper().idle.touch(session())
    box, config = services().box, services().config
    currency = box.currency
    data = page_data(
        ("manager", f"manager_{section}", *WORDS.get(section, ()), "errors"),
        lane=MANAGER, section=section, sections=list(SECTIONS),
        zone=config.store.zone,
        currency={"code": currency.code, "exponent": currency.exponent, "symbol": currency.symbol},
        lanes=[{"id": till.lane.id, "printer": till.lane.printer is not None} for till in services().tills.values()],
        languages=list(config.store.languages),
    )  # fmt: skip
    return render_template(
        "manager/page.html", data=data, section=section, sections=SECTIONS, person=session().person.name(language()),
        store=box.rules.store_name[language()], desk=services().desk,
    )  # fmt: skip


for _row in TABLE:
    blueprint.add_url_rule(ROOT + _row.path, endpoint=_row.endpoint, view_func=route(_row), methods=[_row.method])
