"""What awaits whoever keeps the officers' certificates."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from enforcement.enums import CertificateState
from enforcement.models import OfficerCertificate
from enforcement.policies import may_issue_certificates
from offices import clock
from offices.actors import Actor
from offices.work import WorkItem

SOON = datetime.timedelta(days=60)
"""How long before its end a certificate is shown: time enough for the examination."""


def certificate_work(actor: Actor) -> Iterator[WorkItem]:
    """Certificates that end within 60 days, and those that are suspended."""
    if not may_issue_certificates(actor):
        return
    today = clock.today()
    ending = OfficerCertificate.objects.valid_on(today).filter(to_on__lte=today + SOON)
    yield WorkItem(
        title=_("Certificates that end within 60 days"),
        count=ending.count(),
        url=f"{reverse('enforcement:certificate_list')}?state=valid&sort=to",
        icon="hourglass",
    )
    suspended = OfficerCertificate.objects.filter(state=CertificateState.SUSPENDED)
    yield WorkItem(
        title=_("Suspended certificates to decide"),
        count=suspended.count(),
        url=f"{reverse('enforcement:certificate_list')}?state=suspended",
        icon="player-stop",
    )
