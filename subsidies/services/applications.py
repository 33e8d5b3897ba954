"""An application at the counter: entered, its papers completed, withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from households.models import Person, Representative
from households.selectors.representations import representatives_of
from households.services.own_family import check_not_own_family
from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError, NotAllowed, Stale
from offices.services.acts import record_act
from offices.services.numbers import next_number
from offices.services.states import locked, move
from subsidies import policies
from subsidies.documents import names_of, papers_of, required_documents
from subsidies.enums import ApplicationState, ProgrammeKind, Step, StepResult
from subsidies.models import Application, Grant, PolicyVersion, Programme
from subsidies.models.applications import TRANSITIONS
from subsidies.selectors.assessed import assessed
from subsidies.services.confirmations import confirmations_for
from subsidies.services.debt_cases import follow_entry, follow_withdrawal
from subsidies.services.notices import take_down_notices
from subsidies.services.public_status import give_code
from subsidies.services.steps import check_another_person, constraint_of, due_after, write_step

BY_SELECTION = (ProgrammeKind.AWARD, ProgrammeKind.LETTER)
"""Kinds that nobody applies for: awards are chosen by nomination, letters are asked for."""


@transaction.atomic
def enter_application(
    *,
    person: Person,
    programme: Programme,
    documents: Iterable[str],
    has_declared: bool,
    actor: Actor,
    handed_in_by: Representative | None = None,
) -> Application:
    """Take an application at the counter of a village or township, for anybody it serves.

    `documents` are codes of what was brought; whatever the programme needs beyond them is named
    missing at once, all of it. Somebody the rules do not find entitled may apply all the same: a
    refusal with its reason is owed too. `handed_in_by`: her agent or guardian, entered with the document. Raises NotAllowed, DomainError `person_died`,
    `not_applied_for`, `no_policy`, `declaration_missing`, `receives_already`, `already_applied`,
    `does_not_stand_for_person`.
    """
    if not policies.may_take(actor, step=Step.ENTRY, division_code=person.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=person.pk)
    version = _check_may_apply(person, programme)
    _check_hand(person, handed_in_by)
    if not has_declared:
        raise DomainError(
            "declaration_missing",
            _("The applicant signs the declaration first: read it to the family, then tick it."),
        )
    application = _file(actor, person, programme, version, sorted(set(documents)), handed_in_by)
    missing = [
        code
        for code in required_documents(version, application.entered_on)
        if code not in application.documents_brought
    ]
    return _name_missing(application, actor, missing) if missing else application


@transaction.atomic
def file_application(*, actor: Actor, person: Person, programme: Programme) -> Application:
    """Open the file of somebody who is nominated for an award: no paper and no declaration is asked of her.

    Part of the nomination. Raises NotAllowed, DomainError `own_family`, `person_died`, `no_policy`,
    `receives_already`, `already_applied`.
    """
    if not policies.may_take(actor, step=Step.ENTRY, division_code=person.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=person.pk)
    version = _check_may_apply(person, programme, is_nominated=True)
    return _file(actor, person, programme, version, [], None)


def _file(
    actor: Actor,
    person: Person,
    programme: Programme,
    version: PolicyVersion,
    documents: list[str],
    handed_in_by: Representative | None,
) -> Application:
    today = clock.today()
    number = next_number(series=series_of(programme=programme), year=today.year)
    application = new_application(
        actor=actor,
        person=person,
        programme=programme,
        version=version,
        documents=documents,
        annual_amount=assessed(person=person, programme=programme, on=today).annual_amount,
    )
    application.file_number = file_number(programme=programme, number=number)
    application.handed_in_by = handed_in_by
    application.confirmations = confirmations_for(
        amount=application.annual_amount, is_posted=programme.is_posted, on=today
    )
    application.due_on = due_after(application, application.next_step, start=today)
    try:
        with transaction.atomic():
            application.save()
    except IntegrityError as error:
        if constraint_of(error) != "one_open_application_for_a_programme":
            raise
        raise DomainError(
            "already_applied",
            _("An application of %(name)s for %(programme)s is already on its way."),
            name=person.name,
            programme=programme.name,
        ) from error
    give_code(application=application)
    write_step(application=application, actor=actor, step=Step.ENTRY, result=StepResult.PASSED)
    record_act(
        actor=actor,
        verb="subsidies.enter_application",
        record=application,
        programme=programme.code,
        file_number=application.file_number,
        documents=application.documents_brought,
        handed_in_as=handed_in_by.representation.kind if handed_in_by else "",
    )
    follow_entry(application=application)
    return application


def new_application(
    *,
    actor: Actor,
    person: Person,
    programme: Programme,
    version: PolicyVersion,
    documents: list[str],
    annual_amount: Decimal | None,
) -> Application:
    """An application of today as it is filed, not yet numbered nor written; the caller has checked it."""
    return Application(
        programme=programme,
        policy_version=version,
        person=person,
        division_code=person.division_code,
        entered_on=clock.today(),
        entered_by_id=actor.staff_id,
        documents_brought=documents,
        annual_amount=annual_amount,
    )


def series_of(*, programme: Programme) -> str:
    """In which series the files of a programme are numbered."""
    return f"application.{programme.code}"


def file_number(*, programme: Programme, number: int) -> str:
    """The file number of today's year."""
    return f"{programme.code}-{clock.today().year}-{number:05d}"


def _check_hand(person: Person, handed_in_by: Representative | None) -> None:
    """Who brings it is the person, or her agent or guardian of today."""
    if handed_in_by is not None and handed_in_by not in representatives_of(person, on=clock.today()):
        raise DomainError(
            "does_not_stand_for_person",
            _("This agent or guardian does not stand for the person today. Open the person's page and see."),
        )


def _check_may_apply(person: Person, programme: Programme, *, is_nominated: bool = False) -> PolicyVersion:
    today = clock.today()
    if person.died_on and person.died_on <= today:
        raise DomainError(
            "person_died",
            _("%(name)s died on %(day)s. Nobody can apply in that name."),
            name=person.name,
            day=date_format(person.died_on, "DATE_FORMAT"),
        )
    if programme.kind in BY_SELECTION and not is_nominated:
        raise DomainError(
            "not_applied_for",
            _("%(programme)s is given by selection, not by application."),
            programme=programme.name,
        )
    version = policy_applied_under(programme=programme)
    with county_scope():
        grant = Grant.objects.covering(today).filter(person=person, programme=programme).first()
    if grant:
        raise DomainError(
            "receives_already",
            _("%(name)s has received %(programme)s since %(day)s. There is nothing to apply for."),
            name=person.name,
            programme=programme.name,
            day=date_format(grant.from_on, "DATE_FORMAT"),
        )
    return version


def policy_applied_under(*, programme: Programme) -> PolicyVersion:
    """The policy version of today. Raises DomainError `no_policy`."""
    version = PolicyVersion.objects.filter(programme=programme).published_on(clock.today()).first()
    if version is None:
        raise DomainError(
            "no_policy",
            _("No published policy of %(programme)s holds today, so it cannot be applied for."),
            programme=programme.name,
        )
    return version


@transaction.atomic
def name_missing_documents(
    *, application: Application, documents: Iterable[str], actor: Actor, opinion: str = ""
) -> Application:
    """Name what is missing: once, and all of it at once.

    Whoever reviews next in the village may, before the village review. Raises NotAllowed, Stale,
    DomainError `documents_not_chosen`, `missing_named_before`, `acted_before`.
    """
    current = locked(application)
    if not policies.may_take(actor, step=Step.VILLAGE_REVIEW, division_code=current.division_code):
        raise NotAllowed()
    chosen = [code for code in papers_of(current) if code in set(documents)]
    if not chosen:
        raise DomainError(
            "documents_not_chosen", _("Tick the documents that are missing: all of them, at once.")
        )
    if current.missing_named_on:
        raise DomainError(
            "missing_named_before",
            _(
                "What is missing was named to this family on %(day)s: %(documents)s. "
                "Nothing more may be asked for; decide with what is there."
            ),
            day=date_format(current.missing_named_on, "DATE_FORMAT"),
            documents="、".join(names_of(current.documents_missing)),
        )
    check_another_person(current, actor=actor)
    return _name_missing(current, actor, chosen, opinion)


def _name_missing(
    application: Application, actor: Actor, documents: Sequence[str], opinion: str = ""
) -> Application:
    """Write what is missing; the office's clock stands still until the family has brought it."""
    step = application.next_step or Step.ENTRY
    moved = move(
        record=application,
        to=ApplicationState.DOCUMENTS_MISSING,
        transitions=TRANSITIONS,
        actor=actor,
        verb="subsidies.name_missing_documents",
        detail={"documents": documents},
        documents_missing=[str(code) for code in documents],
        missing_named_on=clock.today(),
        due_on=None,
    )
    write_step(
        application=moved, actor=actor, step=step, result=StepResult.DOCUMENTS_MISSING, opinion=opinion
    )
    return moved


@transaction.atomic
def complete_documents(*, application: Application, documents: Iterable[str], actor: Actor) -> Application:
    """Take what was missing at the counter: everything that was named, so that the review goes on.

    Raises NotAllowed, Stale, DomainError `documents_still_missing` with what is left.
    """
    current = locked(application)
    if not policies.may_take(actor, step=Step.ENTRY, division_code=current.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=current.person_id)
    if current.state != ApplicationState.DOCUMENTS_MISSING:
        raise Stale(
            "state_changed",
            _("This is now “%(state)s”, so the step is not possible. Open it again to see what happened."),
            state=current.get_state_display(),
        )
    brought = set(documents)
    left = [code for code in current.documents_missing if code not in brought]
    if left:
        raise DomainError(
            "documents_still_missing",
            _("Still missing: %(documents)s. The application goes on when everything named is there."),
            documents="、".join(names_of(left)),
        )
    today = clock.today()
    moved = move(
        record=current,
        to=ApplicationState.ENTERED,
        transitions=TRANSITIONS,
        actor=actor,
        verb="subsidies.complete_documents",
        detail={"documents": current.documents_missing},
        documents_brought=sorted({*current.documents_brought, *current.documents_missing}),
        due_on=due_after(current, Step.VILLAGE_REVIEW, start=today),
    )
    write_step(application=moved, actor=actor, step=Step.ENTRY, result=StepResult.DOCUMENTS_COMPLETED)
    return moved


@transaction.atomic
def withdraw_application(*, application: Application, actor: Actor) -> Application:
    """End an application because the family wishes so, at the counter, at any time before the grant.

    It has no consequence: she may apply again the same day. Raises NotAllowed, Stale.
    """
    current = locked(application)
    if not policies.may_take(actor, step=Step.ENTRY, division_code=current.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=current.person_id)
    moved = move(
        record=current,
        to=ApplicationState.WITHDRAWN,
        transitions=TRANSITIONS,
        actor=actor,
        verb="subsidies.withdraw_application",
        decided_on=clock.today(),
        due_on=None,
    )
    write_step(application=moved, actor=actor, step=Step.ENTRY, result=StepResult.WITHDRAWN)
    take_down_notices(application=moved)
    follow_withdrawal(application=moved)
    return moved
