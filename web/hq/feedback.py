"""The console's page of feedback, and the one page that is open to all, by the link on a receipt: how it was.

That page needs no log-in, sets no cookie and has no script. Its address is signed by the box that printed it, so none
can be made up or counted through; each receipt has one answer, and a later one replaces it.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

from flask import Flask, Response, current_app, g, render_template, request

from edge.base.i18n import LANGS, t
from edge.base.said import SCORES, TOPICS
from sync.hq import feedback
from web.hq import pages

PER_MINUTE, PER_HOUR = 30, 6  # requests of one address; answers of one receipt
_MINUTE_NS, _HOUR_NS = 60_000_000_000, 3_600_000_000_000
_MOST_KNOWN = 10_000


class Limits:
    """How often each key did something lately; forgets all when there are too many keys to watch."""

    def __init__(self, most: int, within_ns: int) -> None:
        self.most, self.within_ns, self._seen = most, within_ns, dict[str, deque[int]]()
        self._lock = threading.Lock()

    def allow(self, key: str, now_ns: int) -> bool:
        """Count it, unless it is too much."""
        with self._lock:
            if len(self._seen) > _MOST_KNOWN:
                self._seen.clear()
            times = self._seen.setdefault(key, deque())
            while times and now_ns - times[0] > self.within_ns:
                times.popleft()
            if len(times) >= self.most:
                return False
            times.append(now_ns)
            return True


def routes(app: Flask) -> None:
    """Every route of feedback, one a line."""
    app.extensions["tillbox.hq.visits"] = Limits(PER_MINUTE, _MINUTE_NS)
    app.extensions["tillbox.hq.answers"] = Limits(PER_HOUR, _HOUR_NS)
    app.jinja_env.globals.update(fb=lambda key, **params: t(g.lang, f"hq_feedback.{key}", **params))
    app.jinja_env.filters.update(theme=lambda name: t(g.lang, f"feedback.theme_{name}"))
    app.add_url_rule("/feedback", "hq.feedback", board)
    app.add_url_rule("/part/feedback", "hq.feedback_part", board_part)
    app.add_url_rule("/say/<box>/<sale>/<signature>", "hq.say", say)
    app.add_url_rule("/say/<box>/<sale>/<signature>", "hq.said", said, methods=["POST"])


def board() -> str:
    """Themes over all stores."""
    return render_template("hq/feedback.html", page="feedback", **_board())


def board_part() -> Response:
    """Its changing part."""
    return pages.part("hq/_feedback.html", -1, _board)


def _board() -> dict[str, Any]:
    store, common = pages.services().store, pages.common()
    today = pages.today()
    return {
        **common,
        "faces": feedback.faces(store, common["mode"], today),
        "themes": feedback.themes(store, common["mode"], today),
        "waiting": feedback.waiting(store, 1),
    }


# ---- for customers


def say(box: str, sale: str, signature: str) -> Response:
    """The form; or a page that says that the address is none of ours."""
    if not _allowed("tillbox.hq.visits", request.remote_addr or "?"):
        return _slow()
    if not feedback.invited(pages.services().config, box, sale, signature):
        return _unknown()
    return _form()


def said(box: str, sale: str, signature: str) -> Response:
    """The answer."""
    given, config = request.form, pages.services().config
    g.lang = given["lang"] if given.get("lang") in LANGS else g.lang
    if not _allowed("tillbox.hq.visits", request.remote_addr or "?"):
        return _slow()
    if not feedback.invited(config, box, sale, signature):
        return _unknown()
    score = given.get("score", "")
    if score not in {str(each) for each in SCORES}:
        return _form(problem="say_missing", status=422)
    if not _allowed("tillbox.hq.answers", f"{box}/{sale}"):
        return _slow()
    topics = tuple(topic for topic in TOPICS if topic in given.getlist("topic"))
    answer = feedback.Answer(int(score), topics, given.get("text", ""), g.lang, given.get("with_sale") == "yes")
    feedback.take(pages.services().store, config, box, sale, answer)
    return Response(render_template("hq/said.html"))


def _allowed(name: str, key: str) -> bool:
    limits: Limits = current_app.extensions[name]
    return limits.allow(key, pages.services().env.clock.mono_ns())


def _form(problem: str = "", status: int = 200) -> Response:
    chosen = {"score": request.form.get("score", ""), "topics": request.form.getlist("topic"),
              "text": request.form.get("text", "")[:500]}  # fmt: skip
    values = {"problem": problem, "scores": SCORES, "topics": TOPICS, "chosen": chosen}
    return Response(render_template("hq/say.html", **values), status)


def _unknown() -> Response:
    return Response(render_template("hq/say_none.html", title="say_unknown_title", text="say_unknown"), 404)


def _slow() -> Response:
    return Response(render_template("hq/say_none.html", title="say_unknown_title", text="say_slow"), 429)
