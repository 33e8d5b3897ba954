"""One's own exports that a worker still makes."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from offices.actors import Actor
from offices.enums import ExportState
from offices.models import Export
from offices.policies import may_open_exports
from offices.work import WorkItem


def export_work(actor: Actor) -> Iterator[WorkItem]:
    """A line while something is being made."""
    if not may_open_exports(actor):
        return
    waiting = Export.objects.visible_to(actor).made_by(actor).filter(state=ExportState.WAITING).count()
    if waiting:
        yield WorkItem(
            title=_("Files being made"), count=waiting, url=reverse("export_list"), icon="file-export"
        )
