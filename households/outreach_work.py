"""What awaits a role of what was promised at visits and agreed with partners."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _

from households.models import Association, Visit
from households.policies import may_enter_associations, may_record_visits
from offices import clock
from offices.actors import Actor
from offices.templatetags.ui import day
from offices.work import WorkItem

ENDS_SOON = datetime.timedelta(days=60)
"""How long before its end an agreement has to be spoken of."""


def outreach_work(actor: Actor) -> Iterator[WorkItem]:
    """Visits whose promise has come due, agreements that end soon."""
    if may_record_visits(actor):
        today = clock.today()
        due = Visit.objects.visible_to(actor).due(today).aggregate(number=Count("pk"), oldest=Min("next_on"))
        oldest = due["oldest"]
        yield WorkItem(
            title=_("Promised at a visit, and due"),
            count=due["number"],
            url=f"{reverse('households:visits')}?show=due",
            icon="home",
            is_overdue=oldest is not None and oldest < today,
            note=_("the oldest since %(day)s") % {"day": day(oldest)} if oldest else "",
        )
    if may_enter_associations(actor):
        today = clock.today()
        yield WorkItem(
            title=_("Agreements with associations that end soon"),
            count=Association.objects.ending_before(today + ENDS_SOON, on=today).count(),
            url=f"{reverse('households:associations')}?agreement=ends",
            icon="users-group",
        )
