"""One document or one note held to its event: as it was written, changed, or without an event."""

from __future__ import annotations

import json

import pytest

from edge import proofs
from tests.edge.shop import BREAD, MILK, Hands, Shop


def sale(shop: Shop) -> int:
    """The row of the lane's first sale."""
    return int(shop.one("SELECT MIN(id) FROM sale WHERE lane = '1'"))


@pytest.fixture
def books(shop: Shop, till: Hands) -> Shop:
    """Two sales, the second voided, and a drawer opened for no sale."""
    till.sell([MILK], "gold")
    till.void(till.sell([BREAD]).uid)
    till.do("drawer/open", reason="stuck")
    till.approve()
    return shop


def test_untouched_documents_are_ok(books: Shop) -> None:
    for (number,) in books.ask("SELECT id FROM sale"):
        assert proofs.of_sale(books.box, number)["state"] == "ok"
    told = proofs.of_sale(books.box, sale(books))
    assert (told["type"], told["epoch"]) == ("sale.completed", books.box.source.epoch)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE sale SET total = 1 WHERE id = ?",
        "UPDATE sale_line SET name = 'Tea' WHERE sale = ?",
        "UPDATE sale_tax SET tax = 0 WHERE sale = ?",
        "UPDATE tender SET kind = 'card' WHERE sale = ?",
        "UPDATE ledger SET points = 9 WHERE sale = ?",
        "DELETE FROM tender WHERE sale = ?",
        "UPDATE journal SET body = replace(body, 'Milk', 'Tea') WHERE seq = (SELECT seq FROM sale WHERE id = ?)",
    ],
)
def test_a_changed_one_is_not(books: Shop, sql: str) -> None:
    books.db.execute_sql(sql, (sale(books),))
    assert proofs.of_sale(books.box, sale(books))["state"] == "changed"


def test_one_without_its_event_is_missing_it(books: Shop) -> None:
    books.db.execute_sql("DELETE FROM journal WHERE seq >= (SELECT seq FROM sale WHERE id = ?)", (sale(books),))
    assert proofs.of_sale(books.box, sale(books))["state"] == "missing"
    assert proofs.of_sale(books.box, 999)["state"] == "missing"


def test_a_note_is_held_to_its_event(books: Shop) -> None:
    found = books.ask("SELECT epoch, seq, reason, detail FROM audit WHERE action = 'no_sale'")[0]
    epoch, seq, reason, detail = found
    said = {"reason": reason, **json.loads(detail)}
    assert proofs.of_note(books.box, epoch, seq, "no_sale", said) == "ok"
    assert proofs.of_note(books.box, epoch, seq, "no_sale", {**said, "reason": "tea"}) == "changed"
    assert proofs.of_note(books.box, epoch, seq, "void", said) == "changed"
    assert proofs.of_note(books.box, epoch, 9_999, "no_sale", said) == "missing"
