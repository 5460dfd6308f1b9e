"""Finding a product by name, initials or code: one rule, and an index that finds the same as looking at everything."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge import catalog, catalog_grid, catalog_index, till_view
from edge.base.sqlite import open_database
from edge.catalog import ProductRow, Versions
from edge.catalog_index import rank, search_text
from tests.edge.shop import CATEGORIES, MILK, PRODUCTS, Shop

OAT = search_text("燕麦奶 1L", "Oat milk 1 l", "ymn", ["40001", "6901234567892", "00123", None, "HOUSE-7"])


@pytest.mark.parametrize(
    ("text", "tier"),
    [("40001", 0), ("6901234567892", 0), ("house-7", 0), ("燕", 1), ("燕麦奶", 1), ("oat m", 1), ("ym", 2),
     ("ymn", 2), ("麦奶", 3), ("奶", 3), ("mn", 3), ("milk", 3), ("ilk", 3), ("m", 3), ("4", 3), ("69", 3), ("678", 3),
     ("567892", 3), ("i", None), ("89", None), ("tea", None), ("奶麦", None), ("40001 690", None)],
)  # fmt: skip
def test_how_well_a_text_matches(text: str, tier: int | None) -> None:
    assert rank(OAT, text) == tier


def test_width_case_and_spaces_make_no_difference() -> None:
    assert catalog_index.folded("  ＯＡＴ\u3000Milk\t１ ") == "oat milk 1"
    assert catalog_index.folded("a\x00b\ud800c") == "a b c"


@pytest.fixture
def many(shop: Shop) -> Shop:
    """More products than are looked at one by one."""
    more = [
        ProductRow(f"{10_000 + n}", f"{'鲜纯'[n % 2]}牛奶 {n}", f"Milk {n}", "drink", "pc", "A", 500, initials="xcn")
        for n in range(catalog_index.FROM)
    ]
    catalog.load(shop.box, CATEGORIES, [*PRODUCTS, *more, replace(more[-1], sku="牛奶", name_zh="别的", frequent=True)])
    return shop


def skus(shop: Shop, text: str, limit: int = 50) -> list[str]:
    return [p.sku for p in catalog.search(shop.db, catalog.current(shop.db), text, limit)]


def test_a_large_catalogue_has_an_index_and_a_small_one_none(shop: Shop, many: Shop) -> None:
    at = catalog.current(shop.db).catalog
    index = catalog_index.open_index(shop.db, at)
    assert index is not None and catalog_index.open_index(shop.db, at - 1) is None
    index.close()


def test_the_best_come_first(many: Shop) -> None:
    found = skus(many, "牛奶")
    assert found[0] == "牛奶", "the code itself"
    assert skus(many, "纯牛奶")[0] == "MILK", "the frequent one of those whose name begins so"
    assert skus(many, "11999") == ["11999"]
    assert skus(many, MILK) == ["MILK"] and skus(many, "567892") == ["MILK"]
    assert skus(many, "hfs") == [] and len(skus(many, "m")) == 50


def test_an_index_of_another_load_is_not_believed(many: Shop) -> None:
    """A backup came back, and the next load took a version number that was used before."""
    many.db.execute_sql("UPDATE version_flip SET stamp = 'another' WHERE name = 'catalog'")
    assert catalog_index.open_index(many.db, catalog.current(many.db).catalog) is None
    assert skus(many, "纯牛奶")[0] == "MILK", "slower, but found"


def test_a_damaged_index_is_not_asked(many: Shop) -> None:
    path = catalog_index.path_of(many.db, catalog.current(many.db).catalog)
    whole = path.read_bytes()
    for damaged in (b"\0" * 8192, whole[:4096] + b"\0" * (len(whole) - 4096)):
        path.write_bytes(damaged)
        assert skus(many, MILK) == ["MILK"]


def test_the_index_goes_with_its_version(many: Shop) -> None:
    old = catalog_index.path_of(many.db, catalog.current(many.db).catalog)
    many.prices(milk=1_300)
    assert old.exists(), "somebody may still be asking it"
    many.clock.advance(700)
    many.prices(milk=1_400)
    assert not old.exists()


# ---- the same as looking at everything

_WORDS = st.sampled_from(
    ["牛", "奶", "牛奶", "纯", "米", "a", "b", "ab", "1", "12", "é", "－", '"', "'", "*", "\ue000", " ", "l1"]
)
_TEXT = st.lists(_WORDS, max_size=5).map("".join)
_GOODS = st.lists(
    st.tuples(_TEXT, _TEXT, _TEXT, st.lists(_TEXT, max_size=2), st.booleans()), min_size=1, max_size=25
)  # fmt: skip


@settings(max_examples=60)
@given(goods=_GOODS, texts=st.lists(_TEXT, min_size=1, max_size=8), limit=st.integers(1, 30))
def test_the_index_finds_what_a_plain_look_finds(
    tmp_path_factory: pytest.TempPathFactory, goods: list[tuple[str, str, str, list[str], bool]], texts: list[str],
    limit: int,
) -> None:  # fmt: skip
    folder = tmp_path_factory.mktemp("index")
    texts += [name[:2] for name, *_ in goods] + [codes[0] for _, _, _, codes, _ in goods if codes]
    found = compare(folder, goods, texts, limit)
    assert not found, found


def compare(
    folder: Path, goods: list[tuple[str, str, str, list[str], bool]], texts: list[str], limit: int
) -> list[tuple[str, list[int], list[int]]]:
    """(text, found plainly, found by the index) where they differ."""
    db = open_database(folder / "box.db")
    db.execute_sql("CREATE TABLE product (version, id, frequent, search, active, PRIMARY KEY (version, id))")
    db.execute_sql("CREATE TABLE version_flip (name, version, stamp)")
    db.execute_sql("INSERT INTO version_flip VALUES ('catalog', 1, 'x')")
    stored = {n: search_text(zh, en, ini, [f"S{n}", *codes]) for n, (zh, en, ini, codes, _) in enumerate(goods, 1)}
    for n, (*_, often) in enumerate(goods, 1):
        db.execute_sql("INSERT INTO product VALUES (1, ?, ?, ?, 1)", (n, int(often), stored[n]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalog_index, "FROM", 1)
        catalog_index.build(db, 1, "x")
    index = catalog_index.open_index(db, 1)
    assert index is not None
    wrong = []
    for text in filter(None, map(catalog_index.folded, texts)):
        plain = catalog_index.plain(db, 1, text, limit)
        by_index = catalog_index.indexed(index, text, stored.get, limit)
        if plain != by_index:
            wrong.append((text, plain, by_index))
    index.close()
    db.close()
    return wrong


def test_versions_keep_their_own_answers(many: Shop) -> None:
    before = catalog.current(many.db)
    many.prices()
    assert catalog.search(many.db, before, "11999")[0].sku == "11999"
    assert catalog.search(many.db, Versions(before.catalog + 1, before.price + 1), "11999") == []


def test_the_grid_of_a_large_shop_has_the_frequent_and_the_head_of_each_category(shop: Shop, many: Shop) -> None:
    now = catalog.current(many.db)
    found = catalog_grid.grid(many.db, now)
    assert {p.sku for p in found} >= {"MILK", "APPLES", "牛奶"} and found[0].frequent
    assert len([p for p in found if p.category == "drink"]) <= catalog_grid.EACH + 2
    view = till_view.catalog_view(many.box, "en")
    assert [tile["id"] for tile in view["products"]] == [p.id for p in found]
    assert next(t["stock"] for t in view["products"] if t["name"] == "Milk 1 l") == 100
    hits = till_view.search_view(many.box, MILK, "en")
    assert [(t["name"], t["stock"]) for t in hits] == [("Milk 1 l", 100)]


def test_the_grid_of_a_small_shop_has_everything(shop: Shop) -> None:
    now = catalog.current(shop.db)
    assert catalog_grid.grid(shop.db, now) == catalog.tiles(shop.db, now)
