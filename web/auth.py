"""Who stands at the till: log-in by PIN or badge, one session cookie a lane, and the gate before every route.

A second cookie says which browser is a lane's own screen: the one where somebody typed a PIN last. Badges held under
the lane's scanner let people in there, and in no other browser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.exceptions import NotFound

from edge.badges import Screens
from edge.forgotten import ChoosePin
from edge.permissions import may
from web.context import LANG_COOKIE, BadBody, action, body, language, page_data, problem, services, text

if TYPE_CHECKING:
    from edge.idle import Idle
    from edge.services import Services
    from edge.staff import Session
    from web.stream import Hub

blueprint = Blueprint("auth", __name__)
ANYONE, KIOSK = "anyone", "kiosk"
# Where technicians and managers log in: no lanes, so no till changes hands. No lane's name can hold the sign.
DESK, MANAGER = "~tech", "~manager"
# Who may log in at a desk: whoever may this.
DESKS = {DESK: "tech.see", MANAGER: "manager.see"}
YEAR_S = 366 * 24 * 3600
PROOF_S = 2 * 60


def cookie_name(lane: str) -> str:
    """Two lanes may be open in one browser, so each has its own session."""
    return f"tillbox-{lane}"


def screen_cookie(lane: str) -> str:
    """What tells a lane's own screen from other browsers."""
    return f"tillbox-screen-{lane}"


class Doorkeeper:
    """Knows which sessions live; streams ask at every change, without Flask's ways to the running app."""

    def __init__(self, given: Services, streams: Hub) -> None:
        self.given, self.streams, self.screens = given, streams, Screens(given.box)
        self._proofs: dict[str, int] = {}

    @property
    def idle(self) -> Idle:
        """When each session was last used."""
        return self.given.staff.idle

    def living(self, token: str, lane: str) -> Session | None:
        """The session of a cookie at this lane, if it is neither over nor idle for too long (then it ends here)."""
        found = self.given.staff.session(token) if token else None
        return found if found is not None and found.lane == lane else None

    def end(self, session: Session) -> None:
        """End a session here and on every screen that shows it. The basket stays."""
        self.given.staff.log_out(session)
        self.use_proof(session)
        self.streams.notify(session.lane)

    def prove(self, session: Session) -> None:
        """Its person has just typed the PIN once more: good for one thing that can't be taken back, for two minutes."""
        self._proofs[session.token_hash] = self.given.env.clock.mono_ns() + PROOF_S * 1_000_000_000

    def proved(self, session: Session) -> bool:
        """Whether the person has typed the PIN once more lately, and it was good for nothing yet."""
        return self.given.env.clock.mono_ns() < self._proofs.get(session.token_hash, 0)

    def use_proof(self, session: Session) -> None:
        """It was good for something."""
        self._proofs.pop(session.token_hash, None)

    def own_screen(self, lane: str) -> bool:
        """Whether the request comes from the lane's own screen."""
        return self.screens.known(lane, request.cookies.get(screen_cookie(lane), ""))


def doorkeeper() -> Doorkeeper:
    """The running app's."""
    found: Doorkeeper = current_app.extensions["tillbox.door"]
    return found


def require_action() -> Response | None:
    """The gate: find the session of the lane, then ask the table of permissions. Runs before every request."""
    if request.endpoint is None:
        return None  # no such address: the router's own 404 or 405 follows
    name = getattr(current_app.view_functions[request.endpoint], "action", None)
    lane = _lane()
    g.session = _session(lane)
    rules = services().box.rules.permissions
    if name is not None and may(name, g.session.person.role if g.session else _stranger(), rules):
        if g.session is not None and request.method not in ("GET", "HEAD"):
            doorkeeper().idle.touch(g.session)
        return None
    if g.session is not None:
        return problem(403, "denied")
    if lane and request.method == "GET" and not request.path.startswith("/api/"):
        return make_response(redirect(url_for("auth.login_page", lane=lane, then=request.path)))
    return problem(401, "login_required")


def session() -> Session:
    """The session of this request. Only for routes whose action anyone without one is denied."""
    found: Session = g.session
    return found


def known_lane(lane: str) -> str:
    """lane, or 404 when this box has no such lane."""
    if lane not in services().tills:
        raise NotFound
    return lane


def _lane() -> str | None:
    """The lane a request is about: of its address, else of its body; the desks' pages have their own places."""
    if request.blueprint in ("tech", "manager"):
        return DESK if request.blueprint == "tech" else MANAGER
    found = (request.view_args or {}).get("lane")
    if found is None and request.is_json:
        data = request.get_json(silent=True)
        found = data.get("lane") if isinstance(data, dict) else None
    return found if isinstance(found, str) and (found in services().tills or found in DESKS) else None


def _stranger() -> str:
    """Nobody has logged in: a kiosk's newest page may what a kiosk may, all else what anyone may."""
    lane = (request.view_args or {}).get("lane", "")
    kiosk = services().kiosks.get(lane)
    return KIOSK if kiosk and kiosk.holds(request.cookies.get(cookie_name(lane), "")) else ANYONE


def _session(lane: str | None) -> Session | None:
    return doorkeeper().living(request.cookies.get(cookie_name(lane), ""), lane) if lane else None


@blueprint.get("/")
@action("page.open")
def home() -> Any:
    """The lanes of this box; with one lane and no bench, straight to its till."""
    lanes, kiosks, bench = list(services().tills), list(services().kiosks), services().bench is not None
    if len(lanes) == 1 and not kiosks and not bench:
        return redirect(url_for("till.page", lane=lanes[0]))
    data = page_data(("till", "errors"))
    return render_template("till/home.html", lanes=lanes, kiosks=kiosks, data=data, bench=bench, tech=services().desk)


@blueprint.get("/login/<lane>")
@action("page.open")
def login_page(lane: str) -> str:
    """Staff tiles, then our PIN pad; on the lane's own screen a badge under the scanner will do.

    Whoever works there still does until somebody else has proved who they are.
    """
    till = services().tills[known_lane(lane)]
    badges = till.looks.scanner(lane)[0] != "none" and doorkeeper().own_screen(lane)
    here = g.session.person.name(language()) if g.session is not None else ""
    return render_template(
        "till/login.html", lane=lane, people=people(), badges=badges, here=here, lines=len(till.basket.lines),
        data=page_data(("till", "errors"), lane=lane, badges=badges),
    )  # fmt: skip


def people() -> list[dict[str, str]]:
    """Staff as the tiles of a page show them."""
    lang = language()
    named = [(person, person.name(lang)) for person in services().staff.people()]
    return [{"uid": p.uid, "name": name, "initial": name[:1], "role": p.role} for p, name in named]


@blueprint.post("/api/login")
@action("session.open")
def login() -> Response:
    """{lane, staff, pin} -> a new session cookie; a session that was there before ends (no fixation).

    {lane, ticket}: the same by a badge, on the lane's own screen. With a manager's code in the place of the PIN, or
    {…, renew: true}, nobody is logged in yet: {choose} is the ticket for POST /api/login/pin.
    """
    data = body()
    lane = text(data, "lane")
    if lane not in DESKS:
        known_lane(lane)
    if "ticket" in data:
        return _by_badge(lane, text(data, "ticket"))
    wanted, renew = text(data, "staff"), data.get("renew") is True
    if lane in DESKS and any(p.uid == wanted and not may(DESKS[lane], p.role) for p in services().staff.people()):
        return problem(403, "denied")  # before the PIN: a log-in would end the session of who is at the desk
    try:
        token, opened = services().staff.log_in(lane, wanted, text(data, "pin", 32), language(), renew=renew)
    except ChoosePin as needed:
        return jsonify(ok=False, choose=needed.ticket)
    return admitted(token, opened, proved=True)


def _by_badge(lane: str, ticket: str) -> Response:
    till = services().tills[known_lane(lane)]
    if not doorkeeper().own_screen(lane):
        return problem(403, "badge_gone")
    person = till.take_ticket(ticket)
    return admitted(*services().staff.open_session(person, lane, language(), by="badge"), proved=False)


def admitted(token: str, opened: Session, *, proved: bool) -> Response:
    """The answer to a log-in, with its cookie. proved: a PIN was typed here, so this is the lane's own screen now."""
    lane = opened.lane
    if g.session is not None:
        doorkeeper().end(g.session)
    answer = jsonify(ok=True)
    answer.set_cookie(cookie_name(lane), token, httponly=True, samesite="Strict", path="/")
    if proved and lane in services().tills and not doorkeeper().own_screen(lane):
        screen = doorkeeper().screens.adopt(lane)
        answer.set_cookie(screen_cookie(lane), screen, max_age=YEAR_S, httponly=True, samesite="Strict", path="/")
    return answer


@blueprint.post("/api/logout")
@action("session.close")
def logout() -> Response:
    """{lane}: end the session here and on every open screen of it."""
    doorkeeper().end(session())
    answer = jsonify(ok=True)
    answer.delete_cookie(cookie_name(session().lane), path="/", httponly=True, samesite="Strict")
    return answer


@blueprint.post("/api/lang")
@action("page.open")
def lang() -> Response:
    """{lang, lane?}: the language of this screen, and of the session's next receipts, from now on."""
    chosen = text(body(), "lang")
    if chosen not in services().config.store.languages:
        raise BadBody
    if g.session is not None:
        services().staff.set_lang(g.session, chosen)
    answer = jsonify(ok=True)
    answer.set_cookie(LANG_COOKIE, chosen, max_age=YEAR_S, httponly=True, samesite="Strict", path="/")
    return answer
