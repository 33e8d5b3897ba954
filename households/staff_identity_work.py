"""What the registry has to know of staff brings to everybody's work of today, and its acts in words."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.models import StaffIdentity
from households.policies import may_keep_staff_identities
from households.selectors.own_family import MEETS_FAMILIES, staff_without_identity
from offices import clock
from offices.actors import Actor
from offices.work import WorkItem

WORDS: dict[str, str | Promise] = {
    "households.record_identity": gettext_lazy("Recorded who stands behind an account"),
    "households.correct_identity": gettext_lazy("Corrected who stands behind an account"),
}


def identity_work(actor: Actor) -> Iterator[WorkItem]:
    """To say who one is, for whoever decides on families; for the administrator, who has not said it."""
    if may_keep_staff_identities(actor):
        yield WorkItem(
            title=_("Accounts of which nobody knows whose family they belong to"),
            count=staff_without_identity(on=clock.today()).count(),
            url=reverse("households:staff_identities"),
            icon="user-circle",
        )
    elif actor.role in MEETS_FAMILIES:
        is_known = StaffIdentity.objects.filter(staff_id=actor.staff_id).exists()
        yield WorkItem(
            title=_("Say who you are in the registry"),
            count=0 if is_known else 1,
            url=reverse("households:own_identity"),
            icon="user-circle",
            note=_("So that nobody decides on her own family"),
        )
