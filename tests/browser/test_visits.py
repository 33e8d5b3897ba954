"""A visit is recorded on a phone, from the family's page, in five taps, with a script and without."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Browser

from offices.enums import Role
from tests.browser.cases import username_of
from tests.browser.installation import Installation
from tests.browser.people import NARROW, Person, said

MOST_TAPS = 5
_MAKE = """
from django.contrib.auth.hashers import make_password
from config.demonstration.accounts import PASSWORD
from offices.database.context import keep_context, open_context
from offices.enums import Role
from offices.models import Staff
from offices.services.staff import system_actor
from tests.factories import make_actor, make_household, make_person
with keep_context():
    actor = system_actor()
with open_context(actor=actor, channel="command"):
    household = make_household(make_person())
    staff = Staff.objects.get(pk=make_actor(Role.VILLAGE).staff_id)
    staff.password = make_password(PASSWORD)
    staff.save()
print(household.pk)
"""
_COUNT = """
from households.models import Visit
from offices.database.context import open_context
with open_context(scope="370406"):
    print([(v.purpose, v.about, v.result) for v in Visit.objects.filter(household=%r).order_by("recorded_at")])
"""


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no script"])
def test_visit_is_recorded_in_five_taps_on_a_phone(
    browser: Browser, office: Installation, scripts: bool
) -> None:
    household = office.run(_MAKE).split()[-1]
    with Person(browser, office, username_of(Role.VILLAGE), viewport=NARROW, scripts=scripts) as specialist:
        specialist.go(reverse("households:household", args=[household]))
        page = specialist.page
        taps = [
            page.get_by_role("link", name=said("Record a visit")),
            page.locator("label", has=page.locator("[name=purpose][value=explain]")),
            page.locator("label", has=page.locator("[name=about][value=NCJF]")),
            page.locator("label", has=page.locator("[name=result][value=told]")),
            page.get_by_role("button", name=said("Save the visit")),
        ]
        assert len(taps) <= MOST_TAPS
        for tap in taps:
            box = tap.bounding_box()
            assert box is not None
            assert box["height"] >= 44
            tap.click()
        page.wait_for_url(f"**{reverse('households:household', args=[household])}")
        specialist.sees(said("The visit is recorded."))
        assert not specialist.complaints
    assert office.run(_COUNT % household).strip().splitlines()[-1] == "[('explain', 'NCJF', 'told')]"


def test_a_benefit_is_asked_only_where_the_purpose_has_one(browser: Browser, office: Installation) -> None:
    household = office.run(_MAKE).split()[-1]
    with Person(browser, office, username_of(Role.VILLAGE), viewport=NARROW, scripts=False) as specialist:
        specialist.go(reverse("households:visit_new", args=[household]))
        about = specialist.page.locator(".visit-about")
        assert about.is_visible()
        specialist.page.locator("[name=purpose][value=deliver]").check()
        assert not about.is_visible()
        specialist.page.locator("[name=purpose][value=apply]").check()
        assert about.is_visible()
