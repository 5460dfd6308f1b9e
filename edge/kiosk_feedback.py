"""The kiosk's five faces: one tap, one more a topic, a few words if she likes; and "better now?", asked once."""

from __future__ import annotations

from typing import Any

from edge.base.ids import new_uid
from edge.base.said import TOPICS
from edge.errors import ShopError
from edge.feedback import given, issues
from edge.kiosk_state import Command, KioskState


def _rate(kiosk: KioskState, args: dict[str, Any]) -> None:
    visit = kiosk.visit
    score, topics, text = args.get("score"), args.get("topics", []), args.get("text", _typed(kiosk))
    if not isinstance(score, int) or isinstance(score, bool) or not isinstance(topics, list):
        raise ShopError("bad_request", status=422, field="score")
    if not isinstance(text, str):
        raise ShopError("bad_request", status=422, field="text")
    uid = visit.feedback or new_uid(kiosk.box.env.rng)
    said = given.Said(score, tuple(str(topic) for topic in topics), text, visit.lang).checked()
    if not visit.feedback or (said.score, said.topics, said.text) != (visit.score, visit.topics, _typed(kiosk)):
        given.give(kiosk.box, uid, kiosk.lane.id, said, kiosk.lane.mode, member=visit.member)
    visit.feedback, visit.score, visit.topics = uid, said.score, said.topics
    visit.kept["text"] = said.text


def _better(kiosk: KioskState, args: dict[str, Any]) -> None:
    """ "skip" says nothing. It was asked once, so it goes either way."""
    ask = _question(kiosk)
    if ask is None:
        raise ShopError("question_gone")
    if args.get("answer") != "skip":
        issues.answer(kiosk.box, ask[0], kiosk.member(), str(args.get("answer")), kiosk.lane.mode)
        kiosk.visit.kept["answered"] = True
    kiosk.visit.kept["ask"] = None


def shown(kiosk: KioskState) -> dict[str, Any]:
    """{score, topics, choices, text, linked, ask, answered}: the faces, or the theme she is asked about."""
    visit, ask = kiosk.visit, _question(kiosk)
    return {
        "score": visit.score, "topics": list(visit.topics), "choices": list(TOPICS), "text": _typed(kiosk),
        "linked": given.linked(kiosk.box, visit.member) is not None, "ask": ask[1] if ask else None,
        "answered": bool(visit.kept.get("answered")),
    }  # fmt: skip


def _question(kiosk: KioskState) -> tuple[int, str] | None:
    """(issue, theme) that the member is asked about, unless the consent to it was taken back meanwhile."""
    ask: tuple[int, str] | None = kiosk.visit.kept.get("ask")
    return ask if ask and given.linked(kiosk.box, kiosk.visit.member) is not None else None


def _typed(kiosk: KioskState) -> str:
    return str(kiosk.visit.kept.get("text", ""))


COMMANDS = {"rate": Command(_rate, member=False), "better": Command(_better)}
