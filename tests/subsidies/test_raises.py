"""A raised amount reaches everybody who receives: from its period on, once, to the cent, and never lower."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from households.enums import RepresentationKind
from households.models import Absence, Hukou, Person
from offices import clock
from offices.actors import Actor
from offices.enums import Role
from offices.errors import DomainError
from offices.models import Act, Staff
from subsidies.enums import (
    Frequency,
    LateCause,
    LateDecision,
    LetterKind,
    PolicyState,
    ProgrammeKind,
    RaiseCause,
    ReturnReason,
)
from subsidies.models import (
    Arrear,
    BudgetLine,
    Grant,
    GrantAmount,
    LateFinding,
    PolicyVersion,
    Programme,
)
from subsidies.periods import read_period
from subsidies.selectors.annual_reviews import arithmetic_of
from subsidies.selectors.grant_amounts import amounts_of, raises_since
from subsidies.selectors.premiums import premiums_of_year
from subsidies.selectors.selection import select
from subsidies.selectors.verification import find_in_ledger
from subsidies.services.appeal_remedies import carry_out_appeal
from subsidies.services.bank_answers import import_answer
from subsidies.services.grants import stop_grant, suspend_grant
from subsidies.services.late_decisions import decide_late
from subsidies.services.letters import issue_grant_letter
from subsidies.services.sweep import reassess, sweep
from tests.conftest import sql
from tests.factories import OTHER_TOWNSHIP, OTHER_VILLAGE, VILLAGE, make_actor
from tests.households.representing import confirmed, heir
from tests.subsidies.appeals import accepted, changed, make_judge
from tests.subsidies.cases import make_office, rules_say
from tests.subsidies.money import (
    answer_to,
    file_of,
    fund,
    make_counters,
    make_grant,
    paid_programme,
    sent_batch,
)
from tests.subsidies.raises import cost_month_by_month, like, mother_of_one, raise_to, rows_of

pytestmark = pytest.mark.django_db
Moved = Callable[[str], None]
OUT_OF_COUNTY = [{"source": "county", "share": "1"}]
OF_2014 = ("2014-01-01", "2040.00", "policy")


def brings(programme: Programme, label: str) -> Decimal:
    return select(programme=programme, period=read_period(label, programme.frequency)).total_amount


def assess(county: Actor) -> None:
    sweep(actor=county, as_of=clock.today())


def committed(programme: Programme) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for line in BudgetLine.objects.filter(programme=programme).order_by("year", "source"):
        found[line.year] = found.get(line.year, Decimal()) + line.committed_amount
    return found


def test_a_grant_of_2011_is_paid_960_for_2012_and_the_lines_bind_it(county: Actor, moved_to: Moved) -> None:
    moved_to("2012-03-05")
    grant = mother_of_one("NCJF", serial=1, amount="720.00", from_on="2011-01-01", confirmed_on="2011-06-01")
    elsewhere = mother_of_one(
        "NCJF",
        serial=2,
        amount="720.00",
        from_on="2011-01-01",
        confirmed_on="2011-06-01",
        village=OTHER_VILLAGE,
    )
    ncjf = grant.programme
    for year in (2011, 2012):
        fund(ncjf, year=year)
    assess(county)
    assert rows_of(grant) == rows_of(elsewhere) == [("2012-01-01", "960.00", "policy")]
    fund(ncjf, year=2013)
    assert committed(ncjf) == {2011: Decimal(1440), 2012: Decimal(1920), 2013: Decimal(1920)}
    assert (brings(ncjf, "2011"), brings(ncjf, "2012")) == (Decimal(1440), Decimal(1920))
    acts = Act.objects.filter(verb="subsidies.raise_grant").order_by("record_id")
    assert {act.record_id for act in acts} == {grant.pk, elsewhere.pk}
    assert Staff.objects.get(pk=acts[0].by_id).is_system
    (told,) = raises_since(clock.today(), actor=make_actor(Role.COUNTY))
    assert (told.count, told.more_a_year, told.cause) == (2, Decimal(480), RaiseCause.POLICY)
    (own,) = raises_since(clock.today(), actor=make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP))
    assert (own.count, own.more_a_year) == (1, Decimal(240))
    assert [line.amount for line in sent_batch(ncjf, "2012").payments.all()] == [Decimal(960)] * 2
    moved_to("2012-03-06")
    assess(county)
    reassess(people=[grant.person_id])
    assert GrantAmount.objects.count() == acts.count() == 2
    assert find_in_ledger() == []


@pytest.mark.parametrize(("hukou", "a_month"), [("rural", 170), ("urban", 340)])
def test_a_month_has_the_amount_of_its_time(county: Actor, moved_to: Moved, hukou: str, a_month: int) -> None:
    moved_to("2014-02-10")
    grant = mother_of_one(
        "TFSD", serial=1, hukou=hukou, child_died="2005-01-01", amount="1620.00", confirmed_on="2013-01-20"
    )
    assess(county)
    assert rows_of(grant) == [("2014-01-01", f"{a_month * 12}.00", "policy")]
    tfsd = grant.programme
    assert [brings(tfsd, label) for label in ("2013-11", "2013-12", "2014-01", "2014-12")] == [
        135,
        135,
        a_month,
        a_month,
    ]
    fund(tfsd)
    fund(tfsd, year=2014)
    assert committed(tfsd) == {2013: Decimal(1620), 2014: Decimal(a_month * 12)}
    lines = arithmetic_of(grant, result="goes_on", event_on=None, today=clock.today()).lines
    assert [line.amount for line in lines[-3:]] == [135, a_month, a_month]
    assert find_in_ledger() == []


def test_a_family_whose_facts_change_is_raised_from_that_month(county: Actor, moved_to: Moved) -> None:
    moved_to("2014-06-20")
    grant = mother_of_one(
        "TFSD", serial=1, child_died="2005-01-01", amount="1620.00", confirmed_on="2013-01-20"
    )
    fund(grant.programme, year=2014)
    Hukou.objects.filter(person=grant.person_id).update(to_on="2014-05-12")
    Hukou.objects.create(
        person_id=grant.person_id,
        hukou_type="urban",
        from_on=datetime.date(2014, 5, 12),
        place_code=VILLAGE,
        division_code=VILLAGE,
    )
    assess(county)
    assert rows_of(grant) == [OF_2014, ("2014-05-01", "4080.00", "facts")]
    assert committed(grant.programme) == {2014: Decimal(4 * 170 + 8 * 340)}
    assert (brings(grant.programme, "2014-04"), brings(grant.programme, "2014-05")) == (170, 340)
    assert find_in_ledger() == []


def test_what_is_less_or_not_certain_or_over_raises_nothing(county: Actor, moved_to: Moved) -> None:
    moved_to("2014-02-10")
    same = {"child_died": "2005-01-01", "confirmed_on": "2013-01-20"}
    higher = mother_of_one("TFSD", serial=1, amount="5000.00", **same)
    away = mother_of_one("TFSD", serial=2, amount="1620.00", **same)
    Absence.objects.create(person=away.person, from_on=datetime.date(2014, 2, 1), division_code=VILLAGE)
    childless = make_grant(like("TFSD"), serial=3, amount="1620.00")
    office = make_actor(Role.COUNTY)
    stopped = mother_of_one("TFSD", serial=4, amount="1620.00", **same)
    stop_grant(grant=stopped, reason="moved", event_on=datetime.date(2013, 12, 1), actor=office)
    held = mother_of_one("TFSD", serial=5, amount="1620.00", **same)
    suspend_grant(grant=held, actor=office)
    late = mother_of_one(
        "TFSD",
        serial=6,
        amount="1620.00",
        child_died="2005-01-01",
        from_on="2014-02-01",
        confirmed_on="2014-02-03",
    )
    sweep(actor=county, as_of=datetime.date(2014, 2, 9))
    assert not GrantAmount.objects.exists(), "only the business day's assessment raises"
    assess(county)
    assert [rows_of(one) for one in (higher, away, childless, stopped)] == [[], [], [], []]
    assert rows_of(held) == [OF_2014]
    assert rows_of(late) == [("2014-02-01", "2040.00", "policy")]


def test_what_was_paid_too_little_by_a_policy_waits_for_a_person(county: Actor, moved_to: Moved) -> None:
    moved_to("2014-02-10")
    grant = mother_of_one(
        "TFSD", serial=1, child_died="2005-01-01", amount="1620.00", confirmed_on="2013-01-20"
    )
    for year in (2013, 2014):
        fund(grant.programme, year=year)
    assert [sent_batch(grant.programme, label).total_amount for label in ("2013-12", "2014-01")] == [135, 135]
    assess(county)
    (finding,) = LateFinding.objects.all()
    assert (finding.grant_id, finding.cause, finding.difference) == (grant.pk, LateCause.POLICY, Decimal(35))
    assert [period["from"] for period in finding.periods] == ["2014-01-01"]
    assert brings(grant.programme, "2014-02") == 170
    assess(county)
    assert LateFinding.objects.count() == 1


def test_what_the_first_day_of_a_policy_paid_too_little_is_found_on_that_day(county: Actor) -> None:
    first = datetime.date(2014, 1, 1)
    with clock.held(first):
        grant = mother_of_one(
            "TFSD", serial=1, child_died="2005-01-01", amount="1620.00", confirmed_on="2013-01-20"
        )
        fund(grant.programme, year=2014)
        assert sent_batch(grant.programme, "2014-01").total_amount == 135
        for _night in range(2):
            assess(county)
        finding = LateFinding.objects.get()
        assert (finding.happened_on, finding.known_on, finding.difference) == (first, first, 35)
        seen = finding.reckoning
        decide_late(
            finding=finding,
            reckoning=seen,
            decision=LateDecision.PAY,
            basis="文件",
            actor=make_actor(Role.COUNTY),
        )
    assert Arrear.objects.get().amount == 35


def test_a_policy_that_pays_more_again_is_found_again_for_what_no_decision_has_seen(
    county: Actor, moved_to: Moved
) -> None:
    moved_to("2014-02-10")
    grant = mother_of_one(
        "TFSD", serial=1, child_died="2005-01-01", amount="1620.00", confirmed_on="2013-01-20"
    )
    paying = {"decision": LateDecision.PAY, "basis": "文件", "actor": make_actor(Role.COUNTY)}
    for day, label in (("2014-02-10", "2014-01"), ("2016-02-10", "2016-01")):
        moved_to(day)
        fund(grant.programme, year=clock.today().year)
        sent_batch(grant.programme, label)
        for _night in range(2):
            assess(county)
        finding = LateFinding.objects.undecided().get()
        assert [period["from"] for period in finding.periods] == [f"{label}-01"]
        decide_late(finding=finding, reckoning=finding.reckoning, **paying)  # type: ignore[arg-type] # as named
    assess(county)
    assert not LateFinding.objects.undecided().exists()
    assert sorted(one.amount for one in Arrear.objects.all()) == [35, 170]


def test_heirs_share_what_a_month_lacks_though_one_share_came_back(county: Actor, moved_to: Moved) -> None:
    moved_to("2014-03-20")
    grant = mother_of_one(
        "TFSD", serial=1, child_died="2005-01-01", amount="1620.00", confirmed_on="2013-01-20"
    )
    fund(grant.programme, year=2014)
    grant.person.died_on = datetime.date(2014, 2, 3)
    grant.person.save(update_fields=["died_on"])
    confirmed(grant.person, RepresentationKind.HEIRS, heir(40), heir(41))
    first = sent_batch(grant.programme, "2014-01")
    failed = {2: ReturnReason.BANK_FAILURE.value}
    import_answer(actor=make_counters().cashier, batch=first, content=answer_to(file_of(first), failed))
    raise_to(grant, ("2014-01-01", "2040.00"))
    month = {"from": "2014-01-01", "to": "2014-02-01", "paid": "67.50", "right": "85.00"}
    finding = LateFinding.objects.create(
        grant=grant,
        cause=LateCause.POLICY,
        policy_version_id=grant.policy_version_id,
        happened_on=datetime.date(2014, 1, 1),
        known_on=clock.today(),
        periods=[{"payment": f"{first.payments.get(serial=1).pk}", **month}],
        paid_amount="67.50",
        right_amount="85.00",
        division_code=grant.division_code,
    )
    decide_late(
        finding=finding,
        reckoning=finding.reckoning,
        decision=LateDecision.PAY,
        basis="文件",
        actor=make_actor(Role.COUNTY),
    )
    again = sent_batch(grant.programme, "2014-01").payments.order_by("serial")
    assert [(line.share, line.amount) for line in again] == [
        (1, Decimal("17.50")),
        (2, Decimal("67.50")),
        (2, Decimal("17.50")),
    ]
    assert find_in_ledger() == []


@pytest.mark.parametrize(("died_on", "lacks"), [("2013-12-30", 0), ("2014-01-02", 35)])
def test_nothing_is_lacking_after_the_end_that_became_known_since(
    county: Actor, moved_to: Moved, died_on: str, lacks: int
) -> None:
    moved_to("2014-03-10")
    grant = mother_of_one(
        "TFSD", serial=1, child_died="2005-01-01", amount="1620.00", confirmed_on="2013-01-20"
    )
    for year in (2013, 2014):
        fund(grant.programme, year=year)
    for label in ("2013-12", "2014-01", "2014-02"):
        sent_batch(grant.programme, label)
    assess(county)
    finding = LateFinding.objects.get()
    assert finding.difference == Decimal(70)
    Person.objects.filter(pk=grant.person_id).update(died_on=died_on)
    paying = {"decision": LateDecision.PAY, "basis": "文件", "actor": make_actor(Role.COUNTY)}
    if not lacks:
        with pytest.raises(DomainError, match=r"."):
            decide_late(finding=finding, reckoning=finding.reckoning, **paying)  # type: ignore[arg-type] # as named
    else:
        decide_late(finding=finding, reckoning=finding.reckoning, **paying)  # type: ignore[arg-type] # as named
    assert [one.amount for one in Arrear.objects.all()] == [Decimal(lacks)] * bool(lacks)


def test_heirs_share_what_the_month_brings(county: Actor, moved_to: Moved) -> None:
    moved_to("2014-03-20")
    grant = mother_of_one(
        "TFSD", serial=1, child_died="2005-01-01", amount="1620.00", confirmed_on="2013-01-20"
    )
    assess(county)
    for year in (2013, 2014):
        fund(grant.programme, year=year)
    grant.person.died_on = datetime.date(2014, 2, 3)
    grant.person.save(update_fields=["died_on"])
    confirmed(grant.person, RepresentationKind.HEIRS, heir(40), heir(41))
    for label, share in (("2013-12", "67.50"), ("2014-02", "85.00")):
        paid = [line.amount for line in sent_batch(grant.programme, label).payments.all()]
        assert paid == [Decimal(share)] * 2
    assert brings(grant.programme, "2014-03") == 0
    assert find_in_ledger() == []


def test_an_appeal_raises_later_amounts_too_and_lowers_none(
    county: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules_say(monkeypatch)
    office, programme = make_office(), paid_programme("RAISE")
    grant = make_grant(programme, amount="720.00", from_on="2011-01-01")
    issue_grant_letter(application=grant.application, grant=grant, receipt=None, actor=office.county)
    for year in (2011, 2012, 2013):
        fund(programme, year=year)
    raise_to(grant, ("2012-01-01", "800.00"), ("2013-01-01", "1200.00"))
    for label, amount in (("2011", 720), ("2012", 800)):
        assert sent_batch(programme, label).total_amount == amount
    judge = make_judge(office)
    appeal = accepted(grant.letters.get(kind=LetterKind.GRANTED), office, judge)
    decided = changed(appeal, judge, remedy_from_on=grant.from_on, remedy_amount=Decimal(960))
    carry_out_appeal(appeal=decided, actor=office.county)
    assert [amount for _from_on, amount, _cause in rows_of(grant)] == ["960.00", "1200.00"]
    lacking = Arrear.objects.order_by("period_from_on").values_list("amount", flat=True)
    assert list(lacking) == [Decimal(240), Decimal(160)]
    assert committed(programme) == {2011: Decimal(960), 2012: Decimal(960), 2013: Decimal(1200)}
    found = select(programme=programme, period=read_period("2013", programme.frequency))
    assert found.total_amount == 1200 + 240 + 160
    assert find_in_ledger() == []


def test_what_an_appeal_adds_before_is_paid_by_the_policy_of_its_time(county: Actor, moved_to: Moved) -> None:
    moved_to("2014-03-10")
    grant = mother_of_one(
        "TFSD",
        serial=1,
        child_died="2005-01-01",
        amount="1620.00",
        from_on="2014-02-01",
        confirmed_on="2014-02-05",
    )
    assess(county)
    assert rows_of(grant) == [("2014-02-01", "2040.00", "policy")]
    office = make_office()
    issue_grant_letter(application=grant.application, grant=grant, receipt=None, actor=office.county)
    judge = make_judge(office)
    appeal = accepted(grant.letters.get(kind=LetterKind.GRANTED), office, judge)
    earlier = {"remedy_from_on": datetime.date(2013, 11, 20), "remedy_amount": Decimal(1620)}
    carry_out_appeal(appeal=changed(appeal, judge, **earlier), actor=office.county)
    assert rows_of(grant) == [("2014-01-01", "2040.00", "policy"), ("2014-02-01", "2040.00", "policy")]
    months = ("2013-10", "2013-11", "2013-12", "2014-01", "2014-02")
    assert [brings(grant.programme, month) for month in months] == [0, 135, 135, 170, 170]
    assess(county)
    assert len(rows_of(grant)) == 2


@pytest.mark.parametrize(
    ("frequency", "from_on", "amount", "refused"),
    [
        (Frequency.YEARLY, "2014-02-01", "1000.00", "grant_amount_begins_with_a_period"),
        (Frequency.MONTHLY, "2014-02-02", "1000.00", "grant_amount_begins_with_a_period"),
        (Frequency.MONTHLY, "2012-12-01", "1000.00", "grant_amount_begins_with_a_period"),
        (Frequency.ONCE, "2014-01-01", "1000.00", "grant_amount_begins_with_a_period"),
        (Frequency.MONTHLY, "2014-02-01", "959.99", "grant_amounts_rise"),
    ],
)
def test_the_database_refuses_amounts_that_fall_or_split_a_period(
    county: Actor, frequency: str, from_on: str, amount: str, refused: str
) -> None:
    grant = make_grant(paid_programme("HELD", frequency=frequency), amount="960.00")
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        raise_to(grant, (from_on, amount))
    assert error.value.__cause__.diag.constraint_name == refused  # type: ignore[union-attr] # of psycopg


@pytest.mark.parametrize("frequency", [Frequency.YEARLY, Frequency.MONTHLY])
@pytest.mark.parametrize("seed", range(3))
def test_lines_bind_what_the_months_add_up_to(county: Actor, frequency: Frequency, seed: int) -> None:
    dice = random.Random(seed)
    programme = paid_programme("COST", frequency=frequency, shares=OUT_OF_COUNTY)
    fund(programme, year=2013)
    grants = []
    for serial in range(12):
        first = dice.choice(["2012-01-01", "2013-01-01", "2013-07-01", "2014-03-01"])
        cents = Decimal(dice.randrange(1, 300_000)) / 100
        grant = make_grant(programme, serial=serial + 1, amount=f"{cents:.2f}", from_on=first, account=None)
        grants.append(grant)
        days = sorted(
            {
                datetime.date(dice.choice([2013, 2014, 2015]), dice.randrange(1, 13), 1)
                for _row in range(dice.randrange(4))
            }
        )
        if frequency == Frequency.YEARLY:
            days = sorted({day.replace(month=1) for day in days})
        amount, rows = grant.annual_amount, []
        for day in days:
            if day >= grant.from_on:
                amount += Decimal(dice.randrange(1, 99_999)) / 100
                rows.append((f"{day}", f"{amount}"))
        raise_to(grant, *rows)
    fund(programme, year=2014)
    for grant in grants:
        match dice.randrange(4):
            case 0:
                grant.to_on = max(grant.from_on, datetime.date(2014, dice.randrange(1, 13), 1))
                grant.save(update_fields=["to_on"])
            case 1:
                grant.annual_amount += 7
                grant.save(update_fields=["annual_amount"])
                grant.amounts.filter(annual_amount__lt=grant.annual_amount).update(
                    annual_amount=grant.annual_amount
                )
            case 2:
                newest = grant.amounts.order_by("-from_on").first()
                if newest:
                    GrantAmount.objects.filter(pk=newest.pk).update(annual_amount=newest.annual_amount + 1)
    fund(programme, year=2015)
    expected = {
        year: sum(
            (
                cost_month_by_month(
                    grant,
                    frequency,
                    year,
                    list(grant.amounts.order_by("from_on").values_list("from_on", "annual_amount")),
                )
                for grant in grants
            ),
            Decimal(),
        )
        for year in (2013, 2014, 2015)
    }
    assert committed(programme) == expected
    assert find_in_ledger() == []


def test_a_premium_is_that_of_the_version_in_force(county: Actor) -> None:
    def amounts(value: str) -> dict[str, list[dict[str, str | None]]]:
        return {
            "amount": [{"from": "2009-01-01", "to": None, "value": value}],
            "collected_from_month": [{"from": "2009-01-01", "to": None, "value": "10"}],
        }

    programme = paid_programme("PREM", kind=ProgrammeKind.PREMIUM, parameters=amounts("70.00"))
    grant = make_grant(programme, amount="70.00")
    former = PolicyVersion.objects.get(programme=programme)
    former.to_on = datetime.date(2014, 1, 1)
    sql("UPDATE subsidies_policyversion SET to_on = '2014-01-01' WHERE id = %s", [former.pk])
    PolicyVersion.objects.create(
        programme=programme,
        number=2,
        state=PolicyState.PUBLISHED,
        from_on=datetime.date(2014, 1, 1),
        basis_title="提高标准",
        rule=former.rule,
        notice=former.notice,
        funding=former.funding,
        stop_rule=former.stop_rule,
        parameters=amounts("90.00"),
        drafted_by=former.drafted_by,
        approved_by=former.approved_by,
        published_at=clock.now(),
    )
    due = {
        year: [
            premium[4]
            for premium in premiums_of_year(programme=programme, period=read_period(year, "yearly"))
        ]
        for year in ("2013", "2014")
    }
    assert due == {"2013": [Decimal(70)], "2014": [Decimal(90)]}
    assert grant.annual_amount == 70


def test_the_reader_says_what_the_database_says(county: Actor) -> None:
    grant = make_grant(paid_programme("READ", frequency=Frequency.MONTHLY), amount="960.00")
    raise_to(grant, ("2013-03-01", "1000.00"), ("2014-01-01", "1200.00"))
    amounts = amounts_of(grant)
    for month in range(1, 15):
        day = datetime.date(2013 + (month - 1) // 12, (month - 1) % 12 + 1, 1)
        held = dict(sql("SELECT grant_id, annual_amount FROM subsidies_amounts_on(%s)", [day]))
        assert amounts.on(day) == held.get(grant.pk, Decimal(960))
        (row,) = Grant.objects.with_amount_on(day).filter(pk=grant.pk)
        assert row.amount_on_day == amounts.on(day)
