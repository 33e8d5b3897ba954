"""Who pays a benefit, as the pages say it: its funding shares, or whom its parameter names."""

from __future__ import annotations

import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from subsidies.models import PolicyVersion


class Payer(models.TextChoices):
    """Who may pay; an employer pays outside the office's budget."""

    EMPLOYER = "employer", pgettext_lazy("payer", "Employer, for those who have one")
    CENTRAL = "central", pgettext_lazy("funding source", "Central government")
    PROVINCE = "province", pgettext_lazy("funding source", "Province")
    CITY = "city", pgettext_lazy("funding source", "City")
    COUNTY = "county", pgettext_lazy("funding source", "County")
    TOWNSHIP = "township", pgettext_lazy("funding source", "Township")


def payers_of(version: PolicyVersion, day: datetime.date) -> list[str]:
    """Who pays on a day, in words; nobody where no money is paid."""
    codes = _stated(version, day) or [part["source"] for part in version.funding]
    return [str(Payer(code).label) for code in codes]


def is_paid_by_employers(version: PolicyVersion, day: datetime.date) -> bool:
    """Whether employers pay on a day for those who have one."""
    return Payer.EMPLOYER in _stated(version, day)


def _stated(version: PolicyVersion, day: datetime.date) -> list[str]:
    """Whom the parameter of a policy names on a day; nobody where it has none."""
    rows = version.parameters.get("payer", ())
    text = day.isoformat()
    stated = [row for row in rows if row["from"] <= text and (not row["to"] or row["to"] > text)] or rows[:1]
    return str(stated[0]["value"]).split(",") if stated else []


PARAMETER_NAMES = {
    "born_from": _("Born on or after"),
    "age": _("Age"),
    "child_age": _("Age of the child up to which it is paid"),
    "spouse_hukou_asked": _("The spouse's hukou is asked about"),
    "step_children_count": _("Step-children count"),
    "mildest_grade": _("Mildest grade of disability"),
    "documents": _("Papers"),
    "payer": _("Who pays"),
    "average_wage": _("City's average wage of the year (yuan)"),
    "wage_share": _("Share of the average wage"),
    "earliest_retirement_age": _("Earliest age of retirement"),
    "retired_from": _("Retired on or after"),
    "retired_until": _("Retired on or before"),
    "other_parents_certificate_counts": _("The other parent's certificate counts"),
    "collected_from_month": _("Month from which the next year's premium is collected"),
    "certificate_asked": _("The only-child certificate is asked for"),
    "insured_from_age": _("Age from which premiums are paid"),
    "pension_age": _("Age from which the pension is drawn"),
    "points": _("Points"),
    "school_age_from": _("Age of examinees, from"),
    "school_age_to": _("Age of examinees, to"),
}
"""What the pages call a dated parameter; a county's own is shown by its code."""
