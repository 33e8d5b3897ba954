"""One row is a resident who is true in herself, or is refused with every reason at once."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from households.readers import RESIDENT_COLUMNS, Line, open_table
from households.readers.limits import PAGE_LIMITS
from households.rows import RefusedRow, ResidentRow, ResidentRows
from households.rows.dates import on_birthday, read_day
from offices.errors import DomainError
from tests.households.resident_files import (
    AS_OF,
    COUNTY,
    GOOD,
    OTHER_VILLAGE,
    SAMPLE,
    VILLAGE,
    line_of,
    number,
    read_row,
    villages,
)

MAN, WOMAN = number("19530201", 487), number("19550301", 486)
FATHER, MOTHER = number("19300101", 111), number("19310101", 222)
ELSEWHERE = "320102001001"


def taken(row: dict[str, str], *, as_of: date = AS_OF) -> ResidentRow:
    outcome = read_row(row, as_of=as_of)
    assert isinstance(outcome, ResidentRow), outcome
    return outcome


def refusals(row: dict[str, str], *, as_of: date = AS_OF) -> set[tuple[str, str]]:
    """Column and code of every reason; each can be said."""
    outcome = read_row(row, as_of=as_of)
    assert isinstance(outcome, RefusedRow), outcome
    for error in outcome.errors:
        assert error.explanation
        assert "%(" not in error.explanation
    return {(error.column, error.code) for error in outcome.errors}


def warnings(row: dict[str, str]) -> set[tuple[str, str]]:
    found = taken(row).warnings
    assert all(warning.explanation for warning in found)
    return {(warning.column, warning.code) for warning in found}


def test_reference_file_has_1495_good_rows_and_twelve_faulty_ones() -> None:
    rows = ResidentRows(county=COUNTY, villages=villages(), as_of=AS_OF)
    with SAMPLE.open("rb") as file:
        outcomes = [rows.read(line) for line in open_table(file, limits=PAGE_LIMITS).lines()]
    faulty = [outcome for outcome in outcomes if isinstance(outcome, RefusedRow)]
    assert len(outcomes) - len(faulty) == 1495
    assert not any(outcome.warnings for outcome in outcomes if isinstance(outcome, ResidentRow))
    reasons = [
        "number_check_character",
        "division_unknown",
        "date_impossible",
        "sex_contradiction",
        "value_missing",
        "number_rounded",
    ]
    assert [outcome.line for outcome in faulty] == list(range(1497, 1509))
    assert [[error.code for error in outcome.errors] for outcome in faulty] == [
        [reason] for reason in reasons * 2
    ]


def test_plain_row_is_taken_with_what_the_number_says() -> None:
    row = taken({})
    assert (row.sex, row.birth_date) == ("F", date(1953, 2, 1))
    assert row.household_village == row.hukou_village == row.residence_village == row.division_code == VILLAGE
    assert (row.relation, row.hukou_type) == ("head", "rural")
    assert row.warnings == ()
    assert (row.marital_state, row.disability_grade, row.phone, row.account) == ("", None, "", "")


@pytest.mark.parametrize("column", ["户编号", "户籍地代码", "户主关系", "姓名", "户口性质"])
def test_required_cell_must_not_be_empty(column: str) -> None:
    assert refusals({column: ""}) == {(column, "value_missing")}


@pytest.mark.parametrize(
    ("column", "word"),
    [
        ("户主关系", "邻居"),
        ("户口性质", "农民"),
        ("性别", "不详"),
        ("婚姻状况", "同居"),
        ("就业状况", "打工"),
        ("残疾等级", "5"),
        ("残疾等级", "0"),
        ("亲子关系", "干亲"),
        ("父子关系", "不详"),
        ("母子关系", "x"),
    ],
)
def test_word_off_its_list_is_refused_and_the_list_named(column: str, word: str) -> None:
    outcome = read_row({column: word})
    assert isinstance(outcome, RefusedRow)
    (error,) = outcome.errors
    assert (error.column, error.code, error.value_masked) == (column, "word_unknown", word)
    assert "、" in error.explanation


def test_every_reason_is_told_at_once() -> None:
    assert refusals(
        {"姓名": "", "户口性质": "?", "户籍地代码": "1", "出生日期": "1953-02-30", "残疾等级": "9"}
    ) == {
        ("姓名", "value_missing"),
        ("户口性质", "word_unknown"),
        ("户籍地代码", "division_form"),
        ("出生日期", "date_impossible"),
        ("残疾等级", "word_unknown"),
    }


class TestName:
    @pytest.mark.parametrize(
        "name", ["曾静", "𠮷田", "仇𬭎", "买买提·吐尔逊", "欧阳静伟", "Anna Maria", "〇一"]
    )
    def test_name_is_kept(self, name: str) -> None:
        row = taken({"姓名": name})
        assert row.name == name
        assert row.warnings == ()

    @pytest.mark.parametrize(
        ("written", "name"), [("曾　静", "曾静"), ("曾 静\u200b", "曾静"), ("买买提•吐尔逊", "买买提·吐尔逊")]
    )
    def test_blanks_and_dots_are_brought_into_one_form(self, written: str, name: str) -> None:
        assert taken({"姓名": written}).name == name

    @pytest.mark.parametrize("name", ["=1+1", "+曾静", "@SUM(A1)", "张三2", "曾(小)"])
    def test_formula_like_and_unusual_names_are_text_with_a_warning(self, name: str) -> None:
        assert taken({"姓名": name}).name == name
        assert warnings({"姓名": name}) == {("姓名", "name_unusual")}

    def test_private_characters_are_kept_with_a_warning(self) -> None:
        assert warnings({"姓名": "仇\ue123"}) == {("姓名", "name_private_character")}

    @pytest.mark.parametrize("name", ["仇?", "仇�", "仇？", "仇□"])
    def test_name_with_a_lost_character_is_refused(self, name: str) -> None:
        assert refusals({"姓名": name}) == {("姓名", "name_character_lost")}

    def test_invisible_and_endless_names_are_refused(self) -> None:
        assert refusals({"姓名": "曾\x07静"}) == {("姓名", "name_characters")}
        assert refusals({"姓名": "曾" * 61}) == {("姓名", "value_too_long")}


class TestPlace:
    def test_village_of_the_county_must_exist(self) -> None:
        for column in ("户籍地代码", "现居住地代码", "户所在村代码"):
            assert refusals({column: "370406999999"}) == {(column, "division_unknown")}
            assert refusals({column: "370406001000"}) == {(column, "division_not_village")}
            assert refusals({column: "37040600100"}) == {(column, "division_form")}
            assert refusals({column: "3.70406E+11"}) == {(column, "number_rounded")}

    def test_codes_of_other_counties_are_taken_as_they_are(self) -> None:
        row = taken({"户籍地代码": ELSEWHERE, "现居住地代码": VILLAGE})
        assert (row.hukou_village, row.residence_village, row.division_code) == (ELSEWHERE, VILLAGE, VILLAGE)

    def test_person_is_served_where_she_lives_else_where_her_hukou_is(self) -> None:
        assert taken({"现居住地代码": OTHER_VILLAGE}).division_code == OTHER_VILLAGE
        assert taken({"现居住地代码": ELSEWHERE}).division_code == VILLAGE
        away = taken({"户籍地代码": ELSEWHERE, "户所在村代码": OTHER_VILLAGE})
        assert (away.residence_village, away.division_code) == (ELSEWHERE, OTHER_VILLAGE)

    def test_person_whom_nothing_ties_to_the_county_is_left_to_her_own(self) -> None:
        assert refusals({"户籍地代码": ELSEWHERE}) == {("现居住地代码", "outside_county")}

    def test_household_village_is_the_hukou_village_unless_given(self) -> None:
        assert taken({"户所在村代码": OTHER_VILLAGE}).household_village == OTHER_VILLAGE


class TestIdentity:
    @pytest.mark.parametrize(
        ("number_cell", "code"),
        [
            (
                GOOD["公民身份号码"][:-1] + ("0" if GOOD["公民身份号码"][-1] != "0" else "1"),
                "number_check_character",
            ),
            ("3.70406E+17", "number_rounded"),
            ("370406195302014", "number_birth_date"),
            ("37040619530201", "number_length"),
            ("37040619530201486A", "number_characters"),
        ],
    )
    def test_wrong_number_is_refused(self, number_cell: str, code: str) -> None:
        assert refusals({"公民身份号码": number_cell}) == {("公民身份号码", code)}

    def test_old_number_becomes_the_new_one(self) -> None:
        full = GOOD["公民身份号码"]
        assert taken({"公民身份号码": full[:6] + full[8:17]}).id_number == full

    def test_small_x_is_read_as_capital(self) -> None:
        with_x = next(n for serial in range(1, 900) if (n := number("19530201", serial)).endswith("X"))
        assert taken({"公民身份号码": with_x.lower()}).id_number == with_x

    def test_sex_and_birth_date_must_agree_with_the_number(self) -> None:
        assert taken({"性别": "女", "出生日期": "1953-02-01"}).sex == "F"
        assert refusals({"性别": "男"}) == {("性别", "sex_contradiction")}
        assert refusals({"出生日期": "1953-02-02"}) == {("出生日期", "birth_date_contradiction")}

    def test_unknown_county_prefix_is_a_warning(self) -> None:
        strange = number("19530201", 486, "999999")
        assert warnings({"公民身份号码": strange}) == {("公民身份号码", "number_prefix_unknown")}

    def test_dead_person_may_be_without_a_number(self) -> None:
        row = taken({"公民身份号码": "", "性别": "男", "出生日期": "1901-01-01", "死亡日期": "1950-01-01"})
        assert (row.id_number, row.sex, row.died_on) == ("", "M", date(1950, 1, 1))

    def test_child_under_six_may_be_without_a_number(self) -> None:
        born = {"公民身份号码": "", "性别": "女", "户主关系": "女"}
        assert taken({**born, "出生日期": "2008-01-01"}).id_number == ""
        assert refusals({**born, "出生日期": "2007-12-31"}) == {("公民身份号码", "number_missing")}

    def test_without_a_number_sex_and_birth_date_are_needed(self) -> None:
        assert refusals({"公民身份号码": "", "死亡日期": "2010-01-01"}) == {
            ("性别", "sex_missing"),
            ("出生日期", "birth_date_missing"),
        }

    def test_birth_is_neither_in_the_future_nor_in_another_age(self) -> None:
        future = number("20140101", 486)
        assert refusals({"公民身份号码": future}) == {("出生日期", "date_in_future")}
        assert taken({"公民身份号码": future}, as_of=date(2014, 1, 1)).birth_date == date(2014, 1, 1)
        assert refusals({"公民身份号码": number("10530201", 486)}) == {("出生日期", "birth_date_too_early")}

    def test_living_person_of_115_is_worth_a_question(self) -> None:
        old = {"公民身份号码": number("18980101", 486)}
        assert warnings(old) == {("出生日期", "very_old")}
        assert warnings({**old, "死亡日期": "1970-01-01"}) == set()

    @pytest.mark.parametrize("column", ["死亡日期", "退休日期"])
    def test_days_of_a_life_lie_within_it(self, column: str) -> None:
        assert refusals({column: "1953-01-31"}) == {(column, "date_before_birth")}
        assert refusals({column: "2014-01-01"}) == {(column, "date_in_future")}
        assert refusals({column: "昨天"}) == {(column, "date_form")}
        taken({column: "1953-02-01"})
        taken({column: "2013-12-31"})

    def test_relation_that_says_the_other_sex_is_a_warning(self) -> None:
        assert warnings({"户主关系": "子"}) == {("户主关系", "relation_sex")}
        assert warnings({"户主关系": "孙女"}) == set()


class TestMaritalState:
    def test_unmarried_and_empty_are_the_same_and_nowhere_in_the_row(self) -> None:
        empty, unmarried = taken({"婚姻状况": ""}), taken({"婚姻状况": "未婚"})
        assert unmarried == empty
        assert unmarried.marital_state == ""
        assert not any("未婚" in str(getattr(unmarried, column.name)) for column in fields(unmarried))

    def test_unmarried_does_not_appear_among_refusals(self) -> None:
        outcome = read_row({"婚姻状况": "未婚", "姓名": ""})
        assert "未婚" not in repr(outcome)
        other = read_row({"婚姻状况": "同居"})
        assert isinstance(other, RefusedRow)
        assert "未婚" not in other.errors[0].explanation

    @pytest.mark.parametrize(
        ("word", "code"), [("已婚", "married"), ("离异", "divorced"), ("丧偶", "widowed")]
    )
    def test_states_that_rules_read_are_kept(self, word: str, code: str) -> None:
        assert taken({"婚姻状况": word}).marital_state == code


class TestKin:
    def test_links_are_kept_with_their_kinds(self) -> None:
        row = taken({"配偶身份号码": MAN, "父亲身份号码": FATHER, "母亲身份号码": MOTHER.lower()})
        assert (row.spouse_number, row.father_number, row.mother_number) == (MAN, FATHER, MOTHER)
        assert (row.father_kind, row.mother_kind) == ("birth", "birth")

    def test_kind_for_one_parent_goes_before_the_common_one(self) -> None:
        row = taken({"父亲身份号码": FATHER, "母亲身份号码": MOTHER, "亲子关系": "收养", "父子关系": "继"})
        assert (row.father_kind, row.mother_kind) == ("step", "adopted")
        assert taken({"父亲身份号码": FATHER}).mother_kind == ""

    def test_relative_whose_number_is_wrong_remains_named(self) -> None:
        row = {"配偶身份号码": "3.70406E+17", "父亲身份号码": FATHER[:-1] + "?"}
        assert warnings(row) == {("配偶身份号码", "link_unreadable"), ("父亲身份号码", "link_unreadable")}
        assert taken(row).spouse_number == "3.70406E+17"

    def test_nobody_is_her_own_relative(self) -> None:
        own = GOOD["公民身份号码"]
        assert ("配偶身份号码", "link_to_self") in refusals({"配偶身份号码": own})
        assert ("母亲身份号码", "link_to_self") in refusals({"母亲身份号码": own})

    def test_spouse_is_not_a_parent(self) -> None:
        assert refusals({"配偶身份号码": FATHER, "父亲身份号码": FATHER}) == {
            ("配偶身份号码", "link_repeated")
        }

    def test_spouse_of_the_same_sex_is_a_warning(self) -> None:
        assert warnings({"配偶身份号码": WOMAN}) == {("配偶身份号码", "spouse_same_sex")}

    def test_exchanged_parents_are_refused(self) -> None:
        assert refusals({"父亲身份号码": MOTHER, "母亲身份号码": FATHER}) == {
            ("父亲身份号码", "parent_sex"),
            ("母亲身份号码", "parent_sex"),
        }

    def test_parent_by_birth_is_twelve_years_older(self) -> None:
        child = {"公民身份号码": number("19530201", 486)}
        assert refusals({**child, "父亲身份号码": number("19410202", 111)}) == {
            ("父亲身份号码", "parent_too_young")
        }
        taken({**child, "父亲身份号码": number("19410201", 111)})

    def test_parent_born_on_29_february_is_twelve_on_the_last_of_february(self) -> None:
        father = {"父亲身份号码": number("19400229", 111)}
        assert refusals({"公民身份号码": number("19520228", 486), **father}) == {
            ("父亲身份号码", "parent_too_young")
        }
        taken({"公民身份号码": number("19520229", 486), **father})

    def test_step_parent_need_only_be_older(self) -> None:
        young, younger = number("19521231", 111), number("19530202", 111)
        assert taken({"父亲身份号码": young, "亲子关系": "继"}).father_kind == "step"
        assert refusals({"父亲身份号码": younger, "亲子关系": "继"}) == {("父亲身份号码", "parent_younger")}

    def test_kind_without_a_parent_is_a_warning(self) -> None:
        assert warnings({"亲子关系": "收养"}) == {("亲子关系", "kind_without_parent")}


class TestFacts:
    def test_certificate_is_given_whole_or_not_at_all(self) -> None:
        row = taken({"光荣证号": "鲁枣 123", "光荣证发证日期": "1985年6月1日"})
        assert (row.certificate_number, row.certificate_issued_on) == ("鲁枣 123", date(1985, 6, 1))
        assert refusals({"光荣证号": "123"}) == {("光荣证发证日期", "certificate_incomplete")}
        assert refusals({"光荣证发证日期": "1985-06-01"}) == {("光荣证号", "certificate_incomplete")}
        assert refusals({"光荣证号": "1", "光荣证发证日期": "2014-06-01"}) == {
            ("光荣证发证日期", "date_in_future")
        }
        assert refusals({"光荣证号": "1" * 41, "光荣证发证日期": "1985-06-01"}) == {
            ("光荣证号", "value_too_long")
        }

    def test_household_number_is_short_text(self) -> None:
        assert refusals({"户编号": "1" * 41}) == {("户编号", "value_too_long")}
        assert refusals({"户编号": "1.23457E+15"}) == {("户编号", "number_rounded")}
        assert refusals({"户编号": "1\x07"}) == {("户编号", "value_characters")}

    @pytest.mark.parametrize(
        ("word", "code"),
        [
            ("在职", "employed"),
            ("下岗失业", "laid_off"),
            ("退休", "retired"),
            ("无单位", "no_employer"),
            ("机关事业", "public"),
        ],
    )
    def test_employment_is_read(self, word: str, code: str) -> None:
        assert taken({"就业状况": word}).employment_state == code

    def test_employer_code_must_be_valid(self) -> None:
        assert taken({"用人单位代码": "91110000600037341l"}).employer_code == "91110000600037341L"
        assert refusals({"用人单位代码": "911100006000373411"}) == {
            ("用人单位代码", "credit_code_check_character")
        }
        assert refusals({"用人单位代码": "村委会"}) == {("用人单位代码", "credit_code_characters")}

    def test_examination_year_reaches_into_the_next_year(self) -> None:
        pupil = {"公民身份号码": number("19990305", 486)}
        assert taken({**pupil, "考试年度": "2014"}).examination_year == 2014
        assert taken({**pupil, "考试年度": "2014年"}).examination_year == 2014
        for wrong in ("2015", "1998", "14", "二〇一四", "2014.5"):
            assert refusals({**pupil, "考试年度": wrong}) == {("考试年度", "examination_year")}

    @pytest.mark.parametrize(("grade", "value"), [("1", 1), ("4", 4), ("", None)])
    def test_disability_grade_is_read(self, grade: str, value: int | None) -> None:
        assert taken({"残疾等级": grade}).disability_grade == value

    @pytest.mark.parametrize("written", ["13806320001", "138 0632 0001", "+86-138-0632-0001", "06328811234"])
    def test_phone_that_can_be_rung_is_stored(self, written: str) -> None:
        row = taken({"手机号": written})
        assert row.phone.isdigit()
        assert row.warnings == ()

    def test_phone_that_cannot_is_not(self) -> None:
        assert taken({"手机号": "无"}).phone == ""
        assert warnings({"手机号": "1380632"}) == {("手机号", "phone_unusable")}
        assert refusals({"手机号": "1.38E+10"}) == {("手机号", "number_rounded")}

    def test_account_is_stored_only_whole(self) -> None:
        row = taken({"开户银行": "枣庄农商行", "银行账号": "4111 1111 1111 1111"})
        assert (row.bank, row.account, row.warnings) == ("枣庄农商行", "4111111111111111", ())
        for cells, column in (
            ({"银行账号": "4111111111111111"}, "开户银行"),
            ({"开户银行": "农商行"}, "银行账号"),
        ):
            row = taken(cells)
            assert (row.bank, row.account) == ("", "")
            assert warnings(cells) == {(column, "account_incomplete")}

    def test_passbook_that_fails_the_card_check_is_stored_with_a_warning(self) -> None:
        cells = {"开户银行": "农商行", "银行账号": "4111111111111112"}
        assert taken(cells).account == "4111111111111112"
        assert warnings(cells) == {("银行账号", "account_check_digit")}

    def test_impossible_account_is_not_stored(self) -> None:
        cells = {"开户银行": "农商行", "银行账号": "不记得"}
        assert taken(cells).account == ""
        assert warnings(cells) == {("银行账号", "account_unusable")}
        assert refusals({**cells, "银行账号": "6.22848E+18"}) == {("银行账号", "number_rounded")}


def test_row_whose_cells_have_moved_is_refused() -> None:
    rows = ResidentRows(county=COUNTY, villages=villages(), as_of=AS_OF)
    outcome = rows.read(line_of(GOOD, surplus="13800000000"))
    assert isinstance(outcome, RefusedRow)
    (error,) = outcome.errors
    assert error.code == "cells_beyond_header"
    assert "138" not in error.value_masked + error.explanation


class TestDates:
    @pytest.mark.parametrize(
        "written",
        [
            "1953-02-01",
            "1953/2/1",
            "1953.2.1",
            "19530201",
            "1953年2月1日",
            "1953年02月01号",
            "19391",
            "1953-02-01 00:00:00",
            "1953/2/1 0:00",
            "１９５３－０２－０１",
        ],
    )
    def test_one_day_in_all_its_forms(self, written: str) -> None:
        assert read_day(written) == date(1953, 2, 1)

    @pytest.mark.parametrize(
        "written",
        [
            "1953",
            "1953-02",
            "53-2-1",
            "1/2/1953",
            "02011953x",
            "1953-2",
            "1953-02-01 10:30",
            "二月一日",
            "1391",
            "-19391",
            "1953-2/1",
        ],
    )
    def test_what_is_not_a_whole_day_is_refused(self, written: str) -> None:
        with pytest.raises(DomainError, match=r".") as refusal:
            read_day(written)
        assert refusal.value.code == "date_form"

    @pytest.mark.parametrize("written", ["1970-02-30", "19701301", "2013年2月29日", "0000-01-01"])
    def test_day_the_calendar_lacks_is_refused(self, written: str) -> None:
        with pytest.raises(DomainError) as refusal:
            read_day(written)
        assert refusal.value.code == "date_impossible"

    @given(st.dates(date(1927, 6, 1), date(2150, 1, 1)))
    def test_every_form_of_every_day_is_read_back(self, day: date) -> None:
        serial = str((day - date(1899, 12, 30)).days)
        forms = [
            f"{day:%Y-%m-%d}",
            f"{day.year}/{day.month}/{day.day}",
            f"{day.year}.{day.month}.{day.day}",
            f"{day:%Y%m%d}",
            f"{day.year}年{day.month}月{day.day}日",
            serial,
        ]
        assert {read_day(form) for form in forms} == {day}

    def test_leap_day_birthday_is_reached_on_28_february(self) -> None:
        assert on_birthday(date(1952, 2, 29), 61) == date(2013, 2, 28)
        assert on_birthday(date(1952, 2, 29), 60) == date(2012, 2, 29)

    @given(st.dates(date(1900, 1, 1), date(2050, 1, 1)), st.integers(0, 110))
    def test_birthday_is_the_day_the_age_is_reached(self, born: date, years: int) -> None:
        reached = on_birthday(born, years)
        assert reached.year == born.year + years
        assert reached + timedelta(days=1) >= born + timedelta(days=int(365.2425 * years) - 1)


_plausible = st.sampled_from(
    [
        "",
        VILLAGE,
        ELSEWHERE,
        MAN,
        WOMAN,
        FATHER,
        MOTHER,
        "男",
        "女",
        "户主",
        "子",
        "农业",
        "已婚",
        "1953-02-01",
        "19391",
        "3.70406E+17",
        "4",
        "亲生",
        "继",
        "2014",
        "退休",
        "13800000000",
        "=1+1",
        "曾静",
        "�",
        "91110000600037341L",
    ]
)
_any_cells = st.lists(
    st.one_of(_plausible, st.text(max_size=25)),
    min_size=len(RESIDENT_COLUMNS),
    max_size=len(RESIDENT_COLUMNS),
)


@given(_any_cells)
@settings(max_examples=500, deadline=None)
def test_any_row_is_a_resident_or_a_refusal(cells: list[str]) -> None:
    rows = ResidentRows(county=COUNTY, villages=villages(), as_of=AS_OF)
    outcome = rows.read(replace_cells(cells))
    if isinstance(outcome, RefusedRow):
        assert outcome.errors
        assert all(error.explanation and error.code for error in outcome.errors)
    else:
        assert outcome.division_code.startswith(COUNTY)
        assert outcome.birth_date <= AS_OF
        assert outcome.died_on is None or outcome.birth_date <= outcome.died_on <= AS_OF
        assert outcome.id_number or outcome.died_on or on_birthday(outcome.birth_date, 6) > AS_OF
        assert bool(outcome.bank) == bool(outcome.account)
        assert bool(outcome.certificate_number) == bool(outcome.certificate_issued_on)


def replace_cells(cells: list[str]) -> Line:
    return line_of({})._replace(cells=tuple(cell.strip() for cell in cells))


@given(
    st.sampled_from(["公民身份号码", "配偶身份号码", "父亲身份号码", "母亲身份号码", "手机号", "银行账号"]),
    st.text("0123456789Xx", min_size=6, max_size=25),
)
@settings(max_examples=300, deadline=None)
def test_sensitive_values_are_told_masked(column: str, value: str) -> None:
    outcome = read_row({column: value, "姓名": ""})
    assert isinstance(outcome, RefusedRow)
    for error in outcome.errors:
        assert value not in error.value_masked
        assert value not in error.explanation


def test_numbers_are_not_printed_with_a_row() -> None:
    row = taken(
        {"配偶身份号码": MAN, "手机号": "13806320001", "开户银行": "农商行", "银行账号": "4111111111111111"}
    )
    for hidden in (row.id_number, MAN, "13806320001", "4111111111111111"):
        assert hidden not in repr(row)
    assert replace(row, phone="") != row
