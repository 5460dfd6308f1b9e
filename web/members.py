"""Members at the till: who may be meant, one member's page, the lines of a document. Commands are the till's."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from edge import consent, member_page, members
from edge.errors import ShopError
from edge.member_desk import By
from edge.members import Member
from web.auth import known_lane, session
from web.context import action, language, services

blueprint = Blueprint("members", __name__)
_MASKED = ("uid", "masked", "phone", "tier", "tier_name", "joined_us")


@blueprint.get("/api/till/<lane>/members")
@action("member.see")
def search(lane: str) -> Response:
    """?q= a card's code, a phone number or its last four digits -> who that may be, names masked; newest first."""
    known_lane(lane)
    found = member_page.search(services().box, request.args.get("q", ""), language())
    return jsonify(members=[{key: hit[key] for key in _MASKED} for hit in found])


@blueprint.get("/api/till/<lane>/consents")
@action("member.see")
def texts(lane: str) -> Response:
    """What is asked for each purpose, in the words and the version of today."""
    known_lane(lane)
    return jsonify(consents=consent.texts(language()))


@blueprint.get("/api/till/<lane>/member/<uid>")
@action("member.see")
def page(lane: str, uid: str) -> Response:
    """Everything about one member. Looking at one who isn't the cart's is written to the audit."""
    till, member = services().tills[known_lane(lane)], _known(uid)
    if till.basket.member != member.id:
        member_page.seen(services().box, member, By("till", till.lane.mode, lane, session().person))
    return jsonify(member_page.page(services().box, member, language()))


@blueprint.get("/api/till/<lane>/member/<uid>/sale/<sale>")
@action("member.see")
def lines(lane: str, uid: str, sale: str) -> Response:
    """What was bought on one of the member's documents."""
    known_lane(lane)
    return jsonify(lines=member_page.lines(services().box, _known(uid), sale))


def _known(uid: str) -> Member:
    found = members.by_uid(services().box.db, uid)
    if found is None:
        raise ShopError("member_unknown", status=404)
    return found
