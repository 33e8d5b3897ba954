"""Grants: from when, how much, once, and until when."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from offices.errors import DomainError, NotAllowed, Stale
from subsidies.enums import ApplicationState, Frequency, GrantState, Outcome, StopReason, StopRule
from subsidies.models import Grant
from subsidies.periods import end_after
from subsidies.services import grants
from tests.conftest import sql
from tests.factories import OTHER_TOWNSHIP, make_actor
from tests.subsidies.cases import (
    Office,
    after_notice,
    bring_to,
    enter,
    granted,
    make_office,
    make_programme,
    move_day,
    rules_say,
)


@pytest.fixture
def office(county: Actor, monkeypatch: pytest.MonkeyPatch) -> Office:
    rules_say(monkeypatch)
    return make_office()


def code_of(refusal: pytest.ExceptionInfo[DomainError]) -> str:
    assert str(refusal.value)
    return refusal.value.code


def test_yearly_grant_holds_from_the_year_of_the_confirmation(office: Office) -> None:
    grant = granted(office)
    assert (grant.from_on, grant.to_on, grant.annual_amount) == (
        datetime.date(2014, 1, 1),
        None,
        Decimal("960.00"),
    )
    assert grant.confirmed_on == grant.application.decided_on == datetime.date(2014, 1, 30)
    assert grant.letters.get().application == grant.application


def test_notice_over_new_year_costs_the_family_nothing(office: Office) -> None:
    case = enter(office)
    move_day(datetime.date(2014, 12, 10))
    case = bring_to(office, ApplicationState.TOWNSHIP_REVIEWED, case)
    move_day(datetime.date(2014, 12, 30))
    case = bring_to(office, ApplicationState.GRANTED, case)
    assert case.decided_on == datetime.date(2015, 1, 7)
    assert case.grant.from_on == datetime.date(2014, 1, 1)


@pytest.mark.parametrize(
    ("frequency", "from_on"),
    [(Frequency.MONTHLY, datetime.date(2014, 2, 1)), (Frequency.ONCE, datetime.date(2014, 2, 19))],
)
def test_other_grants_hold_from_their_month_or_day(
    office: Office, frequency: str, from_on: datetime.date
) -> None:
    case = enter(office, programme=make_programme("OTHER", frequency=frequency))
    move_day(datetime.date(2014, 2, 3))
    assert bring_to(office, ApplicationState.GRANTED, case).grant.from_on == from_on


def test_grant_waits_for_the_county_notice(office: Office) -> None:
    case = bring_to(office, ApplicationState.COUNTY_CONFIRMED)
    with pytest.raises(DomainError) as refusal:
        grants.grant_benefit(application=case, actor=office.county)
    assert code_of(refusal) == "notice_running"
    after_notice(case)
    assert grants.grant_benefit(application=case, actor=office.county).state == GrantState.LIVE


def test_condition_lost_meanwhile_is_not_granted(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    case = bring_to(office, ApplicationState.COUNTY_CONFIRMED)
    after_notice(case)
    rules_say(monkeypatch, Outcome.NOT_ENTITLED, None)
    with pytest.raises(DomainError) as refusal:
        grants.grant_benefit(application=case, actor=office.county)
    assert code_of(refusal) == "not_entitled"
    rules_say(monkeypatch, Outcome.ENTITLED, None)
    with pytest.raises(DomainError) as refusal:
        grants.grant_benefit(application=case, actor=office.county)
    assert code_of(refusal) == "amount_unknown"


def test_grant_made_twice_is_stale(office: Office) -> None:
    grant = granted(office)
    with pytest.raises(Stale):
        grants.grant_benefit(application=grant.application, actor=office.county)
    assert Grant.objects.count() == 1


# Stopping ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "event_on", "to_on"),
    [
        (StopRule.END_OF_MONTH, "2014-02-28", "2014-03-01"),
        (StopRule.END_OF_MONTH, "2014-12-31", "2015-01-01"),
        (StopRule.NEXT_MONTH, "2014-01-31", "2014-03-01"),
        (StopRule.NEXT_MONTH, "2014-11-05", "2015-01-01"),
        (StopRule.NEXT_MONTH, "2014-12-05", "2015-02-01"),
        (StopRule.END_OF_YEAR, "2016-02-29", "2017-01-01"),
    ],
)
def test_stop_rule_says_until_when_is_paid(rule: str, event_on: str, to_on: str) -> None:
    assert end_after(rule, datetime.date.fromisoformat(event_on)) == datetime.date.fromisoformat(to_on)


def test_stopped_grant_keeps_event_and_record_days_apart(office: Office) -> None:
    grant = granted(office)
    move_day(datetime.date(2014, 7, 1))
    stopped = grants.stop_grant(
        grant=grant, reason=StopReason.DIED, event_on=datetime.date(2014, 3, 9), actor=office.county
    )
    assert (stopped.state, stopped.event_on, stopped.stopped_on, stopped.to_on) == (
        GrantState.STOPPED,
        datetime.date(2014, 3, 9),
        datetime.date(2014, 7, 1),
        datetime.date(2015, 1, 1),
    )
    with pytest.raises(Stale):
        grants.stop_grant(
            grant=grant, reason=StopReason.DIED, event_on=datetime.date(2014, 3, 9), actor=office.county
        )


def test_stop_needs_a_listed_reason_and_a_day_that_has_come(office: Office) -> None:
    grant = granted(office)
    with pytest.raises(DomainError) as refusal:
        grants.stop_grant(
            grant=grant, reason="birth", event_on=datetime.date(2014, 1, 1), actor=office.county
        )
    assert code_of(refusal) == "stop_reason"
    with pytest.raises(DomainError) as refusal:
        grants.stop_grant(
            grant=grant, reason=StopReason.MOVED, event_on=datetime.date(2015, 1, 1), actor=office.county
        )
    assert code_of(refusal) == "event_in_future"


def test_reason_from_before_the_grant_leaves_nothing_of_it(office: Office) -> None:
    grant = granted(office)
    stopped = grants.stop_grant(
        grant=grant, reason=StopReason.OTHER, event_on=datetime.date(2012, 5, 1), actor=office.county
    )
    assert stopped.to_on == stopped.from_on


def test_suspended_grant_is_resumed(office: Office) -> None:
    grant = granted(office)
    assert grants.suspend_grant(grant=grant, actor=office.county).state == GrantState.SUSPENDED
    with pytest.raises(Stale):
        grants.suspend_grant(grant=grant, actor=office.county)
    assert grants.resume_grant(grant=grant, actor=office.county).state == GrantState.LIVE


@pytest.mark.parametrize("role", [Role.TOWNSHIP, Role.COUNTY_REVIEWER, Role.FINANCE, Role.SYSTEM])
def test_only_the_county_stops(office: Office, county: Actor, role: Role) -> None:
    grant = granted(office)
    actor = county if role == Role.SYSTEM else make_actor(role)
    with pytest.raises(NotAllowed):
        grants.suspend_grant(grant=grant, actor=actor)
    with pytest.raises(NotAllowed):
        grants.stop_grant(
            grant=grant, reason=StopReason.DIED, event_on=datetime.date(2014, 1, 1), actor=actor
        )


def test_new_grant_after_a_stop_begins_where_the_old_one_ended(office: Office) -> None:
    programme = make_programme("MONTH", stop_rule=StopRule.END_OF_MONTH)
    first = granted(office, programme=programme)
    grants.stop_grant(
        grant=first, reason=StopReason.MOVED, event_on=datetime.date(2014, 1, 20), actor=office.county
    )
    move_day(datetime.date(2014, 5, 5))
    again = bring_to(
        office, ApplicationState.GRANTED, enter(office, person=first.person, programme=programme)
    )
    assert again.grant.from_on == datetime.date(2014, 2, 1)


# The database ----------------------------------------------------------------------------------------


def test_database_refuses_a_second_grant_of_a_programme(office: Office) -> None:
    grant = granted(office)
    case = enter(office, programme=make_programme("SECOND"))
    with pytest.raises(DatabaseError, match="one_grant_of_a_programme_at_a_time"), transaction.atomic():
        Grant.objects.create(
            application=case,
            programme=grant.programme,
            policy_version=grant.policy_version,
            person=grant.person,
            from_on=datetime.date(2015, 1, 1),
            annual_amount=Decimal("960.00"),
            confirmed_on=case.entered_on,
            division_code=case.division_code,
        )


def test_database_refuses_a_grant_without_its_granted_application(office: Office) -> None:
    case = enter(office)
    with pytest.raises(DatabaseError, match="without its granted application"), transaction.atomic():
        Grant.objects.create(
            application=case,
            programme=case.programme,
            policy_version=case.policy_version,
            person=case.person,
            from_on=datetime.date(2014, 1, 1),
            annual_amount=Decimal("960.00"),
            confirmed_on=case.entered_on,
            division_code=case.division_code,
        )
        sql("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("state = 'stopped'", "stopped_grant_has_end_day_and_reason"),
        ("to_on = from_on - 1", "grant_does_not_end_before_it_begins|range lower bound"),
        ("annual_amount = -1", "grant_amount_is_not_negative"),
    ],
)
def test_database_keeps_a_grant_whole(office: Office, change: str, constraint: str) -> None:
    grant = granted(office)
    with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
        sql(f"UPDATE subsidies_grant SET {change} WHERE id = %s", [grant.pk])


def test_grants_of_another_township_are_neither_seen_nor_written(office: Office) -> None:
    grant = granted(office)
    with open_context(actor=make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP)):
        assert not Grant.objects.exists()
        assert not sql("SELECT 1 FROM subsidies_application")
        assert Grant.objects.filter(pk=grant.pk).update(annual_amount=1) == 0
