"""Whom to appeal to and within how long: the county's dated terms."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.divisions import full_code
from offices.errors import DomainError, NotAllowed
from offices.models import Division
from offices.services.acts import record_act
from subsidies import policies
from subsidies.models import AppealTerms

SHIPPED = Path(__file__).resolve().parent.parent / "reference" / "appeal_terms.json"


@transaction.atomic
def set_appeal_terms(*, from_on: datetime.date, actor: Actor, **values: Any) -> AppealTerms:
    """Let other terms hold from today or a later day; letters keep the terms that were printed on them.

    The county may. Raises NotAllowed, DomainError `terms_in_the_past`, `terms_there_already`.
    """
    if not policies.may_set_appeal_terms(actor):
        raise NotAllowed()
    if from_on < clock.today():
        raise DomainError(
            "terms_in_the_past",
            _("Terms begin today or later: letters that are out keep those printed on them."),
        )
    last = AppealTerms.objects.select_for_update().order_by("-from_on").first()
    if last is not None and last.from_on >= from_on:
        raise DomainError(
            "terms_there_already", _("Other terms begin on that day or later. Choose a later day.")
        )
    if last is not None:
        last.to_on = from_on
        last.save(update_fields=["to_on"])
    terms = AppealTerms.objects.create(from_on=from_on, entered_by_id=actor.staff_id, **values)
    record_act(actor=actor, verb="subsidies.set_appeal_terms", record=terms, from_on=from_on)
    return terms


def load_appeal_terms(*, actor: Actor, county: str) -> int:
    """Bring the terms that come with the installation, once; what a county has changed stays."""
    if not AppealTerms.objects.exists():
        shipped = json.loads(SHIPPED.read_text(encoding="utf-8"))
        place = Division.objects.filter(pk=full_code(county)).values_list("name", flat=True).first() or ""
        for name in ("reconsideration_body", "court_name"):
            shipped[name] = shipped[name].replace("{place}", place)
        AppealTerms.objects.create(entered_by_id=actor.staff_id, **shipped)
    return AppealTerms.objects.count()
