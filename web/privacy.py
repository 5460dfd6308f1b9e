"""Before a member is merged or joins a family: what the till's dialogs show. Only reads; commands are the till's."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from edge import family, member_page, members, merging
from edge.base.i18n import t
from edge.box import Box
from edge.errors import ShopError
from edge.member_desk import By
from edge.members import Member
from web.auth import known_lane, session
from web.context import action, language, services

blueprint = Blueprint("privacy", __name__)


@blueprint.get("/api/till/<lane>/member/<uid>/family")
@action("member.family")
def shared(lane: str, uid: str) -> Response:
    """Who shares a purse with the member, how much is in it, and what is read to whoever joins."""
    known_lane(lane)
    return jsonify(family_of(services().box, known(uid), language()))


@blueprint.get("/api/till/<lane>/member/<uid>/merge/<gone>")
@action("member.see")
def preview(lane: str, uid: str, gone: str) -> Response:
    """What merging the second member into the first would give; nothing is changed. Who looked is written down."""
    till, second = services().tills[known_lane(lane)], known(gone)
    shown = preview_of(services().box, known(uid), second, language())
    if till.basket.member != second.id:
        member_page.seen(services().box, second, By("till", till.lane.mode, lane, session().person))
    return jsonify(shown)


def known(uid: str) -> Member:
    """The active member. ShopError("member_unknown")."""
    found = members.by_uid(services().box.db, uid)
    if found is None:
        raise ShopError("member_unknown", status=404)
    return found


def family_of(box: Box, member: Member, lang: str) -> dict[str, Any]:
    """{family: null or {members, purse}, text, version}"""
    found = family.of(box, member.id)
    shown = None if found is None else {
        "purse": found.purse,
        "members": [
            {"uid": one.uid, "masked": one.masked, "phone": one.phone, "points": points, "self": one.id == member.id}
            for one, points in found.members
        ],
    }  # fmt: skip
    return {"family": shown, "text": t(lang, "privacy.family_text"), "version": family.TEXT_VERSION}


def preview_of(box: Box, kept: Member, gone: Member, lang: str) -> dict[str, Any]:
    """Both as they are, and the one that they would be."""
    seen = merging.preview(box, gone.id, kept.id)
    side = {
        name: {
            "uid": one.member.uid, "masked": one.member.masked, "phone": one.member.phone, "cards": one.cards,
            "points": one.standing.points, "score": one.standing.score, "consents": list(one.consents),
        }
        for name, one in (("kept", seen.kept), ("gone", seen.gone))
    }  # fmt: skip
    then = {
        "points": seen.points, "score": seen.score, "tier": seen.tier.id, "tier_name": seen.tier.name(lang),
        "cards": seen.cards, "phone": seen.phone, "consents": list(seen.consents),
    }  # fmt: skip
    return {**side, "then": then}
