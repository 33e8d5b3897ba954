"""What drafts of policies bring to the county's work of today."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from offices.actors import Actor
from offices.work import WorkItem
from subsidies import policies
from subsidies.enums import PolicyState
from subsidies.models import PolicyVersion


def policy_work(actor: Actor) -> Iterable[WorkItem]:
    """Versions that wait for a second person, and own drafts that came back."""
    if not policies.may_publish_policies(actor):
        return
    versions = PolicyVersion.objects.filter(is_shipped=False)
    waiting = versions.filter(state=PolicyState.SUBMITTED).exclude(authors__contains=[actor.staff_id])
    returned = versions.filter(state=PolicyState.DRAFT, authors__contains=[actor.staff_id]).exclude(
        sent_back=""
    )
    for title, rows, icon in (
        (_("Policy versions to approve"), waiting, "scale"),
        (_("Policy drafts that came back"), returned, "arrow-back-up"),
    ):
        found = list(rows.values_list("pk", flat=True))
        url = (
            reverse("subsidies:policy", args=found)
            if len(found) == 1
            else reverse("subsidies:programme_list")
        )
        yield WorkItem(title=title, count=len(found), url=url, icon=icon)
