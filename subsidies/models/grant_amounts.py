from __future__ import annotations

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.database.access import CASE, Access
from offices.fields import DivisionCodeField, MoneyField, id_field
from subsidies.enums import RaiseCause


class GrantAmountQuerySet(models.QuerySet["GrantAmount"]):
    """Raised amounts by place."""

    def visible_to(self, actor: Actor) -> GrantAmountQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent(), context_field=None)
class GrantAmount(models.Model):
    """From a day on a grant brings more than when it was granted: `annual_amount` yuan a year.

    `from_on` is the first day of a period that the programme pays: of a year, or of a month. Before the
    first of a grant's rows its own `annual_amount` holds; what is given once has none. It rests on the
    policy version of that period, and on `cause`: the policy pays more, or the family's facts have
    changed. `known_on` is the business day on which the office's own assessment found it. Amounts only
    rise; a lower one is a person's decision. Serves the payment; kept thirty years with the grant.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    grant = models.ForeignKey("subsidies.Grant", on_delete=models.PROTECT, related_name="amounts")
    from_on = models.DateField(_("From"))
    annual_amount = MoneyField(_("A year"))
    cause = models.CharField(max_length=6, choices=RaiseCause)
    policy_version = models.ForeignKey("subsidies.PolicyVersion", on_delete=models.PROTECT, related_name="+")
    known_on = models.DateField()
    division_code = DivisionCodeField()

    objects = GrantAmountQuerySet.as_manager()

    class Meta:
        ordering = ["from_on", "id"]
        indexes = [models.Index(fields=["division_code", "known_on"], name="grant_amount_by_village")]
        constraints = [
            models.UniqueConstraint(
                fields=["grant", "from_on"],
                name="one_amount_of_a_grant_from_a_day_on",
                violation_error_message=_("The amount of this grant from that day on is written already."),
            ),
            models.CheckConstraint(
                name="raised_amount_is_positive",
                condition=Q(annual_amount__gt=0),
                violation_error_message=_("An amount that was raised is more than nothing."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.annual_amount} {self.from_on}"
