"""The console's pages: live sales, members, boxes, and the way in and out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from flask import Flask, Response, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from edge.base.i18n import LANGS
from sync.hq import HqServices, queries
from sync.hq.accounts import SESSION_S, Refused

# What the page's script asks for again.
PARTS = frozenset({"hq.live_part", "hq.members_part", "hq.boxes_part", "hq.feedback_part"})
COOKIE = "tillbox_hq"


def blueprint_routes(app: Flask) -> None:
    """Every route of the console, one a line."""
    app.add_url_rule("/", "hq.live", live)
    app.add_url_rule("/part/live", "hq.live_part", live_part)
    app.add_url_rule("/members", "hq.members", members)
    app.add_url_rule("/part/members", "hq.members_part", members_part)
    app.add_url_rule("/boxes", "hq.boxes", boxes)
    app.add_url_rule("/part/boxes", "hq.boxes_part", boxes_part)
    app.add_url_rule("/login", "hq.login", login)
    app.add_url_rule("/login", "hq.enter", enter, methods=["POST"])
    app.add_url_rule("/logout", "hq.logout", logout, methods=["POST"])
    app.add_url_rule("/lang", "hq.set_lang", set_lang, methods=["POST"])


def services() -> HqServices:
    """Headquarters' services of this application."""
    found: HqServices = current_app.extensions["tillbox.hq"]
    return found


def live() -> str:
    return render_template("hq/live.html", page="live", **_live())


def live_part() -> Response:
    return part("hq/_live.html", queries.revision(services().store), _live)


def members() -> str:
    return render_template("hq/members.html", page="members", **_members())


def members_part() -> Response:
    return part("hq/_members.html", queries.revision(services().store), _members)


def boxes() -> str:
    return render_template("hq/boxes.html", page="boxes", **_boxes())


def boxes_part() -> Response:
    return part("hq/_boxes.html", -1, _boxes)  # ages move even when no event comes


def part(template: str, revision: int, values: Any) -> Response:
    """The changing part of a page, or 204 when nothing changed since the revision (and day) the page has."""
    if request.args.get("rev", "") == f"{revision}-{today()}":
        return Response(status=204)
    return Response(render_template(template, **values()), mimetype="text/html")


def common() -> dict[str, Any]:
    store = services().store
    present = queries.modes(store)
    asked = request.args.get("mode", "")
    mode = asked if asked in present else present[0]
    return {"modes": present, "mode": mode, "rev": f"{queries.revision(store)}-{today()}"}


def _live() -> dict[str, Any]:
    store, shared = services().store, common()
    days = queries.days(store, shared["mode"], today())
    return {
        **shared,
        "sales": queries.live(store, shared["mode"]),
        "days": days,
        "today": days[-1],
        "yesterday": days[-2],
        "highest": max(1, *(day.turnover for day in days)),
    }


def _members() -> dict[str, Any]:
    store, shared = services().store, common()
    search = request.args.get("q", "").strip()[:40]
    number = request.args.get("page", "0")
    page = min(int(number), 100_000) if number.isascii() and number.isdigit() and len(number) < 7 else 0
    found, total = queries.members(store, shared["mode"], search, page)
    count, points = queries.member_totals(store, shared["mode"])
    return {
        **shared,
        "members": found,
        "total": total,
        "count": count,
        "points": points,
        "search": search,
        "number": page,
        "pages": max(1, -(-total // queries.PAGE)),
    }


def _boxes() -> dict[str, Any]:
    store = services().store
    return {
        **common(),
        "boxes": queries.boxes(store),
        "letters": queries.dead_letters(store),
        "receiving": services().receiver.link.connected,
    }


def today() -> date:
    now = services().env.clock.now_us() / 1e6
    return datetime.fromtimestamp(now, UTC).astimezone(services().config.zone).date()


def login() -> AnyResponse | str:
    if g.user is not None:
        return redirect(url_for("hq.live"))
    return render_template("hq/login.html", problem=None)


def enter() -> AnyResponse:
    form = request.form
    g.lang = form["lang"] if form.get("lang") in LANGS else g.lang
    device = request.remote_addr or "?"
    try:
        token = services().accounts.log_in(form.get("user", ""), form.get("password", ""), device, g.lang)
    except Refused as refusal:
        status = 429 if refusal.wait_s else 403
        return Response(render_template("hq/login.html", problem=refusal), status)
    answer = redirect(url_for("hq.live"))
    answer.set_cookie(
        COOKIE, token, max_age=SESSION_S, httponly=True, samesite="Strict", secure=request.is_secure, path="/"
    )
    return answer


def logout() -> AnyResponse:
    services().accounts.log_out(g.token)
    answer = redirect(url_for("hq.login", lang=g.lang))
    answer.delete_cookie(COOKIE, httponly=True, samesite="Strict", path="/")
    return answer


def set_lang() -> AnyResponse:
    if request.form.get("lang") in LANGS:
        services().accounts.set_lang(g.token, request.form["lang"])
    page = request.form.get("page", "")
    return redirect(url_for(f"hq.{page}" if page in ("live", "members", "feedback", "boxes") else "hq.live"))
