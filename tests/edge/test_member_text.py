"""Whatever people type about members: kept as they meant it, or refused; nothing in it is ever obeyed."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from edge import member_page, member_text, members
from edge.base.document import Text
from edge.base.i18n import t
from edge.errors import ShopError
from edge.receipts import compose, sale_id
from edge.tables import safe
from tests.edge.shop import MILK, Hands, Shop
from tests.edge.test_exports import table

# Names that have hurt somebody's software.
NASTY = (
    "'; DROP TABLE member; --", "=cmd|' /C calc'!A0", "@SUM(1+1)*cmd", "＝1＋1", "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>", "{{7*7}} ${7*7} %s %n {name}", "a\x00b\x1b@c\x1dV\x00", "x\u202egnp.exe",
    "\u2066مرحبا\u2069 שלום", "👩‍👩‍👧‍👦🏳️‍🌈 👍🏽", "Z̸̡̛͖̬͎̏̀̎a̴͓̓l̶͉̏g̷̭̀o", "ﷺﷺﷺ", "نَستعلیق\u200cها",
    "林\u3000悦\u2028\u2029张", "O'Brien, \"x\"; =y", "../../etc/passwd",
    "\ufeffBOM\ufffe", "ＦＵＬＬ　ＷＩＤＴＨ", "\ue000\U000f0000x",
    "tb/1/+/#", "'\\\"`--/*", "-1e308", "null", "NaN", "\u200b\u200d\u2060",
)  # fmt: skip
ODD = st.text(
    st.one_of(
        st.characters(), st.sampled_from("=+-@\t\r\n'\";,<>&{}%\\\x00\x1b\x1d\u202e\u2066\u200d\u200b\u0301\ufeff林👩")
    ),
    max_size=60,
)  # fmt: skip
QUICK = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@settings(max_examples=400, deadline=None)
@given(ODD)
def test_a_name_is_plain_text_or_refused(text: str) -> None:
    try:
        name = member_text.name(text)
    except ShopError as error:
        assert error.slug == "name_long"
        return
    assert len(name) <= member_text.NAME_CHARS and name == name.strip()
    assert not {"Cc", "Cs", "Co", "Cn"} & {unicodedata.category(c) for c in name}
    assert {c for c in name if unicodedata.category(c) == "Cf"} <= {"\u200c", "\u200d"}
    assert member_text.name(name) == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("  林  悦 ", "林 悦"), ("👩\u200d👧", "👩\u200d👧"), ("a\u202eb", "ab"), ("\u200d\u200c", ""), ("\u0301", ""),
     ("e\u0301", "é"), ("a" + "\u0336" * 9, "a" + "\u0336" * 3), ("张\n三", "张 三"), ("\x00\x1b", "")],
)  # fmt: skip
def test_what_of_a_name_is_kept(typed: str, kept: str) -> None:
    assert member_text.name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("138 0000 5021", "13800005021"), ("+86-138-0000-5021", "13800005021"), ("（138）00005021", "13800005021"),
     ("１３８００００５０２１", "13800005021"), ("", ""), ("1234567", "1234567")],
)  # fmt: skip
def test_a_phone_number_however_it_is_written(typed: str, kept: str) -> None:
    assert member_text.phone(typed) == kept


@given(ODD)
def test_a_phone_number_is_digits_or_refused(text: str) -> None:
    try:
        found = member_text.phone(text)
    except ShopError as error:
        assert error.slug == "phone_wrong"
    else:
        assert found == "" or (found.isascii() and found.isdigit() and 7 <= len(found) <= 15)


@given(st.one_of(ODD, st.from_regex("[0-9]{2}-?[0-9]{2}", fullmatch=True)))
def test_a_birthday_is_a_month_and_a_day_and_never_a_year(text: str) -> None:
    try:
        found = member_text.birthday(text)
    except ShopError as error:
        assert error.slug == "birthday_wrong"
    else:
        assert found is None or (len(found) == 5 and 1 <= int(found[:2]) <= 12 and 1 <= int(found[3:]) <= 31)


def walk(shop: Shop, till: Hands, name: str, phone: str) -> str:
    """Enrol under the name and buy something; the name as it was kept."""
    view = till.do("member/enrol", name=name, phone=phone, consents=["points"])
    kept = str(view["member"]["name"])
    till.do("member/note", member=view["member"]["uid"], text=name + "!")
    till.scan(MILK)
    till.pay_cash()
    return kept


@QUICK
@given(name=ODD, n=st.integers(0, 10**8 - 1))
@example(name="=1+1", n=0)
def test_a_name_goes_through_screen_receipt_and_file_and_nothing_obeys_it(
    shop: Shop, till: Hands, name: str, n: int
) -> None:
    phone = f"177{n:08d}"
    if members.by_phone(shop.box, phone) is not None:
        return
    try:
        kept = walk(shop, till, name, phone)
    except ShopError as error:
        assert error.slug == "name_long"
        return
    through(shop, phone, kept)


@pytest.mark.parametrize("name", NASTY)
def test_names_that_have_hurt_others_hurt_nothing_here(shop: Shop, till: Hands, name: str) -> None:
    through(shop, "17700000000", walk(shop, till, name, "17700000000"))


def through(shop: Shop, phone: str, kept: str) -> None:
    member = members.by_phone(shop.box, phone)
    assert member is not None and member.name == kept
    page: dict[str, Any] = member_page.page(shop.box, member, "en")
    assert page["name"] == kept and len(page["sales"]) == 1 and len(page["notes"]) == 1
    head, uid = t("en", "export.col_name"), t("en", "export.col_member")
    assert [row[head] for row in table(shop, "members") if row[uid] == member.uid] == [safe(kept)]
    paper = compose(shop.box, sale_id(shop.box, page["sales"][0]["uid"]))
    (line,) = [x.text for x in paper.items if isinstance(x, Text) and x.text.startswith("Member")]
    assert member.on_paper in line and not {"Cc", "Cs", "Zl", "Zp"} & {unicodedata.category(c) for c in line}
    assert shop.ask("PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize("field", ["name", "phone", "birthday", "card"])
def test_ten_thousand_characters_are_refused_and_change_nothing(shop: Shop, till: Hands, field: str) -> None:
    before = shop.one("SELECT COUNT(*) FROM member")
    with pytest.raises(ShopError):
        till.do("member/enrol", **{"phone": "17700000000", "consents": [], field: "长" * 10_000})
    assert shop.one("SELECT COUNT(*) FROM member") == before
    assert till.view()["member"] is None
