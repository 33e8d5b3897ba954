"""Rows of benefits that are no cash to a family: premiums, sealed lists, awards."""

from __future__ import annotations

from typing import Any

from subsidies.enums import ProgrammeKind
from subsidies.services.batches import approve_batch, create_batch, send_batch
from subsidies.services.fund_accounts import confirm_fund_account, propose_fund_account
from subsidies.services.premium_answers import import_fund_answer, import_transfer_answer
from tests.subsidies.money import answer_to, file_of, fund, make_counters, make_grant, paid_programme
from tests.subsidies.premiums import fund_says

_FIRST_SERIAL = 450


def premiums(families: int, name: str) -> dict[str, dict[str, Any]]:
    """A batch of premiums of which the fund refuses one, and accounts of its fund."""
    programme = paid_programme("PREM", kind=ProgrammeKind.PREMIUM)
    for serial in range(_FIRST_SERIAL, _FIRST_SERIAL + families + 1):
        make_grant(programme, serial=serial, name=name, account=None)
    fund(programme)
    people = make_counters()
    accounts = []
    for number in range(families + 1):
        accounts.append(
            propose_fund_account(
                actor=people.finance,
                programme=programme,
                institution="区医疗保险事业中心",
                bank="山亭农村信用社",
                account=f"62230000111122{number:02d}",
                document="来函1号",
            )
        )
        if number < families:
            confirm_fund_account(actor=people.county, account=accounts[-1])
    batch = create_batch(actor=people.finance, programme=programme, period="2013")
    approve_batch(actor=people.county, batch=batch)
    send_batch(actor=people.cashier, batch=batch)
    import_transfer_answer(actor=people.cashier, batch=batch, content=answer_to(file_of(batch)))
    import_fund_answer(
        actor=people.cashier,
        batch=batch,
        content=fund_says(batch, dict.fromkeys(range(1, families + 1), "22")),
    )
    return {
        "batch of premiums": {"batch_id": batch.pk},
        "account of a fund": {"account_id": accounts[0].pk},
        "account of a fund to confirm": {"account_id": accounts[-1].pk, "step": "confirm"},
        "account of a fund to reject": {"account_id": accounts[-1].pk, "step": "reject"},
    }
