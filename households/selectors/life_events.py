"""What happened to a person or a family, as the pages list it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from households.enums import KINDS_FOR_RULES_ALONE, EventKind
from households.models import Household, LifeEvent, MaritalFact, Parentage, Person
from households.selectors.places import names_of_places
from offices.database.context import county_scope

MOST_SHOWN = 60
_CORRECTED: dict[str, str | Promise] = {
    "name": _("Name"),
    "sex": _("Sex"),
    "born": _("Born on"),
    "number": _("Identity number"),
    "phone": _("Phone"),
    "death": _("Died on"),
}


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
    if kind == EventKind.MOVE:
        return pgettext_lazy("event", "Moved")
    return EventKind(kind).label


def words_of(event: LifeEvent) -> str | Promise:
    """How a list names one event: a correction with what it corrected, a move by what moved and how far."""
    if event.kind != EventKind.MOVE:
        return _corrected(event)
    is_within = event.detail.get("to", "")[:6] == event.division_code[:6]
    match event.detail.get("moved"):
        case "hukou":
            return _("Hukou moved within the county") if is_within else _("Hukou moved to another county")
        case "both":
            return (
                _("Home and hukou moved within the county")
                if is_within
                else _("Home and hukou moved to another county")
            )
    return EventKind.MOVE.label if is_within else _("Went to live in another county")


def _corrected(event: LifeEvent) -> str | Promise:
    words = "、".join(str(_CORRECTED[one]) for one in event.detail.get("corrected", []) if one in _CORRECTED)
    return f"{words_for(event.kind)}（{words}）" if words else words_for(event.kind)


def put_right_since(*, person: Person, day: datetime.date) -> list[EventLine]:
    """What was put right or completed of a person, her spouse, parents and children since a day, newest first.

    Nobody is named: kin may be served elsewhere.
    """
    with county_scope():
        parents = Parentage.objects.filter(person=person, parent__isnull=False).values("parent")
        children = Parentage.objects.filter(parent=person).values("person")
        spouses = MaritalFact.objects.filter(person=person, spouse__isnull=False).values("spouse")
        about = Q(person=person) | Q(other=person)
        about |= Q(person__in=parents) | Q(person__in=children) | Q(person__in=spouses)
        rows = LifeEvent.objects.standing().filter(
            about, kind__in=(EventKind.CORRECTION, EventKind.PARENTAGE), reported_on__gte=day
        )
        return [
            EventLine(event=row, what=words_of(row), name="", place="")
            for row in rows.select_related("recorded_by")
            if row.detail.get("corrected") != ["phone"]
        ]


def events_about(*, people: Sequence[Person], household: Household | None = None) -> list[EventLine]:
    """What happened to these people and in this household, newest first.

    Events stay where they were recorded and people move on, so it is read at county scope; whoever
    is not among the people of the page is not named.
    """
    named = {person.pk: person.name for person in people}
    about = Q(person__in=named)
    if household is not None:
        about |= Q(household=household)
    about |= Q(other__in=named, kind=EventKind.PARENTAGE)
    with county_scope():
        rows = list(LifeEvent.objects.filter(about).select_related("recorded_by", "person")[:MOST_SHOWN])
    places = names_of_places(row.detail.get("to", "") for row in rows)
    return [
        EventLine(
            event=row,
            what=words_of(row),
            name=named.get(row.person_id, "") if row.person_id else "",
            place=places.get(row.detail.get("to", ""), row.detail.get("to", "")),
        )
        for row in rows
    ]
