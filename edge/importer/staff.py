"""Staff from a CSV file. A PIN is checked and hashed; it is never shown again, not even in a refusal."""

from __future__ import annotations

import re
from pathlib import Path

from edge.base.sqlite import rows
from edge.box import Box
from edge.codes import identify, staff_code
from edge.importer import cells
from edge.importer.reader import Column, Table, read
from edge.importer.report import CellRefused, Progress, Remark, Report
from edge.pins import weakness
from edge.staff import StaffService

COLUMNS = (
    Column("name_zh", ("name", "姓名", "中文名"), False, ("陈晓", "李强")),
    Column("name_en", ("english_name", "英文名"), False, ("Xiao Chen", "Qiang Li")),
    Column("role", ("角色", "职务"), True, ("cashier", "technician")),
    Column("pin", ("密码", "口令"), True, ("", "")),
    Column("badge", ("工牌", "工牌号"), False, ("1001", "")),
)
ROLES = {
    "cashier": ("收银员", "收银"), "manager": ("店长", "经理"), "technician": ("技术员", "技师"),
}  # fmt: skip
HIDDEN = "••••••"


def check(box: Box, path: Path) -> tuple[Report, Table]:
    """Read and check the file; report.good holds what StaffService.add takes."""
    table, lines = read(path, COLUMNS)
    report = Report(len(lines), notes=list(table.notes))
    known = {n.casefold() for pair in rows(box.db, "SELECT name_zh, name_en FROM staff WHERE active = 1") for n in pair}
    badges = {badge: 0 for (badge,) in rows(box.db, "SELECT badge FROM staff WHERE badge IS NOT NULL")}
    for line, row, _ in lines:
        found = _row(line, row, table, report, known, badges)
        if found is not None:
            report.good.append(found)
    return report, table


def write(box: Box, report: Report, progress: Progress) -> int:
    """Add the good rows, each with an audit event. Returns how many."""
    service = StaffService(box)
    for n, person in enumerate(report.good, 1):
        with box.transaction():
            added = service.add(**person)
            box.record("a", "audit.staff_added", {"staff": added.uid, "role": added.role, "by": "import"})
        progress(n, len(report.good))
    return len(report.good)


def _row(
    line: int, row: dict[str, str], table: Table, report: Report, known: set[str], badges: dict[str, int]
) -> dict[str, str | None] | None:
    refused = len(report.refusals)

    def refuse(column: str, value: str, why: CellRefused) -> None:
        report.refusals.append(Remark(line, table.columns.get(column, column), value, why.slug, dict(why.params)))

    names: dict[str, str] = {}
    for column in ("name_zh", "name_en"):
        try:
            names[column] = cells.name(row.get(column, ""), 32)
        except CellRefused as why:
            refuse(column, row[column], why)
    zh, en = names.get("name_zh", ""), names.get("name_en", "")
    if len(names) == 2 and not zh and not en:
        refuse("", "", CellRefused("no_person"))
    elif {zh.casefold(), en.casefold()} & known - {""}:
        refuse("name_zh" if zh else "name_en", zh or en, CellRefused("person_known"))
    role = badge = None
    try:
        role = cells.choice(row["role"], ROLES, "role")
    except CellRefused as why:
        refuse("role", row["role"], why)
    pin = cells.plain(row["pin"])
    if weak := weakness(pin):
        refuse("pin", HIDDEN if pin else "", CellRefused(f"pin_{weak}"))
    try:
        badge = _badge(row.get("badge", ""), badges, line)
    except CellRefused as why:
        refuse("badge", row["badge"], why)
    if len(report.refusals) > refused:
        return None
    known |= {zh.casefold(), en.casefold()}
    return {"name_zh": zh or en, "name_en": en or zh, "role": role, "pin": pin, "badge": badge}


def _badge(text: str, badges: dict[str, int], line: int) -> str | None:
    """The badge's code from its number or the code itself; None for an empty cell."""
    cell = cells.plain(text).upper()
    if not cell:
        return None
    code = staff_code(int(cell)) if re.fullmatch(r"[0-9]{1,8}", cell) else cell
    if identify(code, ()).kind != "staff":
        raise CellRefused("badge")
    if code in badges:
        raise CellRefused("badge_taken")
    badges[code] = line
    return code
