"""Closed lists that every app needs."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DivisionLevel(models.TextChoices):
    """Levels of the statistics bureau's division list."""

    PROVINCE = "province", _("Province")
    PREFECTURE = "prefecture", _("Prefecture")
    COUNTY = "county", _("County")
    TOWNSHIP = "township", _("Township")
    VILLAGE = "village", _("Village")


class UnitClass(models.TextChoices):
    """Kinds of townships and villages that the number ranges of division codes name."""

    SUB_DISTRICT = "sub_district", _("Sub-district")
    TOWN = "town", _("Town")
    TOWNSHIP = "township", _("Rural township")
    TOWNSHIP_LIKE = "township_like", _("Unit like a township")
    RESIDENTS_COMMITTEE = "residents_committee", _("Residents' committee")
    VILLAGE_COMMITTEE = "village_committee", _("Village committee")
    VILLAGE_LIKE = "village_like", _("Unit like a village")


class Role(models.TextChoices):
    """What somebody does in the office; a role is granted for a division and a period."""

    VILLAGE = "village", _("Village specialist")
    TOWNSHIP = "township", _("Township counter")
    TOWNSHIP_REVIEWER = "township-reviewer", _("Township reviewer")
    COUNTY_REVIEWER = "county-reviewer", _("County reviewer")
    COUNTY = "county", _("County administrator")
    FINANCE = "finance", _("Finance officer")
    CASHIER = "cashier", _("Cashier")
    CLINICIAN = "clinician", _("Clinician")
    AUDITOR = "auditor", _("Auditor")
    SYSTEM_ADMIN = "system-admin", _("System administrator")
    SECURITY_ADMIN = "security-admin", _("Security administrator")
    AUDIT_ADMIN = "audit-admin", _("Audit administrator")
    SYSTEM = "system", _("The installation itself")


class Channel(models.TextChoices):
    """The door through which an act came."""

    PAGE = "page", _("Page")
    COMMAND = "command", _("Command")
    TASK = "task", _("Background work")


class JobState(models.TextChoices):
    """Life of a long piece of work."""

    WAITING = "waiting", pgettext_lazy("work", "Waiting")
    RUNNING = "running", pgettext_lazy("work", "Running")
    DONE = "done", pgettext_lazy("work", "Done")
    FAILED = "failed", pgettext_lazy("work", "Failed")
    CANCELLED = "cancelled", pgettext_lazy("work", "Cancelled")
