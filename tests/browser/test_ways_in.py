"""The main forms by keyboard alone, and without a script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from offices.enums import Role
from tests.browser.cases import Rows, username_of
from tests.browser.installation import Installation
from tests.browser.people import NARROW, Person, said
from tests.browser.test_one_county import PAPERS, RESIDENTS
from tests.rows import NAME
from tests.subsidies.money import citizen_number

COUNTER = username_of(Role.TOWNSHIP)
_MOST_STEPS = 150


@pytest.fixture(scope="module")
def office(office_and_rows: tuple[Installation, Rows]) -> Installation:
    return office_and_rows[0]


@pytest.fixture(scope="module")
def rows(office_and_rows: tuple[Installation, Rows]) -> Rows:
    return office_and_rows[1]


def tab_to(person: Person, selector: str) -> None:
    """Press the tabulator until what is meant has the focus, which can be seen."""
    for _step in range(_MOST_STEPS):
        person.page.keyboard.press("Tab")
        here = person.page.evaluate(
            """selector => {
                const e = document.activeElement;
                if (!e || !e.matches(selector)) return null;
                const s = getComputedStyle(e);
                return s.outlineStyle !== 'none' || s.boxShadow !== 'none';
            }""",
            selector,
        )
        if here is not None:
            assert here, f"{selector} has the focus and nobody sees it"
            return
    raise AssertionError(f"no tabulator leads to {selector} at {person.page.url}")


def press_enter(person: Person) -> None:
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")


def test_an_application_by_keyboard_alone(browser: Browser, office: Installation, rows: Rows) -> None:
    with Person(browser, office) as counter:
        page, keys = counter.page, counter.page.keyboard
        counter.go("/accounts/login/")
        tab_to(counter, "[name=login]")
        keys.type(COUNTER)
        tab_to(counter, "[name=password]")
        keys.type("huimin-demo-2013")
        press_enter(counter)
        tab_to(counter, "header [name=q]")
        keys.type(citizen_number(102))
        press_enter(counter)
        tab_to(counter, "main a[href*='/households/people/']")
        press_enter(counter)
        counter.sees(NAME)
        tab_to(counter, "main a[href*='applications/new']")
        press_enter(counter)
        tab_to(counter, "select[name=programme]")
        while page.locator("select[name=programme]").input_value() != "NCJF":
            keys.press("ArrowDown")
        tab_to(counter, "main form button[type=submit]")
        press_enter(counter)
        for paper in PAPERS:
            tab_to(counter, f"[name=documents][value={paper}]")
            keys.press("Space")
        tab_to(counter, "[name=has_declared]")
        keys.press("Space")
        tab_to(counter, "main form button[type=submit]")
        press_enter(counter)
        assert "/subsidies/applications/" in counter.address()
        counter.misses(said("Papers are missing"))
        assert not counter.complaints


def test_the_first_stop_leads_past_the_navigation(browser: Browser, office: Installation, rows: Rows) -> None:
    with Person(browser, office, COUNTER) as counter:
        counter.go("/")
        tab_to(counter, "a[href^='#']")
        counter.page.keyboard.press("Enter")
        assert counter.page.evaluate(
            "document.activeElement.closest('main') !== null || location.hash !== ''"
        )


def test_the_main_forms_without_a_script(browser: Browser, office: Installation, rows: Rows) -> None:
    with Person(browser, office, COUNTER, scripts=False) as counter:
        counter.page.fill("header [name=q]", citizen_number(103))
        counter.page.click("header form[role=search] button")
        counter.page.wait_for_url("**/search/**")
        counter.follow(NAME)
        counter.page.locator("main a[href*='applications/new']").first.click()
        counter.page.wait_for_url("**/applications/new/**")
        counter.send(programme="NCJF")
        counter.send(documents=PAPERS[:1])
        counter.sees(NAME)
        assert counter.page.locator("main .error-summary, main [role=alert], main .invalid-feedback").count()
        assert counter.page.locator(f"[value={PAPERS[0]}]").is_checked(), "what was chosen is forgotten"
        counter.send(documents=PAPERS, has_declared=True)
        assert "/subsidies/applications/" in counter.address()
        counter.go("/households/elsewhere/")
        counter.send(number="37040619530201")
        assert counter.page.locator("main [name=number]").input_value() == "37040619530201"
        counter.go("/households/imports/new/")
        counter.send(file=RESIDENTS, as_of="2013-12-31", way="try")
        counter.waits()  # the page asks again by itself
        counter.sees("1,507")
        counter.page.locator("form[action*='setlang'] button").first.click()
        counter.page.wait_for_load_state()
        assert counter.page.locator("html").get_attribute("lang") == "en"


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no script"])
def test_anybody_asks_the_calculator(browser: Browser, office: Installation, scripts: bool) -> None:
    """On a phone, without an account: the form comes back with an answer, and the address says nothing."""
    with Person(browser, office, viewport=NARROW, scripts=scripts) as anybody:
        anybody.go("/calculator/")
        anybody.page.fill("[name=born]", "1953-02-01")
        answers = {"gender": "F", "hukou": "rural", "partner": "lives", "kids": "1", "kid1-gender": "F"}
        for name, value in answers.items():
            anybody.page.locator(f"label:has([name='{name}'][value='{value}'])").click()
        anybody.page.fill("[name=kid1-born]", "1980")
        anybody.page.fill("[name=partner_born]", "62")
        anybody.page.locator("label:has([name='partner_hukou'][value='rural'])").click()
        with anybody.page.expect_navigation():
            anybody.page.click("main form button[type=submit]")
        assert anybody.page.locator(".answer-entitled").count() == 1, anybody.text()
        assert anybody.page.url.endswith("/calculator/")
        assert not anybody.complaints
