"""Numbers of people and organisations, against the examples of their standards."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offices.errors import DomainError
from offices.identifiers import (
    check_character,
    is_known_county_prefix,
    is_rounded,
    mask_citizen_number,
    passes_luhn,
    read_citizen_number,
    read_credit_code,
)

_first_seventeen = st.builds(
    lambda prefix, born, serial: f"{prefix:06d}{born:%Y%m%d}{serial:03d}",
    st.integers(110000, 659999),
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.integers(0, 999),
)


@pytest.mark.parametrize(
    ("number", "sex", "born_on"),
    [
        ("11010519491231002X", "F", date(1949, 12, 31)),
        ("440524188001010014", "M", date(1880, 1, 1)),
        ("810000199001010019", "M", date(1990, 1, 1)),
        ("820000199001010029", "F", date(1990, 1, 1)),
        ("830000199001010039", "M", date(1990, 1, 1)),
    ],
)
def test_number_of_the_standard_tells_sex_and_birth_date(number: str, sex: str, born_on: date) -> None:
    citizen = read_citizen_number(number)
    assert (citizen.number, citizen.sex, citizen.born_on) == (number, sex, born_on)
    assert is_known_county_prefix(number[:6])


@pytest.mark.parametrize(
    "written",
    [
        "11010519491231002x",
        " 110105 19491231 002X ",
        "'11010519491231002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "\ufeff11010519491231002X\u200b",
    ],
)
def test_number_is_read_as_meant(written: str) -> None:
    assert read_citizen_number(written).number == "11010519491231002X"


def test_old_number_of_fifteen_digits_becomes_eighteen() -> None:
    assert read_citizen_number("110105491231002").number == "11010519491231002X"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("110105194912310021", "number_check_character"),
        ("110105194912310022", "number_check_character"),
        ("1101051949123100", "number_length"),
        ("", "number_length"),
        ("11010549123100A", "number_length"),
        ("11010519491231O02X", "number_characters"),
        ("11010519491231002Y", "number_characters"),
        ("٣٧٠٤٠٦١٩٨١٠٣٠٢٤٨٦٦", "number_characters"),
        ("3.70406E+17", "number_rounded"),
        ("3.70406198103025E+17", "number_rounded"),
        ("370406198103025000", "number_rounded"),
    ],
)
def test_wrong_number_is_refused_with_its_reason(written: str, code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        read_citizen_number(written)
    assert refusal.value.code == code
    assert str(refusal.value)


@pytest.mark.parametrize("birth", ["19700230", "19701301", "00000101"])
def test_number_with_an_impossible_day_is_refused(birth: str) -> None:
    first = f"370406{birth}123"
    with pytest.raises(DomainError) as refusal:
        read_citizen_number(first + check_character(first))
    assert refusal.value.code == "number_birth_date"


@given(_first_seventeen)
def test_every_number_with_its_check_character_is_read_back(first: str) -> None:
    number = first + check_character(first)
    citizen = read_citizen_number(number)
    assert citizen.number == number
    assert f"{citizen.born_on:%Y%m%d}" == number[6:14]
    assert (citizen.sex == "M") == (int(number[16]) % 2 == 1)


@given(_first_seventeen, st.integers(0, 17), st.sampled_from("0123456789"))
def test_one_mistyped_digit_is_always_found(first: str, place: int, digit: str) -> None:
    number = first + check_character(first)
    wrong = number[:place] + digit + number[place + 1 :]
    if wrong != number:
        with pytest.raises(DomainError):
            read_citizen_number(wrong)


@given(_first_seventeen, st.integers(0, 15))
def test_two_swapped_neighbours_are_always_found(first: str, place: int) -> None:
    number = first + check_character(first)
    wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if wrong != number:
        with pytest.raises(DomainError):
            read_citizen_number(wrong)


@given(_first_seventeen.filter(lambda first: first[6:8] == "19"))
def test_short_form_of_a_number_gives_the_number(first: str) -> None:
    assert read_citizen_number(first[:6] + first[8:]).number == first + check_character(first)


def _code_of(text: str) -> str:
    try:
        return read_citizen_number(text).number
    except DomainError as refusal:
        return refusal.code


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_a_refusal(text: str) -> None:
    outcome = _code_of(text)
    assert outcome.startswith("number_") or check_character(outcome) == outcome[17]


def test_rounded_numbers_are_known_by_their_form() -> None:
    assert is_rounded("3.70406E+17")
    assert is_rounded("6.2284804E+18")
    assert not is_rounded("370406E")
    assert not is_rounded("EE")
    assert not is_rounded("37040619810302486X")


def test_unknown_county_prefix_is_told_apart_but_read() -> None:
    assert is_known_county_prefix("370406")
    assert not is_known_county_prefix("999999")
    first = "99999919700101123"
    assert read_citizen_number(first + check_character(first)).born_on == date(1970, 1, 1)


def test_mask_shows_first_three_and_last_two() -> None:
    assert mask_citizen_number("11010519491231002X") == "110*************2X"
    assert mask_citizen_number("1101052") == "*******"


@given(st.text(max_size=40))
def test_mask_keeps_the_length_and_shows_at_most_five(text: str) -> None:
    masked = mask_citizen_number(text)
    assert len(masked) == len(text)
    assert sum(shown != "*" for shown in masked) <= 5


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000600037341L", "12100000425006133D"])
def test_credit_code_of_the_standard_is_read(code: str) -> None:
    assert read_credit_code(code.lower()) == code


def test_credit_code_of_a_village_collective_is_read() -> None:
    from stdnum.cn import uscc

    first = "N2370406MF0123456"
    code = first + uscc.calc_check_digit(first)
    assert read_credit_code(code) == code


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("91350100M000100Y44", "credit_code_check_character"),
        ("91350100M000100I43", "credit_code_characters"),
        ("913501", "credit_code_characters"),
        ("", "credit_code_characters"),
        ("91350I00M000100Y43", "credit_code_characters"),
    ],
)
def test_wrong_credit_code_is_refused(code: str, reason: str) -> None:
    with pytest.raises(DomainError) as refusal:
        read_credit_code(code)
    assert refusal.value.code == reason
    assert str(refusal.value)


def test_luhn_is_told_for_digits_only() -> None:
    assert passes_luhn("4111111111111111")
    assert not passes_luhn("4111111111111112")
    assert not passes_luhn("٤١١١")
    assert not passes_luhn("")
