"""The drafts that come with the installation, published as a county would after checking them."""

from __future__ import annotations

import pytest
from django.apps import apps

from offices import clock
from offices.enums import Role
from subsidies.enums import PolicyState
from subsidies.models import PolicyVersion
from subsidies.predicates import relations
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


def knows_insured() -> bool:
    """Whether the register keeps the list of who is insured elsewhere."""
    return "insuranceelsewhere" in apps.all_models["households"]


def list_of_insured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the register keeps none yet: an empty one, so that the rest of a rule is judged."""
    if not knows_insured():
        empty = "\n CROSS JOIN (SELECT NULL::text[] AS schemes, true AS is_listed) insurance"
        monkeypatch.setitem(relations._RELATIONS, "insurance", ((), lambda: empty))
