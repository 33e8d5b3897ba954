"""Lists of other departments: whom their rows mean, what they propose, and that they change nothing."""

from __future__ import annotations

import datetime

import pytest

from households.enums import (
    DepartmentFileKind,
    EventKind,
    FactSource,
    HukouType,
    InsuranceScheme,
    MatchedBy,
    ProposalState,
)
from households.models import EventProposal, Hukou, InsuranceElsewhere, Person
from households.services.department_file_decisions import open_list_of, withdraw_department_file
from households.services.department_files import read_file_here
from households.services.events.deaths import record_death
from households.services.events.facts import convert_hukou, record_examination, record_insurance
from households.services.events.recording import Report
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role, SuccessionKind
from offices.errors import DomainError, NotAllowed
from tests.conftest import sql
from tests.factories import (
    OTHER_TOWNSHIP,
    OTHER_VILLAGE,
    TOWNSHIP,
    VILLAGE,
    make_actor,
    make_household,
    make_person,
)
from tests.households.departments import counts, death_of, letter, list_of, only, report, rows_of
from tests.households.divisions import FIRST, SECOND, done
from tests.households.duplicates import merge
from tests.households.life import images, make_family
from tests.households.test_refused_files import CASES
from tests.subsidies.money import citizen_number

pytestmark = pytest.mark.django_db
HUKOU, INSURED, EXAMS = (
    DepartmentFileKind.HUKOU,
    DepartmentFileKind.INSURED,
    DepartmentFileKind.EXAMINATIONS,
)


@pytest.fixture
def clerk(county: Actor) -> Actor:
    return make_actor(Role.TOWNSHIP)


def test_death_of_a_number_is_proposed_and_changes_nothing(clerk: Actor) -> None:
    family = make_family()
    before = images()
    brought = report(clerk, [death_of(family.head)])
    assert counts(brought) == {"proposed": 1}
    assert images() == before
    proposal = only(brought)
    assert (proposal.person, proposal.matched_by) == (family.head, MatchedBy.NUMBER)
    assert (proposal.kind, proposal.happened_on) == (EventKind.DEATH, datetime.date(2014, 1, 3))
    assert (proposal.source, proposal.document) == (FactSource.CIVIL, "山民函〔2014〕3号 2014-01-05")
    assert proposal.division_code == VILLAGE
    assert family.head.id_number
    assert family.head.id_number.reveal() not in str(EventProposal.objects.values().get())


def test_same_list_twice_changes_nothing(clerk: Actor) -> None:
    family = make_family()
    rows = [death_of(family.head), death_of(family.wife), death_of(family.head)]
    assert counts(report(clerk, rows)) == {"proposed": 2, "repeated": 1}
    assert counts(report(clerk, rows)) == {"repeated": 3}
    assert counts(report(make_actor(Role.COUNTY), rows, document="另一份")) == {"repeated": 3}
    assert EventProposal.objects.count() == 2


def test_old_number_and_number_of_a_merged_record_lead_to_her(clerk: Actor) -> None:
    kept, gone = (make_person(name="王秀英", number=citizen_number(serial)) for serial in (1, 2))
    merge(kept, gone)
    old = kept.id_number.reveal()
    first = report(clerk, [{"姓名": "王秀英", "公民身份号码": old[:6] + old[8:17], "死亡日期": "2014-01-03"}])
    second = report(clerk, [{"姓名": "王秀英", "公民身份号码": citizen_number(2), "死亡日期": "2014-01-03"}])
    assert only(first).person_id == only(second).person_id == kept.pk


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("", {"ambiguous": 1}),
        (VILLAGE, {"proposed": 1}),
        ("村名", {"proposed": 1}),
        ("镇名村名", {"proposed": 1}),
        ("火星村", {"ambiguous": 1}),
    ],
)
def test_without_a_number_name_birth_date_and_village_decide(
    clerk: Actor, place: str, expected: dict[str, int]
) -> None:
    from offices.models import Division

    here = Division.objects.get(pk=VILLAGE)
    there = (
        Division.objects.filter(level=here.level)
        .exclude(name=here.name)
        .exclude(code__startswith=VILLAGE[:9])[0]
    )
    meant = make_person(name="王秀英", village=VILLAGE)
    make_person(name="王秀英", village=there.code)
    make_person(name="王秀兰", village=VILLAGE)
    assert here.parent
    text = place.replace("镇名", here.parent.name).replace("村名", here.name)
    row = {"姓名": "王秀英", "出生日期": "1953.2.1", "所在村": text, "死亡日期": "20140103"}
    brought = report(clerk, [row])
    assert counts(brought) == expected
    proposal = only(brought)
    if "proposed" in expected:
        assert (proposal.person, proposal.matched_by) == (meant, MatchedBy.NAME)
    else:
        assert (proposal.person, proposal.division_code) == (None, "370406000000")


def test_one_namesake_of_another_village_is_asked_about_not_taken(clerk: Actor) -> None:
    from offices.models import Division

    make_person(name="王秀英", village=VILLAGE)
    other = Division.objects.villages().within(TOWNSHIP[:9]).exclude(pk=VILLAGE)[0]
    row = {"姓名": "王秀英", "出生日期": "1953-02-01", "死亡日期": "2014-01-03"}
    assert counts(report(clerk, [{**row, "所在村": other.code}])) == {"ambiguous": 1}
    assert counts(report(clerk, [row])) == {"proposed": 1}


def test_unknown_number_finds_by_name_only_who_has_none(clerk: Actor) -> None:
    make_person(name="王秀英", number=citizen_number(1))
    numberless = make_person(name="王秀兰")
    unknown = citizen_number(7)
    rows = [
        {"姓名": name, "公民身份号码": unknown, "死亡日期": "2014-01-03"} for name in ("王秀英", "王秀兰")
    ]
    brought = report(clerk, rows)
    assert counts(brought) == {"proposed": 1, "unmatched": 1}
    assert only(brought).person == numberless
    ((line, name, number, born, _place, day),) = rows_of(brought.unmatched_file)
    assert (line, name, born, day) == ("2", "王秀英", "1953-02-01", "2014-01-03")
    assert "*" in number
    assert unknown not in number


def test_who_arrives_later_is_found_when_the_list_comes_again(clerk: Actor) -> None:
    rows = [{"姓名": "王秀英", "公民身份号码": citizen_number(1), "死亡日期": "2014-01-03"}]
    assert counts(report(clerk, rows)) == {"unmatched": 1}
    make_person(name="王秀英", number=citizen_number(1))
    assert counts(report(clerk, rows)) == {"proposed": 1}


def test_what_the_registry_says_already_needs_nobody(clerk: Actor) -> None:
    family = make_family()
    record_death(actor=clerk, person=family.head, report=Report(datetime.date(2014, 1, 3)))
    convert_hukou(
        actor=clerk, person=family.wife, report=Report(datetime.date(2014, 1, 2)), hukou_type=HukouType.URBAN
    )
    record_examination(
        actor=clerk, person=family.daughter, report=Report(datetime.date(2014, 1, 2)), year=2014
    )
    record_insurance(
        actor=clerk,
        person=family.daughter,
        report=Report(datetime.date(2013, 5, 1)),
        scheme=InsuranceScheme.PENSION,
    )
    person = {"姓名": "王小丽", "公民身份号码": family.daughter.id_number.reveal()}
    wife = {"姓名": "李秀英", "公民身份号码": family.wife.id_number.reveal()}
    for kind, row in (
        (DepartmentFileKind.DEATHS, death_of(family.head)),
        (HUKOU, {**wife, "变动日期": "2014-01-03", "户口性质": "非农业"}),
        (EXAMS, {**person, "考试年度": "2014"}),
        (INSURED, {**person, "险种": "企业职工基本养老保险", "参保日期": "2013-05-01"}),
        (INSURED, {**person, "险种": "养老保险"}),
    ):
        assert counts(report(clerk, [row], kind)) == {"known": 1}, row
    assert set(EventProposal.objects.values_list("state", flat=True)) == {ProposalState.KNOWN}


def test_hukou_list_tells_conversions_and_moves(clerk: Actor) -> None:
    person = make_person(number=citizen_number(1))
    who = {"姓名": "王秀英", "公民身份号码": citizen_number(1), "变动日期": "2013-12-20"}
    rows = [
        {**who, "户口性质": "非农业", "迁往地代码": ""},
        {**who, "户口性质": "", "迁往地代码": OTHER_VILLAGE},
        {**who, "户口性质": "居民", "迁往地代码": "440305001001"},
        {**who, "户口性质": "", "迁往地代码": ""},
        {**who, "户口性质": "城镇", "迁往地代码": ""},
        {**who, "户口性质": "", "迁往地代码": "370406999999"},
    ]
    brought = report(clerk, rows, HUKOU)
    assert counts(brought) == {"proposed": 3, "refused": 3}
    told = EventProposal.objects.order_by("line").values_list("kind", "particulars")
    assert list(told) == [
        (EventKind.HUKOU, {"hukou_type": "urban"}),
        (EventKind.MOVE, {"to": OTHER_VILLAGE}),
        (EventKind.MOVE, {"hukou_type": "resident", "to": "440305001001"}),
    ]
    assert [line[4] for line in rows_of(brought.error_file)] == [
        "nothing_told",
        "word_unknown",
        "division_unknown",
    ]
    assert Hukou.objects.get(person=person).hukou_type == HukouType.RURAL


def test_roster_of_the_insured_tells_from_and_until(clerk: Actor) -> None:
    make_person(number=citizen_number(1))
    who = {"姓名": "王秀英", "公民身份号码": citizen_number(1)}
    rows = [
        {**who, "险种": "医疗保险", "参保日期": "2013-03-01", "停保日期": ""},
        {**who, "险种": "养老保险", "参保日期": "2013-03-01", "停保日期": "2013-09-01"},
        {**who, "险种": "医疗保险", "参保日期": "", "停保日期": "2013-09-01"},
        {**who, "险种": "医疗保险", "参保日期": "", "停保日期": ""},
        {**who, "险种": "车辆保险", "参保日期": "2013-03-01", "停保日期": ""},
        {**who, "险种": "", "参保日期": "2013-03-01", "停保日期": ""},
        {**who, "险种": "养老保险", "参保日期": "2013-09-01", "停保日期": "2013-03-01"},
    ]
    brought = report(clerk, rows, INSURED)
    assert counts(brought) == {"proposed": 3, "known": 1, "refused": 3}
    told = EventProposal.objects.order_by("line").values_list("kind", "happened_on", "particulars", "state")
    march, september = datetime.date(2013, 3, 1), datetime.date(2013, 9, 1)
    assert list(told) == [
        (EventKind.MEDICAL, march, {"is_insured": True}, "proposed"),
        (EventKind.PENSION, march, {"is_insured": True, "until": "2013-09-01"}, "proposed"),
        (EventKind.MEDICAL, september, {"is_insured": False}, "known"),
        (EventKind.MEDICAL, letter().dated_on, {"is_insured": True}, "proposed"),
    ]
    assert [line[4] for line in rows_of(brought.error_file)] == [
        "word_unknown",
        "value_missing",
        "ended_before_begun",
    ]
    assert not InsuranceElsewhere.objects.exists()


def test_examination_list_of_next_month_tells_nothing_new(clerk: Actor) -> None:
    make_person(name="王小明", born="1999-05-01", number=None)
    row = {"姓名": "王小明", "出生日期": "1999-05-01", "考试年度": "2014年"}
    first = report(clerk, [row], EXAMS, dated_on=datetime.date(2014, 1, 2))
    assert counts(first) == {"proposed": 1}
    assert only(first).happened_on == datetime.date(2014, 1, 2)
    assert counts(report(clerk, [row], EXAMS, document="再次", dated_on=datetime.date(2014, 1, 5))) == {
        "repeated": 1
    }


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"姓名": ""}, "value_missing"),
        ({"公民身份号码": "370406195302010001"}, "number_check_character"),
        ({"公民身份号码": "3.70406E+17"}, "number_rounded"),
        ({"公民身份号码": "", "出生日期": ""}, "birth_date_missing"),
        ({"出生日期": "1953-02-02"}, "birth_date_contradiction"),
        ({"死亡日期": ""}, "value_missing"),
        ({"死亡日期": "昨天"}, "date_form"),
        ({"死亡日期": "2014-01-06"}, "date_in_future"),
        ({"死亡日期": "1953-01-01"}, "date_before_birth"),
    ],
)
def test_wrong_row_refuses_itself_alone(clerk: Actor, cells: dict[str, str], code: str) -> None:
    person = make_person(number=citizen_number(1))
    good = {**death_of(person), "出生日期": "1953-02-01"}
    brought = report(clerk, [{**good, **cells}, good])
    assert counts(brought) == {"proposed": 1, "refused": 1}
    ((line, _name, _column, value, found, words),) = rows_of(brought.error_file)
    assert (line, found) == ("2", code)
    assert words
    assert citizen_number(1) not in value


def test_list_of_the_county_spreads_to_the_townships_that_serve_the_people(county: Actor) -> None:
    here = make_person(name="王秀英", number=citizen_number(1))
    there = make_person(name="王秀兰", number=citizen_number(2), village=OTHER_VILLAGE)
    brought = report(make_actor(Role.COUNTY), [death_of(here), death_of(there)])
    assert brought.division_code == "370406000000"
    for scope, person in (("370406101", here), ("370406102", there)):
        with open_context(scope=scope):
            assert list(EventProposal.objects.values_list("person_id", flat=True)) == [person.pk]
            assert not brought.__class__.objects.exists()


def test_row_level_security_hides_another_township_s_reports(county: Actor) -> None:
    own = make_person(name="王秀英", number=citizen_number(1))
    brought = report(make_actor(Role.TOWNSHIP), [death_of(own)])
    with open_context(actor=make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP)):
        assert not EventProposal.objects.exists()
        assert not brought.__class__.objects.exists()


def test_proposal_follows_who_moves_and_who_is_merged(clerk: Actor) -> None:
    kept = make_person(name="王秀英", number=citizen_number(1), village=OTHER_VILLAGE)
    gone = make_person(name="王秀英", number=citizen_number(2))
    proposal = only(report(clerk, [death_of(gone)]))
    merged = merge(kept, gone)
    proposal.refresh_from_db()
    assert (proposal.person_id, proposal.division_code) == (gone.pk, OTHER_VILLAGE)
    from households.services.merges import undo_merge

    undo_merge(actor=make_actor(Role.COUNTY), merge=merged)
    proposal.refresh_from_db()
    assert proposal.division_code == VILLAGE
    from households.services.events.moves import record_moves

    record_moves_to(record_moves, clerk, gone)
    proposal.refresh_from_db()
    assert proposal.division_code == OTHER_VILLAGE


def record_moves_to(act: object, clerk: Actor, person: Person) -> None:
    make_household(person)
    act(  # type: ignore[operator] # the service
        actor=clerk, people=[person], report=Report(datetime.date(2014, 1, 2)), to_place=OTHER_VILLAGE
    )


def test_withdrawn_list_leaves_the_work_and_may_be_brought_again(clerk: Actor) -> None:
    person = make_person(number=citizen_number(1))
    brought = report(clerk, [death_of(person)])
    for stranger in (make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP), make_actor(Role.AUDITOR)):
        with pytest.raises(NotAllowed):
            withdraw_department_file(actor=stranger, brought=brought)
    withdraw_department_file(actor=clerk, brought=brought)
    assert only(brought).state == ProposalState.WITHDRAWN
    with pytest.raises(DomainError):
        withdraw_department_file(actor=clerk, brought=brought)
    assert counts(report(clerk, [death_of(person)])) == {"proposed": 1}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"dated_on": datetime.date(2014, 1, 7)}, "letter_of_the_future"),
        ({"document": " "}, "letter_incomplete"),
        ({"sender": " "}, "letter_incomplete"),
        ({"source": FactSource.EDUCATION}, "department_unfit"),
    ],
)
def test_letter_must_be_true(clerk: Actor, changed: dict[str, object], code: str) -> None:
    person = make_person(number=citizen_number(1))
    with pytest.raises(DomainError) as refusal:
        report(clerk, [death_of(person)], **changed)
    assert refusal.value.code == code
    assert "%(" not in str(refusal.value)
    assert counts(report(clerk, [death_of(person)])) == {"proposed": 1}


@pytest.mark.parametrize("role", [Role.VILLAGE, Role.TOWNSHIP_REVIEWER, Role.FINANCE, Role.AUDITOR])
def test_only_counters_and_the_county_bring_lists(county: Actor, role: Role) -> None:
    person = make_person(number=citizen_number(1))
    with pytest.raises(NotAllowed):
        report(make_actor(role), [death_of(person)])
    assert counts(report(make_actor(Role.COUNTY), [death_of(person)])) == {"proposed": 1}


def test_lists_of_rows_are_taken_within_the_division_and_as_an_act(clerk: Actor) -> None:
    from offices.models import Act

    brought = report(clerk, [{"姓名": "无此人", "公民身份号码": citizen_number(5), "死亡日期": "2014-01-03"}])
    assert open_list_of(actor=clerk, brought=brought, kind="unmatched").sha256
    assert Act.objects.filter(verb="households.download_department_list").count() == 1
    with pytest.raises(DomainError):
        open_list_of(actor=clerk, brought=brought, kind="errors")
    with pytest.raises(NotAllowed):
        open_list_of(actor=make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP), brought=brought, kind="unmatched")


@pytest.mark.parametrize("name", [name for name in CASES if name not in ("bomb", "lying bomb")])
def test_no_wrong_file_proposes_anything(clerk: Actor, name: str) -> None:
    _code, make = CASES[name]
    refused = read_file_here(actor=clerk, source=make(), file_name=name, letter=letter())
    assert refused.state == "refused"
    assert refused.refusal
    assert not EventProposal.objects.exists()


def test_columns_that_must_be_there_are_named(clerk: Actor) -> None:
    refused = report(clerk, [{"姓名": "王秀英", "备注": "无"}])
    assert refused.state == "refused"
    assert "死亡日期" in refused.refusal
    assert "公民身份号码/出生日期" in refused.refusal


def test_database_holds_what_a_proposal_must_be(clerk: Actor) -> None:
    from django.db import IntegrityError, transaction

    person = make_person(number=citizen_number(1))
    proposal = only(report(clerk, [death_of(person)]))
    for change in (
        "state = 'confirmed'",
        "state = 'declined'",
        "person_id = NULL",
        "reason = 'papers'",
        "decided_on = '2014-01-06'",
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            sql(f"UPDATE households_eventproposal SET {change} WHERE id = %s", [proposal.pk])
    sql("UPDATE households_eventproposal SET place = '甲' WHERE id = %s", [proposal.pk])
    assert list_of([{"姓名": "甲"}]).read()


def test_reports_follow_when_villages_are_merged(county: Actor) -> None:
    person = make_person(name="王秀兰", number=citizen_number(3), village=SECOND)
    make_household(person)
    for serial in (1, 2):
        make_person(name="王秀英", number=citizen_number(serial), village=SECOND)
    row = {"姓名": "王秀英", "出生日期": "1953-02-01", "死亡日期": "2014-01-03"}
    brought = report(make_actor(Role.COUNTY), [death_of(person), row])
    assert counts(brought) == {"proposed": 1, "ambiguous": 1}
    change = done(SuccessionKind.MERGE, (FIRST, FIRST, "大前村"), (SECOND, FIRST, "大前村"))
    assert change.state == "applied"
    assert set(EventProposal.objects.values_list("division_code", flat=True)) == {FIRST}
