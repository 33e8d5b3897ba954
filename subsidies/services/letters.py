"""Letters of decision: issued with the decision itself, printed once, kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offices import clock
from offices.actors import Actor
from offices.database.context import current_context
from offices.divisions import full_code
from offices.enums import DivisionLevel
from offices.errors import DomainError, NotAllowed
from offices.models import Division, Verification
from offices.services.acts import record_act
from offices.services.files import store_file
from offices.services.jobs import enqueue
from offices.services.numbers import new_code, next_number
from offices.services.schedule import schedule
from offices.services.states import locked
from subsidies import letter_words, policies, recovery_words
from subsidies.enums import LetterKind
from subsidies.letter_text import LetterBody, LetterTable, LetterText
from subsidies.models import (
    Appeal,
    AppealTerms,
    Application,
    DecisionLetter,
    ExplanationReceipt,
    Grant,
    Recovery,
)
from subsidies.recovery_words import Due
from subsidies.services.receipts import said_in

PRINT_TASK = "subsidies.print_letters"


def issue_grant_letter(
    *,
    application: Application,
    grant: Grant,
    receipt: ExplanationReceipt | None,
    actor: Actor,
    of_county: bool = False,
) -> DecisionLetter:
    """The letter of a grant; `of_county`: the county has granted it, whoever hands it out. Raises as _issue."""
    with translation.override(settings.LANGUAGE_CODE):
        terms = terms_today()
        body = letter_words.granted_body(
            application=application, grant=grant, said=_said(receipt), terms=terms
        )
        return _issue(
            LetterKind.GRANTED,
            body,
            terms,
            application=application,
            actor=actor,
            grant=grant,
            receipt=receipt,
            of_county=of_county,
        )


def issue_refusal_letter(
    *, application: Application, receipt: ExplanationReceipt | None, actor: Actor
) -> DecisionLetter:
    """The letter of a refusal: no time limit of the family runs before it is delivered. Raises as _issue."""
    with translation.override(settings.LANGUAGE_CODE):
        terms = terms_today()
        body = letter_words.refused_body(application=application, said=_said(receipt), terms=terms)
        return _issue(LetterKind.REFUSED, body, terms, application=application, actor=actor, receipt=receipt)


def issue_stop_letter(*, grant: Grant, actor: Actor) -> DecisionLetter:
    """The letter of a stop. Raises as _issue."""
    with translation.override(settings.LANGUAGE_CODE):
        terms = terms_today()
        body = letter_words.stopped_body(grant=grant, terms=terms)
        return _issue(
            LetterKind.STOPPED, body, terms, application=grant.application, actor=actor, grant=grant
        )


def issue_change_letter(
    *, grant: Grant, appeal: Appeal, before: tuple[str, ...], table: LetterTable | None, actor: Actor
) -> DecisionLetter:
    """The letter of a grant that a successful appeal changed. Raises as _issue."""
    with translation.override(settings.LANGUAGE_CODE):
        terms = terms_today()
        body = letter_words.changed_body(grant=grant, appeal=appeal, before=before, table=table, terms=terms)
        return _issue(
            LetterKind.CHANGED,
            body,
            terms,
            application=grant.application,
            actor=actor,
            grant=grant,
            appeal=appeal,
        )


def issue_outcome_letter(*, appeal: Appeal, actor: Actor) -> DecisionLetter:
    """The answer to an appeal. Raises as _issue."""
    with translation.override(settings.LANGUAGE_CODE):
        terms = appeal.letter.terms
        body = letter_words.outcome_body(appeal=appeal, terms=terms)
        return _issue(
            LetterKind.OUTCOME, body, terms, application=appeal.application, actor=actor, appeal=appeal
        )


def issue_recovery_letter(*, recovery: Recovery, instalments: Sequence[Due], actor: Actor) -> DecisionLetter:
    """The letter of a decision to recover, to who was paid. Raises as _issue."""
    with translation.override(settings.LANGUAGE_CODE):
        terms = terms_today()
        body = recovery_words.recovery_body(recovery=recovery, instalments=instalments, terms=terms)
        return _issue(
            LetterKind.RECOVERY,
            body,
            terms,
            application=recovery.grant.application,
            actor=actor,
            grant=recovery.grant,
            recovery=recovery,
            addressee=recovery.debtor_name,
        )


def issue_recovery_change_letter(
    *, recovery: Recovery, appeal: Appeal, before: Decimal, actor: Actor
) -> DecisionLetter:
    """The letter by which a successful appeal withdraws or lowers a recovery. Raises as _issue."""
    with translation.override(settings.LANGUAGE_CODE):
        terms = terms_today()
        body = recovery_words.recovery_changed_body(
            recovery=recovery, appeal=appeal, before=before, terms=terms
        )
        return _issue(
            LetterKind.RECOVERY,
            body,
            terms,
            application=recovery.grant.application,
            actor=actor,
            grant=recovery.grant,
            appeal=appeal,
            recovery=recovery,
            addressee=recovery.debtor_name,
        )


def terms_today() -> AppealTerms:
    """The terms that hold today. Raises DomainError `no_appeal_terms`."""
    terms = AppealTerms.objects.on(clock.today()).first()
    if terms is None:
        raise DomainError(
            "no_appeal_terms",
            gettext_lazy(
                "No terms of appeal hold today, so no decision can be issued. Have the county office enter them."
            ),
        )
    return terms


def _issue(
    kind: LetterKind,
    body: LetterBody,
    terms: AppealTerms,
    *,
    application: Application,
    actor: Actor,
    grant: Grant | None = None,
    appeal: Appeal | None = None,
    receipt: ExplanationReceipt | None = None,
    recovery: Recovery | None = None,
    addressee: str = "",
    of_county: bool = False,
) -> DecisionLetter:
    """Number and freeze a letter in the transaction of its decision; the PDF is made after the commit.

    Called by the services that decide, which have asked their policies. The number is the office's next of
    the year: a decision that fails gives it back. Raises DomainError `no_appeal_terms`.
    """
    today = clock.today()
    office = _office_of(full_code(current_context().county) if of_county else actor.division_code)
    serial = next_number(series=f"letter {office.pk}", year=today.year)
    number = f"{_short(office)}{terms.number_word}〔{today.year}〕{serial}号"
    content = LetterText(
        number=number,
        issuer=issuer_of(office),
        addressee=addressee or _addressee(application),
        issued_on=today.isoformat(),
        body=body,
    ).as_json()
    letter = DecisionLetter(
        number=number,
        office_code=office.pk,
        year=today.year,
        serial=serial,
        kind=kind,
        application=application,
        grant=grant,
        appeal=appeal,
        recovery=recovery,
        receipt=receipt,
        terms=terms,
        content=content,
        digest=hashlib.sha256(content.encode()).hexdigest(),
        issued_on=today,
        issued_by_id=actor.staff_id,
        division_code=application.division_code,
    )
    letter.verification = Verification.objects.create(
        code=new_code(),
        kind=Verification.Kind.LETTER,
        title=letter_words.verifiable_title(letter),
        division_name=issuer_of(office)[:60],
        issued_on=today,
        figures_digest=letter.digest,
        record_id=letter.pk,
    )
    letter.save(force_insert=True)
    record_act(
        actor=actor,
        verb="subsidies.issue_decision_letter",
        record=letter,
        number=number,
        kind=kind,
        digest=letter.digest,
    )
    enqueue(PRINT_TASK, letter.pk, waits_for_others=True)
    return letter


def _office_of(division_code: str) -> Division:
    """The office of a place that answers for a decision: the township's own, else the county's."""
    county = full_code(current_context().county)
    own = f"{division_code[:9]}000"
    found = {
        office.pk: office for office in Division.objects.filter(pk__in={own, county}).select_related("parent")
    }
    return found.get(own) or found[county]


def issuer_of(office: Division) -> str:
    """The name of an office, as it signs."""
    place = office.name
    if office.level == DivisionLevel.TOWNSHIP and office.parent is not None:
        place = f"{office.parent.name}{office.name}"
    return _("%(place)s family planning service office") % {"place": place}


def office_that_answers(*, actor: Actor) -> str:
    """The name under which the actor's office signs a paper."""
    return issuer_of(_office_of(actor.division_code))


def _short(office: Division) -> str:
    """The office's name in a document number: the county's without its rank, a township's whole."""
    name = office.name
    if office.level == DivisionLevel.TOWNSHIP:
        return name
    return name[:-1] if len(name) > 2 and name[-1] in "区县市旗" else name


def _addressee(application: Application) -> str:
    person = application.person
    if person.died_on and person.died_on <= clock.today():
        return _("The family of %(name)s") % {"name": person.name}
    return person.name


def _said(receipt: ExplanationReceipt | None) -> dict[str, object] | None:
    return None if receipt is None else {**said_in(receipt), "receipt": receipt.code}


@transaction.atomic
def keep_letter_file(*, letter_id: UUID, content: bytes, actor: Actor) -> DecisionLetter:
    """Keep the PDF of a letter sealed, once; a second printing is thrown away. The installation's own work.

    The public page tells the file's SHA-256 from then on. Raises NotAllowed.
    """
    if not policies.may_print_letters(actor):
        raise NotAllowed()
    letter = locked(DecisionLetter(pk=letter_id))
    if letter.file_id is not None:
        return letter
    stored = store_file(
        actor=actor,
        purpose="letter",
        name=f"{letter.number}.pdf",
        media_type="application/pdf",
        content=[content],
        division_code=letter.division_code,
    )
    letter.file = stored
    letter.save(update_fields=["file"])
    Verification.objects.filter(pk=letter.verification_id).update(file_digest=stored.sha256)
    record_act(
        actor=actor, verb="subsidies.print_letter", record=letter, number=letter.number, sha256=stored.sha256
    )
    return letter


def load_letter_schedule(*, actor: Actor, county: str) -> int:
    """Have letters that were not printed at once printed at night."""
    return schedule(task=PRINT_TASK, county=county, hour=0, minute=40)
