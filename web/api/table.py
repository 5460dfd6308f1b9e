"""Every call of the manager's API: method, address, permission, and the function that answers.

The functions' modules are loaded when one of them is first asked for: a box on which nobody opens the manager's pages
needs no memory for them. Addresses are below /api/manager.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One call. step_up: wants the person's PIN once more; quiet: asked by pages on their own, so nobody is there.

    raw: the body is bytes of a file.
    """

    method: str
    path: str
    action: str
    view: str
    step_up: bool = False
    quiet: bool = False
    raw: bool = False

    @property
    def endpoint(self) -> str:
        return self.view.replace(".", "_")


TABLE = (
    Row("GET", "/me", "manager.see", "desk.me"),
    Row("POST", "/pin", "manager.see", "desk.prove"),
    Row("GET", "/today", "manager.see", "today.today", quiet=True),
    Row("GET", "/receipts", "manager.see", "receipts.search"),
    Row("GET", "/receipts/<sale>", "manager.see", "receipts.look"),
    Row("GET", "/receipts/<sale>/picture", "manager.see", "receipts.picture"),
    Row("POST", "/receipts/<sale>/print", "manager.see", "receipts.reprint"),
    Row("GET", "/shifts", "manager.see", "shifts.listed"),
    Row("GET", "/shifts/<shift>", "manager.see", "shifts.report"),
    Row("POST", "/shifts/<shift>/print", "manager.see", "shifts.print_report"),
    Row("GET", "/products", "manager.see", "products.search"),
    Row("GET", "/products/<int:product>", "manager.see", "products.look"),
    Row("POST", "/products/<int:product>/price", "catalog.change", "products.change"),
    Row("DELETE", "/price-plans/<plan>", "catalog.change", "products.drop"),
    Row("GET", "/promotions", "manager.see", "promotions.listed"),
    Row("POST", "/promotions", "promotion.change", "promotions.keep"),
    Row("POST", "/promotions/preview", "promotion.change", "promotions.preview"),
    Row("GET", "/promotions/<promotion>", "manager.see", "promotions.look"),
    Row("POST", "/promotions/<promotion>/state", "promotion.change", "promotions.turn"),
    Row("GET", "/promotions/<promotion>/coupons", "promotion.change", "coupons.listed"),
    Row("POST", "/promotions/<promotion>/coupons", "promotion.change", "coupons.issue"),
    Row("GET", "/promotions/<promotion>/coupons.csv", "promotion.change", "coupons.sheet"),
    Row("GET", "/coupons/<code>", "manager.see", "coupons.look"),
    Row("POST", "/coupons/<code>/void", "promotion.change", "coupons.void"),
    Row("POST", "/coupons/<code>/print", "promotion.change", "coupons.print_one"),
    Row("GET", "/rewards", "manager.see", "coupons.rewards_listed"),
    Row("POST", "/rewards", "promotion.change", "coupons.reward_keep"),
    Row("POST", "/rewards/<reward>/end", "promotion.change", "coupons.reward_end"),
    Row("GET", "/stock", "manager.see", "stock.listed"),
    Row("GET", "/stock/lists/<which>", "manager.see", "stock.lacks"),
    Row("GET", "/stock/products/<int:product>", "manager.see", "stock.look"),
    Row("GET", "/feedback", "manager.see", "feedback.listed"),
    Row("POST", "/feedback/issues", "feedback.manage", "feedback.begin"),
    Row("POST", "/feedback/issues/<issue>", "feedback.manage", "feedback.change"),
    Row("GET", "/staff", "staff.change", "staff.listed"),
    Row("POST", "/staff", "staff.change", "staff.add", step_up=True),
    Row("POST", "/staff/<person>/name", "staff.change", "staff.rename"),
    Row("POST", "/staff/<person>/language", "staff.change", "staff.language"),
    Row("POST", "/staff/<person>/role", "staff.change", "staff.role", step_up=True),
    Row("POST", "/staff/<person>/active", "staff.change", "staff.active"),
    Row("POST", "/staff/<person>/badge", "staff.change", "staff.badge", step_up=True),
    Row("DELETE", "/staff/<person>/badge", "staff.change", "staff.unbadge"),
    Row("POST", "/staff/<person>/pin", "staff.change", "staff.pin", step_up=True),
    Row("POST", "/staff/<person>/code", "staff.change", "staff.code", step_up=True),
    Row("GET", "/members", "member.manage", "members.search"),
    Row("GET", "/members/<member>", "member.manage", "members.look"),
    Row("GET", "/members/<member>/sales/<sale>", "member.manage", "members.lines"),
    Row("POST", "/members/<member>/correct", "member.manage", "members.correct"),
    Row("POST", "/members/<member>/consent", "member.manage", "members.consent"),
    Row("POST", "/members/<member>/notes", "member.manage", "members.note"),
    Row("DELETE", "/members/<member>/notes/<int:note>", "member.manage", "members.note_drop"),
    Row("POST", "/members/<member>/cards/<card>/block", "member.manage", "members.block"),
    Row("POST", "/members/<member>/phone", "member.manage", "members.phone", step_up=True),
    Row("POST", "/members/<member>/export", "data.export", "rights.export", step_up=True),
    Row("POST", "/members/<member>/erase", "member.manage", "rights.erase_all", step_up=True),
    Row("GET", "/members/<member>/merge/<gone>", "member.manage", "rights.preview"),
    Row("POST", "/members/<member>/merge", "member.manage", "rights.merge", step_up=True),
    Row("GET", "/members/<member>/family", "member.manage", "rights.shared"),
    Row("POST", "/members/<member>/family", "member.manage", "rights.join"),
    Row("DELETE", "/members/<member>/family", "member.manage", "rights.leave"),
    Row("GET", "/rules", "manager.see", "rules.read"),
    Row("PATCH", "/rules", "setting.change", "rules.change"),
    Row("GET", "/loyalty", "manager.see", "loyalty.read"),
    Row("PATCH", "/loyalty", "setting.change", "loyalty.change"),
    Row("GET", "/imports", "data.import", "imports.listed", quiet=True),
    Row("POST", "/imports", "data.import", "imports.start"),
    Row("POST", "/imports/files", "data.import", "imports.begin"),
    Row("PUT", "/imports/files/<file>", "data.import", "imports.piece", raw=True),
    Row("GET", "/imports/<job>", "data.import", "imports.look", quiet=True),
    Row("GET", "/imports/<job>/refused", "data.import", "imports.refused"),
    Row("POST", "/imports/<job>/load", "data.import", "imports.load"),
    Row("POST", "/imports/<job>/cancel", "data.import", "imports.cancel"),
    Row("GET", "/exports", "data.export", "exports.listed"),
    Row("POST", "/exports", "data.export", "exports.ask"),
    Row("GET", "/exports/<ticket>", "data.export", "exports.fetch"),
)
