"""What the figures of a month count, and that they add up whatever happened."""

from __future__ import annotations

import datetime
import itertools
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from offices.actors import Actor
from reports.catalogue import EXIT_REASONS, catalogue_for
from reports.enums import Suppression
from reports.months import Month, read_month
from reports.selectors.checkups import shown_bookings
from reports.selectors.figures import Figures, figures_of_month
from reports.suppression import LEAST, hidden_cells, hides_reasons
from subsidies.enums import StopReason
from subsidies.models import Grant
from tests.factories import OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE
from tests.reports.month import COUNTY, DECEMBER, JANUARY, book, grant, paid_batch
from tests.subsidies.money import fund, paid_programme

pytestmark = pytest.mark.django_db
PREFIX = "t1.money"


def t1(figures: Figures, *measures: str) -> list[object]:
    """A county's own programme is written for months in which there was something alone."""
    return [figures.get(f"{PREFIX}.{measure}", 0) for measure in measures]


def test_every_figure_is_in_the_catalogue(county: Actor) -> None:
    from subsidies.models import Programme

    codes = {code.lower() for code in Programme.objects.values_list("code", flat=True)}
    known = {definition.code for definition in catalogue_for(codes)}
    for division, figures in figures_of_month(DECEMBER).items():
        assert set(figures) <= known, division
    only_then = {code for code in known if code.endswith((".division_in", ".division_out"))}
    assert set(figures_of_month(DECEMBER)[COUNTY]) == known - only_then


def test_a_grant_counts_from_its_first_day_to_its_last(county: Actor) -> None:
    grant("2013-01-01")
    grant("2013-12-01")
    grant("2013-12-31")
    grant("2014-01-01")
    grant("2012-01-01", "2013-12-01")
    grant("2012-01-01", "2014-01-01")
    grant("2013-12-05", "2013-12-05")
    figures = figures_of_month(DECEMBER)
    assert t1(figures[COUNTY], "opening", "new", "exits", "closing") == [3, 2, 1, 4]
    assert t1(figures[TOWNSHIP], "opening", "new", "exits", "closing") == [3, 2, 1, 4]
    assert t1(figures[OTHER_TOWNSHIP], "opening", "closing") == [0, 0]


def test_an_end_without_a_stop_counts_as_other(county: Actor) -> None:
    for _each in range(LEAST):
        made = grant("2013-01-01")
        Grant.objects.filter(pk=made.pk).update(to_on=datetime.date(2013, 12, 15))
        grant("2013-01-01", "2013-12-10", StopReason.MOVED)
    figures = figures_of_month(DECEMBER)[COUNTY]
    assert t1(figures, "exits", "exits.other", "exits.moved", "exits.died") == [10, 5, 5, 0]


def test_few_exits_are_counted_and_their_reasons_hidden(county: Actor) -> None:
    grant("2013-01-01", "2013-12-10", StopReason.DIED)
    for _each in range(LEAST):
        grant("2013-01-01", "2013-12-10", StopReason.DIED, village=OTHER_VILLAGE)
    figures = figures_of_month(DECEMBER)
    hidden = [Suppression.PROTECTING] * 4
    names = [f"exits.{reason}" for reason in EXIT_REASONS]
    assert t1(figures[TOWNSHIP], "exits", *names) == [1, *hidden]
    assert t1(figures[OTHER_TOWNSHIP], "exits", *names) == [5, *hidden]
    # All six died: with the county's reasons shown, the township's one would be known.
    assert t1(figures[COUNTY], "exits", *names) == [6, *hidden]
    for _each in range(LEAST):
        grant("2013-01-01", "2013-12-10", StopReason.MOVED, village=OTHER_VILLAGE)
    figures = figures_of_month(DECEMBER)
    assert t1(figures[COUNTY], "exits", *names) == [11, 6, 5, 0, 0]
    assert t1(figures[TOWNSHIP], "exits", *names) == [1, *hidden]


def test_money_is_told_by_source_and_by_the_payees_township(county: Actor) -> None:
    for name, village in (("甲", VILLAGE), ("乙", VILLAGE), ("丙", OTHER_VILLAGE)):
        grant(name=name, village=village)
    paid_batch(returned={"丙": "01"})
    december, january = figures_of_month(DECEMBER), figures_of_month(JANUARY)
    of_county = {
        code.removeprefix("t2.money."): value for code, value in january[COUNTY].items() if "t2.money" in code
    }
    assert of_county["budget"] == of_county["appropriated"] == Decimal("300000.00")
    assert (of_county["paid"], of_county["returned"]) == (Decimal("1920.00"), Decimal("960.00"))
    assert of_county["balance"] == Decimal("298080.00")
    assert of_county["paid.central"] == Decimal("960.00")
    assert of_county["paid.province"] == Decimal("576.00")
    assert of_county["paid.county"] == Decimal("384.00")
    assert of_county["paid.city"] == 0
    for measure in ("paid", "returned"):
        parts = [january[place][f"t2.money.{measure}"] for place in january if place != COUNTY]
        assert sum(parts) == of_county[measure]  # type: ignore[arg-type]
    assert "t2.money.budget" not in january[TOWNSHIP]
    # The money came in January: December's report knows the budget of its year, and no payment.
    assert december[COUNTY]["t2.money.budget"] == Decimal("300000.00")
    assert december[COUNTY]["t2.money.appropriated"] == december[COUNTY]["t2.money.paid"] == 0


def test_what_was_spent_in_former_years_is_not_this_years_money(county: Actor) -> None:
    grant()
    paid_batch()
    later = figures_of_month(read_month("2015-03"))[COUNTY]
    assert later["t2.money.paid"] == 0
    assert later["t2.money.appropriated"] == later["t2.money.balance"] == Decimal("299040.00")
    fund(paid_programme(), "500", year=2014)
    assert figures_of_month(read_month("2014-12"))[COUNTY]["t2.money.budget"] == Decimal("301500.00")


def test_bookings_are_counted_by_the_month_of_their_session(county: Actor) -> None:
    book(TOWNSHIP, booked=1, attended=6, completed=6, cancelled=9)
    book(TOWNSHIP, held_on="2014-01-03", booked=7)
    figures = figures_of_month(DECEMBER)
    measures = ("booked", "attended", "completed")
    for place in (TOWNSHIP, COUNTY):
        assert [figures[place][f"t6.checkups.{measure}"] for measure in measures] == [13, 12, 6]
    assert figures[OTHER_TOWNSHIP]["t6.checkups.booked"] == 0


def test_a_small_count_of_a_township_cannot_be_computed_from_the_county(county: Actor) -> None:
    book("370406101000", booked=3)
    book("370406102000", booked=20)
    book("370406103000", booked=40)
    figures = figures_of_month(DECEMBER)
    shown = [figures[f"37040610{n}000"]["t6.checkups.booked"] for n in (1, 2, 3)]
    assert shown == [Suppression.PROTECTING, Suppression.PROTECTING, 40]
    assert figures[COUNTY]["t6.checkups.booked"] == 63


def test_a_small_county_is_hidden(county: Actor) -> None:
    book(TOWNSHIP, booked=2)
    book(OTHER_TOWNSHIP, booked=2)
    figures = figures_of_month(DECEMBER)
    assert figures[COUNTY]["t6.checkups.booked"] is Suppression.SMALL
    assert figures[TOWNSHIP]["t6.checkups.booked"] is Suppression.SMALL


def test_an_empty_county_and_a_month_before_any_data_have_zeros(county: Actor) -> None:
    paid_programme()
    for month in (DECEMBER, read_month("1999-01")):
        for figures in figures_of_month(month).values():
            assert set(figures.values()) == {0}


@settings(deadline=None, max_examples=400)
@given(st.dictionaries(st.sampled_from("ABCDE"), st.integers(0, 12), min_size=1))
def test_no_small_count_can_be_computed_from_what_is_shown(cells: dict[str, int]) -> None:
    """Try every value that the hidden cells may have: at least two remain for each small one."""
    hidden, is_total_hidden = hidden_cells(cells)
    assert all(mark == Suppression.SMALL for name, mark in hidden.items() if 0 < cells[name] < LEAST)
    small = [name for name in cells if 0 < cells[name] < LEAST]
    assert set(small) <= set(hidden)
    if is_total_hidden:
        return
    rest = sum(cells[name] for name in hidden)
    ranges = [range(1, LEAST) if name in small else range(LEAST, rest + 1) for name in hidden]
    possible = [values for values in itertools.product(*ranges) if sum(values) == rest]
    for place, name in enumerate(hidden):
        if name in small:
            assert len({values[place] for values in possible}) > 1


_NESTED = st.lists(st.integers(0, 7), min_size=2, max_size=2).map(sorted)


@settings(deadline=None, max_examples=150)
@given(st.lists(_NESTED, min_size=1, max_size=3))
@example([[4, 5], [0, 1], [3, 3]])
@example([[2, 5], [5, 5]])
@example([[1, 1]])
def test_one_measure_does_not_tell_another(places: list[list[int]]) -> None:
    """Who came had booked: with that known too, each small count keeps at least two values."""
    counts = {
        "booked": {str(n): booked for n, (_came, booked) in enumerate(places)},
        "attended": {str(n): came for n, (came, _booked) in enumerate(places)},
        "completed": {str(n): 0 for n in range(len(places))},
    }
    shown = shown_bookings(counts)
    solutions = []
    for measure in ("booked", "attended"):
        cells, total = shown[measure]
        true = sum(counts[measure].values())
        # Of a hidden total some values are enough to try: more of them only add possibilities.
        totals = {total} if isinstance(total, int) else {max(0, true - 1), true, true + 1}
        ranges = [
            [value]
            if isinstance(value, int)
            else list(range(1, LEAST))
            if value is Suppression.SMALL
            else list(range(max(totals) + 1))
            for value in cells.values()
        ]
        solutions.append([values for values in itertools.product(*ranges) if sum(values) in totals])
    for index, measure in enumerate(("booked", "attended")):
        for place, count in enumerate(counts[measure].values()):
            if 0 < count < LEAST:
                possible = {
                    (booked, came)[index][place]
                    for booked in solutions[0]
                    for came in solutions[1]
                    if all(some <= all_ for some, all_ in zip(came, booked, strict=True))
                }
                assert len(possible) > 1, (measure, shown)


def test_reasons_are_hidden_together() -> None:
    nothing = dict.fromkeys(EXIT_REASONS, 0)
    assert hides_reasons({"A": nothing}) == (False, False)
    assert hides_reasons({"A": nothing | {"died": 5}}) == (False, False)
    assert hides_reasons({"A": nothing | {"died": 4}}) == (True, True)
    many = {"A": nothing | {"died": 4}, "B": nothing | {"died": 9, "moved": 8}}
    assert hides_reasons(many) == (True, False)


_DAYS = st.dates(datetime.date(2013, 8, 1), datetime.date(2014, 3, 31))
_HISTORIES = st.lists(
    st.tuples(
        _DAYS,
        st.none() | _DAYS,
        st.sampled_from(StopReason.values),
        st.sampled_from([VILLAGE, OTHER_VILLAGE]),
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories=_HISTORIES)
def test_figures_add_up_whatever_happened(
    county: Actor, histories: list[tuple[datetime.date, datetime.date | None, str, str]]
) -> None:
    """Opening + new − exits = closing, Σ townships = county, this opening = the last closing."""
    from django.db import transaction

    with transaction.atomic():
        paid_programme()
        for from_on, to_on, reason, village in histories:
            end = max(from_on, to_on) if to_on else None
            grant(str(from_on), str(end) if end else None, reason, village=village)
        closing: dict[str, object] = {}
        month: Month = read_month("2013-07")
        for _each in range(10):
            figures = figures_of_month(month)
            for place, values in figures.items():
                opening, new, exits, end_count = t1(values, "opening", "new", "exits", "closing")
                assert opening + new - exits == end_count  # type: ignore[operator]
                assert closing.get(place, 0) == opening
                closing[place] = end_count
            for measure in ("opening", "new", "exits", "closing"):
                code = f"{PREFIX}.{measure}"
                total = sum(values.get(code, 0) for place, values in figures.items() if place != COUNTY)  # type: ignore[misc, arg-type]
                assert total == figures[COUNTY].get(code, 0)
            month = month.following
        transaction.set_rollback(True)
