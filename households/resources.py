"""Which of the registry's lists leave as a file, and their columns: what their pages show, nothing else.

Numbers and accounts are masked, and what rules alone read is in no column.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from households.enums import EntryState
from households.lists import (
    TASK_COLUMNS,
    HouseholdList,
    MigrantList,
    VisitList,
    households_listed,
    migrants_listed,
    open_tasks,
    visits_listed,
)
from households.models import Household, Hukou, Person, RegistryTask
from households.policies import may_export_families
from households.selectors.migrants import migrant_lines
from households.selectors.people import HouseholdLine, Member, household_lines, members_by_household
from households.selectors.visits import VisitLine, visit_lines
from offices.actors import Actor
from offices.errors import DomainError
from offices.exports import Listed, ListExport, ListResource, ReadRecords, column
from offices.listing import filters_in_words, in_order
from offices.selectors.divisions import names_of_divisions


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member of a household with where the household is."""

    village_name: str
    household: Household
    member: Member


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A household to be put in order with where it is."""

    task: RegistryTask
    village_name: str


class HouseholdResource(ListResource):
    """The list of families, a row each."""

    village = column(_("Village"), lambda line: line.village_name)
    number = column(_("Household number"), lambda line: line.household.number)
    head = column(_("Head"), lambda line: line.head)
    living = column(_("Living members"), lambda line: line.living)

    def lines(self, records: Sequence[Any]) -> list[HouseholdLine]:
        return household_lines(records, on=self.on)


class MemberResource(ListResource):
    """The members of the families of one village, a row each, as the family's page shows them."""

    village = column(_("Village"), lambda line: line.village_name)
    number = column(_("Household number"), lambda line: line.household.number)
    name = column(
        _("Name"),
        lambda line: line.member.person.name if line.member.person else gettext("Served by another township"),
    )
    relation = column(_("Relation"), lambda line: line.member.relation.label)
    sex = column(_("Sex"), lambda line: line.member.sex.label)
    age = column(_("Age"), lambda line: line.member.age)
    born_on = column(
        _("Born on"),
        lambda line: line.member.person.birth_date if line.member.person else str(line.member.birth_year),
    )
    died_on = column(_("Died on"), lambda line: _died(line.member))
    id_number = column(
        _("Identity number"),
        lambda line: _masked(line.member.person.id_number) if line.member.person else "",
    )
    hukou = column(
        _("Hukou"), lambda line: line.member.hukou.get_hukou_type_display() if line.member.hukou else ""
    )
    home = column(_("Lives in"), lambda line: line.member.lives_elsewhere)
    parents = column(_("Child of"), lambda line: "、".join(line.member.parents))
    certificate = column(
        _("Only-child certificate"),
        lambda line: line.member.certificate.number if line.member.certificate else "",
    )
    bank = column(_("Bank"), lambda line: line.member.account.bank if line.member.account else "")
    account = column(
        _("Bank account"), lambda line: _masked(line.member.account.account) if line.member.account else ""
    )

    def lines(self, records: Sequence[Any]) -> Iterator[MemberLine]:
        members = members_by_household(households=records, on=self.on)
        villages = names_of_divisions(household.division_code for household in records)
        people = [member.person.pk for of in members.values() for member in of if member.person]
        if people:
            self.reads.append((Person._meta.label_lower, tuple(people)))
        for household in records:
            village = villages.get(household.division_code, household.division_code)
            for member in members[household.pk]:
                yield MemberLine(village, household, member)


class TaskResource(ListResource):
    """Households to be put in order."""

    what = column(_("What to ask"), lambda line: line.task.get_kind_display())
    number = column(
        _("Household number"), lambda line: line.task.household.number if line.task.household else ""
    )
    village = column(_("Village"), lambda line: line.village_name)
    since = column(_("Since"), lambda line: line.task.opened_on)

    def lines(self, records: Sequence[Any]) -> list[TaskLine]:
        villages = names_of_divisions(task.division_code for task in records)
        return [TaskLine(task, villages.get(task.division_code, task.division_code)) for task in records]

    def shown(self, records: Sequence[Any]) -> ReadRecords:
        return Household._meta.label_lower, tuple(task.household_id for task in records if task.household_id)


class VisitResource(ListResource):
    """Visits that the office made, a row each, as their page shows them."""

    day = column(_("Day"), lambda line: line.visit.visited_on)
    village = column(_("Village"), lambda line: line.village_name)
    number = column(_("Household number"), lambda line: line.household.number)
    whom = column(_("Whom"), lambda line: line.whom)
    why = column(
        pgettext_lazy("visit", "Why"),
        lambda line: " · ".join(filter(None, (str(line.purpose.label), line.about))),
    )
    result = column(
        _("Result"),
        lambda line: (line.result if line.state == EntryState.RECORDED else line.state).label,
    )
    next_step = column(pgettext_lazy("visit", "Next"), lambda line: line.visit.get_next_step_display())
    next_on = column(_("Due on"), lambda line: line.visit.next_on)
    by = column(_("By"), lambda line: line.visit.recorded_by.name)

    def lines(self, records: Sequence[Any]) -> list[VisitLine]:
        return visit_lines(records, on=self.on)

    def shown(self, records: Sequence[Any]) -> ReadRecords:
        return Household._meta.label_lower, tuple(visit.household_id for visit in records)


@dataclass(frozen=True, slots=True)
class MigrantRow:
    """Somebody whose home and hukou are apart, with both places in words."""

    name: str
    served_in: str
    hukou_place: str
    lives_in: str
    specialists: str


class MigrantResource(ListResource):
    """Migrants by place and nothing else, a row each; who lives in the county is served where she lives."""

    name = column(_("Name"), lambda line: line.name)
    served_in = column(_("Served in"), lambda line: line.served_in)
    hukou_place = column(_("Hukou place"), lambda line: line.hukou_place)
    lives_in = column(_("Lives in"), lambda line: line.lives_in)
    specialists = column(_("Who serves them"), lambda line: line.specialists)

    def lines(self, records: Sequence[Any]) -> Iterator[MigrantRow]:
        for fact, line in zip(records, migrant_lines(records, on=self.on), strict=True):
            places = (line.other_place, line.village_name)
            hukou, home = places if isinstance(fact, Hukou) else reversed(places)
            yield MigrantRow(line.person.name, line.village_name, hukou, home, line.specialists)

    def shown(self, records: Sequence[Any]) -> ReadRecords:
        return Person._meta.label_lower, tuple(fact.person_id for fact in records)


def _died(member: Member) -> datetime.date | str | None:
    """The day of death; of who is served elsewhere, only that she is dead."""
    if member.person:
        return member.person.died_on
    return "" if member.is_living else gettext("deceased")


def _masked(sealed: Any) -> str:
    return sealed.masked if sealed else ""


def _listed(found: HouseholdList | VisitList | MigrantList, query: QueryDict) -> Listed:
    """A page lets everything through where it cannot follow a filter; a file must not."""
    if found.filters.is_bound and not found.filters.is_valid():
        raise DomainError(
            "filters_not_understood",
            _(
                "The list's filters cannot be followed. Go back to the list, set them anew and export it then."
            ),
        )
    rows = in_order(found.rows, query=query, columns=found.columns, default_sort=found.default_sort)
    return Listed(rows, filters_in_words(found.filters))


def _households(actor: Actor, query: QueryDict, on: datetime.date) -> Listed:
    return _listed(households_listed(actor=actor, query=query, on=on), query)


def _visits(actor: Actor, query: QueryDict, on: datetime.date) -> Listed:
    return _listed(visits_listed(actor=actor, query=query, on=on), query)


def _migrants(actor: Actor, query: QueryDict, on: datetime.date) -> Listed:
    return _listed(migrants_listed(actor=actor, query=query, on=on), query)


def _members(actor: Actor, query: QueryDict, on: datetime.date) -> Listed:
    if not households_listed(actor=actor, query=query, on=on).has_one_village:
        raise DomainError(
            "village_not_chosen",
            _("The members of families are exported village by village. Choose a village in the list first."),
        )
    return _households(actor, query, on)


def _tasks(actor: Actor, query: QueryDict, on: datetime.date) -> Listed:
    return Listed(in_order(open_tasks(actor=actor), query=query, columns=TASK_COLUMNS, default_sort="since"))


LISTS = {
    "families": ListExport(
        code="households.families",
        label=_("List of families"),
        policy=may_export_families,
        rows=_households,
        resource=HouseholdResource,
    ),
    "members": ListExport(
        code="households.members",
        label=_("Members of the families of a village"),
        policy=may_export_families,
        rows=_members,
        resource=MemberResource,
        counted=_("Families"),
    ),
    "tasks": ListExport(
        code="households.tasks",
        label=_("Households to put in order"),
        policy=may_export_families,
        rows=_tasks,
        resource=TaskResource,
    ),
    "visits": ListExport(
        code="households.visits",
        label=_("Visits"),
        policy=may_export_families,
        rows=_visits,
        resource=VisitResource,
    ),
    "migrants": ListExport(
        code="households.migrants",
        label=_("Migrants"),
        policy=may_export_families,
        rows=_migrants,
        resource=MigrantResource,
    ),
}
"""By their word in the address."""
