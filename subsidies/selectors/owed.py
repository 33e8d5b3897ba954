"""Who is owed what, as the newest sweep found it, within a reader's scope."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum

from offices.actors import Actor
from offices.database.context import county_scope
from offices.selectors.divisions import names_of_divisions
from subsidies.enums import GrantState, Standing
from subsidies.models import Application, Assessment, Grant, Programme, Sweep
from subsidies.selectors.rules import policies_on

SHOWN = (Standing.OWED, Standing.UNKNOWN, Standing.TO_REVIEW, Standing.APPLIED, Standing.REFUSED)
"""What is worked from; who receives stands in the list of grants."""


def newest_sweep(*, until: datetime.date) -> Sweep | None:
    """The sweep of the last day up to `until`; it holds counts alone, so everybody may see it."""
    with county_scope():
        return Sweep.objects.filter(as_of__lte=until).order_by("-as_of").first()


def assessments(*, actor: Actor, sweep: Sweep) -> QuerySet[Assessment]:
    """What a sweep found of the people the actor may see."""
    return Assessment.objects.visible_to(actor).filter(sweep_id=sweep.pk)


@dataclass(frozen=True, slots=True)
class ProgrammeStanding:
    """How many people of a place stand where for a programme, and what the owed lack in a year (yuan)."""

    programme: Programme
    counts: Mapping[str, int]
    owed_amount: Decimal

    def of(self, standing: str) -> int:
        return self.counts.get(standing, 0)

    @property
    def owed(self) -> int:
        return self.of(Standing.OWED)

    @property
    def unknown(self) -> int:
        return self.of(Standing.UNKNOWN)

    @property
    def applied(self) -> int:
        return self.of(Standing.APPLIED)

    @property
    def receiving(self) -> int:
        return self.of(Standing.RECEIVING)

    @property
    def to_review(self) -> int:
        return self.of(Standing.TO_REVIEW)


def standings(rows: QuerySet[Assessment]) -> list[ProgrammeStanding]:
    """Counts by programme, every programme with a row named once, in their order."""
    counted: dict[str, dict[str, int]] = {}
    yuan: dict[str, Decimal] = {}
    grouped = (
        rows.order_by().values("programme_id", "standing").annotate(n=Count("pk"), y=Sum("annual_amount"))
    )
    for row in grouped:
        counted.setdefault(row["programme_id"], {})[row["standing"]] = row["n"]
        if row["standing"] == Standing.OWED:
            yuan[row["programme_id"]] = row["y"] or Decimal()
    return [
        ProgrammeStanding(programme, counted[programme.pk], yuan.get(programme.pk, Decimal()))
        for programme in Programme.objects.filter(pk__in=counted)
    ]


@dataclass(frozen=True, slots=True)
class OwedByPlace:
    """A place one level below the reader's, with how many there are owed something."""

    code: str
    name: str
    count: int
    amount: Decimal


def owed_by_place(rows: QuerySet[Assessment], *, digits: int) -> list[OwedByPlace]:
    """The owed of each township (`digits` 9) or village (12), the most money first."""
    found: dict[str, tuple[int, Decimal]] = {}
    grouped = (
        rows.filter(standing=Standing.OWED)
        .order_by()
        .values("division_code")
        .annotate(n=Count("pk"), y=Sum("annual_amount"))
    )
    for row in grouped:
        code = row["division_code"][:digits].ljust(12, "0")
        count, amount = found.get(code, (0, Decimal()))
        found[code] = (count + row["n"], amount + (row["y"] or Decimal()))
    names = names_of_divisions(found)
    lines = [OwedByPlace(code, names.get(code, code), *value) for code, value in found.items()]
    return sorted(lines, key=lambda line: (-line.amount, line.code))


@dataclass(frozen=True, slots=True)
class ClauseWords:
    """A registry clause in words: what it asks, and what would make it known."""

    sentence: str
    missing: str


def clause_words(day: datetime.date) -> dict[tuple[str, str], ClauseWords]:
    """The words of each registry clause, by programme and code, of the policies of a day."""
    return {
        (policy.code, clause.code): ClauseWords(
            clause.sentence(),
            "；".join(dict.fromkeys(leaf.missing() for leaf in clause.node.leaves() if leaf.missing())),
        )
        for policy in policies_on(day)
        for clause in policy.rule.registry_clauses
    }


def open_clauses(
    assessment: Assessment, words: Mapping[tuple[str, str], ClauseWords]
) -> list[tuple[bool, str]]:
    """What keeps somebody from being entitled: `(True, what is missing)` or `(False, what no longer holds)`."""
    is_unknown = assessment.standing == Standing.UNKNOWN
    wanted: Any = None if is_unknown else False
    found = [
        words.get((assessment.programme_id, code), ClauseWords(code, ""))
        for code, result in assessment.reasons.items()
        if result is wanted
    ]
    return [
        (bool(is_unknown and clause.missing), (is_unknown and clause.missing) or clause.sentence)
        for clause in found
    ]


def with_cases(rows: QuerySet[Assessment], *, today: datetime.date) -> QuerySet[Assessment]:
    """Each with what has happened since it was assessed: `has_applied`, `has_grant`."""
    of_the_same = {"person": OuterRef("person"), "programme": OuterRef("programme")}
    return rows.annotate(
        has_applied=Exists(Application.objects.open().filter(**of_the_same)),
        has_grant=Exists(
            Grant.objects.covering(today).exclude(state=GrantState.STOPPED).filter(**of_the_same)
        ),
    )


def standing_now(assessment: Any) -> Standing:
    """Where somebody stands by what has happened since (rows of `with_cases`)."""
    if assessment.standing in (Standing.OWED, Standing.UNKNOWN, Standing.APPLIED) and assessment.has_grant:
        return Standing.RECEIVING
    if assessment.standing in (Standing.OWED, Standing.UNKNOWN, Standing.REFUSED) and assessment.has_applied:
        return Standing.APPLIED
    return Standing(assessment.standing)
