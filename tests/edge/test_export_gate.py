"""Every export is by somebody who may, is bounded where it is about people, and is written down (F125)."""

from __future__ import annotations

import pytest

from edge.errors import ShopError
from edge.export_gate import allow_export, taken
from tests.edge.shop import Shop


def rows(shop: Shop) -> list[tuple[str, str]]:
    return shop.ask("SELECT action, detail FROM audit ORDER BY id")


@pytest.mark.fault("F125")
def test_an_export_is_written_down_before_it_is_made(shop: Shop) -> None:
    allow_export(shop.box, shop.person("manager"), "products", 50_000)
    assert rows(shop) == [("exported", '{"what":"products","rows":50000,"personal":0}')]


@pytest.mark.fault("F125")
@pytest.mark.parametrize("role", ["cashier", "technician", "kiosk", "hq"])
def test_only_managers_export(shop: Shop, role: str) -> None:
    with shop.box.transaction():
        person = shop.staff.add(name_zh="某人", name_en="Somebody", role=role, pin=None)
    with pytest.raises(ShopError, match="denied"):
        allow_export(shop.box, person, "members", 1, personal=True)
    assert rows(shop) == []


@pytest.mark.fault("F125")
def test_members_are_counted_by_person_and_day_and_too_many_at_once_give_none(shop: Shop) -> None:
    shop.setting("export", {"member_rows_per_day": 100})
    manager = shop.person("manager")
    allow_export(shop.box, manager, "members", 60, personal=True)
    with pytest.raises(ShopError) as raised:
        allow_export(shop.box, manager, "members", 41, personal=True)
    assert (raised.value.slug, raised.value.params) == ("export_cap", {"left": 40, "limit": 100})
    allow_export(shop.box, manager, "members", 40, personal=True)
    allow_export(shop.box, manager, "products", 9_999)
    assert [action for action, _ in rows(shop)] == ["exported", "export_refused", "exported", "exported"]
    assert taken(shop.box, manager) == 100
    shop.clock.advance(86_400)
    shop.clock.set_wall(shop.clock.now_us())
    assert taken(shop.box, manager) == 0
    allow_export(shop.box, manager, "members", 100, personal=True)


@pytest.mark.fault("F125")
def test_another_manager_has_their_own_measure_and_both_are_named(shop: Shop) -> None:
    shop.setting("export", {"member_rows_per_day": 10})
    with shop.box.transaction():
        other = shop.staff.add(name_zh="二", name_en="Second", role="manager", pin=None)
    allow_export(shop.box, shop.person("manager"), "members", 10, personal=True)
    allow_export(shop.box, other, "members", 10, personal=True)
    assert len({staff for (staff,) in shop.ask("SELECT staff FROM audit")}) == 2
