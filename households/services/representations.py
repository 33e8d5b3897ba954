"""Agents, guardians and heirs: entered with their document by one person, confirmed by another."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from households import policies
from households.enums import (
    GROUNDS_OF_KIND,
    RepresentationEnd,
    RepresentationGround,
    RepresentationKind,
    RepresentationState,
)
from households.models import Person, Representation, Representative, StaffIdentity
from households.models.representations import TRANSITIONS
from households.selectors.number_search import whose_number
from households.services.accounts import clean_account
from households.services.own_family import check_not_own_family, own_family
from households.services.representation_refusals import in_words
from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError, NotAllowed
from offices.identifiers import read_citizen_number
from offices.models import StoredFile
from offices.paper_files import SUFFIXES, CleanPaper
from offices.sealing import Purpose, digest
from offices.services.acts import record_act
from offices.services.files import content_of, delete_file, store_file
from offices.services.papers import SentFile, checked_paper
from offices.services.states import move

PURPOSE = "households.representation"
OF_AGE = 18


@dataclass(frozen=True, slots=True)
class GivenRepresentative:
    """One who stands for the person, as the card says; `parts` is the share of the sum of all parts."""

    name: str
    number: str
    parts: int = 1
    bank: str = ""
    account: str = ""


@transaction.atomic
def enter_representation(
    *,
    actor: Actor,
    person: Person,
    kind: RepresentationKind,
    ground: RepresentationGround,
    people: Sequence[GivenRepresentative],
    document: str,
    document_on: datetime.date,
    paper: SentFile,
    is_paid: bool = False,
    from_on: datetime.date | None = None,
    to_on: datetime.date | None = None,
) -> Representation:
    """Enter who stands for a person, from the document and the identity cards; another person confirms.

    The counters may, for people they serve. A guardian of a minor is one until the eighteenth birthday
    at most; heirs begin with the day of death. An official is paid for nobody but as guardian or heir to
    the own account. Nothing is written before the paper was read and scanned. Raises NotAllowed,
    DomainError `own_family`, `representation_ground`, `representation_person`, `representation_days`,
    `representative_*`, `one_open_entry_of_a_kind_for_a_person`, or what read_citizen_number,
    clean_account and checked_paper raise.
    """
    if not policies.may_enter_representations(actor) or not actor.covers(person.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=person.pk)
    if ground not in GROUNDS_OF_KIND[kind]:
        raise DomainError(
            "representation_ground", _("This document does not make somebody agent, guardian or heir.")
        )
    _check_person(person, kind, ground)
    is_paid = is_paid or kind == RepresentationKind.HEIRS
    begins, ends = _days(person, kind, ground, document_on, from_on, to_on)
    rows = [_representative(person, kind, given, is_paid=is_paid, actor=actor) for given in people]
    if not rows or (kind != RepresentationKind.HEIRS and len(rows) > 1):
        raise DomainError(
            "representative_count",
            _("Enter one agent or guardian, or every heir that the document names."),
        )
    cleaned = checked_paper(paper)
    stored = _keep(person, cleaned, actor)
    entry = Representation(
        person=person,
        kind=kind,
        ground=ground,
        is_paid=is_paid,
        document=document.strip(),
        document_on=document_on,
        from_on=begins,
        to_on=ends,
        file=stored,
        media_type=cleaned.media_type,
        entered_by_id=actor.staff_id,
        entered_on=clock.today(),
        division_code=person.division_code,
    )
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
            for serial, row in enumerate(rows, 1):
                row.representation, row.serial, row.division_code = entry, serial, entry.division_code
                row.save(force_insert=True)
    except DatabaseError as error:
        delete_file(stored=stored)
        raise in_words(error) from error
    record_act(
        actor=actor,
        verb="households.enter_representation",
        record=entry,
        person=person.pk,
        kind=kind,
        ground=ground,
        people=len(rows),
        is_paid=is_paid,
        sha256=stored.sha256,
    )
    return entry


def _check_person(person: Person, kind: str, ground: str) -> None:
    today = clock.today()
    has_died = person.died_on is not None and person.died_on <= today
    is_minor = person.age_on(today) < OF_AGE
    wrong = (
        _("Nobody inherits from somebody who is recorded as living. Record the death first.")
        if kind == RepresentationKind.HEIRS and not has_died
        else _("Somebody who has died has no agent and no guardian any more: enter the heirs.")
        if kind != RepresentationKind.HEIRS and has_died
        else _("Only who is under 18 has a guardian by age. Choose by which document it is.")
        if ground == RepresentationGround.MINOR and not is_minor
        else _("Who is under 18 cannot give an authority: enter the guardian.")
        if kind == RepresentationKind.AGENT and is_minor
        else None
    )
    if wrong is not None:
        raise DomainError("representation_person", wrong)


def _days(
    person: Person,
    kind: str,
    ground: str,
    document_on: datetime.date,
    from_on: datetime.date | None,
    to_on: datetime.date | None,
) -> tuple[datetime.date, datetime.date | None]:
    """The days `[from, to)` for which it holds. Raises `representation_days`."""
    today = clock.today()
    if document_on > today:
        raise DomainError("representation_days", _("The day of the document lies after today. Check it."))
    if kind == RepresentationKind.HEIRS and person.died_on:
        return person.died_on, None
    begins = from_on or document_on
    if ground == RepresentationGround.MINOR:
        comes_of_age = eighteenth_birthday(person)
        to_on = min(to_on, comes_of_age) if to_on else comes_of_age
    if to_on is not None and to_on <= max(begins, today):
        raise DomainError(
            "representation_days", _("This is over already: check from which day to which it holds.")
        )
    return begins, to_on


def eighteenth_birthday(person: Person) -> datetime.date:
    """The day from which a person needs no guardian; born on 29 February: 28 February."""
    born = person.birth_date
    try:
        return born.replace(year=born.year + OF_AGE)
    except ValueError:
        return born.replace(year=born.year + OF_AGE, day=28)


def _representative(
    person: Person, kind: str, given: GivenRepresentative, *, is_paid: bool, actor: Actor
) -> Representative:
    card = read_citizen_number(given.number)
    key = digest(card.number, Purpose.IDENTITY_NUMBER)
    if key == person.id_number_digest:
        raise DomainError("representative_is_the_person", _("Nobody stands for herself: this is her number."))
    _check_registered(card.number, given.name.strip(), actor)
    today = clock.today()
    if kind != RepresentationKind.HEIRS and _years(card.born_on, today) < OF_AGE:
        raise DomainError("representative_is_minor", _("An agent or guardian is of age."))
    row = Representative(
        name=given.name.strip(), id_number=card.number, id_number_digest=key, parts=given.parts
    )
    if is_paid:
        row.bank, number = clean_account(bank=given.bank, account=given.account)
        row.account = number  # type: ignore[assignment] # a sealed field takes clear text
        row.account_digest = digest(number, Purpose.BANK_ACCOUNT)
    return row


def _years(born: datetime.date, today: datetime.date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _check_registered(number: str, name: str, actor: Actor) -> None:
    """What the registry knows of a representative; she need not be in it."""
    if StaffIdentity.objects.filter(
        staff=actor.staff_id, id_number_digest=digest(number, Purpose.IDENTITY_NUMBER)
    ).exists():
        raise own_family()
    with county_scope():
        known = whose_number(Person.objects.all(), number).first()
    if known is None:
        return
    if known.name != name:
        raise DomainError(
            "representative_name",
            _("The registry has another name for this number. Compare both with the identity card."),
        )
    if known.died_on and known.died_on <= clock.today():
        raise DomainError("representative_died", _("By the registry, who has this number has died."))
    check_not_own_family(actor=actor, person=known.pk)


def _keep(person: Person, paper: CleanPaper, actor: Actor) -> StoredFile:
    return store_file(
        actor=actor,
        purpose=PURPOSE,
        name=f"{clock.today():%Y%m%d}{SUFFIXES[paper.media_type]}",
        media_type=paper.media_type,
        content=[paper.content],
        division_code=person.division_code,
    )


@transaction.atomic
def confirm_representation(*, actor: Actor, representation: Representation) -> Representation:
    """Confirm an entry against its document and the identity cards: from now on it holds.

    By another person than who entered it and of no family of those named, which the database holds too.
    Raises NotAllowed, Stale, DomainError `own_family`, `own_entry`, `one_is_paid_for_a_person_at_a_time`,
    `no_official_is_paid_for_another`.
    """
    _check_decider(actor, representation)
    if actor.staff_id == representation.entered_by_id:
        raise NotAllowed(
            "own_entry", _("You entered this. Somebody else must confirm it, with the document.")
        )
    return _moved(
        actor,
        representation,
        RepresentationState.CONFIRMED,
        "households.confirm_representation",
        decided_by_id=actor.staff_id,
        decided_on=clock.today(),
    )


@transaction.atomic
def reject_representation(*, actor: Actor, representation: Representation, reason: str) -> Representation:
    """Refuse an entry that its document does not bear out, or take back one's own.

    Raises NotAllowed, Stale, DomainError `own_family`, `reason_needed`.
    """
    if actor.staff_id != representation.entered_by_id:
        _check_decider(actor, representation)
    if not reason.strip():
        raise DomainError("reason_needed", _("Say why it is rejected."))
    return _moved(
        actor,
        representation,
        RepresentationState.REJECTED,
        "households.reject_representation",
        decided_by_id=actor.staff_id,
        decided_on=clock.today(),
        refusal=reason.strip(),
    )


@transaction.atomic
def end_representation(
    *, actor: Actor, representation: Representation, reason: str, ended_on: datetime.date
) -> Representation:
    """End what holds, with its reason; heirs who were paid by the document stay as they are.

    Raises NotAllowed, Stale, DomainError `own_family`, `end_reason`, `end_day`, `heirs_who_are_paid_stay`.
    """
    if not policies.may_end_representations(actor) or not actor.covers(representation.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=representation.person_id)
    if reason not in RepresentationEnd.values:
        raise DomainError("end_reason", _("Choose why it ends."))
    if reason == RepresentationEnd.PERSON_DIED and representation.person.died_on:
        ended_on = representation.person.died_on
    if ended_on > clock.today() or ended_on < representation.from_on:
        raise DomainError("end_day", _("The day of the end lies between its first day and today."))
    return _moved(
        actor,
        representation,
        RepresentationState.ENDED,
        "households.end_representation",
        to_on=min(ended_on, representation.to_on or ended_on),
        end_reason=reason,
        ended_by_id=actor.staff_id,
    )


def _check_decider(actor: Actor, representation: Representation) -> None:
    if not policies.may_confirm_representations(actor) or not actor.covers(representation.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=representation.person_id)


def _moved(
    actor: Actor, representation: Representation, to: RepresentationState, verb: str, **fields: Any
) -> Representation:
    try:
        with transaction.atomic():
            return move(
                record=representation, to=to, transitions=TRANSITIONS, actor=actor, verb=verb, **fields
            )
    except DatabaseError as error:
        raise in_words(error) from error


def content_of_document(representation: Representation) -> bytes:
    """The clear content of the document of an entry that the reader may see; it stays where it was stored."""
    with county_scope():
        stored = StoredFile.objects.get(pk=representation.file_id)
    return b"".join(content_of(stored))
