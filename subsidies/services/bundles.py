"""Bundles: which programmes the offices' common names stand for."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.errors import DomainError, NotAllowed
from offices.services.acts import record_act
from offices.services.states import locked
from subsidies import policies
from subsidies.models import Bundle, Programme

SHIPPED = Path(__file__).resolve().parent.parent / "reference" / "bundles.json"


def load_bundles(*, actor: Actor, county: str) -> int:
    """Bring the bundles that come with the installation, once; what a county has changed stays."""
    shipped = json.loads(SHIPPED.read_text(encoding="utf-8"))
    for entry in shipped:
        Bundle.objects.get_or_create(code=entry["code"], defaults=entry)
    return len(shipped)


@transaction.atomic
def change_bundle(*, bundle: Bundle, programmes: Iterable[str], actor: Actor) -> Bundle:
    """Say which programmes a bundle names, in the order of the programmes; no rule and no payment changes.

    Raises NotAllowed, DomainError `bundle_without_programmes`, `unknown_programme`.
    """
    if not policies.may_change_bundles(actor):
        raise NotAllowed
    current = locked(bundle)
    chosen = set(programmes)
    known = [code for code in Programme.objects.values_list("code", flat=True) if code in chosen]
    if not known:
        raise DomainError("bundle_without_programmes", _("A bundle names at least one programme. Tick it."))
    if len(known) < len(chosen):
        raise DomainError(
            "unknown_programme",
            _("There is no programme %(code)s. Known are: %(known)s."),
            code="、".join(sorted(chosen - set(known))),
            known="、".join(sorted(Programme.objects.values_list("code", flat=True))),
        )
    if known != current.programmes:
        before, current.programmes = current.programmes, known
        current.save(update_fields=["programmes"])
        record_act(
            actor=actor, verb="subsidies.change_bundle", record=current, before=before, programmes=known
        )
    return current
