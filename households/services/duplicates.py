"""What somebody decides about a pair: one person, or two; remembered until what it was about changes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from households import policies
from households.enums import PairState
from households.models import DuplicatePair
from households.models.duplicates import PAIR_TRANSITIONS
from households.services.duplicate_search import facts_digest
from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError, NotAllowed
from offices.services.states import locked, move


def decide_pair(*, actor: Actor, pair: DuplicatePair, is_same: bool) -> DuplicatePair:
    """Say that two records are of one person, or of two; a decision can be changed until they are merged.

    By the township for pairs within it, by the county for all. Raises NotAllowed, Stale, DomainError
    `record_is_merged` when one of the two has meanwhile gone into a third.
    """
    if not policies.may_decide_duplicates(actor) or not actor.covers(pair.division_code):
        raise NotAllowed()
    with county_scope():
        current = locked(pair)
        if current.first.merged_into_id or current.second.merged_into_id:
            raise merged_meanwhile()
        return move(
            record=current,
            to=PairState.SAME if is_same else PairState.DIFFERENT,
            transitions=PAIR_TRANSITIONS,
            actor=actor,
            verb="households.decide_pair",
            detail={"reasons": current.reasons, "score": current.score},
            facts_digest=facts_digest(current.first, current.second),
            decided_by_id=actor.staff_id,
            decided_on=clock.today(),
        )


def reopen_pair(*, actor: Actor, pair: DuplicatePair) -> DuplicatePair:
    """Take a decision back: the pair waits again. Raises NotAllowed, Stale."""
    if not policies.may_decide_duplicates(actor) or not actor.covers(pair.division_code):
        raise NotAllowed()
    return move(
        record=pair,
        to=PairState.CANDIDATE,
        transitions=PAIR_TRANSITIONS,
        actor=actor,
        verb="households.reopen_pair",
        decided_by_id=None,
        decided_on=None,
    )


def merged_meanwhile() -> DomainError:
    """One of the two records is no longer one of its own."""
    return DomainError(
        "record_is_merged",
        _("One of the two records has meanwhile been merged into another. Open the list of pairs again."),
    )
