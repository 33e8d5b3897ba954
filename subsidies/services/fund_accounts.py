"""Accounts of the funds that take premiums in: entered by one person, confirmed by another."""

from __future__ import annotations

import re

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope, current_context
from offices.divisions import full_code
from offices.errors import DomainError, NotAllowed
from offices.sealing import Purpose, digest
from offices.services.acts import record_act
from offices.services.states import move
from subsidies import policies
from subsidies.enums import FundAccountState, ProgrammeKind
from subsidies.models import FundAccount, Programme
from subsidies.models.premiums import TRANSITIONS

_ACCOUNT = re.compile(r"[0-9]{8,30}")
_SEPARATOR = re.compile(r"[|｜\x00-\x1f\x7f]")


@transaction.atomic
def propose_fund_account(
    *, actor: Actor, programme: Programme, institution: str, bank: str, account: str, document: str
) -> FundAccount:
    """Enter the account to which the premiums of a programme go, from the fund's own paper.

    By the finance officer; it holds once the county confirms it. Raises NotAllowed, DomainError
    `no_premium`, `account_number`, `fund_incomplete`, `fund_account_waits`.
    """
    if not policies.may_enter_fund_accounts(actor):
        raise NotAllowed()
    if programme.kind != ProgrammeKind.PREMIUM:
        raise DomainError(
            "no_premium", _("%(programme)s pays no premium to a fund."), programme=programme.name
        )
    number = re.sub(r"[\s\-]", "", account)
    if not _ACCOUNT.fullmatch(number):
        raise DomainError(
            "account_number",
            _(
                "An account number has 8 to 30 digits and nothing else. Copy it from the passbook or the card."
            ),
        )
    names = [" ".join(text.split()) for text in (institution, bank)]
    if not all(names) or any(_SEPARATOR.search(name) for name in names) or not document.strip():
        raise DomainError(
            "fund_incomplete",
            _("Give the institution, its bank and the paper that says so, without the sign “|”."),
        )
    with county_scope():
        try:
            with transaction.atomic():
                found = FundAccount.objects.create(
                    programme=programme,
                    institution=names[0],
                    bank=names[1],
                    account=number,
                    account_digest=digest(number, Purpose.BANK_ACCOUNT),
                    document=document,
                    proposed_by_id=actor.staff_id,
                    proposed_on=clock.today(),
                    division_code=full_code(current_context().county),
                )
        except IntegrityError as error:
            raise DomainError(
                "fund_account_waits",
                _(
                    "An account for this programme already waits to be confirmed. Have it confirmed or rejected first."
                ),
            ) from error
        record_act(
            actor=actor,
            verb="subsidies.propose_fund_account",
            record=found,
            programme=programme.pk,
            document=document,
        )
    return found


@transaction.atomic
def confirm_fund_account(*, actor: Actor, account: FundAccount) -> FundAccount:
    """Confirm the account of a fund against its paper; the one used until now ends.

    By the county, never the one who entered it. Raises NotAllowed, Stale.
    """
    _check_decider(actor, account)
    today = clock.today()
    with county_scope():
        for former in FundAccount.objects.confirmed().filter(programme_id=account.programme_id):
            move(
                record=former,
                to=FundAccountState.ENDED,
                transitions=TRANSITIONS,
                actor=actor,
                verb="subsidies.end_fund_account",
                ended_on=today,
            )
        return _decide(actor, account, FundAccountState.CONFIRMED, "subsidies.confirm_fund_account")


@transaction.atomic
def reject_fund_account(*, actor: Actor, account: FundAccount) -> FundAccount:
    """Refuse an account that does not agree with its paper. Raises NotAllowed, Stale."""
    _check_decider(actor, account)
    with county_scope():
        return _decide(actor, account, FundAccountState.REJECTED, "subsidies.reject_fund_account")


def _check_decider(actor: Actor, account: FundAccount) -> None:
    if not policies.may_decide_fund_accounts(actor):
        raise NotAllowed()
    if actor.staff_id == account.proposed_by_id:
        raise NotAllowed("own_fund_account", _("You entered this account. Somebody else must confirm it."))


def _decide(actor: Actor, account: FundAccount, to: FundAccountState, verb: str) -> FundAccount:
    return move(
        record=account,
        to=to,
        transitions=TRANSITIONS,
        actor=actor,
        verb=verb,
        decided_by_id=actor.staff_id,
        decided_on=clock.today(),
    )
