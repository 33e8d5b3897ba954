"""A corrected account of who is paid for a person: one enters it, another confirms."""

from __future__ import annotations

from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from households import policies
from households.enums import RepresentationState
from households.models import Representative
from households.services.accounts import clean_account
from households.services.own_family import check_not_own_family
from households.services.representation_refusals import in_words
from offices import clock
from offices.actors import Actor
from offices.errors import DomainError, NotAllowed
from offices.sealing import Purpose, digest
from offices.services.acts import record_act
from offices.services.states import locked


@transaction.atomic
def propose_representative_account(
    *, actor: Actor, representative: Representative, bank: str, account: str, document: str
) -> Representative:
    """Enter another account of who is paid for a person, from the passbook; a second person confirms it.

    Raises NotAllowed, DomainError `own_family`, `account_waits`, `not_paid`, or what clean_account raises.
    """
    if not policies.may_enter_accounts(actor) or not actor.covers(representative.division_code):
        raise NotAllowed()
    current = locked(representative)
    check_not_own_family(actor=actor, person=current.representation.person_id)
    if current.account is None or current.representation.state != RepresentationState.CONFIRMED:
        raise DomainError("not_paid", _("No money goes to this person now, so no account is needed."))
    if current.next_account is not None:
        raise DomainError(
            "account_waits",
            _(
                "An account for this person already waits to be confirmed. Have it confirmed or rejected first."
            ),
        )
    current.next_bank, number = clean_account(bank=bank, account=account)
    current.next_account = number  # type: ignore[assignment] # a sealed field takes clear text
    current.next_account_digest = digest(number, Purpose.BANK_ACCOUNT)
    current.next_document = document.strip()
    current.next_by_id = actor.staff_id
    _save(current, "next_bank", "next_account", "next_account_digest", "next_document", "next_by")
    record_act(actor=actor, verb="households.propose_representative_account", record=current.representation)
    return current


@transaction.atomic
def decide_representative_account(
    *, actor: Actor, representative: Representative, is_right: bool
) -> Representative:
    """Confirm a corrected account against its document, or reject it; never by who entered it.

    Raises NotAllowed, DomainError `own_family`, `no_account_waits`, `no_official_is_paid_for_another`.
    """
    if not policies.may_confirm_accounts(actor) or not actor.covers(representative.division_code):
        raise NotAllowed()
    current = locked(representative)
    check_not_own_family(actor=actor, person=current.representation.person_id)
    if current.next_account is None:
        raise DomainError("no_account_waits", _("No account waits to be confirmed. Open the page again."))
    if is_right and actor.staff_id == current.next_by_id:
        raise NotAllowed(
            "own_account_entry",
            _("You entered this account. Somebody else must confirm it, with the document."),
        )
    if is_right:
        current.bank, current.account = current.next_bank, current.next_account
        current.account_digest, current.account_from_on = current.next_account_digest, clock.today()
        current.account_confirmed_by_id = actor.staff_id
    current.next_bank, current.next_document = "", ""
    current.next_account = current.next_account_digest = None  # type: ignore[assignment] # nothing waits
    current.next_by = None
    own = ("bank", "account", "account_digest", "account_from_on", "account_confirmed_by") if is_right else ()
    _save(current, *own, "next_bank", "next_account", "next_account_digest", "next_document", "next_by")
    verb = (
        "households.confirm_representative_account"
        if is_right
        else "households.reject_representative_account"
    )
    record_act(actor=actor, verb=verb, record=current.representation)
    return current


def _save(row: Representative, *fields: str) -> None:
    try:
        with transaction.atomic():
            row.save(update_fields=list(fields))
    except DatabaseError as error:
        raise in_words(error) from error
