"""What the family takes home: everything missing on one paper, a receipt, and a code that tells the state alone."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.test import Client
from pypdf import PdfReader

from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from subsidies.documents import Document
from subsidies.enums import ApplicationState
from subsidies.models import Application, PublicStatus
from subsidies.services.applications import complete_documents, withdraw_application
from tests.factories import make_person
from tests.subsidies.cases import Office, bring_to, enter, make_office, make_programme, move_day, rules_say


@pytest.fixture
def office(county: Actor, monkeypatch: pytest.MonkeyPatch) -> Office:
    rules_say(monkeypatch)
    return make_office()


def code_of(case: Application) -> str:
    return PublicStatus.objects.get(application_id=case.pk).code


def words_of(answer: object) -> str:
    pages = PdfReader(io.BytesIO(answer.content)).pages  # type: ignore[attr-defined] # a response
    return "".join("".join(page.extract_text() for page in pages).split())


def test_missing_papers_stand_on_one_paper_all_at_once(
    office: Office, page_of: Callable[..., Client]
) -> None:
    case = enter(office, person=make_person(name="璩秋实"), documents=[])
    answer = page_of(Role.TOWNSHIP).get(f"/subsidies/applications/{case.pk}/slip/file/")
    assert answer["Content-Type"] == "application/pdf"
    words = words_of(answer)
    for expected in ("一次性告知单", "璩秋实", case.file_number, "身份证", code_of(case)):
        assert expected in words
    assert len(PdfReader(io.BytesIO(answer.content)).pages) == 1


def test_receipt_says_what_follows_and_until_when(office: Office, page_of: Callable[..., Client]) -> None:
    case = enter(office)
    words = words_of(page_of(Role.TOWNSHIP).get(f"/subsidies/applications/{case.pk}/slip/file/"))
    for expected in ("受理回执", "村级评议", "县级确认", case.file_number, code_of(case)):
        assert expected in words
    browser = page_of(Role.TOWNSHIP)
    browser.cookies["django_language"] = "en"
    assert "Receiptofanapplication" in words_of(browser.get(f"/subsidies/applications/{case.pk}/slip/file/"))


def test_code_tells_the_state_and_the_day_and_nothing_else(office: Office, client: Client) -> None:
    person = make_person(name="璩秋实")
    case = enter(office, person=person, programme=make_programme("TFSD", is_posted=False), documents=[])
    shown = client.get(f"/verify/{code_of(case)}/")
    assert shown.status_code == 200
    text = shown.content.decode()
    assert str(ApplicationState.DOCUMENTS_MISSING.label) in text
    assert "2014年1月6日" in text
    for hidden in (person.name, case.file_number, case.programme.name_zh, "店子", "TFSD"):
        assert hidden not in text
    assert client.get("/verify/AAAA-BBBB-CCCC/").status_code == 404


def test_state_follows_every_step_with_its_day(office: Office) -> None:
    case = enter(office, documents=[])
    status = PublicStatus.objects.get(application_id=case.pk)
    assert (status.state, f"{status.since}") == (ApplicationState.DOCUMENTS_MISSING, "2014-01-06")
    move_day(status.since.replace(day=8))
    case = complete_documents(application=case, documents=list(Document.values), actor=office.counter)
    status.refresh_from_db()
    assert (status.state, f"{status.since}") == (ApplicationState.ENTERED, "2014-01-08")
    case = bring_to(office, ApplicationState.VILLAGE_REVIEWED, case)
    status.refresh_from_db()
    assert status.state == ApplicationState.VILLAGE_REVIEWED
    move_day(status.since.replace(day=9))
    withdraw_application(application=case, actor=office.counter)
    status.refresh_from_db()
    assert (status.state, f"{status.since}") == (ApplicationState.WITHDRAWN, "2014-01-09")


def test_public_table_holds_no_person(office: Office) -> None:
    case = enter(office)
    with open_context(scope=""):
        row = PublicStatus.objects.filter(application_id=case.pk).values().get()
    assert set(row) == {"id", "code", "application_id", "state", "since"}
