"""Bank accounts of payees: one person enters, another confirms, then money may go there."""

from __future__ import annotations

import datetime
import re

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households import policies
from households.enums import CorrectionState, FactSource
from households.models import AccountCorrection, BankAccount, Person
from households.services.own_family import check_not_own_family
from offices import clock
from offices.actors import Actor
from offices.errors import DomainError, NotAllowed
from offices.sealing import Purpose, digest
from offices.services.acts import record_act
from offices.services.states import locked, move

TRANSITIONS: dict[str, frozenset[str]] = {
    CorrectionState.PROPOSED: frozenset({CorrectionState.CONFIRMED, CorrectionState.REJECTED}),
}

_ACCOUNT = re.compile(r"[0-9]{8,30}")
_SEPARATOR = re.compile(r"[|｜\x00-\x1f\x7f]")


def current_account(*, person: Person, on: datetime.date) -> BankAccount | None:
    """The confirmed account of a person on a day."""
    return BankAccount.objects.filter(
        Q(from_on=None) | Q(from_on__lte=on), Q(to_on=None) | Q(to_on__gt=on), person=person
    ).first()


def clean_account(*, bank: str, account: str) -> tuple[str, str]:
    """The bank and the digits of an account as the passbook has them. Raises `account_number`, `account_bank`."""
    number = re.sub(r"[\s\-]", "", account)
    if not _ACCOUNT.fullmatch(number):
        raise DomainError(
            "account_number",
            _(
                "An account number has 8 to 30 digits and nothing else. Copy it from the passbook or the card."
            ),
        )
    bank = " ".join(bank.split())
    if not bank or _SEPARATOR.search(bank):
        raise DomainError("account_bank", _("Give the bank and its branch, without the sign “|”."))
    return bank, number


@transaction.atomic
def propose_account(
    *, actor: Actor, person: Person, bank: str, account: str, document: str
) -> AccountCorrection:
    """Enter a payee's account from her passbook or card; it holds once another person confirms it.

    `account` may have blanks and hyphens between its 8 to 30 digits. The same account again is
    allowed: it says that the bank has put right what made it return money. Raises NotAllowed,
    DomainError `own_family`, `account_number`, `account_bank`, `account_waits`.
    """
    if not policies.may_enter_accounts(actor) or not actor.covers(person.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=person.pk)
    bank, number = clean_account(bank=bank, account=account)
    try:
        with transaction.atomic():
            correction = AccountCorrection.objects.create(
                person=person,
                bank=bank,
                account=number,
                account_digest=digest(number, Purpose.BANK_ACCOUNT),
                document=document,
                proposed_by_id=actor.staff_id,
                proposed_on=clock.today(),
                division_code=person.division_code,
            )
    except IntegrityError as error:
        raise DomainError(
            "account_waits",
            _(
                "An account for this person already waits to be confirmed. Have it confirmed or rejected first."
            ),
        ) from error
    record_act(actor=actor, verb="households.propose_account", record=correction, person=person.pk)
    return correction


@transaction.atomic
def confirm_account(*, actor: Actor, correction: AccountCorrection) -> BankAccount:
    """Confirm an account against its document: from today on benefits go there.

    By another person than who entered it, which the database holds too. Raises NotAllowed,
    DomainError `own_account_entry`, Stale when it has been decided already.
    """
    _check_decider(actor, correction)
    if actor.staff_id == correction.proposed_by_id:
        raise NotAllowed(
            "own_account_entry",
            _("You entered this account. Somebody else must confirm it, with the document."),
        )
    today = clock.today()
    current = move(
        record=correction,
        to=CorrectionState.CONFIRMED,
        transitions=TRANSITIONS,
        actor=actor,
        verb="households.confirm_account",
        decided_by_id=actor.staff_id,
        decided_on=today,
    )
    person = locked(current.person)
    for former in BankAccount.objects.select_for_update().filter(
        Q(to_on=None) | Q(to_on__gt=today), person=person
    ):
        former.to_on = today if former.from_on is None else max(today, former.from_on)
        former.save(update_fields=["to_on"])
    return BankAccount.objects.create(
        person=person,
        bank=current.bank,
        account=current.account,
        account_digest=current.account_digest,
        from_on=today,
        source=FactSource.DOCUMENT,
        document=current.document,
        division_code=person.division_code,
    )


@transaction.atomic
def reject_account(*, actor: Actor, correction: AccountCorrection) -> AccountCorrection:
    """Refuse an account that does not agree with its document, or take back one's own entry.

    Raises NotAllowed, Stale when it has been decided already.
    """
    if actor.staff_id != correction.proposed_by_id:
        _check_decider(actor, correction)
    return move(
        record=correction,
        to=CorrectionState.REJECTED,
        transitions=TRANSITIONS,
        actor=actor,
        verb="households.reject_account",
        decided_by_id=actor.staff_id,
        decided_on=clock.today(),
    )


def _check_decider(actor: Actor, correction: AccountCorrection) -> None:
    if not policies.may_confirm_accounts(actor) or not actor.covers(correction.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=correction.person_id)
