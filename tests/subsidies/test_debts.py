"""The register of debts: who is owed has one line, who receives has none, a decline is respected."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from households.enums import VisitPurpose, VisitResult
from households.models import Hukou, Person
from households.services.events.deaths import record_death
from households.services.events.recording import Report
from households.services.visits import record_visit, take_back_visit
from offices import clock
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import Act
from subsidies.enums import DebtDeed, DebtEnd, DebtState, PolicyState, Standing
from subsidies.models import Assessment, Debt, DebtAct, PolicyVersion
from subsidies.services.applications import withdraw_application
from subsidies.services.debt_acts import decline_debt, record_deed, reopen_debt, take_back_deed
from subsidies.services.sweep import count_standings, sweep
from tests.conftest import sql
from tests.factories import OTHER_TOWNSHIP, OTHER_VILLAGE, VILLAGE, make_actor, make_household
from tests.subsidies.cases import bring_to, enter, make_office
from tests.subsidies.test_sweep import entitled_person

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2014, 1, 6)


@pytest.fixture
def village() -> Actor:
    return make_actor(Role.VILLAGE)


def swept(actor: Actor) -> None:
    sweep(actor=actor, as_of=clock.today())


def line_of(person: Person, programme: str = "NCJF") -> Debt:
    return Debt.objects.get(person=person, programme=programme)


def test_who_is_owed_has_a_line_with_its_officer_amount_and_first_day(county: Actor, village: Actor) -> None:
    mother = entitled_person(born="1951-03-01")
    swept(county)
    line = line_of(mother)
    assert (line.state, line.standing, line.opened_on) == (DebtState.OPEN, Standing.OWED, TODAY)
    assert line.officer_id == village.staff_id
    assert line.annual_amount == Decimal("960.00")
    assert line.owed_since == datetime.date(2011, 3, 1)
    assert line.is_since_exact
    assert line.arrears_amount == Decimal("720.00") + 960 + 960


def test_sweeping_again_changes_no_line(county: Actor) -> None:
    entitled_person()
    entitled_person(village=OTHER_VILLAGE)
    swept(county)
    before = list(Debt.objects.order_by("pk").values())
    history = sql("SELECT count(*) FROM subsidies_debtevent")
    swept(county)
    assert list(Debt.objects.order_by("pk").values()) == before
    assert sql("SELECT count(*) FROM subsidies_debtevent") == history


def test_another_days_sweep_opens_no_line(county: Actor) -> None:
    entitled_person()
    sweep(actor=county, as_of=datetime.date(2013, 12, 31))
    assert not Debt.objects.exists()


def test_without_a_specialist_the_township_answers(county: Actor) -> None:
    counter = make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP)
    mother = entitled_person(village=OTHER_VILLAGE)
    swept(county)
    assert line_of(mother).officer_id == counter.staff_id


def test_one_document_short_stands_apart_as_to_find_out(county: Actor) -> None:
    mother = entitled_person()
    Hukou.objects.filter(person=mother).update(hukou_type="resident")
    swept(county)
    line = line_of(mother)
    assert (line.standing, line.owed_since, len(line.missing)) == (Standing.UNKNOWN, None, 1)
    assert not Debt.objects.owed().exists()


def test_way_from_application_to_grant_clears_the_line_with_its_proof(
    county: Actor, moved_to: Callable[[str], None]
) -> None:
    office = make_office()
    mother = entitled_person()
    swept(county)
    case = enter(office, person=mother, programme=line_of(mother).programme)
    assert line_of(mother).standing == Standing.APPLIED
    swept(county)
    assert line_of(mother).is_open
    case = bring_to(office, "granted", case)
    line = line_of(mother)
    assert (line.state, line.closed_as, line.grant) == (DebtState.CLOSED, DebtEnd.GRANTED, case.grant)
    assert line.closed_on == clock.today()
    swept(county)
    assert not Debt.objects.open().filter(person=mother, programme="NCJF").exists()


def test_withdrawn_application_is_owed_again(county: Actor) -> None:
    office = make_office()
    mother = entitled_person()
    swept(county)
    case = enter(office, person=mother, programme=line_of(mother).programme)
    withdraw_application(application=case, actor=office.counter)
    assert line_of(mother).standing == Standing.OWED


def test_decline_is_recorded_once_and_respected(county: Actor, village: Actor) -> None:
    mother = entitled_person()
    swept(county)
    declined = decline_debt(debt=line_of(mother), actor=village)
    assert declined.acts.get().policy_version_id == declined.policy_version_id
    with pytest.raises(Stale):
        decline_debt(debt=declined, actor=village)
    record = sweep(actor=county, as_of=clock.today())
    assert line_of(mother).closed_as == DebtEnd.DECLINED
    assert Assessment.objects.get(person=mother, programme="NCJF").standing == Standing.DECLINED
    figures = count_standings(record)["NCJF"].as_json()
    assert (figures["entitled"], figures["declined"], figures["owed"]) == (1, 1, 0)


def test_another_policy_opens_a_declined_line_again(county: Actor, village: Actor) -> None:
    mother = entitled_person()
    swept(county)
    decline_debt(debt=line_of(mother), actor=village)
    new_policy("NCJF")
    swept(county)
    line = line_of(mother)
    assert line.is_open
    assert line.acts.last().deed == DebtDeed.LAW_CHANGED
    assert line.told_on is None


def test_a_decline_stands_by_the_law_and_not_by_its_version(
    county: Actor, village: Actor, moved_to: Callable[[str], None]
) -> None:
    """Who pays is not the law that she declined; a raise within a version is."""
    mother = entitled_person()
    swept(county)
    decline_debt(debt=line_of(mother), actor=village)
    former = PolicyVersion.objects.get(programme="NCJF")
    PolicyVersion.objects.filter(pk=former.pk).update(to_on="2014-02-01")
    raised = [
        {"from": "2004-01-01", "to": "2014-04-01", "value": "960.00", "known": "source"},
        {"from": "2014-04-01", "to": None, "value": "1200.00", "known": "source"},
    ]
    PolicyVersion.objects.create(
        programme_id="NCJF", number=former.number + 1, state=PolicyState.PUBLISHED, is_shipped=True,
        published_at=clock.now(), from_on="2014-02-01", basis_title="分担办法", rule=former.rule,
        parameters={**former.parameters, "amount": raised}, notice=former.notice, stop_rule=former.stop_rule,
        funding=[{"source": "county", "share": "1.00"}], drafted_by_id=former.drafted_by_id,
    )  # fmt: skip
    moved_to("2014-03-03")
    swept(county)
    assert line_of(mother).closed_as == DebtEnd.DECLINED
    moved_to("2014-04-01")
    swept(county)
    assert line_of(mother).acts.last().deed == DebtDeed.LAW_CHANGED


def test_family_that_asks_opens_its_line_again(county: Actor, village: Actor) -> None:
    mother = entitled_person()
    swept(county)
    decline_debt(debt=line_of(mother), actor=village)
    line = reopen_debt(debt=line_of(mother), actor=village)
    assert line.is_open
    swept(county)
    assert line_of(mother).is_open
    with pytest.raises(Stale):
        reopen_debt(debt=line, actor=village)


def test_decline_of_an_application_on_its_way_is_a_withdrawal(county: Actor, village: Actor) -> None:
    mother = entitled_person()
    swept(county)
    enter(make_office(), person=mother, programme=line_of(mother).programme)
    with pytest.raises(DomainError) as refused:
        decline_debt(debt=line_of(mother), actor=village)
    assert refused.value.code == "debt_applied"
    assert str(refused.value)


def test_deeds_are_by_who_serves_the_family(county: Actor, village: Actor) -> None:
    mother = entitled_person()
    swept(county)
    elsewhere = make_actor(Role.VILLAGE, OTHER_VILLAGE)
    for actor in (elsewhere, make_actor(Role.COUNTY), make_actor(Role.AUDITOR)):
        for deed in (record_deed, decline_debt):
            more = {"deed": DebtDeed.TOLD} if deed is record_deed else {}
            with pytest.raises(NotAllowed):
                deed(debt=line_of(mother), actor=actor, **more)
    with open_context(actor=elsewhere):
        assert not Debt.objects.exists()
    line = record_deed(debt=line_of(mother), deed=DebtDeed.TOLD, actor=village)
    assert (line.told_on, line.last_deed) == (TODAY, DebtDeed.TOLD)
    record_deed(debt=line, deed=DebtDeed.TOLD, actor=village)
    assert DebtAct.objects.count() == 1
    assert Act.objects.filter(verb="subsidies.record_deed").count() == 1
    assert not Debt.objects.to_tell().filter(programme="NCJF").exists()


def test_entry_is_taken_back_the_same_day_by_who_wrote_it(county: Actor, village: Actor) -> None:
    mother = entitled_person()
    swept(county)
    line = record_deed(debt=line_of(mother), deed=DebtDeed.TOLD, actor=village)
    decline_debt(debt=line, actor=village)
    decline = DebtAct.objects.get(deed=DebtDeed.DECLINED)
    with pytest.raises(DomainError) as refused:
        take_back_deed(act=decline, actor=make_actor(Role.TOWNSHIP))
    assert refused.value.code == "deed_of_somebody_else"
    with pytest.raises(Stale):
        take_back_deed(act=DebtAct.objects.get(deed=DebtDeed.TOLD), actor=village)
    line = take_back_deed(act=decline, actor=village)
    assert line.is_open
    assert (line.last_deed, line.told_on) == (DebtDeed.TOLD, TODAY)
    line = take_back_deed(act=DebtAct.objects.get(deed=DebtDeed.TOLD), actor=village)
    assert (line.last_deed, line.told_on) == ("", None)


@pytest.mark.parametrize(
    ("result", "deed"),
    [
        (VisitResult.TOLD, DebtDeed.TOLD),
        (VisitResult.APPLIED, DebtDeed.HELPED),
        (VisitResult.NOT_THERE, DebtDeed.CANNOT_REACH),
        (VisitResult.DECLINED, DebtDeed.DECLINED),
    ],
)
def test_visit_about_the_benefit_is_a_deed_at_once(
    county: Actor, village: Actor, result: VisitResult, deed: DebtDeed
) -> None:
    mother = entitled_person()
    household = make_household(mother)
    swept(county)
    visit = record_visit(
        actor=village,
        household=household,
        purpose=VisitPurpose.EXPLAIN,
        about="NCJF",
        result=result,
        visited_on=TODAY,
    )
    assert DebtAct.objects.get(visit=visit).deed == deed
    assert line_of(mother).is_open == (deed != DebtDeed.DECLINED)
    take_back_visit(actor=village, visit=visit)
    line = line_of(mother)
    assert (line.is_open, line.last_deed, line.told_on) == (True, "", None)


def test_who_declined_in_the_register_is_not_visited_about_it_unless_she_asks(
    county: Actor, village: Actor
) -> None:
    mother = entitled_person()
    household = make_household(mother)
    swept(county)
    decline_debt(debt=line_of(mother), actor=village)
    asked = {
        "actor": village,
        "household": household,
        "purpose": VisitPurpose.EXPLAIN,
        "about": "NCJF",
        "result": VisitResult.TOLD,
        "visited_on": TODAY,
    }
    with pytest.raises(DomainError) as refused:
        record_visit(**asked)
    assert refused.value.code == "visit_declined_before"
    record_visit(**asked, asked_by_family=True)
    assert line_of(mother).is_open


def test_decline_at_a_visit_before_the_line_was_there_counts(county: Actor, village: Actor) -> None:
    mother = entitled_person()
    household = make_household(mother)
    record_visit(
        actor=village,
        household=household,
        purpose=VisitPurpose.EXPLAIN,
        about="NCJF",
        result=VisitResult.DECLINED,
        visited_on=TODAY,
    )
    swept(county)
    swept(county)
    line = line_of(mother)
    assert line.closed_as == DebtEnd.DECLINED
    assert line.acts.get().visit.household == household
    assert Assessment.objects.get(person=mother, programme="NCJF").standing == Standing.DECLINED


def test_death_and_correction_clear_with_their_reason(
    county: Actor, village: Actor, moved_to: Callable[[str], None]
) -> None:
    died, corrected = entitled_person(), entitled_person()
    swept(county)
    moved_to("2014-01-07")
    swept(county)
    record_death(actor=village, person=died, report=Report(TODAY))
    assert line_of(died).closed_as == DebtEnd.DIED
    Hukou.objects.filter(person=corrected).update(hukou_type="urban")
    swept(county)
    assert line_of(corrected).closed_as == DebtEnd.CORRECTED


def test_right_that_ran_out_unserved_says_so(county: Actor, moved_to: Callable[[str], None]) -> None:
    mother = entitled_person()
    swept(county)
    moved_to("2014-03-01")
    Hukou.objects.filter(person=mother).update(to_on="2014-02-01")
    Hukou.objects.create(
        person=mother, hukou_type="urban", place_code=VILLAGE, division_code=VILLAGE, from_on="2014-02-01"
    )
    swept(county)
    assert line_of(mother).closed_as == DebtEnd.ENDED


def test_mistake_of_the_same_day_leaves_no_trace(county: Actor) -> None:
    mother = entitled_person()
    swept(county)
    before = Debt.objects.filter(person=mother).count()
    Hukou.objects.filter(person=mother).update(hukou_type="urban")
    swept(county)
    assert not Debt.objects.filter(person=mother, programme="NCJF").exists()
    Hukou.objects.filter(person=mother).update(hukou_type="rural")
    swept(county)
    assert Debt.objects.filter(person=mother).count() == before


def test_entitled_again_is_a_new_line(county: Actor, moved_to: Callable[[str], None]) -> None:
    mother = entitled_person()
    swept(county)
    moved_to("2014-02-01")
    Hukou.objects.filter(person=mother).update(hukou_type="urban")
    swept(county)
    moved_to("2014-03-01")
    Hukou.objects.filter(person=mother).update(hukou_type="rural")
    swept(county)
    assert sorted(line.state for line in Debt.objects.filter(person=mother, programme="NCJF")) == [
        DebtState.CLOSED,
        DebtState.OPEN,
    ]


def test_the_database_holds_one_open_line_and_the_proof(county: Actor) -> None:
    mother = entitled_person()
    swept(county)
    line = line_of(mother)
    for change in (
        "state = 'closed'",
        "state = 'closed', closed_on = '2014-01-06', closed_as = 'granted'",
        "state = 'closed', closed_on = '2014-01-06', closed_as = 'refused'",
        "state = 'closed', closed_on = '2013-01-06', closed_as = 'corrected'",
        "standing = 'receiving'",
        "arrears_amount = -1",
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            sql(f"UPDATE subsidies_debt SET {change} WHERE id = %s", [line.pk])
    line.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        Debt.objects.create(
            programme_id="NCJF",
            person=mother,
            policy_version_id=line.policy_version_id,
            standing=Standing.OWED,
            opened_on=TODAY,
            division_code=VILLAGE,
        )


def new_policy(code: str) -> PolicyVersion:
    """The same rules published anew from today on, with another amount."""
    former = PolicyVersion.objects.get(programme=code, to_on=None)
    PolicyVersion.objects.filter(pk=former.pk).update(to_on=clock.today())
    author, approver = make_actor(Role.COUNTY, name="拟稿"), make_actor(Role.COUNTY, name="审定")
    return PolicyVersion.objects.create(
        programme_id=code,
        number=former.number + 1,
        state=PolicyState.PUBLISHED,
        from_on=clock.today(),
        basis_title=former.basis_title,
        rule=former.rule,
        parameters={
            **former.parameters,
            "amount": [
                {
                    "from": clock.today().isoformat(),
                    "to": None,
                    "value": f"{1000 + former.number}.00",
                    "known": "source",
                }
            ],
        },
        notice=former.notice,
        funding=former.funding,
        stop_rule=former.stop_rule,
        drafted_by_id=author.staff_id,
        approved_by_id=approver.staff_id,
        published_at=clock.now(),
    )
