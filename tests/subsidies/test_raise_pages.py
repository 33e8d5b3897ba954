"""Amounts over time on pages: the grant's, the list's amount of today, what was raised, and the county's work."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from offices import clock
from offices.enums import Role
from offices.services.staff import system_actor
from tests.factories import OTHER_TOWNSHIP, open_context
from tests.subsidies.raises import mother_of_one
from tests.subsidies.test_raises import assess

pytestmark = pytest.mark.django_db


def test_what_rose_is_shown_to_whose_place_it_is(
    page_of: Callable[..., Client], moved_to: Callable[[str], None]
) -> None:
    moved_to("2014-02-10")
    with open_context(scope=""):
        system = system_actor()
    with open_context(actor=system):
        grant = mother_of_one(
            "TFSD", serial=1, child_died="2005-01-01", amount="1620.00", confirmed_on="2013-01-20"
        )
        assess(system)
        assert clock.today().year == 2014
    county = page_of(Role.COUNTY)
    shown = county.get(f"/subsidies/grants/{grant.pk}/").content.decode()
    assert "历次发放标准" in shown
    assert "2,040.00" in shown
    assert "1,620.00" in shown
    assert "2,040.00" in county.get("/subsidies/grants/").content.decode()
    told = county.get("/subsidies/grants/raised/").content.decode()
    assert "政策提高标准" in told
    assert "420.00" in told
    assert "近期提高发放标准的资格" in county.get("/").content.decode()
    assert (
        "420.00"
        not in page_of(Role.TOWNSHIP, OTHER_TOWNSHIP).get("/subsidies/grants/raised/").content.decode()
    )
