"""Closed lists of reports."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ReportKind(models.TextChoices):
    MONTHLY = "monthly", _("Monthly report")
    ANNUAL = "annual", _("Annual report")


class EditionState(models.TextChoices):
    COMPUTED = "computed", pgettext_lazy("edition", "Computed")
    SUBMITTED = "submitted", pgettext_lazy("edition", "Submitted")
    ACCEPTED = "accepted", pgettext_lazy("edition", "Accepted")
    LOCKED = "locked", pgettext_lazy("edition", "Locked")
