"""Grants, accounts and batches for tests of money: made through the models, brought on by the services."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from households.models import BankAccount, Person
from offices import clock
from offices.actors import Actor
from offices.enums import Role
from offices.sealing import Purpose, digest, unseal_bytes
from subsidies.bank_files.layout import ENCODING
from subsidies.enums import (
    FREQUENCIES,
    ApplicationState,
    FileFormat,
    FundingSource,
    PolicyState,
    ProgrammeKind,
    Step,
    StepResult,
    StopRule,
    Unit,
)
from subsidies.models import (
    Application,
    ApplicationStep,
    Bank,
    BankFile,
    BudgetLine,
    Grant,
    Notice,
    PaymentBatch,
    PolicyVersion,
    Programme,
)
from subsidies.services.batches import approve_batch, create_batch, send_batch
from subsidies.services.budget import add_budget_line, appropriate
from tests.factories import VILLAGE, make_actor, make_person
from tests.subsidies.cases import NOTICE

SHARES = [
    {"source": "central", "share": "0.5"},
    {"source": "province", "share": "0.3"},
    {"source": "county", "share": "0.2"},
]
STEPS = (
    (Step.ENTRY, Role.TOWNSHIP),
    (Step.VILLAGE_REVIEW, Role.VILLAGE),
    (Step.TOWNSHIP_REVIEW, Role.TOWNSHIP_REVIEWER),
    (Step.COUNTY_CONFIRMATION, Role.COUNTY_REVIEWER),
    (Step.GRANT, Role.COUNTY),
)
_CHECKS = "10X98765432"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Counters:
    """The people of a payment: who makes, checks and pays."""

    finance: Actor
    county: Actor
    cashier: Actor


def make_counters() -> Counters:
    return Counters(make_actor(Role.FINANCE), make_actor(Role.COUNTY), make_actor(Role.CASHIER))


def citizen_number(serial: int) -> str:
    """A lawful number of a woman born 1953-02-01."""
    digits = f"37040619530201{serial % 500 * 2:03d}"
    return digits + _CHECKS[sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 11]


def paid_programme(
    code: str = "MONEY",
    frequency: str = "",
    shares: list[dict[str, str]] | None = None,
    *,
    kind: str = ProgrammeKind.CASH,
    parameters: dict[str, Any] | None = None,
    rule: dict[str, Any] | None = None,
    stop_rule: str = StopRule.END_OF_YEAR,
) -> Programme:
    """A published programme funded by three sources, as often as its kind is given first."""
    programme, created = Programme.objects.get_or_create(
        code=code,
        defaults={
            "name_zh": "试行扶助",
            "name_en": "Trial assistance",
            "unit": Unit.PERSON,
            "kind": kind,
            "frequency": frequency or FREQUENCIES[kind][0],
        },
    )
    if created:
        PolicyVersion.objects.create(
            programme=programme,
            number=1,
            state=PolicyState.PUBLISHED,
            from_on=datetime.date(2009, 1, 1),
            basis_title="试行办法",
            rule=rule or {"all": [{"clause": "age", "age_at_least": {"years": 60}}]},
            notice={**NOTICE, "levels": []},
            funding=shares or SHARES,
            stop_rule=stop_rule,
            parameters=parameters or {},
            drafted_by_id=make_actor(Role.COUNTY, name="拟稿").staff_id,
            approved_by_id=make_actor(Role.COUNTY, name="审定").staff_id,
            published_at=clock.now(),
        )
    return programme


def give_account(person: Person, number: str, bank: str = "山亭农村信用社") -> BankAccount:
    return BankAccount.objects.create(
        person=person,
        bank=bank,
        account=number,
        account_digest=digest(number, Purpose.BANK_ACCOUNT),
        division_code=person.division_code,
    )


def make_grant(
    programme: Programme,
    *,
    serial: int = 1,
    name: str = "王秀英",
    amount: str = "960.00",
    account: str | None = "default",
    village: str = VILLAGE,
    from_on: str = "2013-01-01",
    confirmed_on: str = "2013-12-20",
    **fields: Any,
) -> Grant:
    """A person with a live grant and, unless `account` is None, a bank account."""
    person = make_person(name=name, village=village, number=citizen_number(serial))
    if account is not None:
        give_account(person, f"62230000{serial:011d}" if account == "default" else account)
    policy = PolicyVersion.objects.get(programme=programme)
    day = datetime.date.fromisoformat(confirmed_on)
    entry = make_actor(Role.TOWNSHIP)
    application = Application.objects.create(
        file_number=f"T-{programme.pk}-{serial}",
        programme=programme,
        policy_version=policy,
        person=person,
        division_code=village,
        state=ApplicationState.GRANTED,
        decided_on=day,
        entered_on=day,
        entered_by_id=entry.staff_id,
        annual_amount=Decimal(amount),
    )
    Notice.objects.bulk_create(
        Notice(
            application=application,
            level=level,
            from_on=day - datetime.timedelta(days=8),
            last_day=day - datetime.timedelta(days=1),
            posted_by_id=entry.staff_id,
            division_code=village,
        )
        for level in policy.notice["levels"]
    )
    ApplicationStep.objects.bulk_create(
        ApplicationStep(
            application=application,
            step=step,
            result=StepResult.PASSED,
            acted_by_id=make_actor(role, name=f"{step}").staff_id,
            acted_on=day,
            division_code=village,
        )
        for step, role in STEPS
    )
    return Grant.objects.create(
        application=application,
        programme=programme,
        policy_version=policy,
        person=person,
        from_on=datetime.date.fromisoformat(from_on),
        annual_amount=Decimal(amount),
        confirmed_on=day,
        division_code=village,
        **fields,
    )


def fund(programme: Programme, amount: str = "100000", *, year: int = 2013) -> list[BudgetLine]:
    """Budget lines of every source of the programme, wholly appropriated."""
    finance = make_actor(Role.FINANCE)
    lines = []
    for part in PolicyVersion.objects.get(programme=programme).funding:
        line = add_budget_line(
            actor=finance,
            programme=programme,
            year=year,
            source=FundingSource(part["source"]),
            amount=Decimal(amount),
            document="山财预〔2013〕1号",
        )
        appropriate(actor=finance, line=line, amount=Decimal(amount), document="拨款通知1号")
        lines.append(line)
    return lines


def sent_batch(programme: Programme, period: str = "2013", bank: str = "DEFAULT") -> PaymentBatch:
    """A batch made, approved and sent by three people."""
    people = make_counters()
    batch = create_batch(
        actor=people.finance, programme=programme, period=period, bank=Bank.objects.get(pk=bank)
    )
    approve_batch(actor=people.county, batch=batch)
    return send_batch(actor=people.cashier, batch=batch)


def file_of(batch: PaymentBatch, part: int = 1, file_format: str = FileFormat.TEXT) -> bytes:
    file = BankFile.objects.get(batch=batch, part=part, format=file_format)
    return unseal_bytes(bytes(file.content), Purpose.FILE)


def answer_to(
    content: bytes, results: dict[int, str] | None = None, *, only: set[int] | None = None
) -> bytes:
    """The bank's answer to a text file: every line paid unless `results` says; `only` some lines."""
    header, *lines = content.decode(ENCODING).splitlines()
    kept = [line for line in lines if only is None or int(line.split("|")[0]) in only]
    cells = header.split("|")
    total = sum((Decimal(line.split("|")[5]) for line in kept), Decimal())
    answered = [f"{line}|{(results or {}).get(int(line.split('|')[0]), '00')}" for line in kept]
    first = "|".join([*cells[:3], str(len(kept)), f"{total:.2f}"])
    return "".join(f"{line}\r\n" for line in [first, *answered]).encode(ENCODING)
