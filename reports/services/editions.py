"""Editions: the figures of a month, computed for the county and each of its townships.

The same facts give the same edition; other figures make a new number beside it, and what was
computed before stays as it was. So the paper of a month can always be compared with its edition.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope, current_context
from offices.database.planning import joining_whole_tables
from offices.divisions import full_code
from offices.errors import DomainError, NotAllowed
from offices.models import Division
from offices.selectors.divisions import names_on
from offices.services.acts import record_act
from reports import policies
from reports.enums import ReportKind, Suppression
from reports.models import Edition, Figure
from reports.months import Month, month_of, read_month
from reports.selectors.editions import digest_of, figures_in, reported_division
from reports.selectors.figures import Figures, Value, figures_of_month

_MONTHS_WATCHED = 12
"""For how many months back something recorded late is looked for by itself."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What summarising brought: the edition asked for, all that are new, and months computed anew."""

    edition: Edition
    figures: Figures
    written: int
    restated: tuple[str, ...]
    seconds: float


def summarise(*, actor: Actor, month: Month, division: str = "") -> Summary:
    """Compute a month for the county and its townships; idempotent. The county's edition, or that
    of `division` (6, 9 or 12 digits), is returned.

    Always all of them, so that Σ townships = county in what is kept. Where something that was
    recorded late makes the end of the month before, or the beginning of the month after, another
    one than its edition says, that month gets a new edition too: this month's opening is last
    month's closing. Raises NotAllowed, DomainError `month_not_begun`, `division_not_reported`,
    `figures_do_not_balance`.
    """
    if not policies.may_summarise(actor):
        raise NotAllowed()
    began = time.monotonic()
    with transaction.atomic(), county_scope():
        county = full_code(current_context().county)
        wanted = reported_division(division or county)
        if month > month_of(clock.today()):
            raise DomainError(
                "month_not_begun",
                _("%(month)s has not begun yet. Choose this month or one before it."),
                month=str(month),
            )
        # One after another: two at once would number the same edition twice.
        Division.objects.select_for_update(no_key=True).get(pk=county)
        editions, written = _compute(month, actor)
        restated = _restate_neighbours(month, actor)
        edition = editions[wanted.pk]
        return Summary(
            edition=edition,
            figures=figures_in(edition),
            written=written,
            restated=restated,
            seconds=round(time.monotonic() - began, 3),
        )


def _compute(month: Month, actor: Actor) -> tuple[dict[str, Edition], int]:
    """The editions of a month by division, and how many of them are new.

    Whole tables are summed up, in one pass each even where a year's payments were booked an hour ago.
    """
    began = time.monotonic()
    with joining_whole_tables():
        computed = figures_of_month(month)
    seconds = round(time.monotonic() - began, 3)
    newest = _newest_editions(month)
    names = names_on(computed, month.last_day)
    editions: dict[str, Edition] = {}
    written = 0
    for code, figures in computed.items():
        former = newest.get(code)
        digest = digest_of(kind=ReportKind.MONTHLY, period=str(month), division_code=code, figures=figures)
        if former is not None and former.figures_digest == digest:
            editions[code] = former
            continue
        editions[code] = _write(month, code, names[code], figures, digest, seconds, former, actor)
        written += 1
    return editions, written


def _newest_editions(month: Month) -> dict[str, Edition]:
    """The newest edition of each division for a month."""
    found = Edition.objects.filter(kind=ReportKind.MONTHLY, period=str(month))
    return {edition.division_code: edition for edition in found.order_by("number")}


def _write(
    month: Month,
    code: str,
    name: str,
    figures: Mapping[str, Value],
    digest: str,
    seconds: float,
    former: Edition | None,
    actor: Actor,
) -> Edition:
    edition = Edition.objects.create(
        kind=ReportKind.MONTHLY,
        period=str(month),
        number=former.number + 1 if former else 1,
        figures_digest=digest,
        seconds=seconds,
        computed_by_id=actor.staff_id,
        division_name=name,
        division_code=code,
    )
    Figure.objects.bulk_create(
        Figure(
            edition=edition,
            code=figure,
            value=None if isinstance(value, Suppression) else Decimal(value),
            suppression=value.value if isinstance(value, Suppression) else "",
            division_code=code,
        )
        for figure, value in figures.items()
    )
    record_act(
        actor=actor,
        verb="reports.summarise",
        record=edition,
        month=str(month),
        number=edition.number,
        digest=digest,
    )
    return edition


def _restate_neighbours(month: Month, actor: Actor) -> tuple[str, ...]:
    """Compute neighbouring months anew as far as their editions no longer fit; their names."""
    restated: list[str] = []
    for step in ("before", "following"):
        here = month
        neighbour: Month = getattr(here, step)
        while _newest_editions(neighbour) and not _fit(min(here, neighbour), max(here, neighbour)):
            _compute(neighbour, actor)
            restated.append(str(neighbour))
            here, neighbour = neighbour, getattr(neighbour, step)
    return tuple(sorted(restated))


def _fit(earlier: Month, later: Month) -> bool:
    """Whether every closing of a month is the opening of the next, in the newest editions."""
    closings = _newest_values(earlier, "closing")
    openings = _newest_values(later, "opening")
    return all(openings.get(key, Decimal()) == value for key, value in closings.items()) and all(
        closings.get(key, Decimal()) == value for key, value in openings.items()
    )


def _newest_values(month: Month, measure: str) -> dict[tuple[str, str], Decimal | None]:
    rows = Figure.objects.filter(
        edition__in=[edition.pk for edition in _newest_editions(month).values()],
        code__startswith="t1.",
        code__endswith=f".{measure}",
    )
    return {
        (code, name.removesuffix(measure)): value
        for code, name, value in rows.values_list("division_code", "code", "value")
    }


@transaction.atomic
def summarise_last_month(*, actor: Actor, month: str = "") -> Summary:
    """Summarise the month that a schedule names, else the one before the business day's; idempotent.

    Months of the year before it that have editions are computed anew as well: what was recorded
    late shows as a new edition of the month in which it happened. Raises what summarise raises.
    """
    last = read_month(month) if month else month_of(clock.today()).before
    earlier = last
    for _each in range(_MONTHS_WATCHED):
        earlier = earlier.before
        with county_scope():
            has_edition = bool(_newest_editions(earlier))
        if has_edition:
            summarise(actor=actor, month=earlier)
    return summarise(actor=actor, month=last)
