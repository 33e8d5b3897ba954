"""What was done about the benefits owed in the demonstration, and a death that was reported late."""

from __future__ import annotations

import datetime

from config.demonstration.accounts import TOWNSHIP_2, VILLAGE
from config.demonstration.officers import acting
from households.models import LifeEvent
from households.services.events.deaths import record_death
from households.services.events.recording import Report
from subsidies.enums import DebtDeed, GrantState
from subsidies.models import Debt, DebtAct, Grant
from subsidies.services.debt_acts import decline_debt, record_deed

_LATE = datetime.timedelta(days=40)


def make_debt_entries(today: datetime.date) -> None:
    """Some families of the village were told, one was not there, one declined; again without effect."""
    if DebtAct.objects.exists():
        return
    village = acting("village")
    owed = list(Debt.objects.owed().filter(division_code=VILLAGE).order_by("owed_since", "pk")[:6])
    for line, deed in zip(owed, (DebtDeed.TOLD, DebtDeed.CANNOT_REACH, DebtDeed.TOLD), strict=False):
        record_deed(debt=line, deed=deed, actor=village)
    for line in owed[3:4]:
        decline_debt(debt=line, actor=village)
    _report_a_death_late(today)


def _report_a_death_late(today: datetime.date) -> None:
    """Of who has a grant in another township; what was paid for the year stays."""
    held = Grant.objects.filter(
        division_code__startswith=TOWNSHIP_2[:9], state=GrantState.LIVE, person__died_on=None
    ).exclude(person__in=LifeEvent.objects.values("person"))
    grant = held.select_related("person").order_by("pk").first()
    if grant:
        record_death(actor=acting("township-2"), person=grant.person, report=Report(today - _LATE))
