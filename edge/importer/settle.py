"""What only the whole file can tell: codes that another product of the shop has, and deposits that are none."""

from __future__ import annotations

from edge.base.sqlite import rows
from edge.box import Box
from edge.importer.report import Remark
from edge.importer.shelves import Shop
from edge.importer.stage import Stage

CHUNK = 500
BEYOND = 1 << 40  # lines of what no file brings
_CLASHES = (
    "SELECT c.line, c.code, c.owner, g.sku FROM clash c JOIN good g ON g.line = c.line WHERE (c.line, c.code) > (?, ?) "
    "ORDER BY c.line, c.code LIMIT ?"
)
_DEPOSITS = "SELECT line, sku, deposit FROM good WHERE deposit IS NOT NULL AND line > ? ORDER BY line LIMIT ?"
_SHOP_DEPOSITS = (
    "SELECT p.id, p.sku, d.sku FROM product p JOIN item d ON d.id = p.deposit "
    "WHERE p.version = ? AND p.id > ? AND p.deposit IS NOT NULL ORDER BY p.id LIMIT ?"
)


def place_of(code: str, sku: str) -> tuple[str, str]:
    """(our column, what to show) of a key under which a product is found."""
    if code.startswith("plu:"):
        return "plu", code.removeprefix("plu:")
    return ("sku" if code == sku else "gtin"), code


def clashes(stage: Stage, named: dict[str, str], *, replace: bool) -> None:
    """Refuse rows with a code of a product that keeps it. One that this file gives another code does not, and nothing
    keeps anything where the file replaces all."""
    if replace:
        return
    found = True
    while found:  # a row that is refused leaves its product as it was, and that may hold another's code
        found, at = False, (-1, "")
        while chunk := rows(stage.db, _CLASHES, (*at, CHUNK)):
            at = (chunk[-1][0], chunk[-1][1])
            with stage.db.immediate():
                for line, code, owner, sku in chunk:
                    if not stage.is_good(owner) and stage.body(line) is not None:
                        column, shown = place_of(code, sku)
                        stage.withdraw(line, [Remark(line, named.get(column, column), shown, "code_taken",
                                                     {"sku": owner})])  # fmt: skip
                        found = True


def deposits(box: Box, shop: Shop, stage: Stage, named: dict[str, str], *, replace: bool) -> None:
    """Refuse rows whose deposit is no deposit item, and such items that lose their flag while others need it.

    Where the file replaces all, the shop's own deposit items that it still needs are taken along.
    """
    while _refuse_no_deposit(shop, stage, named) or _refuse_lost_flag(box, shop, stage, named, replace=replace):
        pass
    if replace:
        needed = {
            deposit for (deposit,) in rows(stage.db, "SELECT DISTINCT deposit FROM good WHERE deposit IS NOT NULL")
        }
        for n, sku in enumerate(sorted(needed)):
            own = None if stage.is_good(sku) else shop.product(sku)
            if own is not None and stage.claim(sku, BEYOND + n, sku) is None:
                stage.add(BEYOND + n, own, sku=sku, deposit=own.deposit)


def _flags(shop: Shop, stage: Stage, sku: str) -> tuple[str, ...]:
    """The flags that a SKU will have."""
    line = stage.good_line(sku)
    if line is not None:
        return tuple(stage.body(line)["flags"])
    own = shop.product(sku)
    return own.flags if own else ()


def _refuse_no_deposit(shop: Shop, stage: Stage, named: dict[str, str]) -> bool:
    known: dict[str, bool] = {}
    found, at = False, -1
    while chunk := rows(stage.db, _DEPOSITS, (at, CHUNK)):
        at = chunk[-1][0]
        with stage.db.immediate():
            for line, sku, deposit in chunk:
                if deposit not in known:
                    known[deposit] = "deposit" in _flags(shop, stage, deposit)
                if not known[deposit] or deposit == sku:
                    stage.withdraw(line, [Remark(line, named.get("deposit", "deposit"), deposit, "deposit")])
                    found = True
    return found


def _refuse_lost_flag(box: Box, shop: Shop, stage: Stage, named: dict[str, str], *, replace: bool) -> bool:
    """Items of the file that products of the shop are charged with, and that would be deposits no more."""
    lost: dict[str, bool] = {}
    found, at = False, 0
    while not replace and (chunk := rows(box.db, _SHOP_DEPOSITS, (shop.versions.catalog, at, CHUNK))):
        at = chunk[-1][0]
        for _, sku, deposit in chunk:
            line = stage.good_line(deposit)
            if line is None or stage.is_good(sku):
                continue
            if deposit not in lost:
                flags = stage.body(line)["flags"]
                lost[deposit] = "deposit" not in flags
                if lost[deposit]:
                    remark = Remark(line, named.get("flags", "flags"), " ".join(flags), "deposit_used")
                    with stage.db.immediate():
                        stage.withdraw(line, [remark])
                    found = True
    return found
