"""What awaits a role in the registry."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from households.enums import CorrectionState, DivisionChangeState, ImportState
from households.models import AccountCorrection, DivisionChange, DuplicatePair, RegistryTask, ResidentImport
from households.policies import (
    may_confirm_accounts,
    may_confirm_division_changes,
    may_decide_duplicates,
    may_import,
    may_settle_tasks,
)
from offices.actors import Actor
from offices.enums import JobState
from offices.work import WorkItem


def registry_work(actor: Actor) -> Iterator[WorkItem]:
    """Households to be put in order, and one's own files that are still being taken in."""
    if may_settle_tasks(actor):
        yield WorkItem(
            title=_("Households to put in order"),
            count=RegistryTask.objects.visible_to(actor).open().count(),
            url=reverse("households:tasks"),
            icon="users-group",
        )
    if may_confirm_accounts(actor):
        yield WorkItem(
            title=_("Accounts to confirm"),
            count=AccountCorrection.objects.visible_to(actor)
            .filter(state=CorrectionState.PROPOSED)
            .exclude(proposed_by_id=actor.staff_id)
            .count(),
            url=reverse("households:account_list"),
            icon="credit-card",
        )
    if may_decide_duplicates(actor):
        yield WorkItem(
            title=_("People who may be recorded twice"),
            count=DuplicatePair.objects.visible_to(actor).waiting().count(),
            url=reverse("households:duplicates"),
            icon="copy",
        )
    if may_confirm_division_changes(actor):
        changes = DivisionChange.objects.visible_to(actor)
        drafts = changes.filter(state=DivisionChangeState.DRAFT).exclude(drafted_by_id=actor.staff_id)
        failed = changes.filter(state=DivisionChangeState.CONFIRMED, job__state=JobState.FAILED)
        yield WorkItem(
            title=_("Changes of divisions to confirm"),
            count=(drafts | failed).count(),
            url=reverse("households:division_changes"),
            icon="map-pin",
        )
    if may_import(actor):
        waiting = ResidentImport.objects.visible_to(actor).filter(
            requested_by_id=actor.staff_id, state=ImportState.WAITING
        )
        if count := waiting.count():
            yield WorkItem(
                title=_("Resident files being taken in"),
                count=count,
                url=reverse("households:imports"),
                icon="file-import",
            )
