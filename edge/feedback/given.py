"""How the shop was today: one of five faces and, if the customer likes, what it was about. No name goes with it."""

from __future__ import annotations

from edge.box import Box
from edge.errors import ShopError

SCORES = range(1, 6)
TOPICS = ("staff", "choice", "fresh", "price", "waiting", "clean")


def give(box: Box, uid: str, lane: str, score: int, topics: tuple[str, ...], mode: str) -> None:
    """One event; a later one of the same uid replaces it (another face, a topic more). ShopError("bad_request")."""
    if score not in SCORES or len(set(topics)) != len(topics) or not set(topics) <= set(TOPICS):
        raise ShopError("bad_request", status=422, field="score")
    with box.transaction():
        data = {"feedback": uid, "lane": lane, "score": score, "topics": list(topics)}
        box.record("c", "feedback.given", data, mode=mode)
