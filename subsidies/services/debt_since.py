"""Since when the lines of the register are owed, and what the years before would have brought.

Everybody's is reckoned by year-ends, a few statements a year; then, so many lines a run, to the day.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import F, Q
from django.db.models.expressions import RawSQL

from offices.database.planning import joining_whole_tables
from subsidies.enums import Frequency, Standing
from subsidies.models import Debt, Grant, PolicyVersion, Programme
from subsidies.predicates import Bindings
from subsidies.selectors.assessing import decide
from subsidies.selectors.entitlement_history import histories, owed_past, received_until
from subsidies.selectors.rules import PolicyOnDay, policy_on
from subsidies.services.sweep_findings import PEOPLE

MOST_EXACT = 500
"""Lines reckoned to the day in one run; those that are left come with the next ones."""
AT_ONCE = 60
"""Lines reckoned within the act that has changed them, as many as a family with all its kin has; those of
hundreds of families that a file changed are left to the next assessment of everybody."""
_AT_A_TIME = 100


def reckon_since(
    *, on: datetime.date, programmes: Sequence[str] | None = None, people: Sequence[UUID] | None = None
) -> None:
    """Reckon the lines that are new, that somebody's facts have just changed, or once a month.

    Part of the sweep, at county scope.
    """
    lines = Debt.objects.open().exclude(standing=Standing.UNKNOWN)
    if programmes is not None:
        lines = lines.filter(programme__in=list(programmes))
    if people is not None:
        lines = lines.filter(person__in=RawSQL(f"SELECT person_id FROM {PEOPLE}", []))  # noqa: S611 # our own table
        if lines.count() > AT_ONCE:
            lines.exclude(is_since_exact=False, reckoned_on=None).update(
                is_since_exact=False, reckoned_on=None
            )
            return
    else:
        lines = lines.filter(Q(owed_since=None) | Q(reckoned_on=None) | Q(reckoned_on__lt=on.replace(day=1)))
    for programme in Programme.objects.filter(pk__in=lines.values("programme")):
        chosen = dict(lines.filter(programme=programme).values_list("person_id", "pk"))
        if len(chosen) > MOST_EXACT:
            with joining_whole_tables():
                found = _by_year_ends(programme, list(chosen), on)
                _write(chosen, found, on=on, is_exact=False)
    exact = Debt.objects.open().exclude(standing=Standing.UNKNOWN).filter(is_since_exact=False)
    if people is not None:
        exact = lines
    elif programmes is not None:
        exact = exact.filter(programme__in=list(programmes))
    # Where no past was found the line was looked at all the same, and the others come before it.
    _reckon_exactly(
        exact.order_by(F("reckoned_on").asc(nulls_first=True), "owed_since", "pk")[:MOST_EXACT], on
    )


def _reckon_exactly(lines: Iterable[Debt], on: datetime.date) -> None:
    by_programme: dict[str, dict[UUID, UUID]] = {}
    for line in lines:
        by_programme.setdefault(line.programme_id, {})[line.person_id] = line.pk
    for programme in Programme.objects.filter(pk__in=by_programme):
        chosen = by_programme[programme.pk]
        keys = list(chosen)
        for first in range(0, len(keys), _AT_A_TIME):
            some = keys[first : first + _AT_A_TIME]
            received = received_until(people=some, programme=programme, on=on)
            found = {}
            for person, periods in histories(people=some, programme=programme, until=on).items():
                past = owed_past(
                    periods=periods,
                    frequency=programme.frequency,
                    on=on,
                    received_until=received.get(person),
                )
                if past:
                    found[person] = (past.since, past.arrears_amount)
            _write(chosen, found, on=on, is_exact=True)
            _note_looked_at([chosen[person] for person in some if person not in found], on)


def _note_looked_at(lines: Sequence[UUID], on: datetime.date) -> None:
    """Say that no history tells since when these lines are owed; what the year-ends say stays."""
    Debt.objects.filter(pk__in=lines).update(reckoned_on=on)


def _by_year_ends(
    programme: Programme, people: list[UUID], on: datetime.date
) -> dict[UUID, tuple[datetime.date, Decimal]]:
    """Back from year-end to year-end, as long as somebody was entitled and had no grant."""
    first = PolicyVersion.objects.filter(programme=programme).order_by("from_on").first()
    begin = datetime.date(on.year, 1, 1)
    found = {person: (begin, Decimal("0.00")) for person in people}
    left = people
    for year in range(on.year - 1, (first.from_on.year if first else on.year) - 1, -1):
        policy = policy_on(programme.code, datetime.date(year, 12, 31))
        if policy is None or not left:
            break
        still = dict(_entitled(policy, left))
        for person, amount in still.items():
            arrears = found[person][1] + (
                Decimal() if programme.frequency == Frequency.ONCE else amount or Decimal()
            )
            found[person] = (max(datetime.date(year, 1, 1), policy.version.from_on), arrears)
        left = list(still)
    return found


def _entitled(policy: PolicyOnDay, people: list[UUID]) -> Iterator[tuple[UUID, Decimal | None]]:
    values = Bindings(day=policy.day, reckoned_on=policy.day)
    decision = decide(policy, values, among=(f"subject.id = ANY({values.bind(people)}::uuid[])",))
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {decision.subjects}, assessed AS ({decision.rows}) "
            f"SELECT id, annual_amount FROM assessed WHERE {decision.all_hold} AND NOT EXISTS ("
            f'SELECT FROM "{Grant._meta.db_table}" g WHERE g.person_id = assessed.id '
            f"AND g.programme_id = {values.bind(policy.code)} AND g.from_on <= %(day)s "
            "AND (g.to_on IS NULL OR g.to_on > %(day)s))",
            values.values,
        )
        yield from cursor.fetchall()


def _write(
    lines: dict[UUID, UUID],
    found: dict[UUID, tuple[datetime.date, Decimal]],
    *,
    on: datetime.date,
    is_exact: bool,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE "{Debt._meta.db_table}" d
               SET owed_since = f.since, arrears_amount = f.arrears, is_since_exact = %s, reckoned_on = %s
              FROM unnest(%s::uuid[], %s::date[], %s::numeric[]) AS f (id, since, arrears)
             WHERE d.id = f.id AND (d.reckoned_on IS NULL OR d.reckoned_on < %s
                OR (d.owed_since, d.arrears_amount, d.is_since_exact)
                   IS DISTINCT FROM (f.since, f.arrears, %s))""",
            [
                is_exact,
                on,
                [lines[person] for person in found],
                [since for since, _arrears in found.values()],
                [arrears for _since, arrears in found.values()],
                on.replace(day=1),
                is_exact,
            ],
        )
