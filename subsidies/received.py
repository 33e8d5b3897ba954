"""What people received on a day that is past: the grants that covered it, as the office knew of them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from households.models import Person
from households.panels import BenefitLine
from offices import clock
from offices.actors import Actor
from offices.templatetags.ui import day, yuan
from subsidies import policies
from subsidies.models import Grant, GrantAmount


def received_lines(
    actor: Actor, people: Sequence[Person], on: datetime.date, before: datetime.datetime | None
) -> list[BenefitLine] | None:
    """A line for each grant that covered the day, with the amount of the day.

    Of what was known `before` an instant, decisions count by their business day: confirmed by then,
    stopped or raised only if that was known by then.
    """
    if not policies.may_see_grants(actor):
        return None
    grants = Grant.objects.visible_to(actor).filter(person__in=people, from_on__lte=on)
    raised = GrantAmount.objects.filter(grant=OuterRef("pk"), from_on__lte=on).order_by("-from_on")
    covers = Q(to_on=None) | Q(to_on__gt=on)
    if before is not None:
        known_on = (before - datetime.timedelta(microseconds=1)).astimezone(clock.CHINA).date()
        grants = grants.filter(confirmed_on__lte=known_on)
        raised = raised.filter(known_on__lte=known_on)
        covers |= Q(stopped_on__gt=known_on)
    grants = grants.filter(covers).annotate(
        brings=Coalesce(Subquery(raised.values("annual_amount")[:1]), F("annual_amount"))
    )
    return [
        BenefitLine(
            grant.programme.name,
            grant.person.name,
            gettext("Granted"),
            gettext("%(amount)s a year, from %(day)s")
            % {"amount": yuan(grant.brings), "day": day(grant.from_on)},
        )
        for grant in grants.select_related("programme", "person").order_by(
            "programme__order", "programme_id", "person_id"
        )
    ]
