"""What families are owed, on pages: the lists, the reasons, the programmes, assessing anew."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django_celery_beat.models import PeriodicTask

from households.models import Person
from households.services.imports import import_file
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import JobState, Role
from offices.models import Act, Job, Read
from offices.sealing import Purpose, digest
from subsidies.enums import ProgrammeKind, Standing
from subsidies.models import Assessment, Programme, Sweep
from subsidies.selectors.explanation import assess_person
from subsidies.services.applications import enter_application
from subsidies.services.entitled_list import export_entitled
from subsidies.services.sweep import sweep
from subsidies.tasks import run_sweep, sweep_nightly
from tests.factories import OTHER_TOWNSHIP, TOWNSHIP, make_actor
from tests.subsidies.drafts import publish_drafts

SAMPLES = Path(__file__).parent.parent / "samples"
DAY = datetime.date(2013, 12, 31)
PROGRAMMES = ("NCJF", "TFSD", "TFSC")
Pages = Callable[..., Client]
# Some twenty of them are every page's own: who she is, the day, the context, the log of reads.
QUERIES_OF_THE_LIST = 38
QUERIES_OF_AN_EXPLANATION = 38


def expected(programme: str, state: str = "entitled") -> set[str]:
    with (SAMPLES / "residents-sample-entitled-2013-12-31.csv").open(encoding="utf-8-sig") as lines:
        return {
            row["公民身份号码"]
            for row in csv.DictReader(lines)
            if (row["programme"], row["state"]) == (programme, state)
        }


@pytest.fixture
def registry(county: Actor) -> Actor:
    """The sample's families, taken in by the real import."""
    with (SAMPLES / "residents-sample.csv").open("rb") as source:
        brought = import_file(
            actor=county, source=source, file_name="residents-sample.csv", as_of=DAY, is_dry_run=False
        )
    assert (brought.rows, brought.created, brought.refused) == (1507, 1495, 12)
    return county


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_export_is_the_list_of_the_sample(registry: Actor, programme: str, tmp_path: Path) -> None:
    out = tmp_path / "entitled.csv"
    export_entitled(actor=registry, programme_code=programme, as_of=DAY, out=out)
    with out.open(encoding="utf-8-sig") as lines:
        assert {row["公民身份号码"] for row in csv.DictReader(lines)} == expected(programme)
    unknown = Assessment.objects.filter(programme=programme, standing=Standing.UNKNOWN)
    numbers = {row.person.id_number.reveal() for row in unknown.select_related("person")}
    assert numbers == expected(programme, "unknown")


def test_explanation_of_each_person_agrees_with_the_sweep(registry: Actor) -> None:
    publish_drafts()
    sweep(actor=registry, as_of=DAY)
    for programme in Programme.objects.exclude(kind=ProgrammeKind.AWARD):
        found = {
            row.person_id: row
            for row in Assessment.objects.filter(programme=programme).select_related("person")
        }
        # Who was found, of every outcome, and as many who were not.
        by_outcome = sorted(found.values(), key=lambda row: (row.outcome, row.pk))
        chosen = [row.person for row in by_outcome[:: max(1, len(by_outcome) // 20)]]
        others = Person.objects.exclude(pk__in=found).order_by("pk")[: len(chosen)]
        for person in [*chosen, *others]:
            explained = assess_person(person=person, programme=programme, on=DAY)
            row = found.get(person.pk)
            assert explained.outcome.value == (row.outcome if row else "not_entitled")
            if row:
                told = {clause.code: clause.result for clause in explained.registry_clauses}
                assert told == row.reasons


def test_the_owed_of_a_village_are_listed(
    registry: Actor, page_of: Pages, moved_to: Callable[[str], None]
) -> None:
    moved_to("2013-12-31")
    township = page_of(Role.TOWNSHIP)
    assert township.get("/subsidies/owed/").status_code == 200
    sweep(actor=registry, as_of=DAY)
    page = township.get("/subsidies/owed/?programme=NCJF")
    own = Assessment.objects.filter(
        programme="NCJF", standing=Standing.OWED, division_code__startswith=TOWNSHIP[:9]
    ).select_related("person")
    assert own
    shown = {row.person_id for row in page.context["listing"].page}
    assert shown == {row.person_id for row in own}
    text = page.content.decode()
    assert all(row.person.name in text for row in own)
    assert Read.objects.filter(reason="owed").exists()
    assert Assessment.objects.filter(programme="NCJF", standing=Standing.OWED).exclude(person__in=shown)
    unknown = page_of(Role.COUNTY).get("/subsidies/owed/?standing=unknown")
    assert unknown.context["listing"].total
    assert not unknown.context["may_apply"]
    assert page_of(Role.VILLAGE).get("/subsidies/owed/?standing=nonsense&programme=X").status_code == 200
    for role in (Role.CLINICIAN, Role.SYSTEM_ADMIN, Role.CASHIER):
        assert page_of(role).get("/subsidies/owed/").status_code == 403


def test_explanation_page_gives_each_clause(registry: Actor, page_of: Pages) -> None:
    (number, *_others) = sorted(expected("NCJF"))
    person = Person.objects.get(id_number_digest=digest(number, Purpose.IDENTITY_NUMBER))
    browser = page_of(Role.COUNTY)
    address = f"/subsidies/owed/{person.pk}/NCJF/"
    page = browser.get(f"{address}?day=2013-12-31")
    assert page.status_code == 200
    text = page.content.decode()
    for clause in assess_person(person=person, programme=Programme.objects.get(pk="NCJF"), on=DAY).clauses:
        assert clause.text in text
    assert "960.00" in text
    assert browser.get(f"{address}?day=1990-01-01").status_code == 200
    assert browser.get(f"{address}?day=never").status_code == 200
    assert browser.get(f"/subsidies/owed/{person.pk}/NONE/").status_code == 404
    assert browser.get(f"/households/people/{person.pk}/").status_code == 200
    other = OTHER_TOWNSHIP if person.division_code.startswith(TOWNSHIP[:9]) else TOWNSHIP
    assert page_of(Role.TOWNSHIP, other).get(address).status_code == 404


@pytest.mark.django_db
def test_programmes_and_the_front_page_open(page_of: Pages) -> None:
    for role in (Role.VILLAGE, Role.TOWNSHIP, Role.COUNTY, Role.FINANCE, Role.CASHIER, Role.AUDITOR):
        browser = page_of(role)
        assert browser.get("/subsidies/").status_code == 200
        assert browser.get("/subsidies/programmes/").status_code == 200
        for code in PROGRAMMES:
            assert browser.get(f"/subsidies/programmes/{code}/").status_code == 200
    assert page_of(Role.CLINICIAN).get("/subsidies/").status_code == 403
    assert page_of(Role.COUNTY).get("/subsidies/programmes/NONE/").status_code == 404


def test_somebody_asks_for_everybody_to_be_assessed(county: Actor, page_of: Pages) -> None:
    browser = page_of(Role.TOWNSHIP)
    answer = browser.post("/subsidies/owed/assess/")
    assert answer.status_code == 302
    job = Job.objects.get()
    assert browser.post("/subsidies/owed/assess/").url == answer.url
    assert browser.get(answer.url).status_code == 200
    run_sweep("370406", str(job.pk))
    run_sweep("370406", str(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert Sweep.objects.count() == 1
    assert browser.get(answer.url).status_code == 200
    assert Act.objects.filter(verb="subsidies.request_sweep", by__role_grants__role=Role.TOWNSHIP).exists()
    assert page_of(Role.VILLAGE).get(answer.url).status_code == 404
    assert page_of(Role.AUDITOR).post("/subsidies/owed/assess/").status_code == 403


@pytest.mark.django_db
def test_everybody_is_assessed_every_night() -> None:
    entry = PeriodicTask.objects.get(task="subsidies.sweep_nightly")
    assert entry.enabled
    assert entry.args == '["370406"]'
    assert sweep_nightly("370406") == 0


def test_unknown_names_what_is_missing_and_applied_says_so(
    registry: Actor, page_of: Pages, moved_to: Callable[[str], None]
) -> None:
    moved_to("2013-12-31")
    sweep(actor=registry, as_of=DAY)
    rows = page_of(Role.COUNTY).get("/subsidies/owed/?standing=unknown").context["rows"]
    assert rows
    for row in rows:
        assert row["open_clauses"]
        assert all(is_missing for is_missing, _words in row["open_clauses"])
    person = (
        Assessment.objects.filter(standing=Standing.OWED, programme="NCJF").earliest("division_code").person
    )
    counter = make_actor(Role.TOWNSHIP, person.division_code[:9])
    with open_context(actor=counter):
        enter_application(
            person=person,
            programme=Programme.objects.get(pk="NCJF"),
            documents=["identity_card"],
            has_declared=True,
            actor=counter,
        )
    page = page_of(Role.TOWNSHIP, person.division_code[:9]).get("/subsidies/owed/?programme=NCJF")
    (row,) = (row for row in page.context["rows"] if row["assessment"].person_id == person.pk)
    assert (row["standing"], row["is_as_assessed"]) == (Standing.APPLIED, False)
    assert f"person={person.pk}" not in page.content.decode()


def test_the_list_asks_as_little_for_many_as_for_few(
    registry: Actor,
    page_of: Pages,
    moved_to: Callable[[str], None],
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[Any]],
) -> None:
    moved_to("2013-12-31")
    sweep(actor=registry, as_of=DAY)
    browser = page_of(Role.COUNTY)
    browser.get("/subsidies/owed/")
    with django_assert_max_num_queries(QUERIES_OF_THE_LIST):
        assert len(browser.get("/subsidies/owed/").context["rows"]) == 50
    with django_assert_max_num_queries(QUERIES_OF_THE_LIST):
        browser.get("/subsidies/owed/?programme=TFSC")
    with django_assert_max_num_queries(QUERIES_OF_THE_LIST):
        browser.get("/subsidies/")
    person = Assessment.objects.filter(programme="NCJF").earliest("pk").person_id
    with django_assert_max_num_queries(QUERIES_OF_AN_EXPLANATION):
        browser.get(f"/subsidies/owed/{person}/NCJF/")
