"""Pairs of records and merges for tests."""

from __future__ import annotations

from households.enums import DuplicateReason
from households.models import DuplicatePair, Person, PersonMerge
from households.services.duplicate_search import common_division, facts_digest
from households.services.merges import merge_people, preview_merge
from offices import clock
from offices.actors import Actor
from offices.enums import Role
from tests.factories import make_actor


def pair_of(one: Person, other: Person) -> DuplicatePair:
    first, second = sorted((one, other), key=lambda person: person.pk)
    return DuplicatePair.objects.create(
        first=first,
        second=second,
        score=85,
        reasons=[DuplicateReason.ONE_DIGIT],
        facts_digest=facts_digest(first, second),
        found_on=clock.today(),
        division_code=common_division(first.division_code, second.division_code),
    )


def merge(one: Person, other: Person, *, actor: Actor | None = None, **chosen: Person) -> PersonMerge:
    """The first stays; of each contradiction hers is kept unless `chosen` says whose."""
    pair = DuplicatePair.objects.filter(first__in=[one, other], second__in=[one, other]).first()
    actor = actor or make_actor(Role.COUNTY)
    pair = pair or pair_of(one, other)
    plan = preview_merge(actor=actor, pair=pair, keep=one.pk)
    picked = {choice.code: str(one.pk) for choice in plan.choices}
    picked |= {code: str(person.pk) for code, person in chosen.items()}
    return merge_people(actor=actor, pair=pair, keep=one.pk, chosen=picked)
