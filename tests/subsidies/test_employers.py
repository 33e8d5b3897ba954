"""An employer who pays is named where the case is decided, and its page says for whom it pays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from households.enums import EmploymentState, UnitKind
from households.models import Employment
from households.services.units import record_unit
from offices.actors import Actor
from offices.enums import Role
from tests.factories import VILLAGE, make_actor
from tests.subsidies.money import make_grant, paid_programme

CODE = "91350100M000100Y43"


@pytest.mark.django_db
def test_the_case_names_the_employer_who_pays_and_the_unit_lists_whom_it_pays_for(
    county: Actor, page_of: Callable[..., Client]
) -> None:
    payer = [{"from": "2009-01-01", "to": None, "value": "employer,county"}]
    paid = make_grant(paid_programme("BYUNIT", parameters={"payer": payer}), serial=1)
    other = make_grant(paid_programme("BYCOUNTY"), serial=2)
    for grant in (paid, other):
        Employment.objects.create(
            person=grant.person, state=EmploymentState.RETIRED, employer_code=CODE, division_code=VILLAGE
        )
    browser = page_of(Role.TOWNSHIP)
    case = reverse("subsidies:application", args=[paid.application_id])
    assert "未登记承担该项待遇的用人单位" in browser.get(case).content.decode()
    unit = record_unit(
        actor=make_actor(Role.TOWNSHIP), kind=UnitKind.ENTERPRISE, name="山亭水泥厂", place=VILLAGE,
        credit_code=CODE, is_payer=True,
    )  # fmt: skip
    address = reverse("households:unit", args=[unit.pk])
    assert address in browser.get(case).content.decode()
    elsewhere = reverse("subsidies:application", args=[other.application_id])
    assert "山亭水泥厂" not in browser.get(elsewhere).content.decode(), "employers do not pay this one"
    page = browser.get(address).content.decode()
    assert reverse("subsidies:grant", args=[paid.pk]) in page
    assert reverse("subsidies:grant", args=[other.pk]) not in page
