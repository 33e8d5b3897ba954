"""Pages of applications, notices and grants: every role on its own row, and on another township's."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.test import Client

from households.services.events.corrections import Right, correct_entry
from households.services.events.recording import Report
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from offices.models import Read
from subsidies.enums import ApplicationState
from subsidies.models import Application
from subsidies.selectors.applications import way_of
from tests.factories import OTHER_TOWNSHIP, make_person
from tests.households.resident_files import number
from tests.subsidies.cases import (
    Office,
    bring_to,
    certify,
    enter,
    granted,
    make_office,
    make_programme,
    move_day,
)

TODAY = datetime.date(2014, 1, 6)


@pytest.fixture
def office(county: Actor) -> Office:
    return make_office()


def url(case: Application, page: str = "") -> str:
    return f"/subsidies/applications/{case.pk}/{page}"


def test_counter_enters_an_application_from_the_owed_list(
    office: Office, page_of: Callable[..., Client]
) -> None:
    programme, person = make_programme(), make_person()
    browser = page_of(Role.TOWNSHIP)
    assert browser.get("/subsidies/applications/new/").status_code == 200
    start = f"/subsidies/applications/new/?person={person.pk}"
    assert browser.get(start).status_code == 200
    form = f"{start}&programme={programme.pk}"
    page = browser.get(form)
    assert page.status_code == 200
    assert person.name in page.content.decode()
    refused = browser.post(form, {"documents": ["identity_card"]})
    assert refused.status_code == 422
    answer = browser.post(form, {"documents": ["identity_card", "household_register"], "has_declared": "on"})
    assert answer.status_code == 302
    assert Application.objects.get().state == ApplicationState.ENTERED
    assert browser.get(answer.url).status_code == 200
    assert browser.get(f"{answer.url}slip/").status_code == 200
    home = browser.get("/").content.decode()
    assert f'href="{answer.url}">{Application.objects.get().file_number}</a>' in home
    assert browser.get(f"{answer.url}history/").status_code == 200


def test_person_of_another_township_is_not_found(office: Office, page_of: Callable[..., Client]) -> None:
    person = make_person()
    browser = page_of(Role.TOWNSHIP, OTHER_TOWNSHIP)
    assert browser.get(f"/subsidies/applications/new/?person={person.pk}").status_code == 404


@pytest.mark.parametrize("place", ["", "slip/", "history/", "papers/", "withdraw/"])
def test_same_role_of_another_township_finds_nothing(
    office: Office, page_of: Callable[..., Client], place: str
) -> None:
    case = enter(office, documents=[])
    assert page_of(Role.TOWNSHIP, OTHER_TOWNSHIP).get(url(case, place)).status_code == 404
    assert page_of(Role.TOWNSHIP).get(url(case, place)).status_code == 200


@pytest.mark.parametrize("role", [Role.FINANCE, Role.CASHIER, Role.CLINICIAN, Role.SYSTEM_ADMIN])
def test_roles_without_cases_are_refused(office: Office, page_of: Callable[..., Client], role: Role) -> None:
    assert page_of(role).get(url(enter(office))).status_code == 403


def test_who_opened_an_application_is_logged(office: Office, page_of: Callable[..., Client]) -> None:
    case = enter(office)
    page_of(Role.TOWNSHIP).get(url(case))
    assert Read.objects.filter(record_ids__contains=[case.person_id], reason="application").exists()


def test_application_goes_its_way_through_the_pages(office: Office, page_of: Callable[..., Client]) -> None:
    case = enter(office)

    def take(role: Role, page: str, given: dict[str, str]) -> None:
        browser = page_of(role)
        assert browser.get(url(case, page)).status_code == 200
        empty = browser.post(url(case, page), {})
        assert empty.status_code == (422 if given else 302)
        if given:
            assert browser.post(url(case, page), given).status_code == 302
        move_day(_after(case))

    take(Role.VILLAGE, "review/", {"opinion": "情况属实", "present": "王建国\n李明\n孙桂英"})
    take(Role.TOWNSHIP_REVIEWER, "review/", {"opinion": "同意上报"})
    take(Role.COUNTY_REVIEWER, "review/", {"opinion": "予以确认"})
    take(Role.COUNTY, "grant/", {})
    case.refresh_from_db()
    assert case.state == ApplicationState.GRANTED
    county = page_of(Role.COUNTY)
    for page in (
        url(case),
        f"/subsidies/decisions/{case.letters.get().pk}/",
        f"/subsidies/grants/{case.grant.pk}/",
        "/subsidies/grants/",
    ):
        assert county.get(page).status_code == 200


def _after(case: Application) -> datetime.date:
    last = case.notices.order_by("-last_day").first()
    return last.last_day + datetime.timedelta(days=1) if last else TODAY


def test_step_that_is_not_the_role_s_own_is_refused(office: Office, page_of: Callable[..., Client]) -> None:
    case = enter(office)
    assert page_of(Role.COUNTY_REVIEWER).get(url(case, "review/")).status_code == 403
    assert page_of(Role.VILLAGE).get(url(case, "review/")).status_code == 200
    assert page_of(Role.VILLAGE).get(url(case, "missing/")).status_code == 200


def test_refusal_prints_the_ways_of_appeal(office: Office, page_of: Callable[..., Client]) -> None:
    case = enter(office)
    browser = page_of(Role.TOWNSHIP_REVIEWER)
    assert browser.get(url(case, "refuse/")).status_code == 200
    assert browser.post(url(case, "refuse/"), {"reason": ""}).status_code == 422
    answer = browser.post(url(case, "refuse/"), {"reason": "未满60周岁"})
    assert answer.status_code == 302
    letter = browser.get(answer.url).content.decode()
    for words in ("未满60周岁", "60", "15", "6"):
        assert words in letter


def test_papers_are_named_and_taken_in_on_pages(office: Office, page_of: Callable[..., Client]) -> None:
    case = enter(office)
    village = page_of(Role.VILLAGE)
    assert village.post(url(case, "missing/"), {}).status_code == 422
    assert village.post(url(case, "missing/"), {"documents": ["identity_card"]}).status_code == 302
    counter = page_of(Role.TOWNSHIP)
    assert counter.post(url(case, "papers/"), {}).status_code == 422
    assert counter.post(url(case, "papers/"), {"documents": ["identity_card"]}).status_code == 302
    assert counter.get(url(case, "withdraw/")).status_code == 200
    assert counter.post(url(case, "withdraw/")).status_code == 302


def test_lists_keep_their_filters_in_the_address(office: Office, page_of: Callable[..., Client]) -> None:
    case = enter(office)
    other = enter(office, documents=[])
    browser = page_of(Role.COUNTY)
    page = browser.get("/subsidies/applications/?state=documents_missing").content.decode()
    assert other.file_number in page
    assert case.file_number not in page
    for query in ("?overdue=on", "?ready=on", "?place=370406101000", "?q=王", "?programme=CASE&sort=due"):
        assert browser.get(f"/subsidies/applications/{query}").status_code == 200
    assert case.file_number not in browser.get("/subsidies/applications/?overdue=on").content.decode()
    move_day(datetime.date(2014, 1, 21))
    assert case.file_number in browser.get("/subsidies/applications/?overdue=on").content.decode()
    elsewhere = page_of(Role.TOWNSHIP, OTHER_TOWNSHIP).get("/subsidies/applications/").content.decode()
    assert case.file_number not in elsewhere


def test_work_of_today_counts_what_waits_for_each_role(
    office: Office, page_of: Callable[..., Client]
) -> None:
    bring_to(office, ApplicationState.VILLAGE_REVIEWED)
    enter(office)
    for role in (Role.VILLAGE, Role.TOWNSHIP, Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER, Role.COUNTY):
        assert page_of(role).get("/").status_code == 200


def test_public_page_shows_name_village_programme_amount_and_no_more(office: Office, client: Client) -> None:
    case = bring_to(office, ApplicationState.VILLAGE_REVIEWED)
    last_day = case.notices.get().last_day
    with open_context(scope=""):
        shown = client.get("/notices/")
        page = shown.content.decode()
        assert shown["X-Robots-Tag"].startswith("noindex")
        assert case.person.name in page
        assert case.file_number not in page
        move_day(last_day)
        assert case.person.name in client.get("/notices/?township=x").content.decode()
        move_day(last_day + datetime.timedelta(days=1))
        assert case.person.name not in client.get("/notices/").content.decode()


def test_notices_sheets_and_objections_have_their_pages(
    office: Office, page_of: Callable[..., Client]
) -> None:
    case = bring_to(office, ApplicationState.VILLAGE_REVIEWED)
    notice = case.notices.get()
    counter = page_of(Role.TOWNSHIP)
    assert case.file_number in counter.get("/subsidies/notices/").content.decode()
    sheet = f"/subsidies/notices/village/{case.division_code}/sheet/"
    assert case.person.name in counter.get(sheet).content.decode()
    assert page_of(Role.TOWNSHIP, OTHER_TOWNSHIP).get(sheet).status_code == 404
    counter = page_of(Role.TOWNSHIP)
    objection = f"/subsidies/notices/{notice.pk}/objection/"
    assert counter.get(objection).status_code == 200
    assert counter.post(objection, {}).status_code == 422
    assert counter.post(objection, {"subject": "condition"}).status_code == 302
    answer = f"/subsidies/objections/{notice.objections.get().pk}/"
    assert page_of(Role.COUNTY_REVIEWER).get(answer).status_code == 403
    reviewer = page_of(Role.TOWNSHIP_REVIEWER)
    assert reviewer.get("/subsidies/objections/").status_code == 200
    assert reviewer.get(answer).status_code == 200
    assert reviewer.post(answer, {"is_upheld": "no", "answer": ""}).status_code == 422
    assert reviewer.post(answer, {"is_upheld": "no", "answer": "经核实条件相符"}).status_code == 302
    assert reviewer.get(url(case)).status_code == 200
    assert reviewer.get("/subsidies/objections/").status_code == 200


def test_grant_is_stopped_and_suspended_on_its_pages(office: Office, page_of: Callable[..., Client]) -> None:
    grant = granted(office)
    address = f"/subsidies/grants/{grant.pk}/"
    browser = page_of(Role.COUNTY)
    for page in ("", "stop/", "suspend/", "history/"):
        assert browser.get(address + page).status_code == 200
    assert browser.get(f"{address}forget/").status_code == 404
    assert browser.post(f"{address}suspend/").status_code == 302
    assert browser.post(f"{address}resume/").status_code == 302
    assert browser.post(f"{address}stop/", {"reason": "died", "event_on": ""}).status_code == 422
    assert browser.post(f"{address}stop/", {"reason": "died", "event_on": "2014-01-05"}).status_code == 302
    assert browser.get(address).status_code == 200
    assert page_of(Role.TOWNSHIP).get(f"{address}stop/").status_code == 403
    assert page_of(Role.TOWNSHIP, OTHER_TOWNSHIP).get(address).status_code == 404
    assert page_of(Role.FINANCE).get(address).status_code == 200


def test_way_shows_every_stage_with_its_state(office: Office) -> None:
    case = bring_to(office, ApplicationState.VILLAGE_REVIEWED)
    way = way_of(case, on=TODAY)
    assert [stage.state for stage in way.stages] == ["done", "done", "current", *["waiting"] * 5]
    assert way.days_left == 7
    assert not way.is_ready
    way = way_of(case, on=TODAY + datetime.timedelta(days=8))
    assert way.is_ready
    assert way.stages[3].state == "current"
    certify(office, office.county)


def test_person_s_page_shows_her_grants_and_applications(
    office: Office, page_of: Callable[..., Client]
) -> None:
    grant = granted(office)
    case = enter(office, person=grant.person, programme=make_programme("OTHER"))
    shown = page_of(Role.TOWNSHIP).get(f"/households/people/{grant.person_id}/").content.decode()
    assert f"/subsidies/grants/{grant.pk}/" in shown
    assert f"/subsidies/applications/{case.pk}/" in shown
    assert f"/subsidies/applications/new/?person={grant.person_id}" in shown
    shown = page_of(Role.FINANCE).get(f"/households/people/{grant.person_id}/")
    assert f"/subsidies/applications/{case.pk}/" not in shown.content.decode()


def test_whoever_takes_the_next_step_sees_what_was_put_right_since_the_application(
    office: Office, page_of: Callable[..., Client]
) -> None:
    case = enter(office, person=make_person(number=number("19530201", 487)))
    browser = page_of(Role.TOWNSHIP_REVIEWER)
    assert "更正登记" not in browser.get(url(case)).content.decode()
    said = Report(TODAY, document="户口簿第7页")
    correct_entry(actor=office.counter, person=case.person, report=said, right=Right(phone="13905321234"))
    assert "更正登记" not in browser.get(url(case)).content.decode()
    correct_entry(actor=office.counter, person=case.person, report=said, right=Right(name="王建军"))
    page = browser.get(url(case)).content.decode()
    assert "更正登记（姓名）" in page
    assert "户口簿第7页" in page
