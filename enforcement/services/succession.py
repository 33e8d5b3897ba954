"""Officers' certificates when the village of their office ends."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from enforcement.models import OfficerCertificate
from households.succession import Following

FOLLOWS = (OfficerCertificate,)
KINDS = {"certificates": _("Officer certificates")}


def follow_with_certificates(following: Following) -> None:
    """Certificates that hold on belong to the office that follows; part of a change being done."""
    following.move(
        OfficerCertificate,
        where="t.state IN ('valid', 'suspended') AND t.to_on > %s",
        parameters=[following.effective_on],
        kind="certificates",
    )
