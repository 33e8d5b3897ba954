"""The sweep: everybody of the county assessed for a day, set-based in the database."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from households.models import Person
from offices.actors import Actor
from offices.database.context import county_scope, current_context
from offices.database.planning import joining_whole_tables, looking_rows_up
from offices.divisions import full_code
from offices.errors import DomainError, NotAllowed
from offices.services.acts import record_act
from offices.services.states import locked
from subsidies.enums import ApplicationState, GrantState, Outcome, Standing
from subsidies.models import Application, Assessment, Grant, Programme, Sweep
from subsidies.models.applications import CLOSED_STATES
from subsidies.policies import may_sweep
from subsidies.predicates import Bindings
from subsidies.predicates.sql import lives, table
from subsidies.selectors.assessing import Decision, decide
from subsidies.selectors.deciding import outcomes_among
from subsidies.selectors.gathered_facts import TABLE as FACTS
from subsidies.selectors.gathered_facts import gather, is_away
from subsidies.selectors.rules import PolicyOnDay, policies_on, policy_on
from subsidies.services.sweep_findings import COLUMNS, begin_findings, is_chosen, write_findings
from subsidies.services.sweep_findings import TABLE as FINDINGS
from subsidies.sweep_followers import follow_sweep

ENTITLED_STANDINGS = (
    Standing.RECEIVING,
    Standing.APPLIED,
    Standing.DECLINED,
    Standing.REFUSED,
    Standing.OWED,
)
"""Who is entitled stands in exactly one of these."""

_COVERS = "from_on <= %(day)s::date AND (to_on IS NULL OR to_on > %(day)s::date)"
"""A grant covers the day."""
_RECEIVING = "receiving"
"""A table of the transaction's own: who of the gathered has a grant of which programme that is not stopped."""
MANY_PEOPLE = 20_000
"""More than these are assessed again as everybody is: reading tables whole costs less than so many look-ups."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ProgrammeCount:
    """How many stand where for one programme, and what the owed would be paid for the year (yuan)."""

    standings: dict[str, int] = field(default_factory=dict)
    amount_owed: Decimal = Decimal("0.00")

    def as_json(self) -> dict[str, Any]:
        """The object of `sweep --json`."""
        counts = {standing.value: self.standings.get(standing, 0) for standing in Standing}
        return {
            "entitled": sum(counts[standing] for standing in ENTITLED_STANDINGS),
            **{
                name: counts[name]
                for name in ("receiving", "applied", "declined", "refused", "owed", "unknown", "to_review")
            },
            "amount_owed": str(self.amount_owed),
        }


def sweep(
    *,
    actor: Actor,
    as_of: datetime.date,
    programmes: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Assess everybody living in the county for the programmes (default: all) as of a day.

    What the day's sweep held for these programmes is replaced; the first sweep of a day is of all,
    so that the newest one always is whole. Runs at county scope, whoever asks. Raises NotAllowed without the right, DomainError for an unknown programme.
    """
    if not may_sweep(actor):
        raise NotAllowed
    return assess_everybody(actor=actor, as_of=as_of, programmes=programmes, progress=progress)


def assess_everybody(
    *,
    actor: Actor,
    as_of: datetime.date,
    programmes: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """The sweep itself, as part of an act whose own right was asked for: exporting its list."""
    _check_programmes(programmes)
    began = time.monotonic()
    with transaction.atomic(), county_scope():
        county = full_code(current_context().county)
        record, is_first = _locked_sweep(actor=actor, as_of=as_of, county=county)
        if is_first:
            programmes = None
        policies = _assessed_policies(as_of, programmes)
        _assess_all(policies, record, programmes=programmes, progress=progress)
        record.persons = _count_here(as_of) if policies else Person.objects.in_county_on(as_of).count()
        record.seconds = round(time.monotonic() - began, 3)
        record.swept_by_id = actor.staff_id
        record.save()
        follow_sweep(record, programmes, None)
        record_act(
            actor=actor,
            verb="subsidies.sweep",
            record=record,
            as_of=as_of,
            programmes=[policy.code for policy in policies],
            persons=record.persons,
        )
    return record


def reassess(*, people: Iterable[UUID], programmes: Sequence[str] | None = None) -> None:
    """Assess some people again in the newest sweep, after something about them has changed.

    Part of the act that changed it, so it asks for no right of its own; does nothing before the
    first sweep.
    """
    chosen = list(people)
    with transaction.atomic(), county_scope():
        record = Sweep.objects.order_by("-as_of").first()
        if record is None or not chosen:
            return
        record = locked(record)
        policies = _assessed_policies(record.as_of, programmes)
        _assess_all(policies, record, programmes=programmes, people=chosen)
        follow_sweep(record, programmes, chosen)


def count_standings(
    record: Sweep, *, programmes: Sequence[str] | None = None, scope: str = ""
) -> dict[str, ProgrammeCount]:
    """What a sweep found, by programme; a programme without a policy on the day has zeros."""
    codes = Programme.objects.announced().values_list("code", flat=True)
    found = {code: ProgrammeCount() for code in codes if programmes is None or code in programmes}
    rows = Assessment.objects.filter(sweep=record, programme_id__in=list(found))
    if scope:
        rows = rows.filter(division_code__gte=scope, division_code__lt=scope + "~")
    for row in rows.values("programme_id", "standing").annotate(n=Count("pk"), yuan=Sum("annual_amount")):
        count = found[row["programme_id"]]
        owed = row["yuan"] or Decimal() if row["standing"] == Standing.OWED else count.amount_owed
        found[row["programme_id"]] = ProgrammeCount(
            {**count.standings, row["standing"]: row["n"]}, owed.quantize(Decimal("0.01"))
        )
    return found


def _assessed_policies(day: datetime.date, programmes: Sequence[str] | None) -> list[PolicyOnDay]:
    """The policies that a sweep looks for people by: not those whose people are chosen."""
    return [policy for policy in policies_on(day, programmes) if not policy.is_by_selection]


def _check_programmes(programmes: Sequence[str] | None) -> None:
    known = set(Programme.objects.announced().values_list("code", flat=True))
    for code in programmes or ():
        if code not in known:
            raise DomainError(
                "unknown_programme",
                _("There is no programme %(code)s. Known are: %(known)s."),
                code=code,
                known="、".join(sorted(known)),
            )


def _locked_sweep(*, actor: Actor, as_of: datetime.date, county: str) -> tuple[Sweep, bool]:
    record, is_first = Sweep.objects.get_or_create(
        as_of=as_of, defaults={"swept_by_id": actor.staff_id, "division_code": county}
    )
    return locked(record), is_first


def _assess_all(
    policies: Sequence[PolicyOnDay],
    record: Sweep,
    *,
    programmes: Sequence[str] | None,
    people: Sequence[UUID] | None = None,
    progress: Progress | None = None,
) -> None:
    """Gather the facts once, decide every policy from them, and keep what was found and has changed."""
    reads_whole = people is None or len(people) > MANY_PEOPLE
    with joining_whole_tables() if reads_whole else nullcontext():
        _gather_and_decide(policies, record, people=people, reads_whole=reads_whole, progress=progress)
        write_findings(record, programmes=programmes, people=people)


def _gather_and_decide(
    policies: Sequence[PolicyOnDay],
    record: Sweep,
    *,
    people: Sequence[UUID] | None,
    reads_whole: bool,
    progress: Progress | None,
) -> None:
    begin_findings(people)
    receiving: set[str] = set()
    if policies:
        found = Bindings(day=record.as_of, reckoned_on=record.as_of)
        codes = found.bind([policy.code for policy in policies])
        here = f"({lives('subject')} AND NOT {is_away('subject')})"
        receives = f"EXISTS (SELECT FROM {table(Grant)} WHERE person_id = subject.id AND {_receives(codes)})"
        among = () if people is None else (is_chosen("subject.id"),)
        gather(
            frozenset().union(*(policy.relations for policy in policies)),
            found,
            among=(*among, f"({here} OR {receives})"),
            of_everybody=reads_whole,
        )
        receiving = _note_receiving(codes, found, reads_whole=reads_whole)
    for done, policy in enumerate(policies):
        if progress:
            progress(done, len(policies))
        _assess(policy, record, is_received=policy.code in receiving)


def _count_here(day: datetime.date) -> int:
    """How many of everybody that was gathered live in the county: as `in_county_on` says."""
    values = Bindings(day=day)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {FACTS} subject WHERE NOT subject.is_away AND {lives('subject')}",
            values.values,
        )
        return int(cursor.fetchone()[0])


def _receives(codes: str) -> str:
    """A grant of one of the programmes covers the day and is not stopped."""
    return f"programme_id = ANY({codes}) AND {_COVERS} AND state <> '{GrantState.STOPPED.value}'"


def _note_receiving(codes: str, values: Bindings, *, reads_whole: bool) -> set[str]:
    """Keep who of the gathered receives what, for all programmes at once; those that somebody receives."""
    with nullcontext() if reads_whole else looking_rows_up(has_keys=True), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {_RECEIVING}")
        cursor.execute(
            f"CREATE TEMPORARY TABLE {_RECEIVING} ON COMMIT DROP AS SELECT person_id, programme_id "
            f"FROM {FACTS} JOIN {table(Grant)} ON person_id = {FACTS}.id WHERE {_receives(codes)}",
            values.values,
        )
        cursor.execute(f"ANALYZE {_RECEIVING}")
        cursor.execute(f"SELECT DISTINCT programme_id FROM {_RECEIVING}")
        return {code for (code,) in cursor.fetchall()}


def _assess(policy: PolicyOnDay, record: Sweep, *, is_received: bool) -> None:
    """Find who is entitled or unknown, then who receives though the clauses no longer hold."""
    found = Bindings(day=record.as_of, reckoned_on=record.as_of)
    decision = decide(policy, found, among=("NOT subject.is_away",), is_pruned=True, is_gathered=True)
    _find(
        policy,
        decision,
        found,
        chosen=decision.none_is_false,
        standing=_standing(policy, decision.all_hold, found),
    )

    if is_received:
        lost = Bindings(day=record.as_of, reckoned_on=record.as_of)
        code = lost.bind(policy.code)
        receives = f"EXISTS (SELECT FROM {_RECEIVING} WHERE person_id = subject.id AND programme_id = {code})"
        decision = decide(policy, lost, among=(receives,), is_gathered=True)
        _find(
            policy,
            decision,
            lost,
            chosen=f"({decision.all_hold} IS FALSE OR is_away)",
            standing=f"'{Standing.TO_REVIEW.value}'",
        )
    _reopen_outdated_refusals(policy, record)


def _find(policy: PolicyOnDay, decision: Decision, values: Bindings, *, chosen: str, standing: str) -> None:
    reasons = ", ".join(f"'{code}', {column}" for code, column in decision.clause_columns)
    statement = f"""
        INSERT INTO {FINDINGS} ({COLUMNS})
        SELECT {values.bind(policy.code)}, id, {values.bind(policy.version.pk)},
               CASE {decision.all_hold} WHEN true THEN '{Outcome.ENTITLED.value}'
                    WHEN false THEN '{Outcome.NOT_ENTITLED.value}' ELSE '{Outcome.UNKNOWN.value}' END,
               {standing}, amount, annual_amount, jsonb_build_object({reasons}), division_code
          FROM ({decision.rows}) assessed
         WHERE {chosen}"""
    with connection.cursor() as cursor:
        cursor.execute(statement, values.values)


def _standing(policy: PolicyOnDay, outcome: str, values: Bindings) -> str:
    """Where somebody entitled or unknown stands on the day, the first that fits."""
    programme = values.bind(policy.code)
    closed = ", ".join(f"'{state.value}'" for state in CLOSED_STATES)
    return f"""CASE WHEN {outcome} IS NULL THEN '{Standing.UNKNOWN.value}'
            WHEN EXISTS (SELECT FROM {table(Grant)} WHERE person_id = assessed.id
                            AND programme_id = {programme} AND {_COVERS}) THEN '{Standing.RECEIVING.value}'
            WHEN EXISTS (SELECT FROM {table(Application)} WHERE person_id = assessed.id
                            AND programme_id = {programme} AND entered_on <= %(day)s::date
                            AND (state NOT IN ({closed}) OR decided_on > %(day)s::date))
                 THEN '{Standing.APPLIED.value}'
            WHEN EXISTS (SELECT FROM {table(Application)} WHERE person_id = assessed.id
                            AND programme_id = {programme} AND decided_on <= %(day)s::date
                            AND state = '{ApplicationState.REFUSED.value}')
                 THEN '{Standing.REFUSED.value}'
            ELSE '{Standing.OWED.value}' END"""


def _reopen_outdated_refusals(policy: PolicyOnDay, record: Sweep) -> None:
    """Who was refused before she met the clauses, and meets them now, is owed again."""
    decided: dict[datetime.date, list[UUID]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT person_id FROM {FINDINGS} WHERE programme_id = %s AND standing = %s",
            [policy.code, Standing.REFUSED.value],
        )
        refused = [person for (person,) in cursor.fetchall()]
    if not refused:
        return
    decisions = (
        Application.objects.filter(
            programme_id=policy.code,
            state=ApplicationState.REFUSED,
            decided_on__lte=record.as_of,
            person__in=refused,
        )
        .order_by("person_id", "-decided_on")
        .distinct("person_id")
    )
    for person, day in decisions.values_list("person_id", "decided_on"):
        if day is not None:
            decided.setdefault(day, []).append(person)
    again: list[UUID] = []
    for day, people in decided.items():
        then = policy_on(policy.code, day)
        again += set(people) - (entitled_among(then, people) if then else set())
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {FINDINGS} SET standing = %s WHERE programme_id = %s AND person_id = ANY(%s::uuid[])",
            [Standing.OWED.value, policy.code, again],
        )


def entitled_among(policy: PolicyOnDay, people: Sequence[UUID]) -> set[UUID]:
    """Those of some people who are entitled on the policy's day."""
    found = outcomes_among(policy, people)
    return {person for person, (outcome, _amount) in found.items() if outcome is Outcome.ENTITLED}
