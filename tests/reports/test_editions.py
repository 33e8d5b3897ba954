"""Editions: computed once for the same facts, numbered anew for others, never changed."""

from __future__ import annotations

import json
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from offices.errors import DomainError, NotAllowed
from offices.models import Act
from reports.enums import EditionState, Suppression
from reports.models import Edition, Figure
from reports.months import read_month
from reports.selectors.editions import digest_of, figures_in, newest_edition
from reports.selectors.verification import verify_reports
from reports.services.editions import summarise
from tests.conftest import sql
from tests.factories import OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE, make_actor
from tests.reports.month import COUNTY, DECEMBER, JANUARY, book, grant

pytestmark = pytest.mark.django_db
NOVEMBER = read_month("2013-11")


def newest(period: str, division: str = COUNTY) -> Edition:
    found = Edition.objects.newest(kind="monthly", period=period, division_code=division)
    assert found is not None
    return found


def test_the_same_figures_make_no_new_edition(county: Actor) -> None:
    grant()
    first = summarise(actor=county, month=DECEMBER)
    assert (first.edition.number, first.written, first.restated) == (1, 12, ())
    again = summarise(actor=county, month=DECEMBER)
    assert (again.edition.pk, again.written) == (first.edition.pk, 0)
    assert Act.objects.filter(verb="reports.summarise").count() == 12
    assert Edition.objects.filter(division_code=TOWNSHIP).count() == 1


def test_other_figures_make_a_numbered_edition_and_keep_the_former(county: Actor) -> None:
    grant()
    first = summarise(actor=county, month=DECEMBER).edition
    grant()
    second = summarise(actor=county, month=DECEMBER)
    assert (second.edition.number, second.written) == (2, 2)
    assert figures_in(first)["t1.money.closing"] == 1
    assert second.figures["t1.money.closing"] == 2
    assert newest("2013-12", OTHER_TOWNSHIP).number == 1
    assert newest("2013-12", TOWNSHIP).number == 2


def test_a_locked_edition_is_never_changed(county: Actor) -> None:
    grant()
    locked = summarise(actor=county, month=DECEMBER).edition
    Edition.objects.filter(pk=locked.pk).update(state=EditionState.LOCKED)
    grant()
    restatement = summarise(actor=county, month=DECEMBER).edition
    locked.refresh_from_db()
    assert (locked.state, locked.number, restatement.number) == (EditionState.LOCKED, 1, 2)
    assert figures_in(locked)["t1.money.closing"] == 1
    assert restatement.state == EditionState.COMPUTED


def test_closing_equals_next_opening(county: Actor) -> None:
    grant("2013-01-01")
    grant("2013-12-02")
    for month in (NOVEMBER, DECEMBER, JANUARY):
        summarise(actor=county, month=month)
    for earlier, later in (("2013-11", "2013-12"), ("2013-12", "2014-01")):
        closing = figures_in(newest(earlier))["t1.money.closing"]
        assert figures_in(newest(later))["t1.money.opening"] == closing


def test_what_is_recorded_late_restates_the_months_around(county: Actor) -> None:
    grant("2013-01-01")
    for month in (NOVEMBER, DECEMBER, JANUARY):
        summarise(actor=county, month=month)
    # Confirmed in January for the whole year: November's closing was another one.
    grant("2013-01-01")
    found = summarise(actor=county, month=DECEMBER)
    assert found.restated == ("2013-11", "2014-01")
    for period in ("2013-11", "2013-12", "2014-01"):
        assert newest(period).number == 2
        assert figures_in(newest(period))["t1.money.closing"] == 2
    assert summarise(actor=county, month=DECEMBER).restated == ()


def test_the_township_asked_for_is_answered_and_all_are_computed(county: Actor) -> None:
    grant()
    for code in ("370406101", "370406101000"):
        found = summarise(actor=county, month=DECEMBER, division=code)
        assert found.edition.division_code == TOWNSHIP
        assert "t2.money.budget" not in found.figures
    assert newest("2013-12").number == 1
    for code in ("370406", COUNTY):
        assert summarise(actor=county, month=DECEMBER, division=code).edition.division_code == COUNTY


@pytest.mark.parametrize("code", ["370406101200", "370502", "37040", "", "abcdef", "370406999"])
def test_what_is_not_reported_is_refused(county: Actor, code: str) -> None:
    if not code:
        assert summarise(actor=county, month=DECEMBER, division=code).edition.division_code == COUNTY
        return
    with pytest.raises(DomainError) as refused:
        summarise(actor=county, month=DECEMBER, division=code)
    assert refused.value.code == "division_not_reported"


def test_a_month_to_come_is_refused_and_the_running_one_is_not(county: Actor) -> None:
    assert summarise(actor=county, month=JANUARY).edition.period == "2014-01"
    with pytest.raises(DomainError) as refused:
        summarise(actor=county, month=read_month("2014-02"))
    assert refused.value.code == "month_not_begun"
    with pytest.raises(DomainError, match="2013-12"):
        read_month("2013-13")


def test_only_the_county_and_the_installation_summarise(county: Actor) -> None:
    for role in (Role.TOWNSHIP, Role.AUDITOR, Role.FINANCE, Role.CLINICIAN, Role.VILLAGE):
        with pytest.raises(NotAllowed):
            summarise(actor=make_actor(role), month=DECEMBER)
    assert summarise(actor=make_actor(Role.COUNTY), month=DECEMBER).written == 12


def test_another_townships_edition_is_out_of_sight(county: Actor) -> None:
    grant()
    summarise(actor=county, month=DECEMBER)
    township = make_actor(Role.TOWNSHIP)
    with open_context(actor=township):
        own = newest_edition(actor=township, kind="monthly", period="2013-12", division="370406101")
        assert own.division_code == TOWNSHIP
        assert {row.division_code for row in Edition.objects.all()} == {TOWNSHIP}
        assert {row.division_code for row in Figure.objects.all()} == {TOWNSHIP}
        for code in (OTHER_TOWNSHIP, COUNTY):
            with pytest.raises(NotAllowed):
                newest_edition(actor=township, kind="monthly", period="2013-12", division=code)


def test_suppressed_counts_are_not_in_the_database(county: Actor) -> None:
    book(TOWNSHIP, booked=3)
    found = summarise(actor=county, month=DECEMBER, division=TOWNSHIP)
    assert found.figures["t6.checkups.booked"] is Suppression.SMALL
    rows = sql("SELECT value FROM reports_figure WHERE code = 't6.checkups.booked' AND suppression <> ''")
    assert rows
    assert set(rows) == {(None,)}
    with pytest.raises(IntegrityError), transaction.atomic():
        sql("UPDATE reports_figure SET value = 3 WHERE suppression <> ''")
    with pytest.raises(DatabaseError), transaction.atomic():
        sql("UPDATE reports_edition SET number = 1, period = '2013-12-01'")


def test_the_digest_tells_every_change(county: Actor) -> None:
    edition = summarise(actor=county, month=DECEMBER).edition
    figures = figures_in(edition)
    given = {"kind": "monthly", "period": "2013-12", "division_code": COUNTY}
    assert digest_of(figures=figures, **given) == edition.figures_digest
    for code, value in (("t1.money.closing", 9), ("t2.ncjf.paid", Decimal("0.01"))):
        assert digest_of(figures=figures | {code: value}, **given) != edition.figures_digest
    assert digest_of(figures=figures, **{**given, "division_code": TOWNSHIP}) != edition.figures_digest


def run(*words: str) -> dict[str, Any]:
    told = StringIO()
    call_command(*words, "--json", stdout=told, stderr=StringIO())
    answer: dict[str, Any] = json.loads(told.getvalue())
    return answer


def test_commands_give_the_agreed_shapes(county: Actor) -> None:
    grant()
    summary = run("summarise", "--month", "2013-12", "--division", "370406")
    assert {"month", "division", "seconds", "figures"} <= set(summary)
    assert (summary["month"], summary["division"]) == ("2013-12", COUNTY)
    answer = run("figures", "--kind", "monthly", "--period", "2013-12", "--division", "370406")
    assert set(answer) == {"figures", "edition", "state"}
    assert (answer["edition"], answer["state"]) == (1, "computed")
    assert answer["figures"] == summary["figures"]
    assert answer["figures"]["t1.money.closing"] == 1
    assert answer["figures"]["t2.money.paid.central"] == "0.00"
    told = StringIO()
    call_command("summarise", "--month", "2013-12", stdout=told)
    assert "2013-12" in told.getvalue()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("figures", "--kind", "monthly", "--period", "2013-11", "--division", "370406"), "no_edition"),
        (("figures", "--kind", "annual", "--period", "2013-12", "--division", "370406"), "year_form"),
        (
            ("figures", "--kind", "annual", "--period", "2013", "--division", "370400"),
            "division_not_reported",
        ),
        (("figures", "--kind", "monthly", "--period", "2013", "--division", "370406"), "month_form"),
        (("summarise", "--month", "2014-02"), "month_not_begun"),
        (("summarise", "--month", "12/2013"), "month_form"),
    ],
)
def test_commands_refuse_in_words(
    county: Actor, words: tuple[str, ...], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told, complained = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(*words, "--json", stdout=told, stderr=complained)
    assert ended.value.code == 1
    assert json.loads(told.getvalue())["error"] == code
    assert complained.getvalue().strip()


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["2013-10", "2013-11", "2013-12", "2014-01"]),
        st.integers(1, 28),
        st.none() | st.sampled_from(["2013-11-01", "2013-12-01", "2014-01-01"]),
        st.sampled_from([VILLAGE, OTHER_VILLAGE]),
        st.sampled_from(["2013-10", "2013-11", "2013-12", "2014-01"]),
    ),
    max_size=6,
)


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_kept_editions_always_fit_whatever_is_recorded_when(
    county: Actor, steps: list[tuple[str, int, str | None, str, str]]
) -> None:
    """Something is recorded for any month, then any month is summarised: what is kept holds together."""
    with transaction.atomic():
        for begins, day, end, village, summarised in steps:
            from_on = f"{begins}-{day:02d}"
            grant(from_on, max(end, from_on) if end else None, village=village)
            summarise(actor=county, month=read_month(summarised))
            assert verify_reports().findings == ()
        transaction.set_rollback(True)
