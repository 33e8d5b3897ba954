"""The money of the full county's year: budget lines, appropriations, batches and what the banks answered."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal

from config.demonstration.full_plan import AWARD, GOODS, LUMP_SUM, Plan
from config.demonstration.officers import acting
from config.demonstration.payments import CLOSED, NAME_DIFFERS, answer, correct_account, sent
from offices import clock
from subsidies.enums import FundingSource
from subsidies.models import PaymentBatch, PolicyVersion, Programme
from subsidies.services.batches import approve_batch, create_batch
from subsidies.services.budget import add_budget_line, appropriate
from subsidies.services.closing import close_batch

BUDGETED_ON = datetime.date(2013, 2, 18)
_CENT = Decimal("0.01")


def budgets(plan: Plan) -> dict[str, Decimal]:
    """Yuan that the county sets aside for each programme in the year: somewhat more than it will pay."""
    whole = {
        "NCJF": Decimal(680_000),
        "TFSD": Decimal(160_000),
        "TFSC": Decimal(120_000),
        "DSJL": Decimal(40_000),
        "NCTB": Decimal(60_000),
        "SNJL": Decimal(210_000),
        "QTJL": Decimal(240_000),
        "DSYL": LUMP_SUM * 64,
        "MFXJ": (AWARD - GOODS) * 130,
        "MXNH": Decimal(9_000_000),
        "MXNB": Decimal(700_000),
    }
    # In a small county a single case weighs more.
    return {code: (plan.yuan(yuan) + 25_000).quantize(_CENT) for code, yuan in whole.items()}


def set_budgets(plan: Plan) -> None:
    """Budget lines of all sources for the year, wholly appropriated."""
    with clock.demonstration_day(BUDGETED_ON):
        for code, yuan in budgets(plan).items():
            version = PolicyVersion.objects.filter(programme_id=code).published_on(clock.today()).get()
            for number, part in enumerate(version.funding, 1):
                amount = (yuan * Decimal(str(part["share"]))).quantize(_CENT)
                line = add_budget_line(
                    actor=acting("finance"),
                    programme=Programme.objects.get(pk=code),
                    year=BUDGETED_ON.year,
                    source=FundingSource(part["source"]),
                    amount=amount,
                    document=f"山财社〔2013〕{number}号",
                )
                appropriate(
                    actor=acting("finance"),
                    line=line,
                    amount=amount,
                    document=f"拨款通知〔2013〕{number}号",
                )


def pay_families(say: Callable[[str], None]) -> None:
    """Pay what was granted to accounts in December; what comes back of the reward assistance goes out again."""
    for day, code, period in (
        (2, "DSYL", "2013"),
        (3, "MFXJ", "2013"),
        (3, "NCTB", "2013"),
        (4, "DSJL", "2013"),
        (4, "SNJL", "2013"),
        (5, "QTJL", "2013"),
        (6, "TFSD", "2013-12"),
        (6, "TFSC", "2013-12"),
    ):
        batch = _paid(code, period, day)
        say(f"  … {code} {period}: {batch.count} / {batch.total_amount}")
    first = _paid("NCJF", "2013", 9, {2: CLOSED, 5: NAME_DIFFERS})
    say(f"  … NCJF 2013: {first.count} / {first.total_amount}")
    with clock.demonstration_day(datetime.date(2013, 12, 16)):
        correct_account(first, serial=2)
    _paid("NCJF", "2013", 18)
    with clock.demonstration_day(datetime.date(2014, 1, 6)):
        batch = create_batch(
            actor=acting("finance"), programme=Programme.objects.get(pk="TFSD"), period="2013-11"
        )
        approve_batch(actor=acting("county"), batch=batch)


def _paid(code: str, period: str, day: int, returned: dict[int, str] | None = None) -> PaymentBatch:
    """A batch that three people make, check and send on a day of December; the bank answers a week later."""
    with clock.demonstration_day(datetime.date(2013, 12, day)):
        batch = sent(code, period)
    with clock.demonstration_day(datetime.date(2013, 12, day + 7)):
        answer(batch, returned or {})
        return close_batch(actor=acting("finance"), batch=batch)
