"""Closed lists of programmes, their policies and what an assessment says."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from offices.tones import Tone


class Unit(models.TextChoices):
    PERSON = "person", pgettext_lazy("unit", "Person")
    HOUSEHOLD = "household", _("Household")


class ProgrammeKind(models.TextChoices):
    CASH = "cash", _("Cash")
    PREMIUM = "premium", _("Premium paid on behalf")
    POINTS = "points", _("Points list")
    AWARD = "award", _("Award by selection")
    LETTER = "letter", _("Priority letter")


PAID_KINDS = (ProgrammeKind.CASH, ProgrammeKind.PREMIUM, ProgrammeKind.AWARD)
"""Programmes whose money leaves by a payment batch."""
LISTED_KINDS = (ProgrammeKind.PREMIUM, ProgrammeKind.POINTS)
"""Programmes whose cases may go by list; of cash to an account a person decides each."""


class Frequency(models.TextChoices):
    """For what period one amount is."""

    YEARLY = "yearly", _("Yearly")
    MONTHLY = "monthly", _("Monthly")
    ONCE = "once", _("Once")
    ON_REQUEST = "request", _("On request")


FREQUENCIES: dict[str, tuple[Frequency, ...]] = {
    ProgrammeKind.CASH: (Frequency.YEARLY, Frequency.MONTHLY, Frequency.ONCE),
    ProgrammeKind.PREMIUM: (Frequency.YEARLY,),
    ProgrammeKind.POINTS: (Frequency.YEARLY,),
    ProgrammeKind.AWARD: (Frequency.YEARLY, Frequency.ONCE),
    ProgrammeKind.LETTER: (Frequency.ON_REQUEST,),
}
"""How often a kind can be given: a fund and an examination know years, a letter is asked for."""


class StopRule(models.TextChoices):
    """Until when a benefit is paid after its reason ended."""

    END_OF_MONTH = "end_of_month", _("Paid to the end of the month")
    NEXT_MONTH = "next_month", _("Paid to the end of the next month")
    END_OF_YEAR = "end_of_year", _("Paid to the end of the year")


class PolicyState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("policy", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("policy", "Waiting for approval")
    PUBLISHED = "published", pgettext_lazy("policy", "Published")
    DISCARDED = "discarded", pgettext_lazy("policy", "Discarded")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return {
            PolicyState.DRAFT: Tone.WAITING,
            PolicyState.SUBMITTED: Tone.ACTIVE,
            PolicyState.PUBLISHED: Tone.GOOD,
        }.get(self, Tone.ENDED)


class FundingSource(models.TextChoices):
    CENTRAL = "central", pgettext_lazy("funding source", "Central government")
    PROVINCE = "province", pgettext_lazy("funding source", "Province")
    CITY = "city", pgettext_lazy("funding source", "City")
    COUNTY = "county", pgettext_lazy("funding source", "County")
    TOWNSHIP = "township", pgettext_lazy("funding source", "Township")


class Outcome(models.TextChoices):
    """Three-valued: an unknown fact never counts as no, and never as yes."""

    ENTITLED = "entitled", _("Entitled")
    NOT_ENTITLED = "not_entitled", _("Not entitled")
    UNKNOWN = "unknown", _("Unknown")


class Standing(models.TextChoices):
    """Where somebody assessed stands on that day; no two overlap."""

    RECEIVING = "receiving", _("Receiving")
    APPLIED = "applied", _("Applied")
    DECLINED = "declined", _("Declined")
    REFUSED = "refused", _("Refused")
    OWED = "owed", _("Owed")
    UNKNOWN = "unknown", _("Unknown")
    TO_REVIEW = "to_review", _("To review")

    @property
    def tone(self) -> Tone:
        """How the standing looks on a page."""
        return {
            Standing.RECEIVING: Tone.GOOD,
            Standing.APPLIED: Tone.ACTIVE,
            Standing.OWED: Tone.ATTENTION,
            Standing.UNKNOWN: Tone.WAITING,
            Standing.TO_REVIEW: Tone.ATTENTION,
        }.get(self, Tone.ENDED)


class RaiseCause(models.TextChoices):
    """Why a running grant brings more than when it was granted."""

    POLICY = "policy", pgettext_lazy("raise", "The policy pays more")
    FACTS = "facts", pgettext_lazy("raise", "The family's facts changed")
