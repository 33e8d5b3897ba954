"""The priority letter as it is printed, and the certificate of an award."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from offices.pdf.documents import FormalDocument, Verification
from subsidies.enums import NominationReason
from subsidies.models import Grant, PriorityLetter, Recognition

TEMPLATE = "print/monthly.html"


def verification_of(code: str, digest: str) -> Verification:
    """The code, address and digest that a paper prints."""
    return Verification(
        code=code,
        url=f"{settings.HUIMIN_PUBLIC_URL}{reverse('verify', args=[code])}",
        figures_digest=digest,
    )


def paper_of_letter(letter: PriorityLetter, *, village: str, issuer: str) -> FormalDocument:
    """The letter for the family, to be shown with the identity card."""
    words = {
        "name": letter.person.name,
        "village": village,
        "number": str(letter.person.id_number or ""),
        "purpose": letter.get_purpose_display(),
        "from": date_format(letter.issued_on, "DATE_FORMAT"),
        "until": date_format(letter.last_day, "DATE_FORMAT"),
        "basis": " ".join(
            filter(
                None, [letter.receipt.policy_version.basis_title, letter.receipt.policy_version.basis_number]
            )
        ),
    }
    return FormalDocument(
        title=_("Letter of priority"),
        issuer=issuer,
        issued_on=letter.issued_on,
        addressee=_("To whom it may concern"),
        standing=_("Withdrawn") if letter.withdrawn_on else "",
        opening=(
            _("Number: %(number)s") % {"number": letter.number},
            _("The family of %(name)s (identity number %(number)s, %(village)s) has priority by: %(basis)s.")
            % words,
            _("Please serve the family first and with the preference that your office grants: %(purpose)s.")
            % words,
            _("This letter holds from %(from)s to %(until)s and is shown with the identity card.") % words,
        ),
        closing=_("This is certified."),
        verification=verification_of(letter.code, letter.digest),
    )


def certificate_of_recognition(found: Recognition, *, village: str, issuer: str) -> FormalDocument:
    """The certificate of an honour without money."""
    words = {
        "name": found.person.name,
        "village": village,
        "honour": found.get_kind_display(),
        "year": found.year,
        "reasons": "、".join(str(NominationReason(reason).label) for reason in found.reasons),
    }
    return FormalDocument(
        title=_("Certificate of honour"),
        issuer=issuer,
        issued_on=found.decided_on or found.nominated_on,
        addressee=found.person.name,
        opening=(
            _("Number: %(number)s") % {"number": found.number},
            _("%(name)s (%(village)s) is honoured as “%(honour)s” of %(year)s.") % words,
            _("Reasons: %(reasons)s.") % words,
        ),
        closing=_("This certificate is issued in recognition."),
        verification=verification_of(found.code, found.digest),
    )


def certificate_of_award(grant: Grant, *, village: str, issuer: str) -> FormalDocument:
    """The certificate of an award to a family; it names no amount."""
    words = {
        "name": grant.person.name,
        "village": village,
        "award": grant.programme.name,
        "year": grant.confirmed_on.year,
    }
    return FormalDocument(
        title=_("Certificate of honour"),
        issuer=issuer,
        issued_on=grant.confirmed_on,
        addressee=grant.person.name,
        opening=(_("The family of %(name)s (%(village)s) is honoured as “%(award)s” of %(year)s.") % words,),
        closing=_("This certificate is issued in recognition."),
    )
