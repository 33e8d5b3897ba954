"""A demonstration's day can be moved, so that notices and deadlines can be seen to pass."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.errors import DomainError, NotAllowed
from offices.models import BusinessDay, Division
from offices.services.acts import record_act

LAST_DAY = datetime.date(2030, 12, 31)


@transaction.atomic
def move_business_day(*, actor: Actor, day: datetime.date) -> datetime.date:
    """Move the demonstration's day forward. Raises NotAllowed outside one, DomainError backwards."""
    if not settings.HUIMIN_DEMO or settings.HUIMIN_PRODUCTION:
        raise NotAllowed()
    before = clock.today()
    if not before <= day <= LAST_DAY:
        raise DomainError(
            "day_moves_forward",
            _("The day moves forward only: give a day from %(before)s on, 2030-12-31 at the latest."),
            before=before.isoformat(),
        )
    BusinessDay.objects.update_or_create(pk=1, defaults={"day": day})
    record_act(
        actor=actor,
        verb="offices.move_business_day",
        record=Division.objects.get(pk=actor.division_code),
        before=before,
        after=day,
        on=day,
    )
    return day
