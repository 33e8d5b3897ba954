"""What happened to a person or a family, as the pages list it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households.enums import KINDS_FOR_RULES_ALONE, EventKind
from households.models import Household, LifeEvent, Person
from offices.database.context import county_scope
from offices.selectors.divisions import names_of_divisions

MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event in a list: what, about whom (by name only within the page's own people), where to."""

    event: LifeEvent
    what: str | Promise
    name: str
    place: str

    @property
    def document(self) -> str:
        """The paper that was shown; its name would tell what only rules may read."""
        return "" if self.event.kind in KINDS_FOR_RULES_ALONE else self.event.document


def words_for(kind: str) -> str | Promise:
    """How a list names an event; spouses and disability are for the rules alone."""
    if kind == EventKind.DISABILITY:
        return _("A fact that rules read changed")
    if kind in KINDS_FOR_RULES_ALONE:
        return _("Family relation changed")
    return EventKind(kind).label


def events_about(*, people: Sequence[Person], household: Household | None = None) -> list[EventLine]:
    """What happened to these people and in this household, newest first.

    Events stay where they were recorded and people move on, so it is read at county scope; whoever
    is not among the people of the page is not named.
    """
    named = {person.pk: person.name for person in people}
    about = Q(person__in=named)
    if household is not None:
        about |= Q(household=household)
    with county_scope():
        rows = list(LifeEvent.objects.filter(about).select_related("recorded_by", "person")[:MOST_SHOWN])
    places = names_of_divisions(row.detail.get("to", "") for row in rows)
    return [
        EventLine(
            event=row,
            what=words_for(row.kind),
            name=named.get(row.person_id, "") if row.person_id else "",
            place=places.get(row.detail.get("to", ""), row.detail.get("to", "")),
        )
        for row in rows
    ]
