"""Editions and their figures as pages, commands and prints read them."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.database.context import current_context
from offices.divisions import full_code
from offices.enums import DivisionLevel
from offices.errors import DomainError, NotAllowed
from offices.models import Division
from reports import policies
from reports.enums import EditionState, ReportKind, Suppression
from reports.models import Edition
from reports.months import read_month
from reports.selectors.figures import Figures, Value

_CENT = Decimal("0.01")


def reported_division(text: str) -> Division:
    """The county or township of a code of 6, 9 or 12 digits. Raises DomainError `division_not_reported`."""
    county = current_context().county
    try:
        code = full_code(text.strip())
    except ValueError:
        code = ""
    found = Division.objects.filter(pk=code, code__startswith=county).first()
    if found is None or found.level not in (DivisionLevel.COUNTY, DivisionLevel.TOWNSHIP):
        raise DomainError(
            "division_not_reported",
            _(
                "%(code)s is neither the county nor one of its townships, so there is no report of it. "
                "Give a code of 6, 9 or 12 digits."
            ),
            code=text,
        )
    return found


def division_within(actor: Actor, text: str) -> Division:
    """A reported division that the actor may see. Raises NotAllowed, DomainError `division_not_reported`."""
    found = reported_division(text)
    if not policies.may_see_reports(actor) or not actor.covers(found.pk):
        raise NotAllowed()
    return found


def newest_edition(*, actor: Actor, kind: str, period: str, division: str) -> Edition:
    """The newest edition of a period. Raises NotAllowed, DomainError `not_available_yet`,
    `month_form`, `division_not_reported`, `no_edition`.
    """
    if kind != ReportKind.MONTHLY:
        raise DomainError(
            "not_available_yet", _("This kind of report is not available yet; only the monthly one is.")
        )
    month = read_month(period)
    place = division_within(actor, division)
    found = Edition.objects.newest(kind=kind, period=str(month), division_code=place.pk)
    if found is None:
        raise DomainError(
            "no_edition",
            _("%(month)s has not been summarised for %(place)s yet. Summarise the month first."),
            month=str(month),
            place=place.name,
        )
    return found


def division_then(edition: Edition) -> Division:
    """The division of an edition under the name that it bore in the period."""
    division = Division.objects.select_related("parent").get(pk=edition.division_code)
    division.name = edition.division_name or division.name
    return division


def first_open_day() -> datetime.date | None:
    """The day after the last month that is locked anywhere: from then on the past may still change."""
    locked = Edition.objects.filter(kind=ReportKind.MONTHLY, state=EditionState.LOCKED)
    period = locked.order_by("-period").values_list("period", flat=True).first()
    return read_month(period).next_day if period else None


def figures_in(edition: Edition) -> Figures:
    """The figures of an edition by code: counts whole, yuan to the cent, suppressed ones as their mark."""
    return {
        code: Suppression(mark) if value is None else as_counted(code, value)
        for code, value, mark in edition.figures.values_list("code", "value", "suppression")
    }


def as_counted(code: str, value: Decimal) -> Value:
    """Yuan of table 2 as Decimal to the cent, everything else as a whole number."""
    return value.quantize(_CENT) if code.startswith("t2.") else int(value)


def plain_figures(figures: Mapping[str, Value]) -> dict[str, int | str]:
    """Figures for machines: counts as numbers, yuan as decimal strings, suppressed ones as their mark."""
    return {
        code: value if isinstance(value, int) else _said(value) for code, value in sorted(figures.items())
    }


def _said(value: Decimal | Suppression) -> str:
    return value.value if isinstance(value, Suppression) else str(value.quantize(_CENT))


def digest_of(*, kind: str, period: str, division_code: str, figures: Mapping[str, Value]) -> str:
    """SHA-256 of the figures in one canonical form: JSON with sorted keys and no spaces, as plain_figures."""
    canonical = {
        "division": division_code,
        "figures": plain_figures(figures),
        "kind": kind,
        "period": period,
    }
    text = json.dumps(canonical, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
