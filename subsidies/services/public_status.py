"""The code of a family's slip, and what it tells whoever holds it."""

from __future__ import annotations

from offices.public_codes import PublicAnswer
from offices.services.numbers import new_code
from subsidies.enums import ApplicationState
from subsidies.models import Application, PublicStatus


def give_code(*, application: Application) -> PublicStatus:
    """Give a new application its code; the database lets the state follow from then on."""
    return PublicStatus.objects.create(
        code=new_code(), application_id=application.pk, state=application.state, since=application.entered_on
    )


def status_for(code: str) -> PublicAnswer | None:
    """Where the application of a code is: the state's words and the day, nothing else."""
    found = PublicStatus.objects.filter(code=code).first()
    return PublicAnswer(ApplicationState(found.state).label, found.since) if found else None
