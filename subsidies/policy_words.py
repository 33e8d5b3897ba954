"""What a policy's parameters are called, which values they may have, and how a value reads.

Which values a dated parameter may have is asked of the conditions that refer to it, so that a new
condition of the vocabulary brings its own; the few that are read elsewhere are named here.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from households.enums import EmploymentState, HukouType
from offices.templatetags.ui import day, yuan
from subsidies.documents import Document
from subsidies.models import PolicyVersion
from subsidies.payers import PARAMETER_NAMES, Payer
from subsidies.predicates import VOCABULARY
from subsidies.predicates.base import Codes, Day, DayOrNone, Kind, Whole, YesNo
from subsidies.predicates.families import Qualification
from subsidies.predicates.working import EmployerKind, Scheme
from subsidies.rule_editing import leaves_of, word_of

AMOUNTS = ("amount", "amount_rural", "amount_urban")


@dataclass(frozen=True, slots=True)
class Money:
    """Yuan to the cent, above zero."""

    def read(self, value: Any) -> Decimal:
        amount = Decimal(str(value))
        if amount <= 0 or amount != amount.quantize(Decimal("0.01")):
            raise ValueError(value)
        return amount


@dataclass(frozen=True, slots=True)
class Share:
    """A part of one, above nought and at most the whole."""

    def read(self, value: Any) -> Decimal:
        share = Decimal(str(value))
        if not 0 < share <= 1:
            raise ValueError(value)
        return share


_DAYS = Whole(1, 90)
READ_ELSEWHERE: dict[str, Kind] = {
    **dict.fromkeys(AMOUNTS, Money()),
    "documents": Codes(tuple(Document.values)),
    "payer": Codes(tuple(Payer.values)),
    "average_wage": Money(),
    "wage_share": Share(),
    "collected_from_month": Whole(1, 12),
    "points": Whole(1, 100),
    "days_village_review": _DAYS,
    "days_township_review": _DAYS,
    "days_county_review": _DAYS,
    "days_county_confirmation": _DAYS,
    "days_grant": _DAYS,
    "days_objection": _DAYS,
    "present_at_village_review": Whole(1, 20),
}
"""Dated parameters that the amounts, the checklist of papers, the pages and the time limits read."""

NAMES: dict[str, str | Promise] = {
    **PARAMETER_NAMES,
    "amount": gettext_lazy("Amount for everybody (yuan)"),
    "amount_rural": gettext_lazy("Amount for a rural hukou (yuan)"),
    "amount_urban": gettext_lazy("Amount for an urban hukou (yuan)"),
    "days_village_review": gettext_lazy("Working days for the village review"),
    "days_township_review": gettext_lazy("Working days for the township review"),
    "days_county_review": gettext_lazy("Working days for the first county review"),
    "days_county_confirmation": gettext_lazy("Working days for the county's confirmation"),
    "days_grant": gettext_lazy("Working days for the grant"),
    "days_objection": gettext_lazy("Working days to answer an objection"),
    "present_at_village_review": gettext_lazy("People present at the village review, at least"),
    "day": pgettext_lazy("parameter of a condition", "Day"),
    "years": gettext_lazy("Age in years"),
    "types": gettext_lazy("Kinds of hukou"),
    "asked": gettext_lazy("Whether it is asked"),
    "count": gettext_lazy("How many"),
    "step": gettext_lazy("Whether step-children count"),
    "severest": gettext_lazy("Severest grade"),
    "mildest": gettext_lazy("Mildest grade"),
    "other_parent": gettext_lazy("Whether the other parent's certificate counts"),
    "certificate": gettext_lazy("Whether the certificate is asked for"),
    "families": gettext_lazy("Kinds of families"),
    "states": gettext_lazy("States of employment"),
    "kinds_of_employer": gettext_lazy("Kinds of employers"),
    "first": gettext_lazy("First day of retirement"),
    "last": gettext_lazy("Last day of retirement"),
    "scheme": gettext_lazy("Insured in"),
}
_LISTS: tuple[type[models.TextChoices], ...] = (
    HukouType,
    Document,
    EmploymentState,
    EmployerKind,
    Payer,
    Qualification,
    Scheme,
)


def name_of(parameter: str) -> str:
    """A parameter in words; one that has none yet is called by its code."""
    return str(NAMES.get(parameter, parameter.replace("_", " ")))


def kinds_of(version: PolicyVersion, parameter: str) -> list[Kind]:
    """What values a dated parameter may have: what each condition asks that refers to it."""
    found = [READ_ELSEWHERE[parameter]] if parameter in READ_ELSEWHERE else []
    for kind in _asked_by_conditions(version.rule, parameter):
        if kind not in found:
            found.append(kind)
    return found


def _asked_by_conditions(tree: Mapping[str, Any], parameter: str) -> Iterator[Kind]:
    for leaf in leaves_of(tree):
        word = word_of(leaf)
        if word not in VOCABULARY or not isinstance(leaf[word], dict):
            continue
        for name, value in leaf[word].items():
            if value == {"parameter": parameter} and name in VOCABULARY[word].parameters:
                yield VOCABULARY[word].parameters[name]


def can_read(kind: Kind, value: Any) -> bool:
    """Whether a stored value is one that the kind may have."""
    try:
        kind.read(value)
    except (ArithmeticError, KeyError, TypeError, ValueError):
        return False
    return True


def label_of_code(known: tuple[str, ...], code: str) -> str:
    """A code of a closed list in words."""
    for choices in _LISTS:
        if set(known) <= set(choices.values):
            return str(choices(code).label)
    return code


def value_in_words(kinds: list[Kind], value: Any) -> str:
    """A stored value as a sentence has it; one that cannot be read, as it stands."""
    kind = kinds[0] if kinds else None
    if kind is None or not can_read(kind, value):
        return str(value)
    match read := kind.read(value):
        case bool():
            return _("yes") if read else _("no")
        case datetime.date():
            return day(read)
        case Decimal():
            return yuan(read) if isinstance(kind, Money) else f"{read * 100:.2f}%"
        case None:
            return _("No end")
        case tuple():
            known = kind.known if isinstance(kind, Codes) else ()
            return "、".join(label_of_code(known, code) for code in read)
    return str(read)


def example_of(code: str) -> str:
    """A condition of the vocabulary as a sentence, with some value in each place."""
    predicate = VOCABULARY[code]
    try:
        return predicate(
            **{name: _some_value(name, kind) for name, kind in predicate.parameters.items()}
        ).sentence()
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return code


def _some_value(name: str, kind: Kind) -> Any:
    match kind:
        case Whole():
            return kind.most if name == "mildest" else kind.least
        case Day() | DayOrNone():
            return "1960-01-01"
        case YesNo():
            return "yes"
        case Codes():
            return [kind.known[0]]
    return ""


__all__ = ["AMOUNTS", "NAMES", "can_read", "example_of", "kinds_of", "name_of", "value_in_words"]
