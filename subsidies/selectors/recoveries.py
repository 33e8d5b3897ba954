"""Recoveries as they are read: what may be recovered, whether a decision is in force, what came back."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Sum

from offices.actors import Actor
from offices.database.context import county_scope
from subsidies.enums import (
    RECOVERY_ENTRIES,
    AppealState,
    LetterKind,
    PaymentState,
    ProgrammeKind,
    RecoveryState,
)
from subsidies.models import (
    Appeal,
    DecisionLetter,
    Grant,
    LateFinding,
    LedgerAccount,
    LedgerPosting,
    LetterDelivery,
    Payment,
    Recovery,
    RecoveryInstalment,
    RecoveryLine,
    RecoveryPlan,
)
from subsidies.models.appeals import OPEN_APPEALS
from subsidies.models.recoveries import RecoveryQuerySet
from subsidies.selectors.letters import time_limits_of

Kind = LedgerAccount.Kind


@dataclass(frozen=True, slots=True)
class Recoverable:
    """A paid line and how many yuan of it no recovery takes; `right` is what would have been right, if found."""

    line: Payment
    free: Decimal
    right: Decimal | None = None

    @property
    def proposed(self) -> Decimal:
        """What a proposal begins with: the difference that was found, else everything."""
        if self.right is None:
            return self.free
        return max(min(self.line.amount - self.right, self.free), Decimal())


def recoverable_of(grant: Grant, *, finding: LateFinding | None = None) -> list[Recoverable]:
    """The paid lines of a grant of which something could be recovered, the oldest first.

    At county scope, as payments are read. A premium went to a fund, which pays back what it did not take in.
    """
    if grant.programme.kind == ProgrammeKind.PREMIUM:
        return []
    with county_scope():
        lines = list(
            Payment.objects.filter(grant=grant, state=PaymentState.PAID)
            .select_related("batch", "representative__representation")
            .order_by("period_from_on", "serial", "pk")
        )
        taken = taken_of(lines)
    right = {row["payment"]: Decimal(row["right"]) for row in finding.periods} if finding else {}
    found = [Recoverable(line, line.amount - taken[line.pk], right.get(str(line.pk))) for line in lines]
    return [one for one in found if one.free > 0]


def taken_of(lines: Iterable[Payment]) -> Mapping[UUID, Decimal]:
    """Yuan that live recoveries take of payments; at county scope."""
    rows = (
        RecoveryLine.objects.live()
        .filter(payment__in=list(lines))
        .order_by()
        .values_list("payment")
        .annotate(Sum("amount"))
    )
    return defaultdict(Decimal, rows)


def lines_of(recovery: Recovery) -> list[RecoveryLine]:
    """The lines of a recovery with their payments and batches, for whoever may see it, the oldest first."""
    with county_scope():
        return list(recovery.lines.select_related("payment__batch"))


def recoveries_of(grant: Grant) -> list[Recovery]:
    """The recoveries of a grant, the newest first, for whoever may see the grant."""
    with county_scope():
        return list(grant.recoveries.order_by("-proposed_on", "-number"))


def came_back_of(payments: Iterable[Payment]) -> Mapping[UUID, Decimal]:
    """Yuan that came back of payments by recoveries, less what was paid back again."""
    with county_scope():
        rows = (
            _back()
            .filter(payment__in=list(payments))
            .order_by()
            .values_list("payment")
            .annotate(Sum("amount"))
        )
        return defaultdict(Decimal, {payment: -amount for payment, amount in rows})


def lines_about(payment: Payment) -> list[RecoveryLine]:
    """What recoveries took of one payment, dropped ones too."""
    with county_scope():
        return list(payment.recovery_lines.select_related("recovery").order_by("recovery__number"))


def _back() -> QuerySet[LedgerPosting]:
    """The side of a recovery's entries that lessens what was paid: below nothing where money came in."""
    return LedgerPosting.objects.filter(
        entry__kind__in=RECOVERY_ENTRIES, account__kind__in=[Kind.PAID, Kind.OUTSIDE]
    )


def funded_by(payment: Payment) -> dict[str, Decimal]:
    """Whose money a payment was, yuan by source, as the bank's answer was booked."""
    rows = (
        LedgerPosting.objects.filter(payment=payment, account__kind=Kind.PAID)
        .exclude(entry__kind__in=RECOVERY_ENTRIES)
        .order_by("account__source")
        .values_list("account__source")
        .annotate(Sum("amount"))
    )
    return dict(rows)


def came_back_to(payment: Payment) -> Mapping[str, Decimal]:
    """What each source has got back of a payment, by all its recoveries."""
    rows = _back().filter(payment=payment).order_by().values_list("account__source").annotate(Sum("amount"))
    return defaultdict(Decimal, {source: -amount for source, amount in rows})


def came_back_by(recovery: Recovery) -> dict[UUID, dict[UUID, Decimal]]:
    """What came back by one recovery: yuan by payment and by the account on the other side of the funds."""
    found: dict[UUID, dict[UUID, Decimal]] = {}
    mine = _back().filter(entry__recovery_receipt__recovery=recovery) | _back().filter(
        entry__recovery_refund__recovery=recovery
    )
    rows = mine.order_by().values_list("payment", "account").annotate(Sum("amount"))
    for payment, account, amount in rows:
        if payment is not None:
            found.setdefault(payment, {})[account] = -amount
    return found


@dataclass(frozen=True, slots=True)
class Force:
    """Whether a decision to recover may be asked for on a day; if not, what it waits for and until when."""

    waits_for: str
    last_day: datetime.date | None = None

    @property
    def is_in_force(self) -> bool:
        return not self.waits_for


def force_of(recovery: Recovery, *, on: datetime.date) -> Force:
    """In force once the letter has reached the family and its time to appeal is over, or the appeal is decided.

    An appeal that is open stops it, whenever it came. Of a decided one the answer must have reached the
    family, and what it brings must be carried out.
    """
    letter = letter_of(recovery)
    if letter is None:
        return Force("decision")
    delivery = letter.deliveries.filter(taken_back_on=None).first()
    if delivery is None or delivery.delivered_on > on:
        return Force("delivery", delivery.delivered_on if delivery else None)
    appeals = list(Appeal.objects.filter(letter__recovery=recovery))
    if any(appeal.state in OPEN_APPEALS for appeal in appeals):
        return Force("appeal")
    decided = [appeal for appeal in appeals if appeal.state == AppealState.DECIDED]
    if Appeal.objects.filter(letter__recovery=recovery).to_carry_out().exists():
        return Force("correction")
    if decided:
        answered = LetterDelivery.objects.standing().filter(letter=OuterRef("pk"), delivered_on__lte=on)
        lacking = DecisionLetter.objects.filter(
            ~Exists(answered), appeal__in=decided, kind=LetterKind.OUTCOME
        )
        return Force("answer") if lacking.exists() else Force("")
    last_day = max(limit.last_day for limit in time_limits_of(letter))
    return Force("") if on > last_day else Force("time", last_day)


def letter_of(recovery: Recovery) -> DecisionLetter | None:
    """The decision as it stands: the last letter of the recovery."""
    letters = recovery.letters.filter(kind=LetterKind.RECOVERY).select_related("terms")
    return letters.order_by("-issued_on", "-serial").first()


def has_open_appeal(recovery: Recovery) -> bool:
    """Whether the family waits for an answer: nothing is asked of it meanwhile."""
    return Appeal.objects.filter(letter__recovery=recovery, state__in=OPEN_APPEALS).exists()


def overdue_on(rows: RecoveryQuerySet, *, day: datetime.date) -> RecoveryQuerySet:
    """Those in force, under no appeal, of whose plan more was due before a day than has come or was waived."""
    plan = RecoveryPlan.objects.current().filter(recovery=OuterRef("pk"))
    due = (
        RecoveryInstalment.objects.filter(plan__recovery=OuterRef("pk"), plan__ended_on=None, due_on__lt=day)
        .order_by()
        .values("plan__recovery")
        .annotate(total=Sum("amount"))
    )
    open_appeals = Appeal.objects.filter(letter__recovery=OuterRef("pk"), state__in=OPEN_APPEALS)
    return rows.alias(
        owed=F("amount") - F("waived_amount") - F("received_amount") + F("refunded_amount"),
        due=Subquery(due.values("total")),
        planned=Subquery(plan.values("total_amount")),
    ).filter(
        ~Exists(open_appeals),
        state=RecoveryState.DECIDED,
        in_force_on__lte=day,
        owed__gt=0,
        due__gt=F("planned") - F("owed"),
    )


@dataclass(frozen=True, slots=True)
class PlannedInstalment:
    """An instalment of the plan that holds, how much of it has come, and whether it is past its day."""

    instalment: RecoveryInstalment
    covered: Decimal
    is_overdue: bool

    @property
    def missing(self) -> Decimal:
        return self.instalment.amount - self.covered


def plan_of(recovery: Recovery, *, on: datetime.date) -> tuple[RecoveryPlan | None, list[PlannedInstalment]]:
    """The plan that holds; what came in since it was agreed, or was waived, counts to the earliest instalment."""
    with county_scope():
        plan = recovery.plans.current().select_related("agreed_by").first()
        if plan is None:
            return None, []
        instalments = list(plan.instalments.all())
    come = max(plan.total_amount - recovery.outstanding_amount, Decimal())
    is_asked = recovery.in_force_on is not None and recovery.state == RecoveryState.DECIDED
    found = []
    for one in instalments:
        covered = min(come, one.amount)
        come -= covered
        found.append(PlannedInstalment(one, covered, is_asked and covered < one.amount and one.due_on < on))
    return plan, found


def to_decide(actor: Actor) -> RecoveryQuerySet:
    """Heard ones that wait for somebody who has not proposed them."""
    rows: RecoveryQuerySet = Recovery.objects.visible_to(actor).filter(state=RecoveryState.HEARD)
    return rows.exclude(proposed_by_id=actor.staff_id)
