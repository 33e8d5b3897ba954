"""Lists that a worker looks through or takes a step for."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from offices import clock
from offices.actors import Actor
from offices.enums import JobState
from offices.models import Job
from offices.selectors.asked_jobs import asked_jobs
from subsidies.models import ListedAct, Programme

LIST_TASK = "subsidies.act_by_list"
LOOK, TAKE = "look", "take"
AT_ONCE = 1_000
"""For so many cases a step is taken by list while the page is awaited; for more by a worker."""
LOOKED_AT_ONCE = 5_000
"""So many cases are looked through while the page is awaited; looking costs a fifth of the act."""
_LOOK_HOLDS = datetime.timedelta(hours=1)


def wanted_of(*, does: str, programme: Programme, step: str, division_code: str) -> Mapping[str, str]:
    """What a job of a list is asked for."""
    return {"does": does, "programme": programme.pk, "step": step, "place": division_code}


def last_look(*, actor: Actor, programme: Programme, step: str, division_code: str) -> Job | None:
    """The actor's last look through a list, within the hour, if no such step was taken there since."""
    wanted = wanted_of(does=LOOK, programme=programme, step=step, division_code=division_code)
    look = asked_jobs(actor, LIST_TASK).filter(state=JobState.DONE, result__contains=wanted).first()
    if look is None or look.finished_at is None or look.finished_at < clock.now() - _LOOK_HOLDS:
        return None
    taken = ListedAct.objects.filter(
        programme=programme, step=step, division_code=division_code, known_at__gte=look.finished_at
    )
    return None if taken.exists() else look
