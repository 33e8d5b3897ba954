"""Budget lines: what grants bind follows the grants; money moves by two people; nobody entitled is refused."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from offices.actors import Actor
from offices.enums import Role
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import Act
from subsidies.enums import ApplicationState, BudgetChangeState, Frequency, FundingSource, ProgrammeKind
from subsidies.models import BudgetChange, BudgetLine, Grant, Programme
from subsidies.selectors.commitments import shortages_of
from subsidies.selectors.verification import find_in_ledger
from subsidies.services.budget import add_budget_line, appropriate, raise_budget
from subsidies.services.budget_transfers import confirm_transfer, propose_transfer, reject_transfer
from subsidies.services.commitments import check_commitment
from subsidies.shares import split
from tests.conftest import as_owner, sql
from tests.factories import make_actor
from tests.subsidies.cases import bring_to, enter, make_office, rules_say
from tests.subsidies.money import SHARES, make_counters, make_grant, paid_programme

pytestmark = pytest.mark.django_db
OUT_OF_COUNTY = [{"source": "county", "share": "1"}]


def line_of(programme: Programme, amount: str, *, year: int = 2013, source: str = "county") -> BudgetLine:
    return add_budget_line(
        actor=make_actor(Role.FINANCE),
        programme=programme,
        year=year,
        source=FundingSource(source),
        amount=Decimal(amount),
        document="山财预〔2013〕1号",
    )


def committed(line: BudgetLine) -> Decimal:
    line.refresh_from_db()
    return line.committed_amount


def test_grants_are_committed_by_shares_whoever_came_first(county: Actor) -> None:
    programme = paid_programme()
    make_grant(programme, serial=1, amount="100.01")
    lines = [line_of(programme, "1000", source=part["source"]) for part in SHARES]
    parts = split(Decimal("100.01"), SHARES)
    assert [committed(line) for line in lines] == [parts[part["source"]] for part in SHARES]
    make_grant(programme, serial=2, amount="100.01")
    assert [committed(line) for line in lines] == [2 * parts[part["source"]] for part in SHARES]
    assert lines[0].free_amount == 1000 - 2 * parts["central"]
    assert find_in_ledger() == []


@pytest.mark.parametrize(
    ("frequency", "from_on", "to_on", "of_2013", "of_2014"),
    [
        (Frequency.YEARLY, "2013-01-01", None, "1000.00", "1000.00"),
        (Frequency.YEARLY, "2013-01-01", "2013-06-01", "416.67", "0.00"),
        (Frequency.YEARLY, "2013-07-01", "2014-02-01", "1000.00", "83.33"),
        (Frequency.YEARLY, "2013-05-01", "2013-05-01", "0.00", "0.00"),
        (Frequency.MONTHLY, "2013-03-01", None, "833.33", "1000.00"),
        (Frequency.MONTHLY, "2013-03-01", "2013-05-01", "166.66", "0.00"),
        (Frequency.ONCE, "2013-12-20", None, "1000.00", "0.00"),
    ],
)
def test_a_grant_binds_what_its_year_will_cost(
    county: Actor, frequency: str, from_on: str, to_on: str | None, of_2013: str, of_2014: str
) -> None:
    programme = paid_programme("ONE", frequency=frequency, shares=OUT_OF_COUNTY)
    lines = [line_of(programme, "5000", year=year) for year in (2013, 2014)]
    grant = make_grant(programme, amount="1000.00", from_on=from_on)
    if to_on:
        Grant.objects.filter(pk=grant.pk).update(to_on=datetime.date.fromisoformat(to_on))
    assert [committed(line) for line in lines] == [Decimal(of_2013), Decimal(of_2014)]
    assert find_in_ledger() == []


def test_what_is_committed_cannot_be_written_by_hand(county: Actor) -> None:
    programme = paid_programme(shares=OUT_OF_COUNTY)
    line = line_of(programme, "1000")
    make_grant(programme)
    BudgetLine.objects.filter(pk=line.pk).update(committed_amount=1, first_amount=1)
    assert committed(line) == Decimal("960.00")
    assert line.first_amount == 1000


def test_a_right_is_granted_beyond_the_budget_and_said(
    county: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules_say(monkeypatch)
    office, programme = make_office(), paid_programme(shares=OUT_OF_COUNTY)
    line = line_of(programme, "959.99", year=2014)
    grant = bring_to(office, ApplicationState.GRANTED, enter(office, programme=programme)).grant
    assert committed(line) == Decimal("960.00")
    (short,) = shortages_of(grant)
    assert (short.year, short.amount) == (2014, Decimal("0.01"))
    (act,) = Act.objects.filter(verb="subsidies.grant_beyond_budget")
    assert act.detail["short"] == {"county": "0.01"}
    raise_budget(actor=make_actor(Role.FINANCE), line=line, amount=Decimal("0.01"), document="追加1号")
    assert shortages_of(grant) == []


@pytest.mark.parametrize("says", ["refuse", "warn"])
def test_an_award_beyond_the_budget_is_refused_unless_the_county_warns(county: Actor, says: str) -> None:
    rows = [{"from": "2009-01-01", "to": None, "value": says}]
    programme = paid_programme(
        "AWARD", shares=OUT_OF_COUNTY, kind=ProgrammeKind.AWARD, parameters={"beyond_budget": rows}
    )
    line_of(programme, "1919.99", year=2014)
    office = make_actor(Role.COUNTY)
    check_commitment(grant=make_grant(programme, serial=1), actor=office)
    second = make_grant(programme, serial=2)
    if says == "warn":
        check_commitment(grant=second, actor=office)
        assert Act.objects.filter(verb="subsidies.grant_beyond_budget").count() == 1
        return
    with pytest.raises(DomainError) as refused:
        check_commitment(grant=second, actor=office)
    assert refused.value.code == "award_beyond_budget"
    assert "0.01" in str(refused.value)


def test_money_moves_between_lines_by_two_people_and_the_sum_stays(county: Actor) -> None:
    people = make_counters()
    source = line_of(paid_programme("ONE", shares=OUT_OF_COUNTY), "1000")
    target = line_of(paid_programme("TWO", shares=OUT_OF_COUNTY), "10")
    wanted = {"from_line": source, "to_line": target, "amount": Decimal("300"), "document": "调剂1号"}
    for wrong in (people.county, people.cashier, county):
        with pytest.raises(NotAllowed):
            propose_transfer(actor=wrong, **wanted)
    change = propose_transfer(actor=people.finance, **wanted)
    assert source.amount == 1000
    same_person = Actor(people.finance.staff_id, "x", "x", Role.COUNTY, people.finance.division_code)
    for wrong in (people.finance, same_person, people.cashier):
        with pytest.raises(NotAllowed):
            confirm_transfer(actor=wrong, change=change)
    assert confirm_transfer(actor=people.county, change=change).state == BudgetChangeState.DONE
    source.refresh_from_db()
    target.refresh_from_db()
    assert (source.amount, target.amount) == (700, 310)
    with pytest.raises(Stale):
        confirm_transfer(actor=people.county, change=change)
    other = propose_transfer(actor=people.finance, **wanted)
    reject_transfer(actor=people.county, change=other)
    source.refresh_from_db()
    assert source.amount == 700
    assert find_in_ledger() == []


def test_only_what_is_free_moves(county: Actor) -> None:
    finance, programme = make_actor(Role.FINANCE), paid_programme("ONE", shares=OUT_OF_COUNTY)
    source = line_of(programme, "1000")
    target = line_of(paid_programme("TWO", shares=OUT_OF_COUNTY), "10")
    make_grant(programme, amount="400.00")
    appropriate(actor=finance, line=source, amount=Decimal("500"), document="拨款1号")
    wanted = {"actor": finance, "from_line": source, "to_line": target, "document": "调剂1号"}
    with pytest.raises(DomainError) as refused:
        propose_transfer(amount=Decimal("500.01"), **wanted)
    assert (refused.value.code, refused.value.params["free"]) == ("not_free", Decimal("500.00"))
    change = propose_transfer(amount=Decimal("500"), **wanted)
    make_grant(programme, serial=2, amount="200.00")
    with pytest.raises(DomainError) as refused:
        confirm_transfer(actor=make_actor(Role.COUNTY), change=change)
    assert refused.value.code == "not_free"


def test_money_stays_in_its_year_and_source(county: Actor) -> None:
    finance = make_actor(Role.FINANCE)
    one, two = paid_programme("ONE"), paid_programme("TWO")
    source = line_of(one, "1000")
    for wrong in (line_of(two, "10", source="central"), line_of(two, "10", year=2014)):
        with pytest.raises(DomainError) as refused:
            propose_transfer(
                actor=finance, from_line=source, to_line=wrong, amount=Decimal("1"), document="调剂1号"
            )
        assert refused.value.code == "other_year_or_source"
        with pytest.raises(IntegrityError, match="stays in its year"), transaction.atomic():
            BudgetChange.objects.create(
                kind="transfer",
                from_line=source,
                to_line=wrong,
                amount=1,
                document="x",
                proposed_by_id=finance.staff_id,
                proposed_on=datetime.date(2014, 1, 6),
                division_code=source.division_code,
            )
    with pytest.raises(DomainError) as refused:
        propose_transfer(
            actor=finance, from_line=source, to_line=source, amount=Decimal("1"), document="调剂1号"
        )
    assert refused.value.code == "same_line"


def test_the_database_refuses_a_transfer_by_one_person(county: Actor) -> None:
    finance = make_actor(Role.FINANCE)
    source = line_of(paid_programme("ONE"), "1000")
    target = line_of(paid_programme("TWO"), "10")
    change = propose_transfer(
        actor=finance, from_line=source, to_line=target, amount=Decimal("1"), document="调剂1号"
    )
    with pytest.raises(IntegrityError, match="confirmed_by_another_person"), transaction.atomic():
        sql(
            "UPDATE subsidies_budgetchange SET state = 'done', decided_by_id = proposed_by_id,"
            " decided_on = proposed_on WHERE id = %s",
            [change.pk],
        )


@pytest.mark.parametrize(
    ("statement", "trigger", "rule"),
    [
        ("UPDATE subsidies_budgetline SET amount = amount + 1", "", "budget_is_what_was_entered_and_changed"),
        (
            "UPDATE subsidies_budgetline SET committed_amount = committed_amount + 1",
            "commitment_follows_grants_alone",
            "commitment_is_what_the_grants_cost",
        ),
        (
            "UPDATE subsidies_grant SET annual_amount = annual_amount + 1",
            "changed_grants_are_committed",
            "commitment_is_what_the_grants_cost",
        ),
    ],
)
def test_a_budget_that_does_not_hold_is_named(county: Actor, statement: str, trigger: str, rule: str) -> None:
    programme = paid_programme(shares=OUT_OF_COUNTY)
    line_of(programme, "1000")
    make_grant(programme)
    table = statement.split()[1]
    with as_owner():
        if trigger:
            sql("SET CONSTRAINTS ALL IMMEDIATE")
            sql(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        sql(statement)
        if trigger:
            sql("SET CONSTRAINTS ALL IMMEDIATE")
            sql(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
    assert [finding.rule for finding in find_in_ledger()] == [rule]
