"""The kiosk's five faces: one tap, and one more a topic."""

from __future__ import annotations

from typing import Any

from edge import feedback
from edge.base.ids import new_uid
from edge.errors import ShopError
from edge.kiosk_state import Command, KioskState


def _rate(kiosk: KioskState, args: dict[str, Any]) -> None:
    score, topics, visit = args.get("score"), args.get("topics", []), kiosk.visit
    if not isinstance(score, int) or isinstance(score, bool) or not isinstance(topics, list):
        raise ShopError("bad_request", status=422, field="score")
    uid = visit.feedback or new_uid(kiosk.box.env.rng)
    chosen = tuple(str(topic) for topic in topics)
    if not visit.feedback or (score, chosen) != (visit.score, visit.topics):
        feedback.give(kiosk.box, uid, kiosk.lane.id, score, chosen, kiosk.lane.mode)
    visit.feedback, visit.score, visit.topics = uid, score, chosen


def shown(kiosk: KioskState) -> dict[str, Any]:
    """{score, topics, choices} for the faces."""
    visit = kiosk.visit
    return {"score": visit.score, "topics": list(visit.topics), "choices": list(feedback.TOPICS)}


COMMANDS = {"rate": Command(_rate, member=False)}
