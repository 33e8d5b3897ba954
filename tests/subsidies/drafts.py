"""The drafts that come with the installation, published as a county would after checking them."""

from __future__ import annotations

from offices import clock
from offices.enums import Role
from subsidies.enums import PolicyState
from subsidies.models import PolicyVersion
from subsidies.services.policies import check_policy
from tests.factories import make_actor


def publish_drafts(*codes: str) -> None:
    """Publish shipped drafts (all, or of some programmes), with an amount where the county states it."""
    second = make_actor(Role.COUNTY, name="审定")
    for version in PolicyVersion.objects.filter(state=PolicyState.DRAFT, is_shipped=True):
        if codes and version.programme_id not in codes:
            continue
        for row in version.parameters.get("amount", ()):
            if row["value"] == "0.00":
                row["value"] = "100.00"
        check_policy(version)
        version.state, version.published_at = PolicyState.PUBLISHED, clock.now()
        version.approved_by_id = second.staff_id
        version.save()
