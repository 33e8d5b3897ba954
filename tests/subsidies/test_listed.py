"""Many families by one list: the same as each alone; whoever cannot go stays behind, with the reason."""

from __future__ import annotations

import datetime
import hashlib
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, models, transaction

from enforcement.models import OfficerCertificate
from enforcement.services.certificates import suspend_certificate
from households.models import Hukou, Person
from households.services.own_family import keep_identity
from offices import clock
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from offices.errors import DomainError, NotAllowed
from offices.models import Act, Staff
from subsidies.documents import required_documents
from subsidies.enums import (
    ApplicationState,
    DebtState,
    LeftBehind,
    ObjectionSubject,
    ProgrammeKind,
    Step,
    StepResult,
)
from subsidies.models import (
    Application,
    ApplicationStep,
    BudgetLine,
    Debt,
    Grant,
    ListedAct,
    Notice,
    PolicyVersion,
    Programme,
    PublicNotice,
    PublicStatus,
)
from subsidies.services import applications, listed_reviews, notices
from subsidies.services.confirmations import set_band
from subsidies.services.listed_entry import enter_listed
from subsidies.services.reviews import review_in_county
from tests.conftest import sql
from tests.factories import OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE, make_actor, make_person
from tests.subsidies.cases import (
    PRESENT,
    Office,
    advance,
    after_notice,
    bring_to,
    certify,
    enter,
    make_office,
    move_day,
)
from tests.subsidies.listing import (
    PLACES,
    SHEET,
    after_notices,
    assess,
    bring_list_to,
    premium,
    take,
    villagers,
)
from tests.subsidies.money import fund

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(county: Actor) -> Office:
    return make_office()


@pytest.fixture
def programme(office: Office) -> Programme:
    return premium()


def rows(
    model: type[models.Model], programme: Programme, through: str = "", **but: Any
) -> list[dict[str, Any]]:
    """What was written of a programme, without keys and what bears its name."""
    left = {"id", "code", "programme_id", "policy_version_id", "file_number", "application_id", "listed_id",
            "notice_id", "grant_id", "programme_code"}  # fmt: skip
    names = [field.attname for field in model._meta.concrete_fields if field.attname not in left]
    found = model._default_manager.filter(**{through: programme}) if through else model._default_manager.all()
    return sorted((dict(row) for row in found.values(*names)), key=repr)


def everything(programme: Programme) -> dict[str, list[dict[str, Any]]]:
    cases = Application.objects.filter(programme=programme)
    keys = list(cases.values_list("pk", flat=True))
    told = {
        "applications": rows(Application, programme, "programme"),
        "steps": rows(ApplicationStep, programme, "application__programme"),
        "notices": rows(Notice, programme, "application__programme"),
        "public lines": rows(PublicNotice, programme, "programme_code"),
        "grants": rows(Grant, programme, "programme"),
        "debts": rows(Debt, programme, "programme"),
        "budget": rows(BudgetLine, programme, "programme"),
        "states": sorted(PublicStatus.objects.filter(application_id__in=keys).values_list("state", "since")),
    }
    numbers = cases.order_by("person__name_sort").values_list("person__name", "file_number")
    told["numbers"] = [{"name": name, "number": number.partition("-")[2]} for name, number in numbers]
    return told


@pytest.mark.parametrize("month", [1, 11])
def test_a_village_by_list_is_as_if_each_had_gone_alone(office: Office, month: int) -> None:
    move_day(datetime.date(2014, month, 6))
    alone, listed = premium("ALONE"), premium("LISTED")
    people = villagers(3)
    for one in (alone, listed):
        fund(one, "150", year=2014 if month == 1 else 2015)
    assess(listed)
    version = PolicyVersion.objects.get(programme=alone)
    for person in sorted(people, key=lambda one: one.name_sort):
        enter(office, person=person, programme=alone, documents=required_documents(version))
    take(office, Step.ENTRY, listed)
    assert everything(alone) == everything(listed)
    for step in list(PLACES)[1:]:
        for case in Application.objects.filter(programme=alone):
            after_notice(case)
            advance(office, case)
        done = take(office, step, listed)
        assert (done.taken, done.left_behind) == (3, {})
        told = everything(alone)
        assert told == everything(listed)
    assert len(told["grants"]) == 3
    assert {row["from_on"].year for row in told["grants"]} == {2014 if month == 1 else 2015}
    # More than is set aside: a right is granted all the same, and the shortage is an act.
    short = Act.objects.filter(verb="subsidies.grant_beyond_budget").order_by("at")
    assert short.last().record_type == "subsidies.listedact"
    assert (
        short.last().detail["short"]
        == short.exclude(record_type="subsidies.listedact").last().detail["short"]
    )


def test_the_act_of_a_list_says_who_did_what_to_how_many(office: Office, programme: Programme) -> None:
    people = villagers(3)
    assess(programme)
    before = Act.objects.count()
    done = take(office, Step.ENTRY, programme, chosen=[person.pk for person in people[:2]])
    act = done.act
    assert act is not None
    assert (done.taken, done.left_behind) == (2, {})
    numbers = list(Application.objects.order_by("file_number").values_list("file_number", flat=True))
    assert act.digest == hashlib.sha256("\n".join(numbers).encode()).hexdigest()
    assert (act.document, act.role, act.division_code) == (SHEET, Role.TOWNSHIP, TOWNSHIP)
    assert set(ApplicationStep.objects.values_list("listed", flat=True)) == {act.pk}
    # One act for all of them, without a name in it.
    assert Act.objects.count() == before + 1
    recorded = Act.objects.of_record(act).get()
    assert (recorded.verb, recorded.detail["taken"]) == ("subsidies.enter_listed", 2)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        sql("UPDATE subsidies_listedact SET taken = 9")


def test_run_again_it_does_nothing_and_says_so(office: Office, programme: Programme) -> None:
    villagers(2)
    assess(programme)
    for step in PLACES:
        after_notices()
        assert take(office, step, programme).taken == 2
        written, acts = ListedAct.objects.count(), Act.objects.count()
        again = take(office, step, programme)
        assert (again.act, again.taken) == (None, 0)
        assert (ListedAct.objects.count(), Act.objects.count()) == (written, acts)
        if step == Step.ENTRY:
            assert again.left_behind == {LeftBehind.APPLIED_ALREADY: 2}
        chosen = list(Application.objects.values_list("pk", flat=True))
        if step != Step.ENTRY:
            assert take(office, step, programme, chosen=chosen).left_behind == {LeftBehind.ANOTHER_STEP: 2}


# Who stays behind ------------------------------------------------------------------------------


def _own(office: Office, person: Person, actor: Actor) -> None:
    keep_identity(
        actor=office.security, staff=Staff.objects.get(pk=actor.staff_id), number=person.id_number.reveal()
    )


def _died(office: Office, person: Person, actor: Actor) -> None:
    Person.objects.filter(pk=person.pk).update(died_on=clock.today())


def _urban(office: Office, person: Person, actor: Actor) -> None:
    Hukou.objects.filter(person=person).update(hukou_type="urban")


def _resident(office: Office, person: Person, actor: Actor) -> None:
    Hukou.objects.filter(person=person).update(hukou_type="resident")


def _merged(office: Office, person: Person, actor: Actor) -> None:
    Person.objects.filter(pk=person.pk).update(merged_into=make_person(name="并入", village=OTHER_VILLAGE))


def _moved(office: Office, person: Person, actor: Actor) -> None:
    Person.objects.filter(pk=person.pk).update(division_code=OTHER_VILLAGE)


def _declined(office: Office, person: Person, actor: Actor) -> None:
    Debt.objects.filter(person=person).update(
        state=DebtState.CLOSED, closed_on=clock.today(), closed_as="declined"
    )


def _applied(office: Office, person: Person, actor: Actor) -> None:
    enter(office, person=person, programme=Programme.objects.get(pk="LIST"))


ENTRY_REASONS = {
    LeftBehind.OWN_FAMILY: _own,
    LeftBehind.DIED: _died,
    LeftBehind.MERGED: _merged,
    LeftBehind.MOVED: _moved,
    LeftBehind.DECLINED: _declined,
    LeftBehind.APPLIED_ALREADY: _applied,
    LeftBehind.NOT_ENTITLED: _urban,
    LeftBehind.NOT_KNOWN: _resident,
}


def test_who_cannot_be_entered_is_left_behind_with_the_reason(office: Office, programme: Programme) -> None:
    people = villagers(len(ENTRY_REASONS))
    make_person(name="李庚")
    assess(programme)
    for person, change in zip(people, ENTRY_REASONS.values(), strict=True):
        change(office, person, office.counter)
    stranger = make_person(name="外村", village=OTHER_VILLAGE)
    done = take(office, Step.ENTRY, programme, chosen=[*(p.pk for p in people), stranger.pk])
    assert done.act is None
    assert done.left_behind == dict.fromkeys(ENTRY_REASONS, 1) | {LeftBehind.NOT_OWED: 1}
    # The one whom nothing speaks against goes, out of the same village.
    done = take(office, Step.ENTRY, programme)
    assert done.taken == 1
    assert Application.objects.get(steps__listed=done.act).person.name == "李庚"


def test_who_cannot_be_reviewed_stays_where_she_is(office: Office, programme: Programme) -> None:
    people = villagers(8)
    assess(programme)
    take(office, Step.ENTRY, programme)
    _own(office, people[0], office.village)
    _died(office, people[1], office.village)
    _urban(office, people[2], office.village)
    _resident(office, people[3], office.village)
    missing, before = (Application.objects.get(person=people[n]) for n in (4, 5))
    applications.name_missing_documents(
        application=missing,
        actor=make_village_colleague(office),
        documents=[str(code) for code in required_documents(missing.policy_version)][:1],
    )
    sql_step(before, office.village)
    done = take(office, Step.VILLAGE_REVIEW, programme)
    assert done.left_behind == {
        LeftBehind.OWN_FAMILY: 1,
        LeftBehind.DIED: 1,
        LeftBehind.NOT_ENTITLED: 1,
        LeftBehind.NOT_KNOWN: 1,
        LeftBehind.DOCUMENTS_MISSING: 1,
        LeftBehind.ACTED_BEFORE: 1,
    }
    assert done.taken == 2
    gone = Application.objects.filter(state=ApplicationState.VILLAGE_REVIEWED)
    assert set(gone.values_list("person", flat=True)) == {people[6].pk, people[7].pk}


def make_village_colleague(office: Office) -> Actor:
    colleague = make_actor(Role.VILLAGE, name="村会计")
    certify(office, colleague)
    return colleague


def sql_step(case: Application, actor: Actor) -> None:
    """An earlier act of the person on the case."""
    ApplicationStep.objects.create(
        application=case,
        step=Step.VILLAGE_REVIEW,
        result=StepResult.REFUSED,
        acted_by_id=actor.staff_id,
        acted_on=clock.today(),
        division_code=case.division_code,
    )


def test_a_notice_an_objection_and_a_second_reviewer_hold_a_case_back(
    office: Office, programme: Programme
) -> None:
    villagers(4)
    assess(programme)
    take(office, Step.ENTRY, programme)
    take(office, Step.VILLAGE_REVIEW, programme)
    assert take(office, Step.TOWNSHIP_REVIEW, programme).left_behind == {LeftBehind.NOTICE_RUNNING: 4}
    first, second, third, _fourth = Application.objects.order_by("file_number")
    for case in (first, second):
        objection = notices.record_objection(
            notice=case.notices.get(), subject=ObjectionSubject.CONDITION, actor=office.village
        )
        if case == second:
            notices.answer_objection(
                objection=objection,
                is_upheld=True,
                answer="属实",
                actor=make_actor(Role.TOWNSHIP_REVIEWER, name="另一审核员"),
            )
    after_notices()
    done = take(office, Step.TOWNSHIP_REVIEW, programme)
    assert done.taken == 2
    assert done.left_behind == {LeftBehind.OBJECTION_OPEN: 1, LeftBehind.OBJECTION_UPHELD: 1}
    after_notices()
    set_band(
        from_amount=Decimal(50),
        confirmations=2,
        from_on=clock.today(),
        document="山卫计〔2014〕3号",
        actor=office.county,
    )
    assert take(office, Step.COUNTY_CONFIRMATION, programme).left_behind == {LeftBehind.TWO_REVIEWERS: 2}
    third.refresh_from_db()
    review_in_county(application=third, actor=office.second_reviewer, opinion="材料齐全")
    done = take(office, Step.COUNTY_CONFIRMATION, programme)
    assert (done.taken, done.left_behind) == (1, {LeftBehind.TWO_REVIEWERS: 1})
    third.refresh_from_db()
    assert (third.state, third.confirmations) == (ApplicationState.COUNTY_CONFIRMED, 2)


def test_who_has_a_grant_already_gets_no_second_one(office: Office, programme: Programme) -> None:
    villagers(2)
    assess(programme)
    bring_list_to(office, Step.COUNTY_CONFIRMATION, programme)
    after_notices()
    first, _second = Application.objects.order_by("file_number")
    before = enter(office, person=make_person(name="先批"), programme=programme)
    earlier = bring_to(office, ApplicationState.GRANTED, before).grant
    Grant.objects.filter(pk=earlier.pk).update(person=first.person)
    sql("SET CONSTRAINTS ALL DEFERRED")
    done = take(office, Step.GRANT, programme)
    assert (done.taken, done.left_behind) == (1, {LeftBehind.RECEIVES_ALREADY: 1})
    Grant.objects.filter(pk=earlier.pk).update(person=earlier.person)


# Who may -----------------------------------------------------------------------------------------


def test_of_cash_and_awards_each_is_decided_alone(office: Office) -> None:
    for kind in (ProgrammeKind.CASH, ProgrammeKind.AWARD, ProgrammeKind.LETTER):
        with pytest.raises(DomainError) as refusal:
            take(office, Step.ENTRY, premium(f"K{kind}"[:8], kind=kind))
        assert refusal.value.code == "not_by_list"
    points = premium("POINT", kind=ProgrammeKind.POINTS)
    villagers(1)
    assess(points)
    assert take(office, Step.ENTRY, points).taken == 1


def test_the_same_role_of_another_township_takes_nobody(office: Office, programme: Programme) -> None:
    villagers(1)
    assess(programme)
    outsider = make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP)
    with open_context(actor=outsider):
        with pytest.raises(NotAllowed):
            take(office, Step.ENTRY, programme, actor=outsider)
        assert take(office, Step.ENTRY, programme, actor=outsider, place=OTHER_TOWNSHIP).taken == 0
    with pytest.raises(NotAllowed):
        take(office, Step.ENTRY, programme, actor=office.county)
    with open_context(actor=office.counter):
        done = take(office, Step.ENTRY, programme)
        assert done.taken == 1
    with open_context(actor=outsider):
        assert not ListedAct.objects.exists()
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            ListedAct.objects.create(
                step=Step.GRANT,
                programme=programme,
                acted_by_id=outsider.staff_id,
                role=outsider.role,
                acted_on=clock.today(),
                known_at=clock.now(),
                taken=1,
                digest="0" * 64,
                division_code=TOWNSHIP,
            )


def test_whole_list_is_refused_without_certificate_opinion_people_or_sheet(
    office: Office, programme: Programme
) -> None:
    villagers(1)
    with pytest.raises(DomainError) as refusal:
        take(office, Step.ENTRY, programme)
    assert refusal.value.code == "not_assessed"
    assess(programme)
    with pytest.raises(DomainError) as refusal:
        enter_listed(
            actor=office.counter, programme=programme, division_code=VILLAGE, declaration_document=" "
        )
    assert refusal.value.code == "sheet_missing"
    take(office, Step.ENTRY, programme)
    where = {"actor": office.village, "programme": programme, "division_code": VILLAGE}
    for fields, code in (
        ({"opinion": " ", "present": PRESENT}, "opinion_missing"),
        ({"opinion": "属实", "present": PRESENT[:2]}, "present_missing"),
    ):
        with pytest.raises(DomainError) as refusal:
            listed_reviews.review_listed_in_village(**where, **fields)
        assert refusal.value.code == code
    suspend_certificate(
        certificate=OfficerCertificate.objects.get(staff_id=office.village.staff_id),
        actor=office.security,
        reason="调查",
    )
    with pytest.raises(DomainError) as refusal:
        take(office, Step.VILLAGE_REVIEW, programme)
    assert refusal.value.code == "certificate_suspended"
    assert not ListedAct.objects.exclude(step=Step.ENTRY).exists()


def test_broken_off_in_the_middle_nothing_is_written(
    office: Office, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    villagers(2)
    assess(programme)
    take(office, Step.ENTRY, programme)
    told = everything(programme)

    def killed(**_anything: Any) -> None:
        raise DatabaseError("terminating connection")

    monkeypatch.setattr("subsidies.services.listed_reviews.move_together", killed)
    with pytest.raises(DatabaseError, match="terminating"):
        take(office, Step.VILLAGE_REVIEW, programme)
    assert everything(programme) == told
    assert ListedAct.objects.count() == 1
    monkeypatch.undo()
    assert take(office, Step.VILLAGE_REVIEW, programme).taken == 2
