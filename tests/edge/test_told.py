"""What the shop knows of a member: all of it, in her words, as a file or on paper, and written down who took it."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from edge import family, members, printing
from edge.base.document import Row, Text
from edge.base.i18n import LANGS, t
from edge.errors import ShopError
from edge.export_rows import instant
from edge.privacy import erase, give, told
from edge.recommend import declines, learn
from tests.edge.privacy_desk import CARD, MASKED, NAME, enrol, uid_of
from tests.edge.shop import BREAD, MILK, Hands, Shop
from tests.edge.test_member_text import NASTY


def customer(shop: Shop, till: Hands) -> int:
    member = enrol(shop)
    till.scan(CARD)
    till.sell([MILK, BREAD])
    learn.catch_up_fully(shop.box)
    with shop.box.transaction():
        declines.decline(shop.box, member, shop.product("GUM").id, "till")
    family.join(shop.box, member, shop.member("gold"), True, family.By("till"))
    return member


def as_file(shop: Shop, member: int, form: str, lang: str = "en", role: str = "manager") -> str:
    made = give.take(shop.box, member, form, lang, shop.person(role), "manager")
    return b"".join(made.blocks).decode()


def test_all_that_is_known_is_told_in_both_languages(shop: Shop, till: Hands) -> None:
    member = customer(shop, till)
    for lang in LANGS:
        found = {section.id: section for section in told.about(shop.box, member, lang)}
        assert set(found) == {
            "person", "cards", "consents", "family", "points", "sales", "declined", "learned", "written"
        }  # fmt: skip
        for section in found.values():
            assert t(lang, f"privacy.s_{section.id}")
            assert all(t(lang, f"privacy.c_{name}") for name in section.columns)
            assert all(len(line) == len(section.columns) for line in section.lines)
    person = dict(found["person"].lines)
    assert (person["Name"], person["Phone"], person["Birthday"]) == (NAME, "139••••0142", "11-28")
    assert [line[2] for line in found["sales"].lines] == ["sale", "Milk 1 l", "Wholemeal bread"]
    assert MASKED in str(found["written"].lines), "what stands beside the event of her enrolment"


def test_json_is_for_programs_and_holds_the_same(shop: Shop, till: Hands) -> None:
    member = customer(shop, till)
    found: dict[str, Any] = json.loads(as_file(shop, member, "json"))
    assert found["cards"] == [{"card": CARD, "state": "active"}]
    assert [x["points"] for x in found["points"]] == [21]
    assert found["sales"][0]["amount"] == "21.40" and found["sales"][1]["qty"] == 1
    assert {x["purpose"]: x["granted"] for x in found["consents"]}[t("en", "member.purpose_points")] == "yes"


def test_a_csv_holds_no_formula_whatever_she_is_called(shop: Shop) -> None:
    evil = '=HYPERLINK("http://x";"y")'
    member = enrol(shop, evil)
    text = as_file(shop, member, "csv", "zh-CN")
    lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert ["姓名", f"'{evil}"] in lines
    assert not [cell for line in lines for cell in line if cell[:1] in ("=", "+", "@")]


def test_names_that_have_hurt_others_are_cells_and_paper_and_no_more(shop: Shop, till: Hands) -> None:
    for n, name in enumerate(NASTY):
        with shop.box.transaction():
            member = members.enrol(shop.box, name=name, card=f"X{n}", phone=f"1330000{n:04d}")
        for form, lang in (("csv", "en"), ("json", "zh-CN")):
            text = as_file(shop, member, form, lang)
            if form == "json":
                assert json.loads(text)["person"]
            else:
                lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
                assert not [cell for line in lines for cell in line if cell[:1] in ("=", "+", "@", "-", "\t", "\r")]
        printer = shop.spooler().printer
        paper = printer.render(give.compose(shop.box, f"member:{uid_of(shop, member)}", "en"))
        assert paper.count(b"\x1d") == paper_of_nobody(shop).count(b"\x1d"), name


def paper_of_nobody(shop: Shop) -> bytes:
    return shop.spooler().printer.render(give.compose(shop.box, f"member:{uid_of(shop, shop.member('bronze'))}", "en"))


def test_on_paper_it_says_the_same_and_what_she_may_ask_for(shop: Shop, till: Hands) -> None:
    member = customer(shop, till)
    give.on_paper(
        shop.box, member, "job-1", "en", shop.person("cashier"), lane="1", printer="printer-1", channel="till"
    )
    (ref,) = shop.ask("SELECT ref FROM print_job WHERE uid = 'job-1'")[0]
    paper = give.compose(shop.box, ref, "en")
    said = "\n".join(
        item.text if isinstance(item, Text) else f"{item.left} {item.right}"
        for item in paper.items if isinstance(item, Text | Row)
    )  # fmt: skip
    for part in (NAME, "139••••0142", "Milk 1 l", "What this shop knows of you", "corrected or erased"):
        assert part in said
    while shop.spooler().print_next():
        pass
    assert shop.ask("SELECT state FROM print_job WHERE uid = 'job-1'") == [("printed",)]


def test_the_same_tap_prints_once_and_counts_once(shop: Shop, till: Hands) -> None:
    member = customer(shop, till)
    for _ in range(3):
        give.on_paper(
            shop.box, member, "job-1", "en", shop.person("cashier"), lane="1", printer="printer-1", channel="till"
        )
    assert shop.one("SELECT COUNT(*) FROM print_job WHERE uid = 'job-1'") == 1
    assert shop.one("SELECT COUNT(*) FROM audit WHERE action = 'exported'") == 1


def test_a_paper_that_waits_for_the_printer_is_never_printed_once_she_was_erased(shop: Shop, till: Hands) -> None:
    member = customer(shop, till)
    give.on_paper(shop.box, member, "job-1", "en", None, lane="1", printer="printer-1", channel="kiosk")
    uid = uid_of(shop, member)
    erase.erase(shop.box, member, None, channel="kiosk")
    assert shop.ask("SELECT uid FROM print_job WHERE uid = 'job-1'") == []
    with pytest.raises(ShopError, match="member_gone"):
        give.compose(shop.box, f"member:{uid}", "en")
    assert printing.pending(shop.box, "1")[0] is None


def test_who_took_it_is_written_down_and_counts_towards_the_day(shop: Shop) -> None:
    """One of the ways to take the shop's members away: one by one (F125)."""
    member = enrol(shop)
    shop.setting("export", {"member_rows_per_day": 2})
    for _ in range(2):
        as_file(shop, member, "json")
    with pytest.raises(ShopError, match="export_cap"):
        as_file(shop, member, "json")
    assert shop.ask("SELECT action, json_extract(detail, '$.what') FROM audit WHERE action LIKE 'export%'") == [
        ("exported", "member"), ("exported", "member"), ("export_refused", "member"),
    ]  # fmt: skip


def test_files_are_the_managers_and_paper_is_everybodys_who_sells(shop: Shop) -> None:
    member = enrol(shop)
    with pytest.raises(ShopError, match="denied"):
        as_file(shop, member, "json", role="cashier")
    give.on_paper(shop.box, member, "j", "en", shop.person("cashier"), lane="1", printer="printer-1", channel="till")
    with pytest.raises(ShopError, match="no_printer"):
        give.on_paper(shop.box, member, "k", "en", shop.person("cashier"), lane="2", printer=None, channel="till")
    with pytest.raises(ShopError, match="export_unknown"):
        as_file(shop, member, "pdf")


def test_a_table_that_nobody_thought_of_is_told_as_it_stands(shop: Shop) -> None:
    member = enrol(shop)
    shop.db.execute_sql("CREATE TABLE hobby (member INTEGER NOT NULL, what TEXT) STRICT")
    shop.db.execute_sql("INSERT INTO hobby VALUES (?, 'chess')", (member,))
    (more,) = [s for s in told.about(shop.box, member, "en") if s.id == "more"]
    assert more.lines == (("hobby", "what: chess"),)


def test_nobody_is_told_of_a_member_who_is_gone(shop: Shop) -> None:
    member = enrol(shop)
    erase.erase(shop.box, member, None, channel="kiosk")
    with pytest.raises(ShopError, match="member_gone"):
        told.about(shop.box, member, "en")
    assert members.by_id(shop.db, member) is None and instant(shop.box, None) is None
