"""Grants of a monthly programme, each with an account, made by set in the database; and who pays them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from benchmarks.database import owner
from benchmarks.sweep_people import make_county
from offices import clock
from offices.actors import Actor
from offices.database.context import default_county, keep_context, open_context
from offices.divisions import full_code
from offices.enums import Role
from offices.models import Staff
from offices.sealing import Purpose, digest, seal
from offices.services.staff import grant_role, system_actor
from subsidies.enums import Frequency, FundingSource, PolicyState, ProgrammeKind, StopRule, Unit
from subsidies.models import PolicyVersion, Programme
from subsidies.services.budget import add_budget_line, appropriate

CODE = "BENCH"
YEAR = 2013
SHARES = {FundingSource.CENTRAL: "0.5", FundingSource.PROVINCE: "0.3", FundingSource.COUNTY: "0.2"}
_CASES = ("subsidies_application", "subsidies_grant", "households_bankaccount")


@dataclass(frozen=True, slots=True)
class Payers:
    """Who makes, checks and sends a batch."""

    finance: Actor
    county: Actor
    cashier: Actor


def make_payers() -> Payers:
    """Three accounts, each with the role that its step needs."""
    with keep_context():
        system = system_actor()
    with open_context(actor=system):
        return Payers(*(_officer(system, role) for role in (Role.FINANCE, Role.COUNTY, Role.CASHIER)))


def _officer(system: Actor, role: Role) -> Actor:
    staff = Staff.objects.create(username=f"bench-{role.value}", name=str(role.label))
    grant = grant_role(
        actor=system,
        staff=staff,
        role=role,
        division_code=full_code(default_county()),
        from_on=datetime.date(YEAR, 1, 1),
    )
    return grant.actor()


def make_grants(payers: Payers, *, count: int) -> Programme:
    """As many people with a live grant of 960 yuan a year, paid by the month out of three sources."""
    make_county(people=count * 5 // 4)  # one in twelve has died
    with open_context(actor=payers.finance):
        programme = _programme(payers)
        for source in SHARES:
            line = add_budget_line(
                actor=payers.finance,
                programme=programme,
                year=YEAR,
                source=source,
                amount=Decimal(10**9),
                document="预算",
            )
            appropriate(actor=payers.finance, line=line, amount=Decimal(10**9), document="拨款")
    _by_set(count)
    return programme


def _programme(payers: Payers) -> Programme:
    programme = Programme.objects.create(
        code=CODE,
        name_zh="基准扶助",
        name_en="Assistance measured",
        unit=Unit.PERSON,
        kind=ProgrammeKind.CASH,
        frequency=Frequency.MONTHLY,
    )
    PolicyVersion.objects.create(
        programme=programme,
        number=1,
        state=PolicyState.PUBLISHED,
        from_on=datetime.date(2009, 1, 1),
        basis_title="基准办法",
        rule={"all": [{"clause": "age", "age_at_least": {"years": 60}}]},
        parameters={"amount": [{"from": "2009-01-01", "to": None, "value": "960.00"}]},
        notice={},
        stop_rule=StopRule.END_OF_MONTH,
        funding=[{"source": source.value, "share": share} for source, share in SHARES.items()],
        drafted_by_id=payers.finance.staff_id,
        approved_by_id=payers.county.staff_id,
        published_at=clock.now(),
    )
    return programme


def _by_set(count: int) -> None:
    with owner() as connection:
        connection.autocommit = True
        for table in _CASES:  # their steps and papers are not made
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        connection.execute("ALTER TABLE subsidies_grant ENABLE TRIGGER grants_are_committed")
        connection.execute(
            "CREATE TEMPORARY TABLE made AS SELECT gen_random_uuid() AS id, row_number() OVER (ORDER BY id) AS number, "
            "id AS person_id, division_code FROM households_person WHERE died_on IS NULL "
            "ORDER BY number LIMIT %s",
            [count],
        )
        numbers = [f"6223{number:015d}" for number in range(1, count + 1)]
        sealed = [seal(number, Purpose.BANK_ACCOUNT) for number in numbers]
        digests = [digest(number, Purpose.BANK_ACCOUNT) for number in numbers]
        connection.execute(
            """
            INSERT INTO households_bankaccount (id, person_id, bank, account, account_digest, source, document,
                   recorded_at, division_code)
            SELECT gen_random_uuid(), m.person_id, '山亭农村信用社', a.account, a.digest, 'document', '', now(), m.division_code
              FROM made m JOIN unnest(%s::bytea[], %s::bytea[]) WITH ORDINALITY a(account, digest, number)
                ON a.number = m.number""",
            [sealed, digests],
        )
        connection.execute(
            """
            INSERT INTO subsidies_application (id, file_number, programme_id, policy_version_id, person_id, division_code,
                   state, entered_on, entered_by_id, documents_brought, documents_missing, confirmations, annual_amount,
                   decided_on, refusal_reason)
            SELECT m.id, 'made-' || m.number, v.programme_id, v.id, m.person_id, m.division_code, 'granted',
                   date '2012-11-01', v.drafted_by_id, '{}', '{}', 1, 960, date '2012-12-01', ''
              FROM made m, subsidies_policyversion v WHERE v.programme_id = %s""",
            [CODE],
        )
        connection.execute(
            """
            INSERT INTO subsidies_grant (id, application_id, programme_id, policy_version_id, person_id, state, from_on,
                   annual_amount, confirmed_on, stop_reason, division_code)
            SELECT gen_random_uuid(), a.id, a.programme_id, a.policy_version_id, a.person_id, 'live', date '2013-01-01',
                   960, date '2012-12-01', '', a.division_code
              FROM subsidies_application a WHERE a.programme_id = %s""",
            [CODE],
        )
        for table in _CASES:
            connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
