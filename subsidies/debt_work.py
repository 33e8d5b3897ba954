"""What the register of debts and late knowledge bring to everybody's work of today."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from offices import clock
from offices.actors import Actor
from offices.enums import Role
from offices.work import WorkItem
from subsidies import policies
from subsidies.models import Debt, LateFinding

PRESSING = datetime.timedelta(days=30)
"""A family that nobody has told for so long is pressing."""


def debt_work(actor: Actor) -> Iterable[WorkItem]:
    """For the counters families to be told and facts to be found out; for deciders late knowledge."""
    if policies.may_record_debt_acts(actor):
        lines = Debt.objects.visible_to(actor)
        waiting = lines.to_tell()
        yield WorkItem(
            title=_("Owed a benefit, to be told at home"),
            count=waiting.count(),
            url=f"{reverse('subsidies:debt_list')}?show=to_tell",
            icon="home",
            is_overdue=waiting.filter(opened_on__lt=clock.today() - PRESSING).exists(),
        )
        if actor.role == Role.VILLAGE:
            yield WorkItem(
                title=_("One fact short of a benefit, to find out"),
                count=lines.open().filter(standing="unknown").count(),
                url=f"{reverse('subsidies:debt_list')}?show=unknown",
                icon="file-search",
            )
    if policies.may_decide_late(actor):
        yield WorkItem(
            title=_("Became known late: to decide about grants and payments"),
            count=LateFinding.objects.visible_to(actor).undecided().count(),
            url=reverse("subsidies:late_list"),
            icon="calendar-time",
        )
