"""What resident files brought late: deaths, children, and facts that begin or end before their coming in.

Looked at for the grants that the day's assessment does not confirm: who is entitled as before has lost
nothing by a file. Of imports of the last two months; a finding goes when its cause is gone.
"""

from __future__ import annotations

import datetime
from collections.abc import Container, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q

from households.enums import EventKind, ImportState
from households.models import LifeEvent, Person, ResidentImport
from offices.models import Act
from subsidies.enums import GrantState, LateCause, Outcome, ProgrammeKind
from subsidies.models import Assessment, Grant, LateFinding, Sweep
from subsidies.models.late import LateFindingQuerySet
from subsidies.selectors.days_of_change import fact_models, nearest_of
from subsidies.selectors.rules import policies_on
from subsidies.services.late_reckoning import Cause, reckon_grant, settle

BROUGHT = "households.import_residents"


def look_at_files(sweep: Sweep, since: datetime.date) -> None:
    """Keep the findings of files: of deaths without an event, and of what imports since a day brought."""
    looked: set[tuple[UUID, datetime.date]] = set()
    for grant, day, known_on in (*_deaths(sweep.as_of), *_brought(sweep, since)):
        if (grant.pk, day) not in looked:
            looked.add((grant.pk, day))
            cause = Cause(LateCause.FILE, day, known_on)
            settle(grant, cause, reckon_grant(grant=grant, cause=cause))
    reckon_again(LateFinding.objects.all(), but=looked)


def reckon_again(findings: LateFindingQuerySet, *, but: Container[tuple[UUID, datetime.date]] = ()) -> None:
    """Reckon undecided findings of files anew, but for grants and days just looked at: without a cause they fall away."""
    for finding in findings.undecided().filter(cause=LateCause.FILE).select_related("grant__programme"):
        if (finding.grant_id, finding.happened_on) in but:
            continue
        cause = Cause(LateCause.FILE, finding.happened_on, finding.known_on)
        settle(finding.grant, cause, reckon_grant(grant=finding.grant, cause=cause))


def _deaths(on: datetime.date) -> Iterable[tuple[Grant, datetime.date, datetime.date]]:
    """Who died by a resident file, without an event, and still has a grant that goes on after its end."""
    told = LifeEvent.objects.standing().filter(kind=EventKind.DEATH).values("person_id")
    died = Person.objects.filter(died_on__lt=on).exclude(pk__in=told)
    grants = (
        Grant.objects.filter(person__in=died)
        .filter(Q(to_on=None) | Q(to_on__gt=F("person__died_on")))
        .exclude(state=GrantState.STOPPED)
        .select_related("programme", "person")
    )
    for grant in grants:
        if grant.person.died_on:
            yield grant, grant.person.died_on, on


def _brought(sweep: Sweep, since: datetime.date) -> Iterable[tuple[Grant, datetime.date, datetime.date]]:
    """Grants that are not confirmed any more, with the days that a file told about the family since."""
    acts = Act.objects.filter(verb=BROUGHT, on__gt=since).values_list("record_id", "on")
    known = {key: on for key, on in acts if key}
    imports = ResidentImport.objects.filter(pk__in=known, state=ImportState.DONE, written_at__isnull=False)
    files = {one.written_at: (one.as_of, known[one.pk]) for one in imports}
    grants = list(_unconfirmed(sweep)) if files else []
    if not grants:
        return
    near = nearest_of(sorted({grant.person_id for grant in grants}))
    days = _days_told(set().union(*near.values()), files)
    for grant in grants:
        told = {one for person in near[grant.person_id] for one in days.get(person, ())}
        for day, known_on in sorted(told):
            if day < known_on and grant.confirmed_on <= known_on:
                yield grant, day, known_on


def _unconfirmed(sweep: Sweep) -> Iterable[Grant]:
    """Running grants whose person the assessment does not find entitled, or to another amount of hers."""
    found = Assessment.objects.filter(
        sweep=sweep, person=OuterRef("person"), programme=OuterRef("programme"), outcome=Outcome.ENTITLED
    )
    by_facts = [policy.code for policy in policies_on(sweep.as_of) if policy.amounts.relations]
    another = Q(programme__in=by_facts) & ~Exists(found.filter(annual_amount=OuterRef("annual_amount")))
    return (
        Grant.objects.exclude(state=GrantState.STOPPED)
        .exclude(programme__kind=ProgrammeKind.AWARD)
        .filter(Q(to_on=None) | Q(to_on__gt=sweep.as_of))
        .filter(~Exists(found) | another)
        .select_related("programme", "person")
        .order_by("pk")
    )


def _days_told(
    people: set[UUID], files: Mapping[datetime.datetime | None, tuple[datetime.date, datetime.date]]
) -> dict[UUID, set[tuple[datetime.date, datetime.date]]]:
    """For each person the days that files told of, and on which business day each became known."""
    days: dict[UUID, set[tuple[datetime.date, datetime.date]]] = {}
    spoken_for = dict(sorted(files.values()))
    new = Person.objects.filter(pk__in=people, recorded_at__in=list(files))
    for person, born, written_at in new.values_list("pk", "birth_date", "recorded_at"):
        days.setdefault(person, set()).add((born, files[written_at][1]))
    for model in fact_models(with_homes=True):
        rows: Any = model._default_manager.filter(person__in=people)
        begun = rows.filter(recorded_at__in=list(files), from_on__isnull=False)
        for person, day, written_at in begun.values_list("person_id", "from_on", "recorded_at"):
            days.setdefault(person, set()).add((day, files[written_at][1]))
        told_at_counter = LifeEvent.objects.standing().filter(
            person=OuterRef("person"), happened_on=OuterRef("to_on")
        )
        ended = rows.filter(~Exists(told_at_counter), to_on__in=spoken_for)
        for person, day in ended.values_list("person_id", "to_on"):
            days.setdefault(person, set()).add((day, spoken_for[day]))
    return days
