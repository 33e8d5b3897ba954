"""From an amount on two county reviewers confirm: a dated parameter of the county, held by the database."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from offices import clock
from offices.actors import Actor
from offices.enums import Role
from offices.errors import DomainError, NotAllowed, Stale
from subsidies.enums import ApplicationState, Outcome, Step
from subsidies.models import Application, ApplicationStep, ConfirmationBand
from subsidies.services import reviews
from subsidies.services.confirmations import confirmations_for, end_band, set_band
from tests.conftest import sql
from tests.factories import VILLAGE
from tests.subsidies.cases import (
    Office,
    advance,
    after_notice,
    bring_to,
    enter,
    make_office,
    make_programme,
    move_day,
    rules_say,
)


@pytest.fixture
def office(county: Actor, monkeypatch: pytest.MonkeyPatch) -> Office:
    rules_say(monkeypatch)
    return make_office()


def band(office: Office, amount: str, confirmations: int = 2, **fields: object) -> ConfirmationBand:
    values = {"from_on": clock.today(), "document": "枣卫〔2014〕1号", "actor": office.county, **fields}
    return set_band(from_amount=Decimal(amount), confirmations=confirmations, **values)


def asked(amount: str | None, *, is_posted: bool = True, on: datetime.date | None = None) -> int:
    return confirmations_for(
        amount=Decimal(amount) if amount else None, is_posted=is_posted, on=on or clock.today()
    )


def test_highest_band_that_is_reached_counts_on_its_days(office: Office) -> None:
    assert asked("960") == 1
    band(office, "500")
    band(office, "5000", confirmations=1)
    assert [asked(amount) for amount in (None, "499.99", "500", "4999.99", "5000")] == [1, 1, 2, 2, 1]
    assert asked("960", on=clock.today() - datetime.timedelta(days=1)) == 1
    assert asked("0.01", is_posted=False) == 2
    end_band(band=ConfirmationBand.objects.get(from_amount=500), to_on=clock.today(), actor=office.county)
    assert asked("960") == 1


def test_application_below_the_band_has_one_reviewer_and_above_it_two(office: Office) -> None:
    band(office, "960")
    case = bring_to(office, ApplicationState.TOWNSHIP_REVIEWED)
    assert (case.confirmations, case.next_step) == (2, Step.COUNTY_REVIEW)
    after_notice(case)
    with pytest.raises(Stale):
        reviews.confirm_application(application=case, actor=office.reviewer, opinion="予以确认")
    case = advance(office, case)
    assert case.state == ApplicationState.COUNTY_REVIEWED
    with pytest.raises(DomainError) as refusal:
        reviews.confirm_application(application=case, actor=office.second_reviewer, opinion="予以确认")
    assert refusal.value.code == "acted_before"
    assert bring_to(office, ApplicationState.GRANTED, case).steps.count() == 6
    end_band(band=ConfirmationBand.objects.get(), to_on=clock.today(), actor=office.county)
    assert bring_to(office, ApplicationState.GRANTED).steps.count() == 5


def test_band_and_amount_of_the_day_of_the_step_count(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = bring_to(office, ApplicationState.TOWNSHIP_REVIEWED)
    after_notice(case)
    band(office, "1000")
    assert case.next_step == Step.COUNTY_CONFIRMATION
    rules_say(monkeypatch, Outcome.ENTITLED, "1200.00")
    with pytest.raises(Stale):
        reviews.confirm_application(application=case, actor=office.reviewer, opinion="予以确认")
    reviewed = reviews.review_in_county(application=case, actor=office.second_reviewer, opinion="材料齐全")
    assert (reviewed.state, reviewed.confirmations) == (ApplicationState.COUNTY_REVIEWED, 2)


def test_what_was_confirmed_is_granted_though_a_band_came_meanwhile(office: Office) -> None:
    case = bring_to(office, ApplicationState.COUNTY_CONFIRMED)
    sql("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    band(office, "0")
    assert bring_to(office, ApplicationState.GRANTED, case).state == ApplicationState.GRANTED


def test_never_posted_programmes_keep_their_two_reviewers(office: Office) -> None:
    band(office, "0", confirmations=1)
    case = bring_to(
        office,
        ApplicationState.TOWNSHIP_REVIEWED,
        enter(office, programme=make_programme("TFSD", is_posted=False)),
    )
    assert case.next_step == Step.COUNTY_REVIEW
    assert not case.notices.exists()


def test_database_refuses_a_confirmation_without_the_second_reviewer(office: Office) -> None:
    case = bring_to(office, ApplicationState.TOWNSHIP_REVIEWED)
    after_notice(case)
    band(office, "960")
    with pytest.raises(DatabaseError, match="without its step county_review"), transaction.atomic():
        ApplicationStep.objects.create(
            application=case,
            step=Step.COUNTY_CONFIRMATION,
            result="passed",
            acted_by_id=office.reviewer.staff_id,
            acted_on=clock.today(),
            division_code=VILLAGE,
        )
        sql("UPDATE subsidies_application SET state = 'county_confirmed' WHERE id = %s", [case.pk])
        sql("SET CONSTRAINTS ALL IMMEDIATE")
    assert Application.objects.get(pk=case.pk).state == ApplicationState.TOWNSHIP_REVIEWED


def test_only_the_county_sets_bands_from_today_on_with_a_document(office: Office) -> None:
    with pytest.raises(NotAllowed):
        band(office, "1000", actor=office.reviewer)
    for fields, code in (
        ({"from_on": clock.today() - datetime.timedelta(days=1)}, "band_in_the_past"),
        ({"confirmations": 3}, "band_number"),
        ({"document": " "}, "band_document"),
    ):
        with pytest.raises(DomainError) as refusal:
            band(office, "1000", **fields)
        assert refusal.value.code == code
    one = band(office, "1000")
    with pytest.raises(DomainError) as refusal:
        band(office, "1000")
    assert refusal.value.code == "band_there_already"
    with pytest.raises(DomainError) as refusal:
        end_band(band=one, to_on=clock.today() - datetime.timedelta(days=1), actor=office.county)
    assert refusal.value.code == "band_end"
    end_band(band=one, to_on=clock.today(), actor=office.county)
    with pytest.raises(Stale):
        end_band(band=one, to_on=clock.today(), actor=office.county)


def test_county_enters_and_ends_a_band_on_its_page(office: Office, page_of: Callable[..., Client]) -> None:
    browser = page_of(Role.COUNTY)
    address = "/subsidies/programmes/confirmations/"
    assert browser.get(address).status_code == 200
    assert browser.post(f"{address}new/", {"from_amount": "-1"}).status_code == 422
    form = {
        "from_amount": "5000",
        "confirmations": "2",
        "from_on": "2014-02-01",
        "document": "枣卫〔2014〕1号",
    }
    assert browser.post(f"{address}new/", form).status_code == 302
    one = ConfirmationBand.objects.get()
    assert "5,000.00" in browser.get(address).content.decode()
    assert browser.get(f"{address}{one.pk}/end/").status_code == 200
    assert browser.post(f"{address}{one.pk}/end/", {"to_on": "2014-03-01"}).status_code == 302
    move_day(datetime.date(2014, 2, 3))
    assert "执行中" in browser.get(address).content.decode()


def test_page_leads_to_the_review_that_the_band_of_today_asks_for(
    office: Office, page_of: Callable[..., Client]
) -> None:
    case = bring_to(office, ApplicationState.TOWNSHIP_REVIEWED)
    after_notice(case)
    band(office, "0")
    shown = page_of(Role.COUNTY_REVIEWER).get(f"/subsidies/applications/{case.pk}/review/").content.decode()
    assert str(Step.COUNTY_REVIEW.label) in shown
