"""The tables of a month as pages and prints show them: read from editions, nothing is counted here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from offices.enums import DivisionLevel
from offices.models import Division
from reports.catalogue import CHECKUP_MEASURES, EXIT_REASONS, MONEY_MEASURES
from reports.enums import Suppression
from reports.models import Edition, Figure
from reports.selectors.editions import as_counted, division_then, figures_in
from reports.selectors.figures import SOURCES, Figures, Value
from reports.selectors.qualifications import CAME, WENT
from subsidies.enums import FundingSource
from subsidies.models import Programme

T1_MEASURES = (
    "opening",
    "new",
    CAME,
    *(f"exits.{reason}" for reason in EXIT_REASONS),
    "exits",
    WENT,
    "closing",
)

SOURCE_NAMES: dict[str, str | Promise] = {
    FundingSource.CENTRAL: pgettext_lazy("funding source", "Central government"),
    FundingSource.PROVINCE: pgettext_lazy("funding source", "Province"),
    FundingSource.CITY: pgettext_lazy("funding source", "City"),
    FundingSource.COUNTY: pgettext_lazy("funding source", "County"),
    FundingSource.TOWNSHIP: pgettext_lazy("funding source", "Township"),
    "": pgettext_lazy("funding source", "All sources"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A division with the figures of its edition; the county's stands as the total of its townships."""

    code: str
    name: str
    figures: Figures
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class QualificationLine:
    """A row of T1: a place, and its values in the order of T1_MEASURES."""

    place: Place
    programme: Programme
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class MoneyLineRead:
    """A row of T2: yuan of a programme from one source, or from all of them (`source` is empty)."""

    programme: Programme
    source: str
    values: Mapping[str, Decimal]

    @property
    def source_name(self) -> str | Promise:
        return SOURCE_NAMES[self.source]


@dataclass(frozen=True, slots=True)
class ReceivedLine:
    """What payees of a place received of a programme in the year, and what came back, in yuan."""

    place: Place
    programme: Programme
    paid: Decimal
    returned: Decimal


@dataclass(frozen=True, slots=True)
class CheckupLine:
    """A row of T6: bookings made at the counters of a place."""

    place: Place
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class MonthTables:
    """T1, T2 and T6 of one edition; programmes that nobody holds and nothing was paid for are left out."""

    edition: Edition
    division: Division
    places: Sequence[Place]
    qualifications: Sequence[tuple[Programme, Sequence[QualificationLine]]]
    money: Sequence[tuple[Programme, Sequence[MoneyLineRead]]]
    received: Sequence[tuple[Programme, Sequence[ReceivedLine]]]
    checkups: Sequence[CheckupLine]

    @property
    def whole(self) -> Place:
        """The division itself."""
        return self.places[-1]

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures of T1 that this month has: what came and went by a change of divisions only in such a month."""
        lines = [line for _programme, lines in self.qualifications for line in lines]
        return tuple(
            measure
            for measure in T1_MEASURES
            if measure not in (CAME, WENT) or any(line.values[measure] for line in lines)
        )

    @property
    def has_hidden(self) -> bool:
        """Whether a figure of these tables is suppressed."""
        return any(
            isinstance(value, Suppression) for place in self.places for value in place.figures.values()
        )


def tables_of(edition: Edition) -> MonthTables:
    """The tables of an edition; a county's with the rows of its townships as they were then."""
    division = division_then(edition)
    whole = Place(division.pk, division.name, figures_in(edition), is_total=True)
    townships = _townships(edition) if division.level == DivisionLevel.COUNTY else []
    places = [*townships, whole]
    programmes = [one for one in Programme.objects.order_by("order", "code") if _is_used(one, whole.figures)]
    return MonthTables(
        edition=edition,
        division=division,
        places=places,
        qualifications=[(one, _qualifications(one, places)) for one in programmes],
        money=[(one, lines) for one in programmes if (lines := _money(one, whole.figures))],
        received=[(one, rows) for one in programmes if (rows := _received(one, places))],
        checkups=[
            CheckupLine(
                place, {name: place.figures.get(f"t6.checkups.{name}", 0) for name in CHECKUP_MEASURES}
            )
            for place in places
        ],
    )


def _townships(edition: Edition) -> list[Place]:
    """The townships' editions that belong to a county's: the newest before the county's next one."""
    editions = Edition.objects.filter(kind=edition.kind, period=edition.period)
    following = editions.filter(division_code=edition.division_code, number=edition.number + 1).first()
    of_townships = editions.exclude(division_code=edition.division_code).order_by("number")
    if following is not None:
        of_townships = of_townships.filter(computed_at__lt=following.computed_at)
    newest = {one.division_code: one.pk for one in of_townships}
    names = {one.division_code: one.division_name for one in of_townships}
    figures: dict[str, Figures] = {code: {} for code in newest}
    rows = Figure.objects.filter(edition__in=list(newest.values()))
    for code, name, value, mark in rows.values_list("division_code", "code", "value", "suppression"):
        figures[code][name] = Suppression(mark) if value is None else as_counted(name, value)
    return [Place(code, names[code] or code, figures[code]) for code in sorted(newest)]


def _is_used(programme: Programme, figures: Figures) -> bool:
    prefixes = (f"t1.{programme.pk.lower()}.", f"t2.{programme.pk.lower()}.")
    return any(value for code, value in figures.items() if code.startswith(prefixes))


def _qualifications(programme: Programme, places: Sequence[Place]) -> list[QualificationLine]:
    code = programme.pk.lower()
    lines = [
        QualificationLine(
            place, programme, {name: place.figures.get(f"t1.{code}.{name}", 0) for name in T1_MEASURES}
        )
        for place in places
    ]
    return [line for line in lines if line.place.is_total or any(line.values.values())]


def _money(programme: Programme, figures: Figures) -> list[MoneyLineRead]:
    lines = []
    for source in (*SOURCES, ""):
        ending = f".{source}" if source else ""
        values = {
            name: _yuan(figures.get(f"t2.{programme.pk.lower()}.{name}{ending}")) for name in MONEY_MEASURES
        }
        if any(values.values()) and f"t2.{programme.pk.lower()}.budget" in figures:
            lines.append(MoneyLineRead(programme, source, values))
    return lines


def _received(programme: Programme, places: Sequence[Place]) -> list[ReceivedLine]:
    code = programme.pk.lower()
    lines = [
        ReceivedLine(
            place,
            programme,
            _yuan(place.figures.get(f"t2.{code}.paid")),
            _yuan(place.figures.get(f"t2.{code}.returned")),
        )
        for place in places
    ]
    return [line for line in lines if line.paid or line.returned]


def _yuan(value: Value | None) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal()


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that an edition states otherwise than the one before it."""

    code: str
    before: Value
    after: Value


def differences(edition: Edition) -> list[Difference]:
    """What an edition changes against the one before it, by code; nothing for the first."""
    former = Edition.objects.filter(
        kind=edition.kind,
        period=edition.period,
        division_code=edition.division_code,
        number=edition.number - 1,
    ).first()
    if former is None:
        return []
    before, after = figures_in(former), figures_in(edition)
    return [
        Difference(code, before.get(code, 0), after.get(code, 0))
        for code in sorted(before.keys() | after.keys())
        if before.get(code, 0) != after.get(code, 0)
    ]
