"""The code of a family's slip, and what it tells whoever holds it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from offices.public_codes import PublicAnswer
from offices.services.numbers import new_code
from offices.templatetags.ui import day
from subsidies.enums import ApplicationState
from subsidies.models import Application, PublicPremium, PublicStatus


def give_code(*, application: Application) -> PublicStatus:
    """Give a new application its code; the database lets the state follow from then on."""
    return give_codes(applications=[application])[0]


def give_codes(*, applications: Iterable[Application]) -> list[PublicStatus]:
    """The same for each of some new applications."""
    return PublicStatus.objects.bulk_create(
        PublicStatus(
            code=new_code(),
            application_id=application.pk,
            state=application.state,
            since=application.entered_on,
        )
        for application in applications
    )


def status_for(code: str) -> PublicAnswer | None:
    """Where the application of a code is: the state's words and the day, and the premiums paid for its holder."""
    found = PublicStatus.objects.filter(code=code).first()
    if found is None:
        return None
    paid = PublicPremium.objects.filter(application_id=found.application_id).order_by("year")
    return PublicAnswer(
        ApplicationState(found.state).label,
        found.since,
        tuple(
            _("The premium of %(year)s was paid for you on %(day)s.")
            % {"year": one.year, "day": day(one.paid_on)}
            for one in paid
        ),
    )
