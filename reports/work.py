"""What reports bring to everybody's work of today."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from offices import clock
from offices.actors import Actor
from offices.enums import Role
from offices.templatetags.ui import month as said_month
from offices.work import WorkItem
from reports import policies
from reports.addresses import dashboard_url
from reports.enums import ReportKind
from reports.models import Edition, PrintedReport
from reports.months import month_of


def report_work(actor: Actor) -> Iterable[WorkItem]:
    """The county: the month that is not summarised; the auditor: editions she has not printed yet."""
    if policies.may_summarise(actor):
        month = month_of(clock.today()).before
        newest = Edition.objects.newest(
            kind=ReportKind.MONTHLY, period=str(month), division_code=actor.division_code
        )
        yield WorkItem(
            title=_("Summarise %(month)s") % {"month": said_month(month.first_day)},
            count=0 if newest else 1,
            url=dashboard_url(month, actor.division_code),
            icon="report-analytics",
            is_overdue=newest is None,
        )
    if actor.role == Role.AUDITOR:
        own_prints = PrintedReport.objects.filter(printed_by=actor.staff_id).values("edition")
        fresh = Edition.objects.visible_to(actor).filter(division_code=actor.division_code)
        yield WorkItem(
            title=_("Editions of the county not printed by you yet"),
            count=fresh.exclude(pk__in=own_prints).count(),
            url=f"{reverse('reports:edition_list')}?division={actor.division_code}",
            icon="report-search",
        )
