"""Closed lists that every app needs."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from offices.tones import Tone


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


class ExportPurpose(models.TextChoices):
    """What a list or a sheet leaves the system for; a closed list, kept with the export."""

    ANNUAL_REVIEW = "annual_review", _("For the annual review")
    HOME_VISITS = "home_visits", _("To visit the families at home and check what is recorded")
    COMPARISON = "comparison", _("To compare with another office's register")
    REPORT = "report", _("To report to the office above")
    AUDIT = "audit", _("For an audit")
    CASE_FILE = "case_file", _("For the paper file of the person or family")
    PERSON_ASKED = "person_asked", _("The person asked for what is held about her")
    OTHER = "other", _("Something else, under a document number")


class ExportFormat(models.TextChoices):
    """How an exported file is written."""

    XLSX = "xlsx", _("Excel workbook (.xlsx)")
    CSV = "csv", _("Text with commas (.csv)")
    PDF = "pdf", _("Sheet to be printed (.pdf)")


class ExportState(models.TextChoices):
    """Life of an export: asked for, made, or refused."""

    WAITING = "waiting", pgettext_lazy("export", "Being made")
    READY = "ready", pgettext_lazy("export", "Made")
    REFUSED = "refused", pgettext_lazy("export", "Not made")

    @property
    def tone(self) -> Tone:
        """How the state looks on a page."""
        return {"waiting": Tone.WAITING, "ready": Tone.GOOD, "refused": Tone.BAD}[self.value]


class SuccessionKind(models.TextChoices):
    """How divisions change."""

    MERGE = "merge", pgettext_lazy("division", "Merged")
    SPLIT = "split", pgettext_lazy("division", "Split")
    TRANSFER = "transfer", pgettext_lazy("division", "Moved to another township")
    RENAME = "rename", pgettext_lazy("division", "Renamed")
