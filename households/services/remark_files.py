"""The files of refused rows and of warnings, handed out as an act."""

from __future__ import annotations

from typing import Literal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from households.models import ResidentImport
from households.policies import may_see_imports
from offices.actors import Actor
from offices.errors import DomainError, NotAllowed
from offices.models import StoredFile
from offices.services.acts import record_act

RemarkKind = Literal["errors", "warnings"]


@transaction.atomic
def open_remark_file(*, actor: Actor, brought: ResidentImport, kind: RemarkKind) -> StoredFile:
    """The file of an import's errors or warnings. Raises NotAllowed, DomainError `no_remarks`."""
    if not may_see_imports(actor) or not actor.covers(brought.division_code):
        raise NotAllowed()
    stored = brought.error_file if kind == "errors" else brought.warning_file
    if stored is None:
        raise DomainError(
            "no_remarks", _("There is no such file: no row gave a reason, or it is no longer kept.")
        )
    record_act(
        actor=actor, verb="households.download_remarks", record=brought, kind=kind, sha256=stored.sha256
    )
    return stored
