"""Addresses of the rows behind a figure, as far as the reader may open them."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from checkups.policies import may_see_sessions
from offices.actors import Actor
from reports.months import Month
from subsidies.policies import may_see_debts, may_see_grants, may_see_money


def dashboard_url(month: Month | str, division: str) -> str:
    """The dashboard of a month and place."""
    return f"{reverse('reports:dashboard')}?{urlencode({'month': str(month), 'division': division})}"


def grants_url(actor: Actor, month: Month, measure: str, *, programme: str = "", division: str = "") -> str:
    """The grants that a measure of T1 counts."""
    if not may_see_grants(actor):
        return ""
    return _rows("reports:grant_rows", month, measure, programme, division)


def payments_url(actor: Actor, month: Month, measure: str, *, programme: str = "", division: str = "") -> str:
    """The payments behind what was paid or returned."""
    if not may_see_grants(actor):
        return ""
    return _rows("reports:payment_rows", month, measure, programme, division)


def _rows(view: str, month: Month, measure: str, programme: str, division: str) -> str:
    asked = {"measure": measure, "programme": programme, "division": division}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{reverse(view, args=[str(month)])}?{query}"


def budget_url(actor: Actor, month: Month) -> str:
    """The budget lines of a month's year."""
    return f"{reverse('subsidies:budget')}?year={month.year}" if may_see_money(actor) else ""


def sessions_url(actor: Actor, month: Month) -> str:
    """The health-check sessions from the first day of a month on."""
    if not may_see_sessions(actor):
        return ""
    return f"{reverse('checkups:session_list')}?from_on={month.first_day.isoformat()}"


def owed_url(actor: Actor, place: str) -> str:
    """The list of those owed a benefit in a place (12 digits), by default the reader's own."""
    if not may_see_debts(actor):
        return ""
    asked = {"show": "owed"} | ({} if place == actor.division_code else {"place": place})
    return f"{reverse('subsidies:debt_list')}?{urlencode(asked)}"
