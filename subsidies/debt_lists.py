"""The register of debts as an address asks for it: the page and the file made of it show the same rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy

from offices.actors import Actor
from offices.listing import Column
from subsidies.debt_forms import DebtFilter
from subsidies.models import Debt
from subsidies.models.debts import DebtQuerySet

COLUMNS = (
    Column(gettext_lazy("Name"), "name", ("person__name_sort",)),
    Column(gettext_lazy("Village"), "village", ("division_code", "person__name_sort")),
    Column(gettext_lazy("Programme"), "programme", ("programme__order", "programme_id")),
    Column(gettext_lazy("Standing")),
    Column(gettext_lazy("Owed since"), "since", ("owed_since", "opened_on")),
    Column(gettext_lazy("For the year (yuan)"), "amount", ("annual_amount",), kind="number"),
    Column(gettext_lazy("Years before (yuan)"), "arrears", ("arrears_amount",), kind="number"),
    Column(gettext_lazy("Done last"), "done", ("last_deed_on",)),
    Column(gettext_lazy("Who answers for it")),
)


@dataclass(frozen=True, slots=True)
class DebtList:
    """All lines that an address lets through, and its filters."""

    rows: DebtQuerySet
    filters: DebtFilter

    @property
    def default_sort(self) -> str:
        """What is owed longest stands first."""
        return "since"


def debts_listed(*, actor: Actor, query: QueryDict) -> DebtList:
    """Lines within scope as the address has them filtered."""
    filters = DebtFilter(query or None, actor=actor)
    rows: Any = filters.narrow(Debt.objects.visible_to(actor))
    return DebtList(rows.select_related("person", "programme", "officer"), filters)
