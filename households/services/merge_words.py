"""Dated facts in words, for whoever decides which of two records is right."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

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
    Parentage,
    Residence,
)
from offices.actors import Actor
from offices.selectors.divisions import names_of_divisions


def fact_words(*, actor: Actor, row: Any) -> str:
    """What a fact says, in the words of the person's page; kin served elsewhere are not named."""
    match row:
        case Membership():
            return f"{row.household.number} · {row.get_relation_display()}"
        case Residence() | Absence():
            return _place(row.place_code)
        case Hukou():
            return f"{row.get_hukou_type_display()} · {_place(row.place_code)}"
        case Parentage():
            return f"{row.get_role_display()} · {_parent(actor, row)}"
        case OnlyChildCertificate():
            return f"{row.number} · {row.issued_on:%Y-%m-%d}"
        case Employment():
            return " · ".join(filter(None, [row.state and row.get_state_display(), row.employer_code]))
        case Lodging():
            return row.unit.name
        case ExaminationYear():
            return str(row.year)
        case InsuranceElsewhere():
            return row.get_scheme_display()
        case BankAccount():
            return f"{row.bank} {row.account.masked}"
    return ""


def _place(code: str) -> str:
    return names_of_divisions([code]).get(code, code)


def _parent(actor: Actor, row: Parentage) -> str:
    if row.parent is None:
        return _("Named by a number that is not in the registry yet")
    if not actor.covers(row.parent.division_code):
        return _("Served by another township")
    return row.parent.name
