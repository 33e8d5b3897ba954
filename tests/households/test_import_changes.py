"""What a later file changes, from which day, and what it may not change."""

from __future__ import annotations

import datetime

import pytest

from households.enums import HukouType, Sex
from households.models import (
    Absence,
    BankAccount,
    Disability,
    Household,
    Hukou,
    MaritalFact,
    Membership,
    Parentage,
    Person,
    RegistryTask,
    Residence,
    ResidentImport,
)
from households.services.events.corrections import Right, correct_entry
from households.services.events.moves import record_arrival, record_departures, record_moves
from households.services.events.taking_back import take_back_event
from households.services.import_undo import take_back_import
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from offices.models import Act
from tests.conftest import sql
from tests.factories import make_actor, make_person
from tests.households.duplicates import merge
from tests.households.life import report
from tests.households.registry import HEAD, SON, WIFE, bring, codes, counts, family, row
from tests.households.resident_files import OTHER_VILLAGE, VILLAGE, number

pytestmark = pytest.mark.django_db


def person(name: str) -> Person:
    return Person.objects.get(name=name)


def periods(model: type, who: str, value: str) -> list[tuple[str, str | None, str | None]]:
    rows = model.objects.filter(person__name=who).order_by("from_on")
    found = [(getattr(r, value), r.from_on and str(r.from_on), r.to_on and str(r.to_on)) for r in rows]
    return sorted(found, key=lambda entry: entry[1] or "")


def test_first_known_holds_from_an_open_past(county: Actor) -> None:
    bring(county, family())
    assert periods(Hukou, "王建国", "hukou_type") == [(HukouType.RURAL, None, None)]


def test_change_holds_from_the_day_the_file_speaks_for(county: Actor) -> None:
    bring(county, family(), as_of="2013-01-01")
    changed = family()
    changed[0]["户口性质"] = "非农业"
    assert counts(bring(county, changed, as_of="2013-07-01")) == (0, 1, 2, 0)
    assert periods(Hukou, "王建国", "hukou_type") == [
        ("rural", None, "2013-07-01"),
        ("urban", "2013-07-01", None),
    ]
    assert counts(bring(county, changed, as_of="2013-08-01")) == (0, 0, 3, 0)


def test_correction_for_the_same_day_replaces(county: Actor) -> None:
    bring(county, family(), as_of="2013-01-01")
    changed = family()
    for word in ("非农业", "居民"):
        changed[0]["户口性质"] = word
        assert counts(bring(county, changed, as_of="2013-07-01")) == (0, 1, 2, 0)
    assert periods(Hukou, "王建国", "hukou_type") == [
        ("rural", None, "2013-07-01"),
        ("resident", "2013-07-01", None),
    ]


def test_late_file_for_an_earlier_day_leaves_what_came_after(county: Actor) -> None:
    bring(county, family(), as_of="2012-01-01")
    changed = family()
    changed[0].update({"户口性质": "非农业", "姓名": "王建民"})
    bring(county, changed, as_of="2013-07-01")
    late = family()
    late[0]["户口性质"] = "居民"
    assert counts(bring(county, late, as_of="2013-03-01")) == (0, 1, 2, 0)
    assert periods(Hukou, "王建民", "hukou_type") == [
        ("rural", None, "2013-03-01"),
        ("resident", "2013-03-01", "2013-07-01"),
        ("urban", "2013-07-01", None),
    ]
    assert counts(bring(county, changed, as_of="2013-09-01")) == (0, 0, 3, 0)


def test_late_file_leaves_what_came_after_though_the_counter_entered_something_since(county: Actor) -> None:
    bring(county, family(), as_of="2013-12-31")
    clerk = make_actor(Role.TOWNSHIP, VILLAGE[:9])
    correct_entry(
        actor=clerk, person=person("王建国"), report=report("2014-01-02"), right=Right(phone="13812345678")
    )
    late = family()
    late[0].update({"户口性质": "非农业", "姓名": "王建民", "手机号": "13912345678"})
    assert counts(bring(county, late, as_of="2013-06-30")) == (0, 1, 2, 0)
    assert periods(Hukou, "王建国", "hukou_type") == [
        ("rural", None, "2013-06-30"),
        ("urban", "2013-06-30", "2013-12-31"),
        ("rural", "2013-12-31", None),
    ]
    assert person("王建国").phone.reveal() == "13812345678"


def test_late_file_leaves_what_a_file_said_that_came_before_an_entry_was_taken_back(county: Actor) -> None:
    bring(county, family(), as_of="2012-01-01")
    clerk = make_actor(Role.TOWNSHIP, VILLAGE[:9])
    entry = correct_entry(
        actor=clerk, person=person("王建国"), report=report("2014-01-02"), right=Right(phone="13812345678")
    )
    bring(county, family(), as_of="2013-12-31")
    take_back_event(actor=clerk, event=entry)
    late = family()
    late[0]["户口性质"] = "非农业"
    bring(county, late, as_of="2013-06-30")
    assert periods(Hukou, "王建国", "hukou_type")[-1] == ("rural", "2013-12-31", None)


def test_a_row_of_before_an_entry_that_was_taken_back_is_compared_anew(county: Actor) -> None:
    bring(county, family(), as_of="2012-01-01")
    clerk = make_actor(Role.TOWNSHIP, VILLAGE[:9])
    entry = correct_entry(
        actor=clerk, person=person("王建国"), report=report("2013-01-02"), right=Right(phone="13812345678")
    )
    newer = family()
    newer[0]["户口性质"] = "居民"
    bring(county, newer, as_of="2013-12-31")
    take_back_event(actor=clerk, event=entry)
    assert counts(bring(county, family())) == (0, 1, 2, 0)
    assert periods(Hukou, "王建国", "hukou_type")[-1] == ("rural", "2014-01-06", None)


def test_late_file_leaves_what_came_after_though_records_were_merged_since(county: Actor) -> None:
    bring(county, family(), as_of="2013-12-31")
    merge(person("王建国"), make_person(name="王建囯", sex=Sex.MALE, village=VILLAGE))
    late = family()
    late[0]["户口性质"] = "非农业"
    bring(county, late, as_of="2013-06-30")
    assert periods(Hukou, "王建国", "hukou_type")[-1] == ("rural", "2013-12-31", None)


def test_late_file_leaves_a_departure_that_was_reported_since(county: Actor) -> None:
    bring(county, family(), as_of="2013-12-31")
    clerk = make_actor(Role.TOWNSHIP, VILLAGE[:9])
    record_departures(actor=clerk, people=[person("王小明")], report=report("2013-03-01"))
    bring(county, family(), as_of="2013-06-30")
    assert periods(Absence, "王小明", "place_code") == [
        ("", "2013-03-01", "2013-06-30"),
        ("", "2013-12-31", None),
    ]
    assert [period[1:] for period in periods(Membership, "王小明", "relation")] == [
        (None, "2013-03-01"),
        ("2013-06-30", "2013-12-31"),
    ]


def test_earlier_row_said_again_later_is_a_change_back(county: Actor) -> None:
    bring(county, family(), as_of="2012-01-01")
    changed = family()
    changed[0]["户口性质"] = "非农业"
    bring(county, changed, as_of="2013-01-01")
    assert counts(bring(county, family(), as_of="2012-06-01")) == (0, 0, 3, 0)
    assert counts(bring(county, family(), as_of="2013-06-01")) == (0, 1, 2, 0)
    assert [entry[0] for entry in periods(Hukou, "王建国", "hukou_type")] == ["rural", "urban", "rural"]


def test_empty_cell_ends_a_fact_and_a_missing_column_does_not(county: Actor) -> None:
    bring(county, [row(残疾等级="2")], as_of="2013-01-01")
    bring(county, [row()], as_of="2013-02-01")
    assert periods(Disability, "曾静伟", "grade") == [(2, None, None)]
    assert counts(bring(county, [row(残疾等级="")], as_of="2013-03-01")) == (0, 1, 0, 0)
    assert periods(Disability, "曾静伟", "grade") == [(2, None, "2013-03-01")]


def test_phone_and_account_are_replaced_but_never_by_silence(county: Actor) -> None:
    bring(county, [row(手机号="13812345678", 开户银行="农村信用社", 银行账号="62220001")], as_of="2013-01-01")
    assert counts(bring(county, [row(手机号="", 开户银行="", 银行账号="")], as_of="2013-02-01")) == (
        0,
        0,
        1,
        0,
    )
    assert person("曾静伟").phone.reveal() == "13812345678"
    assert counts(
        bring(
            county, [row(手机号="13912345678", 开户银行="农业银行", 银行账号="62280002")], as_of="2013-03-01"
        )
    ) == (0, 1, 0, 0)
    assert person("曾静伟").phone.reveal() == "13912345678"
    accounts = BankAccount.objects.order_by("from_on")
    assert sorted(account.account.reveal() for account in accounts) == ["62220001", "62280002"]


def test_account_confirmed_by_two_people_is_not_changed_by_a_file(county: Actor) -> None:
    bring(county, [row(开户银行="农村信用社", 银行账号="62220001")], as_of="2013-01-01")
    BankAccount.objects.update(source="document")
    brought = bring(county, [row(开户银行="农业银行", 银行账号="62280002")], as_of="2013-03-01")
    assert counts(brought) == (0, 0, 1, 0)
    assert codes(brought, "warnings") == [(2, "confirmed_by_document")]
    assert BankAccount.objects.get().account.reveal() == "62220001"


def test_recorded_death_is_kept_with_a_warning(county: Actor) -> None:
    bring(county, [row(死亡日期="2012-05-01")], as_of="2013-01-01")
    brought = bring(county, [row(死亡日期="")], as_of="2013-02-01")
    assert counts(brought) == (0, 0, 1, 0)
    assert codes(brought, "warnings") == [(2, "death_recorded")]
    assert person("曾静伟").died_on == datetime.date(2012, 5, 1)


def test_death_is_an_update_and_keeps_the_former_row(county: Actor) -> None:
    bring(county, [row()], as_of="2013-01-01")
    assert counts(bring(county, [row(死亡日期="2013-01-20")], as_of="2013-02-01")) == (0, 1, 0, 0)
    former = Person.pgh_event_model.objects.get()
    assert former.died_on is None


def test_relative_who_arrives_later_is_linked(county: Actor) -> None:
    father, mother, son = family()
    first = bring(county, [son], as_of="2013-01-01")
    assert sorted(codes(first, "warnings")) == [
        (2, "household_no_head"),
        (2, "kin_unknown"),
        (2, "kin_unknown"),
    ]
    assert first.warnings == 1
    assert Parentage.objects.filter(parent=None).count() == 2
    second = bring(county, [father], as_of="2013-02-01")
    assert codes(second, "warnings") == [(2, "kin_unknown")]
    assert Parentage.objects.get(role="father").parent == person("王建国")
    assert MaritalFact.objects.get().spouse is None
    assert bring(county, [mother]).warnings == 0
    assert MaritalFact.objects.get(person__name="王建国").spouse == person("李秀英")
    assert not Parentage.objects.filter(parent=None).exists()


def test_unknown_relative_is_warned_of_again_while_unknown(county: Actor) -> None:
    son = family()[2]
    bring(county, [son])
    again = bring(county, [son])
    assert counts(again) == (0, 0, 1, 0)
    assert again.warnings == 1


def test_household_without_and_with_two_living_heads_is_a_task_until_in_order(county: Actor) -> None:
    father, mother, son = family()
    assert bring(county, [mother, son], as_of="2013-01-01").warnings == 2
    assert RegistryTask.objects.open().get().kind == "no_head"
    second = bring(county, [father, {**mother, "户主关系": "户主"}], as_of="2013-02-01")
    assert [code for _line, code in codes(second, "warnings")] == ["household_two_heads"]
    assert RegistryTask.objects.open().get().kind == "two_heads"
    third = bring(county, [{**father, "死亡日期": "2013-02-10"}], as_of="2013-03-01")
    assert third.warnings == 0
    assert not RegistryTask.objects.open().exists()


def test_a_file_for_an_earlier_day_warns_of_that_day_and_leaves_the_tasks_to_today(county: Actor) -> None:
    def told(relation: str, hukou: str, as_of: str) -> list[str]:
        father, *others = family()
        father |= {"户主关系": relation, "户口性质": hukou}
        brought = bring(county, [father, *others], as_of=as_of)
        return [code for _line, code in codes(brought, "warnings")]

    tasks = RegistryTask.objects.open()
    told("户主", "农业", "2012-01-01")
    assert told("其他", "农业", "2013-07-01") == ["household_no_head"]
    assert told("户主", "居民", "2013-03-01") == []
    assert tasks.get().kind == "no_head", "what was in order in March is not in order today"
    told("户主", "农业", "2013-09-01")
    assert told("其他", "非农业", "2013-04-01") == ["household_no_head"]
    assert not tasks.exists(), "what was not in order in April is in order today"


def test_move_takes_every_fact_along_and_is_one_household_at_a_time(county: Actor) -> None:
    bring(county, family(), as_of="2013-01-01")
    moved = [{**cells, "户籍地代码": OTHER_VILLAGE, "户编号": "000077"} for cells in family()]
    assert counts(bring(county, moved, as_of="2013-06-01")) == (0, 3, 0, 0)
    for model in (Membership, Hukou, Residence, Parentage, MaritalFact):
        assert {fact.division_code for fact in model.objects.all()} == {OTHER_VILLAGE}, model
    assert [value for value, *_period in periods(Residence, "王小明", "place_code")] == [
        VILLAGE,
        OTHER_VILLAGE,
    ]


def test_a_late_file_about_somebody_before_her_arrival_ends_her_absence_and_no_day_says_both(
    county: Actor,
) -> None:
    record_arrival(
        actor=make_actor(Role.TOWNSHIP, VILLAGE[:9]), report=report("2013-06-01"), village=VILLAGE,
        household_number="000001", name="李秀英", sex=Sex.FEMALE, born_on=datetime.date(1955, 10, 2),
        hukou_type=HukouType.RURAL, number=WIFE,
    )  # fmt: skip
    bring(county, family(), as_of="2013-03-01")
    who = person("李秀英")
    for day, is_here in (((2013, 2, 28), False), ((2013, 3, 1), True), ((2013, 6, 1), True)):
        on = datetime.date(*day)
        for model in (Membership, Residence):
            assert model.objects.on(on).filter(person=who).exists() is is_here, (model, day)
        assert Absence.objects.on(on).filter(person=who).exists() is not is_here, day


def test_alike_rows_are_taken_once_and_different_ones_not_at_all(county: Actor) -> None:
    father, mother, _son = family()
    brought = bring(county, [father, mother, father, {**mother, "姓名": "李秀兰"}])
    assert counts(brought) == (1, 0, 0, 3)
    assert codes(brought) == [(3, "repeated_differently"), (4, "repeated"), (5, "repeated_differently")]


def test_ambiguous_match_is_a_row_error_not_an_insert(county: Actor) -> None:
    twins = [
        row(公民身份号码=number("19800311", serial), 姓名="王小明", 户主关系="子") for serial in (481, 483)
    ]
    bring(county, [row(), *twins])
    nameless = {"公民身份号码": "", "性别": "男", "出生日期": "1980-03-11", "死亡日期": "2013-01-01"}
    brought = bring(county, [row(**nameless, 姓名="王小明", 户主关系="子")])
    assert counts(brought) == (0, 0, 0, 1)
    assert codes(brought) == [(2, "ambiguous_person")]


def test_child_without_a_number_is_the_same_child_when_it_has_one(county: Actor) -> None:
    born = {"性别": "男", "出生日期": "2010-03-11", "户主关系": "子", "姓名": "王小宝"}
    without = row(**{**born, "公民身份号码": ""})
    assert counts(bring(county, [row(), without], as_of="2013-01-01")) == (2, 0, 0, 0)
    assert counts(bring(county, [row(), without], as_of="2013-02-01")) == (0, 0, 2, 0)
    with_number = row(**{**born, "公民身份号码": number("20100311", 481)})
    assert counts(bring(county, [row(), with_number], as_of="2013-03-01")) == (0, 1, 1, 0)
    assert person("王小宝").id_number.reveal() == number("20100311", 481)
    both = bring(county, [with_number, without], as_of="2013-04-01")
    assert counts(both) == (0, 0, 1, 1)
    assert codes(both) == [(3, "repeated_without_number")]


def test_dry_run_counts_everything_and_changes_nothing(county: Actor) -> None:
    tried = bring(county, [*family(), row(公民身份号码="1")], dry_run=True)
    assert counts(tried) == (3, 0, 0, 1)
    assert codes(tried) == [(5, "number_length")]
    assert not Person.objects.exists()
    assert counts(bring(county, family())) == (3, 0, 0, 0)


def test_file_refused_as_a_whole_writes_nothing(county: Actor) -> None:
    brought = bring(county, [{"甲": "1"}])
    assert brought.state == "refused"
    assert brought.refusal
    assert (brought.rows, Person.objects.count()) == (0, 0)
    assert Act.objects.of_record(brought).get().verb == "households.refuse_import"


def test_import_is_one_act_with_its_counts_and_digest(county: Actor) -> None:
    brought = bring(county, family())
    act = Act.objects.of_record(brought).get()
    assert act.verb == "households.import_residents"
    assert (act.detail["created"], act.detail["sha256"]) == (3, brought.sha256)


def test_township_takes_in_her_own_rows_alone(county: Actor, actor_of: object) -> None:
    clerk = actor_of(Role.TOWNSHIP, VILLAGE[:9])  # type: ignore[operator] # the fixture's maker
    with open_context(actor=clerk):
        brought = bring(
            clerk, [*family(), row(公民身份号码=number("19600101", 481), 户籍地代码=OTHER_VILLAGE)]
        )
    assert counts(brought) == (3, 0, 0, 1)
    assert codes(brought) == [(5, "outside_your_division")]


def test_township_cannot_take_a_person_over_from_another(county: Actor, actor_of: object) -> None:
    bring(county, [row(户籍地代码=OTHER_VILLAGE)])
    clerk = actor_of(Role.TOWNSHIP, VILLAGE[:9])  # type: ignore[operator] # the fixture's maker
    with open_context(actor=clerk):
        brought = bring(clerk, [row()])
    assert counts(brought) == (0, 0, 0, 1)
    assert codes(brought) == [(2, "served_elsewhere")]
    assert person("曾静伟").division_code == OTHER_VILLAGE
    assert counts(bring(county, [row()])) == (0, 1, 0, 0), "the county may bring it"
    assert person("曾静伟").division_code == VILLAGE


def lodger(**cells: str) -> dict[str, str]:
    """Whose household is in the one township and who lives in the other."""
    return row(户籍地代码=VILLAGE, 现居住地代码=OTHER_VILLAGE, **cells)


def brought_by(village: str, *rows: dict[str, str]) -> ResidentImport:
    clerk = make_actor(Role.TOWNSHIP, village[:9])
    with open_context(actor=clerk):
        return bring(clerk, rows)


def test_who_lives_in_another_township_than_her_household_is_brought_by_the_one_that_serves_her(
    county: Actor,
) -> None:
    bring(county, [lodger()], as_of="2013-01-01")
    assert codes(brought_by(VILLAGE, lodger(户口性质="非农业"))) == [(2, "outside_your_division")]
    assert counts(brought_by(OTHER_VILLAGE, lodger(户口性质="非农业"))) == (0, 1, 0, 0)
    assert Hukou.objects.on(datetime.date(2014, 1, 6)).get().hukou_type == HukouType.URBAN
    assert counts(brought_by(OTHER_VILLAGE, lodger(户口性质="非农业"))) == (0, 0, 1, 0)


@pytest.mark.parametrize(
    "cells", [{"户编号": "000002"}, {"户主关系": "子"}, {"公民身份号码": SON}, {"公民身份号码": "", "性别": "男", "出生日期": "2012-03-11"}]
)  # fmt: skip
def test_no_township_writes_who_belongs_to_a_household_of_another(
    county: Actor, cells: dict[str, str]
) -> None:
    bring(county, [lodger()], as_of="2013-01-01")
    before = sql("SELECT id, household_id, relation, to_on FROM households_membership ORDER BY id")
    brought = brought_by(OTHER_VILLAGE, lodger(**cells))
    assert codes(brought) == [(2, "household_elsewhere")]
    assert counts(brought) == (0, 0, 0, 1)
    assert sql("SELECT id, household_id, relation, to_on FROM households_membership ORDER BY id") == before
    assert Household.objects.count() == 1
    assert not RegistryTask.objects.exists()
    assert counts(bring(county, [lodger(**cells)])) in ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0))


def test_migrant_is_served_where_she_lives(county: Actor) -> None:
    bring(county, [row(户籍地代码="370403101201", 现居住地代码=VILLAGE)])
    migrant = person("曾静伟")
    assert migrant.division_code == VILLAGE
    assert Hukou.objects.get().place_code == "370403101201"
    assert Membership.objects.get().household.division_code == VILLAGE


def test_database_refuses_a_second_household_for_a_period(county: Actor) -> None:
    from django.db import IntegrityError, transaction

    bring(county, family())
    with pytest.raises(IntegrityError, match="one_household_at_a_time"), transaction.atomic():
        sql(
            "UPDATE households_membership SET person_id = (SELECT id FROM households_person WHERE name = %s)",
            ["王小明"],
        )


def test_marital_words_that_are_not_stored_leave_no_fact(county: Actor) -> None:
    bring(county, [row(婚姻状况="未婚")])
    assert not MaritalFact.objects.exists()


def test_numbers_are_known(county: Actor) -> None:
    bring(county, family())
    assert {p.id_number.reveal() for p in Person.objects.all()} == {HEAD, WIFE, SON}


def test_what_a_file_says_in_place_of_the_counter_names_no_document_of_it(county: Actor) -> None:
    bring(county, [row()], as_of="2013-01-01")
    person = Person.objects.get()
    record_moves(
        actor=make_actor(Role.TOWNSHIP, VILLAGE[:9]),
        people=[person],
        report=report("2013-07-01", "户口簿"),
        to_place=OTHER_VILLAGE,
    )
    bring(county, [row()], as_of="2013-07-01")
    home = Residence.objects.get(person=person, to_on=None)
    assert (home.place_code, home.source, home.document) == (VILLAGE, "file", "")


def test_a_late_file_changes_nothing_from_the_day_on_of_which_all_was_said_again(county: Actor) -> None:
    """An unchanged row speaks for its day as much as one that changes something."""
    bring(county, [row()], as_of="2013-01-01")
    assert counts(bring(county, [row()], as_of="2013-03-01")) == (0, 0, 1, 0)
    late = bring(county, [row(现居住地代码=OTHER_VILLAGE)], as_of="2013-02-01")
    assert counts(late) == (0, 1, 0, 0)
    assert periods(Residence, "曾静伟", "place_code") == [
        (VILLAGE, None, "2013-02-01"),
        (OTHER_VILLAGE, "2013-02-01", "2013-03-01"),
        (VILLAGE, "2013-03-01", None),
    ]
    assert Person.objects.get().division_code == VILLAGE
    take_back_import(actor=county, brought=late)
    assert periods(Residence, "曾静伟", "place_code") == [(VILLAGE, None, None)]


def test_a_late_file_gives_way_to_the_next_that_spoke_and_not_only_to_the_last(county: Actor) -> None:
    for day, grade in (("2013-01-01", "2"), ("2013-02-01", "3"), ("2013-03-01", "2")):
        last = bring(county, [row(残疾等级=grade)], as_of=day)
    late = [row(现居住地代码=OTHER_VILLAGE)]
    brought = bring(county, late, as_of="2013-01-15")
    assert periods(Residence, "曾静伟", "place_code")[1] == (OTHER_VILLAGE, "2013-01-15", "2013-02-01")
    for one in (brought, last):
        take_back_import(actor=county, brought=one)
    bring(county, [row(残疾等级="3")], as_of="2013-04-01")
    bring(county, late, as_of="2013-02-15")
    assert periods(Residence, "曾静伟", "place_code")[1] == (OTHER_VILLAGE, "2013-02-15", "2013-04-01")


def test_circle_of_kinship_is_refused_with_a_sentence(county: Actor) -> None:
    father, mother, son = family()
    circle = [{**father, "配偶身份号码": SON}, mother, {**son, "母亲身份号码": ""}]
    brought = bring(county, circle)
    assert codes(brought) == [(2, "kin_circle"), (4, "kin_circle")]
    assert counts(brought) == (1, 0, 0, 2)
    parents = bring(county, [{**father, "父亲身份号码": SON}, {**son, "户编号": "3"}])
    assert codes(parents) == [(2, "parent_too_young")]


def test_spouse_who_is_ones_child_by_the_registry_is_refused(county: Actor) -> None:
    father, mother, son = family()
    bring(county, [father, mother, son])
    assert codes(bring(county, [{**father, "配偶身份号码": SON}])) == [(2, "kin_circle")]


def test_spouse_who_is_ones_parent_by_the_registry_is_refused(county: Actor) -> None:
    bring(county, family())
    _father, _mother, son = family()
    married = {name: cell for name, cell in {**son, "配偶身份号码": WIFE}.items() if "亲身份" not in name}
    assert codes(bring(county, [married])) == [(2, "kin_circle")]


@pytest.mark.parametrize("has_other_row", [True, False])
def test_parent_who_is_ones_spouse_by_the_registry_is_refused(county: Actor, has_other_row: bool) -> None:
    """The mother has named him as her spouse, and her row may say so again."""
    mother, son = couple()
    bring(county, [{**mother, "配偶身份号码": SON}, son])
    others = [{**mother, "配偶身份号码": SON}] if has_other_row else []
    brought = bring(county, [*others, {**son, "母亲身份号码": WIFE}], columns=[*son])
    assert codes(brought) == [(len(others) + 2, "kin_circle")]


def test_parent_whom_one_has_named_as_spouse_before_is_refused(county: Actor) -> None:
    _mother, son = couple()
    bring(county, [{**son, "配偶身份号码": WIFE}])
    silent = [name for name in son if name != "配偶身份号码"]
    assert codes(bring(county, [{**son, "母亲身份号码": WIFE}], columns=silent)) == [(2, "kin_circle")]


def couple() -> tuple[dict[str, str], dict[str, str]]:
    return (
        row(姓名="李秀英", 公民身份号码=WIFE, 户主关系="配偶", 母亲身份号码=""),
        row(姓名="王小明", 公民身份号码=SON, 户主关系="子", 母亲身份号码=""),
    )


def test_a_row_that_corrects_its_own_kin_is_taken(county: Actor) -> None:
    son = row(姓名="王小明", 公民身份号码=SON, 户主关系="子", 母亲身份号码=WIFE, 配偶身份号码="")
    bring(county, [son])
    assert codes(bring(county, [{**son, "母亲身份号码": "", "配偶身份号码": WIFE}])) == []


def test_parent_too_young_by_the_registry_is_refused(county: Actor) -> None:
    """Her birth date was corrected at the counter; a number may be wrong, or a card false."""
    father, mother, son = family()
    bring(county, [father, mother])
    Person.objects.filter(name=mother["姓名"]).update(birth_date="1970-10-02", row_digest=None)
    assert codes(bring(county, [son])) == [(2, "parent_too_young")]
    adopted = bring(county, [{**son, "母子关系": "收养"}])
    assert counts(adopted) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("mother_born", "refused_on", "taken_on"),
    [("1965-03-11", "19770310", "19770311"), ("1964-02-29", "19760228", "19760229")],
)
def test_a_parent_of_twelve_years_by_the_registry_is_old_enough(
    county: Actor, mother_born: str, refused_on: str, taken_on: str
) -> None:
    father, mother, son = family()
    bring(county, [father, mother])
    Person.objects.filter(name=mother["姓名"]).update(birth_date=mother_born, row_digest=None)
    for born_on, expected in ((refused_on, [(2, "parent_too_young")]), (taken_on, [])):
        child = {**son, "公民身份号码": number(born_on, 111)}
        assert codes(bring(county, [child])) == expected
