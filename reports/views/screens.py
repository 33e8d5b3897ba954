"""The tables of a month as cells with their words and addresses, for the pages that show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from offices.actors import Actor
from offices.charts import Chart, Mark, Series, bar_chart, ranked_bars
from offices.models import Division
from offices.templatetags.ui import money, number
from reports.addresses import budget_url, dashboard_url, grants_url, owed_url, payments_url, sessions_url
from reports.catalogue import CHECKUP_MEASURES, MONEY_MEASURES
from reports.drawings import closing_by_township
from reports.enums import Suppression
from reports.months import Month
from reports.selectors.figures import Value
from reports.selectors.overview import days_to_money, owed_by_township, paid_by_month
from reports.selectors.tables import T1_MEASURES, Difference, MonthTables, QualificationLine
from reports.wording import figure_name

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure as it is shown; `note` says why it is not."""

    text: str
    url: str = ""
    note: Words = ""


@dataclass(frozen=True, slots=True)
class ScreenRow:
    """A row: its heading, which may lead somewhere, and its cells; a total stands apart."""

    heading: Words
    cells: Sequence[Cell]
    url: str = ""
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of one programme; the heading is empty where there is only one kind."""

    heading: Words
    rows: Sequence[ScreenRow]


@dataclass(frozen=True, slots=True)
class ScreenTable:
    """A table of a report."""

    title: Words
    unit: Words
    first: Words
    columns: Sequence[Words]
    groups: Sequence[Group]
    note: Words = ""

    @property
    def width(self) -> int:
        """Columns in all, for the headings of groups."""
        return len(self.columns) + 1


_T1_COLUMNS: tuple[Words, ...] = (
    pgettext_lazy("report", "Opening"),
    pgettext_lazy("report", "New"),
    pgettext_lazy("report", "Came by a change of divisions"),
    pgettext_lazy("report", "Exits: died"),
    pgettext_lazy("report", "Exits: moved away"),
    pgettext_lazy("report", "Exits: conditions changed"),
    pgettext_lazy("report", "Exits: other"),
    pgettext_lazy("report", "Exits in all"),
    pgettext_lazy("report", "Went by a change of divisions"),
    pgettext_lazy("report", "Closing"),
)
T1_COLUMNS = dict(zip(T1_MEASURES, _T1_COLUMNS, strict=True))
T2_COLUMNS: tuple[Words, ...] = (
    pgettext_lazy("report", "Budget"),
    pgettext_lazy("report", "Appropriated"),
    pgettext_lazy("report", "Paid"),
    pgettext_lazy("report", "Returned"),
    pgettext_lazy("report", "Balance"),
)
_PLACE = pgettext_lazy("report", "Place")
_YUAN = gettext_lazy("Unit: yuan")
_HIDDEN: dict[Suppression, Promise] = {
    Suppression.SMALL: gettext_lazy("One to four: not shown, to protect persons"),
    Suppression.PROTECTING: gettext_lazy("Not shown: a count of one to four could be computed from it"),
}


def month_screens(tables: MonthTables, *, month: Month, actor: Actor) -> list[ScreenTable]:
    """T1, T2 and T6 as pages show them; a table without rows is there and says so."""
    screens = [_qualifications(tables, month, actor)]
    if tables.money or len(tables.places) > 1:
        screens.append(_money(tables, month, actor))
    return [*screens, _received(tables, month, actor), _checkups(tables, month, actor)]


def _count(value: Value, url: str = "") -> Cell:
    if isinstance(value, Suppression):
        return Cell(value.value, note=_HIDDEN[value])
    return Cell(number(int(value)), url if value else "")


def _place_name(line_is_total: bool, tables: MonthTables, name: str) -> str:
    return _("Total") if line_is_total and len(tables.places) > 1 else name


def _place_url(tables: MonthTables, month: Month, code: str, is_total: bool) -> str:
    return "" if is_total else dashboard_url(month, code)


def _qualifications(tables: MonthTables, month: Month, actor: Actor) -> ScreenTable:
    groups = []
    for programme, lines in tables.qualifications:
        rows = [
            ScreenRow(
                _place_name(line.place.is_total, tables, line.place.name),
                [
                    _count(
                        line.values[measure],
                        grants_url(actor, month, measure, programme=programme.pk, division=line.place.code),
                    )
                    for measure in tables.measures
                ],
                _place_url(tables, month, line.place.code, line.place.is_total),
                line.place.is_total and len(tables.places) > 1,
            )
            for line in lines
        ]
        groups.append(Group(programme.name, rows))
    return ScreenTable(
        _("Table 1: Changes of qualifications"),
        _("Unit: units of the programme (persons or families)"),
        _PLACE,
        [T1_COLUMNS[measure] for measure in tables.measures],
        groups,
        _way_words(tables),
    )


def _way_words(tables: MonthTables) -> Words:
    if len(tables.measures) < len(T1_MEASURES):
        return _(
            "Opening + new − exits = closing. A suspended grant counts: its holder keeps the qualification."
        )
    return _(
        "Opening + new + came − exits − went = closing. Came and went: the village came to another township by a "
        "change of divisions. A suspended grant counts: its holder keeps the qualification."
    )


def _money(tables: MonthTables, month: Month, actor: Actor) -> ScreenTable:
    whole = tables.whole.code
    groups = []
    for programme, lines in tables.money:
        addresses = {
            "budget": budget_url(actor, month),
            "appropriated": budget_url(actor, month),
            "paid": payments_url(actor, month, "paid", programme=programme.pk, division=whole),
            "returned": payments_url(actor, month, "returned", programme=programme.pk, division=whole),
        }
        rows = [
            ScreenRow(
                line.source_name,
                [
                    Cell(money(line.values[name]), addresses.get(name, "") if line.values[name] else "")
                    for name in MONEY_MEASURES
                ],
                is_total=not line.source,
            )
            for line in lines
        ]
        groups.append(Group(programme.name, rows))
    return ScreenTable(
        _("Table 2: Money"),
        _YUAN,
        pgettext_lazy("report", "Source"),
        T2_COLUMNS,
        groups,
        _("Of the year's budget, and of what earlier years' lines still had. Balance: appropriated − paid."),
    )


def _received(tables: MonthTables, month: Month, actor: Actor) -> ScreenTable:
    groups = []
    for programme, lines in tables.received:
        rows = []
        for line in lines:
            given = {"programme": programme.pk, "division": line.place.code}
            rows.append(
                ScreenRow(
                    _place_name(line.place.is_total, tables, line.place.name),
                    [
                        _yuan(line.paid, payments_url(actor, month, "paid", **given)),
                        _yuan(line.returned, payments_url(actor, month, "returned", **given)),
                    ],
                    _place_url(tables, month, line.place.code, line.place.is_total),
                    line.place.is_total and len(tables.places) > 1,
                )
            )
        groups.append(Group(programme.name, rows))
    return ScreenTable(
        _("Table 2-1: Paid and returned, by the place of the payee"),
        _YUAN,
        _PLACE,
        (pgettext_lazy("report", "Paid"), pgettext_lazy("report", "Returned")),
        groups,
        _("Paid: in the year up to the end of the month. Returned: not paid again by then."),
    )


def _yuan(amount: Decimal, url: str) -> Cell:
    return Cell(money(amount), url if amount else "")


def _checkups(tables: MonthTables, month: Month, actor: Actor) -> ScreenTable:
    rows = [
        ScreenRow(
            _place_name(line.place.is_total, tables, line.place.name),
            [_count(line.values[measure], sessions_url(actor, month)) for measure in CHECKUP_MEASURES],
            is_total=line.place.is_total and len(tables.places) > 1,
        )
        for line in tables.checkups
        if any(line.values.values())
    ]
    return ScreenTable(
        _("Table 3: Pre-conception check-ups"),
        _("Unit: persons"),
        _PLACE,
        (
            pgettext_lazy("report", "Booked"),
            pgettext_lazy("report", "Attended"),
            pgettext_lazy("report", "Completed"),
        ),
        [Group("", rows)] if rows else [],
        _("By the place of the counter that booked. Nobody is named, and counts under five are not written."),
    )


def month_charts(tables: MonthTables, *, month: Month, actor: Actor) -> list[Chart]:
    """Who is in force where, drawn from the edition."""

    def address(line: QualificationLine) -> str:
        return grants_url(actor, month, "closing", programme=line.programme.pk, division=line.place.code)

    drawn = [closing_by_township(programme, lines, address) for programme, lines in tables.qualifications]
    return [chart for chart in drawn if chart is not None]


def service_charts(division: Division, *, month: Month, actor: Actor) -> list[Chart]:
    """How the office serves, as of today: money by month, what is owed where, how fast it arrives."""
    charts = []
    paid = paid_by_month(division.scope, month)
    if paid:
        months = [Month(month.first_day.replace(month=n)) for n in range(1, month.first_day.month + 1)]
        marks = [
            Mark(paid.get(one, Decimal()), payments_url(actor, one, "month", division=division.pk))
            for one in months
        ]
        charts.append(
            bar_chart(
                chart_id="paid-by-month",
                title=_("Money that reached accounts, by month (yuan)"),
                labels=[_("%(month)s (month)") % {"month": one.first_day.month} for one in months],
                series=[Series(pgettext_lazy("report", "Paid"), marks)],
                label_title=_("Month"),
            )
        )
    if len(division.scope) == len(actor.scope) == 6:
        charts += _charts_by_township(division, month, actor)
    return charts


def _charts_by_township(division: Division, month: Month, actor: Actor) -> list[Chart]:
    names = dict(Division.objects.townships().within(division.scope).values_list("code", "name"))
    charts = []
    owed = owed_by_township(division.scope)
    if owed:
        charts.append(
            ranked_bars(
                chart_id="owed-by-township",
                title=_("Owed and not yet receiving, by township (persons)"),
                labels=list(names.values()),
                series=Series(
                    pgettext_lazy("report", "Owed"),
                    [Mark(owed.get(code, 0), owed_url(actor, code)) for code in names],
                ),
                label_title=_PLACE,
            )
        )
    days = days_to_money(division.scope, month, digits=9)
    if days:
        medians = {code: days[code[:9]][0] for code in names if code[:9] in days}
        charts.append(
            ranked_bars(
                chart_id="days-by-township",
                title=_("Days from application to money, by township (median)"),
                labels=[names[code] for code in medians],
                series=Series(
                    pgettext_lazy("report", "Days"),
                    [
                        Mark(median, payments_url(actor, month, "paid", division=code))
                        for code, median in medians.items()
                    ],
                ),
                label_title=_PLACE,
            )
        )
    return charts


@dataclass(frozen=True, slots=True)
class SaidDifference:
    """A figure that an edition states otherwise than the one before it, in words."""

    name: str
    before: str
    after: str


def said_differences(found: Sequence[Difference]) -> list[SaidDifference]:
    """Differences as a page shows them."""
    return [SaidDifference(figure_name(one.code), _value(one.before), _value(one.after)) for one in found]


def _value(value: Value) -> str:
    if isinstance(value, Suppression):
        return value.value
    return money(value) if isinstance(value, Decimal) else number(value)
