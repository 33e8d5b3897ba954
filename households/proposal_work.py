"""What awaits a role of what other departments report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from households.enums import ProposalState
from households.models import EventProposal
from households.policies import may_decide_proposals, may_say_whom_rows_mean
from offices import clock
from offices.actors import Actor
from offices.work import WorkItem

PRESSING_AFTER = timedelta(days=10)
"""So long a report may lie before the home page presses for it; the office's own custom."""


def proposal_work(actor: Actor) -> Iterator[WorkItem]:
    """Reports to be confirmed by the township's counter; rows that may mean several people."""
    if not may_say_whom_rows_mean(actor):
        return
    old = Q(proposed_on__lt=clock.today() - PRESSING_AFTER)
    proposed, ambiguous = (Q(state=state) for state in (ProposalState.PROPOSED, ProposalState.AMBIGUOUS))
    count = EventProposal.objects.visible_to(actor).aggregate(
        proposed=Count("pk", filter=proposed),
        ambiguous=Count("pk", filter=ambiguous),
        old=Count("pk", filter=proposed & old),
    )
    if may_decide_proposals(actor):
        yield WorkItem(
            title=_("Reports of other departments to confirm"),
            count=count["proposed"],
            url=reverse("households:proposals") + f"?state={ProposalState.PROPOSED}",
            icon="file-check",
            is_overdue=count["old"] > 0,
        )
    if may_decide_proposals(actor) or count["ambiguous"]:
        yield WorkItem(
            title=_("Rows of other departments that may mean several people"),
            count=count["ambiguous"],
            url=reverse("households:proposals") + f"?state={ProposalState.AMBIGUOUS}",
            icon="users-group",
        )
