"""Every shipped draft published, with what the county has to fill in: then all programmes are swept."""

from __future__ import annotations

from django.utils import timezone

from offices.actors import Actor
from subsidies.enums import PolicyState, Unit
from subsidies.models import PolicyVersion
from subsidies.services.policies import check_policy

ONE_CHILD = {"clause": "child", "living_children": {"count": 1, "step": "no"}}
"""The draft of the county's own reward says nothing of children; as it stands it is about everybody."""


def publish_all(*, actor: Actor) -> int:
    """Publish the drafts that came with the installation, as an approval would; how many there were."""
    drafts = list(
        PolicyVersion.objects.filter(state=PolicyState.DRAFT, is_shipped=True).select_related("programme")
    )
    for draft in drafts:
        for value in draft.parameters.get("amount", []):
            if value["value"] == "0.00":
                value["value"] = "120.00" if draft.programme.unit == Unit.PERSON else "240.00"
        if draft.programme_id == "QTJL":
            draft.rule["all"].insert(0, ONE_CHILD)
        check_policy(draft)
        draft.state, draft.published_at = PolicyState.PUBLISHED, timezone.now()
        draft.save()
    return len(drafts)
