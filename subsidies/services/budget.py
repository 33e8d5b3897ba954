"""Budget lines and appropriations: what may be paid, and from whose money."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope, current_context
from offices.divisions import full_code
from offices.errors import DomainError, NotAllowed
from offices.services.acts import record_act
from offices.services.states import locked
from subsidies import policies
from subsidies.enums import BudgetChangeKind, BudgetChangeState, EntryKind, FundingSource
from subsidies.models import Appropriation, BudgetChange, BudgetLine, Programme
from subsidies.selectors.books import check_month_open, check_year_open
from subsidies.services.ledger import Kind, Posting, accounts_of, book


@transaction.atomic
def add_budget_line(
    *, actor: Actor, programme: Programme, year: int, source: FundingSource, amount: Decimal, document: str
) -> BudgetLine:
    """Set money aside for a programme in a year from one source, in yuan.

    The finance officer may, for the county. Raises NotAllowed, DomainError `document_needed`,
    `amount_not_positive`, `budget_line_exists`, `year_closed`.
    """
    _check(actor, amount, document)
    check_year_open(year)
    try:
        with transaction.atomic():
            line = BudgetLine.objects.create(
                programme=programme,
                year=year,
                source=source,
                amount=amount,
                document=document,
                made_by_id=actor.staff_id,
                made_on=clock.today(),
                division_code=full_code(current_context().county),
            )
    except IntegrityError as error:
        raise DomainError(
            "budget_line_exists",
            _("This programme already has a budget line of that source for the year. Raise it instead."),
        ) from error
    accounts_of(programme=programme, year=year, sources=[source])
    record_act(
        actor=actor,
        verb="subsidies.add_budget_line",
        record=line,
        programme=programme.pk,
        year=year,
        source=source,
        amount=amount,
        document=document,
    )
    return line


@transaction.atomic
def raise_budget(*, actor: Actor, line: BudgetLine, amount: Decimal, document: str) -> BudgetLine:
    """Add `amount` yuan to a budget line: a supplementary budget, with its document.

    Raises NotAllowed, DomainError `document_needed`, `amount_not_positive`, `year_closed`.
    """
    _check(actor, amount, document)
    current = locked(line)
    check_year_open(current.year)
    before = current.amount
    current.amount = before + amount
    current.save(update_fields=["amount"])
    BudgetChange.objects.create(
        kind=BudgetChangeKind.SUPPLEMENT,
        state=BudgetChangeState.DONE,
        to_line=current,
        amount=amount,
        document=document,
        proposed_by_id=actor.staff_id,
        proposed_on=clock.today(),
        decided_by_id=actor.staff_id,
        decided_on=clock.today(),
        division_code=current.division_code,
    )
    record_act(
        actor=actor,
        verb="subsidies.raise_budget",
        record=current,
        before=before,
        after=current.amount,
        document=document,
    )
    return current


@transaction.atomic
def appropriate(
    *,
    actor: Actor,
    line: BudgetLine,
    amount: Decimal,
    document: str,
    appropriated_on: datetime.date | None = None,
) -> Appropriation:
    """Book money (yuan) that was handed over on a budget line: from now on it can be paid.

    `document` is its evidence, such as the number of the payment order. Never more than the
    line's budget, which a trigger holds too. Raises NotAllowed, DomainError `document_needed`,
    `amount_not_positive`, `beyond_budget`, `appropriated_later`, `month_closed`, `year_closed`.
    """
    _check(actor, amount, document)
    day = appropriated_on or clock.today()
    if day > clock.today():
        raise DomainError(
            "appropriated_later",
            _("The money has not come yet: the day of the appropriation is in the future."),
        )
    check_month_open(day)
    with county_scope():
        current = locked(line)
        check_year_open(current.year)
        appropriated = sum(current.appropriations.values_list("amount", flat=True), Decimal())
        if appropriated + amount > current.amount:
            raise DomainError(
                "beyond_budget",
                _(
                    "The budget line has %(budget)s yuan, %(appropriated)s of them appropriated already. "
                    "Raise the budget first, or appropriate at most %(left)s yuan."
                ),
                budget=current.amount,
                appropriated=appropriated,
                left=current.amount - appropriated,
            )
        appropriation = Appropriation.objects.create(
            line=current,
            amount=amount,
            appropriated_on=day,
            document=document,
            made_by_id=actor.staff_id,
            division_code=current.division_code,
        )
        accounts = accounts_of(programme=current.programme_id, year=current.year, sources=[current.source])
        book(
            actor=actor,
            kind=EntryKind.APPROPRIATION,
            appropriation=appropriation,
            on=day,
            postings=[
                Posting(accounts[Kind.FUNDS, current.source].pk, amount),
                Posting(accounts[Kind.SOURCE, current.source].pk, -amount),
            ],
        )
        record_act(
            actor=actor,
            verb="subsidies.appropriate",
            record=appropriation,
            line=current.pk,
            amount=amount,
            appropriated_on=day,
            document=document,
        )
    return appropriation


def check_money(amount: Decimal, document: str) -> None:
    """Money has its document and is above zero, to the cent. Raises `document_needed`, `amount_not_positive`."""
    if not document.strip():
        raise DomainError("document_needed", _("Name the document that this money rests on."))
    if amount <= 0 or amount != amount.quantize(Decimal("0.01")):
        raise DomainError("amount_not_positive", _("Give an amount above zero, in yuan, to the cent."))


def _check(actor: Actor, amount: Decimal, document: str) -> None:
    if not policies.may_set_budget(actor):
        raise NotAllowed()
    check_money(amount, document)
