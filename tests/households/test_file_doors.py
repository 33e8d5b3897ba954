"""A resident file is held to one policy, whether it comes by the page and its worker or by the command."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from households import tasks
from households.models import Person, ResidentImport
from offices.database.context import open_context
from offices.enums import Role
from tests.factories import OTHER_VILLAGE, TOWNSHIP, VILLAGE, make_actor
from tests.households.registry import codes, counts, row
from tests.households.resident_files import as_csv, number, table_of

pytestmark = pytest.mark.django_db(transaction=True)
PageOf = Callable[..., Client]
Door = Callable[[Role, bytes], bool]
OWN = row(户籍地代码=VILLAGE)
OTHERS = row(姓名="孙秀兰", 公民身份号码=number("19600101", 482), 户编号="000002", 户籍地代码=OTHER_VILLAGE)
BOTH = as_csv(table_of([OWN, OTHERS])).read()


@pytest.fixture(params=["page", "command"])
def door(
    request: pytest.FixtureRequest, page_of: PageOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Door:
    """Bring a file in a role by a door; whether it was let in at all."""
    sent: list[list[str]] = []
    monkeypatch.setattr("offices.services.jobs.current_app.send_task", lambda name, args: sent.append(args))

    def by_page(role: Role, content: bytes) -> bool:
        file = io.BytesIO(content)
        file.name = "residents.csv"
        wanted = {"file": file, "as_of": "2014-01-06", "way": "take"}
        answer = page_of(role).post(reverse("households:import_new"), wanted)
        for county, job in sent:
            tasks.run_import(county, job)
        return answer.status_code == 302

    def by_command(role: Role, content: bytes) -> bool:
        path = tmp_path / "residents.csv"
        path.write_bytes(content)
        words = ("import_residents", str(path), "--actor", make_actor(role).username)
        try:
            call_command(*words, stdout=io.StringIO(), stderr=io.StringIO())
        except SystemExit:
            return False
        return True

    return by_page if request.param == "page" else by_command


def test_a_township_brings_her_own_rows_by_either_door(door: Door) -> None:
    assert VILLAGE.startswith(TOWNSHIP[:9])
    assert door(Role.TOWNSHIP, BOTH)
    with open_context(scope="370406"):
        brought = ResidentImport.objects.get()
        assert counts(brought) == (1, 0, 0, 1)
        assert codes(brought) == [(3, "outside_your_division")]
        assert [person.name for person in Person.objects.all()] == [OWN["姓名"]]


@pytest.mark.parametrize("role", [Role.VILLAGE, Role.AUDITOR, Role.FINANCE])
def test_who_brings_no_files_brings_none_by_either_door(door: Door, role: Role) -> None:
    assert not door(role, BOTH)
    with open_context(scope="370406"):
        assert not Person.objects.exists()
        assert not ResidentImport.objects.filter(created__gt=0).exists()


def test_the_county_brings_everybodys(door: Door) -> None:
    assert door(Role.COUNTY, BOTH)
    with open_context(scope="370406"):
        assert Person.objects.count() == 2
