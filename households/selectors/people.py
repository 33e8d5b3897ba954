"""What is known of people on a day: for the registry's own pages and for other apps.

Marital state and disability are not among it: rules alone read them. Who belongs to which household is
read at county scope, because a member may be served elsewhere than her household; of a member beyond the
scope that was open, nothing is told but relation, sex, year of birth and whether she lives.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from households.enums import ParentageKind, ParentRole, Relation, Sex
from households.models import (
    Absence,
    BankAccount,
    Household,
    Hukou,
    Membership,
    OnlyChildCertificate,
    Parentage,
    Person,
    Residence,
)
from households.models.facts import DatedFact
from households.selectors.places import names_of_places
from offices.database.context import county_scope, current_context
from offices.selectors.divisions import names_of_divisions

F = TypeVar("F", bound=DatedFact)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a household on a day; `age` in whole years, at death for the dead.

    `person` and what follows it are empty for whoever is served elsewhere.
    """

    relation: Relation
    sex: Sex
    birth_year: int
    is_living: bool
    person: Person | None = None
    age: int | None = None
    hukou: Hukou | None = None
    certificate: OnlyChildCertificate | None = None
    account: BankAccount | None = None
    lives_elsewhere: str = ""
    parents: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Relative:
    """A parent or child, since and until when, and where it comes from.

    `person` is None where she is served elsewhere or not yet known; `died_on` only of who is dead on the
    day asked about.
    """

    relation: str | Promise
    kind: str | Promise
    person: Person | None
    is_known: bool
    from_on: datetime.date | None
    to_on: datetime.date | None
    source: str | Promise
    document: str
    died_on: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class HouseholdLine:
    """A household in a list: its village, its living head and how many of it live, wherever each is served.

    `heads` are named within the reader's scope; `is_head_elsewhere`: a living head is beyond it.
    """

    household: Household
    village_name: str
    heads: Sequence[str] = field(default=())
    is_head_elsewhere: bool = False
    living: int = 0

    @property
    def is_without_head(self) -> bool:
        """Whether somebody lives in it and nobody is its head: the family has to be asked."""
        return self.living > 0 and not self.heads and not self.is_head_elsewhere

    @property
    def head(self) -> str:
        return head_in_words(self.heads, is_elsewhere=self.is_head_elsewhere, living=self.living)


def head_in_words(names: Sequence[str], *, is_elsewhere: bool, living: int) -> str:
    """Who is head of a household, or why nobody is named."""
    known = [*names, *([gettext("Served by another township")] if is_elsewhere else [])]
    if known:
        return "、".join(known)
    return gettext("Without a living head") if living else gettext("No living member")


def household_of(*, person: Person, on: datetime.date) -> Household | None:
    """The household to which a person belongs on a day, wherever in the county it is."""
    with county_scope():
        membership = Membership.objects.on(on).filter(person=person).select_related("household").first()
    return membership.household if membership else None


def is_away(*, person: Person, on: datetime.date) -> bool:
    """Whether a person lives outside every household of the county on a day."""
    return Absence.objects.on(on).filter(person=person).exists()


def members_of(*, household: Household, on: datetime.date) -> list[Member]:
    """The members of a household on a day, the head first, then by relation and age."""
    return members_by_household(households=[household], on=on)[household.pk]


def members_by_household(*, households: Sequence[Household], on: datetime.date) -> dict[UUID, list[Member]]:
    """The members of each household on a day, in the order of `members_of`, in six queries for all of them."""
    scope = current_context()
    with county_scope():
        memberships = list(
            Membership.objects.on(on)
            .filter(household__in=households, person__birth_date__lte=on, person__merged_into=None)
            .select_related("person")
        )
    people = [row.person for row in memberships if scope.sees(row.person.division_code)]
    seen = _seen_members(people, {household.pk: household for household in households}, memberships, on)
    order = {relation: place for place, relation in enumerate(Relation.values)}
    members: dict[UUID, list[Member]] = {household.pk: [] for household in households}
    for row in sorted(
        memberships, key=lambda row: (order[row.relation], row.person.birth_date, row.person_id)
    ):
        members[row.household_id].append(seen.get(row.person_id) or Member(**_seen_by_all(row, on)))
    return members


def _seen_members(
    people: Sequence[Person],
    households: Mapping[UUID, Household],
    memberships: Sequence[Membership],
    on: datetime.date,
) -> dict[UUID, Member]:
    """Those of the members whom the reader may see, with what is known of them."""
    hukou = _by_person(Hukou, people, on)
    certificates = _by_person(OnlyChildCertificate, people, on)
    accounts = _by_person(BankAccount, people, on)
    homes = _by_person(Residence, people, on)
    parents = _parents_among(people, on)
    places = names_of_places(home.place_code for home in homes.values())
    seen = {person.pk for person in people}
    members = {}
    for row in memberships:
        if row.person_id not in seen:
            continue
        home = homes.get(row.person_id)
        is_elsewhere = home is not None and home.place_code != households[row.household_id].division_code
        members[row.person_id] = Member(
            **_seen_by_all(row, on),
            person=row.person,
            age=row.person.age_shown_on(on),
            hukou=hukou.get(row.person_id),
            certificate=certificates.get(row.person_id),
            account=accounts.get(row.person_id),
            lives_elsewhere=places.get(home.place_code, home.place_code) if home and is_elsewhere else "",
            parents=parents.get(row.person_id, ()),
        )
    return members


def _seen_by_all(row: Membership, on: datetime.date) -> dict[str, Any]:
    """What a household tells of each of its members to whoever serves the household."""
    return {
        "relation": Relation(row.relation),
        "sex": Sex(row.person.sex),
        "birth_year": row.person.birth_date.year,
        "is_living": row.person.died_by(on) is None,
    }


def household_lines(households: Sequence[Household], *, on: datetime.date) -> list[HouseholdLine]:
    """What a list shows of each household, in two queries for all of them."""
    scope = current_context()
    villages = names_of_divisions(household.division_code for household in households)
    heads: dict[UUID, list[str]] = defaultdict(list)
    elsewhere: set[UUID] = set()
    living: dict[UUID, int] = defaultdict(int)
    for household_id, relation, name, code in _living_members(households, on):
        living[household_id] += 1
        if relation == Relation.HEAD and scope.sees(code):
            heads[household_id].append(name)
        elif relation == Relation.HEAD:
            elsewhere.add(household_id)
    return [
        HouseholdLine(
            household=household,
            village_name=villages.get(household.division_code, household.division_code),
            heads=heads[household.pk],
            is_head_elsewhere=household.pk in elsewhere,
            living=living[household.pk],
        )
        for household in households
    ]


def _living_members(households: Sequence[Household], on: datetime.date) -> list[tuple[UUID, str, str, str]]:
    """Household, relation, name and serving village of all who live on a day, the oldest first."""
    members = Membership.objects.on(on).filter(
        Q(person__died_on=None) | Q(person__died_on__gt=on),
        household__in=households,
        person__merged_into=None,
        person__birth_date__lte=on,
    )
    with county_scope():
        return list(
            members.order_by("person__birth_date").values_list(
                "household_id", "relation", "person__name", "person__division_code"
            )
        )


def relatives_of(*, person: Person, on: datetime.date) -> list[Relative]:
    """Parents and children as recorded on a day; whoever is served elsewhere is not named."""
    parents = Parentage.objects.on(on).filter(person=person).select_related("parent")
    children = Parentage.objects.on(on).filter(parent=person).select_related("person")
    scope = current_context()
    with county_scope():
        told = [
            *((row, ParentRole(row.role).label, row.parent) for row in parents.order_by("role", "kind")),
            *(
                (row, _("Son") if row.person.sex == Sex.MALE else _("Daughter"), row.person)
                for row in children.order_by("person__birth_date", "person_id")
            ),
        ]
    return [
        _relative(row, relation, relative if relative and scope.sees(relative.division_code) else None, on)
        for row, relation, relative in told
    ]


def _relative(row: Parentage, relation: str | Promise, person: Person | None, on: datetime.date) -> Relative:
    return Relative(
        relation=relation,
        kind=ParentageKind(row.kind).label,
        person=person,
        is_known=row.parent_id is not None,
        from_on=row.from_on,
        to_on=row.to_on,
        source=row.get_source_display(),
        document=row.document if person or row.parent_id is None else "",
        died_on=person.died_by(on) if person else None,
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
