"""Dated facts that rules read, each with its source and its document."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from households.enums import KIND_OF_SCHEME, EmploymentState, EventKind, HukouType, InsuranceScheme
from households.models import (
    Disability,
    Employment,
    ExaminationYear,
    Hukou,
    InsuranceElsewhere,
    LifeEvent,
    OnlyChildCertificate,
    Person,
)
from households.models.facts import DatedFact
from households.services.events.checks import check_lived, check_not_recorded
from households.services.events.recording import Recording, Report, finish, recording
from offices.actors import Actor
from offices.errors import DomainError
from offices.identifiers import read_credit_code

_FIRST_EXAMINATION_YEAR = 1977


def convert_hukou(*, actor: Actor, person: Person, report: Report, hukou_type: HukouType) -> LifeEvent:
    """The kind of somebody's household registration changes; its place stays.

    Raises NotAllowed, DomainError `no_hukou`, `nothing_changes` and the common ones.
    """
    former = Hukou.objects.on(report.happened_on).filter(person=person).first()
    if former is None:
        raise DomainError(
            "no_hukou",
            _("No hukou of %(name)s is on record on that day. Record the move that brought it here."),
            name=person.name,
        )
    values = {"hukou_type": hukou_type, "place_code": former.place_code}
    return _state(actor, EventKind.HUKOU, person, report, Hukou, values, hukou_type=hukou_type)


def change_employment(
    *,
    actor: Actor,
    person: Person,
    report: Report,
    state: EmploymentState,
    retired_on: datetime.date | None = None,
    employer_code: str = "",
) -> LifeEvent:
    """Somebody's employment is another from the day on; a retirement has its own day.

    Raises NotAllowed, DomainError `retirement_day`, `retirement_before_birth`, of the credit code,
    and the common ones.
    """
    if (state == EmploymentState.RETIRED) != (retired_on is not None):
        raise DomainError(
            "retirement_day",
            _("Who is retired has a day of retirement, and only she. Fill in both or neither."),
        )
    if retired_on and not person.birth_date < retired_on <= report.happened_on:
        raise DomainError(
            "retirement_impossible",
            _("The day of retirement lies after the birth and not after the day of this entry. Correct it."),
        )
    code = read_credit_code(employer_code) if employer_code.strip() else ""
    values = {"state": state, "retired_on": retired_on, "employer_code": code}
    return _state(actor, EventKind.EMPLOYMENT, person, report, Employment, values, state=state)


def change_disability(*, actor: Actor, person: Person, report: Report, grade: int | None) -> LifeEvent:
    """A disability grade from its certificate; None: it no longer holds. Raises as the common ones."""
    values = None if grade is None else {"grade": grade}
    return _state(actor, EventKind.DISABILITY, person, report, Disability, values)


def record_certificate(
    *,
    actor: Actor,
    person: Person,
    report: Report,
    number: str,
    issued_on: datetime.date | None = None,
) -> LifeEvent:
    """A parent's only-child certificate, or (number empty) that she gave it back.

    It is held from its issue on, whenever it is shown; where the registry says that one was given back
    since, from the day of the entry on. Raises NotAllowed, DomainError `certificate_day`,
    `certificate_before_birth` and the common ones.
    """
    number = number.strip()
    if bool(number) != (issued_on is not None) or (issued_on and issued_on > report.happened_on):
        raise DomainError(
            "certificate_day",
            _(
                "A certificate has its number and its day of issue, not after the day of this entry. Fill in both."
            ),
        )
    if issued_on and issued_on <= person.birth_date:
        raise DomainError(
            "certificate_before_birth",
            _("%(name)s was born on %(born)s; a certificate is issued after it. Correct the day of issue."),
            name=person.name,
            born=date_format(person.birth_date, "DATE_FORMAT"),
        )
    if issued_on is None:
        return _state(actor, EventKind.CERTIFICATE, person, report, OnlyChildCertificate, None)
    values = {"number": number, "issued_on": issued_on}
    with recording(
        actor=actor, kind=EventKind.CERTIFICATE, report=report, place=person.division_code, people=[person]
    ) as current:
        check_lived(person, current.on)
        check_not_recorded(person, EventKind.CERTIFICATE, current.on)
        shown = OnlyChildCertificate.objects.on(current.on).filter(person=person).first()
        own = OnlyChildCertificate.objects.filter(person=person)
        was_given_back = own.filter(to_on__gt=issued_on, to_on__lte=current.on).exists()
        begins_late = bool(shown and shown.from_on and shown.from_on > issued_on) and not was_given_back
        if shown and (shown.number, shown.issued_on) == (number, issued_on) and not begins_late:
            raise _nothing_changes()
        if was_given_back:
            current.put(OnlyChildCertificate, person, values)
        else:
            _hold_from_issue(current, person, shown if begins_late else None, values)
        return finish(current, person)


def _hold_from_issue(
    current: Recording, person: Person, late: OnlyChildCertificate | None, values: dict[str, Any]
) -> None:
    """Have a certificate hold from its issue on; `late`: the entry that began after it, which is corrected."""
    issued_on = values["issued_on"]
    if late:
        current.involve(person)
        current.changes.touch(late)
        said = {"source": current.report.source, "document": current.report.document}
        for name, value in (values | said | {"from_on": issued_on}).items():
            setattr(late, name, value)
        late.save(update_fields=["from_on", *values, *said])
    else:
        since = replace(current, report=replace(current.report, happened_on=issued_on))
        since.put(OnlyChildCertificate, person, values)


def record_examination(*, actor: Actor, person: Person, report: Report, year: int) -> LifeEvent:
    """The year in which somebody sits the entrance examination; next year's are known in this one.

    Raises NotAllowed, DomainError `examination_year` and the common ones.
    """
    first = max(_FIRST_EXAMINATION_YEAR, person.birth_date.year + 1)
    last = report.happened_on.year + 1
    if not first <= year <= last:
        raise DomainError(
            "examination_year",
            _("The examination year must be a year from %(first)s to %(last)s. Correct it."),
            first=first,
            last=last,
        )
    return _state(actor, EventKind.EXAMINATION, person, report, ExaminationYear, {"year": year}, year=year)


def record_insurance(
    *, actor: Actor, person: Person, report: Report, scheme: InsuranceScheme, is_insured: bool = True
) -> LifeEvent:
    """Somebody is insured elsewhere in a scheme from the day on, or is so no longer.

    Raises NotAllowed, DomainError `nothing_changes` and the common ones.
    """
    kind = KIND_OF_SCHEME[scheme]
    with recording(
        actor=actor, kind=kind, report=report, place=person.division_code, people=[person]
    ) as current:
        check_lived(person, current.on)
        check_not_recorded(person, kind, current.on)
        if (
            InsuranceElsewhere.objects.on(current.on).filter(person=person, scheme=scheme).exists()
            == is_insured
        ):
            raise _nothing_changes()
        current.put(InsuranceElsewhere, person, {} if is_insured else None, scheme=scheme)
        current.detail = {"is_insured": is_insured}
        return finish(current, person)


def _nothing_changes() -> DomainError:
    return DomainError(
        "nothing_changes",
        _("The registry says this for that day already. Compare it with the document."),
    )


def _state(
    actor: Actor,
    kind: EventKind,
    person: Person,
    report: Report,
    model: type[DatedFact],
    values: dict[str, Any] | None,
    **detail: Any,
) -> LifeEvent:
    """Raises `before_birth`, `after_death`, `recorded_already`, `nothing_changes`."""
    with recording(
        actor=actor, kind=kind, report=report, place=person.division_code, people=[person]
    ) as current:
        check_lived(person, current.on)
        check_not_recorded(person, kind, current.on)
        former = model._default_manager.filter(person=person).on(current.on).first()  # type: ignore[attr-defined] # a DatedFactQuerySet
        is_alike = (
            former is None
            if values is None
            else (
                former is not None and all(getattr(former, name) == value for name, value in values.items())
            )
        )
        if is_alike:
            raise _nothing_changes()
        current.put(model, person, values)
        current.detail = detail
        return finish(current, person)
