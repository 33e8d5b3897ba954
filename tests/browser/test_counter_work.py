"""A birth and a death at the counter, by keyboard alone, in Chinese."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from offices.enums import Role
from tests.browser.cases import Rows, username_of
from tests.browser.installation import Installation
from tests.browser.people import Person, said
from tests.browser.test_ways_in import press_enter, tab_to

COUNTER = username_of(Role.TOWNSHIP)


@pytest.fixture(scope="module")
def office(office_and_rows: tuple[Installation, Rows]) -> Installation:
    return office_and_rows[0]


@pytest.fixture(scope="module")
def rows(office_and_rows: tuple[Installation, Rows]) -> Rows:
    return office_and_rows[1]


def choose(person: Person, selector: str, value: str) -> None:
    """Go to a list and press the arrow until the value stands there."""
    tab_to(person, selector)
    for _step in range(400):
        if person.page.locator(selector).input_value() == value:
            return
        person.page.keyboard.press("ArrowDown")
    raise AssertionError(f"{selector} does not offer {value}")


def test_a_birth_and_a_death_by_keyboard_alone(browser: Browser, office: Installation, rows: Rows) -> None:
    household, mother = rows["household"]["pk"], rows["person"]["pk"]
    with Person(browser, office, COUNTER) as counter:
        page, keys = counter.page, counter.page.keyboard
        counter.go(f"/households/{household}/")
        tab_to(counter, f"main a[href$='/{household}/events/birth/']")
        press_enter(counter)
        tab_to(counter, "[name=happened_on]")
        keys.press("Control+a")
        keys.type("1975-06-01")
        tab_to(counter, "[name=name]")
        keys.type("璩小满")
        tab_to(counter, "[name=boy_or_girl]")
        keys.press("Space")
        choose(counter, "select[name=hukou_type]", "rural")
        tab_to(counter, "main form button[type=submit]")
        press_enter(counter)
        assert counter.page.locator("main [name=name]").input_value() == "璩小满", (
            "what was typed is forgotten"
        )
        counter.sees(said("Name the mother or the father, or both."))
        choose(counter, "select[name=mother]", mother)
        tab_to(counter, "main form button[type=submit]")
        press_enter(counter)
        if page.locator("main input[name=seen]").count():
            counter.sees(said("What follows from it"))
            tab_to(counter, "main form button[type=submit]")
            press_enter(counter)
        assert counter.address() == f"/households/{household}/"
        counter.sees("璩小满", "1975-06-01")

        tab_to(counter, f"main a[href$='/people/{mother}/']")
        press_enter(counter)
        tab_to(counter, f"main a[href$='/people/{mother}/events/death/']")
        press_enter(counter)
        tab_to(counter, "main form button[type=submit]")
        press_enter(counter)
        if page.locator("main input[name=seen]").count():
            tab_to(counter, "main form button[type=submit]")
            press_enter(counter)
        counter.sees(said("Recorded. It holds from the day it happened."))
        assert counter.address() == f"/households/people/{mother}/"
        tab_to(counter, "main a[href*='/take-back/']")
        press_enter(counter)
        tab_to(counter, "main form button[type=submit]")
        press_enter(counter)
        counter.sees(said("The entry is taken back; the registry is as it was before."))
        assert not counter.complaints


def test_the_family_of_a_day_without_a_script(browser: Browser, office: Installation, rows: Rows) -> None:
    household = rows["household"]["pk"]
    with Person(browser, office, COUNTER, scripts=False) as counter:
        counter.go(f"/households/{household}/")
        counter.page.fill("main form.family-then [name=on]", "2013-12-30")
        counter.page.click("main form.family-then button")
        counter.page.wait_for_url("**on=2013-12-30**")
        counter.sees(said("Members on that day"))
