"""T1: who holds a qualification at the beginning and the end of a month, and why that changed.

A grant is in force on `[from_on, to_on)`; a suspended one too, its payments wait. One definition
serves the count and the rows behind it. It counts where it was on the day: when its village came to
another township by a change of divisions, it has left the one and entered the other on that day.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Substr

from households.models import DivisionMove
from offices.actors import Actor
from offices.database.context import county_scope
from reports.catalogue import EXIT_REASONS
from reports.months import Month
from subsidies.enums import StopReason
from subsidies.models import Grant

Counts = dict[str, int]
"""By measure of T1: opening, new, division_in, exits, exits.died …, division_out, closing."""
CAME, WENT = "division_in", "division_out"
_GRANT = Grant._meta.db_table


def grants_behind(month: Month) -> dict[str, Q]:
    """For each measure of T1 the condition that picks its grants; one that covers no day counts nowhere."""
    covers_a_day = Q(to_on=None) | Q(to_on__gt=F("from_on"))
    ended = covers_a_day & Q(to_on__gte=month.first_day, to_on__lt=month.next_day)
    named = [reason for reason in EXIT_REASONS if reason != StopReason.OTHER]
    return {
        "opening": Q(from_on__lt=month.first_day) & (Q(to_on=None) | Q(to_on__gte=month.first_day)),
        "new": covers_a_day & Q(from_on__gte=month.first_day, from_on__lt=month.next_day),
        "exits": ended,
        **{f"exits.{reason}": ended & Q(stop_reason=reason) for reason in named},
        f"exits.{StopReason.OTHER}": ended & ~Q(stop_reason__in=named),
        "closing": Q(from_on__lt=month.next_day) & (Q(to_on=None) | Q(to_on__gte=month.next_day)),
    }


def place_behind(measure: str, month: Month) -> Combinable:
    """Where a grant was when a measure of T1 counts it: the division's code of that day."""
    later: dict[str, dict[str, Any]] = {
        "opening": {"moved_on__gte": month.first_day},
        "new": {"moved_on__gt": OuterRef("from_on")},
        "closing": {"moved_on__gte": month.next_day},
    }
    of_measure = later.get(measure, {"moved_on__gte": OuterRef("to_on")})
    left = _moves().filter(**of_measure).order_by("moved_on", "pk").values("from_code")[:1]
    return Coalesce(Subquery(left), F("division_code"))


def grants_counted(measure: str, month: Month, *, scope: str) -> Q:
    """The grants that a measure of T1 counts for a division, given by its scope of 6, 9 or 12 digits."""
    if measure in (CAME, WENT):
        side = "to_code" if measure == CAME else "from_code"
        other = "from_code" if measure == CAME else "to_code"
        across = _across(month).filter(**{f"{side}__gte": scope, f"{side}__lt": scope + "~"})
        if len(scope) > 6:
            across = across.exclude(**{f"{other}__gte": scope, f"{other}__lt": scope + "~"})
        return Q(Exists(across)) & (Q(to_on=None) | Q(to_on__gt=F("from_on")))
    here = Grant.objects.annotate(place=place_behind(measure, month)).filter(
        grants_behind(month)[measure], place__gte=scope, place__lt=scope + "~"
    )
    return Q(pk__in=here.values("pk"))


def counted_elsewhere(measure: str, month: Month, *, actor: Actor, scope: str) -> int:
    """How many grants a measure counts for a division that another division serves today: not shown, counted."""
    with county_scope():
        return (
            Grant.objects.filter(grants_counted(measure, month, scope=scope))
            .exclude(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")
            .count()
        )


def count_qualifications(month: Month) -> dict[tuple[str, str], Counts]:
    """T1 by township (9 digits) and programme, over everything in scope.

    One pass over the grants that were always where they are, and one for each measure over the few
    that a change of divisions has moved.
    """
    conditions = grants_behind(month)
    names = {measure: measure.replace(".", "_") for measure in conditions}
    begun = Grant.objects.filter(from_on__lt=month.next_day).order_by()
    has_moved = Exists(_moves())
    rows: Any = (  # the stubs know no annotation made from a mapping
        begun.filter(~has_moved)
        .values("programme_id", township=Substr("division_code", 1, 9))
        .annotate(**{names[measure]: Count("pk", filter=found) for measure, found in conditions.items()})
    )
    counted: dict[tuple[str, str], Counts] = {
        (row["township"], row["programme_id"]): {
            **{measure: row[names[measure]] for measure in conditions},
            CAME: 0,
            WENT: 0,
        }
        for row in rows
    }
    nobody = dict.fromkeys((*conditions, CAME, WENT), 0)
    if not DivisionMove.objects.filter(row_table=_GRANT).exists():
        return counted
    for measure, found in conditions.items():
        moved: Any = (
            begun.filter(has_moved, found)
            .annotate(place=place_behind(measure, month))
            .values_list("programme_id", Substr("place", 1, 9))
            .annotate(Count("pk"))
        )
        for programme, township, count in moved:
            counted.setdefault((township, programme), dict(nobody))[measure] += count
    for left, entered, programme, count in _moved_across(month):
        counted.setdefault((left, programme), dict(nobody))[WENT] += count
        counted.setdefault((entered, programme), dict(nobody))[CAME] += count
    return counted


def _moves() -> Any:
    return DivisionMove.objects.filter(row_table=_GRANT, row_id=OuterRef("pk"))


def _across(month: Month) -> Any:
    """Moves of a grant in force to another township in a month; `OuterRef` is the grant."""
    return (
        _moves()
        .annotate(left=Substr("from_code", 1, 9), entered=Substr("to_code", 1, 9))
        .exclude(left=F("entered"))
        .filter(
            Q(moved_on__lt=OuterRef("to_on"))
            | Q(Exists(Grant.objects.filter(pk=OuterRef("row_id"), to_on=None))),
            moved_on__gte=month.first_day,
            moved_on__lt=month.next_day,
            moved_on__gt=OuterRef("from_on"),
        )
    )


def _moved_across(month: Month) -> list[tuple[str, str, str, int]]:
    """Grants in force whose village came to another township in a month: from, to, programme, how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT left(m.from_code, 9), left(m.to_code, 9), g.programme_id, count(*)
              FROM {DivisionMove._meta.db_table} m JOIN {_GRANT} g ON g.id = m.row_id
             WHERE m.row_table = %s AND m.moved_on >= %s AND m.moved_on < %s
               AND left(m.from_code, 9) <> left(m.to_code, 9)
               AND g.from_on < m.moved_on AND (g.to_on IS NULL OR g.to_on > m.moved_on)
             GROUP BY 1, 2, 3
            """,
            [_GRANT, month.first_day, month.next_day],
        )
        return list(cursor.fetchall())
