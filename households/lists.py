"""The registry's lists as an address asks for them: the page and the file made of it show the same rows."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from households.enums import Relation
from households.forms import HouseholdFilterForm
from households.models import Household, Membership, RegistryTask, Visit
from households.models.people import HouseholdQuerySet
from households.models.tasks import RegistryTaskQuerySet
from households.models.visits import VisitQuerySet
from households.outreach_forms import MigrantFilterForm
from households.selectors.migrants import Side, migrants
from households.visit_forms import VisitFilterForm
from offices.actors import Actor
from offices.enums import Role
from offices.listing import Column

HOUSEHOLD_COLUMNS = (
    Column(_("Village"), key="village", order=("division_code", "number")),
    Column(_("Household number"), key="number", order=("number", "division_code")),
    Column(_("Head")),
    Column(_("Living members"), kind="number"),
)
# Ordering by a name of another table is affordable within one village only.
HOUSEHOLD_COLUMNS_IN_VILLAGE = (
    *HOUSEHOLD_COLUMNS[:2],
    Column(_("Head"), key="head", order=("head_sort", "number")),
    HOUSEHOLD_COLUMNS[3],
)
TASK_COLUMNS = (
    Column(_("What to ask")),
    Column(_("Household number")),
    Column(_("Village"), key="village", order=("division_code",)),
    Column(_("Since"), key="since", order=("opened_on",)),
)
VISIT_COLUMNS = (
    Column(_("Day"), key="day", order=("visited_on",)),
    Column(_("Household"), key="village", order=("division_code", "visited_on")),
    Column(_("Whom")),
    Column(pgettext_lazy("visit", "Why")),
    Column(_("Result")),
    Column(pgettext_lazy("visit", "Next"), key="next", order=("next_on",)),
    Column(_("Recorded by")),
    Column("", kind="actions"),
)
_OTHER_PLACE = {Side.LIVES_HERE: _("Hukou place"), Side.LIVES_ELSEWHERE: _("Lives in")}


@dataclass(frozen=True, slots=True)
class HouseholdList:
    """All households that an address lets through, and how their list is ordered."""

    rows: HouseholdQuerySet
    columns: Sequence[Column]
    default_sort: str
    filters: HouseholdFilterForm
    has_one_village: bool


def households_listed(*, actor: Actor, query: QueryDict, on: datetime.date) -> HouseholdList:
    """Households within scope: by village and number, within one village by the head's name."""
    filters = HouseholdFilterForm(query or None, actor=actor)
    rows = filters.narrow(Household.objects.visible_to(actor))
    has_one_village = bool(filters.chosen_village) or actor.role == Role.VILLAGE
    if has_one_village:
        head = Membership.objects.on(on).filter(household=OuterRef("pk"), relation=Relation.HEAD)
        rows = rows.annotate(head_sort=Subquery(head.values("person__name_sort")[:1]))
    return HouseholdList(
        rows=rows,
        columns=HOUSEHOLD_COLUMNS_IN_VILLAGE if has_one_village else HOUSEHOLD_COLUMNS,
        default_sort="head" if has_one_village else "village",
        filters=filters,
        has_one_village=has_one_village,
    )


def open_tasks(*, actor: Actor) -> RegistryTaskQuerySet:
    """Open tasks within scope, with their households."""
    return RegistryTask.objects.visible_to(actor).open().select_related("household")


@dataclass(frozen=True, slots=True)
class VisitList:
    """All visits that an address lets through, and how their list is ordered."""

    rows: VisitQuerySet
    columns: Sequence[Column]
    default_sort: str
    filters: VisitFilterForm


def visits_listed(*, actor: Actor, query: QueryDict, on: datetime.date) -> VisitList:
    """Visits within scope, newest first; of the due ones the oldest promise first."""
    filters = VisitFilterForm(query or None, actor=actor)
    rows = filters.narrow(Visit.objects.visible_to(actor), on)
    return VisitList(
        rows=rows.select_related("person", "recorded_by"),
        columns=VISIT_COLUMNS,
        default_sort="next" if query.get("show") == "due" else "-day",
        filters=filters,
    )


@dataclass(frozen=True, slots=True)
class MigrantList:
    """Hukou or homes of all migrants that an address lets through, and how their list is ordered."""

    rows: QuerySet[Any]
    columns: Sequence[Column]
    default_sort: str
    filters: MigrantFilterForm
    is_elsewhere: bool


def migrants_listed(*, actor: Actor, query: QueryDict, on: datetime.date) -> MigrantList:
    """Who lives here with hukou elsewhere, or has hukou here and lives in another county."""
    filters = MigrantFilterForm(query or None, actor=actor)
    asked = filters.cleaned_data if filters.is_bound and filters.is_valid() else {}
    is_elsewhere = asked.get("which") == "elsewhere"
    side = Side.LIVES_ELSEWHERE if is_elsewhere else Side.LIVES_HERE
    return MigrantList(
        rows=migrants(
            actor=actor,
            side=side,
            on=on,
            place=asked.get("place", ""),
            within_county=asked.get("which") == "county",
        ),
        columns=(
            Column(_("Name"), key="name", order=("person__name_sort",)),
            Column(_("Served in"), key="village", order=("division_code", "person__name_sort")),
            Column(_OTHER_PLACE[side], key="place", order=("place_code", "person__name_sort")),
            Column(_("Who serves them")),
        ),
        default_sort="village",
        filters=filters,
        is_elsewhere=is_elsewhere,
    )
