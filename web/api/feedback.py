"""What customers say: themes with their trend and comments, and the issues that the shop makes of them."""

from __future__ import annotations

from typing import Any

from edge import staff_admin
from edge.feedback import board, issues
from edge.feedback.lexicon import THEMES
from web.api.frame import Call, speaks
from web.api.shapes import body, choice, flag, instant, many, null_or, obj, opt, text, whole

_STATE = choice(*issues.STATES)
ISSUE = obj(
    "FeedbackIssue", issue=text(example="0f3c"), theme=text(example="queue"), state=_STATE, owner=null_or(text()),
    owner_zh=null_or(text()), owner_en=null_or(text()), note=text(), opened_us=instant(), changed_us=instant(),
    closed_us=null_or(instant()), better=whole(0), same=whole(0),
)  # fmt: skip
EXAMPLE = obj(
    "FeedbackComment", feedback=text(), at_us=instant(), score=whole(1, 5), text=text(), mood=choice("-", "+", "0"),
    words=many(text()), lane=text(), lang=text(), staff_zh=null_or(text()), staff_en=null_or(text()), sold=flag(),
)  # fmt: skip
BOARD = obj(
    "FeedbackBoard", span=whole(1), since=text(example="2026-11-01"), faces=many(whole(0)), unread=whole(0),
    owners=many(obj(uid=text(), name=text())),
    themes=many(obj(theme=text(example="queue"), bad=whole(0), good=whole(0), other=whole(0), before=whole(0),
                    hours=many(whole(0)), weeks=many(whole(0)), examples=many(EXAMPLE), issue=null_or(ISSUE))),
)  # fmt: skip


@speaks(BOARD, query={"span": opt(whole(1, 365))})
def listed(call: Call) -> Any:
    """Themes of the last days (7, 30 or 90; 30 at first), those complained about most first."""
    span = call.query.get("span", 30)
    found = board.board(call.box, span if span in board.SPANS else 30)
    people = staff_admin.entries(call.given.staff)
    return {**found, "owners": [{"uid": each.person.uid, "name": each.person.name(call.lang)}
                                for each in people if each.active]}  # fmt: skip


@speaks(
    ISSUE,
    body=body("OpenIssue", theme=choice(*THEMES)),
    status=201,
    refusals=("404 theme_unknown", "409 issue_open"),
)
def begin(call: Call) -> Any:
    """Open an issue for a theme, before enough customers do."""
    uid = issues.open_issue(call.box, call.body["theme"], call.person.uid)
    return board.told(issues.one(call.box, uid))


@speaks(
    ISSUE,
    body=body("ChangeIssue", state=_STATE, owner=null_or(text(64)), note=text(issues.MOST_NOTE)),
    refusals=("404 issue_unknown", "404 staff_unknown", "409 issue_open", "422 note_needed"),
)
def change(call: Call) -> Any:
    """Give it an owner, a state, a note; closing needs the note."""
    said = call.body
    issue = issues.change(
        call.box, call.path["issue"], call.person, state=said["state"], owner=said["owner"], note=said["note"]
    )
    return board.told(issue)
