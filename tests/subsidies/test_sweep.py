"""Assessing everybody: again, at once, killed half-way, whoever asks, and where each one stands."""

from __future__ import annotations

import csv
import datetime
import io
import json
import threading
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections

from households.enums import ParentRole
from households.models import Hukou, Parentage, Person
from offices import clock
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from offices.errors import DomainError, NotAllowed
from offices.models import Act, Read
from offices.services.staff import system_actor
from subsidies.enums import ApplicationState, Standing
from subsidies.models import Assessment, PolicyVersion, Programme, Sweep
from subsidies.services import reviews
from subsidies.services import sweep as sweeping
from subsidies.services.entitled_list import export_entitled
from subsidies.services.sweep import count_standings, sweep
from tests.conftest import sql
from tests.factories import OTHER_VILLAGE, TOWNSHIP, VILLAGE, make_actor, make_person
from tests.households.registry import SAMPLE, bring
from tests.subsidies.cases import bring_to, enter, granted, make_office

DAY = datetime.date(2013, 12, 31)
EXPECTED = SAMPLE.with_name("residents-sample-entitled-2013-12-31.csv")


def entitled_person(*, village: str = VILLAGE, born: str = "1950-01-01", **fields: Any) -> Person:
    """A rural mother over sixty of one living daughter: owed the reward assistance."""
    mother = make_person(village=village, born=born, **fields)
    daughter = make_person(village=village, born="1980-01-01")
    Parentage.objects.create(person=daughter, parent=mother, role=ParentRole.MOTHER, division_code=village)
    return mother


def rows(day: datetime.date = DAY) -> list[tuple[Any, ...]]:
    """Everything that a day's sweep says, but for the keys of its rows."""
    names = ("programme_id", "person_id", "outcome", "standing", "amount", "annual_amount", "division_code")
    found = Assessment.objects.filter(sweep__as_of=day).order_by("programme_id", "person_id")
    return [(*row[:-1], json.dumps(row[-1], sort_keys=True)) for row in found.values_list(*names, "reasons")]


def numbers_expected(programme: str) -> list[str]:
    with EXPECTED.open(encoding="utf-8-sig", newline="") as lines:
        return sorted(
            row["公民身份号码"]
            for row in csv.DictReader(lines)
            if (row["programme"], row["state"]) == (programme, "entitled")
        )


def run(*arguments: str) -> dict[str, Any]:
    """A command with --json; its object."""
    out = io.StringIO()
    call_command(*arguments, "--json", stdout=out)
    return dict(json.loads(out.getvalue()))


@pytest.mark.django_db
def test_sweeping_twice_changes_nothing(county: Actor) -> None:
    bring(county, SAMPLE)
    first = sweep(actor=county, as_of=DAY)
    found = rows()
    assert len(found) > 150
    again = sweep(actor=county, as_of=DAY)
    assert again.pk == first.pk
    assert rows() == found
    assert Sweep.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("programme", ["NCJF", "TFSD", "TFSC"])
def test_commands_give_the_samples_list(county: Actor, programme: str, tmp_path: Path) -> None:
    bring(county, SAMPLE)
    out = tmp_path / "entitled.csv"
    told = run("export_entitled", "--programme", programme, "--as-of", "2013-12-31", str(out))
    assert out.stat().st_mode & 0o077 == 0
    with out.open(encoding="utf-8", newline="") as lines:
        listed = list(csv.DictReader(lines))
    assert list(listed[0]) == ["公民身份号码", "姓名", "户籍地代码", "金额", "状态"]
    assert sorted(row["公民身份号码"] for row in listed) == numbers_expected(programme)
    assert {row["状态"] for row in listed} == {"owed"}
    assert told["rows"] == len(listed)
    counted = run("sweep", "--as-of", "2013-12-31", "--programme", programme)
    assert set(counted["programmes"]) == {programme}
    figures = counted["programmes"][programme]
    assert figures["entitled"] == figures["owed"] == len(listed)
    yearly = {"NCJF": Decimal(960), "TFSD": Decimal(135 * 12), "TFSC": Decimal(110 * 12)}[programme]
    assert Decimal(figures["amount_owed"]) == yearly * len(listed)
    for number in numbers_expected(programme)[:3]:
        explained = run("explain", "--person", number, "--programme", programme, "--as-of", "2013-12-31")
        assert explained["outcome"] == "entitled"
        assert all(clause["result"] in (True, None) for clause in explained["clauses"])
    assert Act.objects.filter(verb="subsidies.export_entitled").count() == 1
    assert Read.objects.filter(page="export_entitled").exists()


@pytest.mark.django_db
def test_command_names_an_unknown_programme(county: Actor) -> None:
    refused = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("sweep", "--as-of", "2013-12-31", "--programme", "XXXX", stderr=refused)
    assert ended.value.code == 1
    assert "XXXX" in refused.getvalue()
    assert "NCJF" in refused.getvalue()


@pytest.mark.django_db
def test_a_townships_sweep_assesses_the_county_and_shows_her_own(county: Actor) -> None:
    mine, other = entitled_person(), entitled_person(village=OTHER_VILLAGE)
    township = make_actor(Role.TOWNSHIP)
    with open_context(actor=township):
        record = sweep(actor=township, as_of=DAY)
        assert record.persons == 4
        assert {row.person_id for row in Assessment.objects.all()} == {mine.pk}
        assert sql("SELECT count(*) FROM subsidies_assessment") == [(1,)]
    assert {row.person_id for row in Assessment.objects.filter(programme="NCJF")} == {mine.pk, other.pk}
    assert Act.objects.get(verb="subsidies.sweep", record_id=str(record.pk)).by_id == township.staff_id


@pytest.mark.django_db
def test_who_works_from_no_list_assesses_and_exports_nothing(county: Actor, tmp_path: Path) -> None:
    for role in (Role.AUDITOR, Role.CASHIER, Role.CLINICIAN, Role.SYSTEM_ADMIN):
        with pytest.raises(NotAllowed):
            sweep(actor=make_actor(role), as_of=DAY)
    out = tmp_path / "entitled.csv"
    with pytest.raises(NotAllowed):
        export_entitled(actor=make_actor(Role.TOWNSHIP), programme_code="NCJF", as_of=DAY, out=out)
    assert not out.exists()
    assert not Sweep.objects.exists()
    with pytest.raises(DomainError):
        export_entitled(actor=county, programme_code="NCJF", as_of=DAY, out=tmp_path / "no" / "folder.csv")
    auditor = make_actor(Role.AUDITOR)
    assert export_entitled(actor=auditor, programme_code="NCJF", as_of=DAY, out=out) == 0


@pytest.mark.django_db
def test_first_sweep_of_a_day_is_of_every_programme(county: Actor) -> None:
    mother = make_person(born="1955-01-01")
    child = make_person(born="1980-01-01", died_on=datetime.date(2010, 1, 1))
    Parentage.objects.create(person=child, parent=mother, role=ParentRole.MOTHER, division_code=VILLAGE)
    sweep(actor=county, as_of=DAY, programmes=["TFSC"])
    assert Assessment.objects.get(programme="TFSD").person == mother
    assert set(run("sweep", "--as-of", "2013-12-31", "--programme", "TFSD")["programmes"]) == {"TFSD"}


@pytest.mark.django_db
def test_who_moved_stands_in_the_list_of_her_new_village(county: Actor) -> None:
    person = entitled_person()
    sweep(actor=county, as_of=DAY)
    assert rows()[0][6] == VILLAGE
    for table in (Person.objects.filter(pk=person.pk), Hukou.objects.filter(person=person)):
        table.update(division_code=OTHER_VILLAGE)
    sweep(actor=county, as_of=DAY)
    (row,) = rows()
    assert row[6] == OTHER_VILLAGE
    with open_context(actor=make_actor(Role.TOWNSHIP, TOWNSHIP)):
        assert not Assessment.objects.exists()


@pytest.mark.django_db
def test_each_of_the_entitled_stands_in_one_place(county: Actor) -> None:
    office = make_office()
    programme = Programme.objects.get(pk="NCJF")
    receiving = granted(office, person=entitled_person(), programme=programme)
    applied = enter(office, person=entitled_person(), programme=programme)
    refused = bring_to(
        office,
        ApplicationState.VILLAGE_REVIEWED,
        enter(office, person=entitled_person(), programme=programme),
    )
    reviews.refuse_application(application=refused, actor=office.township, reason="人户长期分离，暂不确认")
    lost = granted(office, person=entitled_person(), programme=programme)
    Hukou.objects.filter(person=lost.person).update(hukou_type="urban")
    owed = entitled_person()
    record = sweep(actor=county, as_of=clock.today())
    standing = dict(Assessment.objects.filter(programme="NCJF").values_list("person_id", "standing"))
    assert standing == {
        receiving.person_id: Standing.RECEIVING,
        applied.person_id: Standing.APPLIED,
        refused.person_id: Standing.REFUSED,
        lost.person_id: Standing.TO_REVIEW,
        owed.pk: Standing.OWED,
    }
    told = count_standings(record)["NCJF"].as_json()
    assert (told["entitled"], told["owed"], told["to_review"], told["unknown"]) == (4, 1, 1, 0)
    assert told["entitled"] == sum(
        told[name] for name in ("receiving", "applied", "declined", "refused", "owed")
    )
    assert told["amount_owed"] == "960.00"


class Killed(BaseException):
    """The worker's end, in the middle of its work."""


@pytest.mark.django_db(transaction=True)
def test_killed_sweep_leaves_the_days_former_one_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    with open_context(scope=""):
        system = system_actor()
    with open_context(actor=system):
        entitled_person()
        sweep(actor=system, as_of=DAY)
        before = rows()
        entitled_person()
    assess = sweeping._assess

    def dies(policy: Any, *arguments: Any, **named: Any) -> None:
        assess(policy, *arguments, **named)
        if policy.code == "TFSD":
            raise Killed

    monkeypatch.setattr(sweeping, "_assess", dies)
    with pytest.raises(Killed), open_context(actor=system):
        sweep(actor=system, as_of=DAY)
    monkeypatch.undo()
    with open_context(actor=system):
        assert rows() == before
        sweep(actor=system, as_of=DAY)
        assert len(rows()) == len(before) + 1
        assert sql("SHOW enable_nestloop") == [("on",)]


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_write_one() -> None:
    with open_context(scope=""):
        system = system_actor()
    with open_context(actor=system):
        entitled_person()
    start = threading.Barrier(3)
    failed: list[BaseException] = []

    def work() -> None:
        try:
            start.wait(timeout=10)
            with open_context(actor=system):
                sweep(actor=system, as_of=DAY)
        except BaseException as error:  # noqa: BLE001 # told to the test
            failed.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _worker in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=30)
    assert not failed
    with open_context(actor=system):
        assert Sweep.objects.count() == 1
        assert len(rows()) == 1


@pytest.mark.django_db
def test_day_before_the_first_policy_has_nobody_entitled(county: Actor) -> None:
    entitled_person(born="1940-01-01")
    record = sweep(actor=county, as_of=datetime.date(2003, 12, 31))
    assert PolicyVersion.objects.exists()
    assert not Assessment.objects.filter(sweep=record).exists()
    assert count_standings(record)["NCJF"].as_json()["entitled"] == 0
