"""The tasks about a household's head: which ones it should have, and whether taking back leaves them right.

Whoever changes a household keeps its tasks in the same change set. What is taken back out of its turn
restores its own rows alone, so that a later entry's count of heads may no longer be true.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from households.enums import MergeState, Relation
from households.models import Household, LifeEvent, Membership, Person, PersonMerge, RegistryTask, RowChange
from households.services.changes import ChangeSet, changed_since
from offices import clock

KINDS_OF_HEADS = (RegistryTask.Kind.NO_HEAD, RegistryTask.Kind.TWO_HEADS)


def wanted_tasks(*, household: UUID) -> set[RegistryTask.Kind]:
    """Which tasks about its head a household should have, as it stands today."""
    today = clock.today()
    living = Membership.objects.on(today).filter(
        household=household, person__in=Person.objects.living_on(today)
    )
    heads = living.filter(relation=Relation.HEAD).count()
    if heads > 1:
        return {RegistryTask.Kind.TWO_HEADS}
    return {RegistryTask.Kind.NO_HEAD} if heads == 0 and living.exists() else set()


def keep_tasks(changes: ChangeSet, household: Household) -> None:
    """Open or close the tasks of a household whose members changed, as it stands today."""
    today, wanted = clock.today(), wanted_tasks(household=household.pk)
    for kind in KINDS_OF_HEADS:
        is_wanted = kind in wanted
        task = RegistryTask.objects.open().filter(household=household, kind=kind).first()
        if is_wanted and task is None:
            changes.made(
                RegistryTask.objects.create(
                    kind=kind, household=household, opened_on=today, division_code=household.division_code
                )
            )
        elif task is not None and not is_wanted:
            changes.touch(task)
            task.closed_on = today
            task.save(update_fields=["closed_on"])


def check_heads(*, set_id: UUID) -> None:
    """What was taken back leaves no household with a task that a later entry counted otherwise.

    At county scope, after the taking back. Raises DomainError `changed_since`.
    """
    for household in _households_of(set_id):
        tasks = RegistryTask.objects.open().filter(household=household, kind__in=KINDS_OF_HEADS)
        is_right = set(tasks.values_list("kind", flat=True)) == wanted_tasks(household=household)
        if not is_right and _has_later_entry(household, set_id):
            raise changed_since()


def _households_of(set_id: UUID) -> set[UUID]:
    """Households whose members the set changed, or of whose members it changed the record."""
    changes = RowChange.objects.filter(change_set=set_id)
    found = set()
    for images in changes.filter(row_table=Membership._meta.db_table).values_list("before", "after"):
        found |= {UUID(image["household_id"]) for image in images if image}
    people = changes.filter(row_table=Person._meta.db_table).values("row_id")
    found |= set(Membership.objects.filter(person__in=people).values_list("household_id", flat=True))
    return found


def _has_later_entry(household: UUID, set_id: UUID) -> bool:
    """Keys of entries are in the order in which they were made."""
    people = Membership.objects.filter(household=household).values("person")
    events = LifeEvent.objects.standing().filter(
        Q(household=household) | Q(person__in=people) | Q(other__in=people), pk__gt=set_id
    )
    merges = PersonMerge.objects.filter(survivor__in=people, state=MergeState.DONE, pk__gt=set_id)
    return events.exists() or merges.exists()
