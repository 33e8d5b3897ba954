"""The register of debts as a file: the columns of its page, and no number of a person."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from households.models import Person
from offices.actors import Actor
from offices.errors import DomainError
from offices.exports import Listed, ListExport, ListResource, ReadRecords, column
from offices.listing import filters_in_words, in_order
from subsidies.debt_lists import COLUMNS, debts_listed
from subsidies.policies import may_see_debts
from subsidies.selectors.debts import DebtLine, debt_lines


def _yuan(value: Any) -> str:
    return "" if value is None else str(value)


class DebtResource(ListResource):
    """Lines of the register, a row each."""

    name = column(_("Name"), lambda line: line.debt.person.name)
    village = column(_("Village"), lambda line: line.village_name)
    programme = column(_("Programme"), lambda line: line.debt.programme.name)
    standing = column(_("Standing"), lambda line: line.standing)
    lacking = column(_("What is missing"), lambda line: line.lacking)
    since = column(_("Owed since"), lambda line: line.debt.since)
    days = column(_("Days"), lambda line: line.days)
    amount = column(_("For the year (yuan)"), lambda line: _yuan(line.debt.annual_amount))
    arrears = column(_("Years before (yuan)"), lambda line: _yuan(line.debt.arrears_amount))
    done = column(_("Done last"), lambda line: line.done)
    done_on = column(_("On"), lambda line: line.debt.last_deed_on)
    officer = column(_("Who answers for it"), lambda line: line.officer)

    def lines(self, records: Sequence[Any]) -> list[DebtLine]:
        return debt_lines(records, on=self.on)

    def shown(self, records: Sequence[Any]) -> ReadRecords:
        return Person._meta.label_lower, tuple(debt.person_id for debt in records)


def _rows(actor: Actor, query: QueryDict, on: datetime.date) -> Listed:
    listed = debts_listed(actor=actor, query=query)
    if listed.filters.is_bound and not listed.filters.is_valid():
        raise DomainError(
            "filters_not_understood",
            _(
                "The list's filters cannot be followed. Go back to the list, set them anew and export it then."
            ),
        )
    rows = in_order(listed.rows, query=query, columns=COLUMNS, default_sort=listed.default_sort)
    return Listed(rows, filters_in_words(listed.filters))


DEBT_EXPORT = ListExport(
    code="subsidies.debts",
    label=_("Register of debts"),
    policy=may_see_debts,
    rows=_rows,
    resource=DebtResource,
)
