"""What other departments report of the people of a page, while nobody has decided about it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households.models import EventProposal, Person
from households.panels import Panel
from households.policies import may_see_proposals
from households.selectors.proposal_words import words_of_proposals
from offices.actors import Actor

_SHOWN = 10


def proposal_panel(actor: Actor, people: Sequence[Person], on: datetime.date) -> Panel | None:
    """The open reports about these people."""
    if not may_see_proposals(actor):
        return None
    about = Q(person__in=people) | Q(person__merged_into__in=people)
    proposals = list(EventProposal.objects.visible_to(actor).open().filter(about)[:_SHOWN])
    if not proposals:
        return None
    lines = words_of_proposals(proposals)
    return Panel(
        _("What other departments report"),
        "households/proposal_panel.html",
        {"lines": lines},
        icon="file-check",
    )
