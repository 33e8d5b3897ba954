"""Policies published after the first day they hold for: which payments before their publication differ, which since lack."""

from __future__ import annotations

import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection

from offices.models import Act
from subsidies.enums import LateCause, PolicyState
from subsidies.models import Grant, LateFinding, Payment, PolicyVersion
from subsidies.periods import end_after
from subsidies.predicates import Bindings
from subsidies.selectors.assessing import decide
from subsidies.selectors.grant_amounts import a_year_of
from subsidies.selectors.rules import PolicyOnDay
from subsidies.services.late_reckoning import Cause, Reckoned, brought_by, right_for, settle, worth_telling

PUBLISHED = "subsidies.publish_policy"


def look_at_policies(since: datetime.date) -> None:
    """Versions published since a day, by somebody, with a first day before that of their publication.

    Those that came with the installation are its first truth and later than nothing. At county scope.
    """
    told = dict(
        Act.objects.filter(verb=PUBLISHED, on__gte=since).order_by("-on").values_list("record_id", "on")
    )
    versions = PolicyVersion.objects.filter(
        pk__in=[key for key in told if key], state=PolicyState.PUBLISHED, is_shipped=False
    )
    for version in versions.select_related("programme"):
        known_on = told[version.pk]
        if version.from_on < known_on:
            _look_at(version, Cause(LateCause.POLICY, version.from_on, known_on, version_id=version.pk))


def _look_at(version: PolicyVersion, cause: Cause) -> None:
    payments = (
        Payment.objects.live()
        .of_periods()
        .filter(
            programme_id=version.programme_id,
            period_to_on__gt=version.from_on,
        )
        .select_related("grant__programme", "representative", "batch")
        .prefetch_related("arrears", "grant__arrears")
    )
    if version.to_on:
        payments = payments.filter(period_from_on__lt=version.to_on)
    by_day: dict[datetime.date, list[Payment]] = {}
    for payment in payments.order_by("period_from_on", "pk"):
        day = max(payment.period_from_on, version.from_on, payment.grant.from_on)
        by_day.setdefault(day, []).append(payment)
    found: dict[UUID, list[tuple[Payment, Decimal]]] = {}
    ends: dict[UUID, datetime.date] = {}
    grants: dict[UUID, Grant] = {}
    for day, lines in by_day.items():
        decided = _decided(PolicyOnDay(version, day), [line.person_id for line in lines])
        for line in lines:
            holds, amount = decided.get(line.person_id, (None, None))
            if line.batch.made_on > cause.known_on and not _lacks(line, holds, amount):
                continue
            grants[line.grant_id] = line.grant
            if holds is False:
                ends.setdefault(line.grant_id, end_after(version.stop_rule, version.from_on))
            if holds is None or amount is None:
                continue
            right = right_for(line, amount, line.grant.programme.frequency, ends.get(line.grant_id))
            found.setdefault(line.grant_id, []).append((line, right))
    known = LateFinding.objects.filter(policy_version=version).values_list("grant_id", flat=True)
    for grant in [*grants.values(), *Grant.objects.filter(pk__in=set(known) - set(grants))]:
        reckoned = Reckoned(ends.get(grant.pk), tuple(found.get(grant.pk, ())))
        settle(grant, cause, worth_telling(grant, reckoned))


def _lacks(line: Payment, holds: bool | None, annual_amount: Decimal | None) -> bool:
    """Whether a line made since the publication brings less: its batch came before the assessment that raises."""
    if not holds or annual_amount is None:
        return False
    return right_for(line, annual_amount, line.grant.programme.frequency, None) > brought_by(line)


def _decided(policy: PolicyOnDay, people: list[UUID]) -> dict[UUID, tuple[bool | None, Decimal | None]]:
    values = Bindings(day=policy.day, reckoned_on=policy.day)
    decision = decide(policy, values, among=(f"subject.id = ANY({values.bind(people)}::uuid[])",))
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {decision.subjects}, assessed AS ({decision.rows}) "
            f"SELECT id, {decision.all_hold}, amount FROM assessed",
            values.values,
        )
        frequency = policy.version.programme.frequency
        return {
            person: (holds, None if amount is None else a_year_of(amount, frequency))
            for person, holds, amount in cursor.fetchall()
        }
