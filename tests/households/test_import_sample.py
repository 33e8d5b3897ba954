"""The sample file comes in whole, and again without a change, in every form of file."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from typing import BinaryIO

import pytest

from households.models import Household, Membership, Parentage, Person
from households.services.imports import import_file
from offices.actors import Actor
from tests.households.registry import SAMPLE, TODAY, bring, codes, counts
from tests.households.resident_files import as_csv, as_xlsx, sample_table

pytestmark = pytest.mark.django_db


def shuffled() -> BinaryIO:
    table = sample_table()
    order = list(range(len(table[0])))
    random.Random(7).shuffle(order)
    return as_csv([[row[place] for place in order] for row in table])


def saved_by_libreoffice() -> BinaryIO:
    """The sample as LibreOffice 7.4 saves it: dates as dates, all other columns as text."""
    return io.BytesIO((SAMPLE.parent / "residents-sample-libreoffice.xlsx").read_bytes())


FORMS: dict[str, Callable[[], BinaryIO]] = {
    "libreoffice": saved_by_libreoffice,
    "xlsx": lambda: as_xlsx(sample_table()),
    "gb18030": lambda: as_csv(sample_table(), encoding="gb18030"),
    "shuffled": shuffled,
}


def test_sample_file_is_taken_in_once(county: Actor) -> None:
    first = bring(county, SAMPLE)
    assert counts(first) == (1495, 0, 0, 12)
    assert len({line for line, _code in codes(first)}) == 12
    assert (Person.objects.count(), Membership.objects.count(), Household.objects.count()) == (
        1495,
        1495,
        424,
    )
    again = bring(county, SAMPLE)
    assert counts(again) == (0, 0, 1495, 12)
    assert (Person.objects.count(), Membership.objects.count(), Household.objects.count()) == (
        1495,
        1495,
        424,
    )


def test_every_named_relative_of_the_sample_is_linked(county: Actor) -> None:
    bring(county, SAMPLE)
    assert not Parentage.objects.filter(parent=None).exists()
    assert Parentage.objects.count() == 1390


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_file_says_the_same(county: Actor, form: str) -> None:
    bring(county, SAMPLE)
    brought = import_file(
        actor=county, source=FORMS[form](), file_name=f"residents.{form}", as_of=TODAY, is_dry_run=False
    )
    assert counts(brought) == (0, 0, 1495, 12)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_comes_in_alike_first(county: Actor, form: str) -> None:
    """Taken in by another form first, the reference file then finds everything as it says."""
    brought = import_file(
        actor=county, source=FORMS[form](), file_name=f"residents.{form}", as_of=TODAY, is_dry_run=False
    )
    assert counts(brought) == (1495, 0, 0, 12)
    assert counts(bring(county, SAMPLE)) == (0, 0, 1495, 12)


def test_nothing_sensitive_is_stored_in_clear(county: Actor) -> None:
    from tests.conftest import sql

    bring(county, SAMPLE)
    numbers = [row[5] for row in sample_table()[1:] if len(row[5]) == 18]
    dump = io.StringIO()
    for (line,) in sql(
        "SELECT p::text FROM households_person p UNION ALL SELECT b::text FROM households_bankaccount b"
    ):
        dump.write(line)
    text = dump.getvalue()
    assert not [number for number in numbers if number in text or number.encode().hex() in text]
