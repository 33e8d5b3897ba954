"""Officer certificates: issued, suspended, restored, withdrawn, cancelled, and asked for."""

from __future__ import annotations

import datetime
import re
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from enforcement import policies
from enforcement.enums import CertificateState
from enforcement.models import OfficerCertificate
from enforcement.models.certificates import TRANSITIONS
from offices import clock
from offices.actors import Actor
from offices.database.context import current_context
from offices.divisions import scope_of
from offices.errors import DomainError, NotAllowed
from offices.models import Division, RoleGrant, Staff, Verification
from offices.services.acts import record_act
from offices.services.numbers import new_code, next_number
from offices.services.states import move

MOST_YEARS = 5
"""A certificate holds at most so long (the province's rules on officer certificates)."""

# Eleven digits today; older paper has letters, 〔〕 and 第…号 in it.
_NUMBER = re.compile(r"[0-9A-Za-z\u4e00-\u9fff〔〕()（）\-]{4,30}")


def require_certificate(*, actor: Actor, on: datetime.date) -> OfficerCertificate:
    """The certificate an officer holds on a day; reviewing and confirming need one.

    Raises DomainError `no_certificate`, `certificate_suspended`, `certificate_withdrawn`,
    `certificate_expired` or `certificate_not_yet_valid`, each saying what to do.
    """
    held = list(OfficerCertificate.objects.filter(staff_id=actor.staff_id).order_by("-to_on", "-from_on"))
    for certificate in held:
        if certificate.state == CertificateState.VALID and certificate.from_on <= on < certificate.to_on:
            return certificate
    raise _refusal(actor, held, on)


def _refusal(actor: Actor, held: list[OfficerCertificate], on: datetime.date) -> DomainError:
    """Why none of the certificates holds: the one nearest to holding speaks."""
    current = [certificate for certificate in held if certificate.from_on <= on < certificate.to_on]
    for certificate in current:
        if certificate.state == CertificateState.SUSPENDED:
            return DomainError(
                "certificate_suspended",
                _(
                    "Certificate %(number)s of %(name)s is suspended, so this cannot be reviewed or confirmed. "
                    "Let somebody with a valid certificate do it, or ask the county office to restore it."
                ),
                number=certificate.number,
                name=actor.name,
            )
    if current:
        return DomainError(
            "certificate_withdrawn",
            _(
                "Certificate %(number)s of %(name)s was withdrawn or cancelled. "
                "Somebody with a valid certificate must take this step."
            ),
            number=current[0].number,
            name=actor.name,
        )
    ended = next((certificate for certificate in held if certificate.to_on <= on), None)
    if ended is not None:
        return DomainError(
            "certificate_expired",
            _(
                "Certificate %(number)s of %(name)s expired on %(day)s. "
                "Ask the county office for a new one; until then somebody else must take this step."
            ),
            number=ended.number,
            name=actor.name,
            day=date_format(ended.to_on, "DATE_FORMAT"),
        )
    if held:
        return DomainError(
            "certificate_not_yet_valid",
            _("Certificate %(number)s of %(name)s is valid from %(day)s on only."),
            number=held[-1].number,
            name=actor.name,
            day=date_format(held[-1].from_on, "DATE_FORMAT"),
        )
    return DomainError(
        "no_certificate",
        _(
            "%(name)s holds no officer certificate, so this cannot be reviewed or confirmed. "
            "Ask the county office to issue one, or let somebody who holds one take this step."
        ),
        name=actor.name,
    )


@transaction.atomic
def issue_certificate(
    *,
    actor: Actor,
    staff: Staff,
    from_on: datetime.date | None = None,
    to_on: datetime.date | None = None,
    number: str = "",
) -> OfficerCertificate:
    """Issue a certificate to an officer for `[from_on, to_on)`: from today for five years unless said.

    The county or the security administrator may, never for herself. `number` is that of an older
    paper certificate; without it eleven digits are counted: county, year, serial. Raises
    NotAllowed, DomainError `certificate_too_long`, `certificate_period`, `certificate_number`,
    `certificate_held`, `certificate_number_taken`, `officer_without_role`.
    """
    if not policies.may_issue_certificates(actor):
        raise NotAllowed()
    if actor.staff_id == staff.pk:
        raise NotAllowed(
            "own_certificate",
            _("Nobody issues or changes a certificate of her own. Ask a colleague who may."),
        )
    from_on = from_on or clock.today()
    to_on = to_on or _years_after(from_on, MOST_YEARS)
    _check_period(from_on, to_on)
    number = number.strip()
    if number and not _NUMBER.fullmatch(number):
        raise DomainError(
            "certificate_number",
            _("A certificate number has 4 to 30 digits, letters or characters, without spaces."),
        )
    division_code = _office_of(staff, from_on)
    number = number or _next_certificate_number(from_on)
    try:
        with transaction.atomic():
            certificate = OfficerCertificate.objects.create(
                staff=staff,
                number=number,
                from_on=from_on,
                to_on=to_on,
                issued_by_id=actor.staff_id,
                verification_code=new_code(),
                division_code=division_code,
            )
    except IntegrityError as error:
        raise _said(error, number) from error
    _publish(certificate, staff)
    record_act(
        actor=actor,
        verb="enforcement.issue_certificate",
        record=certificate,
        from_on=from_on,
        to_on=to_on,
        number=number,
    )
    return certificate


def suspend_certificate(*, certificate: OfficerCertificate, actor: Actor, reason: str) -> OfficerCertificate:
    """Take the certificate's force until it is restored. Raises as `_change`."""
    return _change(certificate, actor, CertificateState.SUSPENDED, "enforcement.suspend_certificate", reason)


def restore_certificate(*, certificate: OfficerCertificate, actor: Actor, reason: str) -> OfficerCertificate:
    """End a suspension. Raises as `_change`."""
    return _change(certificate, actor, CertificateState.VALID, "enforcement.restore_certificate", reason)


def withdraw_certificate(*, certificate: OfficerCertificate, actor: Actor, reason: str) -> OfficerCertificate:
    """Take the certificate for a fault; it never holds again. Raises as `_change`."""
    return _change(certificate, actor, CertificateState.WITHDRAWN, "enforcement.withdraw_certificate", reason)


def cancel_certificate(*, certificate: OfficerCertificate, actor: Actor, reason: str) -> OfficerCertificate:
    """End the certificate without a fault: left the post, lost, exchanged. Raises as `_change`."""
    return _change(certificate, actor, CertificateState.CANCELLED, "enforcement.cancel_certificate", reason)


def _change(
    certificate: OfficerCertificate, actor: Actor, to: CertificateState, verb: str, reason: str
) -> OfficerCertificate:
    """Move a certificate and what the public sees of it.

    Raises NotAllowed, Stale, DomainError `certificate_reason`.
    """
    if not policies.may_issue_certificates(actor):
        raise NotAllowed()
    if not policies.may_change_certificate(actor, staff_id=certificate.staff_id):
        raise NotAllowed(
            "own_certificate",
            _("Nobody issues or changes a certificate of her own. Ask a colleague who may."),
        )
    reason = reason.strip()
    if not reason:
        raise DomainError("certificate_reason", _("Write the reason: the officer has a right to know it."))
    with transaction.atomic():
        changed = move(
            record=certificate, to=to, transitions=TRANSITIONS, actor=actor, verb=verb, state_reason=reason
        )
        Verification.objects.filter(code=changed.verification_code).update(
            is_withdrawn=to != CertificateState.VALID
        )
    return changed


def _publish(certificate: OfficerCertificate, staff: Staff) -> None:
    """What anybody who is shown the certificate may verify: number, officer, office, last day."""
    last_day = certificate.to_on - datetime.timedelta(days=1)
    Verification.objects.create(
        code=certificate.verification_code,
        kind=Verification.Kind.CERTIFICATE,
        title=f"{certificate.number} · {staff.name} · {certificate.from_on} – {last_day}",
        division_name=Division.objects.get(pk=certificate.division_code).name,
        issued_on=certificate.from_on,
        record_id=certificate.pk,
    )


def _check_period(from_on: datetime.date, to_on: datetime.date) -> None:
    if to_on <= from_on:
        raise DomainError("certificate_period", _("A certificate ends after the day it begins."))
    if to_on > _years_after(from_on, MOST_YEARS):
        raise DomainError(
            "certificate_too_long",
            _("A certificate is valid for at most %(years)d years. Choose an earlier end."),
            years=MOST_YEARS,
        )


def _years_after(day: datetime.date, years: int) -> datetime.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, month=3, day=1)


def _office_of(staff: Staff, on: datetime.date) -> str:
    grant = RoleGrant.objects.valid_on(on).filter(staff=staff).order_by("from_on", "id").first()
    if grant is None:
        raise DomainError(
            "officer_without_role",
            _("%(name)s holds no role on that day. Grant the role first, then issue the certificate."),
            name=staff.name,
        )
    return str(grant.division_id)


def _next_certificate_number(from_on: datetime.date) -> str:
    county = current_context().county
    serial = next_number(series="officer_certificate", year=from_on.year)
    return f"{scope_of(county.ljust(12, '0'))}{from_on.year % 100:02d}{serial:03d}"


def _said(error: IntegrityError, number: str) -> DomainError:
    diagnosis: Any = getattr(error.__cause__, "diag", None)
    if getattr(diagnosis, "constraint_name", "") == "one_certificate_at_a_time":
        return DomainError(
            "certificate_held",
            _("This officer already holds a certificate in that period. Cancel or withdraw that one first."),
        )
    return DomainError(
        "certificate_number_taken",
        _("Certificate number %(number)s is already given. Read it again on the paper."),
        number=number,
    )
