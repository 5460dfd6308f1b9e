"""How the shop was: one of five faces, what it was about in a tap or more, and words if the customer likes.

No name goes with it, unless the customer is a member who consents to it ("behaviour"): then it keeps who it was, their
last sale and who sold it. What was typed travels beside the event and can be erased.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from edge import members, shifts
from edge.base.said import SCORES, THEME_OF, TOPICS, tidy
from edge.base.sqlite import row
from edge.box import Box
from edge.errors import ShopError

RECENT_US = 3 * 86_400_000_000  # a sale longer ago is not what it is about
_LAST_SALE = (
    "SELECT s.id, s.uid, s.staff, p.uid, h.uid FROM sale s JOIN staff p ON p.id = s.staff "
    "JOIN shift h ON h.id = s.shift WHERE s.member = ? AND s.kind = 'sale' AND s.at_us >= ? ORDER BY s.id DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a customer said: a face, reasons, words (may be ""), in the language of the screen."""

    score: int
    topics: tuple[str, ...] = ()
    text: str = ""
    lang: str = "zh-CN"

    def checked(self) -> Said:
        """Itself with its text tidied. ShopError("bad_request") for another face, reason or language."""
        if self.score not in SCORES or len(set(self.topics)) != len(self.topics) or not set(self.topics) <= set(TOPICS):
            raise ShopError("bad_request", status=422, field="score")
        return replace(self, text=tidy(self.text))


def linked(box: Box, member: int | None) -> int | None:
    """The member, if their feedback may be kept with them."""
    return member if member is not None and members.has_consent(box.db, member, "behaviour") else None


def give(box: Box, uid: str, lane: str, said: Said, mode: str, *, member: int | None = None) -> None:
    """One event and its row; a later one of the same uid replaces it. member: who is signed in, consent or not.

    ShopError("bad_request") when it is not one of the faces and reasons.
    """
    said = said.checked()
    who = linked(box, member)
    sale = row(box.db, _LAST_SALE, (who, box.env.clock.now_us() - RECENT_US)) if who is not None else None
    now = box.env.clock.now_us()
    local = shifts.local(now, box.config.store.zone)
    data: dict[str, Any] = {
        "feedback": uid, "lane": lane, "score": said.score, "topics": list(said.topics), "lang": said.lang,
        "at": now, "business_date": local.date().isoformat(), "hour": local.hour,
    }  # fmt: skip
    if who is not None:
        data["member"] = (row(box.db, "SELECT uid FROM member WHERE id = ?", (who,)) or ("",))[0]
    if sale is not None:
        data |= {"sale": sale[1], "staff": sale[3], "shift": sale[4]}
    with box.transaction():
        seq = box.record("c", "feedback.given", data, mode=mode, private={"text": said.text} if said.text else None)
        _keep(box, uid, lane, said, mode, (who, sale[0] if sale else None, sale[2] if sale else None), seq)


def _keep(box: Box, uid: str, lane: str, said: Said, mode: str, who: tuple[int | None, ...], seq: int) -> None:
    now = box.env.clock.now_us()
    local = shifts.local(now, box.config.store.zone)
    box.db.execute_sql(
        "INSERT INTO feedback (uid, lane, mode, at_us, business_date, hour, score, topics, lang, text, member, sale, "
        "staff, events) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (uid) DO UPDATE SET "
        "score = excluded.score, topics = excluded.topics, lang = excluded.lang, text = excluded.text, "
        "member = excluded.member, sale = excluded.sale, staff = excluded.staff, read = 0, "
        "events = json_insert(events, '$[#]', json_extract(excluded.events, '$[0]'))",
        (
            uid, lane, mode, now, local.date().isoformat(), local.hour, said.score, json.dumps(said.topics), said.lang,
            said.text or None, *who, json.dumps([f"{box.source.epoch}/{seq}"]),
        ),
    )  # fmt: skip
    (number,) = row(box.db, "SELECT id FROM feedback WHERE uid = ?", (uid,)) or (0,)
    # Tapped reasons count at once; what was typed is read at night.
    mood = "0" if said.score == 3 else "-" if said.score < 3 else "+"
    box.db.execute_sql("DELETE FROM feedback_theme WHERE feedback = ?", (number,))
    for topic in said.topics:
        box.db.execute_sql(
            "INSERT INTO feedback_theme VALUES (?, ?, ?, ?)", (number, THEME_OF[topic], mood, json.dumps([f"#{topic}"]))
        )
