"""An entry that was wrong is taken back: every row is again exactly as it was."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from households.consequences import follow, let_go
from households.enums import EventState
from households.models import Household, LifeEvent, Person, RowChange
from households.models.events import TRANSITIONS
from households.policies import may_record_events
from households.services.changes import take_back
from households.services.head_tasks import check_heads
from households.services.homes import bring_back
from households.services.proposal_following import reopen_proposals_of
from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import NotAllowed
from offices.services.states import locked, move

TAKEN_BACK = "households.take_back_event"
"""The act by which an event is taken back; an earlier moment's knowledge goes by its instant."""


def may_take_back(*, actor: Actor, event: LifeEvent) -> bool:
    """Counters, of the village where it was entered or of the one that serves the person now."""
    if not may_record_events(actor) or event.state != EventState.RECORDED or event.person is None:
        return False
    return actor.covers(event.division_code) or actor.covers(event.person.division_code)


@transaction.atomic
def take_back_event(*, event: LifeEvent, actor: Actor) -> list[LifeEvent]:
    """Take back an event and all that was entered together with it, the last first.

    What it wrote goes or is restored exactly, in one piece or not at all. The events stay as taken
    back; one that had brought a person in no longer names her. Raises NotAllowed, Stale when it is
    taken back already, DomainError `changed_since`, `built_upon`.
    """
    with county_scope():
        current = locked(event)
        if current.state == EventState.RECORDED and not may_take_back(actor=actor, event=current):
            raise NotAllowed()
        taken = [_take_back_one(one, actor) for one in reversed(together(current))]
        for one in taken:
            check_heads(set_id=one.pk)
        left = [one.person_id for one in taken if one.person_id] + [
            one.other_id for one in taken if one.other_id
        ]
        follow(list(dict.fromkeys(left)))
    return taken


def together(event: LifeEvent) -> list[LifeEvent]:
    """The standing events that were entered with this one, in the order of their entry, of whichever villages."""
    rows = LifeEvent.objects.standing().filter(
        reported_on=event.reported_on,
        recorded_by=event.recorded_by_id,
        detail__entry=event.detail.get("entry"),
    )
    return list(rows.order_by("id")) or [event]


def _take_back_one(event: LifeEvent, actor: Actor) -> LifeEvent:
    made = {
        (table, row_id)
        for table, row_id in RowChange.objects.filter(change_set=event.pk, before__isnull=True).values_list(
            "row_table", "row_id"
        )
    }
    gone = [key for table, key in made if table == Person._meta.db_table]
    fields: dict[str, None] = {}
    if event.person_id in gone:
        fields["person_id"] = None
    if event.household_id and (Household._meta.db_table, event.household_id) in made:
        fields["household_id"] = None
    if gone:
        let_go(gone)
        former = LifeEvent.objects.filter(state=EventState.TAKEN_BACK)
        former.filter(person__in=gone).update(person=None)
        former.filter(other__in=gone).update(other=None)
    done = move(
        record=event,
        to=EventState.TAKEN_BACK,
        transitions=TRANSITIONS,
        actor=actor,
        verb=TAKEN_BACK,
        detail={"happened_on": event.happened_on},
        taken_back_by_id=actor.staff_id,
        taken_back_on=clock.today(),
        **fields,
    )
    households = [key for table, key in made if table == Household._meta.db_table]
    if households:
        LifeEvent.objects.filter(Q(state=EventState.TAKEN_BACK), household__in=households).update(
            household=None
        )
    reopen_proposals_of(event=event, actor=actor)
    take_back(set_id=event.pk)
    bring_back(set_id=event.pk)
    return done
