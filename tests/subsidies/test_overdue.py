"""What is not done within its working days goes up a level, once, and stands in somebody's work of today."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction
from django.test import Client

from offices import clock
from offices.actors import Actor
from offices.enums import Role
from offices.errors import NotAllowed
from offices.models import Act
from offices.services.calendar import working_days_until
from subsidies.enums import ApplicationState, ObjectionSubject, RaisedTo, Step
from subsidies.models import Application, Overdue
from subsidies.selectors.applications import time_left_of
from subsidies.services.notices import record_objection
from subsidies.services.overdue import raise_overdue
from subsidies.tasks import raise_overdue_nightly
from tests.conftest import sql
from tests.factories import OTHER_TOWNSHIP
from tests.subsidies.cases import Office, bring_to, enter, make_office, move_day, rules_say


@pytest.fixture
def office(county: Actor, monkeypatch: pytest.MonkeyPatch) -> Office:
    rules_say(monkeypatch)
    return make_office()


def day_after(day: datetime.date | None) -> datetime.date:
    assert day
    return day + datetime.timedelta(days=1)


def levels(case: Application) -> list[tuple[str, str]]:
    return list(case.overdue.values_list("step", "level"))


def test_working_days_left_follow_the_official_calendar(county: Actor) -> None:
    start = datetime.date(
        2014, 1, 24
    )  # a Friday; Sunday the 26th was worked, 31 January to 6 February were free
    days = [start + datetime.timedelta(days=ahead) for ahead in (0, 1, 2, 3, 6, 14, -1)]
    left = working_days_until(days=days, start=start)
    assert [left[day] for day in days] == [0, 0, 1, 2, 5, 6, -1]
    assert working_days_until(days=[], start=start) == {}


def test_village_step_goes_to_the_township_and_then_to_the_county(office: Office, county: Actor) -> None:
    case = enter(office)
    move_day(case.due_on)
    assert raise_overdue(actor=county) == 0, "the last day is in time"
    move_day(day_after(case.due_on))
    assert raise_overdue(actor=county) == 1
    assert levels(case) == [(Step.VILLAGE_REVIEW, RaisedTo.TOWNSHIP)]
    assert raise_overdue(actor=county) == 0, "once"
    move_day(case.overdue.get().raised_on + datetime.timedelta(days=20))
    assert raise_overdue(actor=county) == 1
    assert levels(case)[1:] == [(Step.VILLAGE_REVIEW, RaisedTo.COUNTY)]
    move_day(clock.today() + datetime.timedelta(days=60))
    assert raise_overdue(actor=county) == 0
    assert Act.objects.of_record(case).filter(verb="subsidies.raise_overdue").count() == 2


@pytest.mark.parametrize(
    "state",
    [
        ApplicationState.VILLAGE_REVIEWED,
        ApplicationState.TOWNSHIP_REVIEWED,
        ApplicationState.COUNTY_CONFIRMED,
    ],
)
def test_every_later_step_goes_to_the_county(office: Office, county: Actor, state: str) -> None:
    case = bring_to(office, state)
    move_day(case.notices.order_by("-last_day")[0].last_day)
    assert raise_overdue(actor=county) == 0, "while a notice hangs nobody is late"
    move_day(day_after(case.due_on))
    assert raise_overdue(actor=county) == 1
    assert levels(case) == [(str(case.next_step), RaisedTo.COUNTY)]


def test_step_taken_late_is_settled_and_the_next_begins_anew(office: Office, county: Actor) -> None:
    case = enter(office)
    move_day(day_after(case.due_on))
    raise_overdue(actor=county)
    assert Overdue.objects.steps().count() == 1
    case = bring_to(office, ApplicationState.VILLAGE_REVIEWED, case)
    assert Overdue.objects.steps().count() == 0
    move_day(day_after(case.due_on))
    assert raise_overdue(actor=county) == 1
    assert len(levels(case)) == 2


def test_papers_that_the_family_looks_for_are_nobodys_delay(office: Office, county: Actor) -> None:
    enter(office, documents=[])
    move_day(datetime.date(2015, 1, 6))
    assert raise_overdue(actor=county) == 0


def test_answer_owed_to_an_objection_goes_to_the_county(office: Office, county: Actor) -> None:
    case = bring_to(office, ApplicationState.VILLAGE_REVIEWED)
    objection = record_objection(
        notice=case.notices.get(), subject=ObjectionSubject.AMOUNT, actor=office.counter
    )
    move_day(day_after(objection.due_on))
    assert raise_overdue(actor=county) == 1
    assert Overdue.objects.objections().get().objection == objection
    assert raise_overdue(actor=county) == 0


def test_only_the_installation_raises(office: Office) -> None:
    with pytest.raises(NotAllowed):
        raise_overdue(actor=office.county)


def test_night_task_does_it_and_again_without_effect(office: Office) -> None:
    case = enter(office)
    move_day(day_after(case.due_on))
    assert raise_overdue_nightly(settings.HUIMIN_COUNTY) == 1
    assert raise_overdue_nightly(settings.HUIMIN_COUNTY) == 0


def test_database_keeps_each_raising_once_and_none_before_its_day(office: Office, county: Actor) -> None:
    case = enter(office)
    move_day(day_after(case.due_on))
    raise_overdue(actor=county)
    one = case.overdue.get()
    with pytest.raises(DatabaseError, match="overdue_step_is_raised_once_to_a_level"), transaction.atomic():
        Overdue.objects.create(
            application=case,
            step=one.step,
            level=one.level,
            due_on=one.due_on,
            raised_on=one.raised_on,
            division_code=one.division_code,
        )
    with pytest.raises(DatabaseError, match="overdue_is_raised_after_it_was_due"), transaction.atomic():
        sql("UPDATE subsidies_overdue SET raised_on = due_on")


# Pages -----------------------------------------------------------------------------------------


def test_next_level_finds_it_in_its_work_of_today(
    office: Office, county: Actor, page_of: Callable[..., Client]
) -> None:
    case = enter(office)
    move_day(day_after(case.due_on))
    raise_overdue(actor=county)
    address = "/subsidies/applications/?raised=on"
    assert address.replace("&", "&amp;") in page_of(Role.TOWNSHIP_REVIEWER).get("/").content.decode()
    listed = page_of(Role.TOWNSHIP_REVIEWER).get(address).content.decode()
    assert case.file_number in listed
    assert "超期1个工作日" in listed
    assert case.file_number not in page_of(Role.COUNTY).get(address).content.decode()
    assert (
        case.file_number not in page_of(Role.TOWNSHIP_REVIEWER, OTHER_TOWNSHIP).get(address).content.decode()
    )
    assert (
        "超期1个工作日" in page_of(Role.VILLAGE).get(f"/subsidies/applications/{case.pk}/").content.decode()
    )


def test_list_says_how_many_working_days_are_left(office: Office) -> None:
    case = enter(office)
    assert time_left_of([case], on=clock.today())[case.pk].days == 10
    move_day(datetime.date(2014, 1, 17))
    left = time_left_of([case], on=clock.today())[case.pk]
    assert (left.days, left.is_pressing, left.is_overdue) == (1, True, False)
    move_day(datetime.date(2014, 1, 21))
    assert time_left_of([case], on=clock.today())[case.pk].over == 1
