"""Visits on the page of a family and of a person, and for whoever makes them the way to a new one."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from households.models import Membership, Person, Visit
from households.panels import Panel
from households.policies import may_record_visits, may_see_families
from households.selectors.visits import visit_lines
from offices.actors import Actor
from offices.database.context import county_scope

_SHOWN = 5


def visit_panel(actor: Actor, people: Sequence[Person], on: datetime.date) -> Panel | None:
    """The last visits to the family of these people."""
    if not may_see_families(actor):
        return None
    with county_scope():
        memberships = Membership.objects.on(on).filter(person__in=people).select_related("household")
        households = {membership.household_id: membership.household for membership in memberships}
    if len(households) != 1:
        return None
    household = next(iter(households.values()))
    if not any(actor.covers(code) for code in (household.division_code, *_served_in(people))):
        return None
    visits = Visit.objects.visible_to(actor).standing().filter(household=household)
    lines = visit_lines(list(visits.select_related("person", "recorded_by")[:_SHOWN]), actor=actor, on=on)
    context = {
        "household": household,
        "person": people[0] if len(people) == 1 else None,
        "lines": lines,
        "may_record": may_record_visits(actor),
    }
    return Panel(_("Visits"), "households/visit_panel.html", context, icon="home")


def _served_in(people: Sequence[Person]) -> set[str]:
    return {person.division_code for person in people}
