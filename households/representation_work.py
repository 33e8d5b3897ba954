"""Agents, guardians and heirs: on the pages of a person and a family, in the work of today, in words."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households import policies
from households.enums import RepresentationKind, RepresentationState
from households.models import Person, Representation, Representative
from households.panels import Panel
from households.selectors.representations import standing_for
from households.services.representations import OF_AGE
from offices.actors import Actor
from offices.work import WorkItem

WORDS: dict[str, str | Promise] = {
    "households.enter_representation": gettext_lazy("Entered who stands for a person"),
    "households.confirm_representation": gettext_lazy("Confirmed who stands for a person"),
    "households.reject_representation": gettext_lazy("Rejected who was to stand for a person"),
    "households.end_representation": gettext_lazy("Ended that somebody stands for a person"),
    "households.propose_representative_account": gettext_lazy(
        "Entered an account of who is paid for a person"
    ),
    "households.confirm_representative_account": gettext_lazy(
        "Confirmed an account of who is paid for a person"
    ),
    "households.reject_representative_account": gettext_lazy(
        "Rejected an account of who is paid for a person"
    ),
}


def representation_work(actor: Actor) -> Iterator[WorkItem]:
    """Entries and corrected accounts that wait for a second person."""
    if policies.may_confirm_representations(actor):
        waiting = Representation.objects.visible_to(actor).waiting().exclude(entered_by_id=actor.staff_id)
        yield WorkItem(
            title=_("Agents, guardians and heirs to confirm"),
            count=waiting.count(),
            url=f"{reverse('households:representations')}?state={RepresentationState.PROPOSED.value}",
            icon="users",
        )
    if policies.may_confirm_accounts(actor):
        accounts = Representative.objects.visible_to(actor).exclude(
            Q(next_by=None) | Q(next_by=actor.staff_id)
        )
        yield WorkItem(
            title=_("Accounts of agents, guardians and heirs to confirm"),
            count=accounts.count(),
            url=f"{reverse('households:representations')}?state={RepresentationState.CONFIRMED.value}",
            icon="credit-card",
        )


def representation_panel(actor: Actor, people: Sequence[Person], on: datetime.date) -> Panel | None:
    """Who stands for these people today; at a counter, on the page of one of them, the way to enter it."""
    if not policies.may_see_representations(actor):
        return None
    lines = standing_for(people, actor=actor, on=on)
    person = people[0] if len(people) == 1 else None
    may_enter = (
        person is not None
        and policies.may_enter_representations(actor)
        and actor.covers(person.division_code)
    )
    if not lines and not may_enter:
        return None
    context = {
        "lines": lines,
        "person": person,
        "names_each": person is None,
        "kinds": _kinds(person, on) if person and may_enter else [],
    }
    title = gettext_lazy("Who stands for somebody")
    return Panel(title, "households/representation_panel.html", context, icon="users")


def _kinds(person: Person, on: datetime.date) -> list[RepresentationKind]:
    """What can be entered for a person as she is."""
    if person.died_on and person.died_on <= on:
        return [RepresentationKind.HEIRS]
    if person.age_on(on) < OF_AGE:
        return [RepresentationKind.GUARDIAN]
    return [RepresentationKind.AGENT, RepresentationKind.GUARDIAN]
