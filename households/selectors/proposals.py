"""A proposal beside what the registry has: known already, fitting, or contradicted; and what would follow.

Read by sets and at county scope, so that a list of them asks no more often than one.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from households.contradictions import contradictions_of, touched_by
from households.enums import KINDS_OF_THE_RECORD, SCHEME_OF_KIND, EventKind, Relation
from households.models import (
    EventProposal,
    ExaminationYear,
    Hukou,
    InsuranceElsewhere,
    LifeEvent,
    Membership,
    Person,
)
from households.models.facts import DatedFact
from households.selectors.life_events import words_of
from households.selectors.people_meant import whoever_stayed
from offices.database.context import county_scope

_FACTS: tuple[type[DatedFact], ...] = (Hukou, ExaminationYear, InsuranceElsewhere, Membership)


@dataclass(slots=True)
class Look:
    """What is to be seen about a proposal; without a person (`whom`) there is nothing to compare.

    `against` are sentences; `is_touched`: a benefit of hers or her nearest is concerned;
    `ends_headship`: she was the head of her household on the day of her death.
    """

    whom: Person | None
    is_known: bool = False
    against: list[str | Promise] = field(default_factory=list)
    is_touched: bool = False
    ends_headship: bool = False

    @property
    def is_harmless(self) -> bool:
        """May be confirmed together with others, without being opened."""
        return bool(self.whom and not (self.against or self.is_touched or self.ends_headship))


@dataclass(frozen=True, slots=True)
class _Held:
    """The facts and events of the people concerned, whatever the day."""

    facts: Mapping[tuple[type[DatedFact], UUID], Sequence[Any]]
    events: Mapping[UUID, Sequence[LifeEvent]]

    def on(self, model: type[DatedFact], person: Person, day: datetime.date, **among: Any) -> Any:
        for row in self.facts.get((model, person.pk), ()):
            holds = (row.from_on is None or row.from_on <= day) and (row.to_on is None or row.to_on > day)
            if holds and all(getattr(row, name) == value for name, value in among.items()):
                return row
        return None


def looks_at(proposals: Sequence[EventProposal], *, only_known: bool = False) -> dict[UUID, Look]:
    """What is to be seen about each proposal, by its key, in as many queries for all as for one.

    `only_known`: what other apps say is not asked, where only `is_known` matters.
    """
    with county_scope():
        people = Person.objects.filter(pk__in={one.person_id for one in proposals if one.person_id})
        stayed = {one.pk: whoever_stayed(one) for one in people.select_related("merged_into")}
        looks = {one.pk: Look(stayed.get(one.person_id) if one.person_id else None) for one in proposals}
        held = _held({look.whom.pk for look in looks.values() if look.whom})
        for one in proposals:
            _compare(one, looks[one.pk], held)
        if not only_known:
            _hear_witnesses(proposals, looks)
            _touch(proposals, looks)
    return looks


def kinds_of(proposal: EventProposal) -> list[EventKind]:
    """The events that a proposal would be recorded as; a move may change the kind of hukou too."""
    kinds = [EventKind(proposal.kind)]
    if kinds == [EventKind.MOVE] and proposal.particulars.get("hukou_type"):
        kinds.append(EventKind.HUKOU)
    return kinds


def _held(people: set[UUID]) -> _Held:
    facts: dict[tuple[type[DatedFact], UUID], list[Any]] = defaultdict(list)
    events: dict[UUID, list[LifeEvent]] = defaultdict(list)
    for model in _FACTS if people else ():
        for row in model._default_manager.filter(person__in=people):
            facts[model, row.person_id].append(row)
    for event in LifeEvent.objects.standing().filter(person__in=people) if people else ():
        if event.person_id:
            events[event.person_id].append(event)
    return _Held(facts, events)


def _compare(proposal: EventProposal, look: Look, held: _Held) -> None:
    person, day = look.whom, proposal.happened_on
    if person is None:
        return
    look.is_known = _is_known(proposal, person, held)
    if person.name != proposal.name:
        look.against.append(_("The registry knows this person as %(name)s.") % {"name": person.name})
    if day < person.birth_date:
        look.against.append(
            _("The registry says she was born on %(day)s, after this day.") % {"day": _day(person.birth_date)}
        )
    if look.is_known:
        return
    if person.died_on and (proposal.kind == EventKind.DEATH or person.died_on < day):
        look.against.append(_("The registry says she died on %(day)s.") % {"day": _day(person.died_on)})
    look.against += _events_against(proposal, held.events.get(person.pk, ()))
    look.against += _facts_against(proposal, person, held)
    membership = held.on(Membership, person, day)
    if proposal.kind == EventKind.DEATH and membership:
        look.ends_headship = membership.relation == Relation.HEAD


def _is_known(proposal: EventProposal, person: Person, held: _Held) -> bool:
    day, said = proposal.happened_on, proposal.particulars
    match proposal.kind:
        case EventKind.DEATH:
            return person.died_on == day
        case EventKind.HUKOU | EventKind.MOVE:
            hukou = held.on(Hukou, person, day)
            return hukou is not None and (
                said.get("hukou_type", hukou.hukou_type),
                said.get("to", hukou.place_code),
            ) == (hukou.hukou_type, hukou.place_code)
        case EventKind.EXAMINATION:
            known = held.on(ExaminationYear, person, day)
            return known is not None and known.year == said["year"]
    scheme = SCHEME_OF_KIND[EventKind(proposal.kind)]
    is_insured = held.on(InsuranceElsewhere, person, day, scheme=scheme) is not None
    if until := said.get("until"):
        ended = datetime.date.fromisoformat(until)
        return is_insured and held.on(InsuranceElsewhere, person, ended, scheme=scheme) is None
    return bool(is_insured == said["is_insured"])


def _events_against(proposal: EventProposal, events: Iterable[LifeEvent]) -> list[str | Promise]:
    found: list[str | Promise] = []
    kinds = kinds_of(proposal)
    for event in events:
        if event.kind in kinds and event.happened_on == proposal.happened_on:
            found.append(_("Another event of this kind is recorded for the same day: compare the documents."))
        elif event.happened_on > proposal.happened_on and (
            event.kind in kinds
            or (proposal.kind == EventKind.DEATH and event.kind not in KINDS_OF_THE_RECORD)
        ):
            found.append(
                _("The registry has something of a later day: %(what)s, %(day)s.")
                % {"what": words_of(event), "day": _day(event.happened_on)}
            )
    return found


def _facts_against(proposal: EventProposal, person: Person, held: _Held) -> list[str | Promise]:
    day = proposal.happened_on
    if proposal.kind == EventKind.HUKOU and held.on(Hukou, person, day) is None:
        return [_("No hukou of hers is on record for that day.")]
    if proposal.kind == EventKind.MOVE and held.on(Membership, person, day) is None:
        return [_("She belonged to no household of the county on that day.")]
    if proposal.kind == EventKind.EXAMINATION and (known := held.on(ExaminationYear, person, day)):
        return [_("The registry says her examination year is %(year)s.") % {"year": known.year}]
    return []


def _hear_witnesses(proposals: Sequence[EventProposal], looks: Mapping[UUID, Look]) -> None:
    for kind, days, asked in _asked(proposals, looks):
        for person_id, sentences in contradictions_of(kind=kind, days=days).items():
            looks[asked[person_id]].against += sentences


def _touch(proposals: Sequence[EventProposal], looks: Mapping[UUID, Look]) -> None:
    for kind, days, asked in _asked(proposals, looks):
        for person_id in touched_by(kind=kind, days=days):
            looks[asked[person_id]].is_touched = True


def _asked(
    proposals: Sequence[EventProposal], looks: Mapping[UUID, Look]
) -> list[tuple[EventKind, dict[UUID, datetime.date], dict[UUID, UUID]]]:
    """Questions by kind, each person once in each of them; what is known already is not asked about."""
    rounds: dict[EventKind, list[tuple[dict[UUID, datetime.date], dict[UUID, UUID]]]] = defaultdict(list)
    for proposal in proposals:
        look = looks[proposal.pk]
        if look.whom is None or look.is_known:
            continue
        for kind in kinds_of(proposal):
            free = next((one for one in rounds[kind] if look.whom.pk not in one[0]), None)
            if free is None:
                free = ({}, {})
                rounds[kind].append(free)
            free[0][look.whom.pk] = proposal.happened_on
            free[1][look.whom.pk] = proposal.pk
    return [(kind, days, asked) for kind, among in rounds.items() for days, asked in among]


def _day(day: datetime.date) -> str:
    return date_format(day, "DATE_FORMAT")
