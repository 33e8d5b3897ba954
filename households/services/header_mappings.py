"""What a sender's own column names stand for: guessed, assigned by a clerk, remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from households.models import HeaderMapping
from households.readers import (
    PAGE_LIMITS,
    RESIDENTS,
    ColumnSet,
    guess_column,
    read_headers,
)
from offices.actors import Actor
from offices.errors import DomainError


@dataclass(frozen=True, slots=True)
class HeaderProposal:
    """Columns by header: as assigned before or, where a clerk must be asked, as guessed for all."""

    renamed: Mapping[str, str]
    must_ask: bool


def renamed_by(*, actor: Actor, sender: str, of: ColumnSet = RESIDENTS) -> dict[str, str]:
    """What the column names of a sender stand for in the actor's division, as assigned before."""
    if not sender.strip():
        return {}
    known = HeaderMapping.objects.filter(
        division_code=actor.division_code, sender=sender.strip(), file_kind=of.code
    ).first()
    return dict(known.columns) if known else {}


def senders_of(*, actor: Actor) -> list[str]:
    """The senders whose columns somebody of the actor's division has assigned."""
    known = HeaderMapping.objects.filter(division_code=actor.division_code)
    return list(known.order_by("sender").values_list("sender", flat=True).distinct())


def propose_headers(
    *, actor: Actor, source: BinaryIO, sender: str, of: ColumnSet = RESIDENTS
) -> HeaderProposal:
    """Whether a file can be read as it is, or a clerk has to say first what its columns stand for.

    She is asked when a header that nobody assigned may be one of our columns, or stands in the
    place of one that must be there. A file that cannot be read is left to its import to refuse.
    """
    renamed = renamed_by(actor=actor, sender=sender, of=of)
    try:
        headers = [header for header in read_headers(source, limits=PAGE_LIMITS, of=of) if header]
    except DomainError:
        return HeaderProposal(renamed, must_ask=False)
    own = {header: renamed[header] for header in headers if header in renamed}
    covered = {own.get(header, header) for header in headers}
    strange = [header for header in headers if header not in own and header not in of.known]
    guessed = {header: guess_column(header, of) for header in strange}
    may_be_ours = {column for column in guessed.values() if column and column not in covered}
    missing = of.missing(covered)
    is_ours_at_all = bool(may_be_ours or covered & of.known)
    if not is_ours_at_all or not (may_be_ours or (missing and strange)):
        return HeaderProposal(own, must_ask=False)
    proposed: dict[str, str] = {}
    for header in headers:
        column = own.get(header, header if header in of.known else guessed.get(header, ""))
        proposed[header] = "" if column in proposed.values() else column
    return HeaderProposal(proposed, must_ask=True)


@transaction.atomic
def remember_headers(
    *, actor: Actor, sender: str, columns: Mapping[str, str], of: ColumnSet = RESIDENTS
) -> dict[str, str]:
    """Keep what a sender's headers stand for; the ones that differ from ours.

    Raises DomainError: `sender_missing`, `columns_repeated`, `columns_missing`, all named at once.
    """
    name = sender.strip()
    if not name:
        raise DomainError(
            "sender_missing", _("Say who sends the file: its column names are remembered for the next one.")
        )
    named = [column for column in columns.values() if column]
    if repeated := sorted({column for column in named if named.count(column) > 1}):
        raise DomainError(
            "columns_repeated",
            _("These columns occur more than once: %(columns)s. Keep one of each."),
            columns="、".join(repeated),
        )
    if missing := of.missing(named):
        raise DomainError(
            "columns_unassigned",
            _("Say which columns of the file are these: %(columns)s. Every file must have them."),
            columns="、".join(missing),
        )
    renamed = {header: column for header, column in columns.items() if header != column}
    mapping, _created = HeaderMapping.objects.select_for_update().get_or_create(
        division_code=actor.division_code,
        sender=name,
        file_kind=of.code,
        defaults={"assigned_by_id": actor.staff_id},
    )
    mapping.columns = {**mapping.columns, **renamed}
    for header in columns.keys() - renamed.keys():
        mapping.columns.pop(header, None)
    mapping.assigned_by_id = actor.staff_id
    mapping.save(update_fields=["columns", "assigned_by", "assigned_at"])
    return renamed
