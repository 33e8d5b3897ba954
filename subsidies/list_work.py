"""What lists for other offices bring to everybody's work of today."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from offices.actors import Actor
from offices.work import WorkItem
from subsidies import policies
from subsidies.enums import ListState
from subsidies.models import SealedList


def list_work(actor: Actor) -> Iterable[WorkItem]:
    """Lists to seal, and sealed ones to hand over."""
    for title, state, icon, is_own in (
        (_("Lists to seal"), ListState.FROZEN, "lock", policies.may_seal_lists(actor)),
        (_("Sealed lists to hand over"), ListState.SEALED, "send", policies.may_freeze_lists(actor)),
    ):
        if is_own:
            yield WorkItem(
                title=title,
                count=SealedList.objects.visible_to(actor).filter(state=state).count(),
                url=f"{reverse('subsidies:sealed_list_list')}?state={state.value}",
                icon=icon,
            )
