"""Proposals follow the registry: known once it says the same, open again once it no longer does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from django.db.models import Q

from households.enums import EventKind, ProposalState
from households.models import EventProposal, LifeEvent
from households.models.departments import PROPOSAL_TRANSITIONS
from households.selectors.proposals import looks_at
from offices.actors import Actor
from offices.services.states import move

_in_hand: ContextVar[UUID | None] = ContextVar("proposal_in_hand", default=None)


@contextmanager
def in_hand(proposal: EventProposal) -> Iterator[None]:
    """Leave a proposal alone while the event that it asks for is being recorded."""
    token = _in_hand.set(proposal.pk)
    try:
        yield
    finally:
        _in_hand.reset(token)


def follow_registry(people: Sequence[UUID], _kind: EventKind | None = None) -> None:
    """Something about these people has changed: what is known of their proposals follows, in the same
    transaction, at county scope. The change has its own act; a proposal that another clerk has in
    hand finds out by herself.
    """
    busy = _in_hand.get()
    rows = (
        EventProposal.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(Q(person__in=people) | Q(person__merged_into__in=people))
        .filter(state__in=(ProposalState.PROPOSED, ProposalState.KNOWN))
        .exclude(pk__in=[busy] if busy else [])
    )
    proposals = list(rows)
    if not proposals:
        return
    looks = looks_at(proposals, only_known=True)
    for state, is_known in ((ProposalState.KNOWN, True), (ProposalState.PROPOSED, False)):
        changed = [one.pk for one in proposals if looks[one.pk].is_known == is_known and one.state != state]
        if changed:
            EventProposal.objects.filter(pk__in=changed).update(state=state)


def reopen_proposals_of(*, event: LifeEvent, actor: Actor) -> None:
    """An event is taken back: the proposal from which it was recorded can be decided again."""
    for proposal in EventProposal.objects.filter(event=event, state=ProposalState.CONFIRMED):
        move(
            record=proposal,
            to=ProposalState.PROPOSED,
            transitions=PROPOSAL_TRANSITIONS,
            actor=actor,
            verb="households.reopen_proposal",
            decided_by_id=None,
            decided_role="",
            decided_on=None,
        )


def let_go_of_proposals(people: Any) -> None:
    """People are about to leave the registry: what was proposed about them is withdrawn."""
    EventProposal.objects.filter(person__in=people).exclude(state=ProposalState.CONFIRMED).update(
        person=None,
        state=ProposalState.WITHDRAWN,
        decided_by=None,
        decided_role="",
        decided_on=None,
        reason="",
        remark="",
    )
