"""Lists for other offices: frozen by one person, sealed by another, sent, and put right by supplements."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope, current_context
from offices.divisions import full_code
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import Division, Verification
from offices.sealing import Purpose, seal_bytes, unseal_bytes
from offices.services.acts import record_act
from offices.services.numbers import new_code, next_number
from offices.services.states import locked, move
from subsidies import policies
from subsidies.enums import ListChange, ListState, ProgrammeKind
from subsidies.list_files import file_of_list
from subsidies.models import Programme, SealedList, SealedListEntry
from subsidies.models.sealed_lists import TRANSITIONS
from subsidies.selectors.sealed_lists import (
    Difference,
    differences,
    is_as_frozen,
    listed_in,
    names_of_places,
)

LISTED_KINDS = (ProgrammeKind.POINTS, ProgrammeKind.LETTER)
_SERIES = "sealed_list"


@transaction.atomic
def freeze_list(*, actor: Actor, programme: Programme, year: int) -> SealedList:
    """Freeze who is on the list of a programme and year, as granted (or by letters) today.

    By a county reviewer. Another person seals it. Raises NotAllowed, DomainError `no_list`,
    `list_empty`, `list_there_already`.
    """
    if not policies.may_freeze_lists(actor):
        raise NotAllowed()
    if programme.kind not in LISTED_KINDS:
        raise DomainError(
            "no_list", _("Of %(programme)s no list goes to another office."), programme=programme.name
        )
    with county_scope():
        found = [Difference(ListChange.LISTED, row, None) for row in listed_in(programme, year).rows]
        if not found:
            raise DomainError(
                "list_empty",
                _("Nobody is on the list of %(year)s: no grant or letter of the year holds."),
                year=year,
            )
        return _freeze(actor, programme, year, found, None, "")


@transaction.atomic
def freeze_supplement(*, actor: Actor, first: SealedList, reason: str) -> SealedList:
    """Freeze what has changed since a sealed list and its supplements; every entry names what it replaces.

    By a county reviewer, with the reason. Raises NotAllowed, Stale when the list is not sealed,
    DomainError `reason_needed`, `nothing_changed`, `list_there_already`.
    """
    if not policies.may_freeze_lists(actor):
        raise NotAllowed()
    if not reason.strip():
        raise DomainError("reason_needed", _("Say why a supplement is needed: it stands on the list."))
    with county_scope():
        current = locked(first)
        if current.supplements_id is not None or current.state not in (ListState.SEALED, ListState.SENT):
            raise Stale("list_not_sealed", _("Only a sealed first list is supplemented. Open it again."))
        found = differences(current)
        if not found:
            raise DomainError(
                "nothing_changed", _("Everything is as the sealed lists say, so nothing is to be put right.")
            )
        return _freeze(actor, current.programme, current.year, found, current, reason.strip())


def _freeze(
    actor: Actor,
    programme: Programme,
    year: int,
    found: Sequence[Difference],
    first: SealedList | None,
    reason: str,
) -> SealedList:
    try:
        with transaction.atomic():
            made = SealedList.objects.create(
                programme=programme,
                year=year,
                supplements=first,
                reason=reason,
                count=len(found),
                frozen_by_id=actor.staff_id,
                frozen_on=clock.today(),
                division_code=full_code(current_context().county),
            )
    except IntegrityError as error:
        raise DomainError(
            "list_there_already",
            _("A list or supplement of this year is there already. Open it, seal or discard it first."),
        ) from error
    places = names_of_places()
    SealedListEntry.objects.bulk_create(
        [_entry(made, serial, one, places) for serial, one in enumerate(found, 1)], batch_size=2000
    )
    record_act(
        actor=actor,
        verb="subsidies.freeze_list",
        record=made,
        programme=programme.pk,
        year=year,
        count=made.count,
    )
    return made


def _entry(made: SealedList, serial: int, one: Difference, places: object) -> SealedListEntry:
    names: dict[str, str] = dict(places)  # type: ignore[call-overload] # a mapping of codes
    row, before = one.row, one.before
    common = {"list": made, "serial": serial, "change": one.change, "replaces": before}
    if row is None:
        assert before is not None  # noqa: S101 # a removal replaces an entry
        return SealedListEntry(
            **common,
            person_id=before.person_id,
            grant_id=before.grant_id,
            letter_id=before.letter_id,
            name=before.name,
            id_number=before.id_number,
            township_name=before.township_name,
            village_name=before.village_name,
            points=before.points,
            division_code=before.division_code,
        )
    code = row.division_code
    return SealedListEntry(
        **common,
        person=row.person,
        grant_id=row.grant_id,
        letter_id=row.letter_id,
        name=row.person.name,
        id_number=row.person.id_number,
        township_name=names.get(full_code(code[:9]), ""),
        village_name=names.get(code, ""),
        points=row.points,
        division_code=code,
    )


@transaction.atomic
def seal_list(*, actor: Actor, sealed_list: SealedList) -> SealedList:
    """Seal a frozen list: it gets its number, its file with the digest, and its code; nothing changes after.

    By the county, never the one who froze it. Raises NotAllowed, Stale, DomainError `own_list`,
    `list_changed`.
    """
    if not policies.may_seal_lists(actor):
        raise NotAllowed()
    with county_scope():
        current = locked(sealed_list)
        if actor.staff_id == current.frozen_by_id:
            raise NotAllowed("own_list", _("You froze this list. Somebody else must seal it."))
        if current.state == ListState.FROZEN and not is_as_frozen(current):
            raise DomainError(
                "list_changed",
                _("Somebody on the list has changed since it was frozen. Discard it and freeze it again."),
            )
        today = clock.today()
        number = f"惠民名单〔{today.year}〕{next_number(series=_SERIES, year=today.year)}号"
        entries = list(current.entries.select_related("replaces__list").order_by("serial"))
        content = file_of_list(current, number, entries)
        digest = hashlib.sha256(content).hexdigest()
        moved = move(
            record=current,
            to=ListState.SEALED,
            transitions=TRANSITIONS,
            actor=actor,
            verb="subsidies.seal_list",
            detail={"number": number, "count": current.count, "digest": digest},
            number=number,
            code=new_code(),
            digest=digest,
            content=seal_bytes(content, Purpose.FILE),
            sealed_by_id=actor.staff_id,
            sealed_on=today,
        )
        office = Division.objects.filter(pk=moved.division_code).values_list("name", flat=True).first()
        Verification.objects.create(
            code=moved.code,
            kind=Verification.Kind.LIST,
            title=number,
            division_name=office or moved.division_code,
            issued_on=today,
            figures_digest=digest,
            file_digest=digest,
            record_id=moved.pk,
        )
    return moved


@transaction.atomic
def send_list(*, actor: Actor, sealed_list: SealedList, recipient: str, sent_on: datetime.date) -> SealedList:
    """Note to which office a sealed list was handed, with its file and its signed sheet.

    By a county reviewer or the county. Raises NotAllowed, Stale, DomainError `recipient_needed`,
    `sent_on_impossible`.
    """
    if not policies.may_send_lists(actor):
        raise NotAllowed()
    if not recipient.strip():
        raise DomainError("recipient_needed", _("Name the office that the list was handed to."))
    with county_scope():
        current = locked(sealed_list)
        if current.sealed_on and not current.sealed_on <= sent_on <= clock.today():
            raise DomainError(
                "sent_on_impossible",
                _(
                    "The list was handed over between the day it was sealed (%(sealed)s) and today. Correct the day."
                ),
                sealed=current.sealed_on,
            )
        return move(
            record=current,
            to=ListState.SENT,
            transitions=TRANSITIONS,
            actor=actor,
            verb="subsidies.send_list",
            detail={"recipient": recipient, "sent_on": sent_on},
            recipient=recipient.strip(),
            sent_by_id=actor.staff_id,
            sent_on=sent_on,
        )


@transaction.atomic
def discard_list(*, actor: Actor, sealed_list: SealedList) -> SealedList:
    """Give a frozen list up before it is sealed. By a county reviewer or the county. Raises NotAllowed, Stale."""
    if not policies.may_send_lists(actor):
        raise NotAllowed()
    with county_scope():
        return move(
            record=sealed_list,
            to=ListState.DISCARDED,
            transitions=TRANSITIONS,
            actor=actor,
            verb="subsidies.discard_list",
        )


@transaction.atomic
def take_list_file(*, actor: Actor, sealed_list: SealedList) -> bytes:
    """The file of a sealed list, byte for byte as it was sealed: names and numbers leave, so it is an act.

    By a county reviewer or the county. Raises NotAllowed, DomainError `list_not_sealed`, `list_file_changed`.
    """
    if not policies.may_send_lists(actor):
        raise NotAllowed()
    if not sealed_list.content:
        raise DomainError("list_not_sealed", _("The list has no file before it is sealed."))
    content = unseal_bytes(bytes(sealed_list.content), Purpose.FILE)
    if hashlib.sha256(content).hexdigest() != sealed_list.digest:
        raise DomainError(
            "list_file_changed",
            _("The file does not agree with the digest of the list. Tell the audit administrator."),
        )
    record_act(actor=actor, verb="subsidies.take_list_file", record=sealed_list, digest=sealed_list.digest)
    return content
