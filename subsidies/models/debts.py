from __future__ import annotations

import datetime
from typing import ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.database.access import DERIVED, LOG, Access
from offices.fields import DivisionCodeField, MoneyField, id_field
from subsidies.enums import DebtDeed, DebtEnd, DebtState, Standing

TRANSITIONS: dict[str, frozenset[str]] = {
    DebtState.OPEN: frozenset({DebtState.CLOSED}),
    DebtState.CLOSED: frozenset({DebtState.OPEN}),
}
"""Only a line that the family had declined is opened again; any other right is a new line."""
STANDINGS = (Standing.OWED, Standing.APPLIED, Standing.UNKNOWN)
"""Owed; applied for and not yet granted; one document short of being known ('to find out')."""


class DebtQuerySet(models.QuerySet["Debt"]):
    """Lines by place, whether they are open, and what the office has still to do."""

    def visible_to(self, actor: Actor) -> DebtQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def open(self) -> DebtQuerySet:
        return self.filter(state=DebtState.OPEN)

    def owed(self) -> DebtQuerySet:
        """Open and nobody has applied yet."""
        return self.open().filter(standing=Standing.OWED)

    def to_tell(self) -> DebtQuerySet:
        """Owed, and the family does not know it from the office yet."""
        return self.owed().filter(told_on=None)

    def declined(self) -> DebtQuerySet:
        return self.filter(closed_as=DebtEnd.DECLINED)

    def open_on(self, day: datetime.date) -> DebtQuerySet:
        """Lines that stood open at the end of a day."""
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=day), opened_on__lte=day)


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent(), context_field=None)
class Debt(models.Model):
    """A line of the register of debts (挂账销号): a person entitled to a benefit and not receiving it.

    What is counted is the office's own debt. `owed_since` is the first day of the right that she
    does not receive (None while it is still to be found out); `is_since_exact` is false while it is
    known by year-ends only. `arrears_amount` (yuan) is what the years before the current one would
    have brought, for a person to decide about. `missing` names the registry clauses that lack a fact.
    A line is cleared only with its proof: the grant (and its first payment once it is there), the
    refused application, or what the registers say. A decline is recorded once, under the policy
    version of its day, and respected. Serves the finding and clearing of benefits owed; kept with
    the case for thirty years, and gone with an entry that is taken back before anybody acted on it.
    """

    access: ClassVar[Access] = DERIVED

    id = id_field()
    programme = models.ForeignKey("subsidies.Programme", on_delete=models.PROTECT)
    policy_version = models.ForeignKey("subsidies.PolicyVersion", on_delete=models.PROTECT)
    person = models.ForeignKey("households.Person", on_delete=models.PROTECT, related_name="debts")
    state = models.CharField(max_length=6, choices=DebtState, default=DebtState.OPEN)
    standing = models.CharField(max_length=10, choices=Standing)
    missing = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    opened_on = models.DateField(_("In the register since"))
    owed_since = models.DateField(_("Owed since"), null=True, blank=True)
    is_since_exact = models.BooleanField(default=False)
    reckoned_on = models.DateField(null=True, blank=True)
    annual_amount = MoneyField(null=True, blank=True)
    arrears_amount = MoneyField(default=0)
    officer = models.ForeignKey(
        "offices.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="debts"
    )
    told_on = models.DateField(_("Told on"), null=True, blank=True)
    last_deed = models.CharField(max_length=14, choices=DebtDeed, blank=True)
    last_deed_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    closed_as = models.CharField(max_length=10, choices=DebtEnd, blank=True)
    application = models.ForeignKey(
        "subsidies.Application", on_delete=models.PROTECT, null=True, blank=True, related_name="debts"
    )
    grant = models.ForeignKey(
        "subsidies.Grant", on_delete=models.PROTECT, null=True, blank=True, related_name="debts"
    )
    first_payment = models.ForeignKey(
        "subsidies.Payment", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    division_code = DivisionCodeField(_("Village"))

    objects = DebtQuerySet.as_manager()

    class Meta:
        ordering = ["division_code", "programme", "id"]
        indexes = [
            models.Index(fields=["division_code", "state", "standing"], name="debt_by_village"),
            models.Index(fields=["division_code", "closed_on"], name="debt_by_end"),
            models.Index(
                fields=["officer", "programme"],
                condition=Q(state=DebtState.OPEN),
                name="open_debt_by_officer",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "programme"],
                condition=Q(state=DebtState.OPEN),
                name="one_open_debt_of_a_programme",
                violation_error_message=_("This person already has an open line for the programme."),
            ),
            models.UniqueConstraint(
                fields=["person", "programme"],
                condition=Q(closed_as=DebtEnd.DECLINED),
                name="a_decline_is_recorded_once",
                violation_error_message=_("The family has declined this already."),
            ),
            models.CheckConstraint(
                name="cleared_debt_has_day_and_reason",
                condition=(Q(state=DebtState.CLOSED, closed_on__isnull=False) & ~Q(closed_as=""))
                | Q(state=DebtState.OPEN, closed_on=None, closed_as=""),
                violation_error_message=_("A cleared line has the day and what cleared it."),
            ),
            models.CheckConstraint(
                name="granted_debt_has_its_grant",
                condition=Q(closed_as=DebtEnd.GRANTED, grant__isnull=False)
                | (~Q(closed_as=DebtEnd.GRANTED) & Q(grant=None, first_payment=None)),
                violation_error_message=_("A line is cleared as granted only with its grant."),
            ),
            models.CheckConstraint(
                name="refused_debt_has_its_application",
                condition=~Q(closed_as=DebtEnd.REFUSED) | Q(application__isnull=False),
                violation_error_message=_("A line is cleared as refused only with the application."),
            ),
            models.CheckConstraint(
                name="debt_stands_as_owed_applied_or_unknown",
                condition=Q(standing__in=STANDINGS),
                violation_error_message=_("A line is owed, applied for, or to be found out."),
            ),
            models.CheckConstraint(
                name="debt_amounts_are_not_negative",
                condition=(Q(annual_amount=None) | Q(annual_amount__gte=0)) & Q(arrears_amount__gte=0),
                violation_error_message=_("What is owed is not less than nothing."),
            ),
            models.CheckConstraint(
                name="debt_is_cleared_after_it_was_opened",
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                violation_error_message=_("A line is cleared on or after the day it was opened."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.get_state_display()}"

    @property
    def is_open(self) -> bool:
        return self.state == DebtState.OPEN

    @property
    def since(self) -> datetime.date:
        """Since when it is owed; of what is still to be found out, since when it stands here."""
        return self.owed_since or self.opened_on

    def days(self, on: datetime.date) -> int:
        """How many days it has been owed."""
        return ((self.closed_on or on) - self.since).days


class DebtAct(models.Model):
    """What the office did about a line, by whom, on which day: a closed list and no free text.

    Append-only; what was written by mistake is answered by `TAKEN_BACK`, which names it in `undoes`.
    A decline holds the policy version it was given under. `visit` is the visit that it came from.
    Kept with its line.
    """

    access: ClassVar[Access] = LOG

    id = id_field()
    debt = models.ForeignKey(Debt, on_delete=models.PROTECT, related_name="acts")
    deed = models.CharField(max_length=14, choices=DebtDeed)
    acted_on = models.DateField()
    acted_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    policy_version = models.ForeignKey(
        "subsidies.PolicyVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    visit = models.ForeignKey("households.Visit", on_delete=models.PROTECT, null=True, related_name="+")
    undoes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="undone_by")
    recorded_at = models.DateTimeField(auto_now_add=True)
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["acted_on", "recorded_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="decline_has_its_policy_version",
                condition=Q(deed=DebtDeed.DECLINED, policy_version__isnull=False)
                | (~Q(deed=DebtDeed.DECLINED) & Q(policy_version=None)),
                violation_error_message=_("A decline is recorded with the policy version of its day."),
            ),
            models.CheckConstraint(
                name="what_is_taken_back_is_named",
                condition=Q(deed=DebtDeed.TAKEN_BACK, undoes__isnull=False)
                | (~Q(deed=DebtDeed.TAKEN_BACK) & Q(undoes=None)),
                violation_error_message=_("Name the entry that is taken back."),
            ),
            models.UniqueConstraint(
                fields=["undoes"],
                name="an_entry_is_taken_back_once",
                violation_error_message=_("This entry was taken back already."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_deed_display()
