"""A family and a person on one printed page: what is on it, for whom, and that it is one page."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from households.enums import MaritalState, ParentRole, Relation, VisitPurpose, VisitResult
from households.models import (
    Disability,
    Household,
    MaritalFact,
    OnlyChildCertificate,
    Parentage,
    Person,
)
from households.services.events.families import split_household
from households.services.events.moves import record_moves
from households.services.visits import record_visit
from households.sheets import HOUSEHOLD_SHEET, PERSON_SHEET
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import ExportPurpose, ExportState, JobState, Role
from offices.errors import DomainError, NotAllowed
from offices.exports import SheetExport
from offices.models import Act, Export, Read
from offices.services.files import content_of
from offices.services.sheets import request_sheet
from offices.tasks import make_export
from tests.factories import OTHER_TOWNSHIP, VILLAGE, make_actor, make_household, make_person
from tests.households.life import report
from tests.reports.reading import Pages, told_by
from tests.subsidies.cases import enter, make_office, make_programme, rules_say
from tests.subsidies.money import citizen_number, give_account, make_grant, paid_programme

pytestmark = [pytest.mark.django_db, pytest.mark.page]
COUNTY = settings.HUIMIN_COUNTY
NUMBER = citizen_number(77)


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: Any) -> None:
    settings.HUIMIN_FILES = str(tmp_path / "files")


@pytest.fixture
def family(county: Actor) -> Household:
    """A couple, a daughter and a child who died; what rules alone read is on record too."""
    head = make_person(name="王建国", number=NUMBER, born="1953-02-01", sex="M")
    wife = make_person(name="李𠮷英", born="1955-10-02")
    daughter = make_person(name="王小明", born="1980-03-11")
    son = make_person(name="王早", born="1985-03-11", died_on=datetime.date(1990, 1, 1), sex="M")
    give_account(head, "6228000012345678")
    for child in (daughter, son):
        for role, parent in ((ParentRole.FATHER, head), (ParentRole.MOTHER, wife)):
            Parentage.objects.create(person=child, role=role, parent=parent, division_code=VILLAGE)
    OnlyChildCertificate.objects.create(
        person=wife, number="鲁山0012", issued_on=datetime.date(1986, 5, 1), division_code=VILLAGE
    )
    for person in (head, wife):
        MaritalFact.objects.create(person=person, state=MaritalState.WIDOWED, division_code=VILLAGE)
        Disability.objects.create(person=person, grade=2, division_code=VILLAGE)
    return make_household(
        head, (wife, Relation.SPOUSE), (daughter, Relation.DAUGHTER), (son, Relation.SON), number="000123"
    )


def spoken(paper: Pages) -> str:
    """The text cell by cell, as it is read aloud, without its spaces."""
    return re.sub(r"\s+", "", told_by("pdftotext", paper.file, "-raw", "-", "-"))


def ask(
    actor: Actor,
    kind: SheetExport,
    record: Household | Person,
    purpose: ExportPurpose = ExportPurpose.CASE_FILE,
) -> Export:
    with open_context(actor=actor):
        return request_sheet(
            actor=actor, kind=kind, subject_id=record.pk, purpose=purpose, reference="山卫计〔2014〕3号"
        )


def printed(actor: Actor, kind: SheetExport, record: Household | Person) -> tuple[Pages, Export]:
    made = ask(actor, kind, record)
    make_export(COUNTY, str(made.job_id))
    with open_context(scope=COUNTY):
        made.refresh_from_db()
        assert made.job is not None
        assert made.state == ExportState.READY, made.job.message
        assert made.job.state == JobState.DONE
        assert made.file is not None
        return Pages(b"".join(content_of(made.file))), made


def test_the_family_on_one_page(family: Household) -> None:
    actor = make_actor(Role.TOWNSHIP)
    paper, made = printed(actor, HOUSEHOLD_SHEET, family)
    assert len(paper.pages) == 1
    for words in (
        "000123",
        "王建国",
        "李𠮷英",
        "1953-02-01(60)",
        "1990-01-01",
        "鲁山0012",
        "5678",
        actor.name,
        "山卫计〔2014〕3号",
        made.code,
    ):
        assert words in spoken(paper), words
    assert "2014年1月6日" in spoken(paper)
    for words in (NUMBER, "6228000012345678", "丧偶", "已婚", "残疾"):
        assert words not in spoken(paper)
    fonts = told_by("pdffonts", paper.file).splitlines()[2:]
    assert fonts
    assert all(line.split()[-5] == "yes" for line in fonts)


def test_the_person_on_one_page(family: Household) -> None:
    wife = Person.objects.get(name="李𠮷英")
    paper, made = printed(make_actor(Role.VILLAGE), PERSON_SHEET, wife)
    assert len(paper.pages) == 1
    for words in ("李𠮷英", "王小明", "王早", "鲁山0012", "1986-05-01", made.code):
        assert words in spoken(paper), words
    for words in ("丧偶", "已婚", "残疾"):
        assert words not in spoken(paper)


def test_what_the_family_receives_and_has_applied_for_and_what_happened_to_it(
    family: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules_say(monkeypatch)
    head = Person.objects.get(name="王建国")
    case = enter(make_office(), person=head, programme=make_programme())
    granted = make_grant(paid_programme("PAID"), serial=300, name="王秀英")
    person = granted.person
    wife, daughter = Person.objects.get(name="李𠮷英"), Person.objects.get(name="王小明")
    record_visit(
        actor=make_actor(Role.VILLAGE), household=family, purpose=VisitPurpose.EXPLAIN, about="NCJF",
        result=VisitResult.TOLD, visited_on=datetime.date(2014, 1, 5),
    )  # fmt: skip
    counter = make_actor(Role.TOWNSHIP)
    record_moves(actor=counter, people=[wife], report=report("2014-01-02"), to_place="440305")
    split_household(
        actor=counter, household=family, report=report("2014-01-03"), people=[daughter], number="000124"
    )
    with translation.override("zh-hans"):
        paper, _made = printed(make_actor(Role.TOWNSHIP), HOUSEHOLD_SHEET, family)
        other, _other = printed(make_actor(Role.TOWNSHIP), PERSON_SHEET, person)
    assert case.programme.name in spoken(paper)
    assert case.file_number in spoken(paper)
    for words in (
        "2014-01-05",
        "讲解政策待遇",
        "迁往区外居住·广东省深圳市南山区",
        "户外子女",
        "王建国、李𠮷英之女",
    ):
        assert words in spoken(paper), words
    assert granted.programme.name in other.flat
    assert f"{granted.annual_amount:,.2f}元" in other.flat


def test_a_family_of_sixteen_still_takes_one_page(family: Household) -> None:
    from households.models import Membership

    for number in range(12):
        person = make_person(name=f"王家第{number}位长名成员", number=citizen_number(100 + number))
        give_account(person, f"62280000{number:08d}")
        Membership.objects.create(
            household=family, person=person, relation=Relation.OTHER, division_code=VILLAGE
        )
    paper, _made = printed(make_actor(Role.TOWNSHIP), HOUSEHOLD_SHEET, family)
    assert len(paper.pages) == 1
    assert "王家第11位长名成员" in spoken(paper)


def test_printing_is_an_act_and_everybody_on_the_sheet_is_logged(family: Household) -> None:
    actor = make_actor(Role.TOWNSHIP)
    _paper, made = printed(actor, HOUSEHOLD_SHEET, family)
    with open_context(scope=COUNTY):
        act = Act.objects.get(verb="offices.export")
        assert act.record_id == made.pk
        assert act.by_id == actor.staff_id
        assert act.detail["kind"] == "households.family_sheet"
        assert "王" not in str(act.detail)
        logged = Read.objects.filter(reason="export", by_id=actor.staff_id)
        assert {key for read in logged for key in read.record_ids} == {
            family.pk,
            *Person.objects.filter(membership_set__household=family).values_list("pk", flat=True),
        }


def test_nobody_prints_a_family_of_another_township(family: Household, page_of: Any) -> None:
    with pytest.raises(DomainError) as refusal:
        ask(make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP), HOUSEHOLD_SHEET, family)
    assert refusal.value.code == "record_gone"
    address = reverse("households:household_print", args=[family.pk])
    assert page_of(Role.TOWNSHIP, OTHER_TOWNSHIP).get(address).status_code == 404


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.FINANCE, Role.CASHIER, Role.SYSTEM_ADMIN])
def test_who_sees_no_family_prints_none(family: Household, role: Role) -> None:
    with pytest.raises(NotAllowed):
        ask(make_actor(role), HOUSEHOLD_SHEET, family)


def test_a_family_that_moved_away_meanwhile_is_refused_with_a_sentence(family: Household) -> None:
    from households.models import Membership
    from tests.factories import OTHER_VILLAGE

    made = ask(make_actor(Role.TOWNSHIP), HOUSEHOLD_SHEET, family)
    with open_context(scope=COUNTY):
        Membership.objects.filter(household=family).update(to_on=datetime.date(2014, 1, 1))
        Household.objects.filter(pk=family.pk).update(division_code=OTHER_VILLAGE)
    make_export(COUNTY, str(made.job_id))
    with open_context(scope=COUNTY):
        made.refresh_from_db()
        assert made.state == ExportState.REFUSED
        assert made.job is not None
        assert made.job.state == JobState.FAILED
        assert made.job.message == made.refusal


def test_the_page_offers_it_and_asks_what_for(family: Household, page_of: Any) -> None:
    browser: Client = page_of(Role.VILLAGE)
    address = reverse("households:household_print", args=[family.pk])
    assert address in browser.get(reverse("households:household", args=[family.pk])).content.decode()
    assert browser.post(address, {}).status_code == 422
    answer = browser.post(address, {"purpose": "person_asked"})
    assert answer.status_code == 302
    with open_context(scope=COUNTY):
        made = Export.objects.get()
        assert made.purpose == ExportPurpose.PERSON_ASKED
        assert answer["Location"] == reverse("export", args=[made.pk])
    assert browser.get(answer["Location"]).status_code == 200


def test_the_english_sheet_has_no_chinese_heading(family: Household) -> None:
    with translation.override("en"):
        paper, _made = printed(make_actor(Role.TOWNSHIP), HOUSEHOLD_SHEET, family)
    assert "Familyfile" in spoken(paper)
    assert "Only-childcertificate" in spoken(paper)
    assert not re.search("成员|户主", spoken(paper))
