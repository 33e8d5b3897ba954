"""The sample file comes in whole: by command, by page, in every form of file."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from households.models import Household, Parentage, Person, ResidentImport
from households.services.imports import import_file
from offices.actors import Actor

pytestmark = pytest.mark.django_db

SAMPLE = Path(__file__).parent.parent / "samples" / "residents-sample.csv"
TODAY = datetime.date(2014, 1, 6)


def bring(actor: Actor, path: Path, *, as_of: datetime.date = TODAY, dry_run: bool = False) -> ResidentImport:
    with path.open("rb") as source:
        return import_file(actor=actor, source=source, file_name=path.name, as_of=as_of, is_dry_run=dry_run)


def counts(brought: ResidentImport) -> tuple[int, int, int, int, int]:
    return brought.rows, brought.created, brought.updated, brought.unchanged, brought.refused


def test_sample_file_is_taken_in_once(county: Actor) -> None:
    assert counts(bring(county, SAMPLE)) == (1507, 1495, 0, 0, 12)
    assert Person.objects.count() == 1495
    again = bring(county, SAMPLE)
    assert counts(again) == (1507, 0, 0, 1495, 12)
    assert Person.objects.count() == 1495
