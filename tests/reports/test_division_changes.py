"""Figures when a village comes to another township: old months stay, the way from month to month still adds up."""

from __future__ import annotations

import datetime

import pytest

from households.enums import Relation
from households.models import DivisionChange, Membership
from offices.actors import Actor
from offices.database.context import open_context
from offices.divisions import scope_of
from offices.enums import Role, SuccessionKind
from offices.errors import DomainError
from reports.enums import EditionState
from reports.models import Edition, Figure
from reports.pdf.of_edition import document_of
from reports.selectors.editions import figures_in, plain_figures
from reports.selectors.qualifications import counted_elsewhere, grants_counted
from reports.selectors.tables import tables_of
from reports.selectors.verification import verify_reports
from reports.services.editions import summarise
from subsidies.enums import GrantState, StopReason
from subsidies.models import Application, ApplicationStep, Grant, Payment
from subsidies.selectors.money import payments_of
from tests.factories import OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, make_actor, make_household
from tests.households.divisions import FIRST, OTHER_NEW, SECOND, THIRD, done, prepare
from tests.reports.month import COUNTY, DECEMBER, JANUARY, grant, paid_batch

DAY = datetime.date(2014, 1, 6)


def _summarised(month: object, division: str) -> dict[str, object]:
    edition = summarise(actor=make_actor(Role.COUNTY), month=month, division=division).edition  # type: ignore[arg-type] # a month
    return plain_figures(figures_in(edition))


def _images() -> list[tuple[object, ...]]:
    editions = Edition.objects.filter(period="2013-12").order_by("division_code", "number")
    return [
        (
            *row,
            tuple(
                Figure.objects.filter(edition=row[0])
                .order_by("code")
                .values_list("code", "value", "suppression")
            ),
        )
        for row in editions.values_list("pk", "number", "figures_digest", "division_name", "division_code")
    ]


def _moved() -> DivisionChange:
    change = done(SuccessionKind.TRANSFER, (SECOND, OTHER_NEW, "西村"))
    assert change.state == "applied", change.job.message
    return change


def test_months_before_stay_and_the_month_of_the_change_shows_who_came_and_went(county: Actor) -> None:
    for _one in range(3):
        grant("2013-01-01", village=SECOND)
    grant("2013-01-01", village=FIRST)
    grant("2013-01-01", village=OTHER_VILLAGE)
    grant("2013-01-01", "2013-12-15", StopReason.OTHER, village=SECOND)
    _summarised(DECEMBER, COUNTY)
    before = _images()
    _moved()
    assert _summarised(DECEMBER, TOWNSHIP)["t1.money.closing"] == 4
    assert _images() == before, "editions of old months are what they were, and no new one is beside them"
    old, new, whole = (_summarised(JANUARY, code) for code in (TOWNSHIP, OTHER_TOWNSHIP, COUNTY))
    assert (old["t1.money.opening"], old["t1.money.division_out"], old["t1.money.closing"]) == (4, 3, 1)
    assert "t1.money.division_in" not in old
    assert (new["t1.money.opening"], new["t1.money.division_in"], new["t1.money.closing"]) == (1, 3, 4)
    assert (whole["t1.money.opening"], whole["t1.money.closing"]) == (5, 5)
    assert (whole["t1.money.division_in"], whole["t1.money.division_out"]) == (3, 3)
    assert not verify_reports().findings


def test_change_within_a_township_moves_no_figure(county: Actor) -> None:
    grant("2013-01-01", village=SECOND)
    done(SuccessionKind.MERGE, (FIRST, FIRST, "前村"), (SECOND, FIRST, "前村"))
    figures = _summarised(JANUARY, TOWNSHIP)
    assert (figures["t1.money.opening"], figures["t1.money.closing"]) == (1, 1)
    assert "t1.money.division_out" not in figures


def test_end_that_is_recorded_late_counts_where_the_grant_was(county: Actor) -> None:
    """A death of December, entered after the village has moved in January, is an exit of the old township."""
    found = grant("2013-01-01", village=SECOND)
    _moved()
    found.refresh_from_db()
    assert found.division_code == OTHER_NEW
    found.state, found.stop_reason = GrantState.STOPPED, StopReason.DIED
    found.to_on = found.stopped_on = datetime.date(2013, 12, 20)
    found.save()
    old, new = (_summarised(DECEMBER, code) for code in (TOWNSHIP, OTHER_TOWNSHIP))
    assert (old["t1.money.opening"], old["t1.money.exits"], old["t1.money.closing"]) == (1, 1, 0)
    assert new["t1.money.opening"] == 0
    january = _summarised(JANUARY, OTHER_TOWNSHIP)
    assert january.get("t1.money.division_in", 0) == 0
    assert not verify_reports().findings


def test_grants_made_and_ended_after_the_change_count_in_the_new_township(county: Actor) -> None:
    _moved()
    grant("2014-01-06", "2014-01-20", StopReason.OTHER, village=OTHER_NEW)
    figures = _summarised(JANUARY, OTHER_TOWNSHIP)
    assert (figures["t1.money.new"], figures["t1.money.exits"]) == (1, 1)


def test_rows_behind_a_figure_are_those_that_it_counts(county: Actor) -> None:
    moved = grant("2013-01-01", village=SECOND)
    stays = grant("2013-01-01", village=FIRST)
    _moved()

    def rows(measure: str, month: object, code: str) -> set[object]:
        found = Grant.objects.filter(grants_counted(measure, month, scope=scope_of(code)))  # type: ignore[arg-type] # a month
        return set(found.values_list("pk", flat=True))

    assert rows("closing", DECEMBER, TOWNSHIP) == {moved.pk, stays.pk}
    assert rows("closing", JANUARY, TOWNSHIP) == {stays.pk}
    assert rows("division_out", JANUARY, TOWNSHIP) == {moved.pk}
    assert rows("division_in", JANUARY, OTHER_TOWNSHIP) == {moved.pk}
    assert rows("division_in", JANUARY, TOWNSHIP) == set()
    assert rows("division_in", JANUARY, COUNTY) == {moved.pk}
    counter = make_actor(Role.TOWNSHIP)
    with open_context(actor=counter):
        assert counted_elsewhere("closing", DECEMBER, actor=counter, scope=TOWNSHIP[:9]) == 1
        assert Grant.objects.filter(grants_counted("closing", DECEMBER, scope=TOWNSHIP[:9])).count() == 1


def test_cases_follow_and_what_is_decided_and_paid_stays(county: Actor) -> None:
    runs = grant("2013-01-01", village=SECOND)
    over = grant("2013-01-01", "2013-07-01", StopReason.OTHER, village=SECOND)
    paid_batch()
    _moved()
    runs.refresh_from_db()
    over.refresh_from_db()
    assert (runs.division_code, over.division_code) == (OTHER_NEW, SECOND)
    assert Application.objects.get(pk=runs.application_id).division_code == OTHER_NEW
    assert set(
        ApplicationStep.objects.filter(application=runs.application_id).values_list("division_code")
    ) == {(OTHER_NEW,)}
    assert Application.objects.get(pk=over.application_id).division_code == SECOND
    assert set(Payment.objects.values_list("division_code", flat=True)) == {SECOND}
    with open_context(actor=make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP)):
        assert not Payment.objects.exists()
        assert len(payments_of(runs)) == 1, "who serves the family sees what it was paid"


def test_old_township_sees_the_family_no_more_and_the_new_one_does(county: Actor) -> None:
    found = grant("2013-01-01", village=SECOND)
    make_household(found.person, number="7")
    _moved()
    for role, township, sees in (
        (Role.TOWNSHIP, TOWNSHIP, 0),
        (Role.TOWNSHIP, OTHER_TOWNSHIP, 1),
        (Role.TOWNSHIP, "370406103000", 0),
        (Role.VILLAGE, OTHER_NEW, 1),
        (Role.VILLAGE, FIRST, 0),
    ):
        actor = make_actor(role, township)
        with open_context(actor=actor):
            assert Grant.objects.filter(pk=found.pk).count() == sees, township
            assert Membership.objects.filter(relation=Relation.HEAD, person=found.person).count() == sees
            assert (
                Application.objects.filter(pk=found.application_id).select_related("person").count() == sees
            )


def test_edition_keeps_the_name_of_its_time(county: Actor) -> None:
    grant("2013-01-01")
    summarise(actor=make_actor(Role.COUNTY), month=DECEMBER)
    was = Edition.objects.get(period="2013-12", division_code=TOWNSHIP).division_name
    done(SuccessionKind.RENAME, (TOWNSHIP, TOWNSHIP, "新名镇"))
    summarise(actor=make_actor(Role.COUNTY), month=JANUARY)
    december, january = (
        tables_of(Edition.objects.get(period=str(month), division_code=TOWNSHIP))
        for month in (DECEMBER, JANUARY)
    )
    assert (december.division.name, january.division.name) == (was, "新名镇")
    of_county = tables_of(Edition.objects.get(period="2013-12", division_code=COUNTY))
    assert was in {place.name for place in of_county.places}
    document = document_of(december.edition, code="X", has_roster=False, language="zh-hans")
    assert was in document.place
    # A month that is computed anew after the change bears the name that it had at its end.
    grant("2013-02-01")
    summarise(actor=make_actor(Role.COUNTY), month=DECEMBER)
    newest = Edition.objects.newest(kind="monthly", period="2013-12", division_code=TOWNSHIP)
    assert newest is not None
    assert (newest.number, newest.division_name) == (2, was)


def test_paper_shows_who_came_and_went(county: Actor) -> None:
    grant("2013-01-01", village=SECOND)
    _moved()
    edition = summarise(actor=make_actor(Role.COUNTY), month=JANUARY).edition
    document = document_of(edition, code="X", has_roster=False, language="zh-hans")
    moves = {(line.place, line.came, line.went) for line in document.changes if not line.is_total}
    assert {(came, went) for _place, came, went in moves} == {(1, 0), (0, 1)}


def test_no_change_holds_from_a_locked_month(county: Actor) -> None:
    summarise(actor=make_actor(Role.COUNTY), month=DECEMBER)
    Edition.objects.filter(division_code=COUNTY).update(state=EditionState.LOCKED)
    with pytest.raises(DomainError) as refused:
        prepare(SuccessionKind.TRANSFER, (THIRD, OTHER_NEW, "西村"), on=datetime.date(2013, 12, 31))
    assert refused.value.code == "month_locked"
    assert prepare(SuccessionKind.TRANSFER, (THIRD, OTHER_NEW, "西村"), on=datetime.date(2014, 1, 1))
