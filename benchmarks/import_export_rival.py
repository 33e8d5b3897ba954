"""The same file by django-import-export, as an able office would tune it.

One resource of persons: rows read and checked by our own reader, cached lookups of everybody known,
bulk_create by thousands, no diffs; households, facts and kinship by bulk_create at its end. It
leaves out matching by name, tasks, audit and the error file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import transaction
from import_export import resources
from import_export.instance_loaders import BaseInstanceLoader
from tablib import Dataset

from households.models import (
    BankAccount,
    Disability,
    Employment,
    ExaminationYear,
    Household,
    Hukou,
    MaritalFact,
    Membership,
    OnlyChildCertificate,
    Parentage,
    Person,
    Residence,
)
from households.readers import RESIDENT_COLUMNS, Line
from households.rows import RefusedRow, ResidentRow, ResidentRows
from offices import clock
from offices.database.context import default_county, open_context
from offices.models import Division
from offices.pinyin import sort_key
from offices.sealing import Purpose, digest

_BATCH = 1000


class CachedPeople(BaseInstanceLoader):
    """Everybody known, looked up once."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        known = Person.objects.exclude(id_number_digest=None)
        self._known = {bytes(person.id_number_digest): person for person in known.iterator(_BATCH)}

    def get_instance(self, row: Any) -> Person | None:
        return self._known.get(row["id_number_digest"])


class PersonResource(resources.ModelResource):
    """Rows of a resident file as persons; what else they say follows in `after_import`."""

    class Meta:
        model = Person
        fields = (
            "name", "name_sort", "sex", "birth_date", "died_on", "id_number", "id_number_digest",
            "id_number_tail_digest", "phone", "phone_digest", "phone_tail_digest", "division_code",
        )  # fmt: skip
        import_id_fields = ("id_number_digest",)
        instance_loader_class = CachedPeople
        use_bulk = True
        batch_size = _BATCH
        skip_diff = True
        skip_html_diff = True
        report_skipped = False

    def __init__(self) -> None:
        super().__init__()
        county = default_county()
        villages = frozenset(Division.objects.villages().within(county).values_list("code", flat=True))
        self._reader = ResidentRows(county=county, villages=villages, as_of=clock.today())
        self._said: list[tuple[Person, ResidentRow]] = []
        self.refused: list[RefusedRow] = []

    def before_import(self, dataset: Any, **named: Any) -> None:
        # The library asks that the file has the column by which it looks persons up.
        dataset.append_col([None] * len(dataset), header="id_number_digest")

    def before_import_row(self, row: Any, **named: Any) -> None:
        cells = tuple(row.get(column) or "" for column in RESIDENT_COLUMNS)
        read = self._reader.read(Line(named["row_number"] + 1, cells, ""))
        row["read"] = read
        if isinstance(read, RefusedRow):
            self.refused.append(read)
            row["id_number_digest"] = b""
            return
        number, phone = read.id_number, read.phone
        row.update(
            name=read.name,
            name_sort=sort_key(read.name),
            sex=read.sex,
            birth_date=read.birth_date,
            died_on=read.died_on,
            id_number=number or None,
            id_number_digest=_digest(number),
            id_number_tail_digest=digest(number[-4:], Purpose.IDENTITY_NUMBER_TAIL) if number else None,
            phone=phone or None,
            phone_digest=digest(phone, Purpose.PHONE) if phone else None,
            phone_tail_digest=digest(phone[-4:], Purpose.PHONE_TAIL) if phone else None,
            division_code=read.division_code,
        )

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        return isinstance(row["read"], RefusedRow)

    def before_save_instance(self, instance: Any, row: Any, **named: Any) -> None:
        self._said.append((instance, row["read"]))

    def after_import(self, dataset: Any, result: Any, **named: Any) -> None:
        villages = {(read.household_village, read.household_number) for _person, read in self._said}
        known = {
            (household.division_code, household.number): household
            for household in Household.objects.all().iterator(_BATCH)
        }
        new = [Household(division_code=code, number=number) for code, number in villages - known.keys()]
        _keep(Household, new)
        known |= {(household.division_code, household.number): household for household in new}
        people = {
            bytes(person.id_number_digest): person for person, _read in self._said if person.id_number_digest
        }
        facts: dict[type[Any], list[Any]] = {}
        for person, read in self._said:
            for fact in _facts(person, read, known, people):
                fact.division_code = read.division_code
                facts.setdefault(type(fact), []).append(fact)
        for model, rows in facts.items():
            _keep(model, rows)


def _facts(
    person: Person, read: ResidentRow, households: dict[Any, Household], people: dict[bytes, Person]
) -> list[Any]:
    household = households[read.household_village, read.household_number]
    found: list[Any] = [
        Membership(person=person, household=household, relation=read.relation),
        Residence(person=person, place_code=read.residence_village),
        Hukou(person=person, hukou_type=read.hukou_type, place_code=read.hukou_village),
    ]
    if read.marital_state or read.spouse_number:
        key = _digest(read.spouse_number)
        spouse = people.get(key) if key else None
        found.append(
            MaritalFact(person=person, state=read.marital_state or None, spouse=spouse, spouse_digest=key)
        )
    for role, number, kind in (
        ("father", read.father_number, read.father_kind),
        ("mother", read.mother_number, read.mother_kind),
    ):
        if number:
            key = _digest(number)
            parent = people.get(key) if key else None
            found.append(Parentage(person=person, parent=parent, parent_digest=key, role=role, kind=kind))
    if read.disability_grade:
        found.append(Disability(person=person, grade=read.disability_grade))
    if read.certificate_number and read.certificate_issued_on:
        found.append(
            OnlyChildCertificate(
                person=person, number=read.certificate_number, issued_on=read.certificate_issued_on
            )
        )
    if read.employment_state or read.retired_on or read.employer_code:
        found.append(
            Employment(
                person=person,
                state=read.employment_state,
                retired_on=read.retired_on,
                employer_code=read.employer_code,
            )
        )
    if read.examination_year:
        found.append(ExaminationYear(person=person, year=read.examination_year))
    if read.account:
        key = digest(read.account, Purpose.BANK_ACCOUNT)
        found.append(BankAccount(person=person, bank=read.bank, account=read.account, account_digest=key))
    return found


def _digest(number: str) -> bytes | None:
    return digest(number, Purpose.IDENTITY_NUMBER) if number else None


def _keep(model: type[Any], rows: list[Any]) -> None:
    model._default_manager.bulk_create(rows, batch_size=_BATCH)


def bring_by_import_export(path: Path) -> PersonResource:
    """Take the file in at once; an error of the library ends the benchmark."""
    dataset = Dataset().load(path.read_text(encoding="utf-8-sig"), format="csv")
    with open_context(scope=default_county()), transaction.atomic():
        resource = PersonResource()
        resource.import_data(dataset, dry_run=False, raise_errors=True, use_transactions=False)
    return resource
