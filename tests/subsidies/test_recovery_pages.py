"""A recovery goes its way on the pages, as the people of the offices do it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from offices.actors import Actor
from offices.enums import Role
from subsidies.enums import RecoveryState
from subsidies.models import Recovery
from subsidies.selectors.recoveries import letter_of
from tests.subsidies.cases import make_office
from tests.subsidies.recovering import delivered, paid_grant
from tests.subsidies.test_recoveries import referred

pytestmark = pytest.mark.django_db


def test_recovery_from_a_late_finding_to_the_last_yuan(county: Actor, page_of: Callable[..., Client]) -> None:
    make_office()
    grant = paid_grant("2013")
    finding = referred(grant)
    reviewer = page_of(Role.TOWNSHIP_REVIEWER)
    assert "提出追回" in reviewer.get(f"/subsidies/late/{finding.pk}/").content.decode()
    new = f"/subsidies/grants/{grant.pk}/recover/?finding={finding.pk}"
    form = reviewer.get(new).context["form"]
    given = {name: form[name].value() or "" for name in form.fields}
    assert Decimal("480.00") in given.values()
    assert reviewer.post(new, given).status_code == 422
    given |= {"ground": "false", "document_on": "2014-01-03"}
    assert reviewer.post(new, given).status_code == 302
    made = Recovery.objects.get()
    own = f"/subsidies/recoveries/{made.pk}/"
    assert reviewer.get(f"{own}notice/")["Content-Type"] == "application/pdf"
    village = page_of(Role.VILLAGE)
    assert "拟追回：待告知当事人" in village.get("/").content.decode()
    told = {"method": "in_person", "on": "2014-01-06", "to": "王秀英"}
    assert village.post(f"{own}notify/", {**told, "to": ""}).status_code == 422
    assert village.post(f"{own}notify/", told).status_code == 302
    assert village.post(f"{own}silence/").status_code == 422
    said = {"statement": "我不知情", "on": "2014-01-06"}
    assert village.post(f"{own}statement/", said).status_code == 302
    office = page_of(Role.COUNTY)
    assert "待决定的追回" in office.get("/").content.decode()
    decision = {"reasons": "属实", "count": "", "rows": "2014-02-01 80元", "document": "协议"}
    assert "2014-02-01 80元" in office.post(f"{own}decide/", decision).content.decode()
    decision["rows"] = "2014-02-01 80\n2014-03-01 400.00\n"
    assert office.post(f"{own}decide/", decision).status_code == 302
    delivered(made)
    cashier = page_of(Role.CASHIER)
    money = {"amount": "480", "received_on": "2014-01-06", "document": "回单1号"}
    assert "尚未生效" in cashier.post(f"{own}receipt/", money).content.decode()
    assert cashier.post(f"{own}receipt/", {**money, "is_voluntary": "on"}).status_code == 302
    made.refresh_from_db()
    assert made.state == RecoveryState.SETTLED
    shown = cashier.get(own).content.decode()
    for words in ("已结清", "回单1号", "2014-03-01", "我不知情"):
        assert words in shown, words
    assert (
        "480.00元"
        in cashier.get(f"/subsidies/ledger/payments/{made.lines.get().payment_id}/").content.decode()
    )
    assert made.number in page_of(Role.FINANCE).get(f"/subsidies/grants/{grant.pk}/").content.decode()
    entry = made.receipts.get().entry
    assert made.number in cashier.get(f"/subsidies/ledger/entries/{entry.pk}/").content.decode()
    letter = letter_of(made)
    assert letter is not None
    assert page_of(Role.COUNTY).get(f"/verify/{letter.verification.code}/").status_code == 200
    listed = cashier.get("/subsidies/recoveries/?state=settled&ground=false").content.decode()
    assert made.number in listed
    assert made.number not in cashier.get("/subsidies/recoveries/?overdue=on").content.decode()
