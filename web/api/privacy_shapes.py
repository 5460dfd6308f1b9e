"""The shapes of what is done with a whole member: merged, told, erased, put into a family; at till and kiosk."""

from __future__ import annotations

from web.api.shapes import Shape, choice, flag, many, null_or, obj, text, whole

_UID = text(64, example="0f3c")
_DIGITS = text(8, example="5021")
_PURPOSES = many(choice("points", "offers", "birthday", "messages", "behaviour"))
FAMILY = obj(
    "Family", text=text(), version=whole(1),
    family=null_or(obj(
        purse=whole(0), members=many(obj(uid=_UID, masked=text(), phone=text(), points=whole(), self=flag(False))),
    )),
)  # fmt: skip
_SIDE = obj(
    uid=_UID, masked=text(), phone=text(), cards=whole(0), points=whole(), score=whole(), consents=_PURPOSES
)
PREVIEW = obj(
    "MergePreview", kept=_SIDE, gone=_SIDE,
    then=obj(points=whole(), score=whole(), tier=text(), tier_name=text(), cards=whole(0), phone=text(),
        consents=_PURPOSES),
)  # fmt: skip

TILL: dict[str, tuple[str, dict[str, Shape]]] = {
    "member/print": ("All that the shop knows of a member, on paper.", {"member": _UID}),
    "member/erase": ("Take all that is known of a member out, for good.", {"member": _UID}),
    "member/merge": ("The second member is the first from now on.", {"member": _UID, "gone": _UID}),
    "family/join": (
        "Two members share a purse of points; both were told what that means.",
        {"member": _UID, "other": _UID, "agreed": flag()},
    ),
    "family/leave": ("A member leaves the family, with what is left of the own points.", {"member": _UID}),
}
KIOSK: dict[str, tuple[str, dict[str, Shape]]] = {
    "mine/print": ("All that the shop knows, on paper; digits: the last four of the phone.", {"digits": _DIGITS}),
    "mine/erase": ("Erase it for good.", {"digits": _DIGITS}),
}
