"""What is known of people on a day: for the registry's own pages and for other apps.

Marital state and disability are not among it: rules alone read them.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households.enums import ParentageKind, ParentRole, Relation, Sex
from households.models import (
    Absence,
    BankAccount,
    Employment,
    Household,
    Hukou,
    InsuranceElsewhere,
    Membership,
    OnlyChildCertificate,
    Parentage,
    Person,
    Residence,
)
from households.models.facts import DatedFact
from households.selectors.places import names_of_places
from offices.selectors.divisions import names_of_divisions

F = TypeVar("F", bound=DatedFact)


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


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a household on a day; `age` in whole years, at death for the dead."""

    person: Person
    relation: Relation
    age: int
    is_living: bool
    hukou: Hukou | None
    certificate: OnlyChildCertificate | None
    account: BankAccount | None
    lives_elsewhere: str
    parents: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Relative:
    """A parent or child. `person` is None where she is served elsewhere or not yet known.

    `died_on` only of who is dead on the day asked about.
    """

    relation: str | Promise
    kind: str | Promise
    person: Person | None
    is_known: bool
    died_on: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class HouseholdLine:
    """A household in a list: its village, its living head and how many live in it."""

    household: Household
    village_name: str
    heads: Sequence[str] = field(default=())
    living: int = 0


def household_of(*, person: Person, on: datetime.date) -> Household | None:
    """The household to which a person belongs on a day."""
    membership = Membership.objects.on(on).filter(person=person).select_related("household").first()
    return membership.household if membership else None


def members_of(*, household: Household, on: datetime.date) -> list[Member]:
    """The members of a household on a day, the head first, then by relation and age."""
    return members_by_household(households=[household], on=on)[household.pk]


def members_by_household(*, households: Sequence[Household], on: datetime.date) -> dict[UUID, list[Member]]:
    """The members of each household on a day, in the order of `members_of`, in six queries for all of them."""
    memberships = list(
        Membership.objects.on(on)
        .filter(household__in=households, person__birth_date__lte=on)
        .select_related("person")
    )
    people = [membership.person for membership in memberships]
    hukou = _by_person(Hukou, people, on)
    certificates = _by_person(OnlyChildCertificate, people, on)
    accounts = _by_person(BankAccount, people, on)
    homes = _by_person(Residence, people, on)
    parents = _parents_among(people, on)
    places = names_of_places(home.place_code for home in homes.values())
    villages = {household.pk: household.division_code for household in households}
    order = {relation: place for place, relation in enumerate(Relation.values)}
    members: dict[UUID, list[Member]] = {household.pk: [] for household in households}
    for membership in sorted(
        memberships, key=lambda row: (order[row.relation], row.person.birth_date, row.person_id)
    ):
        person = membership.person
        home = homes.get(person.pk)
        is_elsewhere = home is not None and home.place_code != villages[membership.household_id]
        members[membership.household_id].append(
            Member(
                person=person,
                relation=Relation(membership.relation),
                age=person.age_shown_on(on),
                is_living=person.died_by(on) is None,
                hukou=hukou.get(person.pk),
                certificate=certificates.get(person.pk),
                account=accounts.get(person.pk),
                lives_elsewhere=(
                    places.get(home.place_code, home.place_code) if home and is_elsewhere else ""
                ),
                parents=parents.get(person.pk, ()),
            )
        )
    return members


def household_lines(households: Sequence[Household], *, on: datetime.date) -> list[HouseholdLine]:
    """What a list shows of each household, in three queries for all of them."""
    villages = names_of_divisions(household.division_code for household in households)
    heads: dict[UUID, list[str]] = defaultdict(list)
    living: dict[UUID, int] = defaultdict(int)
    members = (
        Membership.objects.on(on)
        .filter(
            Q(person__died_on=None) | Q(person__died_on__gt=on),
            household__in=households,
            person__merged_into=None,
            person__birth_date__lte=on,
        )
        .order_by("person__birth_date")
        .values_list("household_id", "relation", "person__name")
    )
    for household_id, relation, name in members:
        living[household_id] += 1
        if relation == Relation.HEAD:
            heads[household_id].append(name)
    return [
        HouseholdLine(
            household=household,
            village_name=villages.get(household.division_code, household.division_code),
            heads=heads[household.pk],
            living=living[household.pk],
        )
        for household in households
    ]


def relatives_of(*, person: Person, on: datetime.date) -> list[Relative]:
    """Parents and children as recorded on a day; whoever is served elsewhere is not named."""
    relatives = [
        Relative(
            relation=ParentRole(row.role).label,
            kind=ParentageKind(row.kind).label,
            # The join leaves out whom the row-level policy hides.
            person=row.parent,
            is_known=row.parent_id is not None,
            died_on=row.parent.died_by(on) if row.parent else None,
        )
        for row in Parentage.objects.on(on)
        .filter(person=person)
        .select_related("parent")
        .order_by("role", "kind")
    ]
    children = Parentage.objects.on(on).filter(parent=person).select_related("person")
    relatives += [
        Relative(
            relation=_("Son") if row.person.sex == Sex.MALE else _("Daughter"),
            kind=ParentageKind(row.kind).label,
            person=row.person,
            is_known=True,
            died_on=row.person.died_by(on),
        )
        for row in children.order_by("person__birth_date", "person_id")
    ]
    return relatives


def facts_of(*, person: Person, on: datetime.date) -> list[KnownFact]:
    """Everything a page may show of a person's dated facts, those that hold on the day first."""
    homes = list(Residence.objects.filter(person=person))
    hukou = list(Hukou.objects.filter(person=person))
    away = list(Absence.objects.filter(person=person))
    rows: list[Any] = [*homes, *hukou, *away]
    places = names_of_places(row.place_code for row in rows)
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
        *(
            _known(
                _("Household"),
                f"{row.household.number} · {row.get_relation_display()}",
                row,
                on,
            )
            for row in Membership.objects.filter(person=person).select_related("household")
        ),
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
            _known(_("Bank account"), f"{row.bank} {row.account.masked}", row, on)
            for row in BankAccount.objects.filter(person=person)
        ),
    ]
    return sorted(facts, key=lambda fact: not fact.is_current)


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


def _by_person(model: type[F], people: Sequence[Person], on: datetime.date) -> dict[UUID, F]:
    rows: Iterable[Any] = model.objects.on(on).filter(person__in=people)
    return {row.person_id: row for row in rows}


def _parents_among(people: Sequence[Person], on: datetime.date) -> dict[UUID, list[str]]:
    """Names of the parents who are visible, by child."""
    names: dict[UUID, list[str]] = defaultdict(list)
    for row in (
        Parentage.objects.on(on)
        .filter(person__in=people, parent__isnull=False)
        .values_list("person_id", "parent__name")
    ):
        if row[1]:
            names[row[0]].append(row[1])
    return names
