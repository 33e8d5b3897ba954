"""The dated facts of a person that pages and printed sheets show, in words.

Marital state and disability are not among them: rules alone read them.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households.models import (
    Absence,
    BankAccount,
    Employment,
    ExaminationYear,
    Hukou,
    InsuranceElsewhere,
    Lodging,
    Membership,
    OnlyChildCertificate,
    Person,
    Residence,
)
from households.selectors.places import names_of_places
from offices.database.context import county_scope, current_context
from offices.selectors.divisions import names_of_divisions


@dataclass(frozen=True, slots=True)
class KnownFact:
    """One fact in words, with the period it holds `[from_on, to_on)` and where it comes from."""

    label: str | Promise
    value: str | Promise
    from_on: datetime.date | None
    to_on: datetime.date | None
    source: str | Promise
    document: str
    is_current: bool


def facts_of(*, person: Person, on: datetime.date) -> list[KnownFact]:
    """Everything a page may show of a person's dated facts, those that hold on the day first."""
    homes = list(Residence.objects.filter(person=person))
    hukou = list(Hukou.objects.filter(person=person))
    away = list(Absence.objects.filter(person=person))
    rows: list[Any] = [*homes, *hukou, *away]
    places = names_of_places(row.place_code for row in rows)
    memberships, lodgings = _ties_of(person)
    villages = _villages_elsewhere(memberships)
    facts = [
        *(
            _known(
                _("Away from the county"),
                places.get(row.place_code) or row.place_code or _("place not known"),
                row,
                on,
            )
            for row in away
        ),
        *(_known(_("Lives in"), places.get(row.place_code, row.place_code), row, on) for row in homes),
        *(
            _known(
                _("Hukou"),
                f"{row.get_hukou_type_display()} · {places.get(row.place_code, row.place_code)}",
                row,
                on,
            )
            for row in hukou
        ),
        *(_known(_("Household"), _household_words(row, villages), row, on) for row in memberships),
        *(
            _known(_("Only-child certificate"), f"{row.number} · {row.issued_on:%Y-%m-%d}", row, on)
            for row in OnlyChildCertificate.objects.filter(person=person)
        ),
        *(
            _known(_("Employment"), _employment_words(row), row, on)
            for row in Employment.objects.filter(person=person)
        ),
        *(
            _known(_("Insured elsewhere"), row.get_scheme_display(), row, on)
            for row in InsuranceElsewhere.objects.filter(person=person)
        ),
        *(
            _known(_("Examination year"), str(row.year), row, on)
            for row in ExaminationYear.objects.filter(person=person)
        ),
        *(_known(_("Compound"), row.unit.name, row, on) for row in lodgings),
        *(
            _known(_("Bank account"), f"{row.bank} {row.account.masked}", row, on)
            for row in BankAccount.objects.filter(person=person)
        ),
    ]
    return sorted(facts, key=lambda fact: not fact.is_current)


def _ties_of(person: Person) -> tuple[list[Membership], list[Lodging]]:
    """To which households and compounds a person belongs or did: they stay where they are when she moves."""
    with county_scope():
        return (
            list(Membership.objects.filter(person=person).select_related("household")),
            list(Lodging.objects.filter(person=person).select_related("unit")),
        )


def _villages_elsewhere(memberships: Sequence[Membership]) -> dict[str, str]:
    """Names of the villages, beyond the reader's scope, of a person's households."""
    scope = current_context()
    codes = {row.household.division_code for row in memberships}
    return names_of_divisions(code for code in codes if not scope.sees(code))


def _household_words(row: Membership, villages: Mapping[str, str]) -> str:
    village = villages.get(row.household.division_code, "")
    return " · ".join(filter(None, (village, row.household.number, str(row.get_relation_display()))))


def _employment_words(row: Employment) -> str:
    words = [row.get_state_display() if row.state else "", row.employer_code]
    if row.retired_on:
        words.append(f"{_('Retired on')} {row.retired_on:%Y-%m-%d}")
    return " · ".join(filter(None, words))


def _known(label: str | Promise, value: str | Promise, row: Any, on: datetime.date) -> KnownFact:
    begun = row.from_on is None or row.from_on <= on
    return KnownFact(
        label=label,
        value=value,
        from_on=row.from_on,
        to_on=row.to_on,
        source=row.get_source_display(),
        document=row.document,
        is_current=begun and (row.to_on is None or row.to_on > on),
    )
