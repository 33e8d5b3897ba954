"""What honours bring to everybody's work of today."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from offices.actors import Actor
from offices.work import WorkItem
from subsidies import policies
from subsidies.enums import RecognitionState
from subsidies.models import Recognition


def award_work(actor: Actor) -> Iterable[WorkItem]:
    """Honours that wait for the county."""
    if policies.may_confirm_recognitions(actor):
        waiting = Recognition.objects.visible_to(actor).filter(state=RecognitionState.NOMINATED)
        yield WorkItem(
            title=_("Honours to confirm"),
            count=waiting.count(),
            url=f"{reverse('subsidies:recognition_list')}?state={RecognitionState.NOMINATED.value}",
            icon="star",
        )
