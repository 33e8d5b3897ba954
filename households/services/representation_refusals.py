"""What the database refuses of agents, guardians and heirs, in sentences."""

from __future__ import annotations

from django.db import DatabaseError, IntegrityError
from django.utils.translation import gettext_lazy as _

from households.models import Representation, Representative
from households.services.own_family import CONSTRAINT as OWN_FAMILY
from households.services.own_family import own_family
from offices.errors import DomainError

OFFICIAL = "no_official_is_paid_for_another"
_AFTER_PAYMENT = "heirs_who_are_paid_stay"
"""Names under which triggers refuse."""


def in_words(error: DatabaseError) -> Exception:
    """What the database refuses, as a sentence; another fault as it is."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    if name == OWN_FAMILY:
        return own_family()
    if name == OFFICIAL:
        return no_official()
    if name == _AFTER_PAYMENT:
        return DomainError(
            _AFTER_PAYMENT,
            _(
                "Heirs have been paid by this document, so it stays. What another document says is settled "
                "among the heirs or by the court."
            ),
        )
    for constraint in (*Representation._meta.constraints, *Representative._meta.constraints):
        if constraint.name == name and isinstance(error, IntegrityError):
            return DomainError(name, constraint.violation_error_message or str(error))
    return error


def no_official() -> DomainError:
    """The refusal of an account that belongs to somebody of the office."""
    return DomainError(
        OFFICIAL,
        _(
            "This person or account belongs to somebody who works here. Benefits of others never go there: "
            "let the family name another account."
        ),
    )
