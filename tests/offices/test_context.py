"""The database's own wall: another township stays out of sight, whoever forgets a filter."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from households.models import Person
from offices.database.context import open_context
from tests.conftest import sql
from tests.factories import OTHER_VILLAGE, VILLAGE, make_person

pytestmark = pytest.mark.django_db


def test_another_township_is_out_of_sight(county: object) -> None:
    mine, theirs = make_person(village=VILLAGE), make_person(village=OTHER_VILLAGE)
    with open_context(scope="370406101"):
        assert [person.pk for person in Person.objects.all()] == [mine.pk]
        assert Person.objects.filter(pk=theirs.pk).update(name="甲") == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            make_person(village=OTHER_VILLAGE)


def test_empty_scope_sees_nothing(county: object) -> None:
    make_person()
    with open_context(scope=""):
        assert not Person.objects.exists()


def test_everything_runs_as_the_application_role(db: None) -> None:
    assert sql("SELECT current_user")[0][0].startswith("huimin_app")
    assert sql("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user") == [(False,)]
    assert connection.settings_dict["USER"] != "postgres"
