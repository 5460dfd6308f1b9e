"""What a code is, from its shape alone: products, scale labels, cards, badges, payment codes, and what is damaged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge import codes
from edge.codes import identify

LABELS = ("21PPPPPWWWWWC", "22PPPPPAAAAAC", "28PPPPPWWWWWAAAAAC")


def gtin(body: str) -> str:
    return body + str(codes.check_digit(body))


@pytest.mark.parametrize(
    "text",
    ["6901234567892", "4006381333931", "96385074", "036000291452", "10614141000415", "0012345678905", "05901234123457"],
)
def test_every_length_of_gtin_is_a_product(text: str) -> None:
    code = identify(text, LABELS)
    assert code.kind == "product"
    assert code.candidates[:2] == (text, text.zfill(14))


@pytest.mark.fault("F78")
@pytest.mark.parametrize(
    "text", ["6901234567890", "4006381333930", "96385075", "036000291450", "10614141000410", "9780201379625"]
)
def test_a_wrong_check_digit_is_said_to_be_one(text: str) -> None:
    assert identify(text, LABELS).kind == "bad_check"


@given(st.sampled_from([7, 11, 12, 13]).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n)), st.data())
def test_a_misread_digit_of_a_gtin_never_is_another_product(body: str, data: st.DataObject) -> None:
    """A single wrong digit is always noticed, except that an eight-digit code may also be a good UPC-E."""
    text = gtin(body)
    at = data.draw(st.integers(0, len(text) - 1))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != text[at]]))
    wrong = text[:at] + digit + text[at + 1 :]
    found = identify(wrong, ())
    assert found.kind == "bad_check" or (len(wrong) == 8 and codes.upc_e_to_a(wrong))


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("01234565", "012345000065"),
        ("04252614", "042100005264"),
        ("02345673", "023456000073"),
        ("01234531", "012300000451"),
        ("01234543", "012340000053"),
        ("12345670", "123456000070"),
    ],
)
def test_an_upc_e_stands_for_its_upc_a(short: str, long: str) -> None:
    upc = codes.upc_e_to_a(short)
    assert upc == long
    assert codes.check_ok(long)
    code = identify(short, LABELS)
    assert code.kind == "product"
    assert codes.gtin14(long) in code.candidates


@pytest.mark.parametrize("text", ["21234565", "0123456", "01234566", "012345650"])
def test_what_is_no_upc_e_is_not_expanded(text: str) -> None:
    assert codes.upc_e_to_a(text) is None


def test_an_ean_8_with_a_leading_zero_is_looked_up_as_itself_before_as_upc_e() -> None:
    """The same eight digits may be a good EAN-8 and a good UPC-E: the shop's own product list decides."""
    both = next(
        text
        for text in (gtin(f"0{n:06d}") for n in range(100_000, 200_000))
        if (upc := codes.upc_e_to_a(text)) and codes.gtin14(upc) != codes.gtin14(text)
    )
    code = identify(both, LABELS)
    assert code.kind == "product"
    assert code.candidates[:2] == (both, both.zfill(14))
    assert code.candidates[2] == codes.gtin14(codes.upc_e_to_a(both) or "")


def test_an_ean_8_with_a_leading_zero_needs_no_upc_e_meaning() -> None:
    only = next(text for text in (gtin(f"0{n:06d}") for n in range(1000)) if codes.upc_e_to_a(text) is None)
    assert identify(only, LABELS).kind == "product"


@pytest.mark.fault("F79")
@pytest.mark.parametrize(
    ("template", "plu", "qty", "amount"),
    [
        ("21PPPPPWWWWWC", "10101", 1_250, None),
        ("22PPPPPAAAAAC", "10101", None, 1_599),
        ("28PPPPPWWWWWAAAAAC", "10101", 1_250, 1_600),
        ("28PPPPPWWWWWAAAAAX", "10101", 5, 1),  # a scale that prints no check digit
        ("02PPPPPWWWWWC", "00007", 99_999, None),
    ],
)
def test_a_scale_label_tells_the_product_and_what_was_weighed(
    template: str, plu: str, qty: int | None, amount: int | None
) -> None:
    code = identify(codes.weighed_label(template, plu, qty or 0, amount or 0), (template,))
    assert (code.kind, code.plu, code.candidates, code.qty, code.amount) == ("label", plu, (f"plu:{plu}",), qty, amount)


@pytest.mark.fault("F79", "F78")
@pytest.mark.parametrize("template", ["21PPPPPWWWWWC", "22PPPPPAAAAAC"])
def test_a_misread_scale_label_is_no_label(template: str) -> None:
    good = codes.weighed_label(template, "10101", 1_250, 1_599)
    for at in range(2, len(good)):
        wrong = good[:at] + str((int(good[at]) + 1) % 10) + good[at + 1 :]
        assert identify(wrong, LABELS).kind == "bad_check"


def test_a_label_of_another_store_is_an_ordinary_code_here() -> None:
    assert identify(codes.weighed_label("21PPPPPWWWWWC", "10101", 1_250), ()).kind == "product"


def test_a_number_that_does_not_fit_its_label_is_refused() -> None:
    with pytest.raises(ValueError, match="fit"):
        codes.weighed_label("21PPPPPWWWWWC", "10101", 100_000)


@pytest.mark.parametrize(
    ("make", "kind", "length"), [(codes.member_code, "member", 15), (codes.staff_code, "staff", 13)]
)
def test_cards_and_badges_carry_their_own_check(make, kind: str, length: int) -> None:  # type: ignore[no-untyped-def]
    for number in (0, 1, 97, 12_345_678, 99_999_999):
        text = make(number)
        assert len(text) == length
        assert identify(text, LABELS).kind == kind
        assert identify(text.lower(), LABELS) == identify(text, LABELS)
        for at in range(3, length):
            wrong = text[:at] + str((int(text[at]) + 3) % 10) + text[at + 1 :]
            assert identify(wrong, LABELS).kind == "bad_check"
        for at in range(3, length - 1):
            swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
            assert swapped == text or identify(swapped, LABELS).kind == "bad_check"


@pytest.mark.parametrize("text", ["TBX", "TBX12", "TBX00000000010x", "TBX０００００００００１９７", "TBS1"])
def test_half_a_card_is_no_card(text: str) -> None:
    assert identify(text, LABELS).kind == "bad_check"


@pytest.mark.parametrize("number", [-1, 10**10])
def test_card_numbers_have_ten_digits(number: int) -> None:
    with pytest.raises(ValueError, match="10 digits"):
        codes.member_code(number)


def test_a_receipts_barcode_names_the_receipt() -> None:
    code = identify("TBRS01-1-1-000042", LABELS)
    assert (code.kind, code.text) == ("receipt", "S01-1-1-000042")


@pytest.mark.parametrize(
    "text",
    [
        "130123456789012345", "100000000000000000", "159999999999999999",  # WeChat
        "2512345678901234", "300000000000000000000000", "281234567890123456789",  # Alipay
        "6212345678901234567",  # UnionPay
    ],
)  # fmt: skip
def test_a_payment_code_is_known_by_its_shape_and_never_kept(text: str) -> None:
    code = identify(text, LABELS)
    assert code.kind == "payment"
    assert code.text == f"{text[:2]}…{text[-4:]}"
    assert code.candidates == ()
    assert text not in repr(code)


def test_an_alipay_code_with_the_digits_of_a_label_but_not_its_check_is_a_payment_code() -> None:
    good = codes.weighed_label("28PPPPPWWWWWAAAAAC", "10101", 1_250, 1_600)
    alipay = good[:-1] + str((int(good[-1]) + 1) % 10)
    code = identify(alipay, LABELS)
    assert code.kind == "payment"
    assert alipay not in repr(code)


@pytest.mark.parametrize("text", ["1601234567890123456", "311234567890123456", "621234567890123456", "123456789012345"])
def test_other_long_numbers_are_just_unknown(text: str) -> None:
    assert identify(text, LABELS).kind == "unknown"


@pytest.mark.fault("F74")
@pytest.mark.parametrize(
    "text",
    ["", "   ", "690\x1bp\x00", "690\n1234567892", "\x0f690", "690\x7f", "690\u202e123", "690\u20281", "\ud800"],
)
def test_control_characters_make_a_code_unreadable(text: str) -> None:
    assert identify(text, LABELS).kind == "unreadable"


@pytest.mark.fault("F74")
def test_a_code_of_four_thousand_characters_is_refused_and_only_its_beginning_kept() -> None:
    code = identify("9" * 4096, LABELS)
    assert (code.kind, len(code.text), code.candidates) == ("unreadable", 32, ())
    assert identify("a" * codes.MAX_CHARS, LABELS).kind == "unknown"


@pytest.mark.fault("F75")
@pytest.mark.parametrize(
    "text",
    ["https://evil.example/?a=1", "<script>alert(1)</script>", "'; DROP TABLE sale;--", "=1+2", "{{7*7}}", "${jndi:x}"],
)
def test_what_a_square_code_may_hold_is_only_text(text: str) -> None:
    code = identify(text, LABELS)
    assert (code.kind, code.text, code.candidates) == ("unknown", text, (text,))


def test_space_around_a_code_does_not_matter() -> None:
    assert identify(" 6901234567892\r\n", LABELS) == identify("6901234567892", LABELS)


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    code = identify(text, LABELS)
    assert len(code.text) <= codes.MAX_CHARS * 2  # upper-casing may lengthen a letter


@given(st.text("0123456789", min_size=1, max_size=30))
def test_no_number_breaks_it_and_payment_codes_stay_secret(text: str) -> None:
    code = identify(text, LABELS)
    assert code.kind in ("product", "label", "bad_check", "payment", "bank_card", "unknown")
    if code.kind == "payment":
        assert text not in repr(code)


SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
coupon_codes = st.integers(0, 2**60 - 1).map(codes.coupon_code)


@given(coupon_codes)
def test_a_coupon_is_read_back_as_it_was_printed_or_as_people_type_it(code: str) -> None:
    assert identify(code, LABELS) == identify(code.lower(), ()) == identify(codes.coupon_words(code), ())
    assert identify(code, LABELS).kind == "coupon" and identify(code, LABELS).text == code
    typed = code[2:].replace("0", "O").replace("1", "L")
    assert identify(f"cp{typed}", ()).text == code


@given(coupon_codes, st.integers(2, 15), st.sampled_from(SIGNS))
def test_a_misread_sign_of_a_coupon_never_is_another_coupon(code: str, at: int, sign: str) -> None:
    wrong = code[:at] + sign + code[at + 1 :]
    assert wrong == code or identify(wrong, ()).kind == "bad_check"


@given(coupon_codes, st.integers(2, 15), st.integers(2, 15))
def test_two_signs_of_a_coupon_that_changed_places_are_noticed(code: str, one: int, other: int) -> None:
    signs = list(code)
    signs[one], signs[other] = signs[other], signs[one]
    assert "".join(signs) == code or identify("".join(signs), ()).kind == "bad_check"


@pytest.mark.parametrize("text", ["CP-1234", "CPU-FAN", "CP", "CP7K3M9QX2W4TN8", "CPUUUUUUUUUUUUUU"])
def test_an_article_whose_number_begins_like_a_coupon_is_still_looked_up(text: str) -> None:
    found = identify(text, LABELS)
    assert found.kind == "unknown" and found.candidates == (text,)


def test_a_coupons_number_has_sixty_bits() -> None:
    with pytest.raises(ValueError, match="60 bits"):
        codes.coupon_code(2**60)
