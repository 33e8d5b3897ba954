"""What is known about resident files that were brought."""

from __future__ import annotations

from households.enums import ImportState
from households.models import ResidentImport


def same_file_before(brought: ResidentImport) -> ResidentImport | None:
    """The last time the very same file was taken in before, within the open scope."""
    return (
        ResidentImport.objects.filter(
            sha256=brought.sha256,
            state=ImportState.DONE,
            is_dry_run=False,
            requested_at__lt=brought.requested_at,
        )
        .select_related("requested_by")
        .first()
    )
