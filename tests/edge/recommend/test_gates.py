"""What is never suggested: as a property of the pure rule, and of the whole sample store in any situation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge import catalog
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.catalog import Product
from edge.members import has_consent
from edge.recommend.declines import decline
from edge.recommend.gates import SENSITIVE_FLAGS, Facts, refusal
from edge.recommend.suggest import Suggester, Suggestion

CATEGORIES = ("drink", "bake", "home", "care", "alcohol")
FLAGS = ("health", "baby", "age18", "alcohol", "gift")

products = st.builds(
    Product,
    id=st.integers(1, 5), sku=st.just("X"), gtin=st.none(), name_zh=st.just("名"), name_en=st.just("N"),
    icon=st.just("tag"),
    category=st.sampled_from(CATEGORIES), unit=st.sampled_from(("pc", "kg")), tax_group=st.just("A"),
    flags=st.lists(st.sampled_from(FLAGS), unique=True).map(tuple), price=st.just(100), member_price=st.none(),
)  # fmt: skip
ids = st.frozensets(st.integers(1, 5))
facts = st.builds(
    Facts, consent=st.booleans(), basket=ids, declined=ids,
    bought_categories=st.frozensets(st.sampled_from(CATEGORIES)),
    sensitive_categories=st.frozensets(st.sampled_from(CATEGORIES)),
)  # fmt: skip
stocks = st.none() | st.integers(-2000, 5000)


@given(products, facts, st.booleans(), stocks)
def test_what_passes_has_passed_every_gate(product: Product, facts: Facts, active: bool, stock: int | None) -> None:
    if refusal(product, facts, active=active, stock=stock) is not None:
        return
    assert facts.consent and active
    assert product.id not in facts.basket | facts.declined
    assert stock is None or (stock >= 1000 if product.unit == "pc" else stock > 0)
    assert not SENSITIVE_FLAGS & set(product.flags) and product.category not in facts.sensitive_categories
    assert product.category in facts.bought_categories


@given(products, facts, stocks)
def test_no_gate_can_be_opened_by_closing_another(product: Product, facts: Facts, stock: int | None) -> None:
    """More declined, more in the basket, less stock: what was refused stays refused."""
    if refusal(product, facts, active=True, stock=stock) is None:
        return
    stricter = Facts(
        facts.consent, facts.basket | {1, 2}, facts.declined | {3}, facts.bought_categories, facts.sensitive_categories
    )
    assert refusal(product, stricter, active=True, stock=stock) is not None


class Store:
    """The sample store, asked for suggestions; every change is taken back after the question."""

    def __init__(self, box: Box) -> None:
        self.box, self.suggester, self.versions = box, Suggester(box), catalog.current(box.db)
        self.members = [m for (m,) in rows(box.db, "SELECT id FROM member ORDER BY id")]
        self.products = [p.id for p in catalog.tiles(box.db, self.versions)]

    def asked(self, member: int, basket: list[int]) -> list[Suggestion]:
        return [*self.suggester.offers(member), *self.suggester.beside(member, basket)]

    def bought_categories(self, member: int) -> set[str]:
        """From the sales themselves, not from what was learned."""
        sql = (
            "SELECT DISTINCT p.category FROM sale s JOIN sale_line l ON l.sale = s.id "
            "JOIN product p ON p.version = ? AND p.id = l.product WHERE s.member = ? AND s.kind = 'sale'"
        )
        return {category for (category,) in rows(self.box.db, sql, (self.versions.catalog, member))}


class _Undo(Exception):
    pass


@pytest.fixture(scope="module")
def store(demo: Box) -> Iterator[Store]:
    yield Store(demo)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_on_the_sample_store_no_suggestion_ever_breaks_a_gate(store: Store, data: st.DataObject) -> None:
    member = data.draw(st.sampled_from(store.members))
    basket = data.draw(st.lists(st.sampled_from(store.products), max_size=12))
    no, empty = (
        data.draw(st.lists(st.sampled_from(store.products), max_size=40, unique=True)),
        data.draw(st.lists(st.sampled_from(store.products), max_size=80, unique=True)),
    )
    box = store.box
    try:
        with box.transaction() as db:
            for product in no:
                decline(box, member, product, "kiosk")
            for product in empty:
                db.execute_sql("UPDATE stock SET qty = 0 WHERE product = ?", (product,))
            counted = {p for (p,) in rows(db, "SELECT product FROM stock")}
            found = store.asked(member, basket)
            offers = store.suggester.offers(member)
            raise _Undo
    except _Undo:
        pass
    if not has_consent(box.db, member, "offers"):
        assert found == []
    categories = store.bought_categories(member)
    beside = found[len(offers) :]
    for suggestion in found:
        product = suggestion.product
        assert product.id not in no and not (product.id in empty and product.id in counted)
        assert not SENSITIVE_FLAGS & set(product.flags) and product.category not in ("care", "alcohol")
        assert product.category in categories
    assert not {s.product.id for s in beside} & set(basket)
    assert len(offers) <= 3 and len({s.product.id for s in offers}) == len(offers)


def test_a_category_that_is_mostly_sensitive_is_so_whatever_it_is_called(store: Store) -> None:
    box = store.box
    try:
        with box.transaction() as db:
            db.execute_sql("UPDATE product SET category = 'drugstore' WHERE category = 'care'")
            facts = Suggester(box).facts(store.members[0], store.versions)
            assert "drugstore" in facts.sensitive_categories and "drink" not in facts.sensitive_categories
            raise _Undo
    except _Undo:
        assert row(box.db, "SELECT 1 FROM product WHERE category = 'drugstore'") is None


def test_members_with_consent_are_offered_three_of_what_they_like(store: Store) -> None:
    willing = [m for m in store.members if has_consent(store.box.db, m, "offers")]
    counts = [len(store.suggester.offers(member)) for member in willing]
    assert sum(count == 3 for count in counts) > len(willing) * 0.8
    assert not [m for m in store.members if m not in willing and store.suggester.offers(m)]
