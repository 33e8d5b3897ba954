"""What a unit pays as an employer, on its page."""

from __future__ import annotations

import datetime

from django.utils.translation import gettext_lazy as _

from households.models import Unit
from households.panels import Panel, UnitPanel
from offices.actors import Actor
from subsidies import policies
from subsidies.selectors.employers import grants_paid_by

_SHOWN = 50


def employer_panel(actor: Actor, unit: Unit, on: datetime.date) -> UnitPanel | None:
    """The people within scope whose benefit the unit pays, with the way to each grant."""
    if not unit.is_payer or not policies.may_see_grants(actor):
        return None
    grants = grants_paid_by(actor=actor, unit=unit, on=on)
    shown = list(grants[:_SHOWN])
    context = {"grants": shown, "more": max(grants.count() - len(shown), 0) if len(shown) == _SHOWN else 0}
    panel = Panel(_("For whom it pays"), "subsidies/_employer_panel.html", context, icon="heart-handshake")
    return UnitPanel(panel, [grant.person for grant in shown])
