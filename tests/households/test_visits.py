"""Visits: closed lists, no second one after a decline, promises that come due, one screen of a phone."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from households.enums import EntryState, Relation, VisitNext, VisitPurpose, VisitResult
from households.models import Household, Person, Visit
from households.outreach_work import outreach_work
from households.services.visits import record_visit, settle_next, take_back_visit
from households.visit_forms import VisitForm
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import Act
from tests.conftest import sql
from tests.factories import OTHER_TOWNSHIP, OTHER_VILLAGE, make_actor, make_household, make_person

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2014, 1, 6)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def mother(county: Actor) -> Person:
    return make_person(name="王秀英")


@pytest.fixture
def father(county: Actor) -> Person:
    return make_person(name="李建国", sex="M")


@pytest.fixture
def family(mother: Person, father: Person) -> Household:
    return make_household(mother, (father, Relation.SPOUSE))


def visit(household: Household, **words: Any) -> Visit:
    told: dict[str, Any] = {
        "actor": make_actor(Role.VILLAGE),
        "purpose": VisitPurpose.EXPLAIN,
        "about": "NCJF",
        "result": VisitResult.TOLD,
        "visited_on": TODAY,
    }
    return record_visit(household=household, **{**told, **words})


def refusal(household: Household, **words: Any) -> str:
    with pytest.raises(DomainError) as refused:
        visit(household, **words)
    assert str(refused.value)
    return refused.value.code


@pytest.mark.parametrize("role", [Role.VILLAGE, Role.TOWNSHIP])
def test_who_goes_to_families_records_visits(family: Household, role: Role) -> None:
    made = visit(family, actor=make_actor(role))
    assert made.division_code == family.division_code
    act = Act.objects.get(verb="households.record_visit")
    assert act.detail == {
        "purpose": "explain",
        "about": "NCJF",
        "result": "told",
    }


@pytest.mark.parametrize("role", [Role.COUNTY, Role.AUDITOR, Role.TOWNSHIP_REVIEWER, Role.CLINICIAN])
def test_others_record_none(family: Household, role: Role) -> None:
    with pytest.raises(NotAllowed):
        visit(family, actor=make_actor(role))


def test_family_of_another_village_or_township_is_refused(county: Actor) -> None:
    elsewhere = make_household(make_person(village=OTHER_VILLAGE))
    for actor in (make_actor(Role.VILLAGE), make_actor(Role.TOWNSHIP)):
        with pytest.raises(NotAllowed):
            visit(elsewhere, actor=actor)
    assert visit(elsewhere, actor=make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP))


WRONG = {
    "visit_to_come": {"visited_on": TODAY + DAY},
    "visit_subject": {"about": "NOTHING"},
    "visit_applied": {"purpose": VisitPurpose.DELIVER, "about": "", "result": VisitResult.APPLIED},
    "visit_next_day": {"next_step": VisitNext.COME_AGAIN},
    "visit_nothing_after_decline": {
        "result": VisitResult.DECLINED,
        "next_step": VisitNext.COME_AGAIN,
        "next_on": TODAY,
    },
    "invitation_not_asked": {"purpose": VisitPurpose.INVITE, "about": ""},
}
ALMOST = {
    "visit_to_come": {"visited_on": TODAY},
    "visit_subject": {"about": "TFSD"},
    "visit_applied": {"purpose": VisitPurpose.APPLY, "about": "NCJF", "result": VisitResult.APPLIED},
    "visit_next_day": {"next_step": VisitNext.COME_AGAIN, "next_on": TODAY},
    "visit_nothing_after_decline": {"result": VisitResult.DECLINED},
    "invitation_not_asked": {"purpose": VisitPurpose.INVITE, "about": "", "asked_by_family": True},
}


@pytest.mark.parametrize("code", WRONG)
def test_what_cannot_be_is_refused_beside_what_can(family: Household, code: str) -> None:
    assert refusal(family, **WRONG[code]) == code
    assert visit(family, **ALMOST[code])


def test_only_a_benefit_has_a_subject(family: Household) -> None:
    assert refusal(family, purpose=VisitPurpose.DELIVER) == "visit_subject"
    assert refusal(family, purpose=VisitPurpose.EXPLAIN, about="") == "visit_subject"
    assert refusal(family, next_on=TODAY) == "visit_next_day"


def test_visit_concerns_a_member(family: Household, mother: Person) -> None:
    assert refusal(family, person=make_person(name="孙某")) == "visit_person"
    assert visit(family, person=mother).person == mother


# After a decline -------------------------------------------------------------------------------


def test_no_further_visit_about_what_was_declined(family: Household) -> None:
    visit(family, result=VisitResult.DECLINED, visited_on=TODAY - DAY)
    assert refusal(family) == "visit_declined_before"
    assert refusal(family, purpose=VisitPurpose.APPLY) == "visit_declined_before"
    assert visit(family, about="TFSD")
    assert visit(family, purpose=VisitPurpose.DELIVER, about="")
    assert visit(family, asked_by_family=True)


def test_a_declined_delivery_ends_deliveries_alone(family: Household) -> None:
    words = {"purpose": VisitPurpose.DELIVER, "about": ""}
    visit(family, result=VisitResult.DECLINED, **words)
    assert refusal(family, **words) == "visit_declined_before"
    assert visit(family)


def test_a_visit_before_the_decline_may_be_entered_late(family: Household) -> None:
    visit(family, result=VisitResult.DECLINED, visited_on=TODAY - DAY)
    assert visit(family, visited_on=TODAY - 2 * DAY)


def test_one_person_declines_for_herself(family: Household, mother: Person, father: Person) -> None:
    visit(family, person=mother, result=VisitResult.DECLINED)
    assert refusal(family, person=mother) == "visit_declined_before"
    assert refusal(family) == "visit_declined_before"
    assert visit(family, person=father)


def test_the_family_declines_for_everybody(family: Household, mother: Person) -> None:
    visit(family, result=VisitResult.DECLINED)
    assert refusal(family, person=mother) == "visit_declined_before"


def test_a_decline_goes_with_the_person(family: Household, mother: Person) -> None:
    visit(family, person=mother, result=VisitResult.DECLINED)
    mother.membership_set.update(to_on=TODAY)
    elsewhere = Household.objects.create(number="77", division_code=family.division_code)
    mother.membership_set.create(
        household=elsewhere, relation=Relation.HEAD, from_on=TODAY, division_code=family.division_code
    )
    assert refusal(elsewhere, person=mother) == "visit_declined_before"
    assert visit(elsewhere)


def test_a_decline_that_was_taken_back_binds_nobody(family: Household) -> None:
    declined = visit(family, result=VisitResult.DECLINED)
    take_back_visit(actor=make_actor(Role.VILLAGE), visit=declined)
    again = visit(family)
    assert again.state == EntryState.RECORDED
    with pytest.raises(DatabaseError, match="declined"), transaction.atomic():
        sql("UPDATE households_visit SET result = 'declined', next_step = 'none' WHERE id = %s", [again.pk])
        sql("UPDATE households_visit SET state = 'recorded' WHERE id = %s", [declined.pk])


_INSERT = """
INSERT INTO households_visit (id, household_id, visited_on, purpose, about, result, next_step, next_on,
                              asked_by_family, state, recorded_by_id, recorded_on, recorded_at, division_code)
SELECT gen_random_uuid(), household_id, visited_on, %s, %s, %s, %s, %s, %s, 'recorded', recorded_by_id,
       %s, recorded_at, division_code
  FROM households_visit WHERE id = %s
"""


def insert(of: Visit, **changed: Any) -> None:
    row = {
        "purpose": "explain",
        "about": "NCJF",
        "result": "told",
        "next_step": "none",
        "next_on": None,
        "asked": False,
        "recorded_on": TODAY,
        **changed,
    }
    with transaction.atomic():
        sql(_INSERT, [*row.values(), of.pk])


def test_the_database_refuses_a_visit_after_a_decline_too(family: Household) -> None:
    declined = visit(family, result=VisitResult.DECLINED)
    with pytest.raises(DatabaseError, match="declined"):
        insert(declined)
    insert(declined, about="TFSD")
    insert(declined, asked=True)


@pytest.mark.parametrize(
    ("constraint", "changed"),
    [
        ("visit_about_a_benefit_names_it", {"about": ""}),
        ("visit_about_a_benefit_names_it", {"purpose": "deliver"}),
        ("invitation_is_brought_to_who_asked", {"purpose": "invite", "about": ""}),
        ("applied_is_about_a_benefit", {"purpose": "deliver", "about": "", "result": "applied"}),
        ("nothing_follows_a_decline", {"result": "declined", "next_step": "counter"}),
        ("what_the_office_does_next_has_its_day", {"next_step": "come_again"}),
        ("what_the_office_does_next_has_its_day", {"next_on": TODAY}),
        ("visit_is_recorded_when_it_was_made", {"recorded_on": TODAY - DAY}),
    ],
)
def test_what_the_database_keeps(family: Household, constraint: str, changed: dict[str, Any]) -> None:
    made = visit(family)
    with pytest.raises(DatabaseError, match=constraint):
        insert(made, **changed)
    insert(made)


def test_a_visit_has_no_place_for_free_text() -> None:
    from django.db import models

    texts = [field for field in Visit._meta.fields if isinstance(field, models.CharField | models.TextField)]
    assert {field.name for field in texts if not field.choices} == {"about", "division_code"}
    form = VisitForm(people=[], today=TODAY)
    assert not [name for name, field in form.fields.items() if type(field).__name__ == "CharField"]


# What was promised ------------------------------------------------------------------------------


def promise(family: Household, **words: Any) -> Visit:
    return visit(
        family,
        result=VisitResult.NOT_THERE,
        visited_on=TODAY - 3 * DAY,
        next_step=VisitNext.COME_AGAIN,
        next_on=TODAY - DAY,
        **words,
    )


def due() -> int:
    (item,) = outreach_work(make_actor(Role.VILLAGE))
    return item.count


def test_a_promise_comes_due_and_the_next_visit_settles_it(family: Household) -> None:
    promise(family)
    assert due() == 1
    visit(family, about="TFSD")
    assert due() == 1
    followed = visit(family)
    assert due() == 0
    take_back_visit(actor=make_actor(Role.VILLAGE), visit=followed)
    assert due() == 1


def test_a_promise_is_settled_by_saying_so_once(family: Household) -> None:
    made = promise(family)
    with pytest.raises(NotAllowed):
        settle_next(actor=make_actor(Role.COUNTY), visit=made)
    settle_next(actor=make_actor(Role.VILLAGE), visit=made)
    assert due() == 0
    with pytest.raises(Stale):
        settle_next(actor=make_actor(Role.VILLAGE), visit=made)


def test_that_the_family_comes_to_the_counter_is_never_due(family: Household) -> None:
    visit(family, next_step=VisitNext.COUNTER, visited_on=TODAY - DAY)
    assert due() == 0


def test_a_visit_is_taken_back_on_its_day_by_who_wrote_it(
    family: Household, moved_to: Callable[[str], None]
) -> None:
    made = visit(family)
    with pytest.raises(DomainError) as refused:
        take_back_visit(actor=make_actor(Role.TOWNSHIP), visit=made)
    assert refused.value.code == "visit_of_somebody_else"
    with pytest.raises(NotAllowed):
        take_back_visit(actor=make_actor(Role.COUNTY), visit=made)
    moved_to("2014-01-07")
    with pytest.raises(Stale) as late:
        take_back_visit(actor=make_actor(Role.VILLAGE), visit=made)
    assert late.value.code == "visit_day_over"
    today = visit(family)
    assert take_back_visit(actor=make_actor(Role.VILLAGE), visit=today).state == EntryState.TAKEN_BACK
    with pytest.raises(Stale):
        take_back_visit(actor=make_actor(Role.VILLAGE), visit=today)


# Pages ------------------------------------------------------------------------------------------


def test_one_screen_records_a_visit_and_says_what_is_wrong(
    family: Household, page_of: Callable[..., Client]
) -> None:
    browser = page_of(Role.VILLAGE)
    address = reverse("households:visit_new", args=[family.pk])
    shown = browser.get(address, {"purpose": "explain", "about": "NCJF"}).content.decode()
    assert 'value="2014-01-06"' in shown
    common = {"visited_on": "2014-01-06", "next_step": "none", "purpose": "explain", "result": "declined"}
    lacking = browser.post(address, common)
    assert lacking.status_code == 422
    assert browser.post(address, {**common, "about": "NCJF"}).status_code == 302
    again = browser.post(address, {**common, "about": "NCJF", "result": "told"})
    assert again.status_code == 422
    assert 'id="id_asked_by_family_error"' in again.content.decode()
    # A benefit that was tapped before the purpose was changed does no harm.
    delivered = browser.post(address, {**common, "about": "NCJF", "purpose": "deliver", "result": "told"})
    assert delivered.status_code == 302
    with open_context(scope="370406"):
        assert [row.about for row in Visit.objects.order_by("recorded_at")] == ["NCJF", ""]
    family_page = browser.get(reverse("households:household", args=[family.pk])).content.decode()
    assert "上门服务" in family_page
    assert reverse("households:visit_new", args=[family.pk]) in family_page


def test_lists_narrow_by_what_is_due_and_what_is_mine(
    family: Household, page_of: Callable[..., Client]
) -> None:
    promise(family)
    visit(family, actor=make_actor(Role.TOWNSHIP), about="TFSD")
    browser = page_of(Role.VILLAGE)
    address = reverse("households:visits")

    def found(**query: str) -> int:
        return int(browser.get(address, query).context["listing"].total)

    assert (found(), found(show="due"), found(show="mine"), found(purpose="deliver")) == (2, 1, 1, 0)
    assert page_of(Role.TOWNSHIP, OTHER_TOWNSHIP).get(address).context["listing"].total == 0
