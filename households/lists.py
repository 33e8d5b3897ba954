"""The registry's lists as an address asks for them: the page and the file made of it show the same rows."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from households.enums import Relation
from households.forms import HouseholdFilterForm
from households.models import Household, Membership, RegistryTask
from households.models.people import HouseholdQuerySet
from households.models.tasks import RegistryTaskQuerySet
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
