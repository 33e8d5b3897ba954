"""Grants of the shipped programmes for tests of raised amounts, and what the months of a grant add up to."""

from __future__ import annotations

import datetime
from decimal import Decimal

from households.enums import ParentRole
from households.models import Hukou, Parentage
from offices import clock
from subsidies.enums import Frequency, PolicyState, RaiseCause
from subsidies.models import Grant, GrantAmount, PolicyVersion, Programme
from subsidies.periods import twelfths
from tests.factories import make_person
from tests.subsidies.money import make_grant, paid_programme

Rows = list[tuple[str, str, str]]


def like(code: str) -> Programme:
    """A programme with the rule, amounts and shares of a shipped one, decided without notices."""
    shipped = PolicyVersion.objects.get(programme=code, state=PolicyState.PUBLISHED)
    made = f"L-{code}"
    if not Programme.objects.filter(pk=made).exists():
        paid_programme(
            made,
            shipped.programme.frequency,
            shipped.funding,
            rule=shipped.rule,
            parameters=shipped.parameters,
            stop_rule=shipped.stop_rule,
        )
    return Programme.objects.get(pk=made)


def mother_of_one(
    code: str, *, serial: int, hukou: str = "rural", child_died: str = "", **fields: str
) -> Grant:
    """A live grant of a programme like NCJF, or (her child dead) like TFSD, of who meets its clauses."""
    grant = make_grant(like(code), serial=serial, **fields)  # type: ignore[arg-type] # texts
    mother = grant.person
    mother.birth_date = datetime.date(1950, 5, 10)
    mother.save(update_fields=["birth_date"])
    Hukou.objects.filter(person=mother).update(hukou_type=hukou)
    child = make_person(
        village=mother.division_code,
        born="1980-01-01",
        died_on=datetime.date.fromisoformat(child_died) if child_died else None,
    )
    Parentage.objects.create(
        person=child, parent=mother, role=ParentRole.MOTHER, division_code=mother.division_code
    )
    return grant


def rows_of(grant: Grant) -> Rows:
    """From when on, how much, why."""
    found = GrantAmount.objects.filter(grant=grant).order_by("from_on")
    return [(f"{row.from_on}", f"{row.annual_amount}", row.cause) for row in found]


def raise_to(grant: Grant, *rows: tuple[str, str]) -> None:
    GrantAmount.objects.bulk_create(
        GrantAmount(
            grant=grant,
            from_on=datetime.date.fromisoformat(from_on),
            annual_amount=Decimal(amount),
            cause=RaiseCause.POLICY,
            policy_version_id=grant.policy_version_id,
            known_on=clock.today(),
            division_code=grant.division_code,
        )
        for from_on, amount in rows
    )


def cost_month_by_month(
    grant: Grant, frequency: str, year: int, raised: list[tuple[datetime.date, Decimal]]
) -> Decimal:
    """What a grant's payments of a year add up to, one month after the other, yuan to the cent."""
    if grant.to_on is not None and grant.to_on <= grant.from_on:
        return Decimal()
    total = Decimal()
    for month in range(1, 13):
        day = datetime.date(year, month, 1)
        amount = [grant.annual_amount, *(more for from_on, more in raised if from_on <= day)][-1]
        if grant.to_on is not None and grant.to_on <= day:
            continue
        if frequency == Frequency.MONTHLY:
            is_paid = day >= grant.from_on.replace(day=1)
        else:
            is_paid = grant.from_on.year <= year
            if grant.to_on is None or grant.to_on.year > year:
                total += amount if is_paid and month == 12 else 0
                continue
        if is_paid:
            total += twelfths(amount, month) - twelfths(amount, month - 1)
    return total
